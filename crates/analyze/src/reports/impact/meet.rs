//! Where a session meets errors, and what becomes of it after.

use crate::batch::SessionBatch;
use crate::reports::live::{LIVE_COLUMNS, Live};
use crate::reports::patterns::{RowSteps, goals, kinds, step_times};
use footpath_model::columns::SessionColumn as C;
use footpath_model::reports::impact::{ENDED_AFTER_MS, ErrorImpact, RETRY_MS};
use footpath_model::steps::StepKind;

pub(super) fn columns() -> Vec<C> {
    [&LIVE_COLUMNS[..], &[C::StepLabel, C::StepOffset]].concat()
}

/// The meetings of a batch's rows with errors.
pub(super) struct Meetings<'a> {
    pub(super) batch: &'a SessionBatch,
    live: Live<'a>,
    times: &'a [i32],
    kinds: Vec<StepKind>,
    goals: Vec<bool>,
    /// Of the row last looked at, the first meeting with each error.
    pub(super) met: Vec<Meeting>,
    /// The row that met an error's place last, plus one, so that each counts once.
    met_by: Vec<u32>,
}

/// A session meets an error; names are places of the dictionary.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Meeting {
    pub(super) error: u32,
    pub(super) page: Option<u32>,
    /// Where the error is among the batch's steps.
    step: usize,
    /// Where the last click or submission before it is.
    action: Option<usize>,
    /// Whether a goal came before.
    pub(super) had_completed: bool,
}

/// What becomes of it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct After {
    pub(super) ended: bool,
    pub(super) open: bool,
    pub(super) retries: u64,
    pub(super) succeeded: u64,
    pub(super) alternative: Option<u32>,
    pub(super) completed: bool,
}

impl<'a> Meetings<'a> {
    pub(super) fn of(asked: &ErrorImpact, batch: &'a SessionBatch) -> Self {
        Self {
            batch,
            live: Live::of(batch, asked.as_of),
            times: step_times(batch),
            kinds: kinds(batch),
            goals: goals(batch, &asked.goals),
            met: Vec::new(),
            met_by: vec![0; batch.steps().dictionary().len()],
        }
    }

    /// Whether any row can meet one.
    pub(super) fn has_errors(&self) -> bool {
        self.kinds.contains(&StepKind::Error)
    }

    pub(super) fn is_live(&self, row: usize) -> bool {
        self.live.is_live(row)
    }

    pub(super) fn is_goal(&self, place: usize) -> bool {
        self.goals[place]
    }

    /// Puts the row's first meeting with each error into `met`; whether there is any.
    #[inline]
    pub(super) fn meet(&mut self, row: usize) -> bool {
        self.met.clear();
        let steps = RowSteps::of(self.batch, row);
        let (mut page, mut action, mut had_completed) = (None, None, false);
        for step in steps.range() {
            let place = steps.place(step);
            match self.kinds[place] {
                StepKind::Page => page = Some(place as u32),
                StepKind::Click | StepKind::Submit => action = Some(step),
                StepKind::Error if self.met_by[place] != row as u32 + 1 => {
                    self.met_by[place] = row as u32 + 1;
                    self.met.push(Meeting { error: place as u32, page, step, action, had_completed });
                }
                StepKind::Error | StepKind::Input | StepKind::Request | StepKind::Custom => {}
            }
            had_completed |= self.goals[place];
        }
        // The same row can be looked at again.
        self.met.iter().for_each(|meeting| self.met_by[meeting.error as usize] = 0);
        !self.met.is_empty()
    }

    /// What becomes of a session of the row after a meeting.
    pub(super) fn after(&self, row: usize, meeting: Meeting) -> After {
        let steps = RowSteps::of(self.batch, row);
        let met_ms = i64::from(self.times[meeting.step]);
        let action = meeting.action.map(|action| steps.place(action));
        let mut after = After::default();
        let (mut viewed, mut other_page) = (false, None);
        // Whether the last retry's result is not known yet.
        let mut is_trying = false;
        for step in meeting.step + 1..steps.range().end {
            let place = steps.place(step);
            let kind = self.kinds[place];
            let is_goal = self.goals[place];
            after.completed |= is_goal;
            let is_page = kind == StepKind::Page;
            if is_page {
                viewed = true;
                if meeting.page != Some(place as u32) {
                    other_page = other_page.or(Some(place as u32));
                }
            }
            if is_trying {
                after.succeeded += u64::from(is_goal || is_page);
                is_trying = !(is_goal || is_page || matches!(kind, StepKind::Error | StepKind::Request));
            }
            let within = i64::from(self.times[step]) - met_ms <= RETRY_MS;
            if action == Some(place) && within {
                after.retries += 1;
                is_trying = true;
            }
        }
        let duration = i64::from(self.batch.ints(C::Duration).value(row));
        let stopped = !viewed && duration - met_ms <= ENDED_AFTER_MS;
        let is_live = self.live.is_live(row);
        (after.ended, after.open) = (stopped && !is_live, stopped && is_live);
        after.alternative = other_page.filter(|_| after.retries == 0);
        after
    }
}
