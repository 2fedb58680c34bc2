//! What can happen on a page. One vocabulary for the wire, the journal, the fold and the API: `docs/wire.md` is
//! its prose. Adding a kind does not compile until the fold and the timeline have met it.

use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// One thing that happened in one tab, as validated and scrubbed by ingest; its time is still the client's.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Event {
    /// Counts up by one per tab; with the tab it names the event.
    pub seq: u32,
    /// The client's clock; corrected by the fold.
    pub at: Timestamp,
    /// What happened.
    pub kind: EventKind,
    /// Where a page view or a request went, as resolved by ingest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub route: Option<Route>,
}

/// A URL as people speak of it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Route {
    /// Path without query, below the site's base path (`/products/42`); of another host, with the host before it.
    pub path: Box<str>,
    /// The path with ids replaced (`/products/:id`).
    pub template: Box<str>,
}

/// A flat map set by the site: traits of a user, properties of a custom event, context.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
pub struct Props(pub BTreeMap<String, PropValue>);

impl Props {
    /// Whether nothing is set.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<const N: usize> From<[(String, PropValue); N]> for Props {
    fn from(entries: [(String, PropValue); N]) -> Self {
        entries.into_iter().collect()
    }
}

impl FromIterator<(String, PropValue)> for Props {
    fn from_iter<I: IntoIterator<Item = (String, PropValue)>>(entries: I) -> Self {
        Self(entries.into_iter().collect())
    }
}

/// A value that a site may attach.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum PropValue {
    /// `true` or `false`.
    Bool(bool),
    /// Any JSON number.
    Number(f64),
    /// A string.
    Text(String),
}

impl std::fmt::Display for PropValue {
    /// As it is searched for and kept in columns: `true`, `42`, `0.5`, text as it is.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Bool(flag) => flag.fmt(f),
            Self::Number(number) => number.fmt(f),
            Self::Text(text) => text.fmt(f),
        }
    }
}

/// What happened.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// A page was shown: a load, a route change of a single-page app, or a restore from the back/forward cache.
    PageView(PageView),
    /// A trusted click.
    Click(Click),
    /// A form was submitted.
    Submit(Submit),
    /// A form field was touched.
    Input(Input),
    /// The deepest point of the page that was seen moved on.
    Scroll(Scroll),
    /// The site told of something of its own.
    Custom(Custom),
    /// The page made an HTTP call.
    Request(Request),
    /// Code on the page failed.
    Error(PageError),
    /// A web vital was measured.
    Vital(Vital),
    /// Navigation timing of a full page load.
    PageLoad(PageLoad),
    /// What the page loaded, by type.
    Resources(Resources),
    /// The tab was shown or hidden, or is still shown.
    Visibility(Visibility),
    /// A click that did not do what the user hoped.
    Frustration(Frustration),
    /// The site said who the visitor is.
    Identify(Identify),
    /// The client closed its session.
    SessionEnd(SessionEnd),
}

/// See [`EventKind::PageView`].
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct PageView {
    /// Absolute URL.
    pub url: String,
    /// `document.title`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// `document.referrer`, or the previous URL of a single-page app.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub referrer: Option<String>,
    /// How the page came to be shown.
    pub navigation: Navigation,
}

/// How a page came to be shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Navigation {
    /// A document was loaded.
    Load,
    /// `history.pushState`.
    Push,
    /// Back or forward within the document.
    Pop,
    /// `history.replaceState` with another path.
    Replace,
    /// The hash changed, where the site opted in.
    Hash,
    /// The document was restored from the back/forward cache.
    Bfcache,
    /// The site called `page()`.
    Manual,
}

/// See [`EventKind::Click`].
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct Click {
    /// Readable name of the target: aria-label, text, title, alt or name, from unmasked text only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// ARIA role of the target (`link`, `button`), or its tag name.
    pub role: String,
    /// A short CSS selector of the target.
    pub selector: String,
    /// CSS px from the left of the viewport.
    pub x: i32,
    /// CSS px from the top of the viewport.
    pub y: i32,
}

/// See [`EventKind::Submit`].
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct Submit {
    /// Name, id or label of the form.
    pub form: String,
    /// Names of the fields that were filled; never values.
    #[serde(default)]
    pub fields: Vec<String>,
}

/// See [`EventKind::Input`].
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct Input {
    /// Name, id or label of the form, where the field is in one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<String>,
    /// Name of the field; never its value.
    pub field: String,
    /// Whether it is the first input in this form since its page view.
    pub first: bool,
}

/// See [`EventKind::Scroll`].
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct Scroll {
    /// Deepest point seen, in percent of the page's height, 0–100.
    pub depth_pct: u8,
}

/// See [`EventKind::Custom`].
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct Custom {
    /// The site's name for it.
    pub name: String,
    /// The site's properties of it.
    #[serde(default)]
    pub props: Props,
}

/// See [`EventKind::Request`].
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct Request {
    /// HTTP method, upper case.
    pub method: String,
    /// Absolute URL.
    pub url: String,
    /// HTTP status, 0 where there was no response.
    pub status: u16,
    /// From the call to the last byte, milliseconds.
    pub duration_ms: u32,
    /// Bytes of the response body, where the browser tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size_bytes: Option<u64>,
    /// Which API made the call.
    pub initiator: Initiator,
    /// Why there was no response.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<RequestFailure>,
}

impl Request {
    /// Whether the call failed: no response that the page did not itself abort, or a status of 400 and over.
    pub fn failed(&self) -> bool {
        call_failed(self.status, self.failure)
    }
}

/// Whether a call with this status, and this reason for having none, failed.
pub fn call_failed(status: u16, failure: Option<RequestFailure>) -> bool {
    status >= 400 || matches!(failure, Some(RequestFailure::Network | RequestFailure::Timeout))
}

/// Which API made a call.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Initiator {
    /// `fetch`.
    Fetch,
    /// `XMLHttpRequest`.
    Xhr,
}

/// Why a call had no response.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RequestFailure {
    /// The network, DNS, TLS or CORS.
    Network,
    /// The page gave it up.
    Abort,
    /// A time limit of the page.
    Timeout,
}

impl RequestFailure {
    /// As on the wire and in the lake.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Network => "network",
            Self::Abort => "abort",
            Self::Timeout => "timeout",
        }
    }
}

/// See [`EventKind::Error`].
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct PageError {
    /// Type of the error, such as `TypeError` or `PaymentError`.
    pub name: String,
    /// Its message.
    pub message: String,
    /// Its stack, as the browser wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stack: Option<String>,
    /// How it was seen.
    pub source: ErrorSource,
}

/// How an error was seen.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ErrorSource {
    /// `window.onerror`.
    Uncaught,
    /// `unhandledrejection`.
    Rejection,
    /// The site called `captureError`.
    Captured,
}

/// See [`EventKind::Vital`].
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct Vital {
    /// Which one.
    pub name: VitalName,
    /// Milliseconds; CLS has no unit.
    pub value: f64,
    /// Google's rating at its thresholds.
    pub rating: VitalRating,
    /// What caused it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attribution: Option<VitalAttribution>,
}

/// Google's names of the web vitals (<https://web.dev/articles/vitals>).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum VitalName {
    /// Largest contentful paint.
    Lcp,
    /// Interaction to next paint.
    Inp,
    /// Cumulative layout shift.
    Cls,
    /// First contentful paint.
    Fcp,
    /// Time to first byte.
    Ttfb,
}

/// Google's ratings of a web vital.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum VitalRating {
    /// At or under the first threshold.
    Good,
    /// Between the two.
    NeedsImprovement,
    /// Over the second.
    Poor,
}

/// What caused a web vital's value.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize, ToSchema)]
pub struct VitalAttribution {
    /// Selector of the element: the largest one, the one shifted most, the one interacted with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// URL of the resource or script behind it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource_url: Option<String>,
    /// `pointer` or `keyboard`, of INP.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interaction: Option<String>,
    /// How far the document was loaded at that moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub load_state: Option<String>,
    /// Its parts, by name, milliseconds.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub phases_ms: BTreeMap<String, f64>,
}

/// See [`EventKind::PageLoad`]. All from navigation start.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct PageLoad {
    /// `responseStart`, milliseconds.
    pub ttfb_ms: u32,
    /// `domContentLoadedEventEnd`, milliseconds.
    pub dom_ready_ms: u32,
    /// `loadEventEnd`, milliseconds.
    pub load_ms: u32,
    /// Bytes of the document on the network.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transfer_bytes: Option<u64>,
}

/// See [`EventKind::Resources`].
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct Resources {
    /// Totals by initiator type (`script`, `img`, `css`, `fetch`, …).
    pub by_type: BTreeMap<String, ResourceTotal>,
    /// The largest, at most five.
    #[serde(default)]
    pub heaviest: Vec<Resource>,
}

/// Totals of the resources of one type.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct ResourceTotal {
    /// How many.
    pub count: u32,
    /// Bytes on the network.
    pub transfer_bytes: u64,
    /// Sum of their durations, milliseconds.
    pub duration_ms: u32,
}

/// One resource.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct Resource {
    /// Absolute URL.
    pub url: String,
    /// Initiator type.
    #[serde(rename = "type")]
    pub initiator_type: String,
    /// Bytes on the network.
    pub transfer_bytes: u64,
    /// Milliseconds.
    pub duration_ms: u32,
}

/// See [`EventKind::Visibility`].
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct Visibility {
    /// What the tab is from now on.
    pub state: VisibilityState,
    /// Visible time with interaction gaps of at most 30 s since this tab's last visibility event, milliseconds.
    pub active_ms: u32,
}

/// Whether a tab is shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum VisibilityState {
    /// Shown.
    Visible,
    /// Hidden, or about to be unloaded.
    Hidden,
}

/// See [`EventKind::Frustration`].
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct Frustration {
    /// Which sign of it.
    pub kind: FrustrationKind,
    /// `seq` of the click it speaks of, in the same tab.
    pub click_seq: u32,
    /// Label of the click's target.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Role of the click's target.
    pub role: String,
}

/// Signs of frustration.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FrustrationKind {
    /// At least 4 clicks within 1 s and 30 px on the same target.
    Rage,
    /// A click on an interactive element that changed nothing within 2.5 s.
    Dead,
    /// An error at most 1 s after a click.
    Error,
}

/// See [`EventKind::Identify`].
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct Identify {
    /// The site's id for the user.
    pub user_id: String,
    /// The site's properties of the user.
    #[serde(default)]
    pub traits: Props,
}

/// See [`EventKind::SessionEnd`].
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct SessionEnd {
    /// Why the client closed it.
    pub reason: crate::session::BoundaryReason,
}

impl EventKind {
    /// Whether this extends a session: a trusted interaction, a navigation, or an explicit custom event.
    pub fn is_activity(&self) -> bool {
        match self {
            Self::PageView(_)
            | Self::Click(_)
            | Self::Submit(_)
            | Self::Input(_)
            | Self::Scroll(_)
            | Self::Custom(_) => true,
            Self::Request(_)
            | Self::Error(_)
            | Self::Vital(_)
            | Self::PageLoad(_)
            | Self::Resources(_)
            | Self::Visibility(_)
            | Self::Frustration(_)
            | Self::Identify(_)
            | Self::SessionEnd(_) => false,
        }
    }
}
