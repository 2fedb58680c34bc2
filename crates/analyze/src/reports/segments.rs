//! Metrics by segment: first the segments with most sessions are found, then they are measured, and the others as one. So what is
//! held while measuring is as much as is shown, however many segments there are.
//!
//! Limit: all different segments are held while they are counted; over [`MAX_SEGMENTS`] of them there is no answer.

use super::ReportError;
use super::cells::{Cell, Measures, merged};
use super::dimension::{Combined, columns};
use super::scope::{Scope, Selects, keep, rows};
use crate::analysis::Analysis;
use crate::batch::SessionBatch;
use crate::vocabulary::Vocabulary;
use arrow::buffer::BooleanBuffer;
use footpath_model::columns::SessionColumn;
use footpath_model::reports::dimension::Dimension;
use footpath_model::reports::document::AsOf;
use footpath_model::reports::measures::{
    SegmentKey, SegmentRest, SegmentRow, SegmentSelection, Segmentation, Segments, WhichSegments,
};
use std::cmp::Reverse;
use std::collections::HashMap;

/// Different segments that are counted, at most: some 100 MB.
pub const MAX_SEGMENTS: usize = 500_000;

/// Metrics by segment.
///
/// # Errors
/// As [`Scope::run`], and where there are too many segments.
pub fn segments(scope: &Scope<'_>, asked: &Segmentation) -> Result<Segments, ReportError> {
    let counts = SegmentCounts { dimensions: asked.dimensions.clone(), as_of: asked.as_of };
    let counted = scope.run(&counts)?;
    let counted = counted.ok_or(ReportError::TooManySegments)?;
    let shown: Vec<(SegmentKey, u64)> = counted.iter().take(asked.limit).cloned().collect();
    let keys = shown.iter().map(|(key, _)| key.clone()).collect();
    let measures = Measures::new(&asked.metrics, asked.as_of);
    let analysis = SegmentCells::new(&asked.dimensions, keys, measures);
    let cells = scope.run(&analysis)?;
    let measured = |cell: &Cell| analysis.measures.measured(cell);
    let row = |((key, _), cell): ((SegmentKey, u64), &Cell)| SegmentRow {
        key,
        sessions: cell.sessions,
        measurements: measured(cell),
    };
    let n_shown = shown.len();
    let rest = (counted.len() > n_shown).then(|| SegmentRest {
        segments: (counted.len() - n_shown) as u64,
        sessions: cells[n_shown].sessions,
        measurements: measured(&cells[n_shown]),
    });
    let total = Cell::sum(&cells);
    Ok(Segments {
        rows: shown.into_iter().zip(&cells).map(row).collect(),
        rest,
        sessions: total.sessions,
        total: measured(&total),
    })
}

fn all_columns(dimensions: &[Dimension]) -> Vec<SessionColumn> {
    dimensions.iter().flat_map(|&dimension| columns(dimension)).copied().collect()
}

/// Sessions of every segment.
#[derive(Clone, Debug)]
pub struct SegmentCounts {
    /// The dimensions.
    pub dimensions: Vec<Dimension>,
    /// When it is asked.
    pub as_of: AsOf,
}

impl Analysis for SegmentCounts {
    /// Nothing where there were too many.
    type Partial = Option<HashMap<SegmentKey, u64>>;
    /// Most sessions first, equals by their values; nothing where there are too many.
    type Answer = Option<Vec<(SegmentKey, u64)>>;

    fn columns(&self) -> Vec<SessionColumn> {
        all_columns(&self.dimensions)
    }

    fn empty(&self) -> Self::Partial {
        Some(HashMap::new())
    }

    fn scan(&self, batch: &SessionBatch, selected: &BooleanBuffer) -> Self::Partial {
        let combined = Combined::of(batch, &self.dimensions, self.as_of);
        let mut counts = vec![0_u64; combined.number];
        rows(selected).for_each(|row| counts[combined.codes[row] as usize] += 1);
        let met = counts.into_iter().enumerate().filter(|(_, sessions)| *sessions > 0);
        bounded(met.map(|(at, sessions)| (combined.key(at), sessions)).collect())
    }

    fn merge(&self, one: Self::Partial, other: Self::Partial) -> Self::Partial {
        let (one, other) = (one?, other?);
        let (mut more, fewer) = if one.len() >= other.len() { (one, other) } else { (other, one) };
        fewer.into_iter().for_each(|(key, sessions)| *more.entry(key).or_default() += sessions);
        bounded(more)
    }

    fn finish(&self, counts: Self::Partial, _: &Vocabulary) -> Self::Answer {
        let mut counts: Vec<_> = counts?.into_iter().collect();
        counts.sort_unstable_by(|one, other| (Reverse(one.1), &one.0).cmp(&(Reverse(other.1), &other.0)));
        Some(counts)
    }
}

fn bounded(counts: HashMap<SegmentKey, u64>) -> Option<HashMap<SegmentKey, u64>> {
    (counts.len() <= MAX_SEGMENTS).then_some(counts)
}

/// Metrics of some segments, and of the others together.
#[derive(Clone, Debug)]
pub struct SegmentCells {
    dimensions: Vec<Dimension>,
    cell_of: HashMap<SegmentKey, u32>,
    measures: Measures,
}

impl SegmentCells {
    pub(crate) fn new(dimensions: &[Dimension], keys: Vec<SegmentKey>, measures: Measures) -> Self {
        Self { dimensions: dimensions.to_vec(), cell_of: keys.into_iter().zip(0..).collect(), measures }
    }
}

impl Analysis for SegmentCells {
    /// Those of the segments in their order, then that of the others.
    type Partial = Vec<Cell>;
    type Answer = Vec<Cell>;

    fn columns(&self) -> Vec<SessionColumn> {
        [all_columns(&self.dimensions), self.measures.columns()].concat()
    }

    fn empty(&self) -> Vec<Cell> {
        vec![Cell::default(); self.cell_of.len() + 1]
    }

    fn scan(&self, batch: &SessionBatch, selected: &BooleanBuffer) -> Vec<Cell> {
        let combined = Combined::of(batch, &self.dimensions, self.measures.as_of());
        let others = self.cell_of.len() as u32;
        let cell = |at| self.cell_of.get(&combined.key(at)).copied().unwrap_or(others);
        let cell_of_code: Vec<u32> = (0..combined.number).map(cell).collect();
        let cell_of: Vec<u32> = combined.codes.iter().map(|&code| cell_of_code[code as usize]).collect();
        let mut cells = self.empty();
        self.measures.scan(batch, selected, &cell_of, &mut cells);
        cells
    }

    fn merge(&self, one: Vec<Cell>, other: Vec<Cell>) -> Vec<Cell> {
        merged(one, other)
    }

    fn finish(&self, cells: Vec<Cell>, _: &Vocabulary) -> Vec<Cell> {
        cells
    }
}

impl Selects for SegmentSelection {
    fn columns(&self) -> Vec<SessionColumn> {
        all_columns(&self.dimensions)
    }

    fn mask(&self, batch: &SessionBatch, selected: &BooleanBuffer) -> BooleanBuffer {
        let combined = Combined::of(batch, &self.dimensions, self.as_of);
        let keeps = |at: usize| {
            let key = combined.key(at);
            match &self.which {
                WhichSegments::One(wanted) => key == *wanted,
                WhichSegments::AllBut(but) => !but.contains(&key),
            }
        };
        let keeps: Vec<bool> = (0..combined.number).map(keeps).collect();
        keep(selected, |row| keeps[combined.codes[row] as usize])
    }
}
