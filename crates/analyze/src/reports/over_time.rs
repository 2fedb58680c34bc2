//! Metrics over time, against the period before.

use super::cells::{Cell, Measures, NO_CELL, merged};
use crate::analysis::Analysis;
use crate::batch::SessionBatch;
use crate::vocabulary::Vocabulary;
use arrow::buffer::BooleanBuffer;
use footpath_model::columns::SessionColumn;
use footpath_model::reports::measures::{OverTime, OverTimeAnswer, Series};
use footpath_model::time::Timestamp;

/// [`OverTime`] as an analysis. The filter must let through [`OverTime::range`].
#[derive(Clone, Debug)]
pub struct OverTimeAnalysis {
    asked: OverTime,
    measures: Measures,
}

impl OverTimeAnalysis {
    /// Of a question.
    pub fn new(asked: OverTime) -> Self {
        Self { measures: Measures::new(&asked.metrics, asked.as_of), asked }
    }

    fn series(&self, cells: &[Cell]) -> Series {
        Series {
            total: self.measures.measured(&Cell::sum(cells)),
            buckets: cells.iter().map(|cell| self.measures.measured(cell)).collect(),
        }
    }
}

/// For each row the bucket that its session started in.
pub(crate) fn buckets(batch: &SessionBatch, edges: &[Timestamp]) -> Vec<u32> {
    let starts = batch.times(SessionColumn::Start).micros();
    let edges: Vec<i64> = edges.iter().map(|edge| edge.0.saturating_mul(1000)).collect();
    // Neighbouring rows mostly start in one bucket, which then need not be searched for.
    let (mut here, mut bucket) = (0..0, NO_CELL);
    let find = |&start: &i64| {
        if !here.contains(&start) {
            let after = edges.partition_point(|edge| *edge <= start);
            if after == 0 || after == edges.len() {
                return NO_CELL;
            }
            here = edges[after - 1]..edges[after];
            bucket = after as u32 - 1;
        }
        bucket
    };
    starts.iter().map(find).collect()
}

impl Analysis for OverTimeAnalysis {
    /// Cells of the period, and of the one before.
    type Partial = [Vec<Cell>; 2];
    type Answer = OverTimeAnswer;

    fn columns(&self) -> Vec<SessionColumn> {
        let mut columns = self.measures.columns();
        columns.push(SessionColumn::Start);
        columns
    }

    fn empty(&self) -> [Vec<Cell>; 2] {
        [&self.asked.edges, &self.asked.previous]
            .map(|edges| vec![Cell::default(); edges.len().saturating_sub(1)])
    }

    fn scan(&self, batch: &SessionBatch, selected: &BooleanBuffer) -> [Vec<Cell>; 2] {
        let mut both = self.empty();
        for (edges, cells) in [&self.asked.edges, &self.asked.previous].into_iter().zip(&mut both) {
            if !cells.is_empty() {
                self.measures.scan(batch, selected, &buckets(batch, edges), cells);
            }
        }
        both
    }

    fn merge(&self, [one, before]: [Vec<Cell>; 2], [other, other_before]: [Vec<Cell>; 2]) -> [Vec<Cell>; 2] {
        [merged(one, other), merged(before, other_before)]
    }

    fn finish(&self, [cells, before]: [Vec<Cell>; 2], _: &Vocabulary) -> OverTimeAnswer {
        OverTimeAnswer {
            current: self.series(&cells),
            previous: (!self.asked.previous.is_empty()).then(|| self.series(&before)),
        }
    }
}
