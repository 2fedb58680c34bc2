//! A session with all that its row of the lake says: what reports are defined over.

use crate::id::SessionId;
use crate::loads::{self, Heavy, Loaded};
use crate::session::Session;
use crate::sessionize::PlacedEvent;
use crate::site::SessionRules;
use crate::steps::{self, Call, StepKind, StepName, View};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// A session and what it did.
#[derive(Clone, Debug)]
pub struct Document {
    /// The row.
    pub session: Session,
    /// Whether its visitor had a session before; nothing where nobody can tell.
    pub returning: Option<bool>,
    /// Type of the network.
    pub connection: Option<String>,
    /// From the first page view to the first interaction after it, milliseconds.
    pub first_interaction_ms: Option<i64>,
    /// What it did, in order of time.
    pub steps: Vec<Did>,
    /// Its page views.
    pub views: Vec<View>,
    /// Its HTTP calls.
    pub calls: Vec<Call>,
    /// What its pages loaded.
    pub loaded: Vec<Loaded>,
    /// The heaviest of that.
    pub heavy: Vec<Heavy>,
    /// What happened, in order of time: what clauses of a search are said of.
    pub events: Vec<PlacedEvent>,
}

/// A step of a document.
#[derive(Clone, PartialEq, Debug)]
pub struct Did {
    /// What it was.
    pub name: StepName,
    /// When, milliseconds from the session's start.
    pub offset_ms: i64,
}

/// When a question is asked: sessions that are live then are not over.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct AsOf {
    /// The time of day.
    pub now: Timestamp,
    /// How long after its last activity a session of the site is still live, milliseconds.
    pub timeout_ms: i64,
}

impl AsOf {
    /// As the site's rules say.
    pub fn new(now: Timestamp, rules: SessionRules) -> Self {
        Self { now, timeout_ms: rules.timeout_ms }
    }

    /// Whether a session can still grow: as [`Session::status`].
    pub fn is_live(self, end: Timestamp, is_closed: bool) -> bool {
        !is_closed && self.now.since(end) <= self.timeout_ms
    }
}

impl Document {
    /// Of a session with its events.
    pub fn of(session: &Session, hint: SessionId, events: &[PlacedEvent]) -> Self {
        let (loaded, heavy) = loads::loads(events);
        let did = |step: steps::Step<'_>| Did {
            name: StepName::new(step.kind, &step.label),
            offset_ms: step.at.since(session.start),
        };
        Self {
            returning: loads::returning(session, hint),
            connection: events.first().and_then(|first| first.context().connection.clone()),
            first_interaction_ms: loads::first_interaction_ms(events),
            steps: steps::steps(events).into_iter().map(did).collect(),
            views: steps::views(events),
            calls: steps::calls(events),
            loaded,
            heavy,
            events: events.to_vec(),
            session: session.clone(),
        }
    }

    /// Whether it can still grow.
    pub fn is_live(&self, as_of: AsOf) -> bool {
        as_of.is_live(self.session.end, self.session.closed_by.is_some())
    }

    /// Its steps of some kinds, with their places among all.
    pub fn steps_of(&self, kinds: &[StepKind]) -> Vec<(usize, &Did)> {
        self.steps.iter().enumerate().filter(|(_, step)| kinds.contains(&step.name.kind)).collect()
    }

    /// The first session of a timeline.
    #[cfg(test)]
    pub(crate) fn of_timeline(timeline: &str) -> Self {
        Self::all_of_timeline(timeline).swap_remove(0)
    }

    /// The sessions of a timeline.
    #[cfg(test)]
    pub(crate) fn all_of_timeline(timeline: &str) -> Vec<Self> {
        let hinted = crate::timelines::fold(timeline);
        let hint = SessionId(uuid::Uuid::nil());
        hinted.sessions_with_events().map(|(session, events)| Self::of(session, hint, events)).collect()
    }
}
