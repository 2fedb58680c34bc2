//! A session told in the user's words, one line an event; and what was going on around an error.
//!
//! The lines are made here, so that the API, the dashboard and the terminal read alike.

use crate::event::{Event, EventKind, FrustrationKind, RequestFailure, VisibilityState, VitalName};
use crate::session::{Session, SessionStatus};
use crate::sessionize::PlacedEvent;
use crate::time::{SECOND, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a timeline is filtered by.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// Page views.
    Page,
    /// Clicks and signs of frustration.
    Click,
    /// Inputs and submissions.
    Form,
    /// HTTP calls.
    Request,
    /// Errors.
    Error,
    /// Web vitals, navigation timing, resources.
    Vital,
    /// Custom events, identification, the client's end of the session.
    Custom,
    /// Scrolling and visibility.
    Attention,
}

impl Category {
    /// All, in the order they are offered in.
    pub const ALL: [Self; 8] = [
        Self::Page,
        Self::Click,
        Self::Form,
        Self::Request,
        Self::Error,
        Self::Vital,
        Self::Custom,
        Self::Attention,
    ];

    /// As in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Click => "click",
            Self::Form => "form",
            Self::Request => "request",
            Self::Error => "error",
            Self::Vital => "vital",
            Self::Custom => "custom",
            Self::Attention => "attention",
        }
    }

    /// The category of a kind of event.
    pub fn of(kind: &EventKind) -> Self {
        match kind {
            EventKind::PageView(_) => Self::Page,
            EventKind::Click(_) | EventKind::Frustration(_) => Self::Click,
            EventKind::Submit(_) | EventKind::Input(_) => Self::Form,
            EventKind::Request(_) => Self::Request,
            EventKind::Error(_) => Self::Error,
            EventKind::Vital(_) | EventKind::PageLoad(_) | EventKind::Resources(_) => Self::Vital,
            EventKind::Custom(_) | EventKind::Identify(_) | EventKind::SessionEnd(_) => Self::Custom,
            EventKind::Scroll(_) | EventKind::Visibility(_) => Self::Attention,
        }
    }
}

/// The line of a session's start.
pub const SESSION_STARTED: &str = "Session started";
/// The line of a settled session's end.
pub const SESSION_ENDED: &str = "Session ended";

/// A line of a timeline.
#[derive(Clone, Copy, Debug)]
pub enum Row<'a> {
    /// The session's start: the first activity, or what was recorded before it.
    Started(Timestamp),
    /// An event.
    Event(&'a PlacedEvent),
    /// A settled session's end: the last activity, or what was recorded after it.
    Ended(Timestamp),
}

/// A session as it is told: its start, its events of these categories, and its end, in order of time.
pub fn rows<'a>(
    session: &Session,
    events: &'a [PlacedEvent],
    categories: &[Category],
    status: SessionStatus,
) -> impl Iterator<Item = Row<'a>> {
    let shown = move |event: &&PlacedEvent| categories.contains(&Category::of(&event.event().kind));
    let start = events.first().map_or(session.start, |first| first.at.min(session.start));
    let end = events.last().map_or(session.end, |last| last.at.max(session.end));
    let ended = match status {
        SessionStatus::Live => None,
        SessionStatus::Settled => Some(Row::Ended(end)),
    };
    let told: Vec<Row<'a>> = events.iter().filter(shown).map(Row::Event).collect();
    std::iter::once(Row::Started(start)).chain(told).chain(ended)
}

/// One event in the user's words, such as `Click: "Products" link` or `HTTP: POST /api/cart - 200`.
pub fn line(event: &Event) -> String {
    let path =
        |url: &str| event.route.as_ref().map_or_else(|| url.to_owned(), |route| route.path.to_string());
    match &event.kind {
        EventKind::PageView(view) => format!("Page: {}", path(&view.url)),
        EventKind::Click(click) => {
            format!("Click: {}", target(click.label.as_deref(), &click.role, Some(&click.selector)))
        }
        EventKind::Frustration(frustration) => {
            let name = match frustration.kind {
                FrustrationKind::Rage => "Rage click",
                FrustrationKind::Dead => "Dead click",
                FrustrationKind::Error => "Click followed by an error",
            };
            format!("{name}: {}", target(frustration.label.as_deref(), &frustration.role, None))
        }
        EventKind::Submit(submit) => format!("Submit: \"{}\" form", submit.form),
        EventKind::Input(input) => match &input.form {
            Some(form) if input.first => format!("Input: started \"{form}\" form at \"{}\"", input.field),
            Some(form) => format!("Input: \"{}\" in \"{form}\" form", input.field),
            None => format!("Input: \"{}\"", input.field),
        },
        EventKind::Scroll(scroll) => format!("Scroll: to {} %", scroll.depth_pct),
        EventKind::Custom(custom) => format!("Event: {}", custom.name),
        EventKind::Request(request) => {
            let outcome = match request.failure {
                Some(RequestFailure::Network) => "network error".to_owned(),
                Some(RequestFailure::Abort) => "aborted".to_owned(),
                Some(RequestFailure::Timeout) => "timed out".to_owned(),
                None => request.status.to_string(),
            };
            format!("HTTP: {} {} - {outcome}", request.method, path(&request.url))
        }
        EventKind::Error(error) => format!("Error: {}", error.name),
        EventKind::Vital(vital) => {
            let name = match vital.name {
                VitalName::Lcp => "LCP",
                VitalName::Inp => "INP",
                VitalName::Cls => return format!("Vital: CLS {:.3}", vital.value),
                VitalName::Fcp => "FCP",
                VitalName::Ttfb => "TTFB",
            };
            format!("Vital: {name} {:.0} ms", vital.value)
        }
        EventKind::PageLoad(load) => format!("Page loaded in {} ms", load.load_ms),
        EventKind::Resources(resources) => {
            let count: u32 = resources.by_type.values().map(|total| total.count).fold(0, u32::saturating_add);
            format!("Resources: {count} loaded")
        }
        EventKind::Visibility(visibility) => match visibility.state {
            VisibilityState::Visible => "Tab shown".to_owned(),
            VisibilityState::Hidden => "Tab hidden".to_owned(),
        },
        EventKind::Identify(identify) => format!("Identified as {}", identify.user_id),
        EventKind::SessionEnd(_) => "Session closed by the page".to_owned(),
    }
}

fn target(label: Option<&str>, role: &str, selector: Option<&str>) -> String {
    match (label, selector) {
        (Some(label), _) => format!("\"{label}\" {role}"),
        (None, Some(selector)) => format!("{role} {selector}"),
        (None, None) => role.to_owned(),
    }
}

/// How many events before and after an error are its context.
pub const CONTEXT_EVENTS: usize = 5;
/// A request that failed at most this long before an error is part of what was going on, milliseconds.
const FAILED_REQUEST_MS: i64 = 5 * SECOND;

/// What was going on around an error, as indices into the session's events.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ErrorContext {
    /// The last five events before it.
    pub before: Vec<usize>,
    /// The user's last action in the same tab: a click, an input, a submission or a page view.
    pub action: Option<usize>,
    /// Requests of the same tab in flight at that moment, or failed within the 5 s before.
    pub requests: Vec<usize>,
    /// The next five events.
    pub after: Vec<usize>,
}

impl ErrorContext {
    /// Around `events[error]`. Vitals, timings and visibility are left out: they are measured, not done.
    pub fn around(events: &[PlacedEvent], error: usize) -> Self {
        let tells = |index: &usize| {
            !matches!(Category::of(&events[*index].event().kind), Category::Vital | Category::Attention)
        };
        let same_tab = |index: &usize| events[*index].tab_id == events[error].tab_id;
        let mut before: Vec<usize> = (0..error).rev().filter(tells).take(CONTEXT_EVENTS).collect();
        before.reverse();
        let action = (0..error).rev().filter(same_tab).find(|&index| is_action(&events[index].event().kind));
        let at = events[error].at;
        let requests =
            (0..events.len()).filter(same_tab).filter(|&index| concerns(&events[index], at)).collect();
        let after = (error + 1..events.len()).filter(tells).take(CONTEXT_EVENTS).collect();
        Self { before, action, requests, after }
    }
}

fn is_action(kind: &EventKind) -> bool {
    matches!(Category::of(kind), Category::Page | Category::Form) || matches!(kind, EventKind::Click(_))
}

fn concerns(placed: &PlacedEvent, at: Timestamp) -> bool {
    let EventKind::Request(request) = &placed.event().kind else {
        return false;
    };
    // A request is reported when it has ended.
    let (start, end) = (placed.at.plus(-i64::from(request.duration_ms)), placed.at);
    (start <= at && at <= end) || (request.failed() && end <= at && at.since(end) <= FAILED_REQUEST_MS)
}
