//! What can be asked: parameters with their checks. Each error names the parameter and what it takes.

pub(crate) mod reports;

use super::resources::ResolvedRange;
use super::selections::Selections;
use crate::error::{ApiError, Code};
use footpath_analyze::{Bots, Filter, List, ListCursor, Order};
use footpath_model::id::SessionId;
use footpath_model::sessionize::FUTURE_ALLOWED_MS;
use footpath_model::site::Site;
use footpath_model::time::{DAY, HOUR, MINUTE, Timestamp};
use footpath_model::timeline::Category;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Deserialize;
use std::ops::Range;
use utoipa::IntoParams;

/// Parameters of a route about a set of sessions: which ones, the same everywhere, and what the route takes besides.
/// (A struct of these that is flattened into others could not refuse parameters that nobody knows.)
macro_rules! filter_params {
    ($(#[$meta:meta])* $name:ident { $($(#[$field_meta:meta])* $field:ident: $ty:ty,)* }) => {
        $(#[$meta])*
        #[derive(Deserialize, IntoParams, Debug, Default)]
        #[into_params(parameter_in = Query)]
        #[serde(default, deny_unknown_fields)]
        pub(crate) struct $name {
            /// First day (`2026-11-01`, where the site lives) or instant (RFC 3339 or Unix ms), included.
            from: Option<String>,
            /// Last day, included, or instant, excluded.
            to: Option<String>,
            /// A span until now: `15m`, `1h`, `7d`; not together with `from` and `to`.
            last: Option<String>,
            /// `exclude` (default), `include` or `only`.
            bots: Option<String>,
            $($(#[$field_meta])* $field: $ty,)*
        }

        impl $name {
            /// The sessions that are asked about; `first` is the start of the site's first one.
            pub(crate) fn asked(
                &self,
                site: &Site,
                first: Option<Timestamp>,
                now: Timestamp,
            ) -> Result<Asked, ApiError> {
                let range = range((&self.last, &self.from, &self.to), &zone(site), first, now)?;
                Ok(Asked { filter: Filter { range, bots: bots(self.bots.as_deref())? } })
            }
        }
    };
}
use filter_params;

/// A set of sessions, as it was asked for.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    /// All of it, ready to be put to sessions.
    pub filter: Filter,
}

impl Asked {
    /// The range, as it is told.
    pub(crate) fn range(&self, site: &Site) -> ResolvedRange {
        let Range { start, end } = self.filter.range;
        ResolvedRange { from: start, to: end, time_zone: site.time_zone.clone() }
    }
}

filter_params! {
    /// Which sessions, and which page of them.
    ListParams {
        /// Of these, the ones behind a number of a report: the `selection` beside it.
        selection: Option<String>,
        /// Rows at most: 1 to 200, 50 where it is left out.
        limit: Option<usize>,
        /// `next_cursor` of the page before.
        cursor: Option<String>,
    }
}

impl ListParams {
    /// The page that is asked for.
    pub(crate) fn page(&self) -> Result<List, ApiError> {
        let after = self.cursor.as_deref().map(parse_cursor).transpose()?;
        Ok(List { order: Order::NEWEST, after, limit: limit(self.limit, 50, 200)? })
    }

    /// What narrows the list.
    pub(crate) fn selections(&self) -> Result<Selections, ApiError> {
        Selections::read(self.selection.as_deref())
    }
}

/// The time zone that a site's days are in.
pub(crate) fn zone(site: &Site) -> TimeZone {
    TimeZone::get(&site.time_zone).unwrap_or(TimeZone::UTC)
}

fn range(
    (last, from, to): (&Option<String>, &Option<String>, &Option<String>),
    zone: &TimeZone,
    first: Option<Timestamp>,
    now: Timestamp,
) -> Result<Range<Timestamp>, ApiError> {
    // Clocks that are a little fast are not corrected: what such a client does now is in a range until now.
    let until_now = now.plus(FUTURE_ALLOWED_MS + 1);
    let range = match (last, from, to) {
        (Some(last), None, None) => now.plus(-parse_span("last", last)?)..until_now,
        (Some(_), _, _) => return Err(invalid("last", "leave it out, or leave out `from` and `to`")),
        (None, from, to) => {
            let to = match to {
                Some(text) => instant("to", text, zone, Edge::Last)?,
                None => until_now,
            };
            let from = match from {
                Some(text) => instant("from", text, zone, Edge::First)?,
                None => first.unwrap_or(now).min(to),
            };
            from..to
        }
    };
    if range.start > range.end { Err(invalid("to", "it lies before `from`")) } else { Ok(range) }
}

pub(crate) fn bots(text: Option<&str>) -> Result<Bots, ApiError> {
    match text {
        None | Some("exclude") => Ok(Bots::Exclude),
        Some("include") => Ok(Bots::Include),
        Some("only") => Ok(Bots::Only),
        Some(other) => Err(invalid("bots", format!("`{other}` is not one of exclude, include, only"))),
    }
}

/// Which events of a session, and which page of them.
#[derive(Deserialize, IntoParams, Debug, Default)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct TimelineParams {
    /// Of `page`, `click`, `form`, `request`, `error`, `vital`, `custom`, `attention`, separated by commas; all where
    /// it is left out.
    categories: Option<String>,
    /// Rows at most: 1 to 1000, 500 where it is left out.
    limit: Option<usize>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// [`TimelineParams`], checked.
#[derive(Debug)]
pub(crate) struct TimelineRequest {
    pub categories: Vec<Category>,
    pub limit: usize,
    /// How many rows were on the pages before.
    pub skip: usize,
}

impl TimelineParams {
    pub(crate) fn resolve(&self) -> Result<TimelineRequest, ApiError> {
        let categories = match &self.categories {
            None => Category::ALL.to_vec(),
            Some(text) => text.split(',').map(category).collect::<Result<_, _>>()?,
        };
        let skip = match &self.cursor {
            None => 0,
            Some(text) => {
                text.parse().map_err(|_| invalid("cursor", "it is not one that this server gave"))?
            }
        };
        Ok(TimelineRequest { categories, limit: limit(self.limit, 500, 1000)?, skip })
    }
}

fn category(name: &str) -> Result<Category, ApiError> {
    Category::ALL.into_iter().find(|category| category.name() == name).ok_or_else(|| {
        let known: Vec<&str> = Category::ALL.into_iter().map(Category::name).collect();
        invalid("categories", format!("`{name}` is not one of {}", known.join(", ")))
    })
}

fn limit(given: Option<usize>, default: usize, most: usize) -> Result<usize, ApiError> {
    limit_of("limit", given, default, most)
}

fn limit_of(name: &str, given: Option<usize>, default: usize, most: usize) -> Result<usize, ApiError> {
    match given {
        None => Ok(default),
        Some(limit) if (1..=most).contains(&limit) => Ok(limit),
        Some(limit) => Err(invalid(name, format!("{limit} is not between 1 and {most}"))),
    }
}

/// Which edge of a day an instant stands for.
#[derive(Clone, Copy)]
enum Edge {
    First,
    Last,
}

fn instant(name: &str, text: &str, zone: &TimeZone, edge: Edge) -> Result<Timestamp, ApiError> {
    let as_ms = |at: jiff::Timestamp| Timestamp(at.as_millisecond());
    if let Ok(ms) = text.parse::<i64>() {
        return Ok(Timestamp(ms));
    }
    if let Ok(date) = text.parse::<Date>()
        && text.len() == "2026-11-01".len()
    {
        let day = match edge {
            Edge::First => Ok(date),
            Edge::Last => date.tomorrow(),
        };
        let start = day.and_then(|day| zone.to_zoned_datetime(day.at(0, 0, 0, 0)));
        return start
            .map(|start| as_ms(start.timestamp()))
            .map_err(|_| invalid(name, format!("`{text}` is out of range")));
    }
    text.parse::<jiff::Timestamp>().map(as_ms).map_err(|_| {
        invalid(name, format!("`{text}` is no date (2026-11-01), RFC 3339 instant or number of Unix ms"))
    })
}

fn parse_span(name: &str, text: &str) -> Result<i64, ApiError> {
    let wrong =
        || invalid(name, format!("`{text}` is no number of minutes, hours or days, such as 15m, 24h, 7d"));
    let unit = match text.chars().last() {
        Some('m') => MINUTE,
        Some('h') => HOUR,
        Some('d') => DAY,
        Some(_) | None => return Err(wrong()),
    };
    let number: i64 = text[..text.len() - 1].parse().map_err(|_| wrong())?;
    match number.checked_mul(unit) {
        Some(span) if number > 0 => Ok(span),
        Some(_) | None => Err(wrong()),
    }
}

/// The cursor after a row.
pub(crate) fn cursor(ListCursor { start, id, .. }: ListCursor) -> String {
    format!("{}.{id}", start.0)
}

fn parse_cursor(text: &str) -> Result<ListCursor, ApiError> {
    let cursor = text.split_once('.').and_then(|(start, id)| {
        let (start, id) = (start.parse().ok()?, id.parse::<SessionId>().ok()?);
        Some(ListCursor { value: Some(start), start: Timestamp(start), id })
    });
    cursor.ok_or_else(|| invalid("cursor", "it is not one that this server gave"))
}

/// An IANA time zone name that is known here.
pub(crate) fn valid_time_zone(name: &str) -> Result<String, String> {
    match TimeZone::get(name) {
        Ok(zone) => Ok(zone.iana_name().unwrap_or(name).to_owned()),
        Err(_) => Err(format!("time zone `{name}` is unknown: use a name such as Europe/Berlin or UTC")),
    }
}

/// A path such as `/shop`, without a slash at its end; empty for the root.
pub(crate) fn valid_base_path(path: &str) -> Result<String, String> {
    let path = path.trim_end_matches('/');
    if path.is_empty() || (path.starts_with('/') && !path.contains(['?', '#', ' '])) {
        Ok(path.to_owned())
    } else {
        Err(format!("base path `{path}` is no path: write it as /shop"))
    }
}

pub(crate) fn invalid(name: &str, what: impl std::fmt::Display) -> ApiError {
    ApiError::new(Code::InvalidParameter, format!("{name}: {what}"))
}
