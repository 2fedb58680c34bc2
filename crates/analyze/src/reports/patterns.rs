//! Which steps of a batch are wanted by name: each name is met once per batch.

use crate::batch::SessionBatch;
use crate::steps::Codes;
use footpath_model::columns::SessionColumn;
use footpath_model::reports::pattern::{Goal, StepPattern};
use footpath_model::steps::{StepKind, StepName};

/// For each place of the dictionary whether any of the patterns wants it.
pub(crate) fn places<'a>(
    batch: &SessionBatch,
    patterns: impl IntoIterator<Item = &'a StepPattern>,
) -> Vec<bool> {
    let dictionary = batch.steps().dictionary();
    let mut wanted = vec![false; dictionary.len()];
    let mut open = Vec::new();
    for pattern in patterns {
        match pattern.exact() {
            Some(name) => {
                if let Some(place) = place(batch, &name) {
                    wanted[place] = true;
                }
            }
            None => open.push(pattern),
        }
    }
    if !open.is_empty() {
        let names = batch.vocabulary().names();
        for (wanted, &code) in wanted.iter_mut().zip(dictionary) {
            let name = names.name(code);
            *wanted |= open.iter().any(|pattern| pattern.matches(name.kind, &name.label));
        }
    }
    wanted
}

/// The place of a name; nothing where no step of the batch has it.
pub(crate) fn place(batch: &SessionBatch, name: &StepName) -> Option<usize> {
    let code = batch.vocabulary().lookup(name.kind, &name.label)?;
    batch.steps().dictionary().iter().position(|&there| there == code)
}

/// For each place whether it is a goal.
pub(crate) fn goals(batch: &SessionBatch, goals: &[Goal]) -> Vec<bool> {
    places(batch, goals.iter().flat_map(|goal| &goal.steps))
}

/// The kind of each place.
pub(crate) fn kinds(batch: &SessionBatch) -> Vec<StepKind> {
    batch.steps().dictionary().iter().map(|code| code.kind()).collect()
}

/// When each step was, milliseconds from its session's start; as many as there are codes.
pub(crate) fn step_times(batch: &SessionBatch) -> &[i32] {
    let lists = batch.int_lists(SessionColumn::StepOffset);
    let from = lists.offsets.first().copied().unwrap_or(0).cast_unsigned() as usize;
    let times = &lists.values.values()[from..];
    let n_steps = batch.steps().offsets().last().copied().unwrap_or(0) as usize;
    assert!(times.len() >= n_steps, "steps have as many times as names");
    &times[..n_steps]
}

/// Steps of one row, with what scans ask of them.
#[derive(Clone, Copy)]
pub(crate) struct RowSteps<'a> {
    codes: Codes<'a>,
    from: usize,
    to: usize,
}

impl<'a> RowSteps<'a> {
    pub(crate) fn of(batch: &'a SessionBatch, row: usize) -> Self {
        let steps = batch.steps();
        let [from, to] = [row, row + 1].map(|row| steps.offsets()[row] as usize);
        Self { codes: steps.codes(), from, to }
    }

    /// The steps of all rows.
    pub(crate) fn all(batch: &'a SessionBatch) -> Self {
        let steps = batch.steps();
        Self { codes: steps.codes(), from: 0, to: steps.offsets().last().copied().unwrap_or(0) as usize }
    }

    /// Where the row's steps are among the batch's.
    pub(crate) fn range(self) -> std::ops::Range<usize> {
        self.from..self.to
    }

    /// The place of a step of the batch.
    #[inline]
    pub(crate) fn place(self, at: usize) -> usize {
        match self.codes {
            Codes::Narrow(codes) => usize::from(codes[at]),
            Codes::Wide(codes) => codes[at] as usize,
        }
    }
}
