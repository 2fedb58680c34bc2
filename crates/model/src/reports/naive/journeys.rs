//! Paths: every session's, then how many begin alike.

use super::{span, timing};
use crate::reports::document::{Did, Document};
use crate::reports::journeys::{
    JourneySelection, Journeys, JourneysAnswer, MAX_NODES_OF_A_DEPTH, Node, Rest, Stretch, Variant,
    WhichJourneys, path_number, step_number,
};
use crate::reports::pattern::StepPattern;
use crate::steps::StepName;
use std::cmp::Reverse;
use std::collections::BTreeSet;

/// A session's path: each step with how often it repeats itself and when it first came.
struct Path {
    steps: Vec<(StepName, u64, i64)>,
    is_open: bool,
}

fn path(asked: &Journeys, document: &Document) -> Option<Path> {
    let fits = |pattern: &StepPattern, did: &Did| pattern.matches(did.name.kind, &did.name.label);
    let all = &document.steps;
    let first_after =
        |pattern: &StepPattern, after: usize| (after..all.len()).find(|&place| fits(pattern, &all[place]));
    let is_of_kind = |place: &usize| asked.kinds.contains(&all[*place].name.kind);
    // Places of the ends, which are in the path whatever their kind.
    let (from, to) = match &asked.stretch {
        Stretch::Forwards { from: None } => ((0..all.len()).find(is_of_kind)?, all.len() - 1),
        Stretch::Forwards { from: Some(from) } => (first_after(from, 0)?, all.len() - 1),
        Stretch::Backwards { to: None } => (0, (0..all.len()).rev().find(is_of_kind)?),
        Stretch::Backwards { to: Some(to) } => (0, first_after(to, 0)?),
        Stretch::Between { from, to } => {
            let from = first_after(from, 0)?;
            (from, first_after(to, from + 1)?)
        }
    };
    let is_end = |place: &usize| match &asked.stretch {
        Stretch::Forwards { .. } => *place == from,
        Stretch::Backwards { .. } => *place == to,
        Stretch::Between { .. } => *place == from || *place == to,
    };
    let mut steps: Vec<(StepName, u64, i64)> = Vec::new();
    for place in (from..=to).filter(|place| is_end(place) || is_of_kind(place)) {
        match steps.last_mut() {
            Some(last) if asked.collapse && last.0 == all[place].name => last.1 += 1,
            _ => steps.push((all[place].name.clone(), 1, all[place].offset_ms)),
        }
    }
    let is_forwards = matches!(asked.stretch, Stretch::Forwards { .. });
    if matches!(asked.stretch, Stretch::Backwards { .. }) {
        steps.reverse();
    }
    Some(Path { steps, is_open: is_forwards && document.is_live(asked.as_of) })
}

impl Path {
    fn begins(&self, steps: &[StepName]) -> bool {
        self.steps.len() >= steps.len() && steps.iter().zip(&self.steps).all(|(want, is)| *want == is.0)
    }

    fn next(&self, depth: usize) -> Option<&StepName> {
        self.steps.get(depth).map(|step| &step.0)
    }

    fn time(&self, one: usize, other: usize) -> u64 {
        let [one, other] = [self.steps[one].2, self.steps[other].2];
        span(one.min(other), one.max(other))
    }
}

/// Common paths.
pub fn journeys(documents: &[Document], asked: &Journeys) -> JourneysAnswer {
    let paths: Vec<Path> = documents.iter().filter_map(|document| path(asked, document)).collect();
    let mut nodes = vec![node(asked, &paths, Vec::new(), None, &[])];
    let mut level = vec![0];
    for depth in 1..=asked.depth {
        let mut children: Vec<(usize, StepName, usize)> = Vec::new();
        for (place, &parent) in level.iter().enumerate() {
            let those: Vec<&Path> = paths.iter().filter(|path| path.begins(&nodes[parent].steps)).collect();
            let names: BTreeSet<&StepName> = those.iter().filter_map(|path| path.next(depth - 1)).collect();
            let mut of_parent: Vec<(usize, StepName, usize)> = names
                .into_iter()
                .map(|name| {
                    let sessions = those.iter().filter(|path| path.next(depth - 1) == Some(name)).count();
                    (place, name.clone(), sessions)
                })
                .collect();
            of_parent.sort_by_key(|(_, _, sessions)| Reverse(*sessions));
            children.extend(of_parent.into_iter().take(asked.breadth));
        }
        // The largest of this depth, equals by their parents' place and their names.
        let mut largest = children;
        largest.sort_by_key(|(place, name, sessions)| (Reverse(*sessions), *place, name.clone()));
        largest.truncate(MAX_NODES_OF_A_DEPTH);
        largest.sort_by_key(|(place, name, sessions)| (*place, Reverse(*sessions), name.clone()));
        let mut next_level = Vec::new();
        for (place, name, _) in largest {
            let parent = level[place];
            let steps = [&nodes[parent].steps[..], &[name]].concat();
            next_level.push(nodes.len());
            let node = node(asked, &paths, steps, Some(parent), &[]);
            nodes.push(node);
        }
        for &parent in &level {
            let kept: Vec<StepName> = next_level
                .iter()
                .filter(|&&child| nodes[child].parent == Some(parent))
                .map(|&child| nodes[child].steps[depth - 1].clone())
                .collect();
            nodes[parent] = node(asked, &paths, nodes[parent].steps.clone(), nodes[parent].parent, &kept);
        }
        level = next_level;
    }
    let (variants, n_variants) = variants(asked, &paths);
    JourneysAnswer { nodes, variants, n_variants, out_of: documents.len() as u64 }
}

fn node(
    asked: &Journeys,
    paths: &[Path],
    steps: Vec<StepName>,
    parent: Option<usize>,
    kept: &[StepName],
) -> Node {
    let depth = steps.len();
    let those: Vec<&Path> = paths.iter().filter(|path| path.begins(&steps)).collect();
    let number = |is: &dyn Fn(&Path) -> bool| those.iter().filter(|path| is(path)).count() as u64;
    let goes_on = |path: &Path| path.next(depth).is_some();
    let left: Vec<&StepName> =
        those.iter().filter_map(|path| path.next(depth)).filter(|name| !kept.contains(name)).collect();
    let different = left.iter().collect::<BTreeSet<_>>().len() as u64;
    let rest = Rest { sessions: left.len() as u64, different };
    let from_parent: Vec<u64> = match depth {
        0 | 1 => Vec::new(),
        _ => those.iter().map(|path| path.time(depth - 2, depth - 1)).collect(),
    };
    let to_next: Vec<u64> = match depth {
        0 => Vec::new(),
        _ => those.iter().filter(|path| goes_on(path)).map(|path| path.time(depth - 1, depth)).collect(),
    };
    Node {
        parent,
        sessions: those.len() as u64,
        repeats: if depth == 0 { 0 } else { those.iter().map(|path| path.steps[depth - 1].1).sum() },
        continued: number(&goes_on),
        ended: number(&|path| !goes_on(path) && !path.is_open),
        open: number(&|path| !goes_on(path) && path.is_open),
        time_from_parent: timing(&from_parent),
        time_to_next: timing(&to_next),
        rest: (depth < asked.depth && rest.sessions > 0).then_some(rest),
        steps,
    }
}

fn variants(asked: &Journeys, paths: &[Path]) -> (Vec<Variant>, u64) {
    let cut = |path: &Path| -> Vec<StepName> {
        path.steps.iter().take(asked.depth).map(|step| step.0.clone()).collect()
    };
    let different: BTreeSet<Vec<StepName>> = paths.iter().map(cut).collect();
    let n_variants = different.len() as u64;
    let number = |steps: &[StepName]| {
        steps.iter().fold(0, |before, step| path_number(before, step_number(step.kind, &step.label)))
    };
    let mut variants: Vec<Variant> = different
        .into_iter()
        .map(|steps| {
            let those: Vec<&Path> = paths.iter().filter(|path| cut(path) == steps).collect();
            let goes_on = |path: &&&Path| path.steps.len() > steps.len();
            let ends = || those.iter().filter(|path| !goes_on(path));
            let times: Vec<u64> = those.iter().map(|path| path.time(0, steps.len().max(1) - 1)).collect();
            Variant {
                repeats: (0..steps.len()).map(|at| those.iter().map(|path| path.steps[at].1).sum()).collect(),
                sessions: those.len() as u64,
                continued: those.iter().filter(goes_on).count() as u64,
                ended: ends().filter(|path| !path.is_open).count() as u64,
                open: ends().filter(|path| path.is_open).count() as u64,
                time: timing(&times),
                steps,
            }
        })
        .collect();
    variants.sort_by_key(|variant| (Reverse(variant.sessions), number(&variant.steps)));
    variants.truncate(asked.variants);
    (variants, n_variants)
}

/// Whether a session is one of a selection.
pub(super) fn keeps(document: &Document, selection: &JourneySelection) -> bool {
    let Some(path) = path(&selection.journeys, document).filter(|path| path.begins(&selection.steps)) else {
        return false;
    };
    let next = path.next(selection.steps.len());
    match &selection.which {
        WhichJourneys::All => true,
        WhichJourneys::Continued => next.is_some(),
        WhichJourneys::ContinuedBut(but) => next.is_some_and(|next| !but.contains(next)),
        WhichJourneys::Ended => next.is_none() && !path.is_open,
        WhichJourneys::Open => next.is_none() && path.is_open,
        WhichJourneys::Exactly => next.is_none() || selection.steps.len() == selection.journeys.depth,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reports::document::AsOf;
    use crate::steps::StepKind;
    use crate::time::{HOUR, MINUTE, Timestamp};
    use expect_test::{Expect, expect};

    /// The tree as it is shown, and the variants below it.
    #[track_caller]
    fn check(stretch: Stretch, kinds: &[StepKind], timelines: &[&str], expected: Expect) {
        let documents: Vec<Document> = timelines.iter().map(|one| Document::of_timeline(one)).collect();
        let asked = Journeys {
            kinds: kinds.to_vec(),
            stretch,
            collapse: true,
            depth: 3,
            breadth: 2,
            variants: 3,
            as_of: AsOf { now: Timestamp(HOUR), timeout_ms: 30 * MINUTE },
        };
        let answer = journeys(&documents, &asked);
        let mut told = String::new();
        for node in &answer.nodes {
            let name = node.steps.last().map_or("·", |step| &step.label);
            let share =
                node.share(&answer.nodes).map_or(String::new(), |share| format!(" {:.0} %", share * 100.0));
            told += &format!(
                "{}{name} ×{} {} sessions{share} = {} + {} + {}{}{}\n",
                "  ".repeat(node.steps.len()),
                node.repeats,
                node.sessions,
                node.continued,
                node.ended,
                node.open,
                node.time_to_next
                    .map_or(String::new(), |time| format!(", next in {} s", time.median_ms / 1000)),
                node.rest.map_or(String::new(), |rest| format!(
                    ", {} to {} others",
                    rest.sessions, rest.different
                )),
            );
        }
        for variant in &answer.variants {
            let names: Vec<&str> = variant.steps.iter().map(|step| &*step.label).collect();
            told += &format!("{} sessions: {}\n", variant.sessions, names.join(" → "));
        }
        expected.assert_eq(&told);
    }

    const SHOP: [&str; 5] = [
        "a 0:00:00 page /\na 0:00:10 page /products\na 0:00:15 page /products\na 0:00:40 page /cart\na 0:01:00 page /pay",
        "a 0:00:00 page /\na 0:00:20 page /products\na 0:00:25 click Add\na 0:00:30 page /cart",
        "a 0:00:00 page /\na 0:00:30 page /help",
        "a 0:00:00 page /\na 0:00:30 page /about",
        "a 0:50:00 page /",
    ];

    #[test]
    fn forwards_from_the_start() {
        check(
            Stretch::Forwards { from: None },
            &[StepKind::Page],
            &SHOP,
            expect![[r#"
                · ×0 5 sessions = 5 + 0 + 0
                  / ×5 5 sessions 100 % = 4 + 0 + 1, next in 20 s, 1 to 1 others
                    /products ×3 2 sessions 40 % = 2 + 0 + 0, next in 10 s
                    /about ×1 1 sessions 20 % = 0 + 1 + 0
                      /cart ×2 2 sessions 100 % = 1 + 1 + 0, next in 20 s
                2 sessions: / → /products → /cart
                1 sessions: /
                1 sessions: / → /about
            "#]],
        );
    }

    #[test]
    fn backwards_from_a_step() {
        check(
            Stretch::Backwards { to: Some(StepPattern::new(StepKind::Page, "/cart")) },
            &[StepKind::Page, StepKind::Click],
            &SHOP,
            expect![[r#"
                · ×0 2 sessions = 2 + 0 + 0
                  /cart ×2 2 sessions 100 % = 2 + 0 + 0, next in 5 s
                    /products ×2 1 sessions 50 % = 1 + 0 + 0, next in 10 s
                    Add ×1 1 sessions 50 % = 1 + 0 + 0, next in 5 s
                      / ×1 1 sessions 100 % = 0 + 1 + 0
                      /products ×1 1 sessions 100 % = 1 + 0 + 0, next in 20 s
                1 sessions: /cart → /products → /
                1 sessions: /cart → Add → /products
            "#]],
        );
    }

    #[test]
    fn between_two_steps_of_any_kind() {
        check(
            Stretch::Between {
                from: StepPattern::new(StepKind::Page, "/prod*"),
                to: StepPattern::new(StepKind::Page, "/cart"),
            },
            &[StepKind::Click],
            &SHOP,
            expect![[r#"
                · ×0 2 sessions = 2 + 0 + 0
                  /products ×2 2 sessions 100 % = 2 + 0 + 0, next in 5 s
                    /cart ×1 1 sessions 50 % = 0 + 1 + 0
                    Add ×1 1 sessions 50 % = 1 + 0 + 0, next in 5 s
                      /cart ×1 1 sessions 100 % = 0 + 1 + 0
                1 sessions: /products → Add → /cart
                1 sessions: /products → /cart
            "#]],
        );
    }
}
