//! Whatever arrives as a batch, decoding it ends in an answer: no panic, no overflow, no hang.

#![no_main]

use footpath_server::ingest::decode;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    // The first byte chooses the encoding, so that both ways in are met.
    let (encoding, body) = match data.split_first() {
        Some((first, rest)) if first % 2 == 1 => (Some("gzip"), rest),
        Some((_, rest)) => (None, rest),
        None => (None, data),
    };
    decode::probe(encoding, body);
});
