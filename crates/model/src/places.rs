//! How the lists of a session hang together: on which page view a step, request or error happened, and where requests
//! lie among the steps. With this, what happened can be put in order of time from the lists alone: page views and errors
//! are steps too, in the same order, and requests say how many steps were before them.

use crate::event::EventKind;
use crate::id::TabId;
use crate::sessionize::PlacedEvent;
use crate::steps::StepCounter;
use std::collections::HashMap;

/// Places in the lists of [`crate::steps`] and [`crate::errors`], counted from 0.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Places {
    /// Of each step, the page view of its tab that it happened on; its own where it is one.
    pub step_view: Vec<Option<usize>>,
    /// Of each request, the page view of its tab that it happened on.
    pub request_view: Vec<Option<usize>>,
    /// Of each request, how many steps came before it. One that failed is the next step itself.
    pub request_step: Vec<usize>,
    /// Of each error, the page view of its tab that it happened on.
    pub error_view: Vec<Option<usize>>,
}

/// The places of a session, from its events in order of time.
pub fn places(events: &[PlacedEvent]) -> Places {
    let mut places = Places::default();
    let mut view_of_tab: HashMap<TabId, usize> = HashMap::new();
    let mut n_views = 0;
    let mut steps = StepCounter::default();
    for placed in events {
        let event = placed.event();
        let kind = &event.kind;
        if let EventKind::PageView(_) = kind {
            view_of_tab.insert(placed.tab_id, n_views);
            n_views += 1;
        }
        let view = view_of_tab.get(&placed.tab_id).copied();
        if let EventKind::Request(_) = kind {
            places.request_step.push(steps.n_steps);
            places.request_view.push(view);
        }
        if let EventKind::Error(_) = kind {
            places.error_view.push(view);
        }
        if steps.place(event).is_some() {
            places.step_view.push(view);
        }
    }
    places
}

/// A property of an event of the site's own.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Prop<'a> {
    /// Place of the event among the steps.
    pub step: usize,
    /// Its key.
    pub key: &'a str,
    /// Its value as text.
    pub value: String,
}

/// The properties of a session's own events, from its events in order of time.
pub fn props(events: &[PlacedEvent]) -> Vec<Prop<'_>> {
    let mut props = Vec::new();
    let mut steps = StepCounter::default();
    for event in events.iter().map(PlacedEvent::event) {
        if let (Some(step), EventKind::Custom(custom)) = (steps.place(event), &event.kind) {
            let of_event = custom.props.0.iter();
            props.extend(of_event.map(|(key, value)| Prop { step, key, value: value.to_string() }));
        }
    }
    props
}
