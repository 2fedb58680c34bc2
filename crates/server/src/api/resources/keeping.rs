//! What is kept and what was deleted, as the API tells it.

use footpath_store::{DataKind, Deleted, Deletion, DeletionRecord, Retention, StoreStatus};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// For how many days data is kept, 7 to 3650; nothing means for ever.
#[derive(Serialize, Deserialize, ToSchema)]
#[schema(as = Retention)]
#[serde(deny_unknown_fields)]
pub(crate) struct RetentionResource {
    /// Sessions, with all that belongs to them.
    sessions_days: Option<u32>,
    /// Events: the timelines of sessions. Never longer than the sessions.
    events_days: Option<u32>,
    /// Replay. Never longer than the sessions.
    #[serde(default)]
    replay_days: Option<u32>,
}

impl From<&Retention> for RetentionResource {
    fn from(retention: &Retention) -> Self {
        let of = |kind| retention.0.get(&kind).copied();
        Self {
            sessions_days: of(DataKind::Sessions),
            events_days: of(DataKind::Events),
            replay_days: of(DataKind::Replay),
        }
    }
}

impl From<&RetentionResource> for Retention {
    fn from(resource: &RetentionResource) -> Self {
        let kinds = [
            (DataKind::Sessions, resource.sessions_days),
            (DataKind::Events, resource.events_days),
            (DataKind::Replay, resource.replay_days),
        ];
        Self(kinds.into_iter().filter_map(|(kind, days)| Some((kind, days?))).collect())
    }
}

/// How retention is run.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RetentionRun {
    /// Only tells what would go.
    pub dry_run: bool,
}

/// What is to be erased.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Erasure {
    /// All sessions of this user; or else:
    #[serde(default)]
    pub user_id: Option<String>,
    /// These sessions; or else:
    #[serde(default)]
    pub session_ids: Option<Vec<String>>,
    /// Those that a search finds, in the language of docs/search.md; an empty one finds all.
    #[serde(default)]
    pub q: Option<String>,
    /// With `q`: of these, the ones behind a number of a report, as in the list of sessions.
    #[serde(default)]
    pub selection: Option<String>,
    /// With `q`, as in the list of sessions: first day or instant; the first session where it is left out.
    #[serde(default)]
    pub from: Option<String>,
    /// With `q`: last day, included, or instant, excluded; now where it is left out.
    #[serde(default)]
    pub to: Option<String>,
    /// With `q`: `exclude` (default), `include` or `only`.
    #[serde(default)]
    pub bots: Option<String>,
    /// Only tells what would go.
    #[serde(default)]
    pub dry_run: bool,
}

/// What a deletion deleted, or would.
#[derive(Serialize, ToSchema)]
pub(crate) struct Receipt {
    /// Whether nothing has changed.
    dry_run: bool,
    /// Sessions.
    sessions: usize,
    /// Events.
    events: usize,
    /// Replay chunks.
    replay_chunks: usize,
    /// Files of the lake that were replaced or removed.
    files: usize,
    /// Bytes freed; of a dry run, an estimate.
    bytes: u64,
    /// Files that go as soon as the queries that read them end.
    files_still_read: usize,
}

impl Receipt {
    pub(crate) fn of(deleted: Deleted, deletion: Deletion) -> Self {
        let Deleted { sessions, events, replay_chunks, files, bytes, files_still_read } = deleted;
        let dry_run = deletion == Deletion::DryRun;
        Self { dry_run, sessions, events, replay_chunks, files, bytes, files_still_read }
    }
}

/// One deletion that was run.
#[derive(Serialize, ToSchema)]
#[schema(as = DeletionRecord)]
pub(crate) struct DeletionResource {
    /// Counts up.
    id: i64,
    /// Why; names no person.
    cause: String,
    /// Unix ms.
    started_at: i64,
    /// Unix ms.
    ended_at: i64,
    /// What went.
    deleted: Receipt,
    /// Why it failed, if it did.
    error: Option<String>,
}

impl From<DeletionRecord> for DeletionResource {
    fn from(record: DeletionRecord) -> Self {
        Self {
            id: record.id,
            cause: record.cause,
            started_at: record.started_at.0,
            ended_at: record.ended_at.0,
            deleted: Receipt::of(record.deleted, Deletion::ForGood),
            error: record.error,
        }
    }
}

/// Deletions, newest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct DeletionList {
    pub deletions: Vec<DeletionResource>,
}

/// Sessions that retention leaves alone.
#[derive(Serialize, ToSchema)]
pub(crate) struct PinList {
    pub session_ids: Vec<String>,
}

/// What is stored.
#[derive(Serialize, ToSchema)]
#[schema(as = Storage)]
pub(crate) struct StorageResource {
    /// Sessions in memory: not over, or not yet in the lake, or being amended.
    live_sessions: usize,
    /// About what they take, bytes.
    live_bytes: usize,
    /// Sessions in the lake; those that are being amended are in both.
    lake_sessions: usize,
    /// Events in the lake.
    lake_events: usize,
    /// Replay chunks that are not yet in the lake.
    waiting_replay_chunks: usize,
    /// Replay chunks in the lake.
    lake_replay_chunks: usize,
    /// Size of their files, bytes.
    lake_replay_bytes: u64,
    /// Its files.
    lake_files: usize,
    /// Their size, bytes.
    lake_bytes: u64,
    /// Files and logs that were damaged and are set aside.
    set_aside: Vec<String>,
    /// Files that are missing or cannot be read.
    missing: Vec<String>,
    /// Rows that were in them.
    missing_rows: u64,
}

impl From<StoreStatus> for StorageResource {
    fn from(status: StoreStatus) -> Self {
        Self {
            live_sessions: status.live_sessions,
            live_bytes: status.live_bytes,
            lake_sessions: status.lake_sessions,
            lake_events: status.lake_events,
            waiting_replay_chunks: status.waiting_chunks,
            lake_replay_chunks: status.lake_chunks,
            lake_replay_bytes: status.lake_chunk_bytes,
            lake_files: status.lake_files,
            lake_bytes: status.lake_bytes,
            set_aside: status.damage.set_aside.iter().map(|path| path.display().to_string()).collect(),
            missing: status.damage.missing,
            missing_rows: status.damage.missing_rows,
        }
    }
}
