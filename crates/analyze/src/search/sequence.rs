//! Events that came one after the other: a plain walk over the sessions' events in order of time.
//!
//! A walk waits for the bit of the next stop; taking each stop where it first comes is enough, as in a funnel. Where all stops
//! are in one list, that list is walked; otherwise all [`Moments`] are.

use super::bits;
use super::stops::{StopTests, Stops};
use crate::batch::SessionBatch;
use arrow::buffer::BooleanBuffer;
use footpath_model::columns::SessionColumn as C;
use footpath_model::search::{MAX_STOPS, Stop};

const _: () = assert!(MAX_STOPS <= Stops::BITS as usize, "each stop has a bit");

/// What is asked of a sequence.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct SequenceTest {
    stops: StopTests,
}

impl SequenceTest {
    pub(super) fn new(stops: &[Stop]) -> Self {
        Self { stops: StopTests::new(stops.iter().map(|stop| stop.events.as_slice())) }
    }

    pub(super) fn columns(&self) -> Vec<C> {
        match self.stops.only_list() {
            Some(_) => self.stops.own_columns(),
            None => self.stops.columns(),
        }
    }

    /// Sessions, among these, that have the stops in this order.
    pub(super) fn mask(&self, batch: &SessionBatch, rows: &BooleanBuffer) -> BooleanBuffer {
        let walk = || Walk { next: 0, n_stops: self.stops.len() };
        match self.stops.only_list() {
            Some(list) => {
                let events = self.stops.events(list, batch, rows);
                bits::pick(rows, |row| {
                    let mut walk = walk();
                    events.of(row).iter().any(|stops| walk.meets(*stops))
                })
            }
            None => {
                let moments = self.stops.moments(batch, rows);
                bits::pick(rows, |row| {
                    let mut walk = walk();
                    moments.any(row, |_, stops| walk.meets(stops))
                })
            }
        }
    }
}

/// How far a session has come.
struct Walk {
    next: usize,
    n_stops: usize,
}

impl Walk {
    /// Takes one event; whether the last stop is reached.
    fn meets(&mut self, stops: Stops) -> bool {
        self.next += usize::from(stops >> self.next & 1 == 1);
        self.next == self.n_stops
    }
}
