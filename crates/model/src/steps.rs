//! What a session did, compactly: the lists that journeys, pages and endpoints are answered from, so that no analysis
//! needs to read events. Derived from a session's events, in order of time; see [`crate::columns`] for what each is.

use crate::event::{Event, EventKind, FrustrationKind, Navigation, Request, RequestFailure, VitalName};
use crate::id::TabId;
use crate::session::Page;
use crate::sessionize::PlacedEvent;
use crate::time::Timestamp;
use std::borrow::Cow;
use std::collections::HashMap;

/// What kind of step it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum StepKind {
    /// A page view.
    Page,
    /// A click.
    Click,
    /// A form submission.
    Submit,
    /// An HTTP call that failed.
    Request,
    /// An error.
    Error,
    /// An event of the site's own.
    Custom,
}

impl StepKind {
    /// All, in the order they are offered in.
    pub const ALL: [Self; 6] =
        [Self::Page, Self::Click, Self::Submit, Self::Request, Self::Error, Self::Custom];

    /// As in the lake and the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Click => "click",
            Self::Submit => "submit",
            Self::Request => "request",
            Self::Error => "error",
            Self::Custom => "custom",
        }
    }

    /// The kind of a name; nothing where there is none of that name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// One step of a session.
#[derive(Clone, PartialEq, Debug)]
pub struct Step<'a> {
    /// When, corrected time.
    pub at: Timestamp,
    /// What kind.
    pub kind: StepKind,
    /// What it was of: a route, a label, a form, an endpoint, a name.
    pub label: Cow<'a, str>,
    /// Of a failed request its status or how it failed; of a click the sign of frustration that it was.
    pub outcome: Option<Cow<'static, str>>,
}

/// One page view with what was measured of it. Times are milliseconds.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct View {
    /// When, corrected time.
    pub at: Timestamp,
    /// The route.
    pub route: String,
    /// The path.
    pub path: String,
    /// `loadEventEnd`.
    pub load_ms: Option<u32>,
    /// `responseStart`.
    pub ttfb_ms: Option<u32>,
    /// `domContentLoadedEventEnd`.
    pub dom_ready_ms: Option<u32>,
    /// First contentful paint.
    pub fcp_ms: Option<f64>,
    /// Largest contentful paint.
    pub lcp_ms: Option<f64>,
    /// Interaction to next paint.
    pub inp_ms: Option<f64>,
    /// Cumulative layout shift.
    pub cls: Option<f64>,
}

/// One HTTP call.
#[derive(Clone, PartialEq, Debug)]
pub struct Call {
    /// When it ended, corrected time.
    pub at: Timestamp,
    /// Method and path with ids replaced.
    pub endpoint: String,
    /// HTTP status, 0 where there was no response.
    pub status: u16,
    /// From the call to the last byte, milliseconds.
    pub duration_ms: u32,
    /// Why there was no response.
    pub failure: Option<RequestFailure>,
}

impl Call {
    /// Whether it failed, as [`Request::failed`] says.
    pub fn failed(&self) -> bool {
        crate::event::call_failed(self.status, self.failure)
    }
}

/// The steps of a session, from its events in order of time.
pub fn steps(events: &[PlacedEvent]) -> Vec<Step<'_>> {
    let mut steps = Vec::new();
    let mut clicks: HashMap<(TabId, u32), usize> = HashMap::new();
    for placed in events {
        let event = placed.event();
        if let EventKind::Frustration(frustration) = &event.kind {
            if let Some(&click) = clicks.get(&(placed.tab_id, frustration.click_seq)) {
                let step: &mut Step<'_> = &mut steps[click];
                step.outcome = Some(Cow::Borrowed(sign(frustration.kind)));
            }
            continue;
        }
        let Some((kind, label, outcome)) = step_of(event) else {
            continue;
        };
        if kind == StepKind::Click {
            clicks.insert((placed.tab_id, event.seq), steps.len());
        }
        steps.push(Step { at: placed.at, kind, label, outcome });
    }
    steps
}

/// Whether such an event is a step.
pub fn is_step(kind: &EventKind) -> bool {
    match kind {
        EventKind::PageView(_)
        | EventKind::Click(_)
        | EventKind::Submit(_)
        | EventKind::Error(_)
        | EventKind::Custom(_) => true,
        EventKind::Request(request) => request.failed(),
        EventKind::Input(_)
        | EventKind::Scroll(_)
        | EventKind::Vital(_)
        | EventKind::PageLoad(_)
        | EventKind::Resources(_)
        | EventKind::Visibility(_)
        | EventKind::Frustration(_)
        | EventKind::Identify(_)
        | EventKind::SessionEnd(_) => false,
    }
}

type StepParts<'a> = (StepKind, Cow<'a, str>, Option<Cow<'static, str>>);

fn step_of(event: &Event) -> Option<StepParts<'_>> {
    Some(match &event.kind {
        EventKind::PageView(view) => {
            let route = event.route.as_ref().map_or(view.url.as_str(), |route| &route.template);
            (StepKind::Page, Cow::Borrowed(route), None)
        }
        EventKind::Click(click) => {
            (StepKind::Click, Cow::Borrowed(click.label.as_ref().unwrap_or(&click.selector)), None)
        }
        EventKind::Submit(submit) => (StepKind::Submit, Cow::Borrowed(submit.form.as_str()), None),
        EventKind::Request(request) if request.failed() => {
            (StepKind::Request, Cow::Owned(endpoint(event, request)), Some(failure(request)))
        }
        EventKind::Error(error) => (StepKind::Error, Cow::Borrowed(error.name.as_str()), None),
        EventKind::Custom(custom) => (StepKind::Custom, Cow::Borrowed(custom.name.as_str()), None),
        EventKind::Request(_)
        | EventKind::Input(_)
        | EventKind::Scroll(_)
        | EventKind::Vital(_)
        | EventKind::PageLoad(_)
        | EventKind::Resources(_)
        | EventKind::Visibility(_)
        | EventKind::Frustration(_)
        | EventKind::Identify(_)
        | EventKind::SessionEnd(_) => return None,
    })
}

fn sign(kind: FrustrationKind) -> &'static str {
    match kind {
        FrustrationKind::Rage => "rage",
        FrustrationKind::Dead => "dead",
        FrustrationKind::Error => "error",
    }
}

fn failure(request: &Request) -> Cow<'static, str> {
    match request.failure {
        Some(RequestFailure::Network) => Cow::Borrowed("network"),
        Some(RequestFailure::Timeout) => Cow::Borrowed("timeout"),
        Some(RequestFailure::Abort) => Cow::Borrowed("abort"),
        None => Cow::Owned(request.status.to_string()),
    }
}

fn endpoint(event: &Event, request: &Request) -> String {
    let route = event.route.as_ref().map_or(request.url.as_str(), |route| &route.template);
    format!("{} {route}", request.method)
}

/// The page views of a session. Timings and vitals are of a document, so they go to the tab's last view that was a
/// load or a restore, and not to the route changes of a single-page app after it.
pub fn views(events: &[PlacedEvent]) -> Vec<View> {
    let mut views: Vec<View> = Vec::new();
    let mut document: HashMap<TabId, usize> = HashMap::new();
    for placed in events {
        let event = placed.event();
        match &event.kind {
            EventKind::PageView(view) => {
                if matches!(view.navigation, Navigation::Load | Navigation::Bfcache) {
                    document.insert(placed.tab_id, views.len());
                }
                let Page { path, route, .. } = Page::of(view, event.route.as_ref());
                views.push(View { at: placed.at, route, path, ..View::default() });
            }
            EventKind::PageLoad(load) => {
                if let Some(&view) = document.get(&placed.tab_id) {
                    views[view].load_ms = Some(load.load_ms);
                    views[view].ttfb_ms = Some(load.ttfb_ms);
                    views[view].dom_ready_ms = Some(load.dom_ready_ms);
                }
            }
            EventKind::Vital(vital) => {
                if let Some(view) = document.get(&placed.tab_id).map(|&view| &mut views[view]) {
                    match vital.name {
                        VitalName::Lcp => view.lcp_ms = Some(vital.value),
                        VitalName::Inp => view.inp_ms = Some(vital.value),
                        VitalName::Cls => view.cls = Some(vital.value),
                        VitalName::Fcp => view.fcp_ms = Some(vital.value),
                        // Navigation timing says the same, for every load.
                        VitalName::Ttfb => {}
                    }
                }
            }
            EventKind::Click(_)
            | EventKind::Submit(_)
            | EventKind::Input(_)
            | EventKind::Scroll(_)
            | EventKind::Custom(_)
            | EventKind::Request(_)
            | EventKind::Error(_)
            | EventKind::Resources(_)
            | EventKind::Visibility(_)
            | EventKind::Frustration(_)
            | EventKind::Identify(_)
            | EventKind::SessionEnd(_) => {}
        }
    }
    views
}

/// The HTTP calls of a session.
pub fn calls(events: &[PlacedEvent]) -> Vec<Call> {
    events
        .iter()
        .filter_map(|placed| match &placed.event().kind {
            EventKind::Request(request) => Some(Call {
                at: placed.at,
                endpoint: endpoint(placed.event(), request),
                status: request.status,
                duration_ms: request.duration_ms,
                failure: request.failure,
            }),
            EventKind::PageView(_)
            | EventKind::Click(_)
            | EventKind::Submit(_)
            | EventKind::Input(_)
            | EventKind::Scroll(_)
            | EventKind::Custom(_)
            | EventKind::Error(_)
            | EventKind::Vital(_)
            | EventKind::PageLoad(_)
            | EventKind::Resources(_)
            | EventKind::Visibility(_)
            | EventKind::Frustration(_)
            | EventKind::Identify(_)
            | EventKind::SessionEnd(_) => None,
        })
        .collect()
}
