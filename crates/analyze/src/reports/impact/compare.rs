//! Sessions that met an error at a page, and those that reached the page without it, by device and country.

use super::any_step;
use super::meet::{Meeting, Meetings, columns};
use crate::analysis::Analysis;
use crate::batch::SessionBatch;
use crate::reports::dimension::{self, Combined};
use crate::reports::patterns::{RowSteps, place};
use crate::reports::scope::rows;
use crate::vocabulary::Vocabulary;
use arrow::buffer::BooleanBuffer;
use footpath_model::columns::SessionColumn;
use footpath_model::reports::dimension::Dimension;
use footpath_model::reports::impact::{ErrorAt, ErrorImpact};
use footpath_model::reports::measures::SegmentKey;
use footpath_model::reports::statistics::Stratum;
use footpath_model::steps::{StepKind, StepName};
use std::collections::HashMap;

/// What sessions are matched by.
const MATCHED_BY: [Dimension; 2] = [Dimension::Device, Dimension::Country];

/// Counts both sides for some errors at pages.
#[derive(Debug)]
pub struct Compared<'a> {
    /// What is asked.
    pub asked: &'a ErrorImpact,
    /// The errors at pages.
    pub watched: Vec<ErrorAt>,
}

/// An error at a page, as places of a batch's dictionary; nothing where no step of the batch is that.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Watched {
    error: Option<u32>,
    page: Option<u32>,
    /// Whether the error came before any page.
    is_early: bool,
}

impl Watched {
    pub(super) fn of(at: &ErrorAt, batch: &SessionBatch) -> Self {
        let found = |kind, label: &str| place(batch, &StepName::new(kind, label)).map(|place| place as u32);
        Self {
            error: found(StepKind::Error, &at.error),
            page: at.page.as_ref().and_then(|page| found(StepKind::Page, page)),
            is_early: at.page.is_none(),
        }
    }

    /// The row's meeting with the error, where it was at the page.
    pub(super) fn met(self, meetings: &Meetings<'_>) -> Option<Meeting> {
        let meeting = meetings.met.iter().find(|meeting| Some(meeting.error) == self.error)?;
        let is_here = meeting.page == self.page && (self.page.is_some() || self.is_early);
        is_here.then_some(*meeting)
    }

    /// Whether the row, looked at before, is compared as one without the error, and whether it completed.
    pub(super) fn without(self, meetings: &Meetings<'_>, row: usize) -> Option<bool> {
        let page = self.page? as usize;
        let has_met = meetings.met.iter().any(|meeting| Some(meeting.error) == self.error);
        if has_met || meetings.is_live(row) {
            return None;
        }
        let steps = RowSteps::of(meetings.batch, row);
        let reached = steps.range().find(|&at| steps.place(at) == page)?;
        let is_goal = |at: usize| meetings.is_goal(steps.place(at));
        let had_completed = (steps.range().start..reached).any(is_goal);
        (!had_completed).then(|| (reached..steps.range().end).any(is_goal))
    }
}

/// By device and country, a stratum for each error at a page.
type Groups = HashMap<SegmentKey, Vec<Stratum>>;

impl Analysis for Compared<'_> {
    type Partial = Groups;
    /// For each error at a page its strata.
    type Answer = Vec<Vec<Stratum>>;

    fn columns(&self) -> Vec<SessionColumn> {
        let matched = MATCHED_BY.into_iter().flat_map(dimension::columns).copied();
        columns().into_iter().chain(matched).collect()
    }

    fn empty(&self) -> Groups {
        HashMap::new()
    }

    fn scan(&self, batch: &SessionBatch, selected: &BooleanBuffer) -> Groups {
        let combined = Combined::of(batch, &MATCHED_BY, self.asked.as_of);
        let mut meetings = Meetings::of(self.asked, batch);
        let watched: Vec<Watched> = self.watched.iter().map(|at| Watched::of(at, batch)).collect();
        let sides = Sides::of(batch, &watched);
        let n = watched.len();
        let mut table = vec![Stratum::default(); combined.number * n];
        let mut reached = Vec::new();
        for row in rows(selected).filter(|&row| any_step(batch, row, |place| sides.is_watched[place])) {
            if meetings.is_live(row) {
                continue;
            }
            meetings.meet(row);
            let strata = &mut table[combined.codes[row] as usize * n..][..n];
            // Each page once, with the share of errors at it that the row did not meet.
            sides.pages_of(&meetings, row, &mut reached);
            for &(page, completed) in &reached {
                for &at in &sides.errors_at[page] {
                    let has_met = meetings.met.iter().any(|one| Some(one.error) == watched[at].error);
                    if !has_met {
                        strata[at].without += 1;
                        strata[at].without_completed += u64::from(completed);
                    }
                }
            }
            for (at, watched) in watched.iter().enumerate() {
                if meetings.met.is_empty() {
                    break;
                }
                if let Some(meeting) = watched.met(&meetings).filter(|meeting| !meeting.had_completed) {
                    strata[at].with += 1;
                    strata[at].with_completed += u64::from(meetings.after(row, meeting).completed);
                }
            }
        }
        let groups = table
            .chunks(n.max(1))
            .enumerate()
            .filter(|(_, strata)| strata.iter().any(|stratum| stratum.with + stratum.without > 0));
        groups.map(|(at, strata)| (combined.key(at), strata.to_vec())).collect()
    }

    fn merge(&self, one: Groups, other: Groups) -> Groups {
        let (mut more, fewer) = if one.len() >= other.len() { (one, other) } else { (other, one) };
        for (key, strata) in fewer {
            let sums = more.entry(key).or_insert_with(|| vec![Stratum::default(); strata.len()]);
            for (sum, stratum) in sums.iter_mut().zip(strata) {
                sum.with += stratum.with;
                sum.with_completed += stratum.with_completed;
                sum.without += stratum.without;
                sum.without_completed += stratum.without_completed;
            }
        }
        more
    }

    fn finish(&self, groups: Groups, _: &Vocabulary) -> Vec<Vec<Stratum>> {
        let of = |at: usize| {
            let mut strata: Vec<Stratum> = groups.values().map(|strata| strata[at]).collect();
            strata.sort_unstable();
            strata
        };
        (0..self.watched.len()).map(of).collect()
    }
}

/// The pages that errors are watched at.
struct Sides {
    /// For each place whether a row that has it can be on either side.
    is_watched: Vec<bool>,
    /// For each place of the dictionary its number among watched pages.
    page_of: Vec<Option<usize>>,
    /// For each watched page the errors that are watched at it.
    errors_at: Vec<Vec<usize>>,
}

impl Sides {
    fn of(batch: &SessionBatch, watched: &[Watched]) -> Self {
        let n = batch.steps().dictionary().len();
        let mut sides = Self { is_watched: vec![false; n], page_of: vec![None; n], errors_at: Vec::new() };
        for (at, watched) in watched.iter().enumerate() {
            if let Some(error) = watched.error {
                sides.is_watched[error as usize] = true;
            }
            let Some(page) = watched.page else { continue };
            sides.is_watched[page as usize] = true;
            let number = *sides.page_of[page as usize].get_or_insert_with(|| {
                sides.errors_at.push(Vec::new());
                sides.errors_at.len() - 1
            });
            sides.errors_at[number].push(at);
        }
        sides
    }

    /// The watched pages that a row reached before any goal, each with whether it completed then.
    fn pages_of(&self, meetings: &Meetings<'_>, row: usize, reached: &mut Vec<(usize, bool)>) {
        reached.clear();
        let steps = RowSteps::of(meetings.batch, row);
        let mut completed = false;
        for at in steps.range() {
            let place = steps.place(at);
            if let Some(page) = self.page_of[place].filter(|_| !completed)
                && reached.iter().all(|(known, _)| *known != page)
            {
                reached.push((page, false));
            }
            completed |= meetings.is_goal(place);
        }
        // A goal at or after the first one is one for each, since none was before.
        reached.iter_mut().for_each(|(_, of_page)| *of_page = completed);
    }
}
