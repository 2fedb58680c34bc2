//! Why a search finds what it finds: how many sessions each of its parts finds alone, and how many would be found without
//! it. Where nothing is found, the part without which something is has emptied the search.
//!
//! Ask it with a filter that has no search of its own: the parts are asked of all sessions in range.

use crate::analysis::Analysis;
use crate::batch::SessionBatch;
use crate::search::{CompiledSearch, combined};
use crate::vocabulary::Vocabulary;
use arrow::buffer::BooleanBuffer;
use footpath_model::columns::SessionColumn;
use std::sync::Arc;

/// Counts what the parts of a search find.
#[derive(Clone, Debug)]
pub struct ClauseCounts {
    /// The search.
    pub search: Arc<CompiledSearch>,
}

/// What a search finds, and its parts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ClausesCounted {
    /// Sessions that the whole finds.
    pub found: u64,
    /// Sessions that were asked.
    pub of: u64,
    /// In the order of [`footpath_model::search::Search::parts`].
    pub parts: Vec<PartCount>,
}

/// What one part of a search finds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PartCount {
    /// As it is printed, with the `-` of a NOT that it stands under.
    pub part: String,
    /// Sessions that it finds alone.
    pub alone: u64,
    /// Sessions that the search finds without it.
    pub without: u64,
}

/// Sessions found and asked, and for each part: alone, without.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Counts {
    found: u64,
    of: u64,
    parts: Vec<(u64, u64)>,
}

impl Analysis for ClauseCounts {
    type Partial = Counts;
    type Answer = ClausesCounted;

    fn columns(&self) -> Vec<SessionColumn> {
        self.search.columns()
    }

    fn empty(&self) -> Counts {
        Counts { found: 0, of: 0, parts: vec![(0, 0); self.search.search().parts().len()] }
    }

    fn scan(&self, batch: &SessionBatch, selected: &BooleanBuffer) -> Counts {
        let masks = self.search.masks(batch, selected);
        let count = |rows: &BooleanBuffer| rows.count_set_bits() as u64;
        let of = count(selected);
        let Some(root) = self.search.root() else { return Counts { found: of, of, parts: Vec::new() } };
        let negated = self.search.search().parts().into_iter().map(|(_, negated)| negated);
        let parts = masks.iter().zip(negated).enumerate().map(|(place, (mask, negated))| {
            let alone = if negated { of - count(mask) } else { count(mask) };
            let rest = root.without(&mut |other| *other == place);
            let without = rest.map_or(of, |rest| count(&combined(&rest, &masks, selected)));
            (alone, without)
        });
        Counts { found: count(&combined(root, &masks, selected)), of, parts: parts.collect() }
    }

    fn merge(&self, mut one: Counts, other: Counts) -> Counts {
        one.found += other.found;
        one.of += other.of;
        for (one, other) in one.parts.iter_mut().zip(other.parts) {
            *one = (one.0 + other.0, one.1 + other.1);
        }
        one
    }

    fn finish(&self, counts: Counts, _: &Vocabulary) -> ClausesCounted {
        let named = self.search.search().parts().into_iter().zip(counts.parts);
        let parts = named.map(|((part, negated), (alone, without))| {
            let part = if negated { format!("-{part:#}") } else { part.to_string() };
            PartCount { part, alone, without }
        });
        ClausesCounted { found: counts.found, of: counts.of, parts: parts.collect() }
    }
}
