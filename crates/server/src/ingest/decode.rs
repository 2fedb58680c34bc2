//! Decoding: from the bytes of a request to typed events, each failure with its field.
//!
//! Never a JSON tree: the envelope is decoded with its events as raw slices, then each event on its own, so that a bad
//! one does not sink the others. Only after a failure is the text read again to tell the path of the field.

use super::enrich::{route, scrub};
use super::limits::{EVENT_BYTES, EVENTS_PER_BATCH, INFLATED_BYTES, NESTING};
use super::outcome::DropReason;
use super::wire::{VERSION, WireDropped, WireEnvelope, WireEvent};
use crate::error::{ApiError, Code};
use flate2::read::GzDecoder;
use footpath_model::event::EventKind;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::io::Read;

/// The body as UTF-8 text, inflated where it is gzip.
pub(crate) fn text_of<'a>(body: &'a [u8], encoding: Option<&str>) -> Result<Cow<'a, str>, ApiError> {
    let not_utf8 = || ApiError::new(Code::InvalidBatch, "body is not UTF-8");
    match encoding {
        None | Some("" | "identity") => std::str::from_utf8(body).map(Cow::Borrowed).map_err(|_| not_utf8()),
        Some("gzip") => {
            let mut inflated = Vec::with_capacity((body.len() * 4).min(INFLATED_BYTES));
            GzDecoder::new(body)
                .take(INFLATED_BYTES as u64 + 1)
                .read_to_end(&mut inflated)
                .map_err(|error| ApiError::new(Code::InvalidBatch, format!("body is not gzip: {error}")))?;
            if inflated.len() > INFLATED_BYTES {
                return Err(ApiError::new(
                    Code::BodyTooLarge,
                    format!("body inflates to more than {INFLATED_BYTES} bytes"),
                ));
            }
            String::from_utf8(inflated).map(Cow::Owned).map_err(|_| not_utf8())
        }
        Some(other) => Err(ApiError::new(
            Code::UnsupportedEncoding,
            format!("content-encoding `{other}` is not supported"),
        )),
    }
}

/// The batch around its events.
pub(super) fn envelope(text: &str) -> Result<WireEnvelope<'_>, ApiError> {
    check_nesting(text)?;
    let envelope: WireEnvelope<'_> = match serde_json::from_str(text) {
        Ok(envelope) => envelope,
        Err(error) => return Err(refusal(text, &error)),
    };
    if envelope.v != VERSION {
        return Err(unsupported_version(envelope.v));
    }
    match envelope.events.len() {
        0 => Err(ApiError::new(Code::InvalidBatch, "events: is empty; send at least one event")),
        n if n > EVENTS_PER_BATCH => Err(ApiError::new(
            Code::BodyTooLarge,
            format!("events: {n} events in a batch, at most {EVENTS_PER_BATCH} are taken"),
        )),
        _ => Ok(envelope),
    }
}

/// One event of a batch, or why it is dropped.
pub(super) fn event(index: u32, raw: &RawValue) -> Result<WireEvent, WireDropped> {
    let text = raw.get();
    if text.len() > EVENT_BYTES {
        let message = format!("event has {} bytes, at most {EVENT_BYTES} are taken", text.len());
        return Err(dropped(index, text, DropReason::TooLarge, message));
    }
    serde_json::from_str(text).map_err(|error| {
        dropped(index, text, DropReason::Malformed, field_message::<WireEvent>(text, &error))
    })
}

fn dropped(index: u32, text: &str, reason: DropReason, message: String) -> WireDropped {
    #[derive(Deserialize)]
    struct OnlySeq {
        seq: u32,
    }
    let seq = serde_json::from_str::<OnlySeq>(text).ok().map(|event| event.seq);
    WireDropped { seq, index, reason, message }
}

/// Why a batch is refused: its version before anything else, since a later one may look different.
fn refusal(text: &str, error: &serde_json::Error) -> ApiError {
    #[derive(Deserialize)]
    struct OnlyVersion {
        v: u32,
    }
    match serde_json::from_str::<OnlyVersion>(text) {
        Ok(OnlyVersion { v }) if v != VERSION => unsupported_version(v),
        Ok(_) | Err(_) => ApiError::new(Code::InvalidBatch, field_message::<WireEnvelope<'_>>(text, error)),
    }
}

fn unsupported_version(v: u32) -> ApiError {
    ApiError::new(
        Code::UnsupportedVersion,
        format!("v: version {v} is not supported, this server reads {VERSION}"),
    )
}

/// `context.screen[0]: invalid type: string "wide", expected u32`.
pub(super) fn field_message<'de, T: Deserialize<'de>>(text: &'de str, error: &serde_json::Error) -> String {
    let mut json = serde_json::Deserializer::from_str(text);
    match serde_path_to_error::deserialize::<_, T>(&mut json) {
        Err(located) if located.path().iter().next().is_some() => {
            format!("{}: {}", located.path(), located.inner())
        }
        Ok(_) | Err(_) => error.to_string(),
    }
}

/// Refuses deep nesting before the decoder recurses into it.
fn check_nesting(text: &str) -> Result<(), ApiError> {
    let mut depth = 0usize;
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'{' | b'[' => {
                depth += 1;
                if depth > NESTING {
                    return Err(ApiError::new(
                        Code::InvalidBatch,
                        format!("body is nested more than {NESTING} levels deep"),
                    ));
                }
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            b'"' => {
                while let Some(inner) = bytes.next() {
                    match inner {
                        b'"' => break,
                        b'\\' => {
                            bytes.next();
                        }
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// Takes a body as far as the journal would get it, for the fuzzer: how many events were read, and how many dropped; or
/// why the whole was refused.
///
/// # Errors
/// What the client would be told.
pub fn probe(encoding: Option<&str>, body: &[u8]) -> Result<(usize, usize), String> {
    let refused = |error: ApiError| error.to_string();
    let text = text_of(body, encoding).map_err(refused)?;
    let envelope = envelope(&text).map_err(refused)?;
    let (read, dropped): (Vec<_>, Vec<_>) =
        (0u32..).zip(&envelope.events).map(|(index, raw)| event(index, raw)).partition(Result::is_ok);
    for WireEvent { mut kind, .. } in read.iter().flatten().cloned() {
        scrub::scrub_event(&mut kind);
        if let EventKind::PageView(view) = &kind {
            route::route(&view.url, None, "/base");
        }
    }
    Ok((read.len(), dropped.len()))
}

#[cfg(test)]
mod tests {
    use super::probe;
    use proptest::prelude::*;

    const GOLDEN: &str = include_str!("../../tests/golden/wire/1-every-kind.json");

    #[test]
    fn the_golden_batch_is_read_whole() {
        assert_eq!(probe(None, GOLDEN.as_bytes()), Ok((15, 0)));
    }

    proptest! {
        #[test]
        fn any_bytes_end_in_an_answer(bytes in prop::collection::vec(any::<u8>(), 0..400), gzip in any::<bool>()) {
            let _ = probe(gzip.then_some("gzip"), &bytes);
        }

        /// A good batch with some bytes replaced gets far into the decoder.
        #[test]
        fn a_damaged_batch_ends_in_an_answer(
            damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        ) {
            let mut bytes = GOLDEN.as_bytes().to_vec();
            for (at, byte) in damage {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
            if let Ok((read, dropped)) = probe(None, &bytes) {
                prop_assert!(read + dropped >= 1);
            }
        }
    }
}
