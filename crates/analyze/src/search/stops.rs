//! Which of some stops each event can be, and the events of all lists in order of time: what sequences and funnels walk along.
//!
//! Each event has a bit for each stop that it can be. Steps are in one list; among them page views and errors have their places
//! by counting, and requests by theirs.

use super::elements::Bounds;
use super::event::EventTest;
use crate::batch::SessionBatch;
use crate::steps::{Codes, Place};
use arrow::buffer::BooleanBuffer;
use footpath_model::columns::SessionColumn as C;
use footpath_model::search::SameEvent;
use footpath_model::steps::StepKind;

/// The stops that an event can be, one bit each.
pub(crate) type Stops = u32;

/// What is asked of events: of each stop, any of these.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct StopTests(Vec<Vec<EventTest>>);

/// A list that events are in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum List {
    Views,
    Steps,
    Requests,
    Errors,
}

impl List {
    fn of(kind: StepKind) -> Self {
        match kind {
            StepKind::Page => Self::Views,
            StepKind::Request => Self::Requests,
            StepKind::Error => Self::Errors,
            StepKind::Click | StepKind::Input | StepKind::Submit | StepKind::Custom => Self::Steps,
        }
    }
}

impl StopTests {
    /// At most as many as [`Stops`] has bits; a stop without events is none that an event can be.
    pub(crate) fn new<'a>(stops: impl IntoIterator<Item = &'a [SameEvent]>) -> Self {
        Self(stops.into_iter().map(|stop| stop.iter().map(EventTest::new).collect()).collect())
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether any stop is a request.
    pub(crate) fn has_requests(&self) -> bool {
        self.lists().any(|list| list == List::Requests)
    }

    fn lists(&self) -> impl Iterator<Item = List> {
        self.0.iter().flatten().map(|test| List::of(test.kind()))
    }

    /// The list that all stops are in; nothing where they are in several.
    pub(super) fn only_list(&self) -> Option<List> {
        let mut lists = self.lists();
        let first = lists.next()?;
        lists.all(|list| list == first).then_some(first)
    }

    /// What tells the stops.
    pub(super) fn own_columns(&self) -> Vec<C> {
        let mut columns: Vec<C> = self.0.iter().flatten().flat_map(EventTest::columns).collect();
        columns.sort_unstable();
        columns.dedup();
        columns
    }

    /// What [`StopTests::moments`] reads.
    pub(crate) fn columns(&self) -> Vec<C> {
        let mut columns = self.own_columns();
        columns.push(C::StepLabel);
        if self.has_requests() {
            columns.push(C::RequestStep);
        }
        columns.sort_unstable();
        columns.dedup();
        columns
    }

    /// The events of a list, each with the stops that it can be.
    pub(super) fn events<'a>(&self, list: List, batch: &'a SessionBatch, rows: &BooleanBuffer) -> Events<'a> {
        let mut events = Events { bounds: None, stops: Vec::new() };
        for (bit, tests) in self.0.iter().enumerate() {
            for test in tests.iter().filter(|test| List::of(test.kind()) == list) {
                let flags = test.flags(batch, rows);
                events.bounds = Some(test.bounds(batch));
                events.stops.resize(flags.len(), 0);
                events
                    .stops
                    .iter_mut()
                    .zip(flags)
                    .for_each(|(stops, flag)| *stops |= Stops::from(flag) << bit);
            }
        }
        events
    }

    /// The events of these rows, of all lists.
    pub(crate) fn moments<'a>(&self, batch: &'a SessionBatch, rows: &BooleanBuffer) -> Moments<'a> {
        let steps = batch.steps();
        Moments {
            codes: steps.codes(),
            bounds: Bounds::Steps(steps.offsets()),
            kinds: steps.dictionary().iter().map(|code| code.kind()).collect(),
            steps: self.events(List::Steps, batch, rows),
            views: self.events(List::Views, batch, rows),
            errors: self.events(List::Errors, batch, rows),
            requests: self.events(List::Requests, batch, rows),
            request_step: self.has_requests().then(|| {
                let list = batch.int_lists(C::RequestStep);
                &list.values.values()[list.offsets[0] as usize..]
            }),
        }
    }
}

/// The events of a list, where any stop is in it.
pub(super) struct Events<'a> {
    bounds: Option<Bounds<'a>>,
    stops: Vec<Stops>,
}

impl Events<'_> {
    /// The stops of a row's events, none where no stop is in the list.
    pub(super) fn of(&self, row: usize) -> &[Stops] {
        &self.stops[self.range(row)]
    }

    fn range(&self, row: usize) -> std::ops::Range<usize> {
        self.bounds.map_or(0..0, |bounds| bounds.range(row))
    }
}

/// Where an event is, counted from the first of the batch.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum At {
    /// Among the steps.
    Step(usize),
    /// Among the requests, where it did not fail: one that failed is a step.
    Request(usize),
}

/// Events of several lists, which are put in order by the steps. Requests that did not fail are left out where no stop is a request.
pub(crate) struct Moments<'a> {
    codes: Codes<'a>,
    bounds: Bounds<'a>,
    /// By place in the steps' dictionary.
    kinds: Vec<StepKind>,
    steps: Events<'a>,
    views: Events<'a>,
    errors: Events<'a>,
    requests: Events<'a>,
    /// Of each request how many steps came before it.
    request_step: Option<&'a [i32]>,
}

impl Moments<'_> {
    /// Whether this is so of any event of a row; after the first that it is so of, it is asked no more.
    pub(crate) fn any(&self, row: usize, is_so: impl FnMut(At, Stops) -> bool) -> bool {
        match self.codes {
            Codes::Narrow(codes) => self.any_among(codes, row, is_so),
            Codes::Wide(codes) => self.any_among(codes, row, is_so),
        }
    }

    fn any_among<P: Place>(&self, codes: &[P], row: usize, mut is_so: impl FnMut(At, Stops) -> bool) -> bool {
        let mut views = self.views.of(row).iter();
        let mut errors = self.errors.of(row).iter();
        let steps = self.steps.of(row);
        let mut requests = self.requests_of(row).peekable();
        let of_row = self.bounds.range(row);
        let first = of_row.start;
        for (place, code) in codes[of_row].iter().enumerate() {
            let kind = self.kinds[code.index()];
            let mut of_step = None;
            while let Some((at, _, stops)) = requests.next_if(|(_, step, _)| *step as usize <= place) {
                // The last one before a step that is a request is that step itself.
                let is_last = requests.peek().is_none_or(|(_, step, _)| *step as usize > place);
                if kind == StepKind::Request && is_last {
                    of_step = Some(stops);
                } else if is_so(At::Request(at), stops) {
                    return true;
                }
            }
            let stops = match kind {
                StepKind::Page => views.next().copied(),
                StepKind::Error => errors.next().copied(),
                StepKind::Click | StepKind::Input | StepKind::Submit | StepKind::Custom => {
                    steps.get(place).copied()
                }
                StepKind::Request => of_step,
            };
            if is_so(At::Step(first + place), stops.unwrap_or(0)) {
                return true;
            }
        }
        requests.any(|(at, _, stops)| is_so(At::Request(at), stops))
    }

    /// The requests of a row: where each is, how many steps came before, and which stops it can be.
    fn requests_of(&self, row: usize) -> impl Iterator<Item = (usize, i32, Stops)> {
        let of_row = self.requests.range(row);
        let steps = self.request_step.map_or(&[][..], |steps| &steps[of_row.clone()]);
        of_row.zip(steps).zip(self.requests.of(row)).map(|((at, step), stops)| (at, *step, *stops))
    }
}
