//! Error impact, as the model means it, in three passes: which errors at which pages most sessions met; what became of them; and
//! how they compare with sessions of the same device and country that reached those pages without the error.

mod compare;
mod meet;

use super::patterns::RowSteps;
use super::scope::{Scope, Selects, keep, rows};
use crate::analysis::Analysis;
use crate::batch::SessionBatch;
use crate::scheduler::RunError;
use crate::vocabulary::{StepCode, Vocabulary};
use arrow::buffer::BooleanBuffer;
pub use compare::Compared;
use compare::Watched;
use footpath_model::columns::SessionColumn;
use footpath_model::reports::impact::{
    Alternative, Comparison, ErrorAt, ErrorImpact, ErrorImpactAnswer, Impact, ImpactSelection, WhichImpact,
};
use footpath_model::steps::{StepKind, StepName};
use meet::{Meetings, columns};
use rustc_hash::FxHashMap;
use std::cmp::Reverse;

/// What errors did.
///
/// # Errors
/// As [`Scope::run`].
pub fn error_impact(scope: &Scope<'_>, asked: &ErrorImpact) -> Result<ErrorImpactAnswer, RunError> {
    let met = scope.run(&Met { asked })?;
    let comparisons: Vec<Comparison> = match asked.goals.is_empty() {
        true => vec![Comparison::NoGoals; met.rows.len()],
        false => {
            let watched = met.rows.iter().map(|row| row.at.clone()).collect();
            let groups = scope.run(&Compared { asked, watched })?;
            groups.into_iter().map(Comparison::of).collect()
        }
    };
    let rows = met.rows.into_iter().zip(comparisons);
    let rows = rows.map(|(row, comparison)| Impact { comparison, ..row }).collect();
    Ok(ErrorImpactAnswer { rows: ErrorImpactAnswer::ranked(rows), ..met })
}

/// What became of the sessions that met each error at each page.
#[derive(Debug)]
pub struct Met<'a> {
    /// What is asked.
    pub asked: &'a ErrorImpact,
}

/// An error, and the page that it came at.
type At = (StepCode, Option<StepCode>);

/// What is gathered of an error at a page.
#[derive(Clone, Debug, Default)]
pub struct MetCell {
    sessions: u64,
    ended: u64,
    open: u64,
    retried: u64,
    retries: u64,
    succeeded: u64,
    completed: u64,
    alternatives: FxHashMap<StepCode, u64>,
}

/// What is gathered of all errors.
#[derive(Debug, Default)]
pub struct MetCells {
    out_of: u64,
    sessions: u64,
    cells: FxHashMap<At, MetCell>,
}

impl Analysis for Met<'_> {
    type Partial = MetCells;
    /// Without comparisons.
    type Answer = ErrorImpactAnswer;

    fn columns(&self) -> Vec<SessionColumn> {
        columns()
    }

    fn empty(&self) -> MetCells {
        MetCells::default()
    }

    fn scan(&self, batch: &SessionBatch, selected: &BooleanBuffer) -> MetCells {
        let mut gathered = MetCells { out_of: selected.count_set_bits() as u64, ..MetCells::default() };
        let mut meetings = Meetings::of(self.asked, batch);
        if !meetings.has_errors() {
            return gathered;
        }
        let dictionary = batch.steps().dictionary();
        let code = |place: u32| dictionary[place as usize];
        for row in rows(selected) {
            if !meetings.meet(row) {
                continue;
            }
            gathered.sessions += 1;
            for at in 0..meetings.met.len() {
                let meeting = meetings.met[at];
                let after = meetings.after(row, meeting);
                let cell = gathered.cells.entry((code(meeting.error), meeting.page.map(code))).or_default();
                cell.sessions += 1;
                cell.ended += u64::from(after.ended);
                cell.open += u64::from(after.open);
                cell.retried += u64::from(after.retries > 0);
                cell.retries += after.retries;
                cell.succeeded += after.succeeded;
                cell.completed += u64::from(after.completed);
                if let Some(page) = after.alternative {
                    *cell.alternatives.entry(code(page)).or_default() += 1;
                }
            }
        }
        gathered
    }

    fn merge(&self, one: MetCells, other: MetCells) -> MetCells {
        let (out_of, sessions) = (one.out_of + other.out_of, one.sessions + other.sessions);
        let (mut more, fewer) = if one.cells.len() >= other.cells.len() {
            (one.cells, other.cells)
        } else {
            (other.cells, one.cells)
        };
        for (at, cell) in fewer {
            let sum = more.entry(at).or_default();
            sum.sessions += cell.sessions;
            sum.ended += cell.ended;
            sum.open += cell.open;
            sum.retried += cell.retried;
            sum.retries += cell.retries;
            sum.succeeded += cell.succeeded;
            sum.completed += cell.completed;
            cell.alternatives
                .into_iter()
                .for_each(|(page, n)| *sum.alternatives.entry(page).or_default() += n);
        }
        MetCells { out_of, sessions, cells: more }
    }

    fn finish(&self, gathered: MetCells, vocabulary: &Vocabulary) -> ErrorImpactAnswer {
        let names = vocabulary.names();
        let label = |code: StepCode| names.name(code).label.to_string();
        let named = |((error, page), cell): (At, MetCell)| {
            (ErrorAt { error: label(error), page: page.map(label) }, cell)
        };
        let mut cells: Vec<(ErrorAt, MetCell)> = gathered.cells.into_iter().map(named).collect();
        cells.sort_unstable_by(|one, other| {
            (Reverse(one.1.sessions), &one.0).cmp(&(Reverse(other.1.sessions), &other.0))
        });
        let rest = cells.split_off(self.asked.limit.min(cells.len())).len() as u64;
        let row = |(at, cell): (ErrorAt, MetCell)| {
            let alternative = cell.alternatives.values().sum();
            let page = |(page, sessions)| Alternative { page: names.name(page).clone(), sessions };
            let mut alternatives: Vec<Alternative> = cell.alternatives.into_iter().map(page).collect();
            alternatives.sort_unstable_by(|one, other| {
                other.sessions.cmp(&one.sessions).then_with(|| one.page.cmp(&other.page))
            });
            alternatives.truncate(self.asked.alternatives);
            Impact {
                at,
                sessions: cell.sessions,
                ended: cell.ended,
                went_on: cell.sessions - cell.ended - cell.open,
                open: cell.open,
                retried: cell.retried,
                retries: cell.retries,
                retries_succeeded: cell.succeeded,
                alternative,
                alternatives,
                completed: cell.completed,
                comparison: Comparison::NoGoals,
            }
        };
        ErrorImpactAnswer {
            rows: cells.into_iter().map(row).collect(),
            rest,
            sessions: gathered.sessions,
            out_of: gathered.out_of,
        }
    }
}

impl Selects for ImpactSelection {
    fn columns(&self) -> Vec<SessionColumn> {
        columns()
    }

    fn mask(&self, batch: &SessionBatch, selected: &BooleanBuffer) -> BooleanBuffer {
        let mut meetings = Meetings::of(&self.impact, batch);
        let watched = Watched::of(&self.at, batch);
        if self.which == WhichImpact::Without {
            return keep(selected, |row| {
                meetings.meet(row);
                watched.without(&meetings, row).is_some()
            });
        }
        let wanted_page = match &self.which {
            WhichImpact::Alternative(Some(page)) => {
                super::patterns::place(batch, &StepName::new(StepKind::Page, page)).map(|place| place as u32)
            }
            WhichImpact::All
            | WhichImpact::Ended
            | WhichImpact::WentOn
            | WhichImpact::Open
            | WhichImpact::Retried
            | WhichImpact::Alternative(None)
            | WhichImpact::Completed
            | WhichImpact::Without => None,
        };
        keep(selected, |row| {
            meetings.meet(row);
            let Some(meeting) = watched.met(&meetings) else { return false };
            let after = meetings.after(row, meeting);
            match &self.which {
                WhichImpact::All => true,
                WhichImpact::Ended => after.ended,
                WhichImpact::WentOn => !after.ended && !after.open,
                WhichImpact::Open => after.open,
                WhichImpact::Retried => after.retries > 0,
                WhichImpact::Alternative(None) => after.alternative.is_some(),
                WhichImpact::Alternative(Some(_)) => {
                    wanted_page.is_some() && after.alternative == wanted_page
                }
                WhichImpact::Completed => after.completed,
                WhichImpact::Without => false,
            }
        })
    }
}

/// Whether any step of a row is so.
fn any_step(batch: &SessionBatch, row: usize, is_so: impl Fn(usize) -> bool) -> bool {
    let steps = RowSteps::of(batch, row);
    steps.range().any(|at| is_so(steps.place(at)))
}
