//! What can be asked: parameters with their checks. Each error names the parameter and what it takes.

pub(crate) mod reports;

use super::errors::GroupOrder;
use super::resources::ResolvedRange;
use super::selections::Selections;
use crate::error::{ApiError, Code};
use crate::query::SessionSet;
use crate::search::{self, SiteZone};
use footpath_analyze::{Bots, Direction, Filter, List, ListCursor, Order};
use footpath_model::columns::SessionColumn;
use footpath_model::id::SessionId;
use footpath_model::search::{Field, Search, SessionField, literal};
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
            /// A search, in the language of docs/search.md; every session where it is left out.
            q: Option<String>,
            /// Of these sessions, the ones behind a number of a report: the `selection` beside it.
            selection: Option<String>,
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
                let zone = SiteZone::of(site);
                let range = range((&self.last, &self.from, &self.to), &zone, first, now)?;
                let within = Selections::read(self.selection.as_deref())?;
                let bots = bots(self.bots.as_deref())?;
                Asked::of(self.q.as_deref(), (range, bots, within), (site, &zone), now)
            }
        }
    };
}
use filter_params;

/// A set of sessions, as it was asked for.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    /// The search, as a tree.
    pub search: Search,
    /// All of it, ready to be put to sessions.
    pub set: SessionSet,
}

impl Asked {
    pub(crate) fn of(
        text: Option<&str>,
        (range, bots, within): (Range<Timestamp>, Bots, Selections),
        (site, zone): (&Site, &SiteZone),
        now: Timestamp,
    ) -> Result<Self, ApiError> {
        let search = search::read(text.unwrap_or_default())?;
        let filter = Filter { range, bots, search: search::compile(&search, (site, zone), now) };
        Ok(Self { search, set: SessionSet { filter, within } })
    }

    /// The range, as it is told.
    pub(crate) fn range(&self, site: &Site) -> ResolvedRange {
        let Range { start, end } = self.set.filter.range;
        ResolvedRange { from: start, to: end, time_zone: site.time_zone.clone() }
    }
}

filter_params! {
    /// Which sessions, and nothing else.
    FilterParams {}
}

filter_params! {
    /// Which sessions, in which order, and which page of them.
    ListParams {
        /// What the list is ordered by: `start` (default), `duration`, `active`, `pages`, `events`, `clicks`, `requests`,
        /// `failed_requests`, `errors`, `rage_clicks`, `dead_clicks` or `load`.
        sort: Option<String>,
        /// `desc` (default), the greatest first, or `asc`.
        order: Option<String>,
        /// Rows at most: 1 to 200, 50 where it is left out.
        limit: Option<usize>,
        /// `next_cursor` of the page before.
        cursor: Option<String>,
    }
}

impl ListParams {
    /// The page that is asked for.
    pub(crate) fn page(&self) -> Result<List, ApiError> {
        let order = order(self.sort.as_deref(), self.order.as_deref())?;
        let after = self.cursor.as_deref().map(|text| parse_cursor(text, order)).transpose()?;
        Ok(List { order, after, limit: limit(self.limit, 50, 200)? })
    }
}

filter_params! {
    /// Which sessions, and how finely they are counted over time.
    HistogramParams {
        /// About how many buckets: 1 to 200, 60 where it is left out. They are whole minutes, hours or days.
        buckets: Option<usize>,
    }
}

impl HistogramParams {
    /// Buckets, at most.
    pub(crate) fn buckets(&self) -> Result<usize, ApiError> {
        limit_of("buckets", self.buckets, 60, 200)
    }
}

filter_params! {
    /// Which sessions, and how they are written.
    ExportParams {
        /// `csv`, `ndjson` or `parquet`.
        format: Option<String>,
        /// Columns of the lake's `sessions` (docs/lake.md), separated by commas; all where it is left out.
        columns: Option<String>,
    }
}

/// How sessions are written into a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum FileFormat {
    /// RFC 4180, with a header; safe to open in a spreadsheet.
    Csv,
    /// A JSON object a line.
    Ndjson,
    /// As the lake's own files.
    Parquet,
}

impl ExportParams {
    pub(crate) fn format(&self) -> Result<FileFormat, ApiError> {
        match self.format.as_deref() {
            Some("csv") => Ok(FileFormat::Csv),
            Some("ndjson") => Ok(FileFormat::Ndjson),
            Some("parquet") => Ok(FileFormat::Parquet),
            None => Err(invalid("format", "say csv, ndjson or parquet")),
            Some(other) => Err(invalid("format", format!("`{other}` is not one of csv, ndjson, parquet"))),
        }
    }

    pub(crate) fn columns(&self) -> Result<Vec<SessionColumn>, ApiError> {
        // What the partitions say is the same in all rows, or the day of the start.
        let is_partition =
            |column: &SessionColumn| matches!(column, SessionColumn::Site | SessionColumn::Day);
        let known = || SessionColumn::ALL.iter().copied().filter(|column| !is_partition(column));
        let Some(names) = &self.columns else { return Ok(known().collect()) };
        let column = |name: &str| {
            let found = known().find(|column| column.name() == name);
            found.ok_or_else(|| {
                invalid("columns", format!("`{name}` is no column of sessions: docs/lake.md lists them"))
            })
        };
        names.split(',').map(column).collect()
    }
}

filter_params! {
    /// In which sessions errors are looked for, and how their groups are ordered.
    ErrorGroupParams {
        /// What groups are ordered by, the greatest first: `sessions` (default), `events`, `users`, `last_seen` or
        /// `first_seen`.
        sort: Option<String>,
        /// Groups at most: 1 to 1000, 200 where it is left out.
        limit: Option<usize>,
    }
}

impl ErrorGroupParams {
    pub(crate) fn order(&self) -> Result<GroupOrder, ApiError> {
        let sort = self.sort.as_deref().unwrap_or("sessions");
        let found = GroupOrder::ALL.into_iter().find(|(name, _)| *name == sort);
        found.map(|(_, order)| order).ok_or_else(|| {
            let known: Vec<&str> = GroupOrder::ALL.into_iter().map(|(name, _)| name).collect();
            invalid("sort", format!("`{sort}` is not one of {}", known.join(", ")))
        })
    }

    /// Groups, at most.
    pub(crate) fn limit(&self) -> Result<usize, ApiError> {
        limit(self.limit, 200, 1000)
    }
}

/// All sessions of a user, by the site's own id.
pub(crate) fn parse_user(user: &str, site: &Site, now: Timestamp) -> Result<SessionSet, ApiError> {
    let text = format!("{}:{}", Field::Session(SessionField::UserId).name(), literal(user));
    let everything = Timestamp(i64::MIN)..Timestamp(i64::MAX);
    let all = (everything, Bots::Include, Selections::default());
    Ok(Asked::of(Some(&text), all, (site, &SiteZone::of(site)), now)?.set)
}

filter_params! {
    /// Where somebody is typing a search. `q` is not taken: values are of all sessions in the range.
    CompleteParams {
        /// What is typed.
        text: Option<String>,
        /// Where the cursor stands, in Unicode characters; at the end where it is left out.
        at: Option<usize>,
    }
}

impl CompleteParams {
    /// What is typed, and where the cursor stands.
    pub(crate) fn typed(&self) -> (&str, usize) {
        let text = self.text.as_deref().unwrap_or_default();
        (text, self.at.unwrap_or_else(|| text.chars().count()))
    }
}

/// Which search.
#[derive(Deserialize, IntoParams, Debug, Default)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct SearchParams {
    /// A search, in the language of docs/search.md.
    pub q: String,
    /// `search` (default), or `step`: what can be a step of a funnel, which is a search about one event, or any of several.
    #[serde(rename = "as")]
    read_as: Option<String>,
}

impl SearchParams {
    /// Whether it is read as a step.
    pub(crate) fn is_step(&self) -> Result<bool, ApiError> {
        match self.read_as.as_deref() {
            None | Some("search") => Ok(false),
            Some("step") => Ok(true),
            Some(other) => Err(invalid("as", format!("`{other}` is not one of search, step"))),
        }
    }
}

/// Which file a source map is of.
#[derive(Deserialize, IntoParams, Debug, Default)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct SourceMapParams {
    /// Path of the minified file in the site, such as `/assets/app-4f3a9c1b.js`; its URL is taken, too.
    file: String,
    /// The release that the SDK was told (`release`). Leave it out where names of files have a hash: it is of all, then.
    release: Option<String>,
}

impl SourceMapParams {
    /// The file's path.
    pub(crate) fn file(&self) -> Result<String, ApiError> {
        let path = footpath_model::stack::path(&self.file);
        let is_path = self.file.starts_with('/') || self.file.contains("://");
        if !is_path || path.len() < 2 || path.len() > 2048 {
            let wrong = format!("`{}` is no path of a file: write /assets/app.js", self.file);
            return Err(invalid("file", wrong));
        }
        Ok(path.to_owned())
    }

    /// The release; nothing for all.
    pub(crate) fn release(&self) -> Result<Option<String>, ApiError> {
        match self.release.as_deref() {
            None | Some("") => Ok(None),
            Some(release) if release.len() <= 256 => Ok(Some(release.to_owned())),
            Some(_) => Err(invalid("release", "it is longer than 256 bytes")),
        }
    }
}

/// The source maps of which release.
#[derive(Deserialize, IntoParams, Debug, Default)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct SourceMapRelease {
    /// Of this release; all where it is left out.
    pub release: Option<String>,
}

/// What lists can be ordered by.
const SORTS: &[(&str, SessionColumn)] = &[
    ("start", SessionColumn::Start),
    ("duration", SessionColumn::Duration),
    ("active", SessionColumn::Active),
    ("pages", SessionColumn::PageViews),
    ("events", SessionColumn::Events),
    ("clicks", SessionColumn::Clicks),
    ("requests", SessionColumn::Requests),
    ("failed_requests", SessionColumn::FailedRequests),
    ("errors", SessionColumn::Errors),
    ("rage_clicks", SessionColumn::RageClicks),
    ("dead_clicks", SessionColumn::DeadClicks),
    ("load", SessionColumn::Load),
];

fn order(sort: Option<&str>, direction: Option<&str>) -> Result<Order, ApiError> {
    let sort = sort.unwrap_or("start");
    let known = || SORTS.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
    let unknown = || invalid("sort", format!("`{sort}` is not one of {}", known()));
    let (_, column) = SORTS.iter().find(|(name, _)| *name == sort).ok_or_else(unknown)?;
    let direction = match direction {
        None | Some("desc") => Direction::Descending,
        Some("asc") => Direction::Ascending,
        Some(other) => return Err(invalid("order", format!("`{other}` is not one of desc, asc"))),
    };
    Order::new(*column, direction).ok_or_else(unknown)
}

fn range(
    (last, from, to): (&Option<String>, &Option<String>, &Option<String>),
    zone: &SiteZone,
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
                Some(text) => instant("to", text, &zone.0, Edge::Last)?,
                None => until_now,
            };
            let from = match from {
                Some(text) => instant("from", text, &zone.0, Edge::First)?,
                None => first.unwrap_or(now).min(to),
            };
            from..to
        }
    };
    if range.start > range.end { Err(invalid("to", "it lies before `from`")) } else { Ok(range) }
}

/// A range of a request's body, where it is given as in the parameters.
pub(crate) fn range_of_body(
    (from, to): (&Option<String>, &Option<String>),
    zone: &SiteZone,
    first: Option<Timestamp>,
    now: Timestamp,
) -> Result<Range<Timestamp>, ApiError> {
    range((&None, from, to), zone, first, now)
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

/// The cursor after a row. It says of which order it is, since it means nothing in another.
pub(crate) fn cursor(ListCursor { value, start, id }: ListCursor, order: Order) -> String {
    let value = value.map_or_else(|| "-".to_owned(), |value| value.to_string());
    format!("{}.{value}.{}.{id}", order_name(order), start.0)
}

fn parse_cursor(text: &str, order: Order) -> Result<ListCursor, ApiError> {
    let of_order = text.strip_prefix(&order_name(order)).and_then(|rest| rest.strip_prefix('.'));
    let cursor = of_order.and_then(|rest| {
        let mut parts = rest.splitn(3, '.');
        let value = match parts.next()? {
            "-" => None,
            value => Some(value.parse().ok()?),
        };
        let (start, id) = (parts.next()?.parse().ok()?, parts.next()?.parse::<SessionId>().ok()?);
        Some(ListCursor { value, start: Timestamp(start), id })
    });
    cursor.ok_or_else(|| invalid("cursor", "it is not one that this server gave for a list in this order"))
}

fn order_name(order: Order) -> String {
    let direction = match order.direction() {
        Direction::Ascending => "asc",
        Direction::Descending => "desc",
    };
    let sort = SORTS.iter().find(|(_, column)| *column == order.by()).map_or("start", |(name, _)| name);
    format!("{sort}-{direction}")
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
