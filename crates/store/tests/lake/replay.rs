//! Replay chunks: durable at once, moved with their sessions, each once, and gone where they must be.

use crate::fixture::{NOON, Opened, batch, empty, files_below, id, late_batch, later, now, shop};
use crate::scan::read_parquet;
use footpath_model::id::{PageId, SessionId, TabId};
use footpath_model::replay::{ChunkKey, Masks, RecordingCost, ReplayChunk, Trigger};
use footpath_model::time::{DAY, HOUR, SECOND, Timestamp};
use footpath_store::{DataKind, Deletion, Kept, Retention};
use std::collections::{BTreeMap, HashSet};
use std::time::Duration;
use uuid::Uuid;

/// A chunk of session `n`, recorded as its events are, and its records.
pub(crate) fn chunk(n: u128, index: u32, first_at: Timestamp) -> (ReplayChunk, String) {
    let records = format!("{{\"type\":3,\"timestamp\":{},\"data\":\"{}\"}}\n", first_at.0, said(n, index));
    let chunk = ReplayChunk {
        site: shop(),
        hint: id(n),
        tab_id: TabId(Uuid::from_u128(n)),
        page_id: PageId(Uuid::from_u128(n)),
        index,
        received_at: first_at.plus(SECOND),
        sent_at: first_at.plus(SECOND),
        first_at,
        last_at: first_at.plus(SECOND),
        keyframe: index == 0,
        n_records: 1,
        bytes: u32::try_from(records.len()).expect("small"),
        sent_bytes: 100,
        flags: Vec::new(),
        styles: vec!["abc".to_owned()],
        masks: Masks { inputs: true, text: true },
        trigger: Trigger::Sampled,
        cost: RecordingCost { main_ms: 1.5, longest_ms: 0.5, failures: 1 },
    };
    (chunk, records)
}

fn said(n: u128, index: u32) -> String {
    format!("what is on the page of {n} at {index}")
}

/// Appends a chunk, and returns when it is taken in.
pub(crate) async fn put(opened: &Opened, (chunk, records): (ReplayChunk, String)) -> Kept {
    let seen = || {
        let held = opened.store.live_replay(&chunk.site, chunk.hint).chunks;
        (held, opened.store.n_chunks_of_no_use())
    };
    let before = seen();
    let kept = opened.store.append_chunk(chunk.clone(), records).await.expect("durable");
    while kept == Kept::New && seen() == before {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    kept
}

/// All that is told of a session's replay, with its records.
pub(crate) async fn told(opened: &Opened, session: SessionId) -> Vec<(ReplayChunk, i64, String)> {
    let chunks =
        opened.store.replay(&shop(), session).await.expect("readable").expect("the session is there");
    let mut told = Vec::new();
    for stored in chunks {
        let found = opened.store.replay_chunk(&shop(), session, stored.chunk.key()).await.expect("readable");
        let (again, records) = found.expect("what is listed is found");
        assert_eq!(again, stored, "the list and the look-up tell the same");
        told.push((stored.chunk, stored.skew_ms, records));
    }
    told
}

fn tallies(answers: &crate::fixture::Answers) -> Vec<(u32, u64)> {
    answers.rows.iter().map(|row| (row.replay.chunks, row.replay.bytes)).collect()
}

#[test]
fn a_chunk_as_version_1_kept_it_is_read_for_ever() {
    let golden = include_str!("../golden/replay-chunk-1.json").trim_end();
    let read: ReplayChunk = serde_json::from_str(golden).expect("a chunk");
    assert_eq!(read, chunk(1, 3, NOON).0);
    assert_eq!(serde_json::to_string(&read).expect("JSON"), golden);
}

#[tokio::test]
async fn chunks_are_told_alike_while_they_wait_and_in_the_lake() {
    let opened = empty().await;
    opened.take([batch(1, NOON), batch(2, NOON)]).await;
    for index in [0, 1, 2] {
        put(&opened, chunk(1, index, NOON.plus(i64::from(index) * SECOND))).await;
    }
    put(&opened, chunk(2, 0, NOON)).await;
    assert_eq!(put(&opened, chunk(1, 1, NOON)).await, Kept::Already, "it is sent again");
    let live = told(&opened, id(1)).await;
    assert_eq!(live.len(), 3);
    let (chunk_1, records) = chunk(1, 1, NOON.plus(SECOND));
    assert_eq!(live[1], (chunk_1, 0, records));
    assert_eq!(tallies(&opened.answers().await), [(3, 300), (1, 100)]);

    let (opened, recovery) = opened.restarted().await;
    assert_eq!(recovery.replay_chunks, 4);
    assert_eq!(told(&opened, id(1)).await, live);

    opened.flush().await;
    assert_eq!((opened.store.status().waiting_chunks, opened.store.status().lake_chunks), (0, 4));
    assert_eq!(told(&opened, id(1)).await, live);
    assert_eq!(tallies(&opened.answers().await), [(3, 300), (1, 100)]);
    let (opened, recovery) = opened.restarted().await;
    assert_eq!(recovery.replay_chunks, 0, "replay.db has forgotten them");
    assert_eq!(told(&opened, id(1)).await, live);
}

#[tokio::test]
async fn a_chunk_that_comes_late_amends_its_session_and_one_that_comes_twice_does_not() {
    let opened = empty().await;
    opened.take([batch(1, NOON)]).await;
    put(&opened, chunk(1, 0, NOON)).await;
    opened.flush().await;
    put(&opened, chunk(1, 0, NOON)).await;
    assert_eq!(opened.store.n_chunks_of_no_use(), [1, 0, 0]);
    put(&opened, chunk(1, 1, NOON.plus(SECOND))).await;
    assert_eq!(told(&opened, id(1)).await.len(), 2);
    assert_eq!(tallies(&opened.answers().await), [(2, 200)]);
    assert_eq!(opened.flush().await.amended, 1);
    assert_eq!(told(&opened, id(1)).await.len(), 2);
    assert_eq!(tallies(&opened.answers().await), [(2, 200)]);
    // Late events find the chunks too.
    opened.take([late_batch(1, NOON)]).await;
    assert_eq!(tallies(&opened.answers().await), [(2, 200)]);
    opened.flush().await;
    assert_eq!(opened.store.status().lake_chunks, 2);
}

#[tokio::test]
async fn a_crash_between_the_lake_and_replay_db_leaves_each_chunk_once() {
    let opened = empty().await;
    opened.take([batch(1, NOON)]).await;
    put(&opened, chunk(1, 0, NOON)).await;
    put(&opened, chunk(1, 1, NOON.plus(SECOND))).await;
    let before = told(&opened, id(1)).await;
    // As the files are when the power goes after the commit to the lake.
    let (dir, aside) = (opened.dir.path().to_owned(), tempfile::tempdir().expect("a temporary directory"));
    let files = ["journal.db", "journal.db-wal", "replay.db", "replay.db-wal"];
    for file in files.iter().filter(|file| dir.join(file).exists()) {
        std::fs::copy(dir.join(file), aside.path().join(file)).expect("copied");
    }
    opened.flush().await;
    let Opened { dir, store } = opened;
    drop(store);
    tokio::time::sleep(Duration::from_millis(200)).await;
    for file in files {
        let _gone = std::fs::remove_file(dir.path().join(file));
        let _gone = std::fs::remove_file(dir.path().join(file.replace("-wal", "-shm")));
        if aside.path().join(file).exists() {
            std::fs::copy(aside.path().join(file), dir.path().join(file)).expect("copied");
        }
    }
    let (store, recovery) = crate::fixture::open(dir.path()).await;
    let opened = Opened { dir, store };
    assert_eq!((recovery.batches, recovery.replay_chunks), (1, 2));
    assert_eq!(told(&opened, id(1)).await, before);
    assert_eq!(tallies(&opened.answers().await), [(2, 200)]);
    opened.flush().await;
    assert_eq!((opened.store.status().waiting_chunks, opened.store.status().lake_chunks), (0, 2));
    assert_eq!(told(&opened, id(1)).await, before);
}

#[tokio::test]
async fn chunks_wait_for_their_session_and_not_for_ever() {
    let opened = empty().await;
    put(&opened, chunk(1, 0, NOON)).await;
    put(&opened, chunk(2, 0, NOON)).await;
    assert!(opened.store.replay(&shop(), id(1)).await.expect("readable").is_none());
    opened.take([batch(1, NOON)]).await;
    assert_eq!(told(&opened, id(1)).await.len(), 1);
    later(2 * HOUR);
    opened.store.flush().await.expect("flushed");
    opened.store.flush().await.expect("flushed");
    assert_eq!(opened.store.n_chunks_of_no_use(), [0, 0, 1]);
    assert_eq!((opened.store.status().waiting_chunks, opened.store.status().lake_chunks), (0, 1));
    let (_opened, recovery) = opened.restarted().await;
    assert_eq!(recovery.replay_chunks, 0);
}

/// Whether any file has a text: as it is, inflated where it is a Parquet file.
fn is_anywhere(opened: &Opened, text: &str) -> bool {
    files_below(opened.dir.path()).into_iter().any(|path| {
        if path.extension().is_some_and(|extension| extension == "parquet")
            && !path.to_string_lossy().contains("_delta_log")
        {
            return read_parquet(&path).iter().any(|batch| format!("{batch:?}").contains(text));
        }
        let bytes = std::fs::read(&path).unwrap_or_default();
        bytes.windows(text.len()).any(|window| window == text.as_bytes())
    })
}

#[tokio::test]
async fn erasing_one_of_a_hints_sessions_leaves_no_byte_of_it_and_all_of_the_other() {
    let opened = empty().await;
    // Two sessions of one hint, three hours apart; and one of another.
    let second = NOON.plus(3 * HOUR);
    opened.take([batch(1, NOON), late_batch(1, second), batch(2, NOON)]).await;
    for (n, index, at) in [(1, 0, NOON), (1, 1, second.plus(60 * SECOND)), (2, 0, NOON)] {
        put(&opened, chunk(n, index, at)).await;
    }
    let rows = opened.answers().await.rows;
    let other = rows.iter().find(|row| row.start > NOON).expect("the second").id;
    assert_eq!(rows.iter().filter(|row| row.replay.chunks == 1).count(), 3);
    let erase = async |deletion| {
        let ids = HashSet::from([id(1)]);
        opened.store.erase(&shop(), &ids, "a test".to_owned(), deletion).await.expect("erased")
    };
    assert_eq!(erase(Deletion::DryRun).await.replay_chunks, 1);
    opened.flush().await;
    assert!(is_anywhere(&opened, &said(1, 0)));
    assert_eq!(erase(Deletion::DryRun).await.replay_chunks, 1);
    let erased = erase(Deletion::ForGood).await;
    assert_eq!((erased.sessions, erased.replay_chunks), (1, 1));
    assert!(!is_anywhere(&opened, &said(1, 0)), "no byte of it is left");
    assert_eq!(told(&opened, other).await.len(), 1);
    assert_eq!(told(&opened, id(2)).await.len(), 1);
}

#[tokio::test]
async fn what_waits_is_erased_too() {
    let opened = empty().await;
    opened.take([batch(1, NOON)]).await;
    put(&opened, chunk(1, 0, NOON)).await;
    let ids = HashSet::from([id(1)]);
    let erased = opened.store.erase(&shop(), &ids, "a test".to_owned(), Deletion::ForGood).await;
    assert_eq!(erased.expect("erased").replay_chunks, 1);
    let (opened, recovery) = opened.restarted().await;
    assert_eq!(recovery.replay_chunks, 0);
    assert!(!is_anywhere(&opened, &id(1).to_string()), "nor its name");
}

#[tokio::test]
async fn replay_is_kept_for_a_time_of_its_own_but_for_pinned_sessions() {
    let opened = empty().await;
    opened.take([batch(1, NOON), batch(2, NOON)]).await;
    put(&opened, chunk(1, 0, NOON)).await;
    put(&opened, chunk(2, 0, NOON)).await;
    opened.flush().await;
    let retention = Retention(BTreeMap::from([(DataKind::Sessions, 90), (DataKind::Replay, 7)]));
    opened.store.metadata().set_retention(&shop(), retention, now()).await.expect("set");
    opened.store.metadata().pin(&shop(), id(2), true, now()).await.expect("pinned");
    later(10 * DAY);
    let run = async |deletion| opened.store.retain(&shop(), deletion).await.expect("run");
    assert_eq!(run(Deletion::DryRun).await.replay_chunks, 1);
    let deleted = run(Deletion::ForGood).await;
    assert_eq!((deleted.sessions, deleted.events, deleted.replay_chunks), (0, 0, 1));
    assert_eq!(opened.answers().await.rows.len(), 2);
    assert_eq!(told(&opened, id(1)).await.len(), 0);
    assert_eq!(told(&opened, id(2)).await.len(), 1);
    later(90 * DAY);
    let deleted = run(Deletion::ForGood).await;
    assert_eq!((deleted.sessions, deleted.replay_chunks), (1, 0), "the pinned one stays");
    assert_eq!(told(&opened, id(2)).await.len(), 1);
}

#[tokio::test]
async fn compaction_keeps_every_chunk() {
    let opened = empty().await;
    for n in 1..=9 {
        opened.take([batch(n, NOON)]).await;
        put(&opened, chunk(n, 0, NOON)).await;
        opened.flush().await;
    }
    while opened.store.compact().await.expect("compacted").is_some() {}
    assert_eq!(opened.files("replay_chunks").len(), 1);
    for n in 1..=9 {
        let told = told(&opened, id(n)).await;
        assert!(told.len() == 1 && told[0].2.contains(&said(n, 0)));
    }
    let key = ChunkKey { tab_id: TabId(Uuid::from_u128(1)), index: 7 };
    assert!(opened.store.replay_chunk(&shop(), id(1), key).await.expect("readable").is_none());
}
