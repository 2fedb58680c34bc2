//! `/metrics`: what became of every item, in Prometheus' text format, for the operator.

use crate::ingest::Ingest;
use crate::ingest::outcome::DropReason;
use crate::ingest::replay::outcome::ChunkDropReason;
use crate::query::Queries;
use axum::extract::FromRef;
use footpath_store::Store;
use std::fmt::Write;

/// The text of `/metrics`.
pub(crate) fn render(ingest: &Ingest, queries: &Queries) -> String {
    let outcomes = &ingest.outcomes;
    let store = Store::from_ref(queries);
    let duplicates = store.n_duplicates();
    let status = store.status();
    let mut text = String::from(
        "# HELP footpath_items_total Received items by outcome; each has exactly one.\n\
         # TYPE footpath_items_total counter\n",
    );
    let mut items = |outcome: &str, count: u64| {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "footpath_items_total{{outcome=\"{outcome}\"}} {count}");
    };
    // Whether a durable item is new, only the fold can tell.
    items("accepted", store.n_accepted());
    items("expired", store.n_late());
    for reason in DropReason::ALL {
        let folded = if reason == DropReason::Duplicate { duplicates } else { 0 };
        items(reason.name(), outcomes.dropped(reason) + folded);
    }
    text += "# HELP footpath_replay_chunks_total Received replay chunks by outcome; each has exactly one.\n\
         # TYPE footpath_replay_chunks_total counter\n";
    let [duplicate, expired, without_session] = store.n_chunks_of_no_use();
    let outcomes = &ingest.replay.outcomes;
    let mut chunks = |outcome: &str, count: u64| {
        let _ = writeln!(text, "footpath_replay_chunks_total{{outcome=\"{outcome}\"}} {count}");
    };
    // Those that were durable and of no use after all were counted as accepted before.
    chunks("accepted", outcomes.accepted().saturating_sub(duplicate + expired + without_session));
    chunks("duplicate", outcomes.duplicate() + duplicate);
    chunks("expired", expired);
    chunks("without_session", without_session);
    for reason in ChunkDropReason::ALL {
        chunks(reason.name(), outcomes.dropped(reason));
    }
    let _ = write!(
        text,
        "# HELP footpath_live_sessions Sessions in memory.\n# TYPE footpath_live_sessions gauge\n\
         footpath_live_sessions {}\n\
         # HELP footpath_live_bytes About what they take, bytes.\n# TYPE footpath_live_bytes gauge\n\
         footpath_live_bytes {}\n\
         # HELP footpath_lake_sessions Sessions in the lake.\n# TYPE footpath_lake_sessions gauge\n\
         footpath_lake_sessions {}\n\
         # HELP footpath_lake_events Events in the lake.\n# TYPE footpath_lake_events gauge\n\
         footpath_lake_events {}\n\
         # HELP footpath_waiting_replay_chunks Replay chunks that are not yet in the lake.\n\
         # TYPE footpath_waiting_replay_chunks gauge\nfootpath_waiting_replay_chunks {}\n\
         # HELP footpath_lake_replay_chunks Replay chunks in the lake.\n\
         # TYPE footpath_lake_replay_chunks gauge\nfootpath_lake_replay_chunks {}\n\
         # HELP footpath_lake_replay_bytes Size of their files, bytes.\n\
         # TYPE footpath_lake_replay_bytes gauge\nfootpath_lake_replay_bytes {}\n\
         # HELP footpath_lake_bytes Size of the lake's files, bytes.\n# TYPE footpath_lake_bytes gauge\n\
         footpath_lake_bytes {}\n\
         # HELP footpath_lake_missing_rows Rows of the lake that cannot be read.\n\
         # TYPE footpath_lake_missing_rows gauge\nfootpath_lake_missing_rows {}\n\
         # HELP footpath_cache_bytes Decoded columns kept for queries, bytes.\n\
         # TYPE footpath_cache_bytes gauge\nfootpath_cache_bytes {}\n",
        status.live_sessions,
        status.live_bytes,
        status.lake_sessions,
        status.lake_events,
        status.waiting_chunks,
        status.lake_chunks,
        status.lake_chunk_bytes,
        status.lake_bytes,
        status.damage.missing_rows,
        queries.held_bytes(),
    );
    text
}
