//! Metrics over time, the overview, and segments, as the API tells them.

use super::{Bucket, Buckets, Measure, MetricInfo, Tabular, metric_head, told};
use crate::api::resources::ResolvedRange;
use crate::api::selections::Doors;
use footpath_model::reports::dimension::Dimension;
use footpath_model::reports::document::AsOf;
use footpath_model::reports::insights::{Insight, InsightSubject};
use footpath_model::reports::measures::{
    Measurement, OverTimeAnswer, SegmentKey, SegmentSelection, Segmentation, Segments, WhichSegments,
};
use footpath_model::reports::metric::Metric;
use footpath_model::reports::selection::Selection;
use footpath_model::steps::{StepKind, StepName};
use footpath_model::time::Timestamp;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// Metrics over time.
#[derive(Serialize, ToSchema)]
pub(crate) struct MetricsReport {
    /// The range asked for.
    range: ResolvedRange,
    /// How long buckets are.
    #[schema(value_type = String)]
    interval: &'static str,
    /// The range, divided.
    buckets: Vec<Bucket>,
    /// What it is compared with.
    pub previous: Option<PeriodBefore>,
    /// Those asked for, in their order.
    metrics: Vec<MetricSeries>,
}

/// The period before, whose buckets correspond to those of the range one to one.
#[derive(Serialize, ToSchema)]
pub(crate) struct PeriodBefore {
    /// As long as the range, and directly before it.
    pub range: ResolvedRange,
    /// The same, divided.
    buckets: Vec<Bucket>,
}

/// A metric over time.
#[derive(Serialize, ToSchema)]
struct MetricSeries {
    /// Which.
    metric: MetricInfo,
    /// Over the whole range.
    total: Measure,
    /// Over each bucket.
    series: Vec<Measure>,
    /// In the period before.
    previous: Option<MetricBefore>,
    /// The total's change, as a part of what it was before; nothing where that cannot be said.
    change: Option<f64>,
}

/// A metric in the period before.
#[derive(Serialize, ToSchema)]
struct MetricBefore {
    total: Measure,
    series: Vec<Measure>,
}

impl MetricsReport {
    pub(crate) fn of(
        range: ResolvedRange,
        (buckets, previous): (&Buckets, &[Timestamp]),
        answer: &OverTimeAnswer,
        as_of: AsOf,
        doors: &Doors,
    ) -> Self {
        let measure = |one: &Measurement| Measure::of(one, as_of, doors);
        let nth = |buckets: &[Vec<Measurement>], place: usize| -> Vec<Measure> {
            buckets.iter().filter_map(|bucket| bucket.get(place)).map(measure).collect()
        };
        let series = |(place, total): (usize, &Measurement)| {
            let before = answer.previous.as_ref().and_then(|series| {
                let total = measure(series.total.get(place)?);
                Some(MetricBefore { total, series: nth(&series.buckets, place) })
            });
            let was = before.as_ref().and_then(|before| before.total.value).filter(|was| *was != 0.0);
            MetricSeries {
                metric: MetricInfo::from(total.metric),
                total: measure(total),
                series: nth(&answer.current.buckets, place),
                change: total.reading.number().zip(was).map(|(now, was)| (now - was) / was),
                previous: before,
            }
        };
        let previous = previous.first().zip(previous.last()).map(|(&from, &to)| PeriodBefore {
            range: ResolvedRange { from, to, time_zone: range.time_zone.clone() },
            buckets: told(previous),
        });
        Self {
            metrics: answer.current.total.iter().enumerate().map(series).collect(),
            interval: buckets.interval.name(),
            buckets: buckets.told(),
            previous,
            range,
        }
    }
}

/// A bucket a row, and a metric a column.
impl Tabular for MetricsReport {
    fn heads(&self) -> Vec<String> {
        let metrics = self.metrics.iter().filter_map(|series| Metric::of_name(&series.metric.name));
        ["from", "to"].map(str::to_owned).into_iter().chain(metrics.map(metric_head)).collect()
    }

    fn rows(&self) -> Vec<Vec<Value>> {
        let row = |(place, bucket): (usize, &Bucket)| {
            let values = self.metrics.iter().map(|series| series.series.get(place).map(Measure::value));
            let values = values.map(Option::unwrap_or_default);
            [instant(bucket.from), instant(bucket.to)].into_iter().chain(values).collect()
        };
        self.buckets.iter().enumerate().map(row).collect()
    }
}

/// RFC 3339.
fn instant(at: Timestamp) -> Value {
    let at = jiff::Timestamp::from_millisecond(at.0).map(|at| format!("{at:.3}"));
    at.map_or(Value::Null, Value::from)
}

/// The first screen of a site.
#[derive(Serialize, ToSchema)]
pub(crate) struct Overview {
    #[serde(flatten)]
    metrics: MetricsReport,
    /// Sessions of the range that are live.
    live: LiveSessions,
    /// What changed most against the period before, most certain first.
    insights: Vec<InsightResource>,
    /// Sessions of the range.
    sessions: u64,
    /// Their door.
    selection: String,
}

/// Sessions that are live.
#[derive(Serialize, ToSchema)]
struct LiveSessions {
    sessions: u64,
    selection: String,
}

/// A number in the period before and in the range.
#[derive(Serialize, ToSchema, Clone, Copy)]
struct BeforeAndNow {
    before: u64,
    now: u64,
}

impl From<[u64; 2]> for BeforeAndNow {
    fn from([before, now]: [u64; 2]) -> Self {
        Self { before, now }
    }
}

/// A change that chance does not explain.
#[derive(Serialize, ToSchema)]
#[schema(as = Insight)]
struct InsightResource {
    /// In words.
    text: String,
    /// What changed: `sessions`, `with_errors`, `bounced`, `did` (a step), or `segment`.
    #[schema(value_type = String)]
    subject: &'static str,
    /// The step.
    step: Option<StepName>,
    /// The segment's dimension.
    #[schema(value_type = Option<String>)]
    dimension: Option<&'static str>,
    /// Its value.
    value: Option<String>,
    /// Sessions that it was true of.
    sessions: BeforeAndNow,
    /// Sessions that it could be true of.
    out_of: BeforeAndNow,
    /// Now over before: of the number of sessions, else of their share.
    factor: Option<f64>,
    /// How certain: below zero for less.
    standard_errors: f64,
    /// Of errors: which one at which page changed most.
    mostly: Option<MostlyError>,
    /// Its sessions, in the range or in the period before.
    selection: String,
}

/// An error at a page.
#[derive(Serialize, ToSchema)]
struct MostlyError {
    error: String,
    page: Option<String>,
    sessions: BeforeAndNow,
}

impl InsightResource {
    fn of(insight: &Insight, as_of: AsOf, doors: &Doors) -> Self {
        let (subject, step, dimension, value) = match &insight.subject {
            InsightSubject::Sessions => ("sessions", None, None, None),
            InsightSubject::WithErrors => ("with_errors", None, None, None),
            InsightSubject::Bounced => ("bounced", None, None, None),
            InsightSubject::Did(step) => ("did", Some(step.clone()), None, None),
            InsightSubject::Segment(dimension, value) => {
                ("segment", None, Some(dimension.name()), Some(value.clone()))
            }
        };
        Self {
            text: words(insight),
            subject,
            step,
            dimension,
            value,
            sessions: insight.sessions.into(),
            out_of: insight.out_of.into(),
            factor: insight.factor,
            standard_errors: insight.standard_errors,
            mostly: insight.mostly.as_ref().map(|(at, sessions)| MostlyError {
                error: at.error.clone(),
                page: at.page.clone(),
                sessions: (*sessions).into(),
            }),
            selection: doors.to(&insight.selection(as_of)),
        }
    }
}

/// `Sessions with errors are 3.1 × the period before, mostly PaymentError on /checkout`.
fn words(insight: &Insight) -> String {
    let what = match &insight.subject {
        InsightSubject::Sessions => "Sessions".to_owned(),
        InsightSubject::WithErrors => "The share of sessions with errors".to_owned(),
        InsightSubject::Bounced => "The bounce rate".to_owned(),
        InsightSubject::Did(StepName { kind, label }) => match kind {
            StepKind::Page => format!("The share of sessions that viewed {label}"),
            StepKind::Error => format!("The share of sessions that met {label}"),
            StepKind::Request => format!("The share of sessions with a failed request to {label}"),
            StepKind::Click | StepKind::Input | StepKind::Submit | StepKind::Custom => {
                format!("The share of sessions with {} {label}", kind.name())
            }
        },
        InsightSubject::Segment(dimension, value) => {
            format!("The share of sessions of {} {value}", dimension.name().replace('_', " "))
        }
    };
    let are = if insight.subject == InsightSubject::Sessions { "are" } else { "is" };
    let mut text = match insight.factor {
        Some(factor) => format!("{what} {are} {factor:.1} × the period before"),
        None => format!("{what} went up from none to {} sessions", insight.sessions[1]),
    };
    if let Some((at, _)) = &insight.mostly {
        text += ", mostly";
        if insight.subject == InsightSubject::WithErrors {
            text += &format!(" {}", at.error);
        }
        text += &at.page.as_ref().map(|page| format!(" on {page}")).unwrap_or_default();
    }
    text
}

impl Overview {
    /// `counts` are all sessions, and the live ones with their door.
    pub(crate) fn of(
        metrics: MetricsReport,
        (sessions, (n_live, live)): (u64, (u64, String)),
        insights: &[Insight],
        as_of: AsOf,
        doors: &Doors,
    ) -> Self {
        Self {
            metrics,
            live: LiveSessions { sessions: n_live, selection: live },
            insights: insights.iter().map(|insight| InsightResource::of(insight, as_of, doors)).collect(),
            sessions,
            selection: doors.to(&Selection::All),
        }
    }
}

impl Tabular for Overview {
    fn heads(&self) -> Vec<String> {
        self.metrics.heads()
    }

    fn rows(&self) -> Vec<Vec<Value>> {
        self.metrics.rows()
    }
}

/// Metrics by segment. The rows and the rest add up to the total.
#[derive(Serialize, ToSchema)]
pub(crate) struct SegmentsReport {
    range: ResolvedRange,
    /// What a segment's key is of.
    #[schema(value_type = Vec<String>)]
    dimensions: Vec<&'static str>,
    /// What is measured, in the order of `measures`.
    metrics: Vec<MetricInfo>,
    /// Most sessions first.
    #[serde(rename = "rows")]
    segments: Vec<SegmentResource>,
    /// Those that are not shown.
    rest: Option<OtherSegments>,
    /// All sessions.
    total: SegmentsTotal,
}

/// One segment.
#[derive(Serialize, ToSchema)]
#[schema(as = Segment)]
struct SegmentResource {
    /// A value of each dimension; nothing where it is not known.
    key: Vec<Option<String>>,
    sessions: u64,
    measures: Vec<Measure>,
    selection: String,
}

/// Segments that are not shown.
#[derive(Serialize, ToSchema)]
struct OtherSegments {
    /// How many.
    segments: u64,
    sessions: u64,
    measures: Vec<Measure>,
    selection: String,
}

/// Over all sessions.
#[derive(Serialize, ToSchema)]
struct SegmentsTotal {
    sessions: u64,
    measures: Vec<Measure>,
    selection: String,
}

impl SegmentsReport {
    pub(crate) fn of(range: ResolvedRange, asked: &Segmentation, answer: Segments, doors: &Doors) -> Self {
        let shown: Vec<SegmentKey> = answer.rows.iter().map(|row| row.key.clone()).collect();
        let through = |which| {
            let (dimensions, as_of) = (asked.dimensions.clone(), asked.as_of);
            doors.through(&Selection::Segment(SegmentSelection { dimensions, which, as_of }))
        };
        let measured = |measurements: &[Measurement], doors: &Doors| -> Vec<Measure> {
            measurements.iter().map(|one| Measure::of(one, asked.as_of, doors)).collect()
        };
        let segments = answer.rows.into_iter().map(|row| {
            let doors = through(WhichSegments::One(row.key.clone()));
            SegmentResource {
                key: row.key,
                sessions: row.sessions,
                measures: measured(&row.measurements, &doors),
                selection: doors.to(&Selection::All),
            }
        });
        let segments = segments.collect();
        let rest = answer.rest.map(|rest| {
            let doors = through(WhichSegments::AllBut(shown));
            OtherSegments {
                segments: rest.segments,
                sessions: rest.sessions,
                measures: measured(&rest.measurements, &doors),
                selection: doors.to(&Selection::All),
            }
        });
        Self {
            range,
            dimensions: asked.dimensions.iter().map(|dimension| dimension.name()).collect(),
            metrics: asked.metrics.iter().map(|&metric| MetricInfo::from(metric)).collect(),
            segments,
            rest,
            total: SegmentsTotal {
                sessions: answer.sessions,
                measures: measured(&answer.total, doors),
                selection: doors.to(&Selection::All),
            },
        }
    }
}

/// A segment a row; those that are not shown are one row, whose keys are `(others)`.
impl Tabular for SegmentsReport {
    fn heads(&self) -> Vec<String> {
        let dimensions = self.dimensions.iter().filter_map(|name| Dimension::of_name(name));
        let metrics = self.metrics.iter().filter_map(|metric| Metric::of_name(&metric.name));
        let named = dimensions.map(|dimension| dimension.name().to_owned());
        named.chain(["sessions".to_owned()]).chain(metrics.map(metric_head)).collect()
    }

    fn rows(&self) -> Vec<Vec<Value>> {
        let row = |key: Vec<Value>, sessions: u64, measures: &[Measure]| -> Vec<Value> {
            key.into_iter().chain([sessions.into()]).chain(measures.iter().map(Measure::value)).collect()
        };
        let shown = self.segments.iter().map(|segment| {
            let key = segment.key.iter().map(|value| value.clone().into()).collect();
            row(key, segment.sessions, &segment.measures)
        });
        let others = self
            .rest
            .iter()
            .map(|rest| row(vec!["(others)".into(); self.dimensions.len()], rest.sessions, &rest.measures));
        shown.chain(others).collect()
    }
}
