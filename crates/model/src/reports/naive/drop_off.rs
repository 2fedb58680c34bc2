//! Drop-off: every session's last step.

use crate::reports::document::Document;
use crate::reports::drop_off::{DropOff, DropOffAnswer, DropOffSelection, DropOffStep, WhichDropOff};
use crate::reports::pattern::Goal;
use crate::steps::StepName;
use std::cmp::Reverse;
use std::collections::BTreeSet;

fn reached<'a>(asked: &DropOff, document: &'a Document) -> Vec<&'a StepName> {
    document.steps_of(&asked.kinds).into_iter().map(|(_, did)| &did.name).collect()
}

fn is_one(asked: &DropOff, document: &Document, step: &StepName, which: WhichDropOff) -> bool {
    let reached = reached(asked, document);
    let is_last = reached.last() == Some(&step);
    let is_live = document.is_live(asked.as_of);
    let completed = document.steps.iter().any(|did| Goal::any(&asked.goals, did.name.kind, &did.name.label));
    reached.contains(&step)
        && match which {
            WhichDropOff::Reached => true,
            WhichDropOff::Continued => !is_last,
            WhichDropOff::Completed => is_last && !is_live && completed,
            WhichDropOff::Dropped => is_last && !is_live && !completed,
            WhichDropOff::Open => is_last && is_live,
        }
}

/// Where sessions are lost: so many steps, and the rest.
pub fn drop_off(documents: &[Document], asked: &DropOff, limit: usize) -> DropOffAnswer {
    let steps: BTreeSet<&StepName> = documents.iter().flat_map(|one| reached(asked, one)).collect();
    let mut steps: Vec<DropOffStep> = steps
        .into_iter()
        .map(|step| {
            let number =
                |which| documents.iter().filter(|one| is_one(asked, one, step, which)).count() as u64;
            DropOffStep {
                step: step.clone(),
                reached: number(WhichDropOff::Reached),
                continued: number(WhichDropOff::Continued),
                completed: number(WhichDropOff::Completed),
                dropped: number(WhichDropOff::Dropped),
                open: number(WhichDropOff::Open),
            }
        })
        .collect();
    steps.sort_by_key(|step| (Reverse(step.dropped), Reverse(step.reached), step.step.clone()));
    let dropped = steps.iter().map(|step| step.dropped).sum();
    let rest = steps.split_off(limit.min(steps.len()));
    DropOffAnswer {
        steps,
        rest: rest.len() as u64,
        rest_dropped: rest.iter().map(|step| step.dropped).sum(),
        dropped,
        out_of: documents.len() as u64,
    }
}

pub(super) fn keeps(document: &Document, selection: &DropOffSelection) -> bool {
    is_one(&selection.drop_off, document, &selection.step, selection.which)
}
