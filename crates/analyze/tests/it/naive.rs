//! What every analysis must answer, said as plainly as possible.

use crate::sessions::Row;
use footpath_analyze::{
    Bots, Counted, Direction, Filter, Order, Path, StepKinds, StepName, TopPaths, Transition,
};
use footpath_model::columns::SessionColumn;
use footpath_model::steps::StepKind;
use footpath_model::time::Timestamp;
use std::cmp::Reverse;
use std::collections::BTreeMap;

pub fn selected(rows: &[Row], filter: &Filter) -> Vec<Row> {
    let keeps = |row: &&Row| {
        let of_bots = match filter.bots {
            Bots::Exclude => !row.bot,
            Bots::Include => true,
            Bots::Only => row.bot,
        };
        of_bots && filter.range.contains(&Timestamp(row.start))
    };
    rows.iter().filter(keeps).cloned().collect()
}

pub fn count(rows: &[Row]) -> Counted {
    let with_errors = rows.iter().filter(|row| row.errors > 0).count() as u64;
    Counted { total: rows.len() as u64, with_errors }
}

pub fn first_start(rows: &[Row]) -> Option<Timestamp> {
    rows.iter().map(|row| Timestamp(row.start)).min()
}

pub fn histogram(rows: &[Row], edges: &[Timestamp]) -> Vec<u64> {
    let of = |pair: &[Timestamp]| {
        rows.iter().filter(|row| (pair[0]..pair[1]).contains(&Timestamp(row.start))).count() as u64
    };
    edges.windows(2).map(of).collect()
}

fn chosen(row: &Row, kinds: StepKinds) -> Vec<StepName> {
    let chosen = row.steps.iter().filter(|step| kinds.contains(step.0));
    chosen.map(|(kind, label)| StepName::new(*kind, label)).collect()
}

pub fn funnel(rows: &[Row], wanted: &[StepName]) -> Vec<u64> {
    // Whether `wanted` is a subsequence, by trying every way.
    fn has(steps: &[(StepKind, String)], wanted: &[StepName]) -> bool {
        wanted.split_first().is_none_or(|(first, rest)| {
            let is_first = |step: &(StepKind, String)| step.0 == first.kind && *step.1 == *first.label;
            (0..steps.len()).any(|at| is_first(&steps[at]) && has(&steps[at + 1..], rest))
        })
    }
    let reached = |n: usize| rows.iter().filter(|row| has(&row.steps, &wanted[..n])).count() as u64;
    (1..=wanted.len()).map(reached).collect()
}

pub fn transitions(rows: &[Row], kinds: StepKinds) -> Vec<Transition> {
    let mut counts = BTreeMap::<_, u64>::new();
    for row in rows {
        let mut stops = vec![None];
        stops.extend(chosen(row, kinds).into_iter().map(Some));
        stops.push(None);
        if stops.len() > 2 {
            stops
                .windows(2)
                .for_each(|pair| *counts.entry((pair[0].clone(), pair[1].clone())).or_default() += 1);
        }
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| Reverse(*count));
    counts.into_iter().map(|((from, to), count)| Transition { from, to, count }).collect()
}

pub fn paths(rows: &[Row], kinds: StepKinds, length: usize, limit: usize) -> TopPaths {
    let mut counts = BTreeMap::<Vec<StepName>, u64>::new();
    let mut sessions = 0;
    for row in rows {
        let steps: Vec<StepName> = chosen(row, kinds).into_iter().take(length).collect();
        if !steps.is_empty() {
            *counts.entry(steps).or_default() += 1;
            sessions += 1;
        }
    }
    let n_paths = counts.len() as u64;
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(_, sessions)| Reverse(*sessions));
    counts.truncate(limit);
    let paths = counts.into_iter().map(|(steps, sessions)| Path { steps, sessions }).collect();
    TopPaths { paths, n_paths, sessions }
}

/// Ids in the order of a list.
pub fn list(rows: &[Row], order: Order) -> Vec<u64> {
    let mut rows = rows.to_vec();
    let value = |row: &Row| match order.by() {
        SessionColumn::Start => Some(row.start),
        by => row.int(by).map(i64::from),
    };
    rows.sort_by_key(|row| {
        let value = value(row);
        let directed = match order.direction() {
            Direction::Ascending => value,
            Direction::Descending => value.map(|value| -value),
        };
        (value.is_none(), directed, Reverse(row.start), Reverse(row.id))
    });
    rows.iter().map(|row| row.id).collect()
}
