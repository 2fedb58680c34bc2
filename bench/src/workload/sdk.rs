//! Bytes that the browser SDK costs a page, beside others: `bench/peers` bundles them all alike.

use crate::Result;
use crate::results::{Aim, Measured, Row};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

/// What `measure.mjs` prints.
#[derive(Deserialize)]
struct Sizes {
    /// `footpath.js` as the server serves it.
    script: u64,
    /// Our package, bundled as the peers are.
    package: u64,
    peers: BTreeMap<String, Peer>,
    bundler: String,
}

#[derive(Deserialize)]
struct Peer {
    version: String,
    gzip_bytes: u64,
}

pub(super) fn run() -> Result<Measured> {
    let peers = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers");
    if !peers.join("node_modules/.package-lock.json").is_file() {
        let installed = Command::new("npm").args(["ci", "--loglevel=error"]).current_dir(&peers).status()?;
        if !installed.success() {
            return Err("npm ci in bench/peers failed".into());
        }
    }
    let output = Command::new("node").arg("measure.mjs").current_dir(&peers).output()?;
    if !output.status.success() {
        return Err(
            format!("bench/peers/measure.mjs failed: {}", String::from_utf8_lossy(&output.stderr)).into()
        );
    }
    let sizes: Sizes = serde_json::from_slice(&output.stdout)?;

    let row = |metric: &str, ours: u64| {
        let row = Row::new(metric, "bytes", ours as f64);
        sizes.peers.iter().fold(row, |row, (name, peer)| row.peer(name, peer.gzip_bytes as f64))
    };
    let mut measured = Measured::default();
    measured.rows.push(row("sdk.core.gzip_bytes", sizes.script).aim(Aim::AtMost(12_288.0)));
    measured.rows.push(row("sdk.package.gzip_bytes", sizes.package));
    measured.versions.extend(sizes.peers.into_iter().map(|(name, peer)| (name, peer.version)));
    measured.versions.insert("rolldown".to_owned(), sizes.bundler);
    Ok(measured)
}
