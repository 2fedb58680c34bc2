//! What a session did, compactly: the lists that journeys, pages and endpoints are answered from, so that no analysis
//! needs to read events. Derived from a session's events, in order of time; see [`crate::columns`] for what each is.

use crate::event::{
    Event, EventKind, FrustrationKind, Input, Navigation, Request, RequestFailure, Vital, VitalName,
};
use crate::id::TabId;
use crate::loads::without_query;
use crate::session::Page;
use crate::sessionize::PlacedEvent;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::Arc;
use utoipa::ToSchema;

/// What kind of step it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StepKind {
    /// A page view.
    Page,
    /// A click.
    Click,
    /// A field of a form was touched; touching it again without another step between is the same step.
    Input,
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
    pub const ALL: [Self; 7] =
        [Self::Page, Self::Click, Self::Input, Self::Submit, Self::Request, Self::Error, Self::Custom];

    /// As in the lake and the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Click => "click",
            Self::Input => "input",
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

/// What a step was.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, ToSchema)]
pub struct StepName {
    /// Its kind.
    pub kind: StepKind,
    /// Its label: a page's route, a click's label, a field, a form, an endpoint, an error's or event's name.
    #[schema(value_type = String)]
    pub label: Arc<str>,
}

impl StepName {
    /// A name.
    pub fn new(kind: StepKind, label: &str) -> Self {
        Self { kind, label: label.into() }
    }
}

/// By label, then kind: the order in which equals are shown.
impl Ord for StepName {
    fn cmp(&self, other: &Self) -> Ordering {
        self.label.cmp(&other.label).then(self.kind.cmp(&other.kind))
    }
}

impl PartialOrd for StepName {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
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
    /// Selector of the largest element.
    pub lcp_target: Option<String>,
    /// URL of the largest element's resource, without query.
    pub lcp_resource: Option<String>,
    /// Selector of the element of the slowest interaction.
    pub inp_target: Option<String>,
    /// URL of the script that ran longest in the slowest interaction, without query.
    pub inp_script: Option<String>,
    /// Selector of the element that was shifted most.
    pub cls_target: Option<String>,
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
    let mut counter = StepCounter::default();
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
        let (Some(place), Some((kind, label, outcome))) = (counter.place(event), step_of(event)) else {
            continue;
        };
        if kind == StepKind::Click {
            clicks.insert((placed.tab_id, event.seq), place);
        }
        steps.push(Step { at: placed.at, kind, label, outcome });
    }
    steps
}

/// Counts steps along a session's events, in order of time: tells of each event whether it is one.
#[derive(Default, Debug)]
pub struct StepCounter<'a> {
    /// How many there were so far.
    pub n_steps: usize,
    /// The field that the last step was an input to.
    field: Option<Cow<'a, str>>,
}

impl<'a> StepCounter<'a> {
    /// The place of an event among the steps, counted from 0; none where it is none.
    pub fn place(&mut self, event: &'a Event) -> Option<usize> {
        step_kind(&event.kind)?;
        let field = if let EventKind::Input(input) = &event.kind { Some(field(input)) } else { None };
        if field.is_some() && field == self.field {
            return None;
        }
        self.field = field;
        self.n_steps += 1;
        Some(self.n_steps - 1)
    }
}

/// What kind of step such an event is, if it is any; an input may go on with the one before, which [`StepCounter`] tells.
pub fn step_kind(kind: &EventKind) -> Option<StepKind> {
    match kind {
        EventKind::PageView(_) => Some(StepKind::Page),
        EventKind::Click(_) => Some(StepKind::Click),
        EventKind::Input(_) => Some(StepKind::Input),
        EventKind::Submit(_) => Some(StepKind::Submit),
        EventKind::Request(request) => request.failed().then_some(StepKind::Request),
        EventKind::Error(_) => Some(StepKind::Error),
        EventKind::Custom(_) => Some(StepKind::Custom),
        EventKind::Scroll(_)
        | EventKind::Vital(_)
        | EventKind::PageLoad(_)
        | EventKind::Resources(_)
        | EventKind::Visibility(_)
        | EventKind::Frustration(_)
        | EventKind::Identify(_)
        | EventKind::SessionEnd(_) => None,
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
        EventKind::Input(input) => (StepKind::Input, field(input), None),
        EventKind::Submit(submit) => (StepKind::Submit, Cow::Borrowed(submit.form.as_str()), None),
        EventKind::Request(request) if request.failed() => {
            (StepKind::Request, Cow::Owned(endpoint(event, request)), Some(failure(request)))
        }
        EventKind::Error(error) => (StepKind::Error, Cow::Borrowed(error.name.as_str()), None),
        EventKind::Custom(custom) => (StepKind::Custom, Cow::Borrowed(custom.name.as_str()), None),
        EventKind::Request(_)
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

/// A field as it is told: after its form, where it is in one (`checkout: email`).
fn field(input: &Input) -> Cow<'_, str> {
    match &input.form {
        Some(form) => Cow::Owned(format!("{form}: {}", input.field)),
        None => Cow::Borrowed(&input.field),
    }
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
                    measure(view, vital);
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

fn measure(view: &mut View, vital: &Vital) {
    let cause = vital.attribution.as_ref();
    let target = cause.and_then(|cause| cause.target.clone());
    let resource =
        cause.and_then(|cause| cause.resource_url.as_deref()).map(|url| without_query(url).to_owned());
    match vital.name {
        VitalName::Lcp => {
            (view.lcp_ms, view.lcp_target, view.lcp_resource) = (Some(vital.value), target, resource);
        }
        VitalName::Inp => {
            (view.inp_ms, view.inp_target, view.inp_script) = (Some(vital.value), target, resource);
        }
        VitalName::Cls => (view.cls, view.cls_target) = (Some(vital.value), target),
        VitalName::Fcp => view.fcp_ms = Some(vital.value),
        // Navigation timing says the same, for every load.
        VitalName::Ttfb => {}
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timelines::fold;
    use expect_test::{Expect, expect};

    #[track_caller]
    fn check(timeline: &str, expected: Expect) {
        let hinted = fold(timeline);
        let told = |step: Step<'_>| {
            let outcome = step.outcome.map_or(String::new(), |outcome| format!(" ({outcome})"));
            format!("{} {}{outcome}\n", step.kind.name(), step.label)
        };
        expected.assert_eq(&steps(hinted.events()).into_iter().map(told).collect::<String>());
    }

    #[test]
    fn what_a_person_did_and_what_failed_are_steps() {
        check(
            "a 0:00:00 page /checkout
             a 0:00:01 loaded 1
             a 0:00:02 click Pay
             a 0:00:03 scroll
             a 0:00:04 request POST /api/pay 200
             a 0:00:05 request POST /api/pay 502
             a 0:00:06 error PaymentError
             a 0:00:07 custom gave up",
            expect![[r#"
                page /checkout
                click Pay
                request POST /api/pay (502)
                error PaymentError
                custom gave up
            "#]],
        );
    }

    #[test]
    fn typing_on_in_a_field_is_one_step() {
        check(
            "a 0:00:00 input checkout email
             a 0:01:00 input checkout email
             a 0:01:05 input checkout card
             a 0:01:10 input checkout email
             a 0:01:11 submit checkout
             a 0:01:12 input checkout email",
            expect![[r#"
                input checkout: email
                input checkout: card
                input checkout: email
                submit checkout
                input checkout: email
            "#]],
        );
    }
}
