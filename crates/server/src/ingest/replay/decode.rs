//! From the bytes of a request to a chunk's head and its records, each failure with what is wrong.
//!
//! The head says how large the records are before they are inflated, and they are inflated to that and no further.

use super::scrub::{Policy, Scrubber};
use super::tree::{NoTree, Tree};
use crate::error::{ApiError, Code};
use crate::ingest::decode::field_message;
use crate::ingest::limits::{
    CHUNK_BYTES, CHUNK_HEAD_BYTES, CHUNK_RECORDS, CHUNK_STYLES, RECORD_NESTING, STYLE_HASH_BYTES,
};
use crate::ingest::wire::{VERSION, WireSdk, WireSession};
use flate2::bufread::GzDecoder;
use footpath_model::id::{PageId, TabId, VisitorId};
use footpath_model::replay::{ChunkFlag, Masks, RecordingCost, Trigger};
use serde::{Deserialize, Serialize};
use std::io::Read;
use utoipa::ToSchema;

/// What a client sends before the records of a chunk: one line of JSON.
#[derive(Deserialize, Serialize, ToSchema, Debug, Clone)]
pub struct WireChunkHead {
    /// Version of the format: 1.
    pub v: u32,
    /// The client's clock when this request is made, Unix ms.
    pub sent_at: i64,
    /// The client's session; absent in cookieless mode.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<WireSession>,
    /// The person-device; absent in cookieless mode.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Uuid)]
    pub visitor_id: Option<VisitorId>,
    /// The tab that was recorded.
    #[schema(value_type = String, format = Uuid)]
    pub tab_id: TabId,
    /// The document that was recorded, from its load to its end.
    #[schema(value_type = String, format = Uuid)]
    pub page_id: PageId,
    /// Counts up by one in the session and tab, from 0.
    pub index: u32,
    /// The client's clock at the first record, Unix ms.
    pub first_at: i64,
    /// The client's clock at the last record, Unix ms.
    pub last_at: i64,
    /// Whether it begins with a whole page.
    pub keyframe: bool,
    /// How many records, at least 1.
    pub records: u32,
    /// Size of the records, inflated.
    pub bytes: u32,
    /// What a viewer must know.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub flags: Vec<WireChunkFlag>,
    /// Hashes of the style sheets whose text is in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub styles: Vec<String>,
    /// What the browser masked.
    pub masks: Masks,
    /// Why this is recorded.
    pub trigger: Trigger,
    /// What recording took since the chunk before.
    #[serde(default)]
    pub cost: RecordingCost,
    /// Who wrote this chunk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sdk: Option<WireSdk>,
}

/// What a browser may say of a chunk.
#[derive(Deserialize, Serialize, ToSchema, Debug, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum WireChunkFlag {
    /// A part of the page is told by its structure only.
    Degraded,
    /// Records before this chunk were lost in the browser.
    Gap,
    /// More had been recorded than fitted.
    Truncated,
}

impl WireChunkFlag {
    pub(super) fn flag(self) -> ChunkFlag {
        match self {
            Self::Degraded => ChunkFlag::Degraded,
            Self::Gap => ChunkFlag::Gap,
            Self::Truncated => ChunkFlag::Truncated,
        }
    }
}

/// The head of a chunk, and its records as they were sent.
pub(super) fn head(body: &[u8]) -> Result<(WireChunkHead, &[u8]), ApiError> {
    let line = body.iter().take(CHUNK_HEAD_BYTES + 1).position(|byte| *byte == b'\n').ok_or_else(|| {
        refused(format!("head: does not end within {CHUNK_HEAD_BYTES} bytes; it is one line of JSON"))
    })?;
    let text = std::str::from_utf8(&body[..line]).map_err(|_| refused("head: is not UTF-8"))?;
    let head: WireChunkHead = match serde_json::from_str(text) {
        Ok(head) => head,
        Err(error) => return Err(refusal(text, &error)),
    };
    if head.v != VERSION {
        return Err(unsupported_version(head.v));
    }
    if head.records == 0 {
        return Err(refused("records: is 0; send at least one record"));
    }
    if head.records as usize > CHUNK_RECORDS {
        return Err(too_large(format!("records: {}, at most {CHUNK_RECORDS} are taken", head.records)));
    }
    if head.bytes as usize > CHUNK_BYTES {
        return Err(too_large(format!("bytes: {}, at most {CHUNK_BYTES} are taken", head.bytes)));
    }
    let is_hash = |hash: &String| {
        (1..=STYLE_HASH_BYTES).contains(&hash.len())
            && hash.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
    };
    if head.styles.len() > CHUNK_STYLES || !head.styles.iter().all(is_hash) {
        return Err(refused(format!(
            "styles: at most {CHUNK_STYLES} hashes of 1 to {STYLE_HASH_BYTES} letters and digits are taken"
        )));
    }
    let costs = [head.cost.main_ms, head.cost.longest_ms];
    if costs.iter().any(|ms| !ms.is_finite() || *ms < 0.0) {
        return Err(refused("cost: is no time"));
    }
    Ok((head, &body[line + 1..]))
}

fn refused(message: impl Into<String>) -> ApiError {
    ApiError::new(Code::InvalidChunk, message)
}

fn too_large(message: String) -> ApiError {
    ApiError::new(Code::BodyTooLarge, message)
}

fn unsupported_version(v: u32) -> ApiError {
    let message = format!("v: version {v} is not supported, this server reads {VERSION}");
    ApiError::new(Code::UnsupportedVersion, message)
}

/// Its version before anything else, since a later one may look different.
fn refusal(text: &str, error: &serde_json::Error) -> ApiError {
    #[derive(Deserialize)]
    struct OnlyVersion {
        v: u32,
    }
    match serde_json::from_str::<OnlyVersion>(text) {
        Ok(OnlyVersion { v }) if v != VERSION => unsupported_version(v),
        Ok(_) | Err(_) => refused(format!("head: {}", field_message::<WireChunkHead>(text, error))),
    }
}

/// The records of a chunk, scrubbed; and whether anything was taken out of them.
pub(super) fn records(head: &WireChunkHead, sent: &[u8], policy: Policy) -> Result<(String, bool), ApiError> {
    let text = inflated(head, sent)?;
    let mut scrubber = Scrubber::new(policy);
    let mut out = Vec::with_capacity(text.len());
    let mut n_records = 0;
    for (place, line) in text.lines().enumerate() {
        n_records += 1;
        let wrong = |why: &dyn std::fmt::Display| refused(format!("record {place}: {why}"));
        let mut record = Tree::read(line, RECORD_NESTING).map_err(|no_tree| match no_tree {
            NoTree::NotJson(why) => wrong(&why),
            NoTree::TooDeep => wrong(&format!("is nested more than {RECORD_NESTING} levels deep")),
        })?;
        scrubber.record(&mut record).map_err(|why| wrong(&why))?;
        record.write(&mut out);
        out.push(b'\n');
        if out.len() > 2 * CHUNK_BYTES {
            return Err(too_large("records: are too large".to_owned()));
        }
    }
    if n_records != head.records {
        return Err(refused(format!("records: the head says {}, there are {n_records}", head.records)));
    }
    let text = String::from_utf8(out).map_err(|_| refused("records: are not UTF-8"))?;
    Ok((text, scrubber.changed))
}

fn inflated(head: &WireChunkHead, sent: &[u8]) -> Result<String, ApiError> {
    let mut inflated = Vec::with_capacity(head.bytes as usize);
    let mut decoder = GzDecoder::new(sent);
    (&mut decoder)
        .take(u64::from(head.bytes) + 1)
        .read_to_end(&mut inflated)
        .map_err(|error| refused(format!("records: are not gzip: {error}")))?;
    if inflated.len() != head.bytes as usize {
        return Err(refused(format!("bytes: the head says {}, there are others", head.bytes)));
    }
    // To its end, so that its checksum is looked at, and nothing hides behind it.
    let mut rest = [0u8; 1];
    match decoder.read(&mut rest) {
        Ok(0) if decoder.get_ref().is_empty() => {}
        Ok(_) => return Err(refused("records: something follows the gzip member")),
        Err(error) => return Err(refused(format!("records: are not gzip: {error}"))),
    }
    String::from_utf8(inflated).map_err(|_| refused("records: are not UTF-8"))
}

/// Takes a body as far as replay.db would get it, for the fuzzer: how many bytes of records are kept; or why it was
/// refused.
///
/// # Errors
/// What the client would be told.
pub fn probe(body: &[u8]) -> Result<usize, String> {
    let told = |error: ApiError| error.to_string();
    let (head, sent) = head(body).map_err(told)?;
    let policy = Policy { inputs: true, text: !head.masks.text, canvas: false };
    Ok(records(&head, sent, policy).map_err(told)?.0.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use proptest::prelude::*;
    use std::io::Write;

    const RECORDS: &str = "{\"type\":4,\"timestamp\":5,\"data\":{\"href\":\"https://shop.example/\"}}\n\
        {\"type\":3,\"timestamp\":6,\"data\":{\"source\":5,\"id\":1,\"text\":\"ann\"}}\n";

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text).expect("memory");
        encoder.finish().expect("memory")
    }

    fn head_of(records: usize, bytes: usize) -> String {
        let id = "019a0f5e-7c00-7000-8000-000000000001";
        format!(
            r#"{{"v":1,"sent_at":9,"tab_id":"{id}","page_id":"{id}","index":0,"first_at":5,"last_at":6,"keyframe":false,"records":{records},"bytes":{bytes},"masks":{{"inputs":true,"text":true}},"trigger":"sampled"}}"#
        )
    }

    fn body(head: &str, sent: &[u8]) -> Vec<u8> {
        [head.as_bytes(), b"\n", sent].concat()
    }

    #[track_caller]
    fn check(body: &[u8], expected: Expect) {
        let told = match probe(body) {
            Ok(bytes) => format!("{bytes} bytes"),
            Err(why) => why,
        };
        expected.assert_eq(&told);
    }

    #[test]
    fn a_chunk_is_read_or_told_why_not() {
        let sent = gzip(RECORDS.as_bytes());
        let whole = head_of(2, RECORDS.len());
        check(&body(&whole, &sent), expect!["132 bytes"]);
        check(b"{}", expect!["head: does not end within 8192 bytes; it is one line of JSON"]);
        check(&body("{\"v\":2}", &sent), expect!["v: version 2 is not supported, this server reads 1"]);
        check(
            &body(&whole.replace("sampled", "bored"), &sent),
            expect![
                "head: trigger: unknown variant `bored`, expected one of `sampled`, `error`, `manual` at line 1 column 245"
            ],
        );
        check(&body(&head_of(3, RECORDS.len()), &sent), expect!["records: the head says 3, there are 2"]);
        check(&body(&head_of(2, 17), &sent), expect!["bytes: the head says 17, there are others"]);
        check(&body(&head_of(2, 9_000_000), &sent), expect!["bytes: 9000000, at most 8388608 are taken"]);
        check(&body(&head_of(20_001, 9), &sent), expect!["records: 20001, at most 20000 are taken"]);
        check(
            &body(&whole, b"plain text, and no gzip"),
            expect!["records: are not gzip: invalid gzip header"],
        );
        check(
            &body(&whole, &[sent.as_slice(), b"more"].concat()),
            expect!["records: something follows the gzip member"],
        );
        let broken = "{\"type\":4,\n";
        check(
            &body(&head_of(1, broken.len()), &gzip(broken.as_bytes())),
            expect!["record 0: EOF while parsing an object at line 1 column 10"],
        );
    }

    #[test]
    fn a_bomb_is_not_inflated_further_than_its_head_says() {
        let sent = gzip(&vec![b' '; 64 * 1024 * 1024]);
        check(&body(&head_of(1, 100), &sent), expect!["bytes: the head says 100, there are others"]);
    }

    proptest! {
        #[test]
        fn any_bytes_end_in_an_answer(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let _ = probe(&bytes);
        }

        /// A good chunk with some bytes of its records replaced gets far into the decoder.
        #[test]
        fn damaged_records_end_in_an_answer(
            damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        ) {
            let mut records = RECORDS.as_bytes().to_vec();
            for (at, byte) in damage {
                let at = at.index(records.len());
                records[at] = byte;
            }
            let _ = probe(&body(&head_of(2, records.len()), &gzip(&records)));
        }
    }
}
