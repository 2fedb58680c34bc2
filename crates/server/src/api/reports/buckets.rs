//! Buckets of time: whole hours, days, weeks or months where a site lives, cut at the ends of a range; and the period
//! before, in buckets that correspond one to one.

use crate::api::params::invalid;
use crate::api::params::reports::Interval;
use crate::error::ApiError;
use footpath_model::time::{DAY, Timestamp};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{RoundMode, ToSpan, Unit, ZonedDateTime, ZonedDateTimeRound};
use std::ops::Range;

/// More buckets than this no chart shows.
const MOST: usize = 1000;

/// The interval that fits a range.
pub(super) fn fitting(range: &Range<Timestamp>) -> Interval {
    match range.end.since(range.start) {
        span if span <= 2 * DAY + DAY / 12 => Interval::Hour,
        span if span <= 62 * DAY => Interval::Day,
        span if span <= 366 * DAY => Interval::Week,
        _ => Interval::Month,
    }
}

/// The ends of a range's buckets, ascending; the first and last are the range's own.
pub(super) fn edges(
    range: &Range<Timestamp>,
    interval: Interval,
    zone: &TimeZone,
) -> Result<Vec<Timestamp>, ApiError> {
    let mut edges = vec![range.start];
    let mut at = first_after(&zoned("from", range.start, zone)?, interval);
    while let Some(edge) = at.as_ref().map(instant).filter(|edge| *edge < range.end) {
        if edges.len() >= MOST {
            let told = format!("{} makes over {MOST} buckets: choose a longer one", interval.name());
            return Err(invalid("interval", told));
        }
        edges.push(edge);
        at = at.and_then(|at| next(&at, interval));
    }
    edges.push(range.end);
    Ok(edges)
}

/// The same edges in the period before, which ends where the range begins. Of whole days it is as many days of the
/// calendar, of anything else as long.
pub(super) fn previous(
    edges: &[Timestamp],
    now: Timestamp,
    zone: &TimeZone,
) -> Result<Vec<Timestamp>, ApiError> {
    let [Some(&start), Some(&end)] = [edges.first(), edges.last()] else { return Ok(Vec::new()) };
    // A range until now goes on a little for clocks that are fast.
    let span = end.min(now.max(start)).since(start);
    let (first, last) = (zoned("from", start, zone)?, zoned("to", start.plus(span), zone)?);
    let is_midnight = |at: &ZonedDateTime| at.start_of_day().is_ok_and(|midnight| midnight == *at);
    let days = match is_midnight(&first) && is_midnight(&last) {
        true => Some(days_between(first.date(), last.date())),
        false => (span > 0 && span % DAY == 0).then_some(span / DAY),
    };
    let shift = |edge: Timestamp| match days {
        None => Ok(edge.plus(-span)),
        Some(days) => {
            let before = zoned("to", edge, zone)?.checked_sub(days.days());
            before.map(|before| instant(&before)).map_err(|_| invalid("from", "it is out of range"))
        }
    };
    let mut before =
        edges.iter().map(|&edge| Ok(shift(edge)?.min(start))).collect::<Result<Vec<_>, ApiError>>()?;
    if let Some(last) = before.last_mut() {
        *last = start;
    }
    Ok(before)
}

fn days_between(from: Date, to: Date) -> i64 {
    from.until(to).map_or(0, |span| i64::from(span.get_days()))
}

fn first_after(at: &ZonedDateTime, interval: Interval) -> Option<ZonedDateTime> {
    let midnight = |date: Date| date.to_zoned_datetime(at.time_zone().clone()).ok();
    let date = at.date();
    let before = match interval {
        Interval::Hour => {
            at.round(ZonedDateTimeRound::new().smallest(Unit::Hour).mode(RoundMode::Trunc)).ok()
        }
        Interval::Day => midnight(date),
        Interval::Week => {
            let since_monday = i64::from(date.weekday().to_monday_zero_offset());
            midnight(date.checked_sub(since_monday.days()).ok()?)
        }
        Interval::Month => midnight(date.first_of_month()),
    };
    next(&before?, interval)
}

fn next(at: &ZonedDateTime, interval: Interval) -> Option<ZonedDateTime> {
    let step = match interval {
        Interval::Hour => return at.checked_add(1.hour()).ok(),
        Interval::Day => 1.day(),
        Interval::Week => 7.days(),
        Interval::Month => 1.month(),
    };
    // Of the date: a midnight that a clock change left out must not move all that follow.
    at.date().checked_add(step).ok()?.to_zoned_datetime(at.time_zone().clone()).ok()
}

fn zoned(name: &str, at: Timestamp, zone: &TimeZone) -> Result<ZonedDateTime, ApiError> {
    let at = jiff::Timestamp::from_millisecond(at.0).map_err(|_| invalid(name, "it is out of range"))?;
    Ok(at.to_zoned_datetime(zone.clone()))
}

fn instant(at: &ZonedDateTime) -> Timestamp {
    Timestamp(at.timestamp().as_millisecond())
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};

    fn berlin() -> TimeZone {
        TimeZone::get("Europe/Berlin").expect("it is known")
    }

    fn told(edges: &[Timestamp]) -> String {
        let zone = berlin();
        let one =
            |at: &Timestamp| zoned("", *at, &zone).expect("in range").strftime("%m-%d %H:%M %z").to_string();
        edges.iter().map(one).collect::<Vec<_>>().join("\n")
    }

    #[track_caller]
    fn check(from: &str, to: &str, interval: Interval, now: &str, expected: Expect) {
        let at = |text: &str| {
            Timestamp(
                text.parse::<jiff::civil::DateTime>()
                    .expect("a time")
                    .to_zoned_datetime(berlin())
                    .expect("it is")
                    .timestamp()
                    .as_millisecond(),
            )
        };
        let edges = edges(&(at(from)..at(to)), interval, &berlin()).expect("not too many");
        let before = previous(&edges, at(now), &berlin()).expect("in range");
        assert!(edges.is_sorted() && before.is_sorted() && edges.len() == before.len());
        expected.assert_eq(&format!("{}\nbefore:\n{}", told(&edges), told(&before)));
    }

    #[test]
    fn days_are_where_the_site_lives_when_clocks_change() {
        let now = "2026-12-01T00:00";
        check(
            "2026-10-24T00:00",
            "2026-10-27T00:00",
            Interval::Day,
            now,
            expect![[r#"
            10-24 00:00 +0200
            10-25 00:00 +0200
            10-26 00:00 +0100
            10-27 00:00 +0100
            before:
            10-21 00:00 +0200
            10-22 00:00 +0200
            10-23 00:00 +0200
            10-24 00:00 +0200"#]],
        );
        check(
            "2026-10-25T01:30",
            "2026-10-25T03:10",
            Interval::Hour,
            now,
            expect![[r#"
            10-25 01:30 +0200
            10-25 02:00 +0200
            10-25 02:00 +0100
            10-25 03:00 +0100
            10-25 03:10 +0100
            before:
            10-24 22:50 +0200
            10-24 23:20 +0200
            10-25 00:20 +0200
            10-25 01:20 +0200
            10-25 01:30 +0200"#]],
        );
    }

    #[test]
    fn weeks_begin_on_mondays_and_a_range_until_now_ends_now() {
        check(
            "2026-11-04T10:00",
            "2026-11-18T10:05",
            Interval::Week,
            "2026-11-18T10:00",
            expect![[r#"
            11-04 10:00 +0100
            11-09 00:00 +0100
            11-16 00:00 +0100
            11-18 10:05 +0100
            before:
            10-21 10:00 +0200
            10-26 00:00 +0100
            11-02 00:00 +0100
            11-04 10:00 +0100"#]],
        );
    }

    #[test]
    fn a_chart_has_an_end() {
        let range = Timestamp(0)..Timestamp(1_800_000_000_000);
        let told = edges(&range, Interval::Hour, &berlin()).expect_err("too many").to_string();
        assert_eq!(told, "interval: hour makes over 1000 buckets: choose a longer one");
        assert_eq!(fitting(&range), Interval::Month);
    }
}
