//! Replays, as the API tells them.

use footpath_model::id::SessionId;
use footpath_model::replay::{ChunkFlag, Masks, RecordingCost, Trigger};
use footpath_store::StoredChunk;
use serde::Serialize;
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use utoipa::ToSchema;
use uuid::Uuid;

/// What there is of a session's replay.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReplayManifest {
    /// The session.
    #[schema(value_type = String, format = Uuid)]
    session_id: Uuid,
    /// First record of any tab, Unix ms on the server's clock; nothing where there is no replay.
    start: Option<i64>,
    /// Last record of any tab.
    end: Option<i64>,
    /// Whether all that was recorded is here: no gap, no chunk that says that something was lost before it, and no page
    /// whose last chunk is cut off.
    complete: bool,
    /// Chunks of all tabs.
    n_chunks: usize,
    /// Size of their records.
    bytes: u64,
    /// Tabs, in order of their first record.
    tabs: Vec<ReplayTab>,
    /// Hashes of the style sheets that can be asked for, ascending.
    styles: Vec<String>,
}

/// A tab's part of a replay.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReplayTab {
    /// The tab.
    #[schema(value_type = String, format = Uuid)]
    tab_id: Uuid,
    /// Its documents, in order.
    pages: Vec<ReplayPage>,
    /// Its chunks, in order.
    chunks: Vec<ReplayChunkResource>,
    /// Where chunks are missing.
    gaps: Vec<ReplayGap>,
}

/// A document in a tab, from its load to its end.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReplayPage {
    /// The document.
    #[schema(value_type = String, format = Uuid)]
    page_id: Uuid,
    /// First record, Unix ms on the server's clock.
    start: i64,
    /// Last record.
    end: i64,
    /// Index of its first chunk.
    first_index: u32,
    /// Index of its last chunk.
    last_index: u32,
}

/// A chunk.
#[derive(Serialize, ToSchema)]
#[schema(as = ReplayChunk)]
pub(crate) struct ReplayChunkResource {
    /// Its number in the tab.
    index: u32,
    /// The document it is of.
    #[schema(value_type = String, format = Uuid)]
    page_id: Uuid,
    /// First record, Unix ms on the server's clock.
    start: i64,
    /// Last record.
    end: i64,
    /// What is to be added to the times of its records.
    clock_skew_ms: i64,
    /// Whether playing can begin here.
    keyframe: bool,
    /// Records.
    n_records: u32,
    /// Their size.
    bytes: u32,
    /// What a viewer must know.
    flags: Vec<ChunkFlag>,
    /// Hashes of the style sheets whose text is in it.
    styles: Vec<String>,
    /// What the browser masked.
    masks: Masks,
    /// Why it was recorded.
    trigger: Trigger,
    /// What recording it took.
    cost: RecordingCost,
}

/// Chunks that are missing.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReplayGap {
    /// The chunk before; nothing where the tab's first chunk of the session does not begin with a whole page.
    after_index: Option<u32>,
    /// The chunk after.
    before_index: u32,
    /// End of the chunk before, Unix ms; start of the one after where there is none.
    start: i64,
    /// Start of the chunk after.
    end: i64,
}

/// A style sheet.
#[derive(Serialize, ToSchema)]
#[schema(as = ReplayStyle)]
pub(crate) struct StyleResource {
    /// Its hash.
    pub hash: String,
    /// Its text, or the rules of an adopted style sheet (`{rule, index}`).
    #[schema(value_type = Object)]
    pub css: Box<RawValue>,
}

impl ReplayManifest {
    /// Of chunks in order of time.
    pub(crate) fn of(session: SessionId, chunks: &[StoredChunk]) -> Self {
        let mut by_tab: BTreeMap<Uuid, Vec<&StoredChunk>> = BTreeMap::new();
        for stored in chunks {
            by_tab.entry(stored.chunk.tab_id.0).or_default().push(stored);
        }
        let mut tabs: Vec<ReplayTab> =
            by_tab.into_iter().map(|(tab, chunks)| ReplayTab::of(tab, chunks)).collect();
        tabs.sort_by_key(|tab| (tab.chunks.first().map(|chunk| chunk.start), tab.tab_id));
        let mut styles: Vec<String> =
            chunks.iter().flat_map(|stored| stored.chunk.styles.iter().cloned()).collect();
        styles.sort_unstable();
        styles.dedup();
        Self {
            session_id: session.0,
            start: chunks.iter().map(start).min(),
            end: chunks.iter().map(end).max(),
            complete: tabs.iter().all(ReplayTab::is_complete),
            n_chunks: chunks.len(),
            bytes: chunks.iter().map(|stored| u64::from(stored.chunk.bytes)).sum(),
            tabs,
            styles,
        }
    }
}

fn start(stored: &StoredChunk) -> i64 {
    stored.chunk.first_at.plus(stored.skew_ms).0
}

fn end(stored: &StoredChunk) -> i64 {
    stored.chunk.last_at.plus(stored.skew_ms).0
}

impl ReplayTab {
    fn of(tab_id: Uuid, mut chunks: Vec<&StoredChunk>) -> Self {
        chunks.sort_by_key(|stored| stored.chunk.index);
        let mut pages: Vec<ReplayPage> = Vec::new();
        let mut gaps = Vec::new();
        let mut before: Option<&StoredChunk> = None;
        for stored in &chunks {
            let chunk = &stored.chunk;
            match pages.last_mut() {
                Some(page) if page.page_id == chunk.page_id.0 => {
                    page.end = page.end.max(end(stored));
                    page.last_index = chunk.index;
                }
                Some(_) | None => pages.push(ReplayPage {
                    page_id: chunk.page_id.0,
                    start: start(stored),
                    end: end(stored),
                    first_index: chunk.index,
                    last_index: chunk.index,
                }),
            }
            let is_after = before.is_some_and(|before| before.chunk.index + 1 == chunk.index);
            if !is_after && (before.is_some() || !chunk.keyframe) {
                gaps.push(ReplayGap {
                    after_index: before.map(|before| before.chunk.index),
                    before_index: chunk.index,
                    start: before.map_or(start(stored), end),
                    end: start(stored),
                });
            }
            before = Some(stored);
        }
        Self { tab_id, pages, chunks: chunks.into_iter().map(ReplayChunkResource::of).collect(), gaps }
    }

    fn is_complete(&self) -> bool {
        let is_last = |chunk: &ReplayChunkResource| {
            self.pages.iter().any(|page| page.page_id == chunk.page_id && page.last_index == chunk.index)
        };
        let lost = |chunk: &ReplayChunkResource, flag: &ChunkFlag| match flag {
            ChunkFlag::Gap => true,
            // What did not fit followed, where another chunk of the page did.
            ChunkFlag::Truncated => is_last(chunk),
            ChunkFlag::Degraded | ChunkFlag::Scrubbed => false,
        };
        self.gaps.is_empty()
            && !self.chunks.iter().any(|chunk| chunk.flags.iter().any(|flag| lost(chunk, flag)))
    }
}

impl ReplayChunkResource {
    fn of(stored: &StoredChunk) -> Self {
        let chunk = &stored.chunk;
        Self {
            index: chunk.index,
            page_id: chunk.page_id.0,
            start: start(stored),
            end: end(stored),
            clock_skew_ms: stored.skew_ms,
            keyframe: chunk.keyframe,
            n_records: chunk.n_records,
            bytes: chunk.bytes,
            flags: chunk.flags.clone(),
            styles: chunk.styles.clone(),
            masks: chunk.masks,
            trigger: chunk.trigger,
            cost: chunk.cost,
        }
    }
}
