//! Data in and out, as an operator does it: the real commands, against a running server and a stopped one.

use crate::running::{CHROME, Running, batch, click, now_ms, page_view, try_post};
use expect_test::{Expect, expect};
use footpath_model::time::{DAY, Timestamp};
use footpath_store::{Store, StoreOptions};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU32, Ordering};
use std::time::Instant;
use uuid::Uuid;

fn footpath(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_footpath")).args(args).output().expect("the binary runs")
}

#[track_caller]
fn done(args: &[&str]) -> String {
    let output = footpath(args);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{args:?}: {told}");
    String::from_utf8(output.stdout).expect("text")
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a temporary directory has a plain name")
}

/// Imports with `--json` and returns the account.
#[track_caller]
fn import(server: &Running, dir: &Path, file: &Path, more: &[&str]) -> Value {
    let args =
        ["import", text(file), "--site", "default", "--url", &server.url, "--data-dir", text(dir), "--json"];
    serde_json::from_str(&done(&[&args[..], more].concat())).expect("an account")
}

fn generate(to: &Path, sessions: &str) {
    done(&["generate", "--sessions", sessions, "--seed", "7", "--days", "3", "--out", text(to)]);
}

fn lines(file: &Path) -> Vec<Value> {
    let text = fs::read_to_string(file).expect("text");
    text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

/// Batches, events and sessions of a file.
fn counted(file: &Path) -> (u64, u64, u64) {
    let batches = lines(file);
    let events: usize = batches.iter().map(|batch| batch["events"].as_array().expect("events").len()).sum();
    let mut sessions: Vec<&str> =
        batches.iter().map(|b| b["session"]["id"].as_str().expect("an id")).collect();
    sessions.sort_unstable();
    sessions.dedup();
    (batches.len() as u64, events as u64, sessions.len() as u64)
}

/// All sessions of the only site, bots too, once there are so many.
fn total_when(server: &Running, sessions: u64) {
    server.sessions_when("bots=include&limit=1", |page| page["total"] == sessions);
}

#[test]
fn what_is_generated_is_imported_once_however_often_it_is_sent() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let (data, file) = (dir.path().join("data"), dir.path().join("history.ndjson"));
    generate(&file, "60");
    let again = dir.path().join("again.ndjson.gz");
    generate(&again, "60");
    let (batches, events, sessions) = counted(&file);
    assert!(sessions >= 59, "{sessions}");

    let server = Running::start(&data);
    let first = import(&server, &data, &file, &[]);
    let account = |accepted: u64| {
        json!({"lines": batches, "passed_over": 0, "rejected": 0, "batches": batches, "accepted": accepted,
               "dropped": {}})
    };
    assert_eq!(first, account(events));
    total_when(&server, sessions);
    let accepted = server.items("accepted");
    assert_eq!(accepted, events);
    // The same bytes, compressed.
    assert_eq!(import(&server, &data, &again, &[]), first);
    server
        .when("/api/v1/sites/default/sessions?bots=include&limit=1", |_| server.items("duplicate") == events);
    assert_eq!(server.items("accepted"), accepted);
    total_when(&server, sessions);
    assert!(!dir.path().join("history.ndjson.footpath-import").exists());
    assert!(!dir.path().join("history.ndjson.rejects").exists());

    // Devices and places come from who sent it.
    let page = server.get("/api/v1/sites/default/sessions?limit=50").json();
    let told =
        |field: &str| page["sessions"].as_array().expect("rows").iter().any(|row| !row[field].is_null());
    assert!(told("device") && told("place"), "{page}");
}

#[test]
fn a_killed_import_goes_on_where_it_was() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let (data, file) = (dir.path().join("data"), dir.path().join("history.ndjson"));
    generate(&file, "400");
    let (batches, events, sessions) = counted(&file);
    // Slow enough to be killed on the way: the burst is 4,000 events.
    let server = Running::start_with(&data, &["--ingest-rate", "2000"]);
    let mut importing = Command::new(env!("CARGO_BIN_EXE_footpath"))
        .args(["import", text(&file), "--site", "default", "--url", &server.url, "--data-dir", text(&data)])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the binary runs");
    let state = dir.path().join("history.ndjson.footpath-import");
    let start = Instant::now();
    while !state.exists() {
        assert!(start.elapsed() < crate::running::PATIENCE, "the place in the file is never written");
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    importing.kill().expect("it can be killed");
    importing.wait().expect("it ends");
    let kept: Value = serde_json::from_slice(&fs::read(&state).expect("the state")).expect("JSON");
    let done_before = kept["account"]["lines"].as_u64().expect("a number");
    assert!(done_before > 0 && done_before < batches, "{kept}");

    let account = import(&server, &data, &file, &["--resume"]);
    assert_eq!((&account["lines"], &account["batches"]), (&json!(batches), &json!(batches)), "{account}");
    assert_eq!(account["accepted"], events);
    total_when(&server, sessions);
    assert_eq!(server.items("accepted"), events, "nothing is counted twice");
    assert!(!state.exists());
}

#[test]
fn what_is_not_taken_is_told_with_its_line_and_field() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let (data, file) = (dir.path().join("data"), dir.path().join("history.ndjson"));
    let at = now_ms() - 40 * DAY;
    let old = |events: Value| {
        let mut batch = batch(events);
        batch["sent_at"] = json!(at + 60_000);
        batch
    };
    let good = old(json!([page_view(0, at, "https://shop.example/"), click(1, at + 1, "Buy")]));
    let mut no_session = good.clone();
    no_session.as_object_mut().expect("an object").remove("session");
    let mut later = good.clone();
    later["v"] = json!(2);
    let mut sender = good.clone();
    sender["sender"] = json!({"address": "nowhere"});
    let half = old(json!([page_view(0, at, "https://shop.example/"), {"seq": 1, "at": "noon", "kind": {}}]));
    let all = [
        good.to_string(),
        "no batch".to_owned(),
        String::new(),
        no_session.to_string(),
        later.to_string(),
        sender.to_string(),
        half.to_string(),
    ];
    fs::write(&file, all.join("\n")).expect("it can be written");

    let server = Running::start(&data);
    let account = import(&server, &data, &file, &[]);
    expect![[
        r#"{"accepted":3,"batches":2,"dropped":{"malformed":1},"lines":7,"passed_over":1,"rejected":4}"#
    ]]
    .assert_eq(&account.to_string());
    let rejects: String = lines(&dir.path().join("history.ndjson.rejects"))
        .iter()
        .map(|reject| {
            let message = reject["message"].as_str().expect("a message");
            let message = message.split(" at line").next().unwrap_or_default();
            format!("{} {} {} {message}\n", reject["line"], reject["index"], reject["reason"])
        })
        .collect();
    expect![[r#"
        2 null "invalid_batch" expected ident
        4 null "invalid_batch" session: with a backfill key it must be there, since nobody can be told by an address of long ago
        5 null "unsupported_version" v: version 2 is not supported, this server reads 1
        6 null "invalid_batch" sender: invalid IP address syntax; it is an object of `address` and `user_agent`
        7 1 "malformed" at: invalid type: string "noon", expected i64
    "#]]
    .assert_eq(&rejects);
    total_when(&server, 2);
}

#[test]
fn an_import_that_cannot_work_says_why() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let (data, file) = (dir.path().join("data"), dir.path().join("history.ndjson"));
    fs::write(&file, "{}\n").expect("it can be written");
    let server = Running::start(&data);
    #[track_caller]
    fn check(args: &[&str], expected: Expect) {
        let output = footpath(args);
        assert!(!output.status.success());
        let told = String::from_utf8(output.stderr).expect("text");
        expected.assert_eq(told.lines().find(|line| line.starts_with("error: ")).unwrap_or(&told));
    }
    let base = ["import", text(&file), "--url", &server.url];
    let with = |more: &[&'static str]| [&base[..], more].concat();
    check(
        &with(&["--site", "default", "--backfill-key", "fpb_wrong"]),
        expect!["error: backfill-key: the server does not know it: `footpath site list` shows each site's"],
    );
    check(
        &["import", "-", "--site", "default", "--backfill-key", "x", "--resume"],
        expect!["error: resume: standard input cannot be read again: name a file"],
    );
    check(
        &[
            "import",
            text(&file),
            "--site",
            "default",
            "--backfill-key",
            "x",
            "--url",
            "https://footpath.example",
        ],
        expect![
            "error: url: `https://footpath.example` does not begin with http://: import on the server's own machine, or through a tunnel"
        ],
    );
    let output = footpath(&[&base[..], &["--site", "blog", "--data-dir", text(&data)]].concat());
    let told = String::from_utf8(output.stderr).expect("text");
    assert!(told.contains("site: blog is not in") && told.contains("there is default"), "{told}");
}

/// Two visitors: one with two sessions, one with one; a crawler; and lines that are no page views.
fn access_log() -> String {
    let line = |address: &str, time: &str, request: &str, status: u16, agent: &str| {
        format!("{address} - - [{time} +0000] \"{request} HTTP/1.1\" {status} 512 \"-\" \"{agent}\"\n")
    };
    let crawler = "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)";
    [
        line("192.0.2.1", "02/Nov/2026:10:00:00", "GET /", 200, CHROME),
        line("192.0.2.1", "02/Nov/2026:10:00:01", "GET /app.js", 200, CHROME),
        line("192.0.2.1", "02/Nov/2026:10:10:00", "GET /cart?step=1", 200, CHROME),
        line("192.0.2.2", "02/Nov/2026:10:11:00", "GET /products/42", 200, CHROME),
        line("192.0.2.2", "02/Nov/2026:10:12:00", "POST /cart", 200, CHROME),
        line("192.0.2.1", "02/Nov/2026:10:40:01", "GET /cart", 200, CHROME),
        line("192.0.2.1", "02/Nov/2026:10:41:00", "GET /gone", 404, CHROME),
        "half a line\n".to_owned(),
        line("203.0.113.9", "02/Nov/2026:11:00:00", "GET /", 200, crawler),
    ]
    .concat()
}

#[test]
fn an_access_log_becomes_sessions_of_page_views() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let (data, file) = (dir.path().join("data"), dir.path().join("access.log"));
    fs::write(&file, access_log()).expect("it can be written");
    let server = Running::start(&data);
    let log = ["--format", "combined", "--origin", "https://shop.example"];
    let account = import(&server, &data, &file, &log);
    expect![[r#"{"accepted":5,"batches":4,"dropped":{},"lines":9,"passed_over":3,"rejected":1}"#]]
        .assert_eq(&account.to_string());
    total_when(&server, 4);
    let page = server.sessions_when("", |page| page["total"] == 3);
    let sessions: String = page["sessions"]
        .as_array()
        .expect("rows")
        .iter()
        .map(|row| {
            let field = |name: &str| row[name].to_string();
            format!(
                "{} {} {} {}\n",
                field("start"),
                field("start_reason"),
                row["counts"]["page_views"],
                row["entry"]["path"]
            )
        })
        .collect();
    expect![[r#"
        1793616001000 "idle" 1 "/cart"
        1793614260000 "first_visit" 1 "/products/42"
        1793613600000 "first_visit" 2 "/"
    "#]]
    .assert_eq(&sessions);
    // Again: nothing changes.
    import(&server, &data, &file, &log);
    server.when("/api/v1/sites/default/sessions", |_| server.items("duplicate") == 5);
    total_when(&server, 4);
    let journal = fs::read(data.join("journal.db-wal")).expect("the journal's log");
    assert!(!journal.windows(9).any(|bytes| bytes == b"192.0.2.1"), "no address reaches the disk");
}

static AHEAD: AtomicI64 = AtomicI64::new(0);

/// A clock that tests set forward, so that sessions are over.
fn ahead() -> Timestamp {
    Timestamp(now_ms() + AHEAD.load(Ordering::Relaxed))
}

/// A stopped data directory with sessions in the lake, and one more in the journal.
fn stopped(dir: &Path) -> PathBuf {
    let (data, file) = (dir.join("data"), dir.join("history.ndjson"));
    generate(&file, "40");
    let server = Running::start(&data);
    import(&server, &data, &file, &[]);
    drop(server);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let options = StoreOptions { live_bytes: 1 << 28, clock: ahead };
        let (store, _) = Store::open(&data, options).await.expect("it opens");
        AHEAD.fetch_add(2 * DAY, Ordering::Relaxed);
        assert!(store.flush().await.expect("it can be flushed").sessions > 0);
    });
    // Everything in it has ended: its lock is free.
    drop(runtime);
    let server = Running::start(&data);
    assert_eq!(server.send(&batch(json!([click(0, now_ms(), "Buy")]))).status, 204);
    server.kill();
    data
}

fn doctor(dir: &Path) -> (bool, Value) {
    let output = footpath(&["doctor", "--data-dir", text(dir), "--json"]);
    let told = serde_json::from_slice(&output.stdout);
    (output.status.success(), told.unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr))))
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("it can be made");
    for entry in fs::read_dir(from).expect("it can be read") {
        let entry = entry.expect("it can be read");
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).expect("it can be copied");
        }
    }
}

fn first_file(table: &Path) -> PathBuf {
    let below = |dir: &Path| {
        let mut paths: Vec<PathBuf> =
            fs::read_dir(dir).expect("a directory").map(|entry| entry.expect("an entry").path()).collect();
        paths.sort();
        paths.into_iter().find(|path| !path.ends_with("_delta_log")).expect("there is one")
    };
    below(&below(&below(table)))
}

fn flip_in_the_middle(path: &Path) {
    let mut bytes = fs::read(path).expect("it can be read");
    let middle = bytes.len() / 2;
    bytes[middle..middle + 64].iter_mut().for_each(|byte| *byte ^= 0xff);
    fs::write(path, bytes).expect("it can be written");
}

#[test]
fn the_doctor_finds_each_kind_of_damage_and_changes_nothing() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let data = stopped(dir.path());
    let (ok, told) = doctor(&data);
    assert!(ok && told["ok"] == true, "{told}");
    #[track_caller]
    fn check(data: &Path, name: &str, damage: impl Fn(&Path), expected: Expect) {
        let hurt = data.with_file_name(name);
        copy(data, &hurt);
        damage(&hurt);
        let (_, told) = doctor(&hurt);
        let findings =
            told["checks"].as_array().expect("checks").iter().filter(|check| check["status"] != "ok");
        let findings: Vec<String> =
            findings.map(|check| format!("{}: {}", check["name"], check["status"])).collect();
        expected.assert_eq(&format!("{} {}", told["ok"], findings.join(", ")));
        assert_eq!(doctor(&hurt).1, told, "it changed something");
    }
    check(
        &data,
        "torn",
        |dir| flip_in_the_middle(&first_file(&dir.join("lake/sessions"))),
        expect![[r#"false "lake: files": "problem""#]],
    );
    check(
        &data,
        "cut",
        |dir| fs::remove_file(first_file(&dir.join("lake/events"))).expect("it can be deleted"),
        expect![[r#"false "lake: files": "problem""#]],
    );
    check(
        &data,
        "stray",
        |dir| {
            let file = first_file(&dir.join("lake/events"));
            fs::copy(&file, file.with_file_name("stray.parquet")).expect("it can be copied");
        },
        expect![[r#"true "lake: strays": "note""#]],
    );
    check(
        &data,
        "log",
        |dir| {
            let log = dir.join("lake/sessions/_delta_log");
            let entries = fs::read_dir(log).expect("a log").map(|entry| entry.expect("an entry").path());
            entries.for_each(|entry| fs::write(entry, "no log").expect("it can be written"));
        },
        expect![[r#"false "lake: logs": "problem""#]],
    );
    check(
        &data,
        "sites",
        |dir| fs::write(dir.join("metadata.db"), "x".repeat(9000)).expect("written"),
        expect![[r#"false "metadata": "problem""#]],
    );
    check(
        &data,
        "missing",
        |dir| fs::remove_file(dir.join("journal.db")).expect("deleted"),
        expect![[r#"false "journal": "problem""#]],
    );
    check(
        &data,
        "aside",
        |dir| fs::create_dir(dir.join("damaged")).expect("it can be made"),
        expect![[r#"true "set aside": "note""#]],
    );

    let server = Running::start(&data);
    let output = footpath(&["doctor", "--data-dir", text(&data)]);
    assert!(!output.status.success() && String::from_utf8_lossy(&output.stderr).contains("in use"));
    drop(server);
    let output = footpath(&["doctor", "--data-dir", text(&dir.path().join("nowhere"))]);
    assert!(!output.status.success() && !dir.path().join("nowhere").exists());
}

#[test]
fn a_backup_under_load_has_every_event_acknowledged_before_it_began() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let data = stopped(dir.path());
    let server = Running::start(&data);
    let before = server.get("/api/v1/sites/default/sessions?bots=include&limit=1").json()["total"].clone();
    let stop = Arc::new(AtomicBool::new(false));
    let clients: Vec<_> = (0..4)
        .map(|_| {
            let (stop, url, session) =
                (Arc::clone(&stop), format!("{}/i/{}", server.url, server.key), Uuid::now_v7());
            let acknowledged = Arc::new(AtomicU32::new(0));
            let (counter, id) = (Arc::clone(&acknowledged), session);
            let sending = std::thread::spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    let (seq, at) = (counter.load(Ordering::Relaxed), now_ms());
                    let batch = json!({
                        "v": 1, "sent_at": at, "tab_id": id, "visitor_id": id,
                        "session": {"id": id, "start_reason": "first_visit"},
                        "events": [click(seq, at, "Buy"), click(seq + 1, at, "Buy")],
                    });
                    let answer = try_post(&url, &[], batch.to_string().as_bytes()).expect("an answer");
                    assert_eq!(answer.status, 204);
                    counter.fetch_add(2, Ordering::Relaxed);
                }
            });
            (session, acknowledged, sending)
        })
        .collect();
    let mut copies = Vec::new();
    for nth in 0..3 {
        while clients.iter().any(|(_, acknowledged, _)| acknowledged.load(Ordering::Relaxed) < 20 * (nth + 1))
        {
            std::thread::yield_now();
        }
        let copy = dir.path().join(format!("copy-{nth}"));
        let acknowledged: Vec<(Uuid, u32)> =
            clients.iter().map(|(id, acknowledged, _)| (*id, acknowledged.load(Ordering::Relaxed))).collect();
        done(&["backup", "--data-dir", text(&data), "--to", text(&copy)]);
        copies.push((copy, acknowledged));
    }
    stop.store(true, Ordering::Relaxed);
    clients.into_iter().for_each(|(_, _, sending)| sending.join().expect("no client panics"));
    server.kill();
    for (copy, acknowledged) in copies {
        let (ok, told) = doctor(&copy);
        assert!(ok, "{told}");
        let server = Running::start(&copy);
        for (session, n) in acknowledged {
            let found = server.get(&format!("/api/v1/sites/default/sessions/{session}")).json();
            let events = found["counts"]["events"].as_u64().unwrap_or_else(|| panic!("{found}"));
            assert!(events >= u64::from(n), "{events} of {n}");
        }
        let total = server.get("/api/v1/sites/default/sessions?bots=include&limit=1").json()["total"].clone();
        assert_eq!(total.as_u64(), before.as_u64().map(|before| before + 4));
    }
    let taken = footpath(&["backup", "--data-dir", text(&data), "--to", text(&dir.path().join("copy-0"))]);
    assert!(!taken.status.success() && String::from_utf8_lossy(&taken.stderr).contains("already"));
}

#[test]
fn an_export_has_what_the_api_has_while_the_server_runs() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let data = stopped(dir.path());
    let server = Running::start(&data);
    let total = |query: &str| {
        let page = server.get(&format!("/api/v1/sites/default/sessions?limit=1&{query}")).json();
        page["total"].as_u64().unwrap_or_else(|| panic!("{page}"))
    };
    let export = |more: &[&str]| {
        let args = ["export", "--data-dir", text(&data), "--site", "default"];
        done(&[&args[..], more].concat())
    };
    for (bots, query) in [("exclude", ""), ("include", "bots=include"), ("only", "bots=only")] {
        let rows = export(&["--format", "ndjson", "--bots", bots]);
        assert_eq!(rows.lines().count() as u64, total(query), "{bots}");
    }
    let last = export(&["--format", "ndjson", "--last", "1h"]);
    assert_eq!(last.lines().count() as u64, total("last=1h"));

    let rows = export(&["--format", "ndjson", "--bots", "include"]);
    let rows: Vec<Value> = rows.lines().map(|row| serde_json::from_str(row).expect("JSON")).collect();
    let n_events: u64 = rows.iter().map(|row| row["n_events"].as_u64().expect("a number")).sum();
    let events = export(&["--format", "ndjson", "--bots", "include", "--what", "events"]);
    assert_eq!(events.lines().count() as u64, n_events);

    let csv = export(&["--format", "csv", "--bots", "include"]);
    assert!(csv.starts_with("session_id,client_session_id,"), "{csv}");
    let file = dir.path().join("sessions.parquet");
    export(&["--format", "parquet", "--bots", "include", "--out", text(&file)]);
    let bytes = fs::read(&file).expect("the file");
    assert!(bytes.starts_with(b"PAR1") && bytes.ends_with(b"PAR1"));
    assert!(!dir.path().join("sessions.parquet.part").exists());
    let left: Vec<_> = fs::read_dir(&data)
        .expect("the directory")
        .map(|entry| entry.expect("an entry").file_name())
        .filter(|name| name.to_string_lossy().starts_with("export-"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
    assert!(
        !footpath(&["export", "--data-dir", text(&data), "--site", "blog", "--format", "csv"])
            .status
            .success()
    );
}
