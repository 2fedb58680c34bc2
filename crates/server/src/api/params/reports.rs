//! What reports are asked. Steps are written `kind:label`, in which `*` stands for any text.

mod funnel;

use super::{Asked, filter_params, invalid, limit, limit_of, parse_span, range};
use crate::api::selections::Selections;
use crate::error::ApiError;
use crate::search::SiteZone;
use footpath_model::reports::dimension::Dimension;
use footpath_model::reports::document::AsOf;
use footpath_model::reports::funnels::{Funnel, FunnelOrder};
use footpath_model::reports::journeys::{Journeys, MAX_DEPTH, Stretch};
use footpath_model::reports::metric::Metric;
use footpath_model::reports::pattern::StepPattern;
use footpath_model::reports::selection::MAX_DIMENSIONS;
use footpath_model::site::Site;
use footpath_model::steps::StepKind;
use footpath_model::time::Timestamp;
use funnel::read_steps;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use utoipa::IntoParams;

use super::bots;

/// How a report is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Format {
    /// All of it.
    Json,
    /// Its main table.
    Csv,
}

/// How long buckets of time are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Interval {
    /// Hours of the clock.
    Hour,
    /// Days where the site lives.
    Day,
    /// Weeks from Monday.
    Week,
    /// Months.
    Month,
}

impl Interval {
    const ALL: [Self; 4] = [Self::Hour, Self::Day, Self::Week, Self::Month];

    /// As in the API.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }
}

/// What all reports take.
pub(crate) trait ReportParams: DeserializeOwned {
    /// As `asked` of every route about a set of sessions.
    fn sessions(&self, site: &Site, first: Option<Timestamp>, now: Timestamp) -> Result<Asked, ApiError>;

    /// How it is written.
    fn format(&self) -> Result<Format, ApiError>;
}

macro_rules! report_params {
    ($(#[$meta:meta])* $name:ident { $($(#[$field_meta:meta])* $field:ident: $ty:ty,)* }) => {
        filter_params! {
            $(#[$meta])*
            $name {
                /// `json` (default), or `csv`: the report's main table.
                format: Option<String>,
                $($(#[$field_meta])* $field: $ty,)*
            }
        }

        impl ReportParams for $name {
            fn sessions(
                &self,
                site: &Site,
                first: Option<Timestamp>,
                now: Timestamp,
            ) -> Result<Asked, ApiError> {
                self.asked(site, first, now)
            }

            fn format(&self) -> Result<Format, ApiError> {
                match self.format.as_deref() {
                    None | Some("json") => Ok(Format::Json),
                    Some("csv") => Ok(Format::Csv),
                    Some(other) => Err(invalid("format", format!("`{other}` is not one of json, csv"))),
                }
            }
        }
    };
}

report_params! {
    /// Metrics over time.
    MetricsParams {
        /// Names of metrics, separated by commas; the most asked for where it is left out.
        metrics: Option<String>,
        /// `hour`, `day`, `week` or `month`; as fits the range where it is left out.
        interval: Option<String>,
        /// `previous` (default), the period before, or `none`.
        compare: Option<String>,
        /// Of the overview: insights, at most; 1 to 50, 5 where it is left out.
        insights: Option<usize>,
    }
}

/// What an overview shows.
const OVERVIEW: [Metric; 11] = {
    use footpath_model::event::VitalName;
    use footpath_model::reports::vitals::VitalStat;
    [
        Metric::Sessions,
        Metric::Visitors,
        Metric::PageViews,
        Metric::DurationMedian,
        Metric::PagesAverage,
        Metric::BounceRate,
        Metric::ReturnRate,
        Metric::LoadP75,
        Metric::Vital(VitalName::Lcp, VitalStat::P75),
        Metric::InteractionMedian,
        Metric::ErrorRate,
    ]
};

impl MetricsParams {
    pub(crate) fn metrics(&self) -> Result<Vec<Metric>, ApiError> {
        metrics(self.metrics.as_deref(), &OVERVIEW)
    }

    pub(crate) fn interval(&self) -> Result<Option<Interval>, ApiError> {
        interval(self.interval.as_deref())
    }

    /// Whether there is a period to compare with.
    pub(crate) fn compares(&self) -> Result<bool, ApiError> {
        match self.compare.as_deref() {
            None | Some("previous") => Ok(true),
            Some("none") => Ok(false),
            Some(other) => Err(invalid("compare", format!("`{other}` is not one of previous, none"))),
        }
    }

    pub(crate) fn insights(&self) -> Result<usize, ApiError> {
        limit_of("insights", self.insights, 5, 50)
    }
}

report_params! {
    /// Metrics by segment.
    SegmentsParams {
        /// Names of one or two dimensions, separated by a comma; `user_type` where it is left out.
        dimensions: Option<String>,
        /// Names of metrics, separated by commas; sessions, average duration and error rate where it is left out.
        metrics: Option<String>,
        /// Segments at most: 1 to 500, 20 where it is left out.
        limit: Option<usize>,
    }
}

impl SegmentsParams {
    pub(crate) fn dimensions(&self) -> Result<Vec<Dimension>, ApiError> {
        let text = self.dimensions.as_deref().unwrap_or(Dimension::UserType.name());
        let of_name = |name: &str| {
            Dimension::of_name(name).ok_or_else(|| {
                invalid("dimensions", format!("`{name}` is none: /reports/definitions lists them"))
            })
        };
        let dimensions: Vec<Dimension> = text.split(',').map(of_name).collect::<Result<_, _>>()?;
        match dimensions.as_slice() {
            [one, other] if one == other => Err(invalid("dimensions", "they are the same one twice")),
            many if many.len() > MAX_DIMENSIONS => {
                Err(invalid("dimensions", format!("at most {MAX_DIMENSIONS} can be combined")))
            }
            _ => Ok(dimensions),
        }
    }

    pub(crate) fn metrics(&self) -> Result<Vec<Metric>, ApiError> {
        metrics(self.metrics.as_deref(), &[Metric::Sessions, Metric::DurationAverage, Metric::ErrorRate])
    }

    pub(crate) fn limit(&self) -> Result<usize, ApiError> {
        limit(self.limit, 20, 500)
    }
}

report_params! {
    /// Common paths.
    PathsParams {
        /// Kinds of steps, separated by commas; `page` where it is left out.
        kinds: Option<String>,
        /// A step that paths begin with, such as `page:/products/*`.
        start: Option<String>,
        /// A step that paths end with.
        end: Option<String>,
        /// `forwards` (default) or `backwards`, where neither `start` nor `end` says it.
        direction: Option<String>,
        /// Steps of a path: 1 to 20, 5 where it is left out.
        depth: Option<usize>,
        /// Next steps of a step: 1 to 20, 6 where it is left out.
        breadth: Option<usize>,
        /// Whole paths: 1 to 200, 20 where it is left out.
        variants: Option<usize>,
        /// Whether a step that repeats itself is one; `true` where it is left out.
        collapse: Option<bool>,
    }
}

impl PathsParams {
    pub(crate) fn journeys(&self, as_of: AsOf) -> Result<Journeys, ApiError> {
        let step = |name, text: &Option<String>| text.as_deref().map(|text| pattern(name, text)).transpose();
        let (from, to) = (step("start", &self.start)?, step("end", &self.end)?);
        let stretch = match (self.direction.as_deref(), from, to) {
            (None, Some(from), Some(to)) => Stretch::Between { from, to },
            (None | Some("forwards"), from, None) => Stretch::Forwards { from },
            (None | Some("backwards"), None, to) => Stretch::Backwards { to },
            (Some("forwards"), _, Some(_)) => {
                return Err(invalid("direction", "leave it out where paths have an `end`"));
            }
            (Some("backwards"), Some(_), _) => {
                return Err(invalid("direction", "leave it out where paths have a `start`"));
            }
            (Some(other), _, _) => {
                return Err(invalid("direction", format!("`{other}` is not one of forwards, backwards")));
            }
        };
        Ok(Journeys {
            kinds: kinds(self.kinds.as_deref())?,
            stretch,
            collapse: self.collapse.unwrap_or(true),
            depth: limit_of("depth", self.depth, 5, MAX_DEPTH)?,
            breadth: limit_of("breadth", self.breadth, 6, 20)?,
            variants: limit_of("variants", self.variants, 20, 200)?,
            as_of,
        })
    }
}

report_params! {
    /// Where sessions are lost.
    DropOffParams {
        /// Kinds of steps, separated by commas; `page` where it is left out.
        kinds: Option<String>,
        /// Steps at most: 1 to 500, 50 where it is left out.
        limit: Option<usize>,
    }
}

impl DropOffParams {
    pub(crate) fn kinds(&self) -> Result<Vec<StepKind>, ApiError> {
        kinds(self.kinds.as_deref())
    }

    pub(crate) fn limit(&self) -> Result<usize, ApiError> {
        limit(self.limit, 50, 500)
    }
}

report_params! {
    /// How sessions ended that reached a step.
    EndingsParams {
        /// The step, such as `page:/checkout`.
        step: Option<String>,
        /// `hour`, `day`, `week` or `month`; as fits the range where it is left out.
        interval: Option<String>,
        /// What decided each ending, at most: 1 to 50, 5 where it is left out.
        details: Option<usize>,
    }
}

impl EndingsParams {
    pub(crate) fn step(&self) -> Result<StepPattern, ApiError> {
        let text =
            self.step.as_deref().ok_or_else(|| invalid("step", "say which, such as page:/checkout"))?;
        pattern("step", text)
    }

    pub(crate) fn interval(&self) -> Result<Option<Interval>, ApiError> {
        interval(self.interval.as_deref())
    }

    pub(crate) fn details(&self) -> Result<usize, ApiError> {
        limit_of("details", self.details, 5, 50)
    }
}

report_params! {
    /// What errors cost.
    ErrorImpactParams {
        /// Errors at pages, at most: 1 to 200, 20 where it is left out.
        limit: Option<usize>,
        /// Alternative pages of each, at most: 1 to 50, 5 where it is left out.
        alternatives: Option<usize>,
    }
}

impl ErrorImpactParams {
    pub(crate) fn limit(&self) -> Result<usize, ApiError> {
        limit(self.limit, 20, 200)
    }

    pub(crate) fn alternatives(&self) -> Result<usize, ApiError> {
        limit_of("alternatives", self.alternatives, 5, 50)
    }
}

report_params! {
    /// A funnel.
    FunnelParams {
        /// Its steps, divided by `>`; alternatives by `|`: `page:/cart > {request:/api/pay status:5xx} > custom:order|page:/thanks`.
        /// Each is `kind:label`, or a clause of docs/search.md about one event. A `\` before a sign in a label makes it a part
        /// of the label.
        steps: Option<String>,
        /// `loose` (default): anything may lie between; `strict`: no event of the kinds that it names.
        order: Option<String>,
        /// Time from the first step to the last: `30m`, `24h`, `7d`; a session where it is left out.
        window: Option<String>,
    }
}

impl FunnelParams {
    /// What a saved funnel asks.
    pub(crate) fn of(steps: String, order: Option<String>, window: Option<String>) -> Self {
        Self { steps: Some(steps), order, window, ..Self::default() }
    }

    /// Whether it can be asked.
    pub(crate) fn check(&self) -> Result<(), ApiError> {
        self.funnel(AsOf { now: Timestamp(0), timeout_ms: 0 }).map(drop)
    }

    pub(crate) fn funnel(&self, as_of: AsOf) -> Result<Funnel, ApiError> {
        let steps = read_steps(self.steps.as_deref().unwrap_or_default())?;
        let order = match self.order.as_deref() {
            None | Some("loose") => FunnelOrder::Loose,
            Some("strict") => FunnelOrder::Strict,
            Some(other) => return Err(invalid("order", format!("`{other}` is not one of loose, strict"))),
        };
        let window_ms = self.window.as_deref().map(|text| parse_span("window", text)).transpose()?;
        Ok(Funnel { steps, order, window_ms, as_of })
    }
}

report_params! {
    /// Pages.
    PagesParams {
        /// Pages at most: 1 to 500, 50 where it is left out.
        limit: Option<usize>,
        /// `hour`, `day`, `week` or `month`; as fits the range where it is left out.
        interval: Option<String>,
    }
}

impl PagesParams {
    pub(crate) fn limit(&self) -> Result<usize, ApiError> {
        limit(self.limit, 50, 500)
    }

    pub(crate) fn interval(&self) -> Result<Option<Interval>, ApiError> {
        interval(self.interval.as_deref())
    }
}

report_params! {
    /// Web vitals.
    VitalsParams {
        /// Of this page alone: its route, such as `/products/:id`.
        route: Option<String>,
        /// Causes of each, at most: 1 to 100, 10 where it is left out.
        causes: Option<usize>,
        /// Heaviest resources, at most: 1 to 100, 10 where it is left out.
        resources: Option<usize>,
        /// `hour`, `day`, `week` or `month`; as fits the range where it is left out.
        interval: Option<String>,
    }
}

impl VitalsParams {
    pub(crate) fn route(&self) -> Option<String> {
        self.route.clone()
    }

    pub(crate) fn causes(&self) -> Result<usize, ApiError> {
        limit_of("causes", self.causes, 10, 100)
    }

    pub(crate) fn resources(&self) -> Result<usize, ApiError> {
        limit_of("resources", self.resources, 10, 100)
    }

    pub(crate) fn interval(&self) -> Result<Option<Interval>, ApiError> {
        interval(self.interval.as_deref())
    }
}

fn interval(text: Option<&str>) -> Result<Option<Interval>, ApiError> {
    let Some(text) = text else { return Ok(None) };
    let found = Interval::ALL.into_iter().find(|interval| interval.name() == text);
    found.map(Some).ok_or_else(|| {
        let known = Interval::ALL.map(Interval::name).join(", ");
        invalid("interval", format!("`{text}` is not one of {known}"))
    })
}

fn metrics(text: Option<&str>, default: &[Metric]) -> Result<Vec<Metric>, ApiError> {
    let Some(text) = text else { return Ok(default.to_vec()) };
    let of_name = |name: &str| {
        Metric::of_name(name)
            .ok_or_else(|| invalid("metrics", format!("`{name}` is none: /reports/definitions lists them")))
    };
    text.split(',').map(of_name).collect()
}

fn kinds(text: Option<&str>) -> Result<Vec<StepKind>, ApiError> {
    text.unwrap_or(StepKind::Page.name()).split(',').map(|name| kind("kinds", name)).collect()
}

fn kind(parameter: &str, name: &str) -> Result<StepKind, ApiError> {
    StepKind::of_name(name).ok_or_else(|| {
        let known = StepKind::ALL.map(StepKind::name).join(", ");
        invalid(parameter, format!("`{name}` is not one of {known}"))
    })
}

/// `page:/checkout`.
fn pattern(parameter: &str, text: &str) -> Result<StepPattern, ApiError> {
    let wrong =
        || invalid(parameter, format!("`{text}` is no step: write kind:label, such as page:/checkout"));
    let (name, label) = text.split_once(':').ok_or_else(wrong)?;
    Ok(StepPattern::new(kind(parameter, name)?, label))
}
