//! Events that came one after the other: a plain walk over the sessions' events in order of time.
//!
//! Each event has a bit for each stop that it can be. A walk waits for the bit of the next stop; taking each stop where it
//! first comes is enough, as in a funnel. Where all stops are in one list, that list is walked; otherwise the steps are,
//! among which page views and errors have their places by counting, and requests by theirs.

use super::bits;
use super::elements::Bounds;
use super::event::EventTest;
use crate::batch::SessionBatch;
use crate::steps::{Codes, Place};
use arrow::buffer::BooleanBuffer;
use footpath_model::columns::SessionColumn as C;
use footpath_model::search::{MAX_STOPS, Stop, Zone};
use footpath_model::steps::StepKind;

/// The stops that an event can be, one bit each.
type Stops = u16;
const _: () = assert!(MAX_STOPS <= Stops::BITS as usize, "each stop has a bit");

/// What is asked of a sequence.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct SequenceTest {
    /// Of each stop, any of these.
    stops: Vec<Vec<EventTest>>,
}

/// A list that events are in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum List {
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

impl SequenceTest {
    pub(super) fn new(stops: &[Stop], zone: &dyn Zone) -> Self {
        let tests = |stop: &Stop| stop.events.iter().map(|event| EventTest::new(event, zone)).collect();
        Self { stops: stops.iter().map(tests).collect() }
    }

    fn has(&self, list: List) -> bool {
        self.stops.iter().flatten().any(|test| List::of(test.kind()) == list)
    }

    /// The list that all stops are in; nothing where they are in several.
    fn only_list(&self) -> Option<List> {
        let mut lists = self.stops.iter().flatten().map(|test| List::of(test.kind()));
        let first = lists.next()?;
        lists.all(|list| list == first).then_some(first)
    }

    pub(super) fn columns(&self) -> Vec<C> {
        let mut columns: Vec<C> = self.stops.iter().flatten().flat_map(EventTest::columns).collect();
        if self.only_list().is_none() {
            columns.push(C::StepLabel);
            if self.has(List::Requests) {
                columns.push(C::RequestStep);
            }
        }
        columns.sort_unstable();
        columns.dedup();
        columns
    }

    /// Sessions, among these, that have the stops in this order.
    pub(super) fn mask(&self, batch: &SessionBatch, rows: &BooleanBuffer) -> BooleanBuffer {
        let Some(list) = self.only_list() else { return self.mixed(batch, rows) };
        let events = self.events(list, batch, rows);
        bits::pick(rows, |row| {
            let mut walk = Walk::new(self.stops.len());
            events.of(row).iter().any(|stops| walk.meets(*stops))
        })
    }

    /// The events of a list, each with the stops that it can be.
    fn events<'a>(&self, list: List, batch: &'a SessionBatch, rows: &BooleanBuffer) -> Events<'a> {
        let mut events = Events { bounds: None, stops: Vec::new() };
        for (bit, tests) in self.stops.iter().enumerate() {
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

    fn mixed(&self, batch: &SessionBatch, rows: &BooleanBuffer) -> BooleanBuffer {
        match batch.steps().codes() {
            Codes::Narrow(codes) => self.mixed_among(codes, batch, rows),
            Codes::Wide(codes) => self.mixed_among(codes, batch, rows),
        }
    }

    fn mixed_among<P: Place>(
        &self,
        codes: &[P],
        batch: &SessionBatch,
        rows: &BooleanBuffer,
    ) -> BooleanBuffer {
        let steps = batch.steps();
        let kinds: Vec<StepKind> = steps.dictionary().iter().map(|code| code.kind()).collect();
        let among = Among {
            codes,
            kinds,
            steps: self.events(List::Steps, batch, rows),
            views: self.events(List::Views, batch, rows),
            errors: self.events(List::Errors, batch, rows),
            requests: self.events(List::Requests, batch, rows),
            request_step: self.has(List::Requests).then(|| {
                let list = batch.int_lists(C::RequestStep);
                &list.values.values()[list.offsets[0] as usize..]
            }),
        };
        let bounds = Bounds::Steps(steps.offsets());
        bits::pick(rows, |row| among.has(row, bounds, Walk::new(self.stops.len())))
    }
}

/// How far a session has come.
struct Walk {
    next: usize,
    n_stops: usize,
}

impl Walk {
    fn new(n_stops: usize) -> Self {
        Self { next: 0, n_stops }
    }

    /// Takes one event; whether the last stop is reached.
    fn meets(&mut self, stops: Stops) -> bool {
        self.next += usize::from(stops >> self.next & 1);
        self.next == self.n_stops
    }
}

/// The events of a list, where any stop is in it.
struct Events<'a> {
    bounds: Option<Bounds<'a>>,
    stops: Vec<Stops>,
}

impl Events<'_> {
    /// The stops of a row's events, none where no stop is in the list.
    fn of(&self, row: usize) -> &[Stops] {
        self.bounds.map_or(&[], |bounds| &self.stops[bounds.range(row)])
    }
}

/// Events of several lists, which are put in order by the steps.
struct Among<'a, P> {
    codes: &'a [P],
    /// By place in the steps' dictionary.
    kinds: Vec<StepKind>,
    steps: Events<'a>,
    views: Events<'a>,
    errors: Events<'a>,
    requests: Events<'a>,
    /// Of each request how many steps came before it.
    request_step: Option<&'a [i32]>,
}

impl<P: Place> Among<'_, P> {
    fn has(&self, row: usize, bounds: Bounds<'_>, mut walk: Walk) -> bool {
        let mut views = self.views.of(row).iter();
        let mut errors = self.errors.of(row).iter();
        let steps = self.steps.of(row);
        let mut requests = self.requests_of(row).peekable();
        for (place, code) in self.codes[bounds.range(row)].iter().enumerate() {
            // A request that failed is a step itself, and stands where that does.
            while let Some((_, stops)) = requests.next_if(|(step, _)| *step as usize <= place) {
                if walk.meets(stops) {
                    return true;
                }
            }
            let stops = match self.kinds[code.index()] {
                StepKind::Page => views.next(),
                StepKind::Error => errors.next(),
                StepKind::Click | StepKind::Input | StepKind::Submit | StepKind::Custom => steps.get(place),
                StepKind::Request => None,
            };
            if stops.is_some_and(|stops| walk.meets(*stops)) {
                return true;
            }
        }
        requests.any(|(_, stops)| walk.meets(stops))
    }

    /// The requests of a row: how many steps came before, and which stops each can be.
    fn requests_of(&self, row: usize) -> impl Iterator<Item = (i32, Stops)> {
        let of_row = self.requests.bounds.map_or(0..0, |bounds| bounds.range(row));
        let steps = self.request_step.map_or(&[][..], |steps| &steps[of_row]);
        steps.iter().copied().zip(self.requests.of(row).iter().copied())
    }
}
