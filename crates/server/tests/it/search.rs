//! Finding sessions as an analyst does: by search, in any order, explained, saved, exported.

use crate::running::{Running, batch, click, now_ms, page_view};
use expect_test::{Expect, expect};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

const MINUTE: i64 = 60_000;

fn error(seq: u32, at: i64, name: &str, message: &str) -> Value {
    let stack = format!("{name}: {message}\n    at pay (https://shop.example/checkout.js:1:1)");
    json!({"seq": seq, "at": at, "kind": {"error": {"name": name, "message": message, "stack": stack, "source": "uncaught"}}})
}

/// A shop with four sessions of people, one of them with an error, and one of a crawler:
/// john looks around and fails to pay, jane pays, two are anonymous.
fn shop(dir: &tempfile::TempDir) -> Running {
    let server = Running::start(dir.path());
    let now = now_ms();
    let page = |seq, at, path: &str| page_view(seq, at, &format!("https://shop.example{path}"));
    let start = now - 20 * MINUTE;
    let mut john = batch(json!([
        page(0, start, "/"),
        click(1, start + 1000, "Products"),
        page(2, start + 2000, "/products/17"),
        click(3, start + 8 * MINUTE, "Checkout"),
        page(4, start + 8 * MINUTE + 500, "/checkout"),
        error(5, start + 8 * MINUTE + 900, "PaymentError", "card 4711 was declined"),
    ]));
    john["context"] = json!({"user": {"id": "u1", "traits": {"email": "john@example.com", "plan": "pro"}}});
    let mut jane = batch(json!([
        page(0, start + 1, "/"),
        page(1, start + 1000, "/checkout"),
        json!({"seq": 2, "at": start + 2000, "kind": {"custom": {"name": "purchase", "props": {"total": 42}}}}),
    ]));
    jane["context"] = json!({"user": {"id": "u2", "traits": {"email": "jane@example.com"}}});
    let one = batch(json!([page(0, start + 2, "/")]));
    let other = batch(json!([page(0, start + 3, "/products/17"), click(1, start + 5000, "Add to Cart")]));
    let mut crawler = batch(json!([page(0, start + 4, "/checkout")]));
    crawler["context"] = json!({"automated": true});
    for batch in [&john, &jane, &one, &other, &crawler] {
        let answer = server.send(batch);
        assert_eq!(answer.status, 204, "{}", answer.text);
    }
    server.sessions_when("bots=include", |list| list["total"] == 5);
    server
}

fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

fn total(server: &Running, search: &str) -> u64 {
    let answer = server.get(&format!("/api/v1/sites/default/sessions?q={}", encoded(search)));
    assert_eq!(answer.status, 200, "{search}: {}", answer.text);
    answer.json()["total"].as_u64().expect("a number")
}

#[test]
fn searches_find_what_they_say() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let server = shop(&dir);
    for (search, found) in [
        ("", 4),
        ("user:john@example.com", 1),
        ("has:errors", 1),
        ("page:/checkout", 2),
        ("duration:>5m", 1),
        ("user:john@example.com AND has:errors", 1),
        ("user:jane@example.com has:errors", 0),
        ("page:/products/*", 2),
        ("page:/products/:id", 2),
        ("-page:/checkout", 2),
        ("NOT has:errors page:/checkout", 1),
        ("has:errors OR event:purchase", 2),
        ("has:errors OR -page:/checkout", 0),
        ("page:/products/* THEN page:/checkout", 1),
        ("page:/checkout THEN page:/products/*", 0),
        ("{click:Checkout page:/products/*}", 1),
        ("pages:2..", 2),
        ("event.total:>40", 1),
        ("user.plan:pro", 1),
        ("error:PaymentError", 1),
        ("error.message:declined", 1),
        ("is:identified", 2),
        ("Add Cart", 1),
        ("Add nothing", 0),
        ("\"Add to Cart\"", 1),
    ] {
        assert_eq!(total(&server, search), found, "{search}");
    }
}

#[test]
fn a_search_that_cannot_be_read_points_at_what_is_wrong() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let server = Running::start(dir.path());
    let answer = server.get(&format!("/api/v1/sites/default/sessions?q={}", encoded("has:errors pge:/cart")));
    let body = answer.json();
    assert_eq!((answer.status, &body["code"]), (400, &json!("invalid_search")));
    assert_eq!((&body["start"], &body["end"]), (&json!(11), &json!(14)), "{body}");
    assert_eq!(body["suggestion"], json!({"start": 11, "end": 14, "text": "page"}));
    // Other errors have no place.
    let other = server.get("/api/v1/sites/default/sessions?sort=colour").json();
    assert_eq!((&other["code"], &other["start"]), (&json!("invalid_parameter"), &Value::Null));
}

#[test]
fn pages_of_any_order_hold_every_session_once() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let server = shop(&dir);
    for sort in ["start", "duration", "pages", "errors", "events", "load"] {
        for order in ["asc", "desc"] {
            let path = format!("/api/v1/sites/default/sessions?sort={sort}&order={order}&limit=1");
            let mut ids = Vec::new();
            let mut cursor = String::new();
            loop {
                let page = server.get(&format!("{path}{cursor}")).json();
                assert_eq!(page["total"], 4, "{page}");
                ids.push(page["sessions"][0]["id"].as_str().expect("an id").to_owned());
                match page["next_cursor"].as_str() {
                    Some(next) => cursor = format!("&cursor={next}"),
                    None => break,
                }
            }
            let distinct: std::collections::HashSet<&String> = ids.iter().collect();
            assert_eq!((ids.len(), distinct.len()), (4, 4), "{sort} {order}");
        }
    }
    let first = server.get("/api/v1/sites/default/sessions?sort=duration&limit=1").json();
    assert_eq!(first["sessions"][0]["user"]["id"], "u1");
    let cursor = first["next_cursor"].as_str().expect("more");
    let mixed = server.get(&format!("/api/v1/sites/default/sessions?sort=pages&cursor={cursor}"));
    assert!(mixed.error().starts_with("400 invalid_parameter: cursor:"), "{}", mixed.text);
}

/// A session's explanation, a line a clause: whether it is so, and the events that did it.
fn check_explained(server: &Running, id: &str, search: &str, expected: Expect) {
    let path = format!("/api/v1/sites/default/sessions/{id}/explain?q={}", encoded(search));
    let body = server.get(&path).json();
    let mut told = format!("matched: {}\n", body["matched"]);
    for clause in body["clauses"].as_array().expect("clauses") {
        let lines = clause["events"].as_array().expect("events").iter();
        let lines: Vec<&str> = lines.filter_map(|event| event["line"].as_str()).collect();
        let not = if clause["negated"] == true { "NOT " } else { "" };
        told +=
            &format!("{not}{}: {} {lines:?}\n", clause["text"].as_str().expect("a text"), clause["matched"]);
    }
    expected.assert_eq(&told);
}

#[test]
fn a_result_is_explained_and_an_empty_one_too() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let server = shop(&dir);
    let john = server.get("/api/v1/sites/default/sessions?q=has:errors").json();
    let john = john["sessions"][0]["id"].as_str().expect("an id").to_owned();
    check_explained(
        &server,
        &john,
        "page:/checkout has:errors -event:purchase",
        expect![[r#"
            matched: true
            page:/checkout: true ["Page: /checkout"]
            has:errors: true []
            NOT event:purchase: false []
        "#]],
    );
    let search = "has:errors event:purchase page:/checkout";
    let path = format!("/api/v1/sites/default/search/explain?q={}", encoded(search));
    expect![[r#"{"clauses":[{"negated":false,"sessions":1,"text":"has:errors","without":1},{"negated":false,"sessions":1,"text":"event:purchase","without":1},{"negated":false,"sessions":2,"text":"page:/checkout","without":0}],"total":0}"#]]
        .assert_eq(&server.get(&path).json().to_string());
}

#[test]
fn fields_and_values_are_completed_with_their_counts() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let server = shop(&dir);
    let complete = |text: &str| {
        let body =
            server.get(&format!("/api/v1/sites/default/search/complete?text={}", encoded(text))).json();
        let items = body["items"].as_array().expect("items").iter();
        let items: Vec<String> = items
            .map(|item| format!("{} {}", item["text"].as_str().unwrap_or("?"), item["sessions"]))
            .collect();
        (body["start"].as_u64(), body["end"].as_u64(), items)
    };
    let (start, end, items) = complete("has:errors dur");
    assert_eq!((start, end, items[0].as_str()), (Some(11), Some(14), "duration: null"));
    let (start, end, items) = complete("page:/ch");
    assert_eq!((start, end), (Some(5), Some(8)));
    assert_eq!(items, ["/checkout 2"]);
    let (.., items) = complete("user:");
    assert!(items.contains(&"john@example.com 1".to_owned()), "{items:?}");
    let (.., items) = complete("has:");
    assert!(items.contains(&"errors null".to_owned()), "{items:?}");
}

#[test]
fn filters_are_saved_in_canonical_text_under_names_of_their_own() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let server = Running::start(dir.path());
    let path = "/api/v1/sites/default/filters";
    let saved =
        server.call("POST", path, Some(json!({"name": "Stuck", "q": "page:/checkout   AND has:errors"})));
    assert_eq!((saved.status, &saved.json()["q"]), (201, &json!("page:/checkout has:errors")));
    let id = saved.json()["id"].as_str().expect("an id").to_owned();
    let taken = server.call("POST", path, Some(json!({"name": "Stuck", "q": ""})));
    assert!(taken.error().starts_with("409 filter_exists: name:"), "{}", taken.text);
    let wrong = server.call("POST", path, Some(json!({"name": "x", "q": "pge:/"})));
    assert_eq!((wrong.status, &wrong.json()["code"]), (400, &json!("invalid_search")));
    let changed =
        server.call("PUT", &format!("{path}/{id}"), Some(json!({"name": "Stuck at pay", "q": "has:rage"})));
    assert_eq!((changed.status, &changed.json()["name"]), (200, &json!("Stuck at pay")));
    server.kill();

    let server = Running::start(dir.path());
    let listed = server.get(path).json();
    assert_eq!(listed["filters"][0]["q"], "has:rage");
    assert_eq!(server.call("DELETE", &format!("{path}/{id}"), None).status, 204);
    assert!(server.call("DELETE", &format!("{path}/{id}"), None).error().starts_with("404 unknown_filter"));
}

/// `footpath export` reads the data directory beside the running server, and asks it nothing.
fn the_command_finds_what_http_finds(dir: &Path, server: &Running) {
    let command = |search: &str, more: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_footpath"));
        command.args(["export", "--site", "default", "--format", "ndjson", "--search", search]);
        command.arg("--data-dir").arg(dir).args(more).output().expect("the binary runs")
    };
    let ids = |text: &str| -> BTreeSet<String> {
        let row = |line: &str| serde_json::from_str::<Value>(line).expect("JSON")["session_id"].to_string();
        text.lines().map(row).collect()
    };
    for search in ["", "has:user", "page:/checkout", "page:/checkout -has:errors", "user:u1", "has:form"] {
        let path = format!("/api/v1/sites/default/sessions/export?format=ndjson&q={}", encoded(search));
        let over_http = server.get(&path).text;
        let written = command(search, &[]);
        assert!(written.status.success(), "{}", String::from_utf8_lossy(&written.stderr));
        assert_eq!(ids(&String::from_utf8_lossy(&written.stdout)), ids(&over_http), "{search}");
    }
    let of_checkout = command("page:/checkout", &["--what", "events", "--since", "7d"]);
    let n_checkout = ids(&String::from_utf8_lossy(&of_checkout.stdout)).len();
    assert_eq!(n_checkout, 2, "events are those of the sessions that were found");
    let wrong = command("pagee:/checkout", &[]);
    let told = String::from_utf8_lossy(&wrong.stderr).into_owned();
    assert!(!wrong.status.success() && told.contains("search: ") && told.contains("\n  ^^^^^"), "{told}");
}

#[test]
fn what_a_search_finds_is_exported_and_erased() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let server = shop(&dir);
    let export = |rest: &str| server.get(&format!("/api/v1/sites/default/sessions/export?{rest}"));
    let csv = export("format=csv&columns=user_id,n_errors,view_route&q=has:user");
    let mut lines: Vec<&str> = csv.text.lines().collect();
    assert_eq!(lines.remove(0), "user_id,n_errors,view_route");
    lines.sort_unstable();
    assert_eq!(
        lines,
        [
            "u1,1,\"[\"\"/\"\",\"\"/products/:id\"\",\"\"/checkout\"\"]\"",
            "u2,0,\"[\"\"/\"\",\"\"/checkout\"\"]\""
        ]
    );
    let rows = export("format=ndjson").text;
    assert_eq!(rows.lines().count(), 4);
    assert!(rows.lines().all(|line| serde_json::from_str::<Value>(line).is_ok()));
    for search in ["has:user", "has:form"] {
        let file =
            server.download(&format!("/api/v1/sites/default/sessions/export?format=parquet&q={search}"));
        assert!(file.starts_with(b"PAR1") && file.ends_with(b"PAR1"), "an empty file is one too");
    }
    assert_eq!(export("format=csv&q=has:form&columns=user_id").text, "user_id\r\n");
    assert!(export("format=xls").error().starts_with("400 invalid_parameter: format:"));
    the_command_finds_what_http_finds(dir.path(), &server);

    let path = "/api/v1/sites/default/erasures";
    let dry = server.call("POST", path, Some(json!({"q": "page:/checkout", "dry_run": true})));
    assert_eq!((dry.status, &dry.json()["sessions"]), (200, &json!(2)));
    let erased = server.call("POST", path, Some(json!({"q": "page:/checkout"})));
    assert_eq!((erased.status, &erased.json()["sessions"]), (200, &json!(2)));
    let left = server.get("/api/v1/sites/default/sessions?bots=include").json();
    assert_eq!(left["total"], 3, "the crawler was not in the list, and stays");
}

#[test]
fn errors_are_grouped_with_who_met_them() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let server = shop(&dir);
    let groups = server.get("/api/v1/sites/default/error-groups").json();
    let group = &groups["groups"][0];
    assert_eq!((&groups["total_groups"], &group["name"]), (&json!(1), &json!("PaymentError")));
    assert_eq!(group["message"], "card * was declined");
    assert_eq!((&group["events"], &group["sessions"], &group["users"]), (&json!(1), &json!(1), &json!(1)));
    let id = group["id"].as_str().expect("an id");
    assert_eq!(total(&server, &format!("error.group:{id}")), 1);
    let trend = group["trend"].as_array().expect("numbers").iter().filter_map(Value::as_u64);
    assert_eq!(trend.sum::<u64>(), 1);
}

#[test]
fn a_user_is_told_from_all_sessions() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let server = shop(&dir);
    let user = server.get("/api/v1/sites/default/users/u1").json();
    assert_eq!(
        (&user["email"], &user["sessions"], &user["errors"]),
        (&json!("john@example.com"), &json!(1), &json!(1))
    );
    assert_eq!(user["traits"]["plan"], "pro");
    assert!(server.get("/api/v1/sites/default/users/nobody").error().starts_with("404 unknown_user"));
}

#[test]
fn bars_cover_the_range_and_add_up_to_the_list() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let server = shop(&dir);
    let bars = server.get("/api/v1/sites/default/sessions/histogram?last=24h&buckets=30").json();
    let buckets = bars["buckets"].as_array().expect("buckets");
    let sum = |name: &str| buckets.iter().filter_map(|bucket| bucket[name].as_u64()).sum::<u64>();
    assert_eq!((sum("sessions"), sum("with_errors")), (4, 1));
    assert!(buckets.windows(2).all(|pair| pair[0]["to"] == pair[1]["from"]));
    assert!(buckets[0]["from"].as_i64() <= bars["range"]["from"].as_i64());
    assert!(buckets[buckets.len() - 1]["to"].as_i64() >= bars["range"]["to"].as_i64());
}

#[test]
fn a_site_never_finds_the_sessions_of_another() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let server = shop(&dir);
    assert_eq!(server.call("POST", "/api/v1/sites", Some(json!({"id": "other"}))).status, 201);
    let john = server.get("/api/v1/sites/default/sessions?q=has:errors").json();
    let john = john["sessions"][0]["id"].as_str().expect("an id").to_owned();
    for (path, expected) in [
        (format!("sessions?q=session:{john}"), "\"total\":0"),
        ("sessions/histogram?q=has:errors".to_owned(), "\"buckets\":"),
        ("error-groups".to_owned(), "\"total_groups\":0"),
        ("users/u1".to_owned(), "unknown_user"),
        (format!("sessions/{john}"), "unknown_session"),
        (format!("sessions/{john}/explain?q=has:errors"), "unknown_session"),
        ("search/explain?q=has:errors".to_owned(), "\"total\":0"),
        ("search/complete?text=user:".to_owned(), "\"items\":[]"),
        ("sessions/export?format=ndjson".to_owned(), ""),
    ] {
        let answer = server.get(&format!("/api/v1/sites/other/{path}"));
        assert!(answer.text.contains(expected), "{path}: {}", answer.text);
        assert!(!answer.text.contains("john@example.com"), "{path}: {}", answer.text);
    }
    let erased = server.call("POST", "/api/v1/sites/other/erasures", Some(json!({"q": ""})));
    assert_eq!(erased.json()["sessions"], 0);
    assert_eq!(total(&server, ""), 4);
}

#[test]
fn the_terminal_finds_shows_and_points_at_mistakes() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let server = shop(&dir);
    let run = |args: &[&str]| {
        let done = Command::new(env!("CARGO_BIN_EXE_footpath"))
            .args(args)
            .args(["--url", &server.url])
            .output()
            .expect("the binary runs");
        (
            String::from_utf8_lossy(&done.stdout).into_owned(),
            String::from_utf8_lossy(&done.stderr).into_owned(),
        )
    };
    let (found, _) = run(&["search", "page:/checkout AND has:errors", "--since", "7d"]);
    assert!(found.contains("john@example.com") && found.contains("1 sessions in the last 7d"), "{found}");
    let (json, _) = run(&["search", "has:errors", "--json"]);
    let id = serde_json::from_str::<Value>(&json).expect("JSON")["sessions"][0]["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    let (shown, _) = run(&["session", &id]);
    assert!(shown.contains("Error: PaymentError") && shown.contains("user      u1"), "{shown}");
    let (_, mistake) = run(&["search", "pge:/checkout"]);
    assert!(mistake.contains("\n  pge:/checkout\n  ^^^\n  perhaps: page:/checkout"), "{mistake}");
}
