//! Whatever arrives as a replay chunk, reading and scrubbing it ends in an answer: no panic, no overflow, no hang.

#![no_main]

use footpath_server::ingest::replay::decode;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    // Whether it is refused is not asked here.
    let _ = decode::probe(data);
});
