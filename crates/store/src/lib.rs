//! Where Footpath keeps what it accepted.
//!
//! ```text
//! append ──► journal ──► live set ──► lake (Delta tables)
//!            durable     sessions     settled sessions, their events and replay chunks
//!                │           │            │
//!                └─ forgets ◄┼── keeper ──┘ flush, compact, retain, erase
//!                            ▼
//!                        snapshot ──► queries        metadata (sites, salts, retention, pins, goals), source maps
//! ```
//!
//! A batch is acknowledged after the journal's commit, and folded into the live set right after. Sessions that are
//! over move to the lake, and the journal forgets them; so the journal is exactly what the live set is made of again
//! at start. A snapshot sees both, each session once. This crate knows no HTTP and no JSON of the network; the clock is
//! passed in.

mod backup;
mod beside;
mod check;
mod data_dir;
mod filters;
mod fold;
mod journal;
mod keeper;
mod lake;
mod live;
mod metadata;
mod privacy;
mod replay;
mod replay_journal;
mod report_settings;
mod retention;
mod rows;
mod schedule;
mod snapshot;
mod source_maps;
mod sqlite;
mod status;
mod store;

pub use backup::{BackedUp, BackupError, backup};
pub use beside::sites_of;
pub use check::{Check, Finding, Severity, check};
pub use data_dir::OpenError;
pub use filters::SavedFilter;
pub use journal::AppendError;
pub use keeper::{Compacted, Deleted, Deletion, Flushed, KeepError};
pub use lake::LakeDamage;
pub use lake::file::FileError;
pub use lake::replay_chunks::StoredChunk;
pub use lake::table::TableError;
pub use live::SessionKey;
pub use metadata::{Metadata, MetadataError, NewSite, Salts};
pub use privacy::AuditRecord;
pub use replay_journal::Kept;
pub use retention::{DataKind, DeletionRecord, Retention};
pub use rows::RowsFile;
pub use snapshot::{Changes, SessionEvents, SiteSessions, Snapshot, SnapshotSegment};
pub use source_maps::{SourceMap, SourceMaps};
pub use status::{LiveReplay, Recovery, StoreStatus};
pub use store::{Store, StoreOptions};
