//! When the lake is kept: a clock for the keeper's turns.

use crate::keeper::{Deletion, KeepError};
use crate::store::Store;
use std::time::{Duration, Instant};

/// How often it is looked at.
const TICK: Duration = Duration::from_secs(5);
/// Settled sessions wait at most so long for company in their files.
const FLUSH_AT_LEAST_EVERY: Duration = Duration::from_secs(10 * 60);
/// Where sessions are flushed for want of memory all the time, files are merged all the same, so often.
const COMPACT_AT_LEAST_EVERY: Duration = Duration::from_secs(2);
/// How often sites' retention is run.
const RETAIN_EVERY: Duration = Duration::from_secs(3600);
/// After a failure, so that a full disk is not written to all the time.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_secs(30);

pub(crate) async fn keep(store: Store) {
    let (mut flushed, mut compacted) = (Instant::now(), Instant::now());
    let mut retained: Option<Instant> = None;
    let mut still_pressed = false;
    loop {
        let pressed = still_pressed
            || tokio::select! {
                () = store.pressed() => true,
                () = tokio::time::sleep(TICK) => false,
            };
        let due = flushed.elapsed() >= FLUSH_AT_LEAST_EVERY;
        let outcome = if pressed {
            store.relieve().await
        } else if due {
            store.flush().await
        } else {
            store.flush_if_worth_it().await
        };
        if due {
            flushed = Instant::now();
        }
        still_pressed = pressed && outcome.as_ref().is_ok_and(|done| done.more);
        match outcome {
            Ok(done) if done.sessions > 0 => {
                tracing::debug!(
                    sessions = done.sessions,
                    events = done.events,
                    amended = done.amended,
                    "flushed"
                );
            }
            Ok(_) => {}
            Err(error) => {
                failed("flush", &error, &store).await;
                continue;
            }
        }
        if pressed && compacted.elapsed() < COMPACT_AT_LEAST_EVERY {
            continue;
        }
        compacted = Instant::now();
        match store.compact().await {
            Ok(Some(done)) => tracing::debug!(?done, "compacted"),
            Ok(None) => {}
            Err(error) => failed("compaction", &error, &store).await,
        }
        if pressed {
            continue;
        }
        if retained.is_none_or(|retained| retained.elapsed() >= RETAIN_EVERY) {
            retained = Some(Instant::now());
            retain(&store).await;
        }
    }
}

async fn retain(store: &Store) {
    for site in store.metadata().sites().iter() {
        match store.retain(&site.id, Deletion::ForGood).await {
            Ok(deleted) if deleted.files > 0 => tracing::info!(
                site = %site.id,
                sessions = deleted.sessions,
                events = deleted.events,
                bytes = deleted.bytes,
                "retention has deleted what is no longer kept"
            ),
            Ok(_) => {}
            Err(error) => failed("retention", &error, store).await,
        }
    }
}

async fn failed(what: &str, error: &KeepError, store: &Store) {
    let cause = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
    tracing::error!(%error, cause, "{what} failed and will be tried again");
    if let KeepError::File(file) = error {
        store.quarantine(file).await;
    }
    tokio::time::sleep(PAUSE_AFTER_FAILURE).await;
}
