//! Metadata: the sites with their keys, and the salts of cookieless visitors. Small, read from memory, written rarely.

use crate::data_dir::OpenError;
use crate::filters::FILTERS;
use crate::privacy::{self, Privacy};
use crate::report_settings::{AllReportSettings, REPORT_SETTINGS};
use crate::retention::Keeping;
use crate::sqlite::{self, Schema};
use footpath_model::id::SiteId;
use footpath_model::site::{SessionRules, Site};
use footpath_model::time::{DAY, MINUTE, Timestamp};
use sqlx::{Row, SqliteConnection};
use std::path::Path;
use std::sync::{Arc, RwLock};
use tokio::sync::Mutex;
use uuid::Uuid;

const SCHEMA: Schema = Schema { steps: &[SITES, KEEPING, FILTERS, REPORT_SETTINGS, privacy::SCHEMA] };

const SITES: &str = "
CREATE TABLE sites (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    key TEXT NOT NULL UNIQUE,
    backfill_key TEXT NOT NULL UNIQUE,
    time_zone TEXT NOT NULL,
    base_path TEXT NOT NULL,
    timeout_ms INTEGER NOT NULL,
    cap_ms INTEGER NOT NULL
) STRICT;
-- One a day, so that a cookieless visitor cannot be followed from day to day: older ones are deleted.
CREATE TABLE visitor_salts (day INTEGER PRIMARY KEY, salt BLOB NOT NULL) STRICT;
";

const KEEPING: &str = "
-- Days that a site keeps its sessions and its events; no row means for ever.
CREATE TABLE retention (
    site TEXT NOT NULL,
    kind TEXT NOT NULL,
    days INTEGER NOT NULL,
    PRIMARY KEY (site, kind)
) STRICT;
-- Sessions that retention leaves alone.
CREATE TABLE pins (
    site TEXT NOT NULL,
    session TEXT NOT NULL,
    pinned_at INTEGER NOT NULL,
    PRIMARY KEY (site, session)
) STRICT;
-- What was deleted, when, why and how much: receipts name no person.
CREATE TABLE deletions (
    id INTEGER PRIMARY KEY,
    site TEXT NOT NULL,
    cause TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    ended_at INTEGER NOT NULL,
    sessions INTEGER NOT NULL,
    events INTEGER NOT NULL,
    files INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    error TEXT
) STRICT;
";

/// Why metadata could not be read or written.
#[derive(Debug)]
pub enum MetadataError {
    /// A site of this id is there already.
    SiteExists(SiteId),
    /// A timeout outside of [`SessionRules::TIMEOUT_MINUTES`], in minutes.
    TimeoutOutOfRange(i64),
    /// Retention of a number of days outside of [`crate::Retention::DAYS`].
    DaysOutOfRange(u32),
    /// The site has a filter of this name already.
    FilterExists(String),
    /// A rule that cannot be: which, and what it takes.
    Rules(String),
    /// The database failed.
    Database(sqlx::Error),
}

impl std::fmt::Display for MetadataError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::SiteExists(id) => write!(f, "site {id} exists already: choose another id"),
            Self::TimeoutOutOfRange(minutes) => {
                let range = SessionRules::TIMEOUT_MINUTES;
                write!(f, "timeout of {minutes} min: choose {} to {} min", range.start(), range.end())
            }
            Self::DaysOutOfRange(days) => {
                let range = crate::Retention::DAYS;
                write!(f, "retention of {days} days: choose {} to {} days", range.start(), range.end())
            }
            Self::FilterExists(name) => {
                write!(f, "name: there is a filter `{name}` already: choose another name, or change that one")
            }
            Self::Rules(why) => f.write_str(why),
            Self::Database(_) => f.write_str("the metadata database failed"),
        }
    }
}

impl std::error::Error for MetadataError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Database(source) => Some(source),
            Self::SiteExists(_)
            | Self::TimeoutOutOfRange(_)
            | Self::DaysOutOfRange(_)
            | Self::FilterExists(_)
            | Self::Rules(_) => None,
        }
    }
}

impl From<sqlx::Error> for MetadataError {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error)
    }
}

/// What a new site is made from; its keys are drawn.
#[derive(Clone, Debug)]
pub struct NewSite {
    /// Short name, unique.
    pub id: SiteId,
    /// Shown to people.
    pub name: String,
    /// IANA name, checked by the caller.
    pub time_zone: String,
    /// Path below which the site lives; empty for the root.
    pub base_path: String,
    /// When sessions end.
    pub session_rules: SessionRules,
}

/// Secrets that a cookieless visitor's id is derived with. Both are 32 bytes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Salts {
    /// Of the day asked for (UTC).
    pub today: Vec<u8>,
    /// Of the day before: a session that crosses midnight keeps its visitor.
    pub yesterday: Vec<u8>,
}

/// The metadata of one data directory.
#[derive(Debug)]
pub struct Metadata {
    pub(crate) connection: Mutex<SqliteConnection>,
    sites: RwLock<Arc<Vec<Arc<Site>>>>,
    pub(crate) keeping: RwLock<Keeping>,
    pub(crate) report_settings: RwLock<AllReportSettings>,
    pub(crate) privacy: RwLock<Privacy>,
    salts: Mutex<Option<(i64, Salts)>>,
}

impl Metadata {
    pub(crate) async fn open(path: &Path) -> Result<Self, OpenError> {
        let failed = |error| OpenError::Database(path.to_owned(), error);
        let mut connection = sqlite::open(path, &SCHEMA).await?;
        let sites = read_sites(&mut connection).await.map_err(failed)?;
        let keeping = Keeping::read(&mut connection).await.map_err(failed)?;
        let report_settings = AllReportSettings::read(&mut connection).await.map_err(failed)?;
        let privacy = Privacy::read(&mut connection).await.map_err(failed)?;
        Ok(Self {
            connection: Mutex::new(connection),
            sites: RwLock::new(Arc::new(sites)),
            keeping: RwLock::new(keeping),
            report_settings: RwLock::new(report_settings),
            privacy: RwLock::new(privacy),
            salts: Mutex::new(None),
        })
    }

    /// All sites, in order of their ids.
    pub fn sites(&self) -> Arc<Vec<Arc<Site>>> {
        Arc::clone(&self.sites.read().expect("no holder of this lock panics"))
    }

    /// The site of an id.
    pub fn site(&self, id: &SiteId) -> Option<Arc<Site>> {
        self.sites().iter().find(|site| site.id == *id).cloned()
    }

    /// Makes a site with keys of its own.
    ///
    /// # Errors
    /// Where the id is taken, the timeout is out of range, or the database fails.
    pub async fn create_site(&self, new: NewSite) -> Result<Arc<Site>, MetadataError> {
        let minutes = new.session_rules.timeout_ms / MINUTE;
        if !SessionRules::TIMEOUT_MINUTES.contains(&minutes) {
            return Err(MetadataError::TimeoutOutOfRange(minutes));
        }
        let mut connection = self.connection.lock().await;
        if self.site(&new.id).is_some() {
            return Err(MetadataError::SiteExists(new.id));
        }
        let site = Site {
            id: new.id,
            name: new.name,
            key: format!("fp_{}", Uuid::new_v4().simple()),
            backfill_key: format!("fpb_{}", Uuid::new_v4().simple()),
            time_zone: new.time_zone,
            base_path: new.base_path,
            session_rules: new.session_rules,
        };
        sqlx::query("INSERT INTO sites VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
            .bind(&site.id.0)
            .bind(&site.name)
            .bind(&site.key)
            .bind(&site.backfill_key)
            .bind(&site.time_zone)
            .bind(&site.base_path)
            .bind(site.session_rules.timeout_ms)
            .bind(site.session_rules.cap_ms)
            .execute(&mut *connection)
            .await?;
        let sites = read_sites(&mut connection).await?;
        *self.sites.write().expect("no holder of this lock panics") = Arc::new(sites);
        Ok(Arc::new(site))
    }

    /// The salts of the day of `now`, drawn where they are missing. Salts of days before yesterday are deleted.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn salts(&self, now: Timestamp) -> Result<Salts, MetadataError> {
        let today = now.0.div_euclid(DAY);
        let mut cached = self.salts.lock().await;
        if let Some((day, salts)) = &*cached
            && *day == today
        {
            return Ok(salts.clone());
        }
        let mut connection = self.connection.lock().await;
        sqlx::query("DELETE FROM visitor_salts WHERE day < ?")
            .bind(today - 1)
            .execute(&mut *connection)
            .await?;
        let salts = Salts {
            today: salt_of(&mut connection, today).await?,
            yesterday: salt_of(&mut connection, today - 1).await?,
        };
        *cached = Some((today, salts.clone()));
        Ok(salts)
    }
}

async fn salt_of(connection: &mut SqliteConnection, day: i64) -> Result<Vec<u8>, sqlx::Error> {
    let drawn = [*Uuid::new_v4().as_bytes(), *Uuid::new_v4().as_bytes()].concat();
    sqlx::query("INSERT INTO visitor_salts VALUES (?, ?) ON CONFLICT DO NOTHING")
        .bind(day)
        .bind(drawn)
        .execute(&mut *connection)
        .await?;
    sqlx::query_scalar("SELECT salt FROM visitor_salts WHERE day = ?").bind(day).fetch_one(connection).await
}

pub(crate) async fn read_sites(connection: &mut SqliteConnection) -> Result<Vec<Arc<Site>>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT id, name, key, backfill_key, time_zone, base_path, timeout_ms, cap_ms FROM sites ORDER BY id",
    )
    .fetch_all(connection)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(Arc::new(Site {
                id: SiteId(row.try_get("id")?),
                name: row.try_get("name")?,
                key: row.try_get("key")?,
                backfill_key: row.try_get("backfill_key")?,
                time_zone: row.try_get("time_zone")?,
                base_path: row.try_get("base_path")?,
                session_rules: SessionRules {
                    timeout_ms: row.try_get("timeout_ms")?,
                    cap_ms: row.try_get("cap_ms")?,
                },
            }))
        })
        .collect()
}
