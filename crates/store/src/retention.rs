//! How long a site keeps its data, which sessions it keeps for good, and what was deleted: the part of metadata that
//! the keeper works by.

use crate::keeper::Deleted;
use crate::lake::schema::TableKind;
use crate::metadata::{Metadata, MetadataError};
use crate::privacy;
use footpath_model::id::{SessionId, SiteId};
use footpath_model::time::Timestamp;
use sqlx::{Row, SqliteConnection};
use std::collections::{BTreeMap, HashMap, HashSet};

/// A kind of data that is kept for a time of its own.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum DataKind {
    /// Sessions: rows of lists, metrics and journeys. What belongs to a session goes with it.
    Sessions,
    /// Events: the timelines of sessions.
    Events,
    /// Replay chunks: what is watched of sessions.
    Replay,
}

impl DataKind {
    /// All kinds.
    pub const ALL: [Self; 3] = [Self::Sessions, Self::Events, Self::Replay];

    /// As in the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sessions => "sessions",
            Self::Events => "events",
            Self::Replay => "replay",
        }
    }

    pub(crate) const fn table(self) -> TableKind {
        match self {
            Self::Sessions => TableKind::Sessions,
            Self::Events => TableKind::Events,
            Self::Replay => TableKind::ReplayChunks,
        }
    }

    fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// For how long a site keeps each kind of data, in days; what is not named is kept for ever.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Retention(pub BTreeMap<DataKind, u32>);

impl Retention {
    /// Days that a site may choose. Late data is taken in for 7 days, so that less would delete what still grows.
    pub const DAYS: std::ops::RangeInclusive<u32> = 7..=3650;

    /// As the audit log has it: days of each kind, JSON.
    fn told(&self) -> String {
        let days: BTreeMap<String, u32> =
            self.0.iter().map(|(kind, days)| (format!("{}_days", kind.name()), *days)).collect();
        serde_json::to_string(&days).expect("a map of numbers is JSON")
    }

    /// Days that a kind is kept: what belongs to a session never longer than it.
    pub fn days(&self, kind: DataKind) -> Option<u32> {
        let of = |kind| self.0.get(&kind).copied();
        match kind {
            DataKind::Sessions => of(kind),
            DataKind::Events | DataKind::Replay => of(kind).into_iter().chain(of(DataKind::Sessions)).min(),
        }
    }
}

/// One deletion that was run.
#[derive(Clone, PartialEq, Debug)]
pub struct DeletionRecord {
    /// Counts up.
    pub id: i64,
    /// Of which site.
    pub site: SiteId,
    /// Why: `retention of sessions`, `erasure of a user` …; names no person.
    pub cause: String,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Timestamp,
    /// What went.
    pub deleted: Deleted,
    /// Why it failed, if it did.
    pub error: Option<String>,
}

/// What the keeper asks of metadata all the time, in memory.
#[derive(Debug, Default)]
pub(crate) struct Keeping {
    retention: HashMap<SiteId, Retention>,
    pins: HashMap<SiteId, HashSet<SessionId>>,
}

impl Keeping {
    pub(crate) async fn read(connection: &mut SqliteConnection) -> Result<Self, sqlx::Error> {
        let mut keeping = Self::default();
        for row in sqlx::query("SELECT site, kind, days FROM retention").fetch_all(&mut *connection).await? {
            let kind: String = row.try_get("kind")?;
            if let Some(kind) = DataKind::of_name(&kind) {
                let site = keeping.retention.entry(SiteId(row.try_get("site")?)).or_default();
                site.0.insert(kind, row.try_get("days")?);
            }
        }
        for row in sqlx::query("SELECT site, session FROM pins").fetch_all(&mut *connection).await? {
            let session: String = row.try_get("session")?;
            if let Ok(session) = session.parse() {
                keeping.pins.entry(SiteId(row.try_get("site")?)).or_default().insert(session);
            }
        }
        Ok(keeping)
    }
}

impl Metadata {
    fn keeping<T>(&self, read: impl FnOnce(&Keeping) -> T) -> T {
        read(&self.keeping.read().expect("no holder of this lock panics"))
    }

    /// For how long a site keeps its data.
    pub fn retention(&self, site: &SiteId) -> Retention {
        self.keeping(|keeping| keeping.retention.get(site).cloned().unwrap_or_default())
    }

    /// Sets for how long a site keeps its data, and notes the change.
    ///
    /// # Errors
    /// Where a number of days is out of range, or the database fails.
    pub async fn set_retention(
        &self,
        site: &SiteId,
        retention: Retention,
        now: Timestamp,
    ) -> Result<(), MetadataError> {
        if let Some(days) = retention.0.values().find(|days| !Retention::DAYS.contains(days)) {
            return Err(MetadataError::DaysOutOfRange(*days));
        }
        use sqlx::Connection;
        let mut connection = self.connection.lock().await;
        let [old, new] = [&self.retention(site), &retention].map(Retention::told);
        let mut transaction = connection.begin().await?;
        if old != new {
            privacy::note(&mut transaction, site, now, "retention", (&old, &new)).await?;
        }
        sqlx::query("DELETE FROM retention WHERE site = ?").bind(&site.0).execute(&mut *transaction).await?;
        for (kind, days) in &retention.0 {
            sqlx::query("INSERT INTO retention VALUES (?, ?, ?)")
                .bind(&site.0)
                .bind(kind.name())
                .bind(days)
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await?;
        let mut keeping = self.keeping.write().expect("no holder of this lock panics");
        keeping.retention.insert(site.clone(), retention);
        Ok(())
    }

    /// Sessions of a site that retention leaves alone.
    pub fn pinned(&self, site: &SiteId) -> HashSet<SessionId> {
        self.keeping(|keeping| keeping.pins.get(site).cloned().unwrap_or_default())
    }

    /// Whether retention leaves a session alone.
    pub fn is_pinned(&self, site: &SiteId, session: SessionId) -> bool {
        self.keeping(|keeping| keeping.pins.get(site).is_some_and(|pins| pins.contains(&session)))
    }

    /// Pins a session, or lets it go.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn pin(
        &self,
        site: &SiteId,
        session: SessionId,
        pinned: bool,
        now: Timestamp,
    ) -> Result<(), MetadataError> {
        let mut connection = self.connection.lock().await;
        let query = if pinned {
            sqlx::query("INSERT INTO pins VALUES (?, ?, ?) ON CONFLICT DO NOTHING")
                .bind(&site.0)
                .bind(session.to_string())
                .bind(now.0)
        } else {
            sqlx::query("DELETE FROM pins WHERE site = ? AND session = ?")
                .bind(&site.0)
                .bind(session.to_string())
        };
        query.execute(&mut *connection).await?;
        let mut keeping = self.keeping.write().expect("no holder of this lock panics");
        let pins = keeping.pins.entry(site.clone()).or_default();
        if pinned {
            pins.insert(session);
        } else {
            pins.remove(&session);
        }
        Ok(())
    }

    /// Forgets that sessions were pinned, since they are erased.
    ///
    /// # Errors
    /// Where the database fails.
    pub(crate) async fn unpin_all(
        &self,
        site: &SiteId,
        sessions: &HashSet<SessionId>,
        now: Timestamp,
    ) -> Result<(), MetadataError> {
        for session in self.pinned(site).intersection(sessions) {
            self.pin(site, *session, false, now).await?;
        }
        // Ids that were pinned, now or once, leave the write-ahead log too.
        let mut connection = self.connection.lock().await;
        sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").fetch_all(&mut *connection).await?;
        Ok(())
    }

    pub(crate) async fn record_deletion(&self, record: &DeletionRecord) -> Result<i64, MetadataError> {
        let int = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        let mut connection = self.connection.lock().await;
        let inserted = sqlx::query(
            "INSERT INTO deletions
             (site, cause, started_at, ended_at, sessions, events, replay_chunks, files, bytes, error)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(&record.site.0)
        .bind(&record.cause)
        .bind(record.started_at.0)
        .bind(record.ended_at.0)
        .bind(int(record.deleted.sessions))
        .bind(int(record.deleted.events))
        .bind(int(record.deleted.replay_chunks))
        .bind(int(record.deleted.files))
        .bind(i64::try_from(record.deleted.bytes).unwrap_or(i64::MAX))
        .bind(&record.error)
        .execute(&mut *connection)
        .await?;
        Ok(inserted.last_insert_rowid())
    }

    /// The newest deletions of a site, at most `limit`.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn deletions(&self, site: &SiteId, limit: u32) -> Result<Vec<DeletionRecord>, MetadataError> {
        let mut connection = self.connection.lock().await;
        let rows = sqlx::query("SELECT * FROM deletions WHERE site = ? ORDER BY id DESC LIMIT ?")
            .bind(&site.0)
            .bind(limit)
            .fetch_all(&mut *connection)
            .await?;
        let count = |n: i64| usize::try_from(n).unwrap_or(0);
        rows.iter()
            .map(|row| {
                Ok(DeletionRecord {
                    id: row.try_get("id")?,
                    site: site.clone(),
                    cause: row.try_get("cause")?,
                    started_at: Timestamp(row.try_get("started_at")?),
                    ended_at: Timestamp(row.try_get("ended_at")?),
                    deleted: Deleted {
                        sessions: count(row.try_get("sessions")?),
                        events: count(row.try_get("events")?),
                        replay_chunks: count(row.try_get("replay_chunks")?),
                        files: count(row.try_get("files")?),
                        bytes: u64::try_from(row.try_get::<i64, _>("bytes")?).unwrap_or(0),
                        files_still_read: 0,
                    },
                    error: row.try_get("error")?,
                })
            })
            .collect()
    }
}
