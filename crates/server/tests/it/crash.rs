//! `kill -9` at random moments under load: what was acknowledged is there, once.

use crate::running::{Running, click, now_ms, try_post};
use flate2::Compression;
use flate2::write::GzEncoder;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::json;
use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, RwLock};
use std::time::Duration;
use uuid::Uuid;

/// How often the server is killed; 20 times where it is not set.
const CYCLES: &str = "FOOTPATH_TEST_CRASH_CYCLES";
const CLIENTS: usize = 8;
const EVENTS_PER_BATCH: u32 = 5;

/// A client that sends batch after batch, each again until it is acknowledged; returns how many events were.
fn send_until(stop: &AtomicBool, url: &RwLock<String>, session: Uuid) -> u32 {
    let tab = Uuid::now_v7();
    let mut acknowledged = 0;
    while !stop.load(Ordering::Relaxed) {
        let at = now_ms();
        let events: Vec<_> = (0..EVENTS_PER_BATCH).map(|i| click(acknowledged + i, at, "Buy")).collect();
        let batch = json!({
            "v": 1, "sent_at": at, "tab_id": tab, "visitor_id": session, "events": events,
            "session": {"id": session, "start_reason": "first_visit"},
        });
        loop {
            let target = url.read().expect("no holder panics").clone();
            match try_post(&target, &[], batch.to_string().as_bytes()) {
                Ok(answer) if answer.status == 204 => break,
                Ok(answer) => panic!("{}: {}", answer.status, answer.text),
                // Killed before it answered: whether the batch is durable, nobody knows, so it is sent again.
                Err(_) => std::thread::sleep(Duration::from_millis(5)),
            }
        }
        send_chunk(url, session, tab, acknowledged / EVENTS_PER_BATCH, at);
        acknowledged += EVENTS_PER_BATCH;
    }
    acknowledged
}

/// A chunk for each batch, sent again until it is acknowledged too.
fn send_chunk(url: &RwLock<String>, session: Uuid, tab: Uuid, index: u32, at: i64) {
    let record = format!("{{\"type\":3,\"timestamp\":{at},\"data\":{{\"source\":1}}}}\n");
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(record.as_bytes()).expect("memory");
    let sent = gzip.finish().expect("memory");
    loop {
        let head = json!({
            "v": 1, "sent_at": now_ms(), "visitor_id": session, "tab_id": tab, "page_id": tab, "index": index,
            "session": {"id": session, "start_reason": "first_visit"}, "first_at": at, "last_at": at,
            "keyframe": false, "records": 1, "bytes": record.len(), "trigger": "sampled",
            "masks": {"inputs": true, "text": true},
        });
        let target = format!("{}/replay", url.read().expect("no holder panics"));
        match try_post(&target, &[], &[format!("{head}\n").as_bytes(), &sent].concat()) {
            Ok(answer) if answer.status == 204 => return,
            // Replay gives way where events wait.
            Ok(answer) if answer.status == 503 => std::thread::sleep(Duration::from_millis(5)),
            Ok(answer) => panic!("{}: {}", answer.status, answer.text),
            Err(_) => std::thread::sleep(Duration::from_millis(5)),
        }
    }
}

#[test]
fn every_acknowledged_event_and_chunk_is_there_once_after_many_kills() {
    let cycles = std::env::var(CYCLES).map_or(20, |text| text.parse().expect("a number of cycles"));
    let dir = tempfile::tempdir().expect("a temporary directory");
    let mut random = ChaCha8Rng::seed_from_u64(20);
    let mut server = Running::start(dir.path());
    let rules = json!({"replay": {"enabled": true, "sample_rate": 1}});
    assert_eq!(server.call("PUT", "/api/v1/sites/default/privacy", Some(rules)).status, 200);
    let target = |server: &Running| format!("{}/i/{}", server.url, server.key);
    let url = Arc::new(RwLock::new(target(&server)));
    let stop = Arc::new(AtomicBool::new(false));
    let clients: Vec<_> = (0..CLIENTS)
        .map(|_| {
            let (stop, url, session) = (Arc::clone(&stop), Arc::clone(&url), Uuid::now_v7());
            std::thread::spawn(move || (session, send_until(&stop, &url, session)))
        })
        .collect();

    for _ in 0..cycles {
        // The moment is what is random here, not a wait for something.
        std::thread::sleep(Duration::from_millis(random.random_range(0..150)));
        server.kill();
        server = Running::start(dir.path());
        *url.write().expect("no holder panics") = target(&server);
    }
    stop.store(true, Ordering::Relaxed);

    let mut total = 0;
    for client in clients {
        let (session, acknowledged) = client.join().expect("no client panics");
        let path = format!("/api/v1/sites/default/sessions/{session}");
        let found = server.when(&path, |found| found["counts"]["events"] == acknowledged);
        assert_eq!(found["counts"]["clicks"], acknowledged);
        let replay = server
            .when(&format!("{path}/replay"), |replay| replay["n_chunks"] == acknowledged / EVENTS_PER_BATCH);
        assert!(replay["tabs"][0]["gaps"].as_array().is_none_or(|gaps| gaps.len() == 1), "{replay}");
        total += acknowledged;
    }
    assert!(total > 0, "clients got through between the kills");
}
