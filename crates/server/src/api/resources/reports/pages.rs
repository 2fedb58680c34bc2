//! Pages, endpoints and web vitals, as the API tells them.

use super::{Bucket, Buckets, Measure, Tabular, VitalInfo, heads, metric_head, share};
use crate::api::resources::ResolvedRange;
use crate::api::selections::Doors;
use footpath_model::event::VitalName;
use footpath_model::reports::measures::Measurement;
use footpath_model::reports::metric::Metric;
use footpath_model::reports::pages::{
    CallResult, CallSelection, EndpointRow, EndpointsAnswer, HeavyResource, PageRow, PagesAnswer,
    ResourceType, ResourcesAnswer, VitalCause, VitalCausesAnswer,
};
use footpath_model::reports::selection::Selection;
use footpath_model::reports::vitals::VitalStat;
use footpath_model::steps::{StepKind, StepName};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// Pages by views.
#[derive(Serialize, ToSchema)]
pub(crate) struct PagesReport {
    range: ResolvedRange,
    /// How long buckets are.
    #[schema(value_type = String)]
    interval: &'static str,
    buckets: Vec<Bucket>,
    /// Most views first.
    #[serde(rename = "rows")]
    pages: Vec<PageResource>,
    /// Pages that are not shown.
    rest: u64,
    /// Views of them.
    rest_views: u64,
    /// All views.
    views: u64,
}

/// A page.
#[derive(Serialize, ToSchema)]
#[schema(as = PageReport)]
struct PageResource {
    route: String,
    views: u64,
    /// Sessions that viewed it.
    sessions: u64,
    /// Its views as a part of all.
    share: Option<f64>,
    /// Load times, and the five web vitals.
    measures: Vec<Measure>,
    /// 75th percentile of domContentLoadedEventEnd.
    dom_ready_p75_ms: Option<f64>,
    /// By bucket.
    trend: Vec<PageTrendResource>,
    /// Of `sessions`.
    selection: String,
}

/// A page in a bucket.
#[derive(Serialize, ToSchema)]
#[schema(as = PageTrend)]
struct PageTrendResource {
    views: u64,
    load_p75_ms: Option<f64>,
    lcp_p75_ms: Option<f64>,
}

/// The door to the sessions that viewed a page.
fn viewed(route: &str) -> Selection {
    Selection::Did(StepName::new(StepKind::Page, route))
}

impl PagesReport {
    pub(crate) fn of(range: ResolvedRange, buckets: &Buckets, answer: PagesAnswer, doors: &Doors) -> Self {
        let page = |page: PageRow| PageResource {
            selection: doors.to(&viewed(&page.route)),
            views: page.views,
            sessions: page.sessions,
            share: share(page.views, answer.views),
            measures: page.measurements.iter().map(Measure::plain).collect(),
            dom_ready_p75_ms: page.dom_ready_p75,
            trend: page
                .trend
                .iter()
                .map(|trend| PageTrendResource {
                    views: trend.views,
                    load_p75_ms: trend.load_p75,
                    lcp_p75_ms: trend.lcp_p75,
                })
                .collect(),
            route: page.route,
        };
        Self {
            range,
            interval: buckets.interval.name(),
            buckets: buckets.told(),
            pages: answer.rows.into_iter().map(page).collect(),
            rest: answer.rest,
            rest_views: answer.rest_views,
            views: answer.views,
        }
    }
}

impl Tabular for PagesReport {
    fn heads(&self) -> Vec<String> {
        let measures = self.pages.iter().take(1).flat_map(|page| &page.measures);
        let measures = measures.filter_map(|measure| Metric::of_name(&measure.metric)).map(metric_head);
        let mut heads = heads(&["page", "views", "sessions", "share", "dom_ready_p75 (ms)"]);
        heads.extend(measures);
        heads
    }

    fn rows(&self) -> Vec<Vec<Value>> {
        let row = |page: &PageResource| {
            let first: [Value; 5] = [
                page.route.clone().into(),
                page.views.into(),
                page.sessions.into(),
                page.share.into(),
                page.dom_ready_p75_ms.into(),
            ];
            first.into_iter().chain(page.measures.iter().map(Measure::value)).collect()
        };
        self.pages.iter().map(row).collect()
    }
}

/// Endpoints by calls.
#[derive(Serialize, ToSchema)]
pub(crate) struct EndpointsReport {
    range: ResolvedRange,
    /// How long buckets are.
    #[schema(value_type = String)]
    interval: &'static str,
    buckets: Vec<Bucket>,
    /// Most calls first.
    #[serde(rename = "rows")]
    endpoints: Vec<EndpointResource>,
    /// Endpoints that are not shown.
    rest: u64,
    /// Calls of them.
    rest_calls: u64,
    /// All calls.
    calls: u64,
}

/// An endpoint. `calls = ok + client_errors + server_errors + no_response`.
#[derive(Serialize, ToSchema)]
#[schema(as = EndpointReport)]
struct EndpointResource {
    /// Method and path with ids replaced.
    endpoint: String,
    calls: u64,
    /// Sessions that called it.
    sessions: u64,
    /// Calls with a status under 400.
    ok: u64,
    /// 4xx.
    client_errors: u64,
    /// 5xx and over.
    server_errors: u64,
    /// The network, a time limit, or given up by the page.
    no_response: u64,
    /// Mean duration.
    average_ms: Option<f64>,
    /// 95th percentile.
    p95_ms: Option<f64>,
    /// By bucket.
    trend: Vec<EndpointTrend>,
    /// Of `sessions`.
    selection: String,
    selections: EndpointSelections,
}

/// An endpoint in a bucket.
#[derive(Serialize, ToSchema)]
struct EndpointTrend {
    calls: u64,
    /// With a status of 400 and over.
    failed: u64,
}

/// Doors to the sessions with at least one such call.
#[derive(Serialize, ToSchema)]
struct EndpointSelections {
    ok: String,
    client_errors: String,
    server_errors: String,
    no_response: String,
}

impl EndpointsReport {
    pub(crate) fn of(
        range: ResolvedRange,
        buckets: &Buckets,
        answer: EndpointsAnswer,
        doors: &Doors,
    ) -> Self {
        let endpoint = |row: EndpointRow| {
            let door = |result| {
                let endpoint = row.endpoint.clone();
                doors.to(&Selection::Called(CallSelection { endpoint, result }))
            };
            EndpointResource {
                selection: door(CallResult::Any),
                selections: EndpointSelections {
                    ok: door(CallResult::Ok),
                    client_errors: door(CallResult::ClientError),
                    server_errors: door(CallResult::ServerError),
                    no_response: door(CallResult::NoResponse),
                },
                calls: row.calls,
                sessions: row.sessions,
                ok: row.ok,
                client_errors: row.client_errors,
                server_errors: row.server_errors,
                no_response: row.no_response,
                average_ms: row.average_ms,
                p95_ms: row.p95_ms,
                trend: row.trend.iter().map(|&[calls, failed]| EndpointTrend { calls, failed }).collect(),
                endpoint: row.endpoint,
            }
        };
        Self {
            range,
            interval: buckets.interval.name(),
            buckets: buckets.told(),
            endpoints: answer.rows.into_iter().map(endpoint).collect(),
            rest: answer.rest,
            rest_calls: answer.rest_calls,
            calls: answer.calls,
        }
    }
}

impl Tabular for EndpointsReport {
    fn heads(&self) -> Vec<String> {
        heads(&[
            "endpoint", "calls", "sessions", "ok", "client_errors", "server_errors", "no_response",
            "average (ms)", "p95 (ms)",
        ])
    }

    fn rows(&self) -> Vec<Vec<Value>> {
        let row = |one: &EndpointResource| {
            let counts =
                [one.calls, one.sessions, one.ok, one.client_errors, one.server_errors, one.no_response];
            let times = [one.average_ms.into(), one.p95_ms.into()];
            [one.endpoint.clone().into()].into_iter().chain(counts.map(Value::from)).chain(times).collect()
        };
        self.endpoints.iter().map(row).collect()
    }
}

/// Web vitals, with what causes their values.
#[derive(Serialize, ToSchema)]
pub(crate) struct VitalsReport {
    range: ResolvedRange,
    /// How long buckets are.
    #[schema(value_type = String)]
    interval: &'static str,
    buckets: Vec<Bucket>,
    /// Of this page alone.
    route: Option<String>,
    /// The core ones first.
    vitals: Vec<VitalReport>,
    /// What pages load.
    resources: ResourcesReport,
    /// The sessions that viewed the page, or all.
    selection: String,
}

/// A web vital over page views.
#[derive(Serialize, ToSchema)]
struct VitalReport {
    #[serde(flatten)]
    vital: VitalInfo,
    /// Its p75, and its shares of good, of those that need improvement, and of poor.
    measures: Vec<Measure>,
    /// Its p75 in each bucket; nothing where a page is asked about.
    series: Option<Vec<Measure>>,
    /// What it was measured on; most poor page views first.
    causes: Vec<VitalCauseResource>,
    /// Causes that are not shown.
    more_causes: u64,
    /// Page views that it was measured of.
    measured: u64,
}

/// An element and what is behind it, with page views by rating.
#[derive(Serialize, ToSchema)]
#[schema(as = VitalCause)]
struct VitalCauseResource {
    /// Selector.
    target: Option<String>,
    /// Of LCP the resource's URL, of INP the script's.
    resource: Option<String>,
    good: u64,
    needs_improvement: u64,
    poor: u64,
}

/// What pages load.
#[derive(Serialize, ToSchema)]
struct ResourcesReport {
    /// By what asked for them; most bytes first.
    types: Vec<ResourceTypeResource>,
    /// Those among the five heaviest of their page; most bytes first.
    heaviest: Vec<HeavyResourceResource>,
    /// Page loads that told what they loaded.
    loads: u64,
}

/// Resources of one type.
#[derive(Serialize, ToSchema)]
#[schema(as = ResourceType)]
struct ResourceTypeResource {
    initiator_type: String,
    /// Page loads that had any.
    loads: u64,
    count: u64,
    /// On the network.
    bytes: u64,
    /// Sum of their durations.
    duration_ms: u64,
}

/// A heavy resource.
#[derive(Serialize, ToSchema)]
#[schema(as = HeavyResource)]
struct HeavyResourceResource {
    /// Without query.
    url: String,
    initiator_type: String,
    /// Page loads among whose heaviest it was.
    loads: u64,
    /// On the network, over them all.
    bytes: u64,
    /// Sum of the durations.
    duration_ms: u64,
}

impl VitalsReport {
    /// `measured` are the vitals' metrics in total and, of all pages, by bucket.
    pub(crate) fn of(
        range: ResolvedRange,
        buckets: &Buckets,
        route: Option<String>,
        (total, by_bucket): (Vec<Measurement>, Option<Vec<Vec<Measurement>>>),
        (causes, resources): ([VitalCausesAnswer; VitalName::ALL.len()], ResourcesAnswer),
        doors: &Doors,
    ) -> Self {
        let find = |measurements: &[Measurement], vital, stat| {
            let wanted = Metric::Vital(vital, stat);
            measurements.iter().find(|one| one.metric == wanted).map(Measure::plain)
        };
        let vital = |(vital, causes): (VitalName, VitalCausesAnswer)| VitalReport {
            vital: VitalInfo::from(vital),
            measures: VitalStat::ALL.into_iter().filter_map(|stat| find(&total, vital, stat)).collect(),
            series: by_bucket.as_ref().map(|buckets| {
                buckets.iter().filter_map(|bucket| find(bucket, vital, VitalStat::P75)).collect()
            }),
            more_causes: causes.rest,
            measured: causes.measured,
            causes: causes.causes.into_iter().map(VitalCauseResource::from).collect(),
        };
        Self {
            interval: buckets.interval.name(),
            buckets: buckets.told(),
            vitals: VitalName::ALL.into_iter().zip(causes).map(vital).collect(),
            resources: ResourcesReport::from(resources),
            selection: doors.to(&route.as_deref().map_or(Selection::All, viewed)),
            route,
            range,
        }
    }
}

impl From<VitalCause> for VitalCauseResource {
    fn from(cause: VitalCause) -> Self {
        let [good, needs_improvement, poor] = cause.views;
        Self { target: cause.target, resource: cause.resource, good, needs_improvement, poor }
    }
}

impl From<ResourcesAnswer> for ResourcesReport {
    fn from(answer: ResourcesAnswer) -> Self {
        let of_type = |one: ResourceType| ResourceTypeResource {
            initiator_type: one.initiator_type,
            loads: one.loads,
            count: one.count,
            bytes: one.bytes,
            duration_ms: one.duration_ms,
        };
        let heavy = |one: HeavyResource| HeavyResourceResource {
            url: one.url,
            initiator_type: one.initiator_type,
            loads: one.loads,
            bytes: one.bytes,
            duration_ms: one.duration_ms,
        };
        Self {
            types: answer.types.into_iter().map(of_type).collect(),
            heaviest: answer.heaviest.into_iter().map(heavy).collect(),
            loads: answer.loads,
        }
    }
}

impl Tabular for VitalsReport {
    fn heads(&self) -> Vec<String> {
        heads(&["vital", "unit", "p75", "good", "needs_improvement", "poor", "measured"])
    }

    fn rows(&self) -> Vec<Vec<Value>> {
        let row = |one: &VitalReport| {
            let named: [Value; 2] = [one.vital.name.into(), one.vital.unit.into()];
            let values = one.measures.iter().map(Measure::value);
            named.into_iter().chain(values).chain([one.measured.into()]).collect()
        };
        self.vitals.iter().map(row).collect()
    }
}
