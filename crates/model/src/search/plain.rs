//! Whether a session is found, said as plainly as possible: what other evaluators must agree with, and what explains
//! why a session was found.

use super::ast::{Clause, Part, SameEvent, Search, Stop};
use super::facts::{self, Fact, Facts};
use super::field::{EventField, Field, SessionField};
use super::predicate::{Clock, Predicate, asked_ids};
use super::story::{Moment, Story};
use super::value::Value;
use crate::id::TabId;
use crate::session::Session;
use crate::sessionize::PlacedEvent;
use crate::steps::StepKind;
use crate::time::Timestamp;

/// Events that are named for one part, at most: marks on a row, not a timeline.
pub const MAX_EXPLAINED: usize = 20;

/// Whether a session is found. `events` are all of its events, in order of time.
pub fn matches(search: &Search, session: &Session, events: &[PlacedEvent], clock: Clock<'_>) -> bool {
    let told = Told { session, story: Story::of(events), clock };
    search.root.as_ref().is_none_or(|root| root.holds(&mut |part| told.holds(part).is_some()))
}

/// What one part of a search says of a session.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Explanation {
    /// The part, as it is printed, without a NOT before it.
    pub part: String,
    /// Whether it stands under a NOT.
    pub negated: bool,
    /// Whether it holds, whatever a NOT makes of that.
    pub holds: bool,
    /// The first events that it holds for, in order of time; none where it is about the session as a whole.
    pub events: Vec<EventName>,
}

/// Which event it is, and when it happened.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct EventName {
    /// Its tab.
    pub tab_id: TabId,
    /// Its number in the tab.
    pub seq: u32,
    /// Corrected time.
    pub at: Timestamp,
}

/// What each part of a search says of a session, in the order of [`Search::parts`].
pub fn explain(
    search: &Search,
    session: &Session,
    events: &[PlacedEvent],
    clock: Clock<'_>,
) -> Vec<Explanation> {
    let told = Told { session, story: Story::of(events), clock };
    let name =
        |at: usize| EventName { tab_id: events[at].tab_id, seq: events[at].event().seq, at: events[at].at };
    let explain = |(part, negated): (&Part, bool)| {
        let found = told.holds(part);
        let named = found.iter().flatten().take(MAX_EXPLAINED).map(|&at| name(at));
        Explanation { part: part.to_string(), negated, holds: found.is_some(), events: named.collect() }
    };
    search.parts().into_iter().map(explain).collect()
}

/// A session with what happened in it.
struct Told<'a> {
    session: &'a Session,
    story: Story<'a>,
    clock: Clock<'a>,
}

impl Told<'_> {
    /// The events that a part holds for, none where it is of the session; nothing where it does not hold.
    fn holds(&self, part: &Part) -> Option<Vec<usize>> {
        match part {
            Part::Text(values) => self.text(values),
            Part::Session(clause) => self.has_property(clause).then(Vec::new),
            Part::Event(event) => {
                let those = self.story.moments.iter().filter(|moment| is_so(event, moment, &self.story));
                let those: Vec<usize> = those.map(|moment| moment.event).collect();
                (!those.is_empty()).then_some(those)
            }
            Part::Sequence(stops) => self.sequence(stops),
        }
    }

    fn has_property(&self, clause: &Clause<SessionField>) -> bool {
        let (ty, session) = (clause.field.about().ty, self.session);
        clause.values.iter().any(|value| match (clause.field, value) {
            (SessionField::Is | SessionField::Has, Value::Present) => true,
            (_, Value::State(state)) => facts::is(*state, session, self.clock),
            (_, Value::Thing(thing)) => facts::has(*thing, session),
            (_, Value::Present | Value::Text(_) | Value::Number(_) | Value::Version(_) | Value::Time(_)) => {
                let predicate = Predicate::new(ty, std::slice::from_ref(value), self.clock.zone);
                fits(&predicate, &facts::of_session(clause, session, self.clock))
            }
        })
    }

    /// Each stop where it first comes after the one before: whatever comes after a later place comes after that too.
    fn sequence(&self, stops: &[Stop]) -> Option<Vec<usize>> {
        let mut rest = self.story.moments.iter();
        let next = |stop: &Stop| {
            rest.find(|moment| is_any(&stop.events, moment, &self.story)).map(|moment| moment.event)
        };
        stops.iter().map(next).collect()
    }

    fn text(&self, values: &[Value]) -> Option<Vec<usize>> {
        let predicate = Predicate::new(Field::Text.about().ty, values, self.clock.zone);
        let is_read = |moment: &&Moment<'_>| {
            let step = moment.step.map(|step| self.story.steps[step].label.as_ref());
            let path = (moment.kind == StepKind::Page)
                .then(|| moment.view.map(|view| self.story.views[view].path.as_str()))
                .flatten();
            let message =
                (moment.kind == StepKind::Error).then(|| self.story.errors[moment.place].message.as_str());
            [step, path, message].into_iter().flatten().any(|text| predicate.fits_text(text))
        };
        let those = self.story.moments.iter().filter(is_read).map(|moment| moment.event);
        let those: Vec<usize> = those.collect();
        let user = self.session.user.as_ref();
        let of_user = user.is_some_and(|user| {
            predicate.fits_text(&user.id) || user.email().is_some_and(|email| predicate.fits_text(email))
        });
        let ids = asked_ids(values);
        let of_id = ids.contains(&self.session.id.0) || ids.contains(&self.session.visitor_id.0);
        (of_user || of_id || !those.is_empty()).then_some(those)
    }
}

/// Whether this is said of one event.
fn is_so(event: &SameEvent, moment: &Moment<'_>, story: &Story<'_>) -> bool {
    let mut holds = |clause: &Clause<EventField>| {
        fits(&Predicate::of_event(clause), &facts::of_moment(clause, moment, story))
    };
    moment.kind == event.kind && event.expr.holds(&mut holds)
}

/// Whether it is any of these events.
fn is_any(events: &[SameEvent], moment: &Moment<'_>, story: &Story<'_>) -> bool {
    events.iter().any(|event| is_so(event, moment, story))
}

/// An event that a search can be about, with what it is of what was asked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct MetEvent {
    /// Its kind.
    pub kind: StepKind,
    /// Its place among the session's steps; an HTTP call that did not fail has none.
    pub step: Option<usize>,
    /// Corrected time.
    pub at: Timestamp,
    /// For each of the stops whether it can be that.
    pub stops: Vec<bool>,
}

/// The events of a session that a search can be about, in order of time, with which of these stops each can be.
pub(crate) fn met_events(stops: &[&[SameEvent]], events: &[PlacedEvent]) -> Vec<MetEvent> {
    let story = Story::of(events);
    let met = |moment: &Moment<'_>| MetEvent {
        kind: moment.kind,
        step: moment.step,
        at: events[moment.event].at,
        stops: stops.iter().map(|stop| is_any(stop, moment, &story)).collect(),
    };
    story.moments.iter().map(met).collect()
}

fn fits(predicate: &Predicate, facts: &Facts) -> bool {
    facts.iter().any(|fact| match fact {
        Fact::Text(text) => predicate.fits_text(text),
        Fact::Number(number) => predicate.fits_number(*number),
    })
}
