//! Pages, endpoints, causes of web vitals, resources.

use super::{as_of, law, listed, scheduler};
use crate::documents::{any_document, any_documents};
use footpath_analyze::reports::passes::{EndpointRows, ListCounts, PageRows};
use footpath_analyze::reports::{ResourcesAnalysis, Scope, Selection, VitalCausesAnalysis, endpoints, pages};
use footpath_analyze::{Cancel, Filter};
use footpath_model::columns::SessionColumn;
use footpath_model::event::VitalName;
use footpath_model::reports::naive;
use footpath_model::reports::pages::{
    CallResult, CallSelection, EndpointRow, Endpoints, Pages, Resources, VitalCauses,
};
use footpath_model::steps::{StepKind, StepName};
use footpath_model::time::Timestamp;
use proptest::prelude::*;

fn edges() -> Vec<Timestamp> {
    [0, 1007, 2008, 3000].map(Timestamp).to_vec()
}

fn any_route() -> impl Strategy<Value = Option<String>> {
    prop_oneof![Just(None), (0..6_u8).prop_map(|route| Some(format!("/{route}")))]
}

proptest! {
    #[test]
    fn what_was_viewed_and_called(source in any_documents(30), limit in 0..6_usize) {
        let (scheduler, cancel, all) = (scheduler(), Cancel::default(), source.all());
        let scope = Scope::new(&scheduler, &source, Filter::all(), &cancel);
        let asked = Pages { limit, edges: edges() };
        let answer = pages(&scope, &asked).unwrap();
        prop_assert_eq!(&answer, &naive::pages(&all, &asked));
        prop_assert_eq!(answer.rows.iter().map(|row| row.views).sum::<u64>() + answer.rest_views, answer.views);

        let asked = Endpoints { limit, edges: edges() };
        let answer = endpoints(&scope, &asked).unwrap();
        prop_assert_eq!(&answer, &naive::endpoints(&all, &asked));
        prop_assert_eq!(answer.rows.iter().map(|row| row.calls).sum::<u64>() + answer.rest_calls, answer.calls);
        for row in &answer.rows {
            let EndpointRow { ok, client_errors, server_errors, no_response, .. } = row;
            prop_assert_eq!(row.calls, ok + client_errors + server_errors + no_response);
            let select = |result| Selection::Called(CallSelection { endpoint: row.endpoint.clone(), result });
            listed(&scope, &source, &select(CallResult::Any), row.sessions)?;
            let kept = naive::selected(&all, &all, &select(CallResult::ServerError));
            listed(&scope, &source, &select(CallResult::ServerError), kept.iter().filter(|kept| **kept).count() as u64)?;
        }
    }

    #[test]
    fn what_made_pages_slow(
        source in any_documents(30), vital in prop::sample::select(&VitalName::ALL[..]), route in any_route(), limit in 0..6_usize,
    ) {
        let (scheduler, cancel, all) = (scheduler(), Cancel::default(), source.all());
        let scope = Scope::new(&scheduler, &source, Filter::all(), &cancel);
        let asked = VitalCauses { vital, route: route.clone(), limit };
        let answer = scope.run(&VitalCausesAnalysis { asked: asked.clone() }).unwrap();
        prop_assert_eq!(answer, naive::vital_causes(&all, &asked));
        let asked = Resources { route, limit };
        let answer = scope.run(&ResourcesAnalysis { asked: asked.clone() }).unwrap();
        prop_assert_eq!(answer, naive::resources(&all, &asked));
    }

    #[test]
    fn sessions_that_did_a_step(source in any_documents(30), kind in prop::sample::select(&StepKind::ALL[..]), label in 0..6_u8) {
        let (scheduler, cancel, all) = (scheduler(), Cancel::default(), source.all());
        let scope = Scope::new(&scheduler, &source, Filter::all(), &cancel);
        let did = Selection::Did(StepName::new(kind, &format!("/{label}")));
        let at_a_time = [Selection::Live, Selection::Bounced, Selection::SinglePage].map(|of| of(as_of()));
        for selection in [did, Selection::WithErrors, Selection::All].into_iter().chain(at_a_time) {
            let number = naive::selected(&all, &all, &selection).iter().filter(|kept| **kept).count() as u64;
            listed(&scope, &source, &selection, number)?;
        }
    }

    #[test]
    fn the_law_of_pages(
        one in prop::collection::vec(any_document(), 0..12), other in prop::collection::vec(any_document(), 0..12),
        bits in any::<u64>(), vital in prop::sample::select(&VitalName::ALL[..]), route in any_route(),
    ) {
        law(&ListCounts { column: SessionColumn::ViewRoute }, &one, &other, bits)?;
        law(&ListCounts { column: SessionColumn::RequestEndpoint }, &one, &other, bits)?;
        let names = |of: &str| (0..3).map(|n| format!("{of}/{n}")).collect::<Vec<_>>();
        law(&PageRows { routes: names(""), edges: edges() }, &one, &other, bits)?;
        law(&EndpointRows { endpoints: names("GET "), edges: edges() }, &one, &other, bits)?;
        law(&VitalCausesAnalysis { asked: VitalCauses { vital, route: route.clone(), limit: 9 } }, &one, &other, bits)?;
        law(&ResourcesAnalysis { asked: Resources { route, limit: 9 } }, &one, &other, bits)?;
    }
}
