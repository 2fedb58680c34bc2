//! How long the server takes for what a player asks: when it opens a replay of half an hour, and when somebody leaps to
//! any moment of it.
//!
//! The requests are the dashboard's (`dashboard/src/replay`): the manifest, once; then for a moment the chunks from the
//! last keyframe before it, one after the other, and style sheets that those do not tell themselves.

use super::super::Setting;
use super::recording::{Chunk, Sent, request, send};
use crate::Result;
use crate::account::{self, Site};
use crate::client::unix_ms;
use crate::dice::Dice;
use crate::http::Http;
use crate::latency::Latencies;
use crate::process::Server;
use crate::results::{Aim, Measured, Row};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

/// How often the minute is played.
const MINUTES: u32 = 30;
/// Openings and leaps.
const TIMES: usize = 200;
/// So long ago that a session is over.
const LONG_AGO_MS: i64 = 3 * 3_600_000;
/// What is over is in the lake by then.
const SETTLE_WAIT: Duration = Duration::from_secs(60);

#[derive(Deserialize)]
struct Manifest {
    start: i64,
    end: i64,
    complete: bool,
    n_chunks: usize,
    tabs: Vec<Tab>,
    styles: BTreeSet<String>,
}

#[derive(Deserialize)]
struct Tab {
    tab_id: String,
    chunks: Vec<Listed>,
}

#[derive(Deserialize)]
struct Listed {
    index: u32,
    start: i64,
    keyframe: bool,
    styles: Vec<String>,
}

pub(super) fn run(setting: &Setting, minute: &[Chunk], measured: &mut Measured) -> Result<()> {
    let data = tempfile::tempdir_in(&setting.data)?;
    let server = Server::footpath(&setting.footpath, data.path())?;
    let site = account::first_site(server.address)?;
    let mut http = Http::connect(server.address)?;
    let site_path = format!("/api/v1/sites/{}", site.id);
    put(&mut http, &format!("{site_path}/privacy"), &json!({"replay": {"enabled": true, "sample_rate": 1}}))?;
    put(&mut http, &format!("{site_path}/retention"), &json!({"sessions_days": 3650, "events_days": null}))?;

    let once = send(&mut http, &site, minute, 1, unix_ms() - LONG_AGO_MS)?;
    let stored = settled(&mut http, &site_path, once.n_chunks)?;
    let browser_bytes: u64 = minute.iter().map(Chunk::gzip_bytes).sum();
    measured.condition("replay_minute_stored_ratio", stored as f64 / browser_bytes as f64);
    measured.condition("replay_minute_gzip_bytes", browser_bytes as f64);

    let over = send(&mut http, &site, minute, MINUTES, unix_ms() - LONG_AGO_MS)?;
    let stored = settled(&mut http, &site_path, once.n_chunks + over.n_chunks)? - stored;
    let ratio = stored as f64 / over.gzip_bytes as f64;
    measured.rows.push(Row::new("replay.stored_ratio", "", ratio).aim(Aim::AtMost(0.30)));
    measured.condition("replay_chunks", over.n_chunks as f64);
    measured.condition("replay_gzip_bytes", over.gzip_bytes as f64);

    let live = send(&mut http, &site, minute, MINUTES, unix_ms() - i64::from(MINUTES) * 61_000)?;

    for (whose, sent, aims) in [("", &over, [Some(50.0), Some(150.0)]), ("live.", &live, [None, None])] {
        let (mut open, mut seek) = times(&mut http, &site, sent)?;
        for (what, took, aim) in [("open", &mut open, aims[0]), ("seek", &mut seek, aims[1])] {
            let p95 = took.percentile_ms(95.0).ok_or("nothing was asked")?;
            let row = Row::new(format!("replay.{what}.{whose}server_ms"), "ms", p95);
            measured.rows.push(match aim {
                Some(aim) => row.aim(Aim::AtMost(aim)),
                None => row,
            });
            let p50 = took.percentile_ms(50.0).ok_or("nothing was asked")?;
            measured.condition(format!("replay_{what}_{}p50_ms", whose.replace('.', "_")), p50);
        }
    }
    Ok(())
}

/// Times of openings and of leaps.
fn times(http: &mut Http, site: &Site, sent: &Sent) -> Result<(Latencies, Latencies)> {
    let path = format!("/api/v1/sites/{}/sessions/{}/replay", site.id, sent.session);
    let (mut open, mut seek) = (Latencies::default(), Latencies::default());
    let mut dice = Dice::new(7);
    // A session is there a moment after it was acknowledged.
    let waited = Instant::now();
    while http.get(&path)?.status != 200 {
        if waited.elapsed() > SETTLE_WAIT {
            return Err("the session never was in the list".into());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    for _ in 0..TIMES {
        let (answer, took) = http.get_as_browsers(&path)?;
        let manifest: Manifest = serde_json::from_str(&answer.ok()?)?;
        if !manifest.complete || manifest.n_chunks != sent.n_chunks {
            return Err(
                format!("{} chunks were sent, and {} are there", sent.n_chunks, manifest.n_chunks).into()
            );
        }
        open.record(took + page_of(http, &path, &manifest, manifest.start)?);
        let moment = manifest.start + dice.below((manifest.end - manifest.start) as usize) as i64;
        seek.record(page_of(http, &path, &manifest, moment)?);
    }
    Ok((open, seek))
}

/// What a player that has nothing yet asks for to show a moment.
fn page_of(http: &mut Http, path: &str, manifest: &Manifest, moment: i64) -> Result<Duration> {
    let tab = manifest.tabs.first().ok_or("the replay has no tab")?;
    let begun = tab.chunks.partition_point(|chunk| chunk.start <= moment);
    let first =
        tab.chunks[..begun].iter().rposition(|chunk| chunk.keyframe).ok_or("no keyframe is before it")?;
    let mut took = Duration::ZERO;
    let mut known = BTreeSet::new();
    for chunk in &tab.chunks[first..begun] {
        let (answer, time) =
            http.get_as_browsers(&format!("{path}/chunks/{}/{}", tab.tab_id, chunk.index))?;
        took += time;
        let text = answer.ok()?;
        known.extend(chunk.styles.iter().cloned());
        for hash in manifest.styles.iter().filter(|hash| text.contains(&format!("\"fp-style:{hash}\""))) {
            if known.insert(hash.clone()) {
                let (answer, time) = http.get_as_browsers(&format!("{path}/styles/{hash}"))?;
                answer.ok()?;
                took += time;
            }
        }
    }
    Ok(took)
}

/// Waits until so many chunks are in the lake; gives their bytes.
fn settled(http: &mut Http, site_path: &str, n_chunks: usize) -> Result<u64> {
    let waited = Instant::now();
    loop {
        let storage: Value = serde_json::from_str(&http.get("/api/v1/storage")?.ok()?)?;
        if storage["lake_replay_chunks"] == n_chunks {
            return Ok(storage["lake_replay_bytes"].as_u64().ok_or("the lake's replay has no size")?);
        }
        if waited.elapsed() > SETTLE_WAIT {
            return Err(format!("{n_chunks} chunks were sent, and this is stored: {storage}").into());
        }
        let run = request(
            "POST",
            &format!("{site_path}/retention/run"),
            "application/json",
            b"{\"dry_run\":false}",
        );
        http.exchange(&run)?.ok()?;
        std::thread::sleep(Duration::from_millis(200));
    }
}

fn put(http: &mut Http, path: &str, body: &Value) -> Result<()> {
    http.exchange(&request("PUT", path, "application/json", body.to_string().as_bytes()))?.ok()?;
    Ok(())
}
