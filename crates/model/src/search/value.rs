//! Values of clauses: what is compared, and spans of what can be ordered.

use super::pattern::Pattern;
use super::words::{State, Thing};
use crate::time::Timestamp;
use std::cmp::Ordering;

/// A value that a clause asks for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Value {
    /// Any value at all, written `*`.
    Present,
    /// Text.
    Text(Pattern),
    /// Numbers, in the unit that [`super::Unit`] says.
    Number(Span<Number>),
    /// Versions.
    Version(Span<Version>),
    /// Days, or minutes of days.
    Time(Span<Civil>),
    /// What a session is.
    State(State),
    /// What a session has.
    Thing(Thing),
}

/// All from one edge to another; at least one of them is there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Span<T> {
    /// The lower edge; nothing where it begins with the smallest.
    pub from: Option<Edge<T>>,
    /// The upper edge; nothing where it ends with the greatest.
    pub to: Option<Edge<T>>,
}

/// An edge of a span.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Edge<T> {
    /// Where.
    pub at: T,
    /// Whether that belongs to the span.
    pub included: bool,
}

impl<T: Clone> Span<T> {
    /// One value alone.
    pub fn only(at: T) -> Self {
        Self::closed(at.clone(), at)
    }

    /// From one value to another, both included.
    pub fn closed(from: T, to: T) -> Self {
        Self { from: Some(Edge { at: from, included: true }), to: Some(Edge { at: to, included: true }) }
    }
}

impl<T: PartialOrd> Span<T> {
    /// Whether a value is in it.
    pub fn contains(&self, value: &T) -> bool {
        let above = |edge: &Edge<T>| match value.partial_cmp(&edge.at) {
            Some(Ordering::Greater) => true,
            Some(Ordering::Equal) => edge.included,
            Some(Ordering::Less) | None => false,
        };
        let below = |edge: &Edge<T>| match value.partial_cmp(&edge.at) {
            Some(Ordering::Less) => true,
            Some(Ordering::Equal) => edge.included,
            Some(Ordering::Greater) | None => false,
        };
        self.from.as_ref().is_none_or(above) && self.to.as_ref().is_none_or(below)
    }
}

/// A finite number.
#[derive(Clone, Copy, PartialEq, PartialOrd, Debug)]
pub struct Number(f64);

/// Finite numbers are equal to themselves.
impl Eq for Number {}

impl Number {
    /// A number that is finite, without the difference between 0 and -0.
    pub fn new(value: f64) -> Option<Self> {
        value.is_finite().then_some(Self(value + 0.0))
    }

    /// As a float.
    pub fn get(self) -> f64 {
        self.0
    }
}

/// A version: numbers, most significant first, without zeros at the end.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Version(Vec<u64>);

impl Version {
    /// The version that a text begins with: `v2.4.1-beta` is 2.4.1; nothing where it begins with no number.
    pub fn of_text(text: &str) -> Option<Self> {
        let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
        let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
        let mut numbers = Vec::new();
        for part in text[..end].split('.') {
            match part.parse() {
                Ok(number) => numbers.push(number),
                Err(_) => break,
            }
        }
        if numbers.is_empty() {
            return None;
        }
        let kept = numbers.iter().rposition(|&number| number != 0).map_or(1, |last| last + 1);
        numbers.truncate(kept);
        Some(Self(numbers))
    }
}

impl std::fmt::Display for Version {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (place, number) in self.0.iter().enumerate() {
            let dot = if place == 0 { "" } else { "." };
            write!(f, "{dot}{number}")?;
        }
        Ok(())
    }
}

/// A day, or a minute of a day, on the calendar and the clock of a site.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Civil {
    /// Days since 1970-01-01.
    pub day: i64,
    /// Minutes since midnight, as clocks show them; nothing where the whole day is meant.
    pub minute: Option<u16>,
}

/// Minutes of a day, as clocks show them.
const DAY_MINUTES: u16 = 24 * 60;

/// Where days begin: what a search must be told of a site's time zone.
pub trait Zone {
    /// The first instant at which clocks there show this minute of this day, or a later one.
    ///
    /// # Arguments
    /// `day` in days since 1970-01-01; `minute` since midnight, less than 1440.
    fn instant(&self, day: i64, minute: u16) -> Timestamp;
}

impl Civil {
    /// Its first instant.
    pub(super) fn start(self, zone: &dyn Zone) -> Timestamp {
        zone.instant(self.day, self.minute.unwrap_or(0))
    }

    /// The first instant after it.
    pub(super) fn end(self, zone: &dyn Zone) -> Timestamp {
        match self.minute {
            Some(minute) if minute + 1 < DAY_MINUTES => zone.instant(self.day, minute + 1),
            Some(_) | None => zone.instant(self.day + 1, 0),
        }
    }

    /// Whether it begins after the other has ended; a day and a minute of it do not.
    pub(super) fn is_after(&self, other: &Self) -> bool {
        match (self.minute, other.minute) {
            (Some(minute), Some(of_other)) => (self.day, minute) > (other.day, of_other),
            (Some(_), None) | (None, Some(_)) | (None, None) => self.day > other.day,
        }
    }

    /// Reads `2026-11-23` or `2026-11-23T09:30`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (date, minute) = match text.split_once(['T', 't']) {
            None => (text, None),
            Some((date, clock)) => {
                let (hour, minute) = clock.split_once(':')?;
                let (hour, minute) = (two_digits(hour)?, two_digits(minute)?);
                (date, (hour < 24 && minute < 60).then_some(hour * 60 + minute).map(Some)?)
            }
        };
        let mut parts = date.split('-');
        let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
        let year =
            (year.len() == 4 && year.bytes().all(|b| b.is_ascii_digit())).then(|| year.parse::<i64>())?;
        let day = day_number(year.ok()?, two_digits(month)?.into(), two_digits(day)?.into())?;
        parts.next().is_none().then_some(Self { day, minute })
    }
}

fn two_digits(text: &str) -> Option<u16> {
    (text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
}

impl std::fmt::Display for Civil {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (year, month, day) = date_of(self.day);
        write!(f, "{year:04}-{month:02}-{day:02}")?;
        match self.minute {
            None => Ok(()),
            Some(minute) => write!(f, "T{:02}:{:02}", minute / 60, minute % 60),
        }
    }
}

/// Days since 1970-01-01 of a date; nothing where there is no such date. After Howard Hinnant's `days_from_civil`
/// (<https://howardhinnant.github.io/date_algorithms.html>): years begin in March, so that leap days come last.
fn day_number(year: i64, month: i64, day: i64) -> Option<i64> {
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let year_of_march = year - i64::from(month <= 2);
    let era = year_of_march.div_euclid(400);
    let year_of_era = year_of_march.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    let number = era * 146_097 + day_of_era - 719_468;
    // A 31st of April is the 1st of May.
    (date_of(number) == (year, month, day)).then_some(number)
}

/// Year, month and day of a number of days since 1970-01-01: `civil_from_days` of the same.
fn date_of(number: i64) -> (i64, i64, i64) {
    let shifted = number + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_of_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_of_march + 2) / 5 + 1;
    let month = if month_of_march < 10 { month_of_march + 3 } else { month_of_march - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn versions_are_compared_part_by_part() {
        let version = |text: &str| Version::of_text(text).expect("a version");
        assert!(version("9") < version("10") && version("17.4") < version("17.10"));
        assert!(version("17.4.1") > version("17.4") && version("17.0") == version("17"));
        assert_eq!(version("v2.4.1-beta.3").to_string(), "2.4.1");
        assert_eq!(version("0").to_string(), "0");
        assert_eq!(Version::of_text("beta"), None);
    }

    #[test]
    fn dates_are_those_of_the_calendar() {
        let day = |text: &str| Civil::parse(text).map(|civil| civil.day);
        assert_eq!(day("1970-01-01"), Some(0));
        assert_eq!(day("2026-11-23"), Some(20_780));
        assert_eq!(day("2024-02-29"), Some(19_782));
        for wrong in
            ["2026-02-29", "2026-04-31", "2026-13-01", "26-11-23", "2026-11-23T24:00", "2026-11-23T9:00"]
        {
            assert_eq!(Civil::parse(wrong), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn dates_are_read_as_they_are_printed(day in -500_000..2_900_000_i64, minute in prop::option::of(0..1440_u16)) {
            let civil = Civil { day, minute };
            prop_assume!((0..10_000).contains(&date_of(day).0));
            prop_assert_eq!(Civil::parse(&civil.to_string()), Some(civil));
        }
    }
}
