//! The workloads, by name.

pub(crate) mod big;
mod idle;
mod ingest;
mod msnbc;
mod replay;
mod restart;
mod sdk;
mod sustained;
mod visible;

use crate::Result;
use crate::results::Measured;
use clap::ValueEnum;
use std::path::PathBuf;
use std::time::Duration;

/// What workloads are run with.
pub(crate) struct Setting {
    /// The server's binary.
    pub(crate) footpath: PathBuf,
    /// This program, which is the limit too.
    pub(crate) program: PathBuf,
    /// Directory for data directories.
    pub(crate) data: PathBuf,
    pub(crate) warm_up: Duration,
    pub(crate) measured: Duration,
    /// The same of the load that lasts.
    pub(crate) sustained: Duration,
    /// Directory of real sessions.
    pub(crate) msnbc: Option<PathBuf>,
    /// Directory in which the quarter of `big` stays.
    pub(crate) site: Option<PathBuf>,
    /// Events of that quarter.
    pub(crate) events: u64,
}

/// Something that is measured.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Workload {
    /// Batches of 20 to 50 events over 64 connections.
    Batch,
    /// The same, compressed.
    Gzip,
    /// Single events over 256 connections.
    Single,
    /// From acknowledgement to the session list.
    Visible,
    /// A server that nobody uses.
    Idle,
    /// Bytes of the browser SDK.
    Sdk,
    /// Session replay, in Chromium and from the server.
    Replay,
    /// A start on a journal of 1 GB.
    Restart,
    /// The same load as batch, for ten minutes.
    Sustained,
    /// A day of real sessions, beside other engines; needs --msnbc.
    Msnbc,
    /// A quarter of 100 million events, beside other engines.
    Big,
}

impl Workload {
    /// Those that need minutes and nothing else, in the order they are run in: quiet ones last, when nothing is left to
    /// be written.
    pub(crate) const SHORT: [Self; 7] =
        [Self::Restart, Self::Batch, Self::Gzip, Self::Single, Self::Visible, Self::Idle, Self::Sdk];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Batch => "batch",
            Self::Gzip => "gzip",
            Self::Single => "single",
            Self::Visible => "visible",
            Self::Idle => "idle",
            Self::Sdk => "sdk",
            Self::Replay => "replay",
            Self::Restart => "restart",
            Self::Sustained => "sustained",
            Self::Msnbc => "msnbc",
            Self::Big => "big",
        }
    }

    pub(crate) fn says(self) -> &'static str {
        match self {
            Self::Batch => "20 to 50 events a request, 64 connections",
            Self::Gzip => "20 to 50 events a request in gzip, 64 connections",
            Self::Single => "one event a request, 256 connections",
            Self::Visible => "from acknowledgement to the session list, under moderate load",
            Self::Idle => "memory and CPU of a server that nobody uses",
            Self::Sdk => "bytes of the browser SDK, beside others",
            Self::Replay => "what recording costs a page, beside others, and how fast a replay is served",
            Self::Restart => "a start on a journal of 1 GB",
            Self::Sustained => "20 to 50 events a request for a long time, flushed and compacted meanwhile",
            Self::Msnbc => "a day of real sessions, beside other engines",
            Self::Big => "a large site's quarter, beside other engines",
        }
    }

    pub(crate) fn run(self, setting: &Setting) -> Result<Measured> {
        match self {
            Self::Batch => ingest::batch(setting),
            Self::Gzip => ingest::gzip(setting),
            Self::Single => ingest::single(setting),
            Self::Visible => visible::run(setting),
            Self::Idle => idle::run(setting),
            Self::Sdk => sdk::run(),
            Self::Replay => replay::run(setting),
            Self::Restart => restart::run(setting),
            Self::Sustained => sustained::run(setting),
            Self::Msnbc => msnbc::run(setting),
            Self::Big => big::run(setting),
        }
    }
}
