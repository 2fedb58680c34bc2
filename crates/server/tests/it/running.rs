//! A running server, and the few things that tests ask of it.

use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use uuid::Uuid;

/// Waiting for longer than this is a failure; nothing here takes a tenth of it.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// A server process, killed when it goes out of scope.
pub struct Running {
    process: Child,
    pub url: String,
    pub key: String,
}

/// What was answered.
pub struct Answer {
    pub status: u16,
    pub headers: ureq::http::HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("not JSON ({error}): {}", self.text))
    }

    /// `400 invalid_batch: events: is empty`.
    pub fn error(&self) -> String {
        let body = self.json();
        let field = |name: &str| match body[name].as_str() {
            Some(text) => text.to_owned(),
            None => panic!("{name} is missing in {body}"),
        };
        assert!(!field("hint").is_empty() && !field("request_id").is_empty(), "{body}");
        format!("{} {}: {}", self.status, field("code"), field("message"))
    }
}

impl Running {
    /// Starts on a directory, and waits until it listens.
    pub fn start(data_dir: &Path) -> Self {
        Self::start_with(data_dir, &[])
    }

    pub fn start_with(data_dir: &Path, flags: &[&str]) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_footpath"))
            .args(["serve", "--listen", "127.0.0.1:0", "--log-format", "json", "--data-dir"])
            .arg(data_dir)
            .args(flags)
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary runs");
        let mut log = BufReader::new(process.stderr.take().expect("stderr is piped"));
        let mut seen = String::new();
        let url = loop {
            let mut line = String::new();
            assert!(log.read_line(&mut line).expect("the log is text") > 0, "the server ended: {seen}");
            if let Some((_, rest)) = line.split_once("listening on ") {
                break rest.split('"').next().expect("a URL").to_owned();
            }
            seen += &line;
        };
        // Whoever does not read a pipe blocks its writer.
        std::thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
        let mut running = Self { process, url, key: String::new() };
        let site = &running.get("/api/v1/sites").json()["sites"][0];
        running.key = site["key"].as_str().expect("a key").to_owned();
        running
    }

    /// `kill -9`.
    pub fn kill(mut self) {
        self.process.kill().expect("it can be killed");
        self.process.wait().expect("it ends");
    }

    pub fn get(&self, path: &str) -> Answer {
        answer(agent().get(format!("{}{path}", self.url)).call()).expect("the server answers")
    }

    /// The bytes of a file.
    pub fn download(&self, path: &str) -> Vec<u8> {
        let mut response = agent().get(format!("{}{path}", self.url)).call().expect("the server answers");
        assert_eq!(response.status().as_u16(), 200);
        response.body_mut().read_to_vec().expect("a whole file")
    }

    pub fn post(&self, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        try_post(&format!("{}{path}", self.url), headers, body).expect("the server answers")
    }

    /// Any other method, with a JSON body or none.
    pub fn call(&self, method: &str, path: &str, body: Option<Value>) -> Answer {
        let request = ureq::http::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.url))
            .header("content-type", "application/json")
            .body(body.map(|body| body.to_string()).unwrap_or_default())
            .expect("a request");
        answer(agent().run(request)).expect("the server answers")
    }

    /// Sends a batch with the site's public key.
    pub fn send(&self, batch: &Value) -> Answer {
        self.post(&format!("/i/{}", self.key), &[], batch.to_string().as_bytes())
    }

    /// The only site's sessions, `query` appended, once `enough` holds of them.
    pub fn sessions_when(&self, query: &str, enough: impl Fn(&Value) -> bool) -> Value {
        self.when(&format!("/api/v1/sites/default/sessions?{query}"), enough)
    }

    pub fn when(&self, path: &str, enough: impl Fn(&Value) -> bool) -> Value {
        let start = Instant::now();
        loop {
            let answer = self.get(path);
            let body = answer.json();
            if answer.status == 200 && enough(&body) {
                return body;
            }
            assert!(start.elapsed() < PATIENCE, "{path} stayed at {body}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// An outcome's count.
    pub fn items(&self, outcome: &str) -> u64 {
        let text = self.get("/metrics").text;
        let name = format!("footpath_items_total{{outcome=\"{outcome}\"}} ");
        let line = text.lines().find_map(|line| line.strip_prefix(&name));
        line.unwrap_or_else(|| panic!("no {outcome} in {text}")).parse().expect("a number")
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(PATIENCE))
        .user_agent(CHROME)
        .build()
        .into()
}

/// An ordinary browser.
pub const CHROME: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
    Chrome/120.0.0.0 Safari/537.36";

pub fn try_post(url: &str, headers: &[(&str, &str)], body: &[u8]) -> Result<Answer, ureq::Error> {
    let mut request = agent().post(url);
    if headers.iter().all(|(name, _)| *name != "content-type") {
        request = request.header("content-type", "text/plain");
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    answer(request.send(body))
}

fn answer(response: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Result<Answer, ureq::Error> {
    let mut response = response?;
    let mut text = String::new();
    response.body_mut().as_reader().read_to_string(&mut text)?;
    Ok(Answer { status: response.status().as_u16(), headers: response.headers().clone(), text })
}

pub fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
    i64::try_from(since.as_millis()).expect("before the year 292 million")
}

/// A batch of a new session in a new tab.
pub fn batch(events: Value) -> Value {
    json!({
        "v": 1,
        "sent_at": now_ms(),
        "session": {"id": Uuid::now_v7(), "start_reason": "first_visit"},
        "visitor_id": Uuid::now_v7(),
        "tab_id": Uuid::now_v7(),
        "events": events,
    })
}

pub fn page_view(seq: u32, at: i64, url: &str) -> Value {
    json!({"seq": seq, "at": at, "kind": {"page_view": {"url": url, "navigation": "load"}}})
}

pub fn click(seq: u32, at: i64, label: &str) -> Value {
    json!({"seq": seq, "at": at,
           "kind": {"click": {"label": label, "role": "button", "selector": "button", "x": 1, "y": 2}}})
}

/// Whether any file below a directory has these bytes in it.
pub fn any_file_holds(directory: &Path, text: &str) -> bool {
    std::fs::read_dir(directory).expect("it can be listed").any(|entry| {
        let path = entry.expect("it can be listed").path();
        if path.is_dir() {
            return any_file_holds(&path, text);
        }
        // A file may go while it is looked for.
        let bytes = std::fs::read(&path).unwrap_or_default();
        bytes.windows(text.len()).any(|window| window == text.as_bytes())
    })
}
