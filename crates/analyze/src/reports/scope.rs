//! Which sessions a report is about: those of a snapshot that a filter keeps, and that selections keep of these. Any report
//! can be asked of any scope, which is how two segments stand side by side, and how a number opens its list.

use crate::analysis::Analysis;
use crate::batch::SessionBatch;
use crate::filter::Filter;
use crate::list::{List, ListPage, page};
use crate::scheduler::{Cancel, RunError, Scheduler};
use crate::source::Source;
use crate::vocabulary::Vocabulary;
use arrow::array::BooleanBufferBuilder;
use arrow::buffer::BooleanBuffer;
use footpath_model::columns::SessionColumn;
use footpath_model::time::Timestamp;
use std::sync::Arc;

/// Keeps some rows of a batch. What compiles a search to a mask can be one, too.
pub trait Selects: Send + Sync {
    /// Columns that it reads, as [`Analysis::columns`].
    fn columns(&self) -> Vec<SessionColumn>;

    /// Which of the selected rows it keeps; no others.
    fn mask(&self, batch: &SessionBatch, selected: &BooleanBuffer) -> BooleanBuffer;
}

/// The sessions that a report is about.
#[derive(Clone)]
pub struct Scope<'a> {
    scheduler: &'a Scheduler,
    source: &'a dyn Source,
    filter: Filter,
    cancel: &'a Cancel,
    selections: Vec<Arc<dyn Selects>>,
}

impl<'a> Scope<'a> {
    /// The sessions of a snapshot that a filter keeps.
    pub fn new(scheduler: &'a Scheduler, source: &'a dyn Source, filter: Filter, cancel: &'a Cancel) -> Self {
        Self { scheduler, source, filter, cancel, selections: Vec::new() }
    }

    /// Of these, the ones that a selection keeps, too.
    #[must_use]
    pub fn within(&self, selection: Arc<dyn Selects>) -> Self {
        let mut narrower = self.clone();
        narrower.selections.push(selection);
        narrower
    }

    /// What the filter keeps from its earliest moment on, whatever the selections: where visitors come back.
    pub(crate) fn onwards(&self) -> Self {
        let range = self.filter.range.start..Timestamp(i64::MAX);
        Self { filter: Filter { range, ..self.filter.clone() }, selections: Vec::new(), ..self.clone() }
    }

    /// The answer of an analysis over these sessions.
    ///
    /// # Errors
    /// As [`Scheduler::run`].
    pub fn run<A: Analysis>(&self, analysis: &A) -> Result<A::Answer, RunError> {
        if self.selections.is_empty() {
            return self.scheduler.run(self.source, &self.filter, analysis, self.cancel);
        }
        let within = Within { selections: &self.selections, analysis };
        self.scheduler.run(self.source, &self.filter, &within, self.cancel)
    }

    /// A page of the list of these sessions: as many in all as any number says that was counted over the same scope.
    ///
    /// # Errors
    /// As [`Scheduler::run`].
    pub fn list(&self, list: &List) -> Result<ListPage, RunError> {
        page(self.scheduler, self.source, self.run(list)?, list)
    }

    pub(crate) fn scheduler(&self) -> &'a Scheduler {
        self.scheduler
    }

    pub(crate) fn source(&self) -> &'a dyn Source {
        self.source
    }
}

/// An analysis of the rows that selections keep.
struct Within<'a, A> {
    selections: &'a [Arc<dyn Selects>],
    analysis: &'a A,
}

impl<A: Analysis> Analysis for Within<'_, A> {
    type Partial = A::Partial;
    type Answer = A::Answer;

    fn columns(&self) -> Vec<SessionColumn> {
        let mut columns = self.analysis.columns();
        self.selections.iter().for_each(|selection| columns.extend(selection.columns()));
        columns
    }

    fn empty(&self) -> A::Partial {
        self.analysis.empty()
    }

    fn scan(&self, batch: &SessionBatch, selected: &BooleanBuffer) -> A::Partial {
        let mut kept = selected.clone();
        for selection in self.selections {
            kept = selection.mask(batch, &kept);
        }
        self.analysis.scan(batch, &kept)
    }

    fn merge(&self, one: A::Partial, other: A::Partial) -> A::Partial {
        self.analysis.merge(one, other)
    }

    fn finish(&self, partial: A::Partial, vocabulary: &Vocabulary) -> A::Answer {
        self.analysis.finish(partial, vocabulary)
    }
}

/// The selected rows of which something holds.
pub(crate) fn keep(selected: &BooleanBuffer, mut holds: impl FnMut(usize) -> bool) -> BooleanBuffer {
    let mut kept = BooleanBufferBuilder::new(selected.len());
    kept.append_n(selected.len(), false);
    for row in rows(selected).filter(|&row| holds(row)) {
        kept.set_bit(row, true);
    }
    kept.finish()
}

/// The selected rows, in order.
pub(crate) fn rows(selected: &BooleanBuffer) -> impl Iterator<Item = usize> + '_ {
    selected.set_slices().flat_map(|(from, to)| from..to)
}

impl std::fmt::Debug for Scope<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Scope")
            .field("filter", &self.filter)
            .field("selections", &self.selections.len())
            .finish_non_exhaustive()
    }
}
