//! Replay chunks: what is known of a part of a replay beside its records, and which session it belongs to.
//!
//! A chunk is named by its hint, tab and index, and belongs to the session that had begun when it did: the last one of
//! its hint that starts no later, or the first. So chunks, too, are told apart by time and not by the order in which they
//! arrive, and a hint that is cut anew takes its chunks along. Their times are corrected as those of the tab's events.
//!
//! Records are rrweb's and pass through here as text: nothing of the model reads them.

use crate::id::{PageId, SessionId, SiteId, TabId};
use crate::sessionize::{FUTURE_ALLOWED_MS, LATE_ALLOWED_MS, SKEW_IGNORED_MS};
use crate::time::{DAY, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Names a chunk within its hint.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ChunkKey {
    /// The tab it was recorded in.
    pub tab_id: TabId,
    /// Counts up by one in the tab, from 0.
    pub index: u32,
}

/// Something that a viewer of a chunk must know.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChunkFlag {
    /// A part of the page is told by its structure only, since it changed more than may be followed.
    Degraded,
    /// Records before this chunk were lost in the browser.
    Gap,
    /// The page was going, and more had been recorded than fitted.
    Truncated,
    /// The server took out or masked something that the browser should have.
    Scrubbed,
}

/// Why a page is recorded.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Trigger {
    /// The session is in the site's sample.
    Sampled,
    /// An error occurred.
    Error,
    /// The site asked for it.
    Manual,
}

/// What the browser masked before it sent a chunk.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
pub struct Masks {
    /// Values of fields.
    pub inputs: bool,
    /// All text.
    pub text: bool,
}

/// What recording a chunk took of its page.
#[derive(Clone, Copy, PartialEq, Debug, Default, Serialize, Deserialize, ToSchema)]
pub struct RecordingCost {
    /// Of the main thread, in all, milliseconds.
    #[serde(default)]
    pub main_ms: f64,
    /// Of the main thread, at once, milliseconds.
    #[serde(default)]
    pub longest_ms: f64,
    /// How often the recorder failed at something and went on.
    #[serde(default)]
    pub failures: u32,
}

/// An accepted chunk without its records. This is what is kept beside them until they move to the lake, so that new
/// fields have defaults.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ReplayChunk {
    /// Whose it is.
    pub site: SiteId,
    /// The client's idea of the session.
    pub hint: SessionId,
    /// The tab it was recorded in.
    pub tab_id: TabId,
    /// The document it was recorded in, from its load to its end.
    pub page_id: PageId,
    /// Counts up by one in the tab, from 0, across pages.
    pub index: u32,
    /// The server's clock when it arrived.
    pub received_at: Timestamp,
    /// The client's clock when it was sent.
    pub sent_at: Timestamp,
    /// The client's clock at the first record.
    pub first_at: Timestamp,
    /// The client's clock at the last record.
    pub last_at: Timestamp,
    /// Whether playing can begin here: it begins with a whole page.
    pub keyframe: bool,
    /// How many records.
    pub n_records: u32,
    /// Size of the records as they are kept, inflated, bytes.
    pub bytes: u32,
    /// Size of the records as they were sent, compressed, bytes.
    pub sent_bytes: u32,
    /// In ascending order, each once.
    pub flags: Vec<ChunkFlag>,
    /// Hashes of the style sheets whose text is in it.
    pub styles: Vec<String>,
    /// What the browser masked.
    pub masks: Masks,
    /// Why it was recorded.
    pub trigger: Trigger,
    /// What recording it took.
    pub cost: RecordingCost,
}

impl ReplayChunk {
    /// Its name within its hint.
    pub fn key(&self) -> ChunkKey {
        ChunkKey { tab_id: self.tab_id, index: self.index }
    }

    /// How far the client's clock is off, as this chunk tells it; nothing where a slow network explains it.
    pub fn skew_ms(&self) -> i64 {
        let skew = self.received_at.since(self.sent_at);
        if skew.unsigned_abs() < SKEW_IGNORED_MS.unsigned_abs() { 0 } else { skew }
    }

    /// Whether its times can be: late data to a little future, and no longer than the longest session.
    pub fn is_of_its_time(&self) -> bool {
        let latest = self.received_at.plus(FUTURE_ALLOWED_MS);
        let earliest = self.received_at.plus(-LATE_ALLOWED_MS);
        let skew = self.skew_ms();
        self.first_at <= self.last_at
            && self.last_at.since(self.first_at) <= DAY
            && self.first_at.plus(skew) >= earliest
            && self.last_at.plus(skew) <= latest
    }

    /// What the fold keeps of it.
    pub fn facts(&self) -> ChunkFacts {
        ChunkFacts { first_at: self.first_at, skew_ms: self.skew_ms(), sent_bytes: self.sent_bytes }
    }
}

/// What must be known of a chunk to tell whose it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ChunkFacts {
    /// The client's clock at the first record.
    pub first_at: Timestamp,
    /// The correction that the chunk itself tells; its tab's goes before it.
    pub skew_ms: i64,
    /// Size as sent, bytes.
    pub sent_bytes: u32,
}

/// What a session has of a replay.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, ToSchema)]
pub struct ReplayTally {
    /// Chunks.
    pub chunks: u32,
    /// Their size as sent, bytes.
    pub bytes: u64,
}

/// Which of a hint's sessions something at a corrected time belongs to: the last that starts no later, or the first.
/// `starts` must be ascending and not empty.
pub fn owner(starts: &[Timestamp], at: Timestamp) -> usize {
    starts.partition_point(|start| *start <= at).saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    const NOON: Timestamp = Timestamp(1_795_435_200_000);

    fn chunk(first_at: i64, last_at: i64, sent_at: i64) -> ReplayChunk {
        ReplayChunk {
            site: SiteId("shop".to_owned()),
            hint: SessionId(Uuid::nil()),
            tab_id: TabId(Uuid::nil()),
            page_id: PageId(Uuid::nil()),
            index: 0,
            received_at: NOON,
            sent_at: NOON.plus(sent_at),
            first_at: NOON.plus(first_at),
            last_at: NOON.plus(last_at),
            keyframe: true,
            n_records: 1,
            bytes: 1,
            sent_bytes: 1,
            flags: Vec::new(),
            styles: Vec::new(),
            masks: Masks { inputs: true, text: true },
            trigger: Trigger::Sampled,
            cost: RecordingCost::default(),
        }
    }

    #[test]
    fn a_chunk_belongs_to_the_session_that_had_begun() {
        let starts = [10, 20, 30].map(Timestamp);
        let owners = [0, 10, 19, 20, 29, 31].map(|at| owner(&starts, Timestamp(at)));
        assert_eq!(owners, [0, 0, 0, 1, 1, 2]);
    }

    #[test]
    fn a_clock_that_is_off_is_corrected_and_a_slow_network_is_not() {
        assert_eq!(chunk(-9_000, -1_000, -2_000).skew_ms(), 0);
        let hour = 3_600_000;
        assert_eq!(chunk(-9_000 + hour, -1_000 + hour, hour).skew_ms(), -hour);
        assert!(chunk(-9_000 + hour, -1_000 + hour, hour).is_of_its_time());
    }

    #[test]
    fn times_that_cannot_be_are_told() {
        assert!(!chunk(0, -1, 0).is_of_its_time(), "it ends before it begins");
        assert!(!chunk(-8 * DAY, 0, 0).is_of_its_time(), "it is longer than any session");
        assert!(!chunk(-8 * DAY, -8 * DAY, 0).is_of_its_time(), "it is too old");
        assert!(!chunk(0, FUTURE_ALLOWED_MS + 1, 0).is_of_its_time(), "it has not happened yet");
        assert!(chunk(-6 * DAY, -6 * DAY + 1, 0).is_of_its_time(), "an offline browser sends late");
    }

    #[test]
    fn what_is_kept_of_a_chunk_is_read_again() {
        let kept = chunk(-9_000, -1_000, 0);
        let text = serde_json::to_string(&kept).expect("JSON");
        assert_eq!(serde_json::from_str::<ReplayChunk>(&text).expect("a chunk"), kept);
    }
}
