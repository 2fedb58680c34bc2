//! Outcomes of replay chunks: as events, each ends in exactly one, counted.

use serde::{Deserialize, Serialize};
use std::sync::atomic::{AtomicU64, Ordering};
use utoipa::ToSchema;

/// Why a chunk was dropped.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChunkDropReason {
    /// The site does not record.
    ReplayOff,
    /// It was recorded longer ago than late data is taken in, or at no time that can be.
    TooOld,
    /// Its session has as many chunks, bytes or tabs as one may have.
    SessionFull,
    /// It cannot be read, is too large, or of another version.
    Refused,
    /// Its site key is unknown.
    UnknownKey,
    /// Its key sent too much.
    RateLimited,
    /// The server was busy with events; the client was told to send it again.
    Shed,
    /// It could not be made durable; the client was told to send it again.
    Unavailable,
    /// No outcome was given: a defect.
    Internal,
}

impl ChunkDropReason {
    /// All, for the operator's table.
    pub const ALL: [Self; 9] = [
        Self::ReplayOff,
        Self::TooOld,
        Self::SessionFull,
        Self::Refused,
        Self::UnknownKey,
        Self::RateLimited,
        Self::Shed,
        Self::Unavailable,
        Self::Internal,
    ];

    /// As on the wire and in metrics.
    pub fn name(self) -> &'static str {
        match self {
            Self::ReplayOff => "replay_off",
            Self::TooOld => "too_old",
            Self::SessionFull => "session_full",
            Self::Refused => "refused",
            Self::UnknownKey => "unknown_key",
            Self::RateLimited => "rate_limited",
            Self::Shed => "shed",
            Self::Unavailable => "unavailable",
            Self::Internal => "internal",
        }
    }
}

/// Counts of chunks since the process started. What was of no use after all is counted by the store.
#[derive(Debug, Default)]
pub struct ChunkOutcomes {
    accepted: AtomicU64,
    duplicate: AtomicU64,
    dropped: [AtomicU64; ChunkDropReason::ALL.len()],
}

impl ChunkOutcomes {
    /// Chunks that were made durable and were new.
    pub fn accepted(&self) -> u64 {
        self.accepted.load(Ordering::Relaxed)
    }

    /// Chunks that were there already.
    pub fn duplicate(&self) -> u64 {
        self.duplicate.load(Ordering::Relaxed)
    }

    /// Chunks dropped for a reason.
    pub fn dropped(&self, reason: ChunkDropReason) -> u64 {
        self.dropped[reason as usize].load(Ordering::Relaxed)
    }

    /// Opens the account of a chunk.
    pub fn intake(&self) -> ChunkIntake<'_> {
        ChunkIntake { outcomes: self, is_open: true }
    }
}

/// The account of one chunk, closed by its destructor where code forgets it.
#[derive(Debug)]
pub struct ChunkIntake<'a> {
    outcomes: &'a ChunkOutcomes,
    is_open: bool,
}

impl ChunkIntake<'_> {
    /// It is dropped.
    pub fn drop_it(mut self, reason: ChunkDropReason) {
        self.close(&self.outcomes.dropped[reason as usize]);
    }

    /// It is durable.
    pub fn accept(mut self) {
        self.close(&self.outcomes.accepted);
    }

    /// It was durable before.
    pub fn is_duplicate(mut self) {
        self.close(&self.outcomes.duplicate);
    }

    /// Somebody else opens an account for it.
    pub fn hand_over(mut self) {
        self.is_open = false;
    }

    fn close(&mut self, count: &AtomicU64) {
        self.is_open = false;
        count.fetch_add(1, Ordering::Relaxed);
    }
}

impl Drop for ChunkIntake<'_> {
    fn drop(&mut self) {
        if self.is_open {
            self.close(&self.outcomes.dropped[ChunkDropReason::Internal as usize]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_chunk_ends_in_one_outcome_even_a_forgotten_one() {
        let outcomes = ChunkOutcomes::default();
        outcomes.intake().accept();
        outcomes.intake().is_duplicate();
        outcomes.intake().drop_it(ChunkDropReason::Shed);
        outcomes.intake().hand_over();
        drop(outcomes.intake());
        let dropped: Vec<_> = ChunkDropReason::ALL
            .into_iter()
            .filter(|reason| outcomes.dropped(*reason) > 0)
            .map(ChunkDropReason::name)
            .collect();
        assert_eq!((outcomes.accepted(), outcomes.duplicate(), dropped), (1, 1, vec!["shed", "internal"]));
    }

    #[test]
    fn reasons_are_indexed_by_their_place() {
        for (index, reason) in ChunkDropReason::ALL.into_iter().enumerate() {
            assert_eq!(reason as usize, index);
        }
    }
}
