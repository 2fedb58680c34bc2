//! What ingest promises for bad input: a status, an error that names the field, and one outcome for each item.

use crate::running::{Running, any_file_holds, batch, click, now_ms, page_view};
use expect_test::{Expect, expect};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use std::io::Write;

const DAY: i64 = 24 * 3600 * 1000;

fn server() -> (tempfile::TempDir, Running) {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let server = Running::start(dir.path());
    (dir, server)
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).expect("memory takes it");
    encoder.finish().expect("memory takes it")
}

/// A batch that would be taken, changed.
fn changed(change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let mut batch = batch(json!([click(0, now_ms(), "Buy")]));
    change(&mut batch);
    batch.to_string().into_bytes()
}

#[test]
fn every_bad_request_is_refused_with_its_reason() {
    let (_dir, server) = server();
    #[track_caller]
    fn check(server: &Running, headers: &[(&str, &str)], body: &[u8], expected: Expect) {
        let before = server.items("refused");
        let answer = server.post(&format!("/i/{}", server.key), headers, body);
        expected.assert_eq(&answer.error());
        assert_eq!(server.items("refused"), before + 1, "it has its outcome");
    }
    let gzipped = &[("content-encoding", "gzip")][..];

    check(&server, &[], b"", expect!["400 invalid_batch: EOF while parsing a value at line 1 column 0"]);
    check(
        &server,
        &[],
        b"{\"v\":1",
        expect!["400 invalid_batch: ?: EOF while parsing an object at line 1 column 6"],
    );
    check(
        &server,
        &[],
        b"[]",
        expect![
            "400 invalid_batch: invalid length 0, expected struct WireEnvelope with 7 elements at line 1 column 2"
        ],
    );
    check(&server, &[], b"\xff\xfe{}", expect!["400 invalid_batch: body is not UTF-8"]);
    check(
        &server,
        &[],
        &changed(|b| b["v"] = json!(2)),
        expect!["400 unsupported_version: v: version 2 is not supported, this server reads 1"],
    );
    check(
        &server,
        &[],
        &changed(|b| b["v"] = json!("1")),
        expect![[r#"400 invalid_batch: v: invalid type: string "1", expected u32 at line 1 column 286"#]],
    );
    check(
        &server,
        &[],
        br#"{"v":2,"batch":{}}"#,
        expect!["400 unsupported_version: v: version 2 is not supported, this server reads 1"],
    );
    check(
        &server,
        &[],
        br#"{"v":1,"sent_at":1,"events":[]}"#,
        expect!["400 invalid_batch: missing field `tab_id` at line 1 column 31"],
    );
    check(
        &server,
        &[],
        &changed(|b| b["tab_id"] = json!("tab")),
        expect![
            "400 invalid_batch: tab_id: UUID parsing failed: invalid character: found `t` at 0 at line 1 column 245"
        ],
    );
    check(
        &server,
        &[],
        &changed(|b| b["events"] = json!([])),
        expect!["400 invalid_batch: events: is empty; send at least one event"],
    );
    check(
        &server,
        &[],
        &changed(|b| b["context"] = json!({"screen": ["wide", 1]})),
        expect![[
            r#"400 invalid_batch: context.screen[0]: invalid type: string "wide", expected u32 at line 1 column 28"#
        ]],
    );
    let many: Vec<Value> = (0..501).map(|seq| click(seq, now_ms(), "Buy")).collect();
    check(
        &server,
        &[],
        &changed(|b| b["events"] = json!(many)),
        expect!["413 body_too_large: events: 501 events in a batch, at most 500 are taken"],
    );
    let deep = "[".repeat(100_000) + &"]".repeat(100_000);
    check(
        &server,
        &[],
        deep.as_bytes(),
        expect!["400 invalid_batch: body is nested more than 16 levels deep"],
    );
    check(
        &server,
        &[],
        &vec![b' '; 1024 * 1024 + 1],
        expect!["413 body_too_large: body has more than 1048576 bytes"],
    );
    check(
        &server,
        gzipped,
        &gzip(&vec![b' '; 64 * 1024 * 1024]),
        expect!["413 body_too_large: body inflates to more than 4194304 bytes"],
    );
    check(
        &server,
        gzipped,
        b"not gzip at all",
        expect!["400 invalid_batch: body is not gzip: invalid gzip header"],
    );
    check(
        &server,
        &[("content-encoding", "br")],
        b"{}",
        expect!["415 unsupported_encoding: content-encoding `br` is not supported"],
    );
}

#[test]
fn an_unknown_key_and_a_wrong_method_are_refused() {
    let (_dir, server) = server();
    let body = changed(|_| {});
    expect!["403 unknown_key: the site key in the path is unknown"]
        .assert_eq(&server.post("/i/fp_wrong", &[], &body).error());
    assert_eq!(server.items("unknown_key"), 1);
    expect!["405 method_not_allowed: this path does not take this method"]
        .assert_eq(&server.get(&format!("/i/{}", server.key)).error());
}

#[test]
fn one_bad_event_does_not_sink_its_batch() {
    let (_dir, server) = server();
    let now = now_ms();
    let answer = server.send(&batch(json!([
        page_view(0, now, "https://shop.example/"),
        {"seq": 1, "at": now, "kind": {"click": {"role": "button", "selector": "b", "x": 1}}},
        {"seq": 2, "at": now, "kind": {"teleport": {}}},
        {"seq": -3, "at": now, "kind": {"scroll": {"depth_pct": 10}}},
        click(4, now - 8 * DAY, "Old"),
        click(5, now, &"long ".repeat(20_000)),
        click(6, now, "Buy"),
    ])));
    assert_eq!(answer.status, 200);
    let body = answer.json();
    assert_eq!(body["accepted"], 2);
    let told: Vec<String> = body["dropped"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| format!("{} {} {}: {}", one["index"], one["seq"], one["reason"], one["message"]))
        .collect();
    expect![[r#"
        1 1 "malformed": "kind.click: missing field `y` at line 1 column 74"
        2 2 "malformed": "kind: unknown variant `teleport`, expected one of `page_view`, `click`, `submit`, `input`, `scroll`, `custom`, `request`, `error`, `vital`, `page_load`, `resources`, `visibility`, `frustration`, `identify`, `session_end` at line 1 column 38"
        3 null "malformed": "seq: invalid value: integer `-3`, expected u32 at line 1 column 63"
        5 5 "too_large": "event has 100106 bytes, at most 65536 are taken"
        4 4 "too_old": "at: more than 7 days before sent_at; use the backfill key for history""#]].assert_eq(&told.join("\n"));
    server.sessions_when("", |list| list["sessions"][0]["counts"]["events"] == 2);
    let counted =
        ["accepted", "malformed", "too_old", "too_large", "internal"].map(|outcome| server.items(outcome));
    assert_eq!(counted, [2, 3, 1, 1, 0]);
}

#[test]
fn a_batch_sent_again_is_taken_and_counts_once() {
    let (_dir, server) = server();
    let batch = batch(json!([click(0, now_ms(), "Buy"), click(1, now_ms(), "Buy")]));
    assert_eq!(server.send(&batch).status, 204);
    assert_eq!(server.send(&batch).status, 204);
    server.when("/api/v1/sites/default/sessions", |list| list["total"] == 1);
    let start = std::time::Instant::now();
    while server.items("duplicate") < 2 {
        assert!(start.elapsed() < crate::running::PATIENCE);
    }
    assert_eq!(server.items("accepted"), 2);
    assert_eq!(server.get("/api/v1/sites/default/sessions").json()["sessions"][0]["counts"]["clicks"], 2);
}

#[test]
fn gzip_and_a_wrong_clock_are_taken() {
    let (_dir, server) = server();
    let slow = now_ms() - 400 * DAY;
    let mut sent =
        batch(json!([page_view(0, slow - 60_000, "https://shop.example/"), click(1, slow, "Buy")]));
    sent["sent_at"] = json!(slow);
    let answer = server.post(
        &format!("/i/{}", server.key),
        &[("content-encoding", "gzip")],
        &gzip(sent.to_string().as_bytes()),
    );
    assert_eq!((answer.status, answer.text.as_str()), (204, ""));
    let list = server.sessions_when("last=1h", |list| list["total"] == 1);
    let session = &list["sessions"][0];
    assert_eq!(session["duration_ms"], 60_000);
    let skew = session["clock_skew_ms"].as_i64().expect("a number");
    assert!((skew - 400 * DAY).abs() < 60_000, "{skew}");
}

#[test]
fn a_time_in_the_future_is_clamped_and_marked() {
    let (_dir, server) = server();
    let sent = batch(json!([click(0, now_ms(), "Buy"), click(1, now_ms() + DAY, "Buy")]));
    let id = sent["session"]["id"].as_str().expect("an id").to_owned();
    assert_eq!(server.send(&sent).status, 204);
    let found =
        server.when(&format!("/api/v1/sites/-/sessions/{id}"), |found| found["counts"]["events"] == 2);
    assert_eq!(found["n_clamped"], 1);
    assert!(found["duration_ms"].as_i64().expect("a number") <= 5 * 60_000 + 1_000);
}

#[test]
fn too_many_events_are_told_to_come_back() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let server = Running::start_with(dir.path(), &["--ingest-rate", "10"]);
    let events: Vec<Value> = (0..500).map(|seq| click(seq, now_ms(), "Buy")).collect();
    assert_eq!(server.send(&batch(json!(events))).status, 204, "one whole batch is always taken");
    let answer = server.send(&batch(json!(events)));
    assert_eq!(answer.status, 429);
    assert!(answer.headers.contains_key("retry-after"));
    assert_eq!(server.items("rate_limited"), 500);
}

#[test]
fn any_page_may_send_and_only_send() {
    let (_dir, server) = server();
    let answer =
        server.post(&format!("/i/{}", server.key), &[("origin", "https://shop.example")], &changed(|_| {}));
    assert_eq!(answer.headers["access-control-allow-origin"], "*");
    let read = server.get("/api/v1/sites");
    assert!(!read.headers.contains_key("access-control-allow-origin"), "no other page may read");
}

#[test]
fn cookieless_page_loads_of_one_browser_are_one_session() {
    let (_dir, server) = server();
    for path in ["", "products"] {
        let mut sent = batch(json!([page_view(0, now_ms(), &format!("https://shop.example/{path}"))]));
        sent.as_object_mut()
            .expect("an object")
            .retain(|field, _| field != "session" && field != "visitor_id");
        assert_eq!(server.send(&sent).status, 204);
    }
    let list = server.sessions_when("", |list| list["sessions"][0]["counts"]["page_views"] == 2);
    assert_eq!(list["total"], 1);
    assert_eq!(list["sessions"][0]["counts"]["tabs"], 2);
}

#[test]
fn no_address_reaches_the_disk() {
    let (dir, server) = server();
    let from = &[("x-forwarded-for", "203.0.113.77")][..];
    assert_eq!(server.post(&format!("/i/{}", server.key), from, &changed(|_| {})).status, 204);
    server.sessions_when("", |list| list["total"] == 1);
    server.kill();
    assert!(!any_file_holds(dir.path(), "203.0.113.77"));
}

#[test]
fn a_hostile_text_costs_no_more_than_any_other() {
    let (_dir, server) = server();
    let now = now_ms();
    let texts = ["=", "?pin=", "eyJ_", "SG.", "a=b&token="].map(|part| part.repeat(16_000 / part.len()));
    let events: Vec<Value> = texts
        .iter()
        .cycle()
        .take(200)
        .zip(0u32..)
        .map(|(text, seq)| {
            json!({"seq": seq, "at": now, "kind": {"error": {
                "name": "E", "message": "m", "stack": text, "source": "uncaught"}}})
        })
        .collect();
    let body = gzip(batch(json!(events)).to_string().as_bytes());
    let answer = server.post(&format!("/i/{}", server.key), &[("content-encoding", "gzip")], &body);
    // Reading each text once is a blink; reading it once for each of its parts outlasts the client's patience.
    assert_eq!(answer.status, 204);
}

#[test]
fn history_needs_a_session_and_a_time_of_the_past() {
    let (dir, server) = server();
    drop(server);
    let listed = std::process::Command::new(env!("CARGO_BIN_EXE_footpath"))
        .args(["site", "list", "--data-dir"])
        .arg(dir.path())
        .output()
        .expect("the binary runs");
    let listed = String::from_utf8(listed.stdout).expect("text");
    let key = listed.trim().rsplit(' ').next().expect("the backfill key is last").to_owned();

    let server = Running::start(dir.path());
    let send = |change: &dyn Fn(&mut Value)| {
        let mut sent = batch(json!([click(0, 1_000_000_000_000, "Buy")]));
        sent["sent_at"] = json!(1_000_000_000_500_i64);
        change(&mut sent);
        server.post(&format!("/i/{key}"), &[], sent.to_string().as_bytes())
    };
    expect!["400 invalid_batch: sent_at: with a backfill key it must lie between 1970 and now"]
        .assert_eq(&send(&|sent| sent["sent_at"] = json!(now_ms() + DAY)).error());
    expect!["400 invalid_batch: session: with a backfill key it must be there, since nobody can be told by an address of long ago"]
        .assert_eq(&send(&|sent| { sent.as_object_mut().expect("an object").remove("session"); }).error());
    assert_eq!(server.items("refused"), 2);
    assert_eq!(server.items("internal"), 0);
    assert_eq!(send(&|_| {}).status, 204);
    let list = server.sessions_when("to=2001-12-31", |list| list["total"] == 1);
    assert_eq!(list["sessions"][0]["start"], 1_000_000_000_000_i64);
}
