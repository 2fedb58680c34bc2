//! Every answer as a kernel over batches of sessions.
//!
//! ```text
//! Source ──► Segment ──► SessionBatch ──► Filter ──► Analysis::scan ─┐
//! (a snapshot) (prune)    (cached)         (bits)     (per segment)   ├─► merge ──► finish ──► answer
//!                                                     …              ─┘
//! ```
//!
//! Reading order: [`source`](Source) says where rows come from, [`batch`](SessionBatch) how they are held,
//! [`filter`](Filter) which of them count, [`search`](CompiledSearch) which of them are found, [`analysis`](Analysis) what is asked, [`scheduler`](Scheduler) who runs it.
//! After that each analysis is a file of its own; [`reports`] are made of several.
//!
//! This crate does no I/O and knows neither store nor server: whoever has rows implements [`Source`].
//!
//! Limits: one segment is scanned by one thread, and what an analysis gathers while it scans is not spilled to disk.

mod source;

mod batch;
mod steps;
mod vocabulary;

mod filter;
mod search;

mod analysis;

mod cache;
mod scheduler;

mod clauses;
mod error_groups;
mod funnel;
mod list;
mod paths;
mod starts;
mod transitions;
mod values;

pub mod reports;

pub use analysis::Analysis;
pub use batch::{BatchError, Lists, SessionBatch, Times, Words, source_columns, visitor_hash};
pub use filter::{Bots, Filter};
pub use footpath_model::steps::StepName;
pub use scheduler::{Cancel, RunError, Scheduler, SchedulerConfig};
pub use search::CompiledSearch;
pub use source::{RowRef, Segment, SegmentId, Source, SourceError};
pub use steps::{Codes, StepKinds, Steps};
pub use vocabulary::{StepCode, Vocabulary};

pub use clauses::{ClauseCounts, ClausesCounted, PartCount};
pub use error_groups::{ErrorGroup, ErrorGroups};
pub use funnel::Funnel;
pub use list::{Candidates, Direction, List, ListCursor, ListPage, ListRow, Order, list};
pub use paths::{Path, Paths, TopPaths};
pub use starts::{Count, Counted, FirstStart, Histogram};
pub use transitions::{Transition, Transitions};
pub use values::{ValueCount, Values, ValuesCounted, ValuesOf};
