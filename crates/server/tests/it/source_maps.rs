//! Stacks told as the code was written: maps are uploaded, found by release and file, and never trusted.

use crate::running::{Running, batch, now_ms, page_view};
use expect_test::expect;
use serde_json::{Value, json};
use std::process::Command;

const MAPS: &str = "/api/v1/sites/default/source-maps";

/// The whole minified file is line 2, column 3 of one source, where `submitOrder` is called.
fn map(source: &str) -> Value {
    json!({
        "version": 3, "file": "app.js", "names": ["submitOrder"], "mappings": "AACEA", "sources": [source],
        "sourcesContent": ["async function onPay() {\n  submitOrder();\n}\n"],
    })
}

/// A session with an error of minified code.
fn failing(server: &Running, release: &str) -> String {
    let stack = "PaymentError: no\n    at a (https://shop.example/assets/app.js:1:9)\n    \
                 at HTMLButtonElement.<anonymous> (https://shop.example/assets/app.js:1:20)";
    let now = now_ms();
    let error =
        json!({"error": {"name": "PaymentError", "message": "no", "stack": stack, "source": "uncaught"}});
    let mut batch = batch(json!([
        page_view(0, now - 2000, "https://shop.example/checkout"),
        {"seq": 1, "at": now - 1000, "kind": error},
    ]));
    batch["context"] = json!({"release": release});
    assert_eq!(server.send(&batch).status, 204);
    let id = batch["session"]["id"].as_str().expect("an id").to_owned();
    server.when(&format!("/api/v1/sites/default/sessions/{id}"), |session| session["id"] == id.as_str());
    id
}

fn frames(server: &Running, session: &str) -> Value {
    server.get(&format!("/api/v1/sites/default/sessions/{session}/errors")).json()["errors"][0]["frames"]
        .clone()
}

#[test]
fn stacks_are_told_as_the_code_was_written() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let server = Running::start(dir.path());
    let session = failing(&server, "2.4.0");
    assert_eq!(frames(&server, &session)[0]["original"], Value::Null);

    let put = server.call(
        "PUT",
        &format!("{MAPS}?file=/assets/app.js&release=2.4.0"),
        Some(map("webpack://shop/./src/pay.ts")),
    );
    assert_eq!(put.status, 201, "{}", put.text);
    let told = frames(&server, &session);
    assert_eq!(
        told[0],
        json!({
            "function": "a", "url": "https://shop.example/assets/app.js", "line": 1, "column": 9,
            "original": {
                "source": "shop/./src/pay.ts", "function": "submitOrder", "line": 2, "column": 3,
                "lines": [
                    {"number": 1, "text": "async function onPay() {"},
                    {"number": 2, "text": "  submitOrder();"},
                    {"number": 3, "text": "}"},
                ],
            },
        })
    );
    assert_eq!(
        told[1]["original"]["function"], "HTMLButtonElement.<anonymous>",
        "names that say something stay"
    );

    let other = failing(&server, "2.5.0");
    assert_eq!(frames(&server, &other)[0]["original"], Value::Null, "a map is of its release");
    server.call(
        "PUT",
        &format!("{MAPS}?file=https://shop.example/assets/app.js?v=1"),
        Some(map("src/pay.ts")),
    );
    assert_eq!(frames(&server, &other)[0]["original"]["source"], "src/pay.ts", "or of all");
    assert_eq!(frames(&server, &session)[0]["original"]["source"], "shop/./src/pay.ts", "its own goes first");

    server.kill();
    let server = Running::start(dir.path());
    let listed = server.get(MAPS).json();
    let of = |field: &str| -> Vec<Value> {
        listed["source_maps"].as_array().expect("a list").iter().map(|map| map[field].clone()).collect()
    };
    assert_eq!(
        (of("release"), of("file")),
        (vec![Value::Null, json!("2.4.0")], vec![json!("/assets/app.js"); 2])
    );
    assert_eq!(server.call("DELETE", &format!("{MAPS}?release=2.4.0"), None).json(), json!({"deleted": 1}));
    assert_eq!(frames(&server, &session)[0]["original"]["source"], "src/pay.ts");
    assert_eq!(server.call("DELETE", MAPS, None).json(), json!({"deleted": 1}));
    assert_eq!(frames(&server, &session)[0]["original"], Value::Null);
}

#[test]
fn a_build_is_uploaded_from_the_terminal() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let server = Running::start(dir.path());
    let build = tempfile::tempdir().expect("a temporary directory");
    let upload = || {
        let out = Command::new(env!("CARGO_BIN_EXE_footpath"))
            .args(["source-maps", "--at", "/assets", "--url", &server.url])
            .arg(build.path())
            .output()
            .expect("the binary runs");
        let text = if out.status.success() { out.stdout } else { out.stderr };
        String::from_utf8(text).expect("text").replace(&build.path().display().to_string(), "DIR")
    };
    assert!(upload().contains("DIR: there is no file with its map beside it"), "{}", upload());
    let write = |name: &str, text: &str| std::fs::write(build.path().join(name), text).expect("written");
    write("app.js", "a()");
    write("app.js.map", &map("/etc/passwd").to_string());
    write("alone.js.map", "{}");
    expect![[r#"
        /assets/app.js
        1 source maps are in place
    "#]]
    .assert_eq(&upload());
    let session = failing(&server, "1");
    let original = &frames(&server, &session)[0]["original"];
    assert_eq!(
        (&original["source"], &original["lines"][1]["text"]),
        (&json!("etc/passwd"), &json!("  submitOrder();"))
    );
}

#[test]
fn what_is_no_map_is_refused() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let server = Running::start(dir.path());
    let put = |params: &str, body: Value| server.call("PUT", &format!("{MAPS}?{params}"), Some(body)).error();
    expect!["400 invalid_parameter: file: `app.js` is no path of a file: write /assets/app.js"]
        .assert_eq(&put("file=app.js", map("a.ts")));
    assert!(put("release=1", map("a.ts")).contains("missing field `file`"));
    assert!(
        put("file=/a.js", json!({"a": 1})).starts_with("400 invalid_body: the source map cannot be read")
    );
    assert_eq!(server.get("/api/v1/sites/nowhere/source-maps").status, 404);
    assert_eq!(server.get(MAPS).json(), json!({"source_maps": []}));
}
