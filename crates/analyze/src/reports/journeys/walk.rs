//! The path of a session, as places of its batch's dictionary.

use crate::batch::SessionBatch;
use crate::reports::live::{LIVE_COLUMNS, Live};
use crate::reports::patterns::{RowSteps, places};
use footpath_model::columns::SessionColumn;
use footpath_model::reports::journeys::{Journeys, Stretch};

/// Makes the paths of a batch's rows, one after the other, in room that is used again.
pub(super) struct Walk<'a> {
    batch: &'a SessionBatch,
    /// For each place whether paths are made of it.
    chosen: Vec<bool>,
    stretch: Ends,
    collapse: bool,
    /// Paths are cut after so many steps.
    longest: usize,
    /// The path of the row last walked.
    pub(super) path: Vec<Stop>,
}

/// One step of a path.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stop {
    pub(super) place: u32,
    /// How often it repeats itself.
    pub(super) times: u32,
    /// Its first step among the batch's.
    pub(super) first: u32,
}

/// For each place whether a path may begin or end with it.
enum Ends {
    Start,
    From(Vec<bool>),
    End,
    To(Vec<bool>),
    Between(Vec<bool>, Vec<bool>),
}

/// Says of rows whose path is walked whether they can still go on: forwards, live ones.
pub(super) struct Open<'a>(Option<Live<'a>>);

/// What [`Open`] reads.
pub(super) fn open_columns(asked: &Journeys) -> &'static [SessionColumn] {
    match asked.stretch {
        Stretch::Forwards { .. } => &LIVE_COLUMNS,
        Stretch::Backwards { .. } | Stretch::Between { .. } => &[],
    }
}

impl<'a> Open<'a> {
    pub(super) fn of(asked: &Journeys, batch: &'a SessionBatch) -> Self {
        Self((!open_columns(asked).is_empty()).then(|| Live::of(batch, asked.as_of)))
    }

    #[inline]
    pub(super) fn is_open(&self, row: usize) -> bool {
        self.0.as_ref().is_some_and(|live| live.is_live(row))
    }
}

impl<'a> Walk<'a> {
    /// Paths of at most so many steps.
    pub(super) fn new(asked: &Journeys, batch: &'a SessionBatch, longest: usize) -> Self {
        let dictionary = batch.steps().dictionary();
        let stretch = match &asked.stretch {
            Stretch::Forwards { from: None } => Ends::Start,
            Stretch::Forwards { from: Some(from) } => Ends::From(places(batch, [from])),
            Stretch::Backwards { to: None } => Ends::End,
            Stretch::Backwards { to: Some(to) } => Ends::To(places(batch, [to])),
            Stretch::Between { from, to } => Ends::Between(places(batch, [from]), places(batch, [to])),
        };
        Self {
            batch,
            chosen: dictionary.iter().map(|code| asked.kinds.contains(&code.kind())).collect(),
            stretch,
            collapse: asked.collapse,
            longest,
            path: Vec::new(),
        }
    }

    /// The path of a row is in `path` then; whether it has one.
    #[inline]
    pub(super) fn walk(&mut self, row: usize) -> bool {
        let steps = RowSteps::of(self.batch, row);
        let mut range = steps.range();
        self.path.clear();
        match &self.stretch {
            Ends::Start => self.forwards(steps, range, None),
            Ends::From(from) => {
                let Some(first) = range.find(|&at| from[steps.place(at)]) else { return false };
                self.push(steps.place(first), first);
                self.forwards(steps, range, None);
            }
            Ends::End => self.backwards(steps, range),
            Ends::To(to) => {
                let begin = range.start;
                let Some(last) = range.find(|&at| to[steps.place(at)]) else { return false };
                self.push(steps.place(last), last);
                self.backwards(steps, begin..last);
            }
            Ends::Between(from, to) => {
                let Some(first) = range.find(|&at| from[steps.place(at)]) else { return false };
                let Some(last) = range.clone().find(|&at| to[steps.place(at)]) else { return false };
                self.push(steps.place(first), first);
                self.forwards(steps, range.start..last, Some(last));
            }
        }
        !self.path.is_empty()
    }

    fn forwards(&mut self, steps: RowSteps<'_>, range: std::ops::Range<usize>, last: Option<usize>) {
        for at in range {
            let place = steps.place(at);
            if self.chosen[place] && !self.push(place, at) {
                return;
            }
        }
        if let Some(last) = last {
            self.push(steps.place(last), last);
        }
    }

    fn backwards(&mut self, steps: RowSteps<'_>, range: std::ops::Range<usize>) {
        for at in range.rev() {
            let place = steps.place(at);
            if self.chosen[place] && !self.push(place, at) {
                return;
            }
        }
    }

    /// Adds a step; whether there is room for more.
    #[inline]
    fn push(&mut self, place: usize, at: usize) -> bool {
        // Dictionaries and batches have less than 2³² of anything.
        let (place, at) = (place as u32, at as u32);
        if let Some(last) = self.path.last_mut().filter(|last| self.collapse && last.place == place) {
            last.times += 1;
            last.first = last.first.min(at);
            return true;
        }
        let has_room = self.path.len() < self.longest;
        if has_room {
            self.path.push(Stop { place, times: 1, first: at });
        }
        has_room
    }
}
