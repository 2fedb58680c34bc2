//! How many sessions started when: the bars above a list, cut where the site's hours and days begin.

use super::params::HistogramParams;
use super::resources::{HistogramBucket, SessionHistogram};
use super::sessions::{find_site, unreadable};
use crate::clock;
use crate::error::{ApiError, ErrorBody};
use crate::query::Queries;
use crate::search::SiteZone;
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use footpath_analyze::Histogram;
use footpath_model::time::{DAY, HOUR, MINUTE, Timestamp};
use footpath_store::Store;
use jiff::ToSpan;
use jiff::civil::Date;
use std::ops::Range;

/// How long buckets may be.
const STEPS: &[Step] = &[
    Step::Part(MINUTE),
    Step::Part(5 * MINUTE),
    Step::Part(10 * MINUTE),
    Step::Part(30 * MINUTE),
    Step::Part(HOUR),
    Step::Part(3 * HOUR),
    Step::Part(6 * HOUR),
    Step::Part(12 * HOUR),
    Step::Days(1),
    Step::Days(7),
    Step::Days(28),
    Step::Days(364),
];

/// The length of a bucket.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Step {
    /// A part of a day, milliseconds; the last of a day is as long as is left of it.
    Part(i64),
    /// Days, of 23 to 25 hours.
    Days(i64),
}

impl Step {
    fn about_ms(self) -> i64 {
        match self {
            Self::Part(ms) => ms,
            Self::Days(days) => days * DAY,
        }
    }
}

/// Sessions of a range over time.
#[utoipa::path(
    get, path = "/api/v1/sites/{site}/sessions/histogram", operation_id = "get_histogram", tag = "sessions",
    params(("site" = String, Path, description = "Id of the site"), HistogramParams),
    responses((status = 200, body = SessionHistogram), (status = 400, body = ErrorBody), (status = 404, body = ErrorBody))
)]
pub(crate) async fn show(
    State(store): State<Store>,
    State(queries): State<Queries>,
    Path(site): Path<String>,
    params: Result<Query<HistogramParams>, QueryRejection>,
) -> Result<Json<SessionHistogram>, ApiError> {
    let site = find_site(&store, &site)?;
    let Query(params) = params.map_err(|rejection| unreadable(&rejection))?;
    let asked = params.asked(&site, store.sessions(&site.id).first_start(), clock::now())?;
    let edges = edges(&asked.set.filter.range, params.buckets()?, &SiteZone::of(&site));
    let range = asked.range(&site);
    let counted = queries.run(&site.id, asked.set, Histogram::new(edges.clone())).await?;
    let buckets = edges.windows(2).zip(counted).map(|(edges, counted)| HistogramBucket {
        from: edges[0],
        to: edges[1],
        sessions: counted.total,
        with_errors: counted.with_errors,
    });
    Ok(Json(SessionHistogram { range, buckets: buckets.collect() }))
}

/// Edges that cover a range in about so many buckets, at whole minutes, hours or days of the site.
pub(super) fn edges(range: &Range<Timestamp>, buckets: usize, zone: &SiteZone) -> Vec<Timestamp> {
    let span = range.end.since(range.start);
    let most = i64::try_from(buckets).unwrap_or(i64::MAX);
    let fits = |step: &&Step| span / step.about_ms() < most;
    let step = STEPS.iter().find(fits).or(STEPS.last()).copied().unwrap_or(Step::Days(1));
    let mut edges = Vec::new();
    let mut day = day_of(range.start, zone);
    while let Some(start) = day.and_then(|day| start_of(day, zone)) {
        let days = match step {
            Step::Part(_) => 1,
            Step::Days(days) => days,
        };
        let next_day = day.and_then(|day| day.checked_add(days.days()).ok());
        let next = next_day.and_then(|day| start_of(day, zone)).unwrap_or(range.end);
        let length = match step {
            Step::Part(ms) => ms,
            Step::Days(_) => i64::MAX,
        };
        let mut edge = start;
        while edge < next {
            edges.push(edge);
            if edge >= range.end {
                break;
            }
            edge = edge.0.checked_add(length).map_or(next, Timestamp);
        }
        if edges.last().is_some_and(|last| *last >= range.end) {
            break;
        }
        day = next_day;
    }
    // The first bucket is the one in which the range begins.
    let before = edges.partition_point(|edge| *edge <= range.start);
    edges.drain(..before.saturating_sub(1));
    edges
}

fn day_of(at: Timestamp, zone: &SiteZone) -> Option<Date> {
    let at = jiff::Timestamp::from_millisecond(at.0).ok()?;
    Some(zone.0.to_datetime(at).date())
}

fn start_of(day: Date, zone: &SiteZone) -> Option<Timestamp> {
    let start = zone.0.to_timestamp(day.at(0, 0, 0, 0)).ok()?;
    Some(Timestamp(start.as_millisecond()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::tz::TimeZone;

    fn of(from: &str, to: &str, buckets: usize) -> Vec<String> {
        let zone = SiteZone(TimeZone::get("Europe/Berlin").expect("a zone"));
        let at =
            |text: &str| Timestamp(text.parse::<jiff::Timestamp>().expect("an instant").as_millisecond());
        let told = |at: Timestamp| {
            let at = jiff::Timestamp::from_millisecond(at.0).expect("an instant");
            let offset = zone.0.to_offset(at);
            format!("{}{offset}", zone.0.to_datetime(at).strftime("%m-%d %H:%M"))
        };
        edges(&(at(from)..at(to)), buckets, &zone).into_iter().map(told).collect()
    }

    #[test]
    fn a_day_with_25_hours_has_one_bar_of_its_own() {
        let edges = of("2026-10-24T10:00:00Z", "2026-10-26T10:00:00Z", 4);
        assert_eq!(edges, ["10-24 00:00+02", "10-25 00:00+02", "10-26 00:00+01", "10-27 00:00+01"]);
    }

    #[test]
    fn hours_begin_where_the_site_lives_and_cover_the_range() {
        let edges = of("2026-11-23T10:17:00Z", "2026-11-23T12:01:00Z", 3);
        assert_eq!(edges, ["11-23 11:00+01", "11-23 12:00+01", "11-23 13:00+01", "11-23 14:00+01"]);
    }

    #[test]
    fn many_years_are_few_bars() {
        let edges = of("2010-01-01T00:00:00Z", "2026-11-23T00:00:00Z", 60);
        assert!(edges.len() <= 61, "{}", edges.len());
    }
}
