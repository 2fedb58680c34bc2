//! What a store tells of itself.

use crate::lake::LakeDamage;

/// What was found at start.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Recovery {
    /// Batches of the journal that were folded.
    pub batches: u64,
    /// Replay chunks that are not yet in the lake.
    pub replay_chunks: u64,
    /// Rows of the journal and of replay.db that are damaged and were set aside; each is in the log with its position.
    pub unreadable: u64,
    /// What was wrong with the lake.
    pub lake: LakeDamage,
}

/// What is held, and where.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct StoreStatus {
    /// Sessions in memory.
    pub live_sessions: usize,
    /// About what they take, bytes.
    pub live_bytes: usize,
    /// Sessions in the lake; those that are being amended are in both.
    pub lake_sessions: usize,
    /// Events in the lake.
    pub lake_events: usize,
    /// Replay chunks that are not yet in the lake.
    pub waiting_chunks: usize,
    /// Replay chunks in the lake.
    pub lake_chunks: usize,
    /// Size of their files.
    pub lake_chunk_bytes: u64,
    /// Its files.
    pub lake_files: usize,
    /// Their size.
    pub lake_bytes: u64,
    /// What could not be read.
    pub damage: LakeDamage,
}

/// What there is of the replay of a hint that is live.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct LiveReplay {
    /// Whether any event of it has come.
    pub has_session: bool,
    /// Chunks.
    pub chunks: usize,
    /// Their size as sent, bytes.
    pub sent_bytes: u64,
    /// Of how many tabs they are.
    pub tabs: usize,
}
