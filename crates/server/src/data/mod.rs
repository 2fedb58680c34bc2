//! Data in and out: history is imported and invented, source maps are uploaded, sessions are exported, a data directory is
//! checked and copied.
//!
//! What comes in goes through the same ingest as a browser's batches, over HTTP to the running server; there is no
//! second way in. What goes out is read from a copy, so that the server is never stopped for it.
//!
//! One file for each command; [`door`] is how batches are sent.

pub mod backup;
pub mod doctor;
mod door;
pub mod export;
pub mod generate;
pub mod import;
pub mod source_maps;

use std::error::Error;
use std::fmt;

/// Why a command gave up: what failed and what to do, with the cause where there is one.
#[derive(Debug)]
pub struct DataError {
    what: String,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl DataError {
    pub(crate) fn new(what: impl Into<String>) -> Self {
        Self { what: what.into(), source: None }
    }

    pub(crate) fn because(what: impl Into<String>, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { what: what.into(), source: Some(source.into()) }
    }
}

impl fmt::Display for DataError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

impl Error for DataError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as &(dyn Error + 'static))
    }
}
