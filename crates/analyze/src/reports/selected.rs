//! Selections made ready: what the model says as data becomes a mask over the rows that the report itself counted.

use super::live::{LIVE_COLUMNS, Live};
use super::scope::{Scope, Selects, keep};
use super::{endings, funnels};
use crate::batch::SessionBatch;
use crate::reports::patterns::{RowSteps, place};
use crate::scheduler::RunError;
use arrow::buffer::BooleanBuffer;
use footpath_model::columns::SessionColumn as C;
use footpath_model::reports::document::AsOf;
use footpath_model::reports::selection::Selection;
use footpath_model::steps::StepName;
use std::sync::Arc;

impl Scope<'_> {
    /// Of these sessions, the ones behind a number.
    ///
    /// # Errors
    /// As [`Scope::run`]: endings look at what came later.
    pub fn select(&self, selection: &Selection) -> Result<Self, RunError> {
        let selects: Arc<dyn Selects> = match selection {
            Selection::All => return Ok(self.clone()),
            Selection::WithErrors => Arc::new(WithErrors),
            Selection::Live(as_of) => Arc::new(AreLive(*as_of)),
            Selection::SinglePage(as_of) => Arc::new(SinglePage(*as_of)),
            Selection::Bounced(as_of) => Arc::new(Bounced(*as_of)),
            Selection::Did(step) => Arc::new(DidStep(step.clone())),
            Selection::Segment(segment) => Arc::new(segment.clone()),
            Selection::Journey(journey) => Arc::new(journey.clone()),
            Selection::DropOff(selection) => Arc::new(selection.clone()),
            Selection::Ending(selection) => Arc::new(endings::selects(self, selection)?),
            Selection::Funnel(selection) => Arc::new(funnels::selects(selection)),
            Selection::Impact(selection) => Arc::new(selection.clone()),
            Selection::Called(selection) => Arc::new(selection.clone()),
        };
        Ok(self.within(selects))
    }
}

struct WithErrors;

impl Selects for WithErrors {
    fn columns(&self) -> Vec<C> {
        vec![C::Errors]
    }

    fn mask(&self, batch: &SessionBatch, selected: &BooleanBuffer) -> BooleanBuffer {
        let errors = batch.ints(C::Errors).values();
        keep(selected, |row| errors[row] > 0)
    }
}

struct Bounced(AsOf);

impl Selects for Bounced {
    fn columns(&self) -> Vec<C> {
        [&LIVE_COLUMNS[..], &[C::Bounced]].concat()
    }

    fn mask(&self, batch: &SessionBatch, selected: &BooleanBuffer) -> BooleanBuffer {
        let (live, bounced) = (Live::of(batch, self.0), batch.flags(C::Bounced));
        keep(selected, |row| bounced.value(row) && !live.is_live(row))
    }
}

struct SinglePage(AsOf);

impl Selects for SinglePage {
    fn columns(&self) -> Vec<C> {
        [&LIVE_COLUMNS[..], &[C::PageViews]].concat()
    }

    fn mask(&self, batch: &SessionBatch, selected: &BooleanBuffer) -> BooleanBuffer {
        let (live, views) = (Live::of(batch, self.0), batch.ints(C::PageViews).values());
        keep(selected, |row| views[row] == 1 && !live.is_live(row))
    }
}

struct AreLive(AsOf);

impl Selects for AreLive {
    fn columns(&self) -> Vec<C> {
        LIVE_COLUMNS.to_vec()
    }

    fn mask(&self, batch: &SessionBatch, selected: &BooleanBuffer) -> BooleanBuffer {
        let live = Live::of(batch, self.0);
        keep(selected, |row| live.is_live(row))
    }
}

struct DidStep(StepName);

impl Selects for DidStep {
    fn columns(&self) -> Vec<C> {
        vec![C::StepLabel]
    }

    fn mask(&self, batch: &SessionBatch, selected: &BooleanBuffer) -> BooleanBuffer {
        let Some(wanted) = place(batch, &self.0) else {
            return BooleanBuffer::new_unset(selected.len());
        };
        keep(selected, |row| {
            let steps = RowSteps::of(batch, row);
            steps.range().any(|at| steps.place(at) == wanted)
        })
    }
}
