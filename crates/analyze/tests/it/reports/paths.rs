//! Common paths.

use super::{any_kinds, any_pattern, as_of, law, listed, scheduler};
use crate::documents::{Documents, any_document, any_documents};
use footpath_analyze::reports::passes::{
    NextSteps, NodeCells, Prefixes, Tree, VariantCells, VariantCounts, journeys_within,
};
use footpath_analyze::reports::{Scope, journeys};
use footpath_analyze::{Cancel, Filter};
use footpath_model::reports::journeys::{Journeys, Node, Stretch, WhichJourneys};
use footpath_model::reports::naive;
use proptest::prelude::*;
fn any_journeys() -> impl Strategy<Value = Journeys> {
    let stretch = prop_oneof![
        2 => prop::option::of(any_pattern()).prop_map(|from| Stretch::Forwards { from }),
        2 => prop::option::of(any_pattern()).prop_map(|to| Stretch::Backwards { to }),
        1 => (any_pattern(), any_pattern()).prop_map(|(from, to)| Stretch::Between { from, to }),
    ];
    (any_kinds(), stretch, any::<bool>(), 1..5_usize, 0..4_usize, 0..4_usize).prop_map(
        |(kinds, stretch, collapse, depth, breadth, variants)| Journeys {
            kinds,
            stretch,
            collapse,
            depth,
            breadth,
            variants,
            as_of: as_of(),
        },
    )
}

proptest! {
    #[test]
    fn paths(source in any_documents(30), asked in any_journeys()) {
        let (scheduler, cancel) = (scheduler(), Cancel::default());
        let scope = Scope::new(&scheduler, &source, Filter::all(), &cancel);
        let answer = journeys(&scope, &asked).unwrap();
        prop_assert_eq!(&answer, &naive::journeys(&source.all(), &asked));
        prop_assert_eq!(&answer, &journeys_within(&scope, &asked, 3).unwrap(), "a pass a depth");
        for (place, node) in answer.nodes.iter().enumerate() {
            prop_assert_eq!(node.sessions, node.continued + node.ended + node.open);
            let children: Vec<&Node> = answer.nodes.iter().filter(|one| one.parent == Some(place)).collect();
            if node.steps.len() < asked.depth {
                let parts: u64 = children.iter().map(|child| child.sessions).sum();
                let rest = node.rest.map_or(0, |rest| rest.sessions);
                prop_assert_eq!(parts + rest, node.continued);
                let shown = children.iter().filter_map(|child| child.steps.last().cloned()).collect();
                listed(&scope, &source, &asked.select(&node.steps, WhichJourneys::ContinuedBut(shown)), rest)?;
            }
            listed(&scope, &source, &asked.select(&node.steps, WhichJourneys::All), node.sessions)?;
            listed(&scope, &source, &asked.select(&node.steps, WhichJourneys::Continued), node.continued)?;
            listed(&scope, &source, &asked.select(&node.steps, WhichJourneys::Ended), node.ended)?;
            listed(&scope, &source, &asked.select(&node.steps, WhichJourneys::Open), node.open)?;
        }
        for variant in &answer.variants {
            prop_assert_eq!(variant.sessions, variant.continued + variant.ended + variant.open);
            listed(&scope, &source, &asked.select(&variant.steps, WhichJourneys::Exactly), variant.sessions)?;
        }
    }

    #[test]
    fn the_law_of_paths(
        one in prop::collection::vec(any_document(), 0..12), other in prop::collection::vec(any_document(), 0..12),
        bits in any::<u64>(), asked in any_journeys(),
    ) {
        let (scheduler, cancel, source) = (scheduler(), Cancel::default(), Documents::new(vec![[&one[..], &other].concat()]));
        let scope = Scope::new(&scheduler, &source, Filter::all(), &cancel);
        let (asked, mut tree) = (&asked, Tree::root());
        for _ in 0..asked.depth {
            let next = NextSteps { asked, tree: &tree };
            law(&next, &one, &other, bits)?;
            if !tree.grow(scope.run(&next).unwrap(), asked.breadth) {
                break;
            }
        }
        for most in [3, usize::MAX] {
            law(&Prefixes { asked, most }, &one, &other, bits)?;
        }
        law(&NodeCells { asked, tree: &tree }, &one, &other, bits)?;
        law(&VariantCounts(asked), &one, &other, bits)?;
        let (numbers, _) = scope.run(&VariantCounts(asked)).unwrap();
        law(&VariantCells::new(asked, numbers), &one, &other, bits)?;
    }
}
