//! What happened in a session, as a search sees it: its events of the kinds that can be searched for, in order of
//! time, each with what is said of it and the page view that it happened on.

use crate::errors::{GroupedError, errors};
use crate::event::{Custom, Event, EventKind};
use crate::id::TabId;
use crate::sessionize::PlacedEvent;
use crate::steps::{Call, Step, StepCounter, StepKind, View, calls, step_kind, steps, views};
use std::collections::HashMap;

/// A session's moments and what they are told from.
#[derive(Debug)]
pub(super) struct Story<'a> {
    pub steps: Vec<Step<'a>>,
    pub views: Vec<View>,
    pub calls: Vec<Call>,
    pub errors: Vec<GroupedError>,
    /// In order of time.
    pub moments: Vec<Moment<'a>>,
}

/// One event that can be searched for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment<'a> {
    /// Its place among the session's events.
    pub event: usize,
    pub kind: StepKind,
    /// Its place among the steps; requests that did not fail have none.
    pub step: Option<usize>,
    /// Its place among what is of its kind: views, calls or errors; 0 for other kinds.
    pub place: usize,
    /// Place of the page view of its tab that it happened on.
    pub view: Option<usize>,
    /// Where it is an event of the site's own.
    pub custom: Option<&'a Custom>,
}

impl<'a> Story<'a> {
    pub(super) fn of(events: &'a [PlacedEvent]) -> Self {
        let (steps, calls, errors) = (steps(events), calls(events), errors(events));
        let mut counted = Counted::default();
        let moments = events.iter().enumerate();
        let moments = moments.filter_map(|(at, placed)| counted.moment(at, placed.tab_id, placed.event()));
        let moments = moments.collect();
        Self { steps, views: views(events), calls, errors, moments }
    }
}

#[derive(Default)]
struct Counted<'a> {
    steps: StepCounter<'a>,
    views: usize,
    calls: usize,
    errors: usize,
    view_of_tab: HashMap<TabId, usize>,
}

impl<'a> Counted<'a> {
    fn moment(&mut self, at: usize, tab: TabId, event: &'a Event) -> Option<Moment<'a>> {
        let next = |counter: &mut usize| {
            *counter += 1;
            *counter - 1
        };
        let step = self.steps.place(event);
        // Of requests every one can be searched for; typing on in the same field is no event of its own.
        let kind = if let EventKind::Request(_) = &event.kind {
            StepKind::Request
        } else {
            step.and_then(|_| step_kind(&event.kind))?
        };
        let place = match kind {
            StepKind::Page => {
                let view = next(&mut self.views);
                self.view_of_tab.insert(tab, view);
                view
            }
            StepKind::Request => next(&mut self.calls),
            StepKind::Error => next(&mut self.errors),
            StepKind::Click | StepKind::Input | StepKind::Submit | StepKind::Custom => 0,
        };
        let custom = if let EventKind::Custom(custom) = &event.kind { Some(custom) } else { None };
        let view = self.view_of_tab.get(&tab).copied();
        Some(Moment { event: at, kind, step, place, view, custom })
    }
}
