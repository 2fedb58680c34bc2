//! `kill -9` at any moment: a child process works on a store and says what was acknowledged; it is killed, and what it
//! said must be there, once.
//!
//! What a process that is killed has written is what the operating system has; what a power cut leaves is not tested
//! here.

use crate::fixture::{NOON, Opened, batch, id, late_batch, later, now};
use footpath_model::batch::Batch;
use footpath_model::id::SiteId;
use footpath_model::time::{DAY, MINUTE, Timestamp};
use footpath_store::{DataKind, Deletion, LakeDamage, Retention, Store};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// Where the child works; not set for who runs all tests.
const DIRECTORY: &str = "FOOTPATH_TEST_CRASH_DIRECTORY";
/// How often a child is killed.
const CYCLES: &str = "FOOTPATH_TEST_CRASH_CYCLES";
/// The number of the first session that the child makes.
const FIRST: &str = "FOOTPATH_TEST_CRASH_FIRST";

fn old() -> SiteId {
    SiteId("old".to_owned())
}

/// Sessions are of a few days, so that each day gets many files.
fn start(n: u128) -> Timestamp {
    let n = i64::try_from(n).expect("small");
    NOON.plus(n % 3 * DAY + n % 500 * MINUTE)
}

/// Says it where the parent reads, past the harness that holds back what tests print.
fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").and_then(|()| out.flush()).expect("the parent reads");
}

#[tokio::test]
#[ignore = "works until it is killed: its parent starts it"]
async fn child() {
    let (Ok(directory), Ok(first)) = (std::env::var(DIRECTORY), std::env::var(FIRST)) else { return };
    let first: u128 = first.parse().expect("a number");
    later(4 * DAY);
    let (store, _) = Store::open(Path::new(&directory), crate::fixture::options()).await.expect("it opens");
    let retention = Retention(BTreeMap::from([(DataKind::Sessions, 7)]));
    store.metadata().set_retention(&old(), retention, now()).await.expect("set");
    say("open");
    for turn in 0.. {
        for n in first + turn * 4..first + turn * 4 + 4 {
            store.append(batch(n, start(n))).await.expect("durable");
            say(&format!("ack {n} 0"));
        }
        // One of this run and one of a run before: both may be in the lake.
        for n in [first + turn * 2, 1 + (turn * 13) % first] {
            store.append(late_batch(n, start(n))).await.expect("durable");
            say(&format!("ack {n} 2"));
        }
        let of_old = Batch { site: old(), ..batch(first + turn, NOON.plus(-10 * DAY)) };
        store.append(of_old).await.expect("durable");
        later(MINUTE);
        match turn % 5 {
            0 | 2 => drop(store.flush().await.expect("flushed")),
            1 => while store.compact().await.expect("compacted").is_some() {},
            3 => drop(store.save(0).await.expect("saved")),
            _ => drop(store.retain(&old(), Deletion::ForGood).await.expect("deleted")),
        }
    }
}

fn start_child(directory: &Path, first: u128) -> Child {
    Command::new(std::env::current_exe().expect("this test's own file"))
        .args(["--exact", "crash::child", "--ignored", "--nocapture"])
        .env(DIRECTORY, directory)
        .env(FIRST, first.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .expect("a child can be started")
}

/// What the child said before it was killed: which batches were acknowledged, by session and first seq.
fn killed_after(directory: &Path, first: u128, delay: Duration) -> Vec<(u128, u32)> {
    let mut child = start_child(directory, first);
    let mut lines = BufReader::new(child.stdout.take().expect("it is piped")).lines().map_while(Result::ok);
    // The harness may have begun the line.
    lines.find(|line| line.ends_with("open")).expect("the child opens the store");
    let reading = std::thread::spawn(move || lines.collect::<Vec<String>>());
    std::thread::sleep(delay);
    child.kill().expect("it still runs");
    child.wait().expect("it ended");
    let lines = reading.join().expect("reading does not panic");
    let acknowledged = |line: &String| {
        let mut words = line.strip_prefix("ack ")?.split(' ');
        Some((words.next()?.parse().ok()?, words.next()?.parse().ok()?))
    };
    lines.iter().filter_map(acknowledged).collect()
}

/// Every batch that was acknowledged is there once; nothing is there that was not sent.
async fn check(opened: &Opened, acknowledged: &BTreeSet<(u128, u32)>) {
    let answers = opened.answers().await;
    for (n, seq) in acknowledged {
        let events = answers.events.get(&id(*n)).unwrap_or_else(|| panic!("session {n} was acknowledged"));
        for seq in [*seq, *seq + 1] {
            let found =
                events.iter().filter(|event| event.contains(&format!(" Event {{ seq: {seq},"))).count();
            assert_eq!(found, 1, "event {seq} of session {n}");
        }
    }
    for row in &answers.rows {
        let events = &answers.events[&row.id];
        assert_eq!(events.len(), row.counts.events as usize, "the row of {} counts its events", row.id);
        assert!(events.len() <= 4, "session {} has no event twice", row.id);
    }
    // Of the other site any may be deleted, but none in part.
    let of_old = crate::fixture::answers(&opened.store, &old()).await;
    assert!(of_old.rows.iter().all(|row| of_old.events[&row.id].len() == 2));
}

/// With all in the lake, its tables agree with each other and with the answers.
async fn check_tables(opened: &Opened) {
    later(MINUTE);
    opened.store.flush().await.expect("flushed");
    let of_shop = opened.answers().await;
    let of_old = crate::fixture::answers(&opened.store, &old()).await;
    let status = opened.store.status();
    assert_eq!(status.live_sessions, 0);
    assert_eq!(status.lake_sessions, of_shop.rows.len() + of_old.rows.len());
    assert_eq!(status.lake_events, of_shop.n_events() + of_old.n_events());
    assert_eq!(opened.journalled().await, 0);
    let n_files = opened.files("sessions").len() + opened.files("events").len();
    assert_eq!(n_files, status.lake_files, "no file is left over");
}

/// How often a child is killed: as [`CYCLES`] says, or 200 times in the long suite, or 20.
fn cycles() -> u64 {
    let named = std::env::var(CYCLES).ok();
    let long = std::env::var_os("FOOTPATH_LONG").is_some();
    named.map_or(if long { 200 } else { 20 }, |text| text.parse().expect("a number of cycles"))
}

#[tokio::test]
async fn what_was_acknowledged_survives_kill_9_and_counts_once() {
    let cycles = cycles();
    let mut dir = tempfile::tempdir().expect("a temporary directory");
    let mut acknowledged = BTreeSet::new();
    later(5 * DAY - now().since(NOON));
    let mut first = 1;
    for cycle in 0..cycles {
        // Moments that fall into every part of a turn.
        let delay = Duration::from_millis(3 + cycle * 37 % 211);
        let directory = dir.path().to_owned();
        let killed = tokio::task::spawn_blocking(move || killed_after(&directory, first, delay));
        let said = killed.await.expect("the child was killed");
        // Beyond what was sent and not acknowledged.
        first = said.iter().map(|(n, _)| n + 8).max().unwrap_or(first).max(first + 8);
        acknowledged.extend(said);
        let (store, recovery) = crate::fixture::open(dir.path()).await;
        assert_eq!((recovery.unreadable, recovery.lake), (0, LakeDamage::default()));
        let opened = Opened { dir, store };
        check(&opened, &acknowledged).await;
        if cycle % 5 == 4 {
            check_tables(&opened).await;
            check(&opened, &acknowledged).await;
        }
        let Opened { dir: of_next, store } = opened;
        drop(store);
        dir = of_next;
    }
    assert!(acknowledged.len() > 30, "the children came to word: {}", acknowledged.len());
}
