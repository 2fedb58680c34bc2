//! The kernel by itself: the store and the analyses as the server has them, asked by a program and not over HTTP.
//!
//! It runs as a child process ([`answer`]), so that its CPU time and memory are its own, and so that a new one has
//! decoded nothing yet; [`child`] is its other end. A [`Question`] is put to other engines too, and its answer has one
//! form for all, so that answers can be compared.

mod answer;
mod child;
mod source;

pub(crate) use answer::serve;
pub(crate) use child::Kernel;

use crate::Result;
use crate::latency::median;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// The memory that the server shares out where nothing else is said, MiB (`crates/server/src/config.rs`).
pub(crate) const MEMORY_MB: u64 = 512;

/// A question about the sessions of a site, bots left out.
#[derive(Serialize, Deserialize, Clone, Debug)]
pub(crate) struct Question {
    pub(crate) name: String,
    /// Starts, Unix ms: from (included) to (excluded); all where it is left out.
    pub(crate) range: Option<[i64; 2]>,
    #[serde(flatten)]
    pub(crate) asks: Asks,
}

/// What is asked.
#[derive(Serialize, Deserialize, Clone, Debug)]
#[serde(tag = "asks", rename_all = "snake_case")]
pub(crate) enum Asks {
    /// Sessions, and those of them with errors.
    Count,
    /// The first rows by a column of `sessions`, greatest first: id, start, duration, page views and errors of each, or
    /// all that the API tells of a session. Of those that a search finds, where there is one.
    List {
        by: String,
        limit: usize,
        whole: bool,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        search: Option<Searched>,
    },
    /// The values of a column of `sessions` that hold what is typed, with the sessions that have them; our search language has
    /// its own name for the column.
    Complete { field: String, column: String, in_lists: bool, typed: String },
    /// Sessions by start, between neighbouring edges, Unix ms.
    Histogram { edges: Vec<i64> },
    /// One session's row.
    Session { id: String },
    /// One session's events.
    Events { id: String },
    /// Sessions that viewed these pages in this order, whatever they did in between.
    Funnel { pages: Vec<String> },
    /// What page was viewed right after which, with exits.
    Transitions,
    /// The most frequent first pages.
    Paths { length: usize, limit: usize },
    /// Anything, of other engines alone: a statement by the engine's name, into which `{sessions}` and `{where}` are put. So
    /// many of its columns are compared.
    Sql { sql: BTreeMap<String, String>, compared: usize },
}

/// A search, as each engine is asked it.
#[derive(Serialize, Deserialize, Clone, Debug)]
pub(crate) struct Searched {
    /// In our language (docs/search.md).
    pub(crate) text: String,
    /// The same as a condition in SQL, by the engine's name.
    pub(crate) sql: BTreeMap<String, String>,
}

/// What was answered, and what it cost.
#[derive(Serialize, Deserialize, Debug)]
pub(crate) struct Answered {
    pub(crate) answer: Value,
    /// Of each time that it was asked, milliseconds.
    pub(crate) cpu_ms: Vec<f64>,
    pub(crate) wall_ms: Vec<f64>,
}

impl Answered {
    pub(crate) fn cpu_median_ms(&self) -> Result<f64> {
        median(&self.cpu_ms).ok_or_else(|| "the question was never asked".into())
    }
}

/// What the child does first.
#[derive(Serialize, Deserialize, Debug)]
struct Opened {
    sessions: usize,
    events: usize,
    files: usize,
    bytes: u64,
}

/// What the parent sends.
#[derive(Serialize, Deserialize)]
struct Asked {
    question: Question,
    /// How often before measuring.
    warm_up: usize,
    /// How often at least, and for how long, it is then asked.
    times: usize,
    seconds: f64,
}
