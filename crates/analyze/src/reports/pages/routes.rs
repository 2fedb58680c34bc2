//! Pages: their views, timings and web vitals.

use super::WordLists;
use super::counts::{ListCounts, numbers, top};
use crate::analysis::Analysis;
use crate::batch::SessionBatch;
use crate::reports::cells::{Rated, Thresholds, WholeLists, average, of_vital, percentile, vital_column};
use crate::reports::over_time::buckets;
use crate::reports::scope::{Scope, rows};
use crate::reports::tally::Tally;
use crate::scheduler::RunError;
use crate::vocabulary::Vocabulary;
use arrow::buffer::BooleanBuffer;
use footpath_model::columns::SessionColumn as C;
use footpath_model::event::VitalName;
use footpath_model::reports::metric::Metric;
use footpath_model::reports::pages::{PageRow, PageTrend, Pages, PagesAnswer};
use footpath_model::reports::vitals::VitalStat;
use footpath_model::time::Timestamp;

/// Pages by views.
///
/// # Errors
/// As [`Scope::run`].
pub fn pages(scope: &Scope<'_>, asked: &Pages) -> Result<PagesAnswer, RunError> {
    let counts = scope.run(&ListCounts { column: C::ViewRoute })?;
    let (routes, rest, rest_views, views) = top(counts, asked.limit);
    let rows = scope.run(&PageRows { routes, edges: asked.edges.clone() })?;
    Ok(PagesAnswer { rows, rest, rest_views, views })
}

/// One page; with no views where nobody viewed it.
///
/// # Errors
/// As [`Scope::run`].
pub fn page(scope: &Scope<'_>, route: &str, edges: Vec<Timestamp>) -> Result<Option<PageRow>, RunError> {
    Ok(scope.run(&PageRows { routes: vec![route.to_owned()], edges })?.pop())
}

/// Measures some pages.
#[derive(Clone, Debug)]
pub struct PageRows {
    /// Their routes.
    pub routes: Vec<String>,
    /// Ends of the buckets of the trend.
    pub edges: Vec<Timestamp>,
}

/// What is gathered of a page.
#[derive(Clone, Debug, Default)]
pub struct PageCell {
    views: u64,
    sessions: u64,
    load: Tally,
    dom_ready: Tally,
    vitals: [Rated; VitalName::ALL.len()],
    trend: Vec<TrendCell>,
}

/// What is gathered of a page in a bucket.
#[derive(Clone, Debug, Default)]
struct TrendCell {
    views: u64,
    load: Tally,
    lcp: Tally,
}

impl Analysis for PageRows {
    type Partial = Vec<PageCell>;
    type Answer = Vec<PageRow>;

    fn columns(&self) -> Vec<C> {
        let measured = [C::ViewRoute, C::ViewLoad, C::ViewDomReady, C::Start];
        measured.into_iter().chain(VitalName::ALL.map(vital_column)).collect()
    }

    fn empty(&self) -> Vec<PageCell> {
        let trend = vec![TrendCell::default(); self.edges.len().saturating_sub(1)];
        vec![PageCell { trend, ..PageCell::default() }; self.routes.len()]
    }

    fn scan(&self, batch: &SessionBatch, selected: &BooleanBuffer) -> Vec<PageCell> {
        let mut cells = self.empty();
        let lists = WordLists::of(batch, C::ViewRoute);
        let number_of = numbers(&lists, &self.routes);
        let bucket_of = buckets(batch, &self.edges);
        let [load, dom_ready] = [C::ViewLoad, C::ViewDomReady].map(|column| WholeLists::of(batch, column));
        let vitals =
            VitalName::ALL.map(|vital| (WholeLists::of(batch, vital_column(vital)), Thresholds::of(vital)));
        // The row that viewed a page last, plus one, so that each session counts once.
        let mut viewed_by = vec![0_u32; cells.len()];
        for row in rows(selected) {
            // Lists of a group are equally long, but each has its own beginning.
            for (nth, at) in lists.range(row).enumerate() {
                let Some(number) = number_of[lists.place(at)] else { continue };
                let value = |values: &WholeLists<'_>| values.get(values.range(row).start + nth);
                let cell = &mut cells[number];
                cell.views += 1;
                if viewed_by[number] != row as u32 + 1 {
                    viewed_by[number] = row as u32 + 1;
                    cell.sessions += 1;
                }
                let loaded = value(&load);
                loaded.into_iter().for_each(|ms| cell.load.add(ms));
                value(&dom_ready).into_iter().for_each(|ms| cell.dom_ready.add(ms));
                for (rated, (values, thresholds)) in cell.vitals.iter_mut().zip(&vitals) {
                    value(values).into_iter().for_each(|value| rated.add(value, *thresholds));
                }
                if let Some(trend) = cell.trend.get_mut(bucket_of[row] as usize) {
                    trend.views += 1;
                    loaded.into_iter().for_each(|ms| trend.load.add(ms));
                    value(&vitals[LCP].0).into_iter().for_each(|ms| trend.lcp.add(ms));
                }
            }
        }
        cells
    }

    fn merge(&self, mut one: Vec<PageCell>, other: Vec<PageCell>) -> Vec<PageCell> {
        for (one, other) in one.iter_mut().zip(other) {
            one.views += other.views;
            one.sessions += other.sessions;
            one.load.merge(other.load);
            one.dom_ready.merge(other.dom_ready);
            one.vitals.iter_mut().zip(other.vitals).for_each(|(one, other)| one.merge(other));
            for (one, other) in one.trend.iter_mut().zip(other.trend) {
                one.views += other.views;
                one.load.merge(other.load);
                one.lcp.merge(other.lcp);
            }
        }
        one
    }

    fn finish(&self, cells: Vec<PageCell>, _: &Vocabulary) -> Vec<PageRow> {
        let p75 = |tally: &Tally| tally.percentile(75).map(|ms| f64::from(ms.value));
        let row = |(route, cell): (&String, PageCell)| {
            let mut measurements = vec![
                average(Metric::LoadAverage, &cell.load),
                percentile(Metric::LoadMedian, &cell.load, 50, 1.0),
                percentile(Metric::LoadP75, &cell.load, 75, 1.0),
            ];
            for (vital, rated) in VitalName::ALL.into_iter().zip(&cell.vitals) {
                measurements.extend(VitalStat::ALL.map(|stat| of_vital(rated, vital, stat)));
            }
            let trend = |cell: &TrendCell| PageTrend {
                views: cell.views,
                load_p75: p75(&cell.load),
                lcp_p75: p75(&cell.lcp),
            };
            PageRow {
                route: route.clone(),
                views: cell.views,
                sessions: cell.sessions,
                measurements,
                dom_ready_p75: p75(&cell.dom_ready),
                trend: cell.trend.iter().map(trend).collect(),
            }
        };
        self.routes.iter().zip(cells).map(row).collect()
    }
}

/// The place of LCP among [`VitalName::ALL`].
const LCP: usize = 0;
