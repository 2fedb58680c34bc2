//! Where Footpath keeps what it accepted.
//!
//! ```text
//! append ──► journal (durable, group-committed) ──► live set (sessions in memory) ──► queries
//!            metadata (sites, salts)
//! ```
//!
//! A batch is acknowledged after the journal's commit, and folded into the live set right after. The live set is
//! rebuilt from the journal at start, so the journal alone is the truth. This crate knows no HTTP and no JSON of
//! the network; the clock is passed in.
//!
//! Limit: there is no lake yet, so the live set holds every session and its events, and memory grows with them.

mod data_dir;
mod journal;
mod live;
mod metadata;
mod sqlite;
mod store;

pub use data_dir::OpenError;
pub use journal::AppendError;
pub use live::{Bots, Changes, Filter, PageRequest, SessionEvents, SessionKey, SessionRows, SiteSessions};
pub use metadata::{Metadata, MetadataError, NewSite, Salts};
pub use store::{Recovery, Store};
