//! What changed most: everything that can be true of a session is counted in both periods, in one pass.

use super::dimension::{coded, columns};
use super::live::{LIVE_COLUMNS, Live};
use super::patterns::{RowSteps, kinds};
use super::scope::rows;
use crate::analysis::Analysis;
use crate::batch::SessionBatch;
use crate::vocabulary::{StepCode, Vocabulary};
use arrow::buffer::BooleanBuffer;
use footpath_model::columns::SessionColumn as C;
use footpath_model::reports::dimension::Dimension;
use footpath_model::reports::impact::ErrorAt;
use footpath_model::reports::insights::{
    INSIGHT_DIMENSIONS, INSIGHT_STEPS, Insight, InsightSubject, Insights,
};
use footpath_model::steps::StepKind;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::HashMap;
use std::hash::Hash;

/// [`Insights`] as an analysis. The filter must let through [`Insights::range`].
#[derive(Clone, Debug)]
pub struct InsightsAnalysis {
    /// What is asked.
    pub asked: Insights,
}

/// Sessions before and now.
type Both = [u64; 2];

/// What is counted.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    sessions: Both,
    settled: Both,
    with_errors: Both,
    bounced: Both,
    steps: FxHashMap<StepCode, Both>,
    errors: FxHashMap<(StepCode, Option<StepCode>), Both>,
    segments: HashMap<(Dimension, String), Both>,
}

impl Analysis for InsightsAnalysis {
    type Partial = Changes;
    type Answer = Vec<Insight>;

    fn columns(&self) -> Vec<C> {
        let of_dimensions = INSIGHT_DIMENSIONS.into_iter().flat_map(columns).copied();
        LIVE_COLUMNS.into_iter().chain([C::Errors, C::Bounced, C::StepLabel]).chain(of_dimensions).collect()
    }

    fn empty(&self) -> Changes {
        Changes::default()
    }

    fn scan(&self, batch: &SessionBatch, selected: &BooleanBuffer) -> Changes {
        let mut changes = Changes::default();
        let starts = batch.times(C::Start);
        let ranges = [&self.asked.before, &self.asked.now];
        for (period, range) in ranges.into_iter().enumerate() {
            let within = super::scope::keep(selected, |row| range.contains(&starts.get(row)));
            if within.count_set_bits() > 0 {
                changes.count(batch, &within, period, &self.asked);
            }
        }
        changes
    }

    fn merge(&self, mut one: Changes, other: Changes) -> Changes {
        add(&mut one.sessions, other.sessions);
        add(&mut one.settled, other.settled);
        add(&mut one.with_errors, other.with_errors);
        add(&mut one.bounced, other.bounced);
        other.steps.into_iter().for_each(|(key, both)| add(one.steps.entry(key).or_default(), both));
        other.errors.into_iter().for_each(|(key, both)| add(one.errors.entry(key).or_default(), both));
        other.segments.into_iter().for_each(|(key, both)| add(one.segments.entry(key).or_default(), both));
        one
    }

    fn finish(&self, changes: Changes, vocabulary: &Vocabulary) -> Vec<Insight> {
        let names = vocabulary.names();
        let whole = changes.sessions;
        let mut insights = vec![
            Insight::of(InsightSubject::Sessions, whole, whole),
            Insight::of(InsightSubject::WithErrors, changes.with_errors, whole),
            Insight::of(InsightSubject::Bounced, changes.bounced, changes.settled),
        ];
        insights.extend(
            changes.steps.iter().map(|(&code, &both)| {
                Insight::of(InsightSubject::Did(names.name(code).clone()), both, whole)
            }),
        );
        insights.extend(changes.segments.into_iter().map(|((dimension, value), both)| {
            Insight::of(InsightSubject::Segment(dimension, value), both, whole)
        }));
        let errors: Vec<(ErrorAt, Both)> = changes
            .errors
            .into_iter()
            .map(|((error, page), both)| {
                let label = |code| names.name(code).label.to_string();
                (ErrorAt { error: label(error), page: page.map(label) }, both)
            })
            .collect();
        let ranked = insights.into_iter().flatten().map(|insight| with_most(insight, &errors)).collect();
        Insight::ranked(ranked, self.asked.limit)
    }
}

fn add(one: &mut Both, other: Both) {
    one.iter_mut().zip(other).for_each(|(one, other)| *one += other);
}

/// Which of the errors explains most of an insight.
fn with_most(mut insight: Insight, errors: &[(ErrorAt, Both)]) -> Insight {
    let is_of = |error: &ErrorAt| match &insight.subject {
        InsightSubject::WithErrors => true,
        InsightSubject::Did(step) => step.kind == StepKind::Error && *step.label == *error.error,
        InsightSubject::Sessions | InsightSubject::Bounced | InsightSubject::Segment(..) => false,
    };
    let sign = if insight.standard_errors > 0.0 { 1 } else { -1 };
    let grew = |[before, now]: Both| sign * (i128::from(now) - i128::from(before));
    let most = errors
        .iter()
        .filter(|(error, both)| is_of(error) && grew(*both) > 0)
        .max_by(|one, other| grew(one.1).cmp(&grew(other.1)).then_with(|| other.0.cmp(&one.0)));
    insight.mostly = most.cloned();
    insight
}

impl Changes {
    fn count(&mut self, batch: &SessionBatch, within: &BooleanBuffer, period: usize, asked: &Insights) {
        let live = Live::of(batch, asked.as_of);
        let (errors, bounced) = (batch.ints(C::Errors).values(), batch.flags(C::Bounced));
        self.sessions[period] += within.count_set_bits() as u64;
        for row in rows(within) {
            self.with_errors[period] += u64::from(errors[row] > 0);
            if !live.is_live(row) {
                self.settled[period] += 1;
                self.bounced[period] += u64::from(bounced.value(row));
            }
        }
        self.count_steps(batch, within, period);
        for dimension in INSIGHT_DIMENSIONS {
            let coded = coded(batch, dimension, asked.as_of);
            let mut counts = vec![0; coded.values.len()];
            rows(within).for_each(|row| counts[coded.codes[row] as usize] += 1);
            for (value, sessions) in
                coded.values.into_iter().zip(counts).filter(|(_, sessions)| *sessions > 0)
            {
                if let Some(value) = value {
                    self.segments.entry((dimension, value.into_owned())).or_default()[period] += sessions;
                }
            }
        }
    }

    fn count_steps(&mut self, batch: &SessionBatch, within: &BooleanBuffer, period: usize) {
        let kinds = kinds(batch);
        let counted: Vec<bool> = kinds.iter().map(|kind| INSIGHT_STEPS.contains(kind)).collect();
        let mut counts = vec![0_u64; kinds.len()];
        // The row that had a step last, plus one, so that each session counts once.
        let mut had_by = vec![0_u32; kinds.len()];
        let mut errors = FxHashMap::<(u32, Option<u32>), u64>::default();
        let mut met = FxHashSet::default();
        for row in rows(within) {
            let steps = RowSteps::of(batch, row);
            let mut page = None;
            met.clear();
            for at in steps.range() {
                let place = steps.place(at);
                if !counted[place] {
                    continue;
                }
                counts[place] += u64::from(had_by[place] != row as u32 + 1);
                had_by[place] = row as u32 + 1;
                match kinds[place] {
                    StepKind::Page => page = Some(place as u32),
                    StepKind::Error if met.insert((place as u32, page)) => {
                        *errors.entry((place as u32, page)).or_default() += 1;
                    }
                    StepKind::Error
                    | StepKind::Click
                    | StepKind::Input
                    | StepKind::Submit
                    | StepKind::Request
                    | StepKind::Custom => {}
                }
            }
        }
        let code = |place: u32| batch.steps().dictionary()[place as usize];
        put(&mut self.steps, (0..).map(code).zip(counts).filter(|(_, sessions)| *sessions > 0), period);
        let named =
            |((error, page), sessions): ((u32, Option<u32>), u64)| ((code(error), page.map(code)), sessions);
        put(&mut self.errors, errors.into_iter().map(named), period);
    }
}

fn put<K: Eq + Hash>(counts: &mut FxHashMap<K, Both>, more: impl Iterator<Item = (K, u64)>, period: usize) {
    more.for_each(|(key, sessions)| counts.entry(key).or_default()[period] += sessions);
}
