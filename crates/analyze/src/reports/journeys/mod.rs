//! Common paths, as the model means them: a tree of prefixes, and the most frequent whole paths.

mod prefixes;
mod tree;
mod variants;
mod walk;

use super::scope::{Scope, Selects, keep};
use crate::batch::SessionBatch;
use crate::reports::patterns::place;
use crate::scheduler::RunError;
use arrow::buffer::BooleanBuffer;
use footpath_model::columns::SessionColumn;
use footpath_model::reports::journeys::{
    JourneySelection, Journeys, JourneysAnswer, MAX_DEPTH, WhichJourneys,
};
pub use prefixes::{Grown, Prefixes};
pub use tree::{NextSteps, NodeCells, Tree};
pub use variants::{VariantCells, VariantCounts};
use walk::{Open, Walk, open_columns};

/// Prefixes that are held at once, some 40 bytes each and as many again while they grow. A shop of ten million sessions and 250
/// routes has a third of this.
const MOST_PREFIXES: usize = 1 << 20;

/// Common paths, of one to [`MAX_DEPTH`] steps.
///
/// # Errors
/// As [`Scope::run`].
pub fn journeys(scope: &Scope<'_>, asked: &Journeys) -> Result<JourneysAnswer, RunError> {
    journeys_within(scope, asked, MOST_PREFIXES)
}

/// The same, with so many prefixes held at once.
///
/// # Errors
/// As [`Scope::run`].
pub fn journeys_within(scope: &Scope<'_>, asked: &Journeys, most: usize) -> Result<JourneysAnswer, RunError> {
    let asked = &Journeys { depth: asked.depth.clamp(1, MAX_DEPTH), ..asked.clone() };
    let Grown { tree, paths, n_variants } = match scope.run(&Prefixes { asked, most })? {
        Some(grown) => grown,
        None => grown(scope, asked)?,
    };
    let cells = (NodeCells { asked, tree: &tree }, VariantCells::new(asked, paths));
    let ((out_of, nodes), variants) = scope.run(&cells)?;
    Ok(JourneysAnswer { nodes, variants, n_variants, out_of })
}

/// A pass for each depth, and one for the whole paths.
fn grown(scope: &Scope<'_>, asked: &Journeys) -> Result<Grown, RunError> {
    let mut tree = Tree::root();
    for _ in 0..asked.depth {
        let next = scope.run(&NextSteps { asked, tree: &tree })?;
        if !tree.grow(next, asked.breadth) {
            break;
        }
    }
    let (paths, n_variants) = scope.run(&VariantCounts(asked))?;
    Ok(Grown { tree, paths, n_variants })
}

impl Selects for JourneySelection {
    fn columns(&self) -> Vec<SessionColumn> {
        [open_columns(&self.journeys), &[SessionColumn::StepLabel]].concat()
    }

    fn mask(&self, batch: &SessionBatch, selected: &BooleanBuffer) -> BooleanBuffer {
        let none = || BooleanBuffer::new_unset(selected.len());
        let at = |name| Some(place(batch, name)? as u32);
        let Some(steps) = self.steps.iter().map(at).collect::<Option<Vec<u32>>>() else { return none() };
        let but: Vec<u32> = match &self.which {
            WhichJourneys::ContinuedBut(but) => but.iter().filter_map(at).collect(),
            WhichJourneys::All
            | WhichJourneys::Continued
            | WhichJourneys::Ended
            | WhichJourneys::Open
            | WhichJourneys::Exactly => Vec::new(),
        };
        let mut walk = Walk::new(&self.journeys, batch, self.journeys.depth.max(steps.len()) + 1);
        let open = Open::of(&self.journeys, batch);
        keep(selected, |row| {
            let stops = |walk: &Walk<'_>| {
                walk.path.len() >= steps.len()
                    && steps.iter().zip(&walk.path).all(|(want, stop)| *want == stop.place)
            };
            if !walk.walk(row) || !stops(&walk) {
                return false;
            }
            let next = walk.path.get(steps.len()).map(|stop| stop.place);
            match &self.which {
                WhichJourneys::All => true,
                WhichJourneys::Continued => next.is_some(),
                WhichJourneys::ContinuedBut(_) => next.is_some_and(|next| !but.contains(&next)),
                WhichJourneys::Ended => next.is_none() && !open.is_open(row),
                WhichJourneys::Open => next.is_none() && open.is_open(row),
                WhichJourneys::Exactly => next.is_none() || steps.len() == self.journeys.depth,
            }
        })
    }
}
