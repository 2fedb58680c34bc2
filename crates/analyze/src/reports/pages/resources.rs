//! What pages load: by type, and the heaviest resources.
//!
//! Limit: all different resources that were among the heaviest of a page are held until the answer is made.

use super::WordLists;
use crate::analysis::Analysis;
use crate::batch::{Lists, SessionBatch};
use crate::reports::scope::rows;
use crate::reports::tally::whole;
use crate::vocabulary::Vocabulary;
use arrow::array::Int32Array;
use arrow::buffer::BooleanBuffer;
use footpath_model::columns::SessionColumn as C;
use footpath_model::reports::pages::{HeavyResource, ResourceType, Resources, ResourcesAnswer};
use std::cmp::Reverse;
use std::collections::HashMap;

/// [`Resources`] as an analysis.
#[derive(Clone, Debug)]
pub struct ResourcesAnalysis {
    /// What is asked.
    pub asked: Resources,
}

/// Sums over loads.
#[derive(Clone, Copy, Debug, Default)]
pub struct LoadSums {
    loads: u64,
    count: u64,
    bytes: u64,
    duration_ms: u64,
}

impl LoadSums {
    fn add(&mut self, other: Self) {
        self.loads += other.loads;
        self.count += other.count;
        self.bytes += other.bytes;
        self.duration_ms += other.duration_ms;
    }
}

/// What is gathered of loads.
#[derive(Clone, Debug, Default)]
pub struct LoadCells {
    loads: u64,
    types: HashMap<String, LoadSums>,
    /// By URL and type.
    heaviest: HashMap<(String, String), LoadSums>,
}

/// A column of lists of numbers.
struct Numbers<'a>(Lists<'a, Int32Array>);

impl<'a> Numbers<'a> {
    fn of(batch: &'a SessionBatch, column: C) -> Self {
        Self(batch.int_lists(column))
    }

    fn get(&self, row: usize, nth: usize) -> u32 {
        whole(self.0.values.value(self.0.offsets[row].cast_unsigned() as usize + nth))
    }
}

impl Analysis for ResourcesAnalysis {
    type Partial = LoadCells;
    type Answer = ResourcesAnswer;

    fn columns(&self) -> Vec<C> {
        let route = self.asked.route.is_some().then_some(C::ViewRoute);
        let loaded = [C::LoadedView, C::LoadedType, C::LoadedCount, C::LoadedBytes, C::LoadedDuration];
        let heavy = [C::HeavyView, C::HeavyUrl, C::HeavyType, C::HeavyBytes, C::HeavyDuration];
        loaded.into_iter().chain(heavy).chain(route).collect()
    }

    fn empty(&self) -> LoadCells {
        LoadCells::default()
    }

    fn scan(&self, batch: &SessionBatch, selected: &BooleanBuffer) -> LoadCells {
        let routes = self.asked.route.as_ref().map(|route| {
            let lists = WordLists::of(batch, C::ViewRoute);
            (lists.find(route), lists)
        });
        let is_of = |row: usize, view: u32| match &routes {
            None => true,
            Some((None, _)) => false,
            Some((Some(wanted), lists)) => {
                lists.place(lists.range(row).start + view as usize) == *wanted as usize
            }
        };
        let mut gathered = LoadCells::default();
        loaded(batch, selected, &is_of, &mut gathered);
        heavy(batch, selected, &is_of, &mut gathered);
        gathered
    }

    fn merge(&self, mut one: LoadCells, other: LoadCells) -> LoadCells {
        one.loads += other.loads;
        other.types.into_iter().for_each(|(key, sums)| one.types.entry(key).or_default().add(sums));
        other.heaviest.into_iter().for_each(|(key, sums)| one.heaviest.entry(key).or_default().add(sums));
        one
    }

    fn finish(&self, gathered: LoadCells, _: &Vocabulary) -> ResourcesAnswer {
        let of_type = |(initiator_type, sums): (String, LoadSums)| ResourceType {
            initiator_type,
            loads: sums.loads,
            count: sums.count,
            bytes: sums.bytes,
            duration_ms: sums.duration_ms,
        };
        let mut types: Vec<ResourceType> = gathered.types.into_iter().map(of_type).collect();
        types.sort_unstable_by(|one, other| {
            (Reverse(one.bytes), &one.initiator_type).cmp(&(Reverse(other.bytes), &other.initiator_type))
        });
        let of_url = |((url, initiator_type), sums): ((String, String), LoadSums)| HeavyResource {
            url,
            initiator_type,
            loads: sums.loads,
            bytes: sums.bytes,
            duration_ms: sums.duration_ms,
        };
        let mut heaviest: Vec<HeavyResource> = gathered.heaviest.into_iter().map(of_url).collect();
        heaviest.sort_unstable_by(|one, other| {
            let names = |one: &HeavyResource| (one.url.clone(), one.initiator_type.clone());
            other.bytes.cmp(&one.bytes).then_with(|| names(one).cmp(&names(other)))
        });
        heaviest.truncate(self.asked.limit);
        ResourcesAnswer { types, heaviest, loads: gathered.loads }
    }
}

fn loaded(
    batch: &SessionBatch,
    selected: &BooleanBuffer,
    is_of: &impl Fn(usize, u32) -> bool,
    gathered: &mut LoadCells,
) {
    let types = WordLists::of(batch, C::LoadedType);
    let views = Numbers::of(batch, C::LoadedView);
    let [count, bytes, duration] =
        [C::LoadedCount, C::LoadedBytes, C::LoadedDuration].map(|column| Numbers::of(batch, column));
    let mut sums = vec![LoadSums::default(); types.n_places()];
    for row in rows(selected) {
        // Types of one page follow each other.
        let mut last = None;
        for (nth, at) in types.range(row).enumerate() {
            let view = views.get(row, nth);
            if !is_of(row, view) {
                continue;
            }
            gathered.loads += u64::from(last != Some(view));
            last = Some(view);
            sums[types.place(at)].add(LoadSums {
                loads: 1,
                count: count.get(row, nth).into(),
                bytes: bytes.get(row, nth).into(),
                duration_ms: duration.get(row, nth).into(),
            });
        }
    }
    for (place, sums) in sums.into_iter().enumerate().filter(|(_, sums)| sums.loads > 0) {
        if let Some(of_type) = types.word(place) {
            gathered.types.entry(of_type.to_owned()).or_default().add(sums);
        }
    }
}

fn heavy(
    batch: &SessionBatch,
    selected: &BooleanBuffer,
    is_of: &impl Fn(usize, u32) -> bool,
    gathered: &mut LoadCells,
) {
    let [urls, types] = [C::HeavyUrl, C::HeavyType].map(|column| WordLists::of(batch, column));
    let [views, bytes, duration] =
        [C::HeavyView, C::HeavyBytes, C::HeavyDuration].map(|column| Numbers::of(batch, column));
    let mut sums = rustc_hash::FxHashMap::<(usize, usize), LoadSums>::default();
    for row in rows(selected) {
        let first_type = types.range(row).start;
        for (nth, at) in urls.range(row).enumerate() {
            if is_of(row, views.get(row, nth)) {
                sums.entry((urls.place(at), types.place(first_type + nth))).or_default().add(LoadSums {
                    loads: 1,
                    count: 0,
                    bytes: bytes.get(row, nth).into(),
                    duration_ms: duration.get(row, nth).into(),
                });
            }
        }
    }
    for ((url, of_type), sums) in sums {
        if let (Some(url), Some(of_type)) = (urls.word(url), types.word(of_type)) {
            gathered.heaviest.entry((url.to_owned(), of_type.to_owned())).or_default().add(sums);
        }
    }
}
