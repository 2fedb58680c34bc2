//! Metrics gathered in cells: each selected row belongs to one cell or none, a bucket of time or a segment. Loops are by column,
//! not by row, and only over the columns that the metrics asked for need.

use super::live::{LIVE_COLUMNS, Live};
use super::scope::rows;
use super::tally::{Distinct, Mark, Marked, Percentile, Tally, whole};
use crate::batch::{SessionBatch, visitor_hash};
use arrow::array::Array;
use arrow::buffer::BooleanBuffer;
use footpath_model::columns::SessionColumn as C;
use footpath_model::event::{VitalName, VitalRating};
use footpath_model::reports::document::AsOf;
use footpath_model::reports::measures::{Measurement, Reading};
use footpath_model::reports::metric::Metric;
use footpath_model::reports::vitals::VitalStat;

/// What is gathered of the rows of one cell.
#[derive(Clone, Debug, Default)]
pub struct Cell {
    pub(crate) sessions: u64,
    settled: u64,
    bounced: u64,
    single_page: u64,
    page_views: u64,
    with_errors: u64,
    /// [`KNOWN`] are those of whom it is known whether they return.
    visitors: Distinct,
    duration: Tally,
    active: Tally,
    interaction: Tally,
    load: Tally,
    vitals: [Rated; VitalName::ALL.len()],
}

/// A web vital.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rated {
    pub(crate) tally: Tally,
    /// Good, needs improvement, poor.
    pub(crate) ratings: [u64; 3],
}

/// The place of a rating.
pub(crate) fn place_of(rating: VitalRating) -> usize {
    match rating {
        VitalRating::Good => 0,
        VitalRating::NeedsImprovement => 1,
        VitalRating::Poor => 2,
    }
}

/// Marks of visitors.
const KNOWN: Mark = Mark::First;
const RETURNING: Mark = Mark::Second;

/// The row is of no cell.
pub(crate) const NO_CELL: u32 = u32::MAX;

/// What must be gathered for some metrics.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Part {
    Settled,
    PageViews,
    Errors,
    Visitors,
    Returning,
    Duration,
    Active,
    Interaction,
    Load,
    Vital(VitalName),
}

/// What must be gathered for a metric; every cell counts its sessions.
fn part_of(metric: Metric) -> Option<Part> {
    Some(match metric {
        Metric::Sessions => return None,
        Metric::Visitors => Part::Visitors,
        Metric::PageViews | Metric::PagesAverage => Part::PageViews,
        Metric::DurationAverage | Metric::DurationMedian | Metric::DurationP75 => Part::Duration,
        Metric::ActiveAverage | Metric::ActiveMedian => Part::Active,
        Metric::BounceRate | Metric::SinglePageRate => Part::Settled,
        Metric::ReturnRate => Part::Returning,
        Metric::LoadAverage | Metric::LoadMedian | Metric::LoadP75 => Part::Load,
        Metric::InteractionMedian | Metric::InteractionP75 => Part::Interaction,
        Metric::ErrorRate => Part::Errors,
        Metric::Vital(vital, _) => Part::Vital(vital),
    })
}

/// The column of a vital's values.
pub(crate) fn vital_column(vital: VitalName) -> C {
    match vital {
        VitalName::Lcp => C::ViewLcp,
        VitalName::Inp => C::ViewInp,
        VitalName::Cls => C::ViewCls,
        VitalName::Fcp => C::ViewFcp,
        VitalName::Ttfb => C::ViewTtfb,
    }
}

/// Some metrics, and how they are gathered.
#[derive(Clone, Debug)]
pub(crate) struct Measures {
    metrics: Vec<Metric>,
    parts: Vec<Part>,
    as_of: AsOf,
}

impl Measures {
    pub(crate) fn new(metrics: &[Metric], as_of: AsOf) -> Self {
        let mut parts: Vec<Part> = Vec::new();
        for part in metrics.iter().filter_map(|&metric| part_of(metric)) {
            if !parts.contains(&part) {
                parts.push(part);
            }
        }
        // Whoever returns is among the visitors.
        if parts.contains(&Part::Returning) {
            parts.retain(|part| *part != Part::Visitors);
        }
        Self { metrics: metrics.to_vec(), parts, as_of }
    }

    pub(crate) fn as_of(&self) -> AsOf {
        self.as_of
    }

    pub(crate) fn columns(&self) -> Vec<C> {
        let of = |part: &Part| match part {
            Part::Settled => [&LIVE_COLUMNS[..], &[C::Bounced, C::PageViews]].concat(),
            Part::PageViews => vec![C::PageViews],
            Part::Errors => vec![C::Errors],
            Part::Visitors => vec![C::Visitor],
            Part::Returning => vec![C::Visitor, C::Returning],
            Part::Duration => vec![C::Duration],
            Part::Active => vec![C::Active],
            Part::Interaction => vec![C::FirstInteraction],
            Part::Load => vec![C::ViewLoad],
            Part::Vital(vital) => vec![vital_column(*vital)],
        };
        self.parts.iter().flat_map(of).collect()
    }

    /// Adds the selected rows to their cells.
    pub(crate) fn scan(
        &self,
        batch: &SessionBatch,
        selected: &BooleanBuffer,
        cell_of: &[u32],
        cells: &mut [Cell],
    ) {
        each(selected, cell_of, cells, |_, cell| cell.sessions += 1);
        for part in &self.parts {
            match part {
                Part::Settled => {
                    let (live, bounced) = (Live::of(batch, self.as_of), batch.flags(C::Bounced));
                    let page_views = batch.ints(C::PageViews).values();
                    each(selected, cell_of, cells, |row, cell| {
                        if !live.is_live(row) {
                            cell.settled += 1;
                            cell.bounced += u64::from(bounced.value(row));
                            cell.single_page += u64::from(page_views[row] == 1);
                        }
                    });
                }
                Part::PageViews => {
                    let page_views = batch.ints(C::PageViews).values();
                    each(selected, cell_of, cells, |row, cell| {
                        cell.page_views += u64::from(whole(page_views[row]));
                    });
                }
                Part::Errors => {
                    let errors = batch.ints(C::Errors).values();
                    each(selected, cell_of, cells, |row, cell| {
                        cell.with_errors += u64::from(errors[row] > 0);
                    });
                }
                Part::Visitors => {
                    let visitors = batch.visitors();
                    each(selected, cell_of, cells, |row, cell| {
                        cell.visitors.add(visitor_hash(visitors[row]));
                    });
                }
                Part::Returning => {
                    let (visitors, returning) = (batch.visitors(), batch.flags(C::Returning));
                    each(selected, cell_of, cells, |row, cell| {
                        let marks = match (returning.is_valid(row), returning.value(row)) {
                            (false, _) => 0,
                            (true, false) => KNOWN as u64,
                            (true, true) => KNOWN as u64 | RETURNING as u64,
                        };
                        cell.visitors.add_marked(visitor_hash(visitors[row]), marks);
                    });
                }
                Part::Duration => ints(batch, C::Duration, selected, cell_of, cells, |c| &mut c.duration),
                Part::Active => ints(batch, C::Active, selected, cell_of, cells, |c| &mut c.active),
                Part::Interaction => {
                    ints(batch, C::FirstInteraction, selected, cell_of, cells, |c| &mut c.interaction);
                }
                Part::Load => {
                    let loads = WholeLists::of(batch, C::ViewLoad);
                    each(selected, cell_of, cells, |row, cell| {
                        loads.each(loads.range(row), |_, value| cell.load.add(value));
                    });
                }
                Part::Vital(vital) => {
                    let (values, thresholds) =
                        (WholeLists::of(batch, vital_column(*vital)), Thresholds::of(*vital));
                    let place = vital_place(*vital);
                    each(selected, cell_of, cells, |row, cell| {
                        let rated = &mut cell.vitals[place];
                        values.each(values.range(row), |_, value| rated.add(value, thresholds));
                    });
                }
            }
        }
    }

    /// What was measured of a cell, in the order of the metrics.
    pub(crate) fn measured(&self, cell: &Cell) -> Vec<Measurement> {
        let visitors = cell.visitors.number();
        self.metrics.iter().map(|&metric| measured(cell, &visitors, metric)).collect()
    }
}

fn vital_place(vital: VitalName) -> usize {
    VitalName::ALL.iter().position(|one| *one == vital).expect("all are among all")
}

fn each(
    selected: &BooleanBuffer,
    cell_of: &[u32],
    cells: &mut [Cell],
    mut add: impl FnMut(usize, &mut Cell),
) {
    for row in rows(selected) {
        if let Some(cell) = cells.get_mut(cell_of[row] as usize) {
            add(row, cell);
        }
    }
}

fn ints(
    batch: &SessionBatch,
    column: C,
    selected: &BooleanBuffer,
    cell_of: &[u32],
    cells: &mut [Cell],
    tally: impl Fn(&mut Cell) -> &mut Tally,
) {
    let array = batch.ints(column);
    let values = array.values();
    match array.nulls() {
        None => each(selected, cell_of, cells, |row, cell| tally(cell).add(whole(values[row]))),
        Some(nulls) => each(selected, cell_of, cells, |row, cell| {
            if nulls.is_valid(row) {
                tally(cell).add(whole(values[row]));
            }
        }),
    }
}

/// A column of lists of numbers, read as whole parts (see [`VitalName::parts`]).
pub(crate) struct WholeLists<'a> {
    offsets: &'a [i32],
    values: WholeValues<'a>,
}

enum WholeValues<'a> {
    Ints(&'a arrow::array::Int32Array),
    Floats(&'a arrow::array::Float64Array),
}

impl<'a> WholeLists<'a> {
    pub(crate) fn of(batch: &'a SessionBatch, column: C) -> Self {
        if column == C::ViewCls {
            let lists = batch.float_lists(column);
            return Self { offsets: lists.offsets, values: WholeValues::Floats(lists.values) };
        }
        let lists = batch.int_lists(column);
        Self { offsets: lists.offsets, values: WholeValues::Ints(lists.values) }
    }

    /// Where a row's values are.
    #[inline]
    pub(crate) fn range(&self, row: usize) -> std::ops::Range<usize> {
        self.offsets[row].cast_unsigned() as usize..self.offsets[row + 1].cast_unsigned() as usize
    }

    /// A value; nothing where there is none.
    #[inline]
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "casts of floats saturate")]
    pub(crate) fn get(&self, at: usize) -> Option<u32> {
        match self.values {
            WholeValues::Ints(array) => array.is_valid(at).then(|| whole(array.value(at))),
            WholeValues::Floats(array) => {
                array.is_valid(at).then(|| (array.value(at) * VitalName::Cls.parts()).round() as u32)
            }
        }
    }

    /// Calls `add` with each value that is there.
    #[inline]
    pub(crate) fn each(&self, range: std::ops::Range<usize>, mut add: impl FnMut(usize, u32)) {
        for at in range {
            if let Some(value) = self.get(at) {
                add(at, value);
            }
        }
    }
}

/// The highest whole parts that are good, and that are not poor.
#[derive(Clone, Copy)]
pub(crate) struct Thresholds([u32; 2]);

impl Thresholds {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "thresholds are small and above zero"
    )]
    pub(crate) fn of(vital: VitalName) -> Self {
        // Values are whole parts, so that the last one at or under a threshold is its whole part.
        Self(vital.thresholds().map(|threshold| (threshold * vital.parts()).floor() as u32))
    }

    /// The place of the rating.
    #[inline]
    pub(crate) fn rate(self, value: u32) -> usize {
        usize::from(value > self.0[0]) + usize::from(value > self.0[1])
    }
}

impl Rated {
    #[inline]
    pub(crate) fn add(&mut self, value: u32, thresholds: Thresholds) {
        self.tally.add(value);
        self.ratings[thresholds.rate(value)] += 1;
    }

    pub(crate) fn merge(&mut self, other: Self) {
        self.tally.merge(other.tally);
        self.ratings.iter_mut().zip(other.ratings).for_each(|(one, other)| *one += other);
    }
}

impl Cell {
    pub(crate) fn merge(&mut self, other: Self) {
        self.sessions += other.sessions;
        self.settled += other.settled;
        self.bounced += other.bounced;
        self.single_page += other.single_page;
        self.page_views += other.page_views;
        self.with_errors += other.with_errors;
        self.visitors.merge(other.visitors);
        self.duration.merge(other.duration);
        self.active.merge(other.active);
        self.interaction.merge(other.interaction);
        self.load.merge(other.load);
        self.vitals.iter_mut().zip(other.vitals).for_each(|(one, other)| one.merge(other));
    }

    /// All of some cells.
    pub(crate) fn sum<'a>(cells: impl IntoIterator<Item = &'a Self>) -> Self {
        cells.into_iter().fold(Self::default(), |mut sum, cell| {
            sum.merge(cell.clone());
            sum
        })
    }
}

/// Cells of one, plus the same cells of another.
pub(crate) fn merged(mut one: Vec<Cell>, other: Vec<Cell>) -> Vec<Cell> {
    one.iter_mut().zip(other).for_each(|(one, other)| one.merge(other));
    one
}

/// The average of a tally.
pub(crate) fn average(metric: Metric, tally: &Tally) -> Measurement {
    Measurement { metric, reading: Reading::ratio(tally.sum, tally.n), of: tally.n, exact: true }
}

/// A percentile of a tally of whole parts.
pub(crate) fn percentile(metric: Metric, tally: &Tally, percent: u64, parts: f64) -> Measurement {
    let (reading, exact) = match tally.percentile(percent) {
        Some(Percentile { value, exact }) => (Reading::Number(f64::from(value) / parts), exact),
        None => (Reading::Nothing, true),
    };
    Measurement { metric, reading, of: tally.n, exact }
}

/// What is said of a vital.
pub(crate) fn of_vital(rated: &Rated, vital: VitalName, stat: VitalStat) -> Measurement {
    let metric = Metric::Vital(vital, stat);
    let share = |rating| {
        let of = rated.tally.n;
        Measurement { metric, reading: Reading::ratio(rated.ratings[place_of(rating)], of), of, exact: true }
    };
    match stat {
        VitalStat::P75 => percentile(metric, &rated.tally, 75, vital.parts()),
        VitalStat::Good => share(VitalRating::Good),
        VitalStat::NeedsImprovement => share(VitalRating::NeedsImprovement),
        VitalStat::Poor => share(VitalRating::Poor),
    }
}

fn measured(cell: &Cell, visitors: &Marked, metric: Metric) -> Measurement {
    let exactly = |reading, of| Measurement { metric, reading, of, exact: true };
    let sessions = cell.sessions;
    match metric {
        Metric::Sessions => exactly(Reading::Number(sessions as f64), sessions),
        Metric::Visitors => exactly(Reading::Number(visitors.all as f64), visitors.all),
        Metric::PageViews => exactly(Reading::Number(cell.page_views as f64), sessions),
        Metric::PagesAverage => exactly(Reading::ratio(cell.page_views, sessions), sessions),
        Metric::BounceRate => exactly(Reading::ratio(cell.bounced, cell.settled), cell.settled),
        Metric::SinglePageRate => exactly(Reading::ratio(cell.single_page, cell.settled), cell.settled),
        Metric::ErrorRate => exactly(Reading::ratio(cell.with_errors, sessions), sessions),
        Metric::ReturnRate => {
            let Marked { first: known, second: returning, .. } = *visitors;
            let reading = match known {
                0 if sessions > 0 => Reading::NotMeasurable,
                _ => Reading::ratio(returning, known),
            };
            exactly(reading, known)
        }
        Metric::DurationAverage => average(metric, &cell.duration),
        Metric::DurationMedian => percentile(metric, &cell.duration, 50, 1.0),
        Metric::DurationP75 => percentile(metric, &cell.duration, 75, 1.0),
        Metric::ActiveAverage => average(metric, &cell.active),
        Metric::ActiveMedian => percentile(metric, &cell.active, 50, 1.0),
        Metric::LoadAverage => average(metric, &cell.load),
        Metric::LoadMedian => percentile(metric, &cell.load, 50, 1.0),
        Metric::LoadP75 => percentile(metric, &cell.load, 75, 1.0),
        Metric::InteractionMedian => percentile(metric, &cell.interaction, 50, 1.0),
        Metric::InteractionP75 => percentile(metric, &cell.interaction, 75, 1.0),
        Metric::Vital(vital, stat) => of_vital(&cell.vitals[vital_place(vital)], vital, stat),
    }
}
