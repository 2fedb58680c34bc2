//! One data directory, opened: the parts of this crate put together.

use crate::data_dir::{self, DirLock, OpenError};
use crate::journal::{AppendError, Journal};
use crate::live::{LiveSet, SiteSessions};
use crate::metadata::Metadata;
use footpath_model::batch::Batch;
use footpath_model::id::{SessionId, SiteId};
use footpath_model::site::SessionRules;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::{mpsc, watch};

/// Groups of committed batches that may wait for the fold; the journal's writer waits beyond.
const GROUPS_BEFORE_FOLD: usize = 4;
/// Batches folded at once at start, so that the lock is not taken for each.
const RECOVERY_GROUP: usize = 1024;

/// An open data directory. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    journal: Journal,
    live: Arc<LiveSet>,
    metadata: Arc<Metadata>,
    accepted: Arc<AtomicU64>,
    duplicates: Arc<AtomicU64>,
    _lock: Arc<DirLock>,
}

/// What was found in the journal at start.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Recovery {
    /// Batches folded.
    pub batches: u64,
    /// Rows left out, since they are damaged; each is in the log with its position.
    pub unreadable: u64,
}

impl Store {
    /// Opens a data directory, making it where it is missing, and folds its journal.
    ///
    /// # Errors
    /// Where the directory or a file cannot be used, is in use, or is of a later version.
    pub async fn open(dir: &Path) -> Result<(Self, Recovery), OpenError> {
        let lock = Arc::new(data_dir::lock(dir)?);
        let metadata = Arc::new(Metadata::open(&dir.join("metadata.db")).await?);
        let live = Arc::new(LiveSet::new());
        let (committed, to_fold) = mpsc::channel(GROUPS_BEFORE_FOLD);

        let mut recovery = Recovery::default();
        let mut group = Vec::with_capacity(RECOVERY_GROUP);
        let journal = Journal::open(
            &dir.join("journal.db"),
            |row| match row {
                Ok(batch) => {
                    recovery.batches += 1;
                    group.push(Arc::new(batch));
                    if group.len() == RECOVERY_GROUP {
                        live.fold(&group, |site| rules_of(&metadata, site));
                        group.clear();
                    }
                }
                Err(unreadable) => {
                    recovery.unreadable += 1;
                    tracing::error!(position = unreadable.position, error = %unreadable.error,
                        "a journal row is damaged and was left out");
                }
            },
            committed,
        )
        .await?;
        live.fold(&group, |site| rules_of(&metadata, site));

        let store = Self {
            journal,
            live,
            metadata,
            accepted: Arc::default(),
            duplicates: Arc::default(),
            _lock: lock,
        };
        tokio::spawn(store.fold_committed(to_fold));
        Ok((store, recovery))
    }

    /// Returns when the batch is durable. It is in the answers soon after.
    ///
    /// # Errors
    /// Where it is not durable; it may be sent again.
    pub async fn append(&self, batch: Batch) -> Result<(), AppendError> {
        self.journal.append(batch).await
    }

    /// The sessions of one site.
    pub fn sessions(&self, site: &SiteId) -> SiteSessions {
        self.live.site(site.clone())
    }

    /// The site that holds a session.
    pub fn site_of(&self, session: SessionId) -> Option<SiteId> {
        self.live.site_of(session)
    }

    /// Wakes when any session has changed; the value goes to [`SiteSessions::changes_since`].
    pub fn follow(&self) -> watch::Receiver<u64> {
        self.live.follow()
    }

    /// Durable events that the fold took in since the process started.
    pub fn n_accepted(&self) -> u64 {
        self.accepted.load(Ordering::Relaxed)
    }

    /// Durable events that the fold left out since the process started, since they were there already.
    pub fn n_duplicates(&self) -> u64 {
        self.duplicates.load(Ordering::Relaxed)
    }

    /// Sessions held, over all sites.
    pub fn n_sessions(&self) -> usize {
        self.live.n_sessions()
    }

    /// Sites and salts.
    pub fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    /// Runs until the journal's writer ends. It must not hold the journal itself, or neither would ever end.
    fn fold_committed(
        &self,
        mut committed: mpsc::Receiver<Vec<Arc<Batch>>>,
    ) -> impl Future<Output = ()> + use<> {
        let (live, metadata) = (Arc::clone(&self.live), Arc::clone(&self.metadata));
        let (accepted, duplicates) = (Arc::clone(&self.accepted), Arc::clone(&self.duplicates));
        async move {
            while let Some(batches) = committed.recv().await {
                let folded = live.fold(&batches, |site| rules_of(&metadata, site));
                accepted.fetch_add(u64::from(folded.accepted), Ordering::Relaxed);
                duplicates.fetch_add(u64::from(folded.duplicate), Ordering::Relaxed);
            }
        }
    }
}

/// A site that was deleted meanwhile folds by the default rules.
fn rules_of(metadata: &Metadata, site: &SiteId) -> SessionRules {
    metadata.site(site).map_or_else(SessionRules::default, |site| site.session_rules)
}
