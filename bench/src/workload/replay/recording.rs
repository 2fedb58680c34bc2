//! A minute of a page, as the SDK has sent it, and half an hour made of it: minute after minute, each a little later.
//!
//! A style sheet is told once in a session, so only the first minute tells it.

use crate::Result;
use crate::account::Site;
use crate::client::unix_ms;
use crate::http::Http;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde::Deserialize;
use serde_json::{Value, json};
use std::io::Write;
use std::path::Path;
use uuid::Uuid;

/// Between two minutes, ms.
const PAUSE_MS: i64 = 200;

/// A line of the file that `replay.mjs` writes, its records read.
pub(super) struct Chunk {
    head: Value,
    records: Vec<Value>,
    gzip_bytes: u64,
}

#[derive(Deserialize)]
struct Line {
    head: Value,
    /// Hexadecimal.
    gzip: String,
}

/// A session whose replay a server has.
pub(super) struct Sent {
    pub(super) session: Uuid,
    pub(super) n_chunks: usize,
    /// Records in gzip, as they were sent.
    pub(super) gzip_bytes: u64,
}

pub(super) fn read(path: &Path) -> Result<Vec<Chunk>> {
    let text = std::fs::read_to_string(path)?;
    let chunk = |line: &str| -> Result<Chunk> {
        let Line { head, gzip } = serde_json::from_str(line)?;
        let digits = |at: usize| gzip.get(at..at + 2).ok_or("a digit is missing");
        let gzip: Vec<u8> = (0..gzip.len())
            .step_by(2)
            .map(|at| Ok(u8::from_str_radix(digits(at)?, 16)?))
            .collect::<Result<_>>()?;
        let records = std::io::read_to_string(GzDecoder::new(&gzip[..]))?;
        let records = records.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
        Ok(Chunk { head, records, gzip_bytes: gzip.len() as u64 })
    };
    let chunks: Vec<Chunk> = text.lines().map(chunk).collect::<Result<_>>()?;
    if chunks.is_empty() {
        return Err("nothing was recorded".into());
    }
    Ok(chunks)
}

/// Sends a recording so many times over, as one session that began at a moment.
pub(super) fn send(http: &mut Http, site: &Site, minute: &[Chunk], times: u32, from_ms: i64) -> Result<Sent> {
    let time = |head: &Value, name: &str| head[name].as_i64().ok_or("a chunk has no times");
    let first = time(&minute[0].head, "first_at")?;
    let length = time(&minute[minute.len() - 1].head, "last_at")? - first + PAUSE_MS;
    let session = Uuid::new_v7(uuid::Timestamp::now(uuid::NoContext));
    let hint = json!({"id": session, "start_reason": "first_visit"});
    let event = |seq: u32, at: i64, kind: Value| json!({"seq": seq, "at": at, "kind": kind});
    let batch = json!({
        "v": 1, "sent_at": unix_ms(), "session": hint, "visitor_id": session, "tab_id": session,
        "context": {"language": "en-US"},
        "events": [
            event(0, from_ms, json!({"page_view": {"url": "https://shop.example/table", "navigation": "load"}})),
            event(1, from_ms + i64::from(times) * length - 1000, json!({"click": {"role": "button", "selector": "b", "x": 1, "y": 1}})),
        ],
    });
    post(http, &format!("/i/{}", site.key), batch.to_string().as_bytes())?;

    let (mut index, mut gzip_bytes) = (0, 0);
    for nth in 0..times {
        let later = from_ms - first + i64::from(nth) * length;
        for chunk in minute {
            let (body, bytes) = chunk.at(later, index, nth > 0, &hint, session)?;
            gzip_bytes += bytes;
            index += 1;
            post(http, &format!("/i/{}/replay", site.key), &body)?;
        }
    }
    Ok(Sent { session, n_chunks: index, gzip_bytes })
}

impl Chunk {
    /// Size of its records as the browser has compressed them.
    pub(super) fn gzip_bytes(&self) -> u64 {
        self.gzip_bytes
    }

    /// The request, so much later in a session's one tab, and the size of its records.
    fn at(
        &self,
        later: i64,
        index: usize,
        told_styles: bool,
        hint: &Value,
        tab: Uuid,
    ) -> Result<(Vec<u8>, u64)> {
        let is_style = |record: &Value| record["data"]["tag"] == "fp.style";
        let mut text = String::new();
        let mut n_records = 0;
        for record in self.records.iter().filter(|record| !(told_styles && is_style(record))) {
            let mut record = record.clone();
            let at = record["timestamp"].as_i64().ok_or("a record has no time")?;
            record["timestamp"] = json!(at + later);
            text += &record.to_string();
            text.push('\n');
            n_records += 1;
        }
        let mut head = self.head.clone();
        let moved = |name: &str| self.head[name].as_i64().map(|at| at + later);
        head["first_at"] = json!(moved("first_at"));
        head["last_at"] = json!(moved("last_at"));
        head["sent_at"] = json!(unix_ms());
        head["session"] = hint.clone();
        head["visitor_id"] = json!(tab);
        head["tab_id"] = json!(tab);
        head["index"] = json!(index);
        head["records"] = json!(n_records);
        head["bytes"] = json!(text.len());
        if told_styles && let Some(fields) = head.as_object_mut() {
            fields.remove("styles");
        }
        let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
        gzip.write_all(text.as_bytes())?;
        let gzip = gzip.finish()?;
        Ok(([format!("{head}\n").as_bytes(), &gzip].concat(), gzip.len() as u64))
    }
}

fn post(http: &mut Http, path: &str, body: &[u8]) -> Result<()> {
    let answer = http.exchange(&request("POST", path, "text/plain", body))?;
    if answer.status != 204 {
        return Err(format!("{path} was answered {}: {}", answer.status, answer.body).into());
    }
    Ok(())
}

/// A whole request with a body.
pub(super) fn request(method: &str, path: &str, kind: &str, body: &[u8]) -> Vec<u8> {
    let user_agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:144.0) Gecko/20100101 Firefox/144.0";
    let length = body.len();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: localhost\r\nuser-agent: {user_agent}\r\ncontent-type: {kind}\r\n\
         content-length: {length}\r\n\r\n"
    );
    [head.as_bytes(), body].concat()
}
