//! Bytes that the browser SDK costs a page, beside others: `bench/peers` bundles them all alike.

use crate::results::{Aim, Measured, Row};
use crate::{Result, peers};
use serde::Deserialize;
use std::collections::BTreeMap;

/// What `measure.mjs` prints.
#[derive(Deserialize)]
struct Sizes {
    /// `footpath.js` as the server serves it.
    script: u64,
    /// Our package, bundled as the peers are.
    package: u64,
    peers: BTreeMap<String, Peer>,
    /// What recording adds.
    replay: Replay,
    bundler: String,
}

#[derive(Deserialize)]
struct Replay {
    ours: u64,
    peers: BTreeMap<String, u64>,
}

#[derive(Deserialize)]
struct Peer {
    version: String,
    gzip_bytes: u64,
}

pub(super) fn run() -> Result<Measured> {
    let sizes: Sizes = peers::run("measure.mjs", &[])?;

    let row = |metric: &str, ours: u64| {
        let row = Row::new(metric, "bytes", ours as f64);
        sizes.peers.iter().fold(row, |row, (name, peer)| row.peer(name, peer.gzip_bytes as f64))
    };
    let mut measured = Measured::default();
    measured.rows.push(row("sdk.core.gzip_bytes", sizes.script).aim(Aim::AtMost(12_288.0)));
    measured.rows.push(row("sdk.package.gzip_bytes", sizes.package));
    let replay = Row::new("sdk.replay.gzip_bytes", "bytes", sizes.replay.ours as f64);
    let replay = sizes.replay.peers.iter().fold(replay, |row, (name, bytes)| row.peer(name, *bytes as f64));
    measured.rows.push(replay.aim(Aim::AtMost(28_672.0)));
    measured.versions.extend(sizes.peers.into_iter().map(|(name, peer)| (name, peer.version)));
    measured.versions.insert("rolldown".to_owned(), sizes.bundler);
    Ok(measured)
}
