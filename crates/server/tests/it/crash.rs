//! `kill -9` at random moments under load: what was acknowledged is there, once.

use crate::running::{Running, click, now_ms, try_post};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::json;
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
        acknowledged += EVENTS_PER_BATCH;
    }
    acknowledged
}

#[test]
fn every_acknowledged_event_is_there_once_after_many_kills() {
    let cycles = std::env::var(CYCLES).map_or(20, |text| text.parse().expect("a number of cycles"));
    let dir = tempfile::tempdir().expect("a temporary directory");
    let mut random = ChaCha8Rng::seed_from_u64(20);
    let mut server = Running::start(dir.path());
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
        total += acknowledged;
    }
    assert!(total > 0, "clients got through between the kills");
}
