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
/// Events may be this much older than their batch, milliseconds.
pub const LATE_MS: i64 = footpath_model::sessionize::LATE_ALLOWED_MS;
/// A backfill's `sent_at` may be this far after the server's clock, milliseconds.
pub const FUTURE_MS: i64 = footpath_model::sessionize::FUTURE_ALLOWED_MS;
