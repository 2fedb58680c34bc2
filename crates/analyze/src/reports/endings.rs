//! Endings at a step. What is seen of a session is gathered in one walk over its steps; the rules are then tried in order.
//!
//! What other sessions tell is found first: whether any touched a field at the step, and when each visitor last began a session
//! that reached a goal.

use super::live::{LIVE_COLUMNS, Live};
use super::over_time::buckets;
use super::patterns::{RowSteps, goals, kinds, place, places, step_times};
use super::scope::{Scope, Selects, keep, rows};
use crate::analysis::Analysis;
use crate::batch::{SessionBatch, visitor_hash};
use crate::scheduler::RunError;
use crate::source::RowRef;
use crate::vocabulary::{StepCode, Vocabulary};
use arrow::buffer::BooleanBuffer;
use footpath_model::columns::SessionColumn as C;
use footpath_model::reports::endings::{
    ENDED_AFTER_MS, Ending, EndingCondition, EndingDetail, EndingSelection, Endings, EndingsAnswer,
    EndingsLayout, Evidence, LOOP_SUBMITS,
};
use footpath_model::reports::pattern::Goal;
use footpath_model::steps::{StepKind, StepName};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// How sessions that reached a step ended.
///
/// # Errors
/// As [`Scope::run`].
pub fn endings(
    scope: &Scope<'_>,
    asked: &Endings,
    layout: &EndingsLayout,
) -> Result<EndingsAnswer, RunError> {
    let facts = Facts::find(scope, asked)?;
    scope.run(&EndingsAnalysis { asked, layout, facts: &facts })
}

/// What decided a session's ending, and the name of that step.
pub type Decided = (Evidence, StepName);

/// What decided the endings of some sessions, with the name of that step; nothing for those that did not reach the step.
///
/// # Errors
/// As [`Scope::run`].
pub fn evidence(
    scope: &Scope<'_>,
    asked: &Endings,
    found: &[RowRef],
) -> Result<Vec<Option<Decided>>, RunError> {
    let facts = Facts::find(scope, asked)?;
    let columns = [columns(asked), vec![C::StepKind]].concat();
    let loaded = scope.scheduler().take(scope.source(), found, &columns)?;
    let batch = SessionBatch::new(0, &loaded, &columns, &Arc::default())?;
    let judge = Judge::of(asked, &facts, &batch);
    let names = batch.vocabulary().names();
    let of = |row| {
        let (rule, step) = judge.ending(row)?;
        let steps = RowSteps::of(&batch, row);
        let name = names.name(batch.steps().dictionary()[steps.place(step)]).clone();
        let offset_ms = i64::from(judge.times[step]);
        Some((Evidence { rule, step: step - steps.range().start, offset_ms }, name))
    };
    Ok((0..found.len()).map(of).collect())
}

/// What other sessions tell of one's ending.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    has_form: bool,
    /// By visitor, the latest start of a session that reached a goal, microseconds.
    completed: FxHashMap<u64, i64>,
}

impl Facts {
    fn find(scope: &Scope<'_>, asked: &Endings) -> Result<Self, RunError> {
        let has_form = match asked.has_form {
            Some(has_form) => has_form,
            None => scope.run(&HasForm(asked))?,
        };
        let looks_ahead = asked.rules.look_ahead() && !asked.goals.is_empty();
        let completed = match looks_ahead {
            true => scope.onwards().run(&Completed(&asked.goals))?,
            false => FxHashMap::default(),
        };
        Ok(Self { has_form, completed })
    }
}

/// When each visitor last began a session that reached a goal.
#[derive(Debug)]
pub struct Completed<'a>(pub &'a [Goal]);

impl Analysis for Completed<'_> {
    type Partial = FxHashMap<u64, i64>;
    type Answer = FxHashMap<u64, i64>;

    fn columns(&self) -> Vec<C> {
        vec![C::Visitor, C::Start, C::StepLabel]
    }

    fn empty(&self) -> Self::Partial {
        FxHashMap::default()
    }

    fn scan(&self, batch: &SessionBatch, selected: &BooleanBuffer) -> Self::Partial {
        let mut latest = FxHashMap::default();
        let goals = goals(batch, self.0);
        if !goals.contains(&true) {
            return latest;
        }
        let (visitors, starts) = (batch.visitors(), batch.times(C::Start).micros());
        for row in rows(selected) {
            let steps = RowSteps::of(batch, row);
            if steps.range().any(|at| goals[steps.place(at)]) {
                let start = latest.entry(visitor_hash(visitors[row])).or_insert(i64::MIN);
                *start = starts[row].max(*start);
            }
        }
        latest
    }

    fn merge(&self, one: Self::Partial, other: Self::Partial) -> Self::Partial {
        let (mut more, fewer) = if one.len() >= other.len() { (one, other) } else { (other, one) };
        for (visitor, start) in fewer {
            let latest = more.entry(visitor).or_insert(start);
            *latest = start.max(*latest);
        }
        more
    }

    fn finish(&self, latest: Self::Partial, _: &Vocabulary) -> Self::Partial {
        latest
    }
}

/// Whether any session touched a field at the step.
#[derive(Debug)]
pub struct HasForm<'a>(pub &'a Endings);

impl Analysis for HasForm<'_> {
    type Partial = bool;
    type Answer = bool;

    fn columns(&self) -> Vec<C> {
        vec![C::StepLabel]
    }

    fn empty(&self) -> bool {
        false
    }

    fn scan(&self, batch: &SessionBatch, selected: &BooleanBuffer) -> bool {
        let steps = StepsSeen::of(self.0, batch);
        steps.kinds.contains(&StepKind::Input)
            && rows(selected).any(|row| steps.look(row).is_some_and(|seen| seen.field.is_some()))
    }

    fn merge(&self, one: bool, other: bool) -> bool {
        one || other
    }

    fn finish(&self, has_form: bool, _: &Vocabulary) -> bool {
        has_form
    }
}

fn columns(asked: &Endings) -> Vec<C> {
    let mut columns = [&LIVE_COLUMNS[..], &[C::StepLabel, C::StepOffset]].concat();
    if asked.rules.look_ahead() {
        columns.push(C::Visitor);
    }
    columns
}

/// What is seen of a session that reached the step; places among the batch's steps.
#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    /// Start of the last stay.
    arrived: usize,
    goal: Option<usize>,
    /// Of the last stay and what came after.
    error: Option<usize>,
    request: Option<usize>,
    submit: Option<usize>,
    /// How often the last form was submitted, one after the other.
    submits: u32,
    /// The last field touched at the step.
    field: Option<usize>,
    /// No other page has followed it yet.
    is_filling: bool,
    /// A submission followed it, and then another page.
    submitted: bool,
    sent: bool,
    /// The first other page after the last arrival.
    elsewhere: Option<usize>,
    last: usize,
}

/// Sees in the steps of a batch's sessions what endings are judged by.
struct StepsSeen<'a> {
    asked: &'a Endings,
    batch: &'a SessionBatch,
    kinds: Vec<StepKind>,
    at: Vec<bool>,
    goals: Vec<bool>,
}

impl<'a> StepsSeen<'a> {
    fn of(asked: &'a Endings, batch: &'a SessionBatch) -> Self {
        Self {
            asked,
            batch,
            kinds: kinds(batch),
            at: places(batch, [&asked.at]),
            goals: goals(batch, &asked.goals),
        }
    }

    /// Nothing where the session did not reach the step.
    fn look(&self, row: usize) -> Option<Seen> {
        let steps = RowSteps::of(self.batch, row);
        let mut range = steps.range();
        let reached = range.clone().find(|&at| self.at[steps.place(at)])?;
        range.start = reached;
        let mut seen = Seen { arrived: reached, ..Seen::default() };
        // Whether the page is the step's, or the step is not parted from here by a page.
        let mut is_at = false;
        let at_pages = self.asked.at.kind == StepKind::Page;
        for at in range {
            let place = steps.place(at);
            let kind = self.kinds[place];
            seen.last = at;
            if seen.goal.is_none() && self.goals[place] {
                seen.goal = Some(at);
            }
            if self.at[place] {
                // Views of the step that no other page parts are one arrival.
                if !is_at || !at_pages {
                    seen = Seen {
                        arrived: at,
                        elsewhere: None,
                        error: None,
                        request: None,
                        submit: None,
                        submits: 0,
                        ..seen
                    };
                }
                is_at = true;
                if kind == StepKind::Page {
                    continue;
                }
            }
            match kind {
                StepKind::Page => {
                    is_at = false;
                    seen.elsewhere = seen.elsewhere.or(Some(at));
                    seen.sent |= seen.is_filling && seen.submitted;
                    seen.is_filling = false;
                }
                StepKind::Error => seen.error = Some(at),
                StepKind::Request => seen.request = Some(at),
                StepKind::Submit => {
                    let same = seen.submit.is_some_and(|before| steps.place(before) == place);
                    seen.submits = if same { seen.submits + 1 } else { 1 };
                    seen.submit = Some(at);
                    seen.submitted |= seen.is_filling;
                }
                StepKind::Input if is_at => {
                    seen.field = Some(at);
                    (seen.is_filling, seen.submitted, seen.sent) = (true, false, false);
                }
                StepKind::Input | StepKind::Click | StepKind::Custom => {}
            }
        }
        Some(seen)
    }
}

/// Says how sessions of a batch ended.
struct Judge<'a> {
    asked: &'a Endings,
    facts: &'a Facts,
    batch: &'a SessionBatch,
    steps: StepsSeen<'a>,
    live: Live<'a>,
    times: &'a [i32],
    /// For each rule and place whether the rule wants its label.
    wants: Vec<Vec<bool>>,
}

impl<'a> Judge<'a> {
    fn of(asked: &'a Endings, facts: &'a Facts, batch: &'a SessionBatch) -> Self {
        let names = batch.vocabulary().names();
        let dictionary = batch.steps().dictionary();
        let wants = |when: &EndingCondition| {
            dictionary.iter().map(|&code| when.wants(&names.name(code).label)).collect()
        };
        let wants = asked.rules.rules().iter().map(|rule| wants(&rule.when)).collect();
        drop(names);
        Self {
            asked,
            facts,
            batch,
            steps: StepsSeen::of(asked, batch),
            live: Live::of(batch, asked.as_of),
            times: step_times(batch),
            wants,
        }
    }

    /// The rule and the step of evidence; nothing where the session did not reach the step.
    fn ending(&self, row: usize) -> Option<(usize, usize)> {
        let seen = self.steps.look(row)?;
        let steps = RowSteps::of(self.batch, row);
        let duration = self.batch.ints(C::Duration).value(row);
        let ended = |at: Option<usize>| {
            let left = |at: usize| i64::from(duration) - i64::from(self.times[at]);
            at.filter(|&at| seen.elsewhere.is_none() && left(at) <= ENDED_AFTER_MS)
        };
        let came_back = || {
            let start = self.batch.times(C::Start).micros()[row];
            let latest = self.facts.completed.get(&visitor_hash(self.batch.visitors()[row]));
            latest.is_some_and(|&latest| latest > start)
        };
        let evidence = |when: &EndingCondition| match when {
            EndingCondition::Completed => seen.goal,
            EndingCondition::StillOpen => self.live.is_live(row).then_some(seen.last),
            EndingCondition::BlockedByError { .. } => ended(seen.error),
            EndingCondition::FailedRequest { .. } => ended(seen.request),
            EndingCondition::ValidationLoop { .. } => {
                seen.submit.filter(|_| seen.submits >= LOOP_SUBMITS && seen.elsewhere.is_none())
            }
            EndingCondition::AbandonedAt { .. } => seen.field.filter(|_| !seen.sent),
            EndingCondition::LeftBeforeDetails => {
                (self.facts.has_form && seen.field.is_none()).then_some(seen.arrived)
            }
            EndingCondition::WentElsewhere { .. } => seen.elsewhere,
            EndingCondition::CameBackAndCompleted => came_back().then_some(seen.arrived),
            EndingCondition::Idle => Some(seen.last),
        };
        let rules = self.asked.rules.rules().iter().zip(&self.wants).enumerate();
        rules
            .filter_map(|(at, (rule, wants))| {
                let step = evidence(&rule.when)?;
                wants[steps.place(step)].then_some((at, step))
            })
            .next()
    }
}

/// [`endings`] as an analysis, once facts are found.
#[derive(Debug)]
pub struct EndingsAnalysis<'a> {
    /// What is asked.
    pub asked: &'a Endings,
    /// How the answer is laid out.
    pub layout: &'a EndingsLayout,
    /// What other sessions tell.
    pub facts: &'a Facts,
}

/// What is gathered of the endings.
#[derive(Clone, Debug, Default)]
pub struct EndingCounts {
    out_of: u64,
    sessions: Vec<u64>,
    /// By bucket, then rule.
    trend: Vec<Vec<u64>>,
    details: FxHashMap<(usize, StepCode), u64>,
}

impl Analysis for EndingsAnalysis<'_> {
    type Partial = EndingCounts;
    type Answer = EndingsAnswer;

    fn columns(&self) -> Vec<C> {
        columns(self.asked)
    }

    fn empty(&self) -> EndingCounts {
        let n_rules = self.asked.rules.rules().len();
        EndingCounts {
            sessions: vec![0; n_rules],
            trend: vec![vec![0; n_rules]; self.layout.edges.len().saturating_sub(1)],
            ..EndingCounts::default()
        }
    }

    fn scan(&self, batch: &SessionBatch, selected: &BooleanBuffer) -> EndingCounts {
        let mut counts = self.empty();
        counts.out_of = selected.count_set_bits() as u64;
        let judge = Judge::of(self.asked, self.facts, batch);
        if !judge.steps.at.contains(&true) {
            return counts;
        }
        let bucket_of = buckets(batch, &self.layout.edges);
        let rules = self.asked.rules.rules();
        let mut details = FxHashMap::<(usize, usize), u64>::default();
        for row in rows(selected) {
            let Some((rule, step)) = judge.ending(row) else { continue };
            counts.sessions[rule] += 1;
            if let Some(of_bucket) = counts.trend.get_mut(bucket_of[row] as usize) {
                of_bucket[rule] += 1;
            }
            if rules[rule].when.has_details() {
                *details.entry((rule, RowSteps::of(batch, row).place(step))).or_default() += 1;
            }
        }
        let code = |place: usize| batch.steps().dictionary()[place];
        counts.details = details.into_iter().map(|((rule, at), n)| ((rule, code(at)), n)).collect();
        counts
    }

    fn merge(&self, mut one: EndingCounts, other: EndingCounts) -> EndingCounts {
        let add = |one: &mut Vec<u64>, other: Vec<u64>| {
            one.iter_mut().zip(other).for_each(|(one, other)| *one += other);
        };
        one.out_of += other.out_of;
        add(&mut one.sessions, other.sessions);
        one.trend.iter_mut().zip(other.trend).for_each(|(one, other)| add(one, other));
        other.details.into_iter().for_each(|(key, n)| *one.details.entry(key).or_default() += n);
        one
    }

    fn finish(&self, counts: EndingCounts, vocabulary: &Vocabulary) -> EndingsAnswer {
        let names = vocabulary.names();
        let rules = self.asked.rules.rules();
        let mut details = vec![Vec::new(); rules.len()];
        for ((rule, code), sessions) in counts.details {
            details[rule].push(EndingDetail { step: names.name(code).clone(), sessions });
        }
        let ending = |(rule, mut details): (usize, Vec<EndingDetail>)| {
            details.sort_unstable_by(|one, other| {
                other.sessions.cmp(&one.sessions).then_with(|| one.step.cmp(&other.step))
            });
            details.truncate(self.layout.details);
            Ending {
                name: rules[rule].name.clone(),
                sessions: counts.sessions[rule],
                trend: counts.trend.iter().map(|of_bucket| of_bucket[rule]).collect(),
                details,
            }
        };
        EndingsAnswer {
            reached: counts.sessions.iter().sum(),
            endings: details.into_iter().enumerate().map(ending).collect(),
            has_form: self.facts.has_form,
            out_of: counts.out_of,
        }
    }
}

struct EndingMask {
    selection: EndingSelection,
    facts: Facts,
}

/// The sessions of an ending.
pub(crate) fn selects(
    scope: &Scope<'_>,
    selection: &EndingSelection,
) -> Result<impl Selects + use<>, RunError> {
    let facts = Facts::find(scope, &selection.endings)?;
    Ok(EndingMask { selection: selection.clone(), facts })
}

impl Selects for EndingMask {
    fn columns(&self) -> Vec<C> {
        columns(&self.selection.endings)
    }

    fn mask(&self, batch: &SessionBatch, selected: &BooleanBuffer) -> BooleanBuffer {
        let detail = self.selection.detail.as_ref().map(|detail| place(batch, detail));
        if detail == Some(None) {
            return BooleanBuffer::new_unset(selected.len());
        }
        let judge = Judge::of(&self.selection.endings, &self.facts, batch);
        keep(selected, |row| {
            judge.ending(row).is_some_and(|(rule, step)| {
                let is_step = |detail| detail == Some(RowSteps::of(batch, row).place(step));
                self.selection.rule.is_none_or(|wanted| wanted == rule) && detail.is_none_or(is_step)
            })
        })
    }
}
