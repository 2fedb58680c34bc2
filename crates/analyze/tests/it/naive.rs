//! What every analysis must answer, said as plainly as possible.

use crate::sessions::{Row, SEARCHES};
use footpath_analyze::{
    Bots, ClausesCounted, Counted, Direction, Filter, Order, PartCount, Path, StepKinds, StepName, TopPaths,
    Transition, ValueCount,
};
use footpath_model::columns::SessionColumn;
use footpath_model::steps::StepKind;
use footpath_model::time::Timestamp;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

pub fn selected(rows: &[Row], filter: &Filter) -> Vec<Row> {
    let keeps = |row: &&Row| {
        let of_bots = match filter.bots {
            Bots::Exclude => !row.bot,
            Bots::Include => true,
            Bots::Only => row.bot,
        };
        let found = filter.search.as_ref().is_none_or(|search| finds(&search.search().to_string(), row));
        of_bots && filter.range.contains(&Timestamp(row.start)) && found
    };
    rows.iter().filter(keeps).cloned().collect()
}

/// What a search means for a row.
fn finds(search: &str, row: &Row) -> bool {
    SEARCHES.iter().find(|(text, _)| *text == search).unwrap().1(row)
}

/// Sessions of each click's label that holds what is typed.
pub fn clicks(rows: &[Row], typed: &str) -> Vec<ValueCount> {
    let mut sessions = BTreeMap::<&str, u64>::new();
    for row in rows {
        let clicks = row.steps.iter().filter(|(kind, _)| *kind == StepKind::Click);
        let labels: BTreeSet<&str> = clicks.map(|(_, label)| label.as_str()).collect();
        for label in labels.into_iter().filter(|label| label.contains(typed)) {
            *sessions.entry(label).or_default() += 1;
        }
    }
    let mut sessions: Vec<_> = sessions.into_iter().collect();
    sessions.sort_by_key(|(label, sessions)| (!label.starts_with(typed), Reverse(*sessions)));
    let value = |(label, sessions): (&str, u64)| ValueCount { value: label.to_owned(), sessions };
    sessions.into_iter().map(value).collect()
}

/// What the parts of a search find that are joined by AND.
pub fn parts(rows: &[Row], parts: &[&str]) -> ClausesCounted {
    let count =
        |parts: &[&str]| rows.iter().filter(|row| parts.iter().all(|part| finds(part, row))).count() as u64;
    let part = |place: usize| {
        let mut others = parts.to_vec();
        let part = others.remove(place);
        PartCount { part: part.to_owned(), alone: count(&[part]), without: count(&others) }
    };
    let of = rows.len() as u64;
    ClausesCounted { found: count(parts), of, parts: (0..parts.len()).map(part).collect() }
}

pub fn count(rows: &[Row]) -> Counted {
    let with_errors = rows.iter().filter(|row| row.errors > 0).count() as u64;
    Counted { total: rows.len() as u64, with_errors }
}

pub fn first_start(rows: &[Row]) -> Option<Timestamp> {
    rows.iter().map(|row| Timestamp(row.start)).min()
}

pub fn histogram(rows: &[Row], edges: &[Timestamp]) -> Vec<Counted> {
    let of = |pair: &[Timestamp]| {
        let within = rows.iter().filter(|row| (pair[0]..pair[1]).contains(&Timestamp(row.start)));
        count(&within.cloned().collect::<Vec<_>>())
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
