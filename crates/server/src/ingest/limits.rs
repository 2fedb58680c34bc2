//! What ingest takes in at most, each with its reason.

/// A request body as sent. A browser's last flush is under 64 KiB; importers send more at once.
pub const BODY_BYTES: usize = 1024 * 1024;
/// A body inflated: gzip of JSON gains about 10:1, a bomb 1000:1.
pub const INFLATED_BYTES: usize = 4 * 1024 * 1024;
/// Events in a batch: as many as the SDK's offline queue keeps.
pub const EVENTS_PER_BATCH: usize = 500;
/// Levels of nesting. Ours needs 7; the decoder recurses once for each.
pub const NESTING: usize = 16;
/// One event as JSON: a stack of 16 KiB with room to spare.
pub const EVENT_BYTES: usize = 64 * 1024;
/// A chunk's head as sent: ours has some 700 bytes, and hashes of style sheets.
pub const CHUNK_HEAD_BYTES: usize = 8 * 1024;
/// A chunk's records inflated: the keyframe of a page of 50,000 elements.
pub const CHUNK_BYTES: usize = 8 * 1024 * 1024;
/// Records in a chunk: 30 s of a page that changes at every frame, ten times over.
pub const CHUNK_RECORDS: usize = 20_000;
/// Levels of nesting in a record: two for each level of a page, whose deepest have about 200.
pub const RECORD_NESTING: usize = 512;
/// Style sheets whose text is in a chunk.
pub const CHUNK_STYLES: usize = 100;
/// A hash of a style sheet.
pub const STYLE_HASH_BYTES: usize = 64;
/// Chunks of a session: one each 10 s of the longest.
pub const CHUNKS_PER_SESSION: usize = 10_000;
/// Chunks of a session of which no event has come yet: they are sent within seconds of each other.
pub const CHUNKS_BEFORE_SESSION: usize = 32;
/// Replay of a session as sent, bytes: ten times the heaviest that we have recorded.
pub const REPLAY_BYTES_PER_SESSION: u64 = 256 * 1024 * 1024;
/// Tabs of a session that are recorded.
pub const TABS_PER_SESSION: usize = 64;
/// Events may be this much older than their batch, milliseconds.
pub const LATE_MS: i64 = footpath_model::sessionize::LATE_ALLOWED_MS;
/// A backfill's `sent_at` may be this far after the server's clock, milliseconds.
pub const FUTURE_MS: i64 = footpath_model::sessionize::FUTURE_ALLOWED_MS;
