//! Searches as requests bring them: read with the error that the API tells, and compiled for a site at a moment.

use crate::error::ApiError;
use footpath_analyze::CompiledSearch;
use footpath_model::search::{Clock, Search, Zone};
use footpath_model::site::Site;
use footpath_model::time::{DAY, MINUTE, Timestamp};
use jiff::civil::date;
use jiff::tz::{AmbiguousOffset, TimeZone};
use std::sync::Arc;

/// A site's time zone, as searches ask it.
#[derive(Clone, Debug)]
pub(crate) struct SiteZone(pub(crate) TimeZone);

impl SiteZone {
    pub(crate) fn of(site: &Site) -> Self {
        Self(TimeZone::get(&site.time_zone).unwrap_or(TimeZone::UTC))
    }
}

impl Zone for SiteZone {
    /// Beyond the years that the calendar knows, days are UTC's.
    fn instant(&self, day: i64, minute: u16) -> Timestamp {
        match self.of_calendar(day, minute) {
            Some(at) => Timestamp(at.as_millisecond()),
            None => Timestamp(day.saturating_mul(DAY).saturating_add(i64::from(minute) * MINUTE)),
        }
    }
}

impl SiteZone {
    fn of_calendar(&self, day: i64, minute: u16) -> Option<jiff::Timestamp> {
        let days = jiff::Span::new().try_days(day).ok()?;
        let day = date(1970, 1, 1).checked_add(days).ok()?;
        let (hour, minute) = (i8::try_from(minute / 60).ok()?, i8::try_from(minute % 60).ok()?);
        let ambiguous = self.0.to_ambiguous_timestamp(day.at(hour, minute, 0, 0));
        match ambiguous.offset() {
            // Clocks leave this minute out: the first one after it is when they change.
            AmbiguousOffset::Gap { .. } => {
                let before = ambiguous.earlier().ok()?;
                self.0.following(before).next().map(|change| change.timestamp())
            }
            AmbiguousOffset::Unambiguous { .. } | AmbiguousOffset::Fold { .. } => ambiguous.earlier().ok(),
        }
    }
}

/// Reads a search.
///
/// # Errors
/// Where it is none: where, why, and what was perhaps meant.
pub(crate) fn read(text: &str) -> Result<Search, ApiError> {
    Search::parse(text).map_err(ApiError::of_search)
}

/// A search ready to be put to a site's sessions; nothing where it finds all of them.
pub(crate) fn compile(
    search: &Search,
    (site, zone): (&Site, &SiteZone),
    now: Timestamp,
) -> Option<Arc<CompiledSearch>> {
    search.root.as_ref()?;
    Some(Arc::new(CompiledSearch::new(search.clone(), clock(site, zone, now))))
}

/// What a search must be told beside the sessions.
pub(crate) fn clock<'a>(site: &Site, zone: &'a SiteZone, now: Timestamp) -> Clock<'a> {
    Clock { now, timeout_ms: site.session_rules.timeout_ms, zone }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(day: &str, minute: u16) -> String {
        let zone = SiteZone(TimeZone::get("Europe/Berlin").expect("a zone"));
        let day: jiff::civil::Date = day.parse().expect("a day");
        let days = day.since(date(1970, 1, 1)).expect("a span").get_days();
        let at = zone.instant(days.into(), minute);
        jiff::Timestamp::from_millisecond(at.0).expect("an instant").to_string()
    }

    #[test]
    fn minutes_that_clocks_leave_out_or_show_twice_have_a_first_instant() {
        assert_eq!(at("2026-11-23", 9 * 60 + 30), "2026-11-23T08:30:00Z");
        assert_eq!(at("2026-03-29", 2 * 60 + 30), "2026-03-29T01:00:00Z", "clocks go from 2 to 3");
        assert_eq!(at("2026-10-25", 2 * 60 + 30), "2026-10-25T00:30:00Z", "clocks show it twice");
    }
}
