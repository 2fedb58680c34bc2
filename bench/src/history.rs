//! History put into a data directory by the store itself: journal, fold, flush and compaction, as for data that came
//! over HTTP, only without HTTP. So the lake is what ingest would have made of it.
//!
//! Flushing goes on while more is appended, on as many threads as there are; at the end everything is in the lake, and
//! its files are as few as the keeper makes them.

use crate::Result;
use crate::client::unix_ms;
use footpath_model::batch::Batch;
use footpath_model::id::SiteId;
use footpath_model::site::SessionRules;
use footpath_model::time::Timestamp;
use footpath_store::{NewSite, Store, StoreOptions, StoreStatus};
use std::path::Path;
use std::time::{Duration, Instant};
use tokio::sync::mpsc::{self, Receiver};
use tokio::task::JoinSet;

/// Live sessions may take so much memory here, bytes: all of some seconds, since only quiet ones are flushed.
const LIVE_BYTES: usize = 2 << 30;
/// Batches that are made before they are appended.
const AHEAD: usize = 1024;
/// Batches that wait for the disk together.
const UNDER_WAY: usize = 1024;
/// Between two flushes.
const FLUSH_EVERY: Duration = Duration::from_millis(500);
/// Sessions that are quiet for so long are flushed; the store says 5 s.
const QUIET: Duration = Duration::from_millis(5500);
/// What is appended is folded by then.
const FOLD_WAIT: Duration = Duration::from_secs(120);

/// Makes a data directory with one site and this history of it, all in the lake. Returns what is in it.
///
/// # Errors
/// Where the store fails, or does not hold what was appended.
pub(crate) fn put(
    data_dir: &Path,
    site: &SiteId,
    batches: impl Iterator<Item = Batch> + Send + 'static,
) -> Result<StoreStatus> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let options = StoreOptions { live_bytes: LIVE_BYTES, clock: || Timestamp(unix_ms()) };
        let (store, _) = Store::open(data_dir, options).await?;
        store.metadata().create_site(new_site(site)).await?;
        let (made, to_append) = mpsc::channel(AHEAD);
        let making = std::thread::spawn(move || {
            // Where it cannot send any more appending has failed, which is told below.
            let _ = batches.into_iter().try_for_each(|batch| made.blocking_send(batch));
        });
        let appending = tokio::spawn(append(store.clone(), to_append));
        while !appending.is_finished() {
            tokio::time::sleep(FLUSH_EVERY).await;
            store.flush().await?;
        }
        let appended = appending.await??;
        making.join().map_err(|_| "making the history broke off")?;
        until_folded(&store, appended).await?;
        tokio::time::sleep(QUIET).await;
        store.flush().await?;
        while store.compact().await?.is_some() {}
        let status = store.status();
        if (status.live_sessions, status.lake_events as u64) != (0, appended) {
            return Err(format!(
                "{appended} events were appended, but the lake has {}, and {} sessions are live",
                status.lake_events, status.live_sessions
            )
            .into());
        }
        Ok(status)
    })
}

fn new_site(site: &SiteId) -> NewSite {
    NewSite {
        id: site.clone(),
        name: site.0.clone(),
        time_zone: "UTC".to_owned(),
        base_path: String::new(),
        session_rules: SessionRules::default(),
    }
}

/// Appends all that come; gives the number of their events.
async fn append(store: Store, mut batches: Receiver<Batch>) -> Result<u64> {
    let mut under_way = JoinSet::new();
    let mut n_events = 0;
    while let Some(batch) = batches.recv().await {
        if under_way.len() >= UNDER_WAY {
            under_way.join_next().await.transpose()?.transpose()?;
        }
        n_events += batch.events.len() as u64;
        let store = store.clone();
        under_way.spawn(async move { store.append(batch).await });
    }
    while let Some(appended) = under_way.join_next().await {
        appended??;
    }
    Ok(n_events)
}

async fn until_folded(store: &Store, n_events: u64) -> Result<()> {
    let start = Instant::now();
    while store.n_accepted() < n_events {
        if start.elapsed() > FOLD_WAIT {
            return Err(format!("of {n_events} events only {} were folded", store.n_accepted()).into());
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    Ok(())
}
