//! What causes a web vital's values: elements, and the resources or scripts behind them.
//!
//! Limit: all different causes are held until the answer is made.

use super::WordLists;
use crate::analysis::Analysis;
use crate::batch::SessionBatch;
use crate::reports::cells::{Thresholds, WholeLists, vital_column};
use crate::reports::scope::rows;
use crate::vocabulary::Vocabulary;
use arrow::buffer::BooleanBuffer;
use footpath_model::columns::SessionColumn as C;
use footpath_model::event::VitalName;
use footpath_model::reports::pages::{VitalCause, VitalCauses, VitalCausesAnswer};
use rustc_hash::FxHashMap;
use std::cmp::Reverse;
use std::collections::HashMap;

/// [`VitalCauses`] as an analysis.
#[derive(Clone, Debug)]
pub struct VitalCausesAnalysis {
    /// What is asked.
    pub asked: VitalCauses,
}

/// The columns of an element, and of what is behind it.
const fn cause_columns(vital: VitalName) -> (Option<C>, Option<C>) {
    match vital {
        VitalName::Lcp => (Some(C::ViewLcpTarget), Some(C::ViewLcpResource)),
        VitalName::Inp => (Some(C::ViewInpTarget), Some(C::ViewInpScript)),
        VitalName::Cls => (Some(C::ViewClsTarget), None),
        VitalName::Fcp | VitalName::Ttfb => (None, None),
    }
}

type Cause = (Option<String>, Option<String>);

impl Analysis for VitalCausesAnalysis {
    /// Page views by rating.
    type Partial = HashMap<Cause, [u64; 3]>;
    type Answer = VitalCausesAnswer;

    fn columns(&self) -> Vec<C> {
        let (target, resource) = cause_columns(self.asked.vital);
        let route = self.asked.route.is_some().then_some(C::ViewRoute);
        [Some(vital_column(self.asked.vital)), target, resource, route].into_iter().flatten().collect()
    }

    fn empty(&self) -> Self::Partial {
        HashMap::new()
    }

    fn scan(&self, batch: &SessionBatch, selected: &BooleanBuffer) -> Self::Partial {
        let values = WholeLists::of(batch, vital_column(self.asked.vital));
        let thresholds = Thresholds::of(self.asked.vital);
        let (target, resource) = cause_columns(self.asked.vital);
        let words = |column: Option<C>| column.map(|column| WordLists::of(batch, column));
        let (targets, resources) = (words(target), words(resource));
        let routes = words(self.asked.route.is_some().then_some(C::ViewRoute));
        let wanted = match (&routes, &self.asked.route) {
            (Some(routes), Some(route)) => match routes.find(route) {
                Some(place) => Some(place as usize),
                None => return HashMap::new(),
            },
            (None, _) | (_, None) => None,
        };
        let place = |lists: &Option<WordLists<'_>>, row: usize, nth: usize| {
            lists.as_ref().map_or(0, |lists| lists.place(lists.range(row).start + nth))
        };
        let mut counts = FxHashMap::<(usize, usize), [u64; 3]>::default();
        for row in rows(selected) {
            let range = values.range(row);
            let first = range.start;
            values.each(range, |at, value| {
                let nth = at - first;
                if wanted.is_none_or(|wanted| place(&routes, row, nth) == wanted) {
                    let cause = (place(&targets, row, nth), place(&resources, row, nth));
                    counts.entry(cause).or_default()[thresholds.rate(value)] += 1;
                }
            });
        }
        let word =
            |lists: &Option<WordLists<'_>>, place: usize| lists.as_ref()?.word(place).map(str::to_owned);
        let named =
            |((target, resource), views)| ((word(&targets, target), word(&resources, resource)), views);
        counts.into_iter().map(named).collect()
    }

    fn merge(&self, one: Self::Partial, other: Self::Partial) -> Self::Partial {
        let (mut more, fewer) = if one.len() >= other.len() { (one, other) } else { (other, one) };
        for (cause, views) in fewer {
            let sums = more.entry(cause).or_default();
            sums.iter_mut().zip(views).for_each(|(sum, views)| *sum += views);
        }
        more
    }

    fn finish(&self, counts: Self::Partial, _: &Vocabulary) -> VitalCausesAnswer {
        let measured = counts.values().flatten().sum();
        let mut causes: Vec<(Cause, [u64; 3])> = counts.into_iter().collect();
        causes.sort_unstable_by(|one, other| {
            let key = |[good, needs_improvement, poor]: [u64; 3]| Reverse([poor, needs_improvement, good]);
            key(one.1).cmp(&key(other.1)).then_with(|| one.0.cmp(&other.0))
        });
        let rest = causes.split_off(self.asked.limit.min(causes.len())).len() as u64;
        let cause = |((target, resource), views)| VitalCause { target, resource, views };
        VitalCausesAnswer { causes: causes.into_iter().map(cause).collect(), rest, measured }
    }
}
