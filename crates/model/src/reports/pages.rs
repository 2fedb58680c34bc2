//! Pages, endpoints and web vitals: what was viewed and called, how fast, and what made it slow.

use super::measures::Measurement;
use crate::event::VitalName;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// A question about pages.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pages {
    /// Pages shown, at most: those with most views.
    pub limit: usize,
    /// Ends of the buckets of the trend, as [`super::measures::OverTime::edges`]; by the session's start.
    pub edges: Vec<Timestamp>,
}

/// What [`Pages`] answers.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct PagesAnswer {
    /// Most views first; equals by route.
    pub rows: Vec<PageRow>,
    /// Pages that are not shown.
    pub rest: u64,
    /// Views of them.
    pub rest_views: u64,
    /// All views.
    pub views: u64,
}

/// A page.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct PageRow {
    /// Its route.
    pub route: String,
    /// Views.
    pub views: u64,
    /// Sessions that viewed it.
    pub sessions: u64,
    /// Load time: average, median and p75; the five web vitals, each with its p75 and its shares.
    pub measurements: Vec<Measurement>,
    /// 75th percentile of domContentLoadedEventEnd, milliseconds.
    pub dom_ready_p75: Option<f64>,
    /// By bucket.
    pub trend: Vec<PageTrend>,
}

/// A page in a bucket of time.
#[derive(Clone, Copy, PartialEq, Debug, Default, Serialize)]
pub struct PageTrend {
    /// Views.
    pub views: u64,
    /// 75th percentile of load times, milliseconds.
    pub load_p75: Option<f64>,
    /// 75th percentile of LCP, milliseconds.
    pub lcp_p75: Option<f64>,
}

/// A question about endpoints.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Endpoints {
    /// Endpoints shown, at most: those with most calls.
    pub limit: usize,
    /// As [`Pages::edges`].
    pub edges: Vec<Timestamp>,
}

/// What [`Endpoints`] answers.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct EndpointsAnswer {
    /// Most calls first; equals by name.
    pub rows: Vec<EndpointRow>,
    /// Endpoints that are not shown.
    pub rest: u64,
    /// Calls of them.
    pub rest_calls: u64,
    /// All calls.
    pub calls: u64,
}

/// An endpoint. `calls = ok + client_errors + server_errors + no_response`.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct EndpointRow {
    /// Method and path with ids replaced.
    pub endpoint: String,
    /// Calls.
    pub calls: u64,
    /// Sessions that called it.
    pub sessions: u64,
    /// Status under 400.
    pub ok: u64,
    /// Status 4xx.
    pub client_errors: u64,
    /// Status 5xx and over.
    pub server_errors: u64,
    /// No response: the network, a time limit, or given up by the page.
    pub no_response: u64,
    /// Mean duration, milliseconds.
    pub average_ms: Option<f64>,
    /// 95th percentile, milliseconds.
    pub p95_ms: Option<f64>,
    /// Calls and calls with a status of 400 and over, by bucket.
    pub trend: Vec<[u64; 2]>,
}

/// A question about what causes a web vital's values.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VitalCauses {
    /// Which; FCP and TTFB tell no cause.
    pub vital: VitalName,
    /// Of this page alone.
    pub route: Option<String>,
    /// Causes shown, at most.
    pub limit: usize,
}

/// What [`VitalCauses`] answers.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct VitalCausesAnswer {
    /// Most poor page views first, then those that need improvement; equals by what they are.
    pub causes: Vec<VitalCause>,
    /// Causes that are not shown.
    pub rest: u64,
    /// Page views that it was measured of.
    pub measured: u64,
}

/// An element, and the resource or script behind it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct VitalCause {
    /// Selector.
    pub target: Option<String>,
    /// Of LCP the resource's URL, of INP the script's.
    pub resource: Option<String>,
    /// Page views by rating: good, needs improvement, poor.
    pub views: [u64; 3],
}

/// A question about what pages load.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Resources {
    /// Of this page alone.
    pub route: Option<String>,
    /// Heaviest resources shown, at most.
    pub limit: usize,
}

/// What [`Resources`] answers.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct ResourcesAnswer {
    /// By what asked for them; most bytes first, equals by name.
    pub types: Vec<ResourceType>,
    /// Those among the heaviest of their page; most bytes first, equals by URL.
    pub heaviest: Vec<HeavyResource>,
    /// Page loads that told what they loaded.
    pub loads: u64,
}

/// Resources of one type.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct ResourceType {
    /// What asked for them.
    pub initiator_type: String,
    /// Page loads that had any.
    pub loads: u64,
    /// How many.
    pub count: u64,
    /// Bytes on the network.
    pub bytes: u64,
    /// Sum of their durations, milliseconds.
    pub duration_ms: u64,
}

/// A resource that was among the five heaviest of a page.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct HeavyResource {
    /// URL without query.
    pub url: String,
    /// What asked for it.
    pub initiator_type: String,
    /// Page loads among whose heaviest it was.
    pub loads: u64,
    /// Bytes on the network, over them all.
    pub bytes: u64,
    /// Sum of the durations, milliseconds.
    pub duration_ms: u64,
}

/// Sessions that called an endpoint.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CallSelection {
    /// Which.
    pub endpoint: String,
    /// With what result.
    pub result: CallResult,
}

/// How a call went.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallResult {
    /// However.
    Any,
    /// Status under 400.
    Ok,
    /// Status 4xx.
    ClientError,
    /// Status 5xx and over.
    ServerError,
    /// No response.
    NoResponse,
}

impl CallResult {
    /// Of a status, 0 where there was no response.
    pub const fn of(status: i32) -> Self {
        match status {
            i32::MIN..=0 => Self::NoResponse,
            1..400 => Self::Ok,
            400..500 => Self::ClientError,
            500.. => Self::ServerError,
        }
    }
}
