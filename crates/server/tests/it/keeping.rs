//! What is kept and what is deleted, as an operator asks for it.

use crate::running::{Running, any_file_holds, batch, click, now_ms, page_view};
use expect_test::expect;
use serde_json::{Value, json};
use std::process::Command;

const DAY: i64 = 86_400_000;
const MARKER: &str = "the button that only ann has seen";

fn ids(list: &Value) -> Vec<String> {
    let sessions = list["sessions"].as_array().expect("a list").iter();
    sessions.map(|session| session["id"].as_str().expect("an id").to_owned()).collect()
}

#[test]
fn a_user_is_erased_from_everywhere_with_a_receipt() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let server = Running::start(dir.path());
    for (user, label) in [("ann", MARKER), ("ann", MARKER), ("bob", "another")] {
        let mut batch =
            batch(json!([page_view(0, now_ms(), "https://shop.example/"), click(1, now_ms(), label)]));
        batch["context"] = json!({"user": {"id": user}});
        assert_eq!(server.send(&batch).status, 204);
    }
    server.sessions_when("", |list| list["total"] == 3);
    assert!(any_file_holds(dir.path(), MARKER), "the journal is plain text");

    let path = "/api/v1/sites/default/erasures";
    let dry = server.call("POST", path, Some(json!({"user_id": "ann", "dry_run": true})));
    expect![[r#"200 {"bytes":0,"dry_run":true,"events":4,"files":0,"files_still_read":0,"replay_chunks":0,"sessions":2}"#]]
        .assert_eq(&format!("{} {}", dry.status, dry.json()));
    assert_eq!(server.get("/api/v1/sites/default/sessions").json()["total"], 3, "a dry run changes nothing");

    let erased = server.call("POST", path, Some(json!({"user_id": "ann"})));
    assert_eq!(
        (erased.status, &erased.json()["sessions"], &erased.json()["events"]),
        (200, &json!(2), &json!(4))
    );
    let left = server.get("/api/v1/sites/default/sessions").json();
    assert_eq!((&left["total"], &left["sessions"][0]["user"]["id"]), (&json!(1), &json!("bob")));
    assert!(!any_file_holds(dir.path(), MARKER), "no byte of it is left");
    let listed = server.get("/api/v1/sites/default/deletions").json();
    assert_eq!(listed["deletions"].as_array().map(Vec::len), Some(1));
    assert_eq!(listed["deletions"][0]["cause"], "erasure of a user");
    assert_eq!(listed["deletions"][0]["deleted"]["sessions"], 2);
    assert_eq!(listed["deletions"][0]["error"], Value::Null);

    server.kill();
    let server = Running::start(dir.path());
    assert_eq!(server.get("/api/v1/sites/default/sessions").json()["total"], 1);
    let bob = ids(&left).remove(0);
    let timeline = server.get(&format!("/api/v1/sites/-/sessions/{bob}/events")).json();
    assert_eq!(timeline["by_category"], json!({"click": 1, "page": 1}));
}

#[test]
fn what_is_older_than_a_site_keeps_goes_and_pinned_sessions_stay() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let listed = Command::new(env!("CARGO_BIN_EXE_footpath"))
        .args(["site", "add", "default", "--data-dir"])
        .arg(dir.path())
        .output()
        .expect("the binary runs");
    let listed = String::from_utf8(listed.stdout).expect("text");
    let backfill_key = listed.trim().rsplit(' ').next().expect("the backfill key is last").to_owned();
    let server = Running::start(dir.path());
    for days in [60, 59, 1] {
        let at = now_ms() - days * DAY;
        let mut batch = batch(json!([page_view(0, at, "https://shop.example/")]));
        batch["sent_at"] = json!(at);
        let sent = server.post(&format!("/i/{backfill_key}"), &[], batch.to_string().as_bytes());
        assert_eq!(sent.status, 204, "{}", sent.text);
    }
    let all = server.sessions_when("", |list| list["total"] == 3);
    let [_, pinned, old] = <[String; 3]>::try_from(ids(&all)).expect("three");
    assert_eq!(server.call("PUT", &format!("/api/v1/sites/default/sessions/{pinned}/pin"), None).status, 204);

    let set = |body| server.call("PUT", "/api/v1/sites/default/retention", Some(body));
    expect!["400 invalid_body: retention of 3 days: choose 7 to 3650 days"]
        .assert_eq(&set(json!({"sessions_days": 3, "events_days": null})).error());
    assert_eq!(set(json!({"sessions_days": 30, "events_days": null})).status, 200);
    assert_eq!(server.get("/api/v1/sites/default/retention").json()["sessions_days"], 30);

    // A session that has just arrived waits some seconds before it is moved to where retention looks.
    let run = |dry_run: bool| {
        server.call("POST", "/api/v1/sites/default/retention/run", Some(json!({"dry_run": dry_run}))).json()
    };
    let start = std::time::Instant::now();
    let deleted = loop {
        let deleted = run(false);
        if deleted["sessions"] != 0 {
            break deleted;
        }
        assert!(start.elapsed() < crate::running::PATIENCE, "nothing is deleted");
        std::thread::sleep(std::time::Duration::from_millis(100));
    };
    assert_eq!((&deleted["sessions"], &deleted["events"]), (&json!(1), &json!(1)));
    assert!(deleted["bytes"].as_u64() > Some(0), "{deleted}");
    let left = ids(&server.get("/api/v1/sites/default/sessions").json());
    assert!(left.contains(&pinned) && !left.contains(&old) && left.len() == 2, "{left:?}");
    // The others may have waited a moment longer than the one that went.
    while server.get("/api/v1/storage").json()["live_sessions"] != 0 {
        assert!(start.elapsed() < crate::running::PATIENCE, "some sessions are not moved");
        assert_eq!(run(false)["sessions"], 0, "the pinned session stays");
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    assert_eq!(run(true)["sessions"], 0, "the pinned session is not counted either");
    assert_eq!(server.get(&format!("/api/v1/sites/-/sessions/{old}")).status, 404);

    assert_eq!(
        server.call("DELETE", &format!("/api/v1/sites/default/sessions/{pinned}/pin"), None).status,
        204
    );
    assert_eq!(run(true)["sessions"], 1);
    let storage = server.get("/api/v1/storage").json();
    assert_eq!((&storage["missing_rows"], &storage["set_aside"]), (&json!(0), &json!([])));
}
