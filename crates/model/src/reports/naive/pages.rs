//! Pages, endpoints, causes of web vitals, resources.

use super::measures::{average, quantile, rating, vital_of};
use super::percentile;
use crate::event::{VitalName, VitalRating};
use crate::reports::document::Document;
use crate::reports::measures::Measurement;
use crate::reports::measures::Reading;
use crate::reports::metric::Metric;
use crate::reports::pages::{
    CallResult, CallSelection, EndpointRow, Endpoints, EndpointsAnswer, HeavyResource, PageRow, PageTrend,
    Pages, PagesAnswer, ResourceType, Resources, ResourcesAnswer, VitalCause, VitalCauses, VitalCausesAnswer,
};
use crate::reports::vitals::VitalStat;
use crate::steps::{Call, View};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

type Named<T> = Vec<(String, Vec<T>)>;

/// Things by name, most first, equals by name; and how many are left of how many.
fn top<T>(by_name: BTreeMap<String, Vec<T>>, limit: usize) -> (Named<T>, u64, u64) {
    let mut all: Vec<_> = by_name.into_iter().collect();
    all.sort_by_key(|(_, those)| Reverse(those.len()));
    let rest = all.split_off(limit.min(all.len()));
    (all, rest.len() as u64, rest.iter().map(|(_, those)| those.len() as u64).sum())
}

/// What is measured of a page: load times, then the vitals.
fn measured(views: &[&View]) -> Vec<Measurement> {
    let loads: Vec<u64> = views.iter().filter_map(|view| view.load_ms.map(u64::from)).collect();
    let mut measured = vec![
        average(Metric::LoadAverage, &loads, 1.0),
        quantile(Metric::LoadMedian, &loads, 50, 1.0),
        quantile(Metric::LoadP75, &loads, 75, 1.0),
    ];
    for vital in VitalName::ALL {
        let values: Vec<u64> = views.iter().filter_map(|view| vital_of(view, vital)).collect();
        let of = values.len() as u64;
        for stat in VitalStat::ALL {
            let metric = Metric::Vital(vital, stat);
            let share = |wanted| {
                let those = values.iter().filter(|&&value| rating(vital, value) == wanted).count() as u64;
                Measurement { metric, reading: Reading::ratio(those, of), of, exact: true }
            };
            measured.push(match stat {
                VitalStat::P75 => quantile(metric, &values, 75, vital.parts()),
                VitalStat::Good => share(VitalRating::Good),
                VitalStat::NeedsImprovement => share(VitalRating::NeedsImprovement),
                VitalStat::Poor => share(VitalRating::Poor),
            });
        }
    }
    measured
}

/// Pages by views.
pub fn pages(documents: &[Document], asked: &Pages) -> PagesAnswer {
    let mut by_route = BTreeMap::<String, Vec<(&Document, &View)>>::new();
    for (document, view) in documents.iter().flat_map(|one| one.views.iter().map(move |view| (one, view))) {
        by_route.entry(view.route.clone()).or_default().push((document, view));
    }
    let views = by_route.values().map(|views| views.len() as u64).sum();
    let (rows, rest, rest_views) = top(by_route, asked.limit);
    let row = |(route, those): (String, Vec<(&Document, &View)>)| {
        let views: Vec<&View> = those.iter().map(|(_, view)| *view).collect();
        let p75 = |views: &[&View], value: &dyn Fn(&View) -> Option<u64>| {
            let values: Vec<u64> = views.iter().filter_map(|view| value(view)).collect();
            percentile(&values, 75).map(|value| value as f64)
        };
        let trend = |pair: &[crate::time::Timestamp]| {
            let within = those.iter().filter(|(one, _)| (pair[0]..pair[1]).contains(&one.session.start));
            let views: Vec<&View> = within.map(|(_, view)| *view).collect();
            PageTrend {
                views: views.len() as u64,
                load_p75: p75(&views, &|view| view.load_ms.map(u64::from)),
                lcp_p75: p75(&views, &|view| vital_of(view, VitalName::Lcp)),
            }
        };
        PageRow {
            route,
            views: those.len() as u64,
            sessions: those.iter().map(|(one, _)| std::ptr::from_ref(*one)).collect::<BTreeSet<_>>().len()
                as u64,
            measurements: measured(&views),
            dom_ready_p75: p75(&views, &|view| view.dom_ready_ms.map(u64::from)),
            trend: asked.edges.windows(2).map(trend).collect(),
        }
    };
    PagesAnswer { rows: rows.into_iter().map(row).collect(), rest, rest_views, views }
}

/// Endpoints by calls.
pub fn endpoints(documents: &[Document], asked: &Endpoints) -> EndpointsAnswer {
    let mut by_name = BTreeMap::<String, Vec<(&Document, &Call)>>::new();
    for (document, call) in documents.iter().flat_map(|one| one.calls.iter().map(move |call| (one, call))) {
        by_name.entry(call.endpoint.clone()).or_default().push((document, call));
    }
    let calls = by_name.values().map(|calls| calls.len() as u64).sum();
    let (rows, rest, rest_calls) = top(by_name, asked.limit);
    let row = |(endpoint, those): (String, Vec<(&Document, &Call)>)| {
        let number = |wanted| {
            those.iter().filter(|(_, call)| CallResult::of(call.status.into()) == wanted).count() as u64
        };
        let durations: Vec<u64> = those.iter().map(|(_, call)| call.duration_ms.into()).collect();
        let trend = |pair: &[crate::time::Timestamp]| {
            let within: Vec<_> =
                those.iter().filter(|(one, _)| (pair[0]..pair[1]).contains(&one.session.start)).collect();
            [within.len() as u64, within.iter().filter(|(_, call)| call.status >= 400).count() as u64]
        };
        EndpointRow {
            endpoint,
            calls: those.len() as u64,
            sessions: those.iter().map(|(one, _)| std::ptr::from_ref(*one)).collect::<BTreeSet<_>>().len()
                as u64,
            ok: number(CallResult::Ok),
            client_errors: number(CallResult::ClientError),
            server_errors: number(CallResult::ServerError),
            no_response: number(CallResult::NoResponse),
            average_ms: average(Metric::LoadAverage, &durations, 1.0).reading.number(),
            p95_ms: percentile(&durations, 95).map(|ms| ms as f64),
            trend: asked.edges.windows(2).map(trend).collect(),
        }
    };
    EndpointsAnswer { rows: rows.into_iter().map(row).collect(), rest, rest_calls, calls }
}

/// What causes a vital's values.
pub fn vital_causes(documents: &[Document], asked: &VitalCauses) -> VitalCausesAnswer {
    let is_of = |view: &&View| asked.route.as_ref().is_none_or(|route| view.route == *route);
    let mut causes = BTreeMap::<_, [u64; 3]>::new();
    let mut measured = 0;
    for view in documents.iter().flat_map(|one| &one.views).filter(is_of) {
        let Some(value) = vital_of(view, asked.vital) else { continue };
        let cause = match asked.vital {
            VitalName::Lcp => (view.lcp_target.clone(), view.lcp_resource.clone()),
            VitalName::Inp => (view.inp_target.clone(), view.inp_script.clone()),
            VitalName::Cls => (view.cls_target.clone(), None),
            VitalName::Fcp | VitalName::Ttfb => (None, None),
        };
        measured += 1;
        causes.entry(cause).or_default()[match rating(asked.vital, value) {
            VitalRating::Good => 0,
            VitalRating::NeedsImprovement => 1,
            VitalRating::Poor => 2,
        }] += 1;
    }
    let mut causes: Vec<VitalCause> = causes
        .into_iter()
        .map(|((target, resource), views)| VitalCause { target, resource, views })
        .collect();
    causes.sort_by_key(|cause| Reverse([cause.views[2], cause.views[1], cause.views[0]]));
    let rest = causes.split_off(asked.limit.min(causes.len())).len() as u64;
    VitalCausesAnswer { causes, rest, measured }
}

/// What pages load.
pub fn resources(documents: &[Document], asked: &Resources) -> ResourcesAnswer {
    let mut types = BTreeMap::<String, ResourceType>::new();
    let mut heaviest = BTreeMap::<(String, String), HeavyResource>::new();
    let mut loads = 0;
    for document in documents {
        let is_of =
            |view: usize| asked.route.as_ref().is_none_or(|route| document.views[view].route == *route);
        let loaded: Vec<_> = document.loaded.iter().filter(|one| is_of(one.view)).collect();
        loads += loaded.iter().map(|one| one.view).collect::<BTreeSet<_>>().len() as u64;
        for one in loaded {
            let of_type = types.entry(one.initiator_type.clone()).or_insert_with(|| ResourceType {
                initiator_type: one.initiator_type.clone(),
                loads: 0,
                count: 0,
                bytes: 0,
                duration_ms: 0,
            });
            of_type.loads += 1;
            of_type.count += u64::from(one.count);
            of_type.bytes += one.transfer_bytes;
            of_type.duration_ms += u64::from(one.duration_ms);
        }
        for one in document.heavy.iter().filter(|one| is_of(one.view)) {
            let key = (one.url.clone(), one.initiator_type.clone());
            let of_url = heaviest.entry(key).or_insert_with(|| HeavyResource {
                url: one.url.clone(),
                initiator_type: one.initiator_type.clone(),
                loads: 0,
                bytes: 0,
                duration_ms: 0,
            });
            of_url.loads += 1;
            of_url.bytes += one.transfer_bytes;
            of_url.duration_ms += u64::from(one.duration_ms);
        }
    }
    let mut types: Vec<ResourceType> = types.into_values().collect();
    types.sort_by_key(|of_type| Reverse(of_type.bytes));
    let mut heaviest: Vec<HeavyResource> = heaviest.into_values().collect();
    heaviest.sort_by_key(|of_url| Reverse(of_url.bytes));
    heaviest.truncate(asked.limit);
    ResourcesAnswer { types, heaviest, loads }
}

pub(super) fn called(document: &Document, selection: &CallSelection) -> bool {
    let is_one = |call: &Call| {
        let is_result =
            selection.result == CallResult::Any || CallResult::of(call.status.into()) == selection.result;
        call.endpoint == selection.endpoint && is_result
    };
    document.calls.iter().any(is_one)
}
