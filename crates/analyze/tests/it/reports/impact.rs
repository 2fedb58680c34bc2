//! Error impact and insights, over enough sessions that there is something to say.

use super::{any_goals, as_of, law, listed, scheduler};
use crate::documents::{Documents, any_document, any_documents};
use footpath_analyze::reports::passes::{Compared, Met};
use footpath_analyze::reports::{InsightsAnalysis, Scope, error_impact};
use footpath_analyze::{Cancel, Filter};
use footpath_model::reports::impact::{Comparison, ErrorAt, ErrorImpact, WhichImpact};
use footpath_model::reports::insights::Insights;
use footpath_model::reports::naive;
use footpath_model::time::Timestamp;
use proptest::prelude::*;

/// The same sessions many times, each with an id of its own.
fn many(source: &Documents, times: u128) -> Documents {
    let part = |part: &Vec<footpath_model::reports::document::Document>| {
        let copies = (0..times).flat_map(|copy| part.iter().cloned().map(move |one| (copy, one)));
        copies
            .map(|(copy, mut one)| {
                one.session.id.0 = uuid::Uuid::from_u128(one.session.id.0.as_u128() | copy << 100);
                one
            })
            .collect()
    };
    Documents::new(source.parts.iter().map(part).collect())
}

fn insights(limit: usize) -> Insights {
    let at = Timestamp;
    Insights { before: at(0)..at(2007), now: at(2007)..at(4007), limit, as_of: as_of() }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn errors(
        source in any_documents(24), times in prop_oneof![1 => Just(1), 1 => 15..25_u128], goals in any_goals(),
        limit in 0..6_usize,
    ) {
        let source = many(&source, times);
        let (scheduler, cancel) = (scheduler(), Cancel::default());
        let scope = Scope::new(&scheduler, &source, Filter::all(), &cancel);
        let asked = ErrorImpact { goals, as_of: as_of(), limit, alternatives: 2 };
        let answer = error_impact(&scope, &asked).unwrap();
        prop_assert_eq!(&answer, &naive::error_impact(&source.all(), &asked));
        for row in &answer.rows {
            prop_assert_eq!(row.sessions, row.ended + row.went_on + row.open);
            let select = |which| asked.select(&row.at, which);
            for (which, number) in [
                (WhichImpact::All, row.sessions),
                (WhichImpact::Ended, row.ended),
                (WhichImpact::WentOn, row.went_on),
                (WhichImpact::Open, row.open),
                (WhichImpact::Retried, row.retried),
                (WhichImpact::Alternative(None), row.alternative),
                (WhichImpact::Completed, row.completed),
            ] {
                listed(&scope, &source, &select(which), number)?;
            }
            for page in &row.alternatives {
                let which = WhichImpact::Alternative(Some(page.page.label.to_string()));
                listed(&scope, &source, &select(which), page.sessions)?;
            }
            if let Comparison::Matched { difference, .. } = row.comparison {
                prop_assert!(difference.low <= difference.estimate && difference.estimate <= difference.high);
            }
            let kept = naive::selected(&source.all(), &[], &select(WhichImpact::Without));
            listed(&scope, &source, &select(WhichImpact::Without), kept.iter().filter(|kept| **kept).count() as u64)?;
        }
    }

    #[test]
    fn what_changed(source in any_documents(24), times in prop_oneof![1 => Just(1), 3 => 20..60_u128], limit in 0..30_usize) {
        let source = many(&source, times);
        let (scheduler, cancel) = (scheduler(), Cancel::default());
        let scope = Scope::new(&scheduler, &source, Filter::all(), &cancel);
        let asked = insights(limit);
        let answer = scope.run(&InsightsAnalysis { asked: asked.clone() }).unwrap();
        prop_assert_eq!(&answer, &naive::insights(&source.all(), &asked));
        for insight in &answer {
            for (period, range) in [&asked.before, &asked.now].into_iter().enumerate() {
                let filter = Filter { range: range.clone(), ..Filter::all() };
                let scope = Scope::new(&scheduler, &source, filter, &cancel);
                let selection = insight.selection(asked.as_of);
                let list = super::page(&scope, &selection);
                prop_assert_eq!(list.counted.total, insight.sessions[period], "{:?}", insight);
            }
        }
    }

    #[test]
    fn the_law_of_impact_and_insights(
        one in prop::collection::vec(any_document(), 0..12), other in prop::collection::vec(any_document(), 0..12),
        bits in any::<u64>(), goals in any_goals(),
    ) {
        let asked = ErrorImpact { goals, as_of: as_of(), limit: 5, alternatives: 2 };
        law(&Met { asked: &asked }, &one, &other, bits)?;
        let at = |error: u8, page: u8| ErrorAt { error: format!("/{error}"), page: Some(format!("/{page}")) };
        let watched = vec![at(0, 0), at(0, 1), at(1, 0), at(1, 1)];
        law(&Compared { asked: &asked, watched }, &one, &other, bits)?;
        law(&InsightsAnalysis { asked: insights(50) }, &one, &other, bits)?;
    }
}
