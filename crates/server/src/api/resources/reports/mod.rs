//! Reports, as the API tells them: the model's answers, with a door beside every number of sessions.

mod losses;
mod metrics;
mod pages;
mod paths;
mod settings;

pub(crate) use losses::{DropOffReport, EndingsReport, ErrorImpactReport, FunnelReport};
pub(crate) use metrics::{MetricsReport, Overview, SegmentsReport};
pub(crate) use pages::{EndpointsReport, PagesReport, VitalsReport};
pub(crate) use paths::PathsReport;
pub(crate) use settings::{EndingRuleList, EndingRulesPreview, EndingsPreview, FunnelList, GoalList};

use crate::api::params::reports::Interval;
use crate::api::selections::Doors;
use footpath_model::event::VitalName;
use footpath_model::reports::dimension::Dimension;
use footpath_model::reports::document::AsOf;
use footpath_model::reports::measures::{Measurement, Reading, Timing};
use footpath_model::reports::metric::{Better, Metric, Unit};
use footpath_model::reports::selection::Selection;
use footpath_model::steps::{StepKind, StepName};
use footpath_model::time::Timestamp;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// What has a main table.
pub(crate) trait Tabular {
    /// Names of its columns, with units where they have any.
    fn heads(&self) -> Vec<String>;

    /// Its rows.
    fn rows(&self) -> Vec<Vec<Value>>;
}

/// Heads of a table.
fn heads(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// A range, divided.
#[derive(Clone, Debug)]
pub(crate) struct Buckets {
    pub edges: Vec<Timestamp>,
    pub interval: Interval,
}

impl Buckets {
    fn told(&self) -> Vec<Bucket> {
        told(&self.edges)
    }
}

fn told(edges: &[Timestamp]) -> Vec<Bucket> {
    edges.windows(2).map(|edges| Bucket { from: edges[0], to: edges[1] }).collect()
}

/// A part of a range.
#[derive(Serialize, ToSchema, Clone, Copy)]
#[schema(as = TimeBucket)]
pub(crate) struct Bucket {
    /// Unix ms, included.
    #[schema(value_type = i64)]
    from: Timestamp,
    /// Unix ms, excluded.
    #[schema(value_type = i64)]
    to: Timestamp,
}

/// How long something took, over many.
#[derive(Serialize, ToSchema, Clone, Copy)]
#[schema(as = Timing)]
pub(crate) struct TimingResource {
    /// Milliseconds.
    median_ms: u64,
    /// How many there were.
    n: u64,
    /// Whether the median is exact; else it is within 0.4 %.
    exact: bool,
}

impl TimingResource {
    fn of(timing: Option<Timing>) -> Option<Self> {
        timing.map(|Timing { median_ms, n, exact }| Self { median_ms, n, exact })
    }
}

/// What a metric is.
#[derive(Serialize, ToSchema, Clone)]
pub(crate) struct MetricInfo {
    /// In parameters.
    name: String,
    /// What its value is in.
    #[schema(value_type = String)]
    unit: &'static str,
    /// What it is made of: what `of` counts.
    #[schema(value_type = String)]
    made_of: &'static str,
    /// Which way is better.
    better: Better,
    /// What it means.
    definition: String,
}

impl From<Metric> for MetricInfo {
    fn from(metric: Metric) -> Self {
        Self {
            name: metric.name(),
            unit: metric.unit().name(),
            made_of: metric.made_of().name(),
            better: metric.better(),
            definition: metric.definition(),
        }
    }
}

/// A metric over some sessions.
#[derive(Serialize, ToSchema, Clone)]
pub(crate) struct Measure {
    /// Which.
    metric: String,
    /// In the metric's unit; nothing where there is none.
    value: Option<f64>,
    /// Whether there is a value, and if not, why.
    state: MeasureState,
    /// What it is made of.
    of: u64,
    /// Whether the value is exact; else it is within 0.4 %.
    exact: bool,
    /// The sessions that are counted, where it counts sessions, or is a part of them.
    selection: Option<String>,
}

/// Whether there is a value.
#[derive(Serialize, ToSchema, Clone, Copy)]
#[serde(rename_all = "snake_case")]
pub(crate) enum MeasureState {
    /// There is.
    Number,
    /// There was nothing to divide by, or nothing was measured.
    Nothing,
    /// It cannot be told: visitors without storage do not return.
    NotMeasurable,
}

impl Measure {
    fn of(measurement: &Measurement, as_of: AsOf, doors: &Doors) -> Self {
        Self {
            selection: counted(measurement.metric, as_of).map(|selection| doors.to(&selection)),
            ..Self::plain(measurement)
        }
    }

    /// Of what no list is known.
    fn plain(measurement: &Measurement) -> Self {
        Self {
            metric: measurement.metric.name(),
            value: measurement.reading.number(),
            state: match measurement.reading {
                Reading::Number(_) => MeasureState::Number,
                Reading::Nothing => MeasureState::Nothing,
                Reading::NotMeasurable => MeasureState::NotMeasurable,
            },
            of: measurement.of,
            exact: measurement.exact,
            selection: None,
        }
    }

    fn value(&self) -> Value {
        self.value.into()
    }
}

/// `load_p75 (ms)`.
fn metric_head(metric: Metric) -> String {
    match metric.unit() {
        Unit::Milliseconds => format!("{} (ms)", metric.name()),
        Unit::Sessions | Unit::Visitors | Unit::Events | Unit::Ratio | Unit::Score => metric.name(),
    }
}

/// The sessions that a metric counts, where it counts sessions, or is a part of them.
fn counted(metric: Metric, as_of: AsOf) -> Option<Selection> {
    match metric {
        Metric::Sessions => Some(Selection::All),
        Metric::BounceRate => Some(Selection::Bounced(as_of)),
        Metric::SinglePageRate => Some(Selection::SinglePage(as_of)),
        Metric::ErrorRate => Some(Selection::WithErrors),
        Metric::Visitors
        | Metric::PageViews
        | Metric::DurationAverage
        | Metric::DurationMedian
        | Metric::DurationP75
        | Metric::ActiveAverage
        | Metric::ActiveMedian
        | Metric::PagesAverage
        | Metric::ReturnRate
        | Metric::LoadAverage
        | Metric::LoadMedian
        | Metric::LoadP75
        | Metric::InteractionMedian
        | Metric::InteractionP75
        | Metric::Vital(..) => None,
    }
}

/// A part of a whole; nothing where there is no whole.
fn share(part: u64, whole: u64) -> Option<f64> {
    Reading::ratio(part, whole).number()
}

/// What is measured, and what by.
#[derive(Serialize, ToSchema)]
pub(crate) struct Definitions {
    /// In the order they are offered in.
    metrics: Vec<MetricInfo>,
    /// In the order they are offered in.
    dimensions: Vec<DimensionInfo>,
    /// What paths can be made of.
    step_kinds: Vec<StepKind>,
    /// The core ones first.
    vitals: Vec<VitalInfo>,
}

/// What a dimension is.
#[derive(Serialize, ToSchema)]
struct DimensionInfo {
    /// In parameters.
    #[schema(value_type = String)]
    name: &'static str,
    /// What it means.
    #[schema(value_type = String)]
    definition: &'static str,
}

/// What a web vital is.
#[derive(Serialize, ToSchema, Clone)]
struct VitalInfo {
    /// As Google writes it.
    #[schema(value_type = String)]
    name: &'static str,
    /// In full.
    #[schema(value_type = String)]
    long_name: &'static str,
    /// `ms` or `score`.
    #[schema(value_type = String)]
    unit: &'static str,
    /// Good up to here.
    good: f64,
    /// Poor over this.
    poor: f64,
}

impl From<VitalName> for VitalInfo {
    fn from(vital: VitalName) -> Self {
        let [good, poor] = vital.thresholds();
        let unit = Metric::Vital(vital, footpath_model::reports::vitals::VitalStat::P75).unit().name();
        Self { name: vital.label(), long_name: vital.long_name(), unit, good, poor }
    }
}

impl Definitions {
    pub(crate) fn all() -> Self {
        let dimension = |one: Dimension| DimensionInfo { name: one.name(), definition: one.definition() };
        Self {
            metrics: Metric::all().into_iter().map(MetricInfo::from).collect(),
            dimensions: Dimension::ALL.map(dimension).into(),
            step_kinds: StepKind::ALL.into(),
            vitals: VitalName::ALL.map(VitalInfo::from).into(),
        }
    }
}

/// `page /checkout`, as tables write a step.
fn written(step: &StepName) -> Value {
    format!("{}:{}", step.kind.name(), step.label).into()
}
