//! What each site's pages may record, the secret that its user ids are hashed with, and who changed what: the part of
//! metadata that privacy needs.

use crate::metadata::{Metadata, MetadataError};
use footpath_model::id::SiteId;
use footpath_model::privacy::SiteRules;
use footpath_model::time::Timestamp;
use sqlx::{Connection, Row, SqliteConnection};
use std::collections::HashMap;
use std::sync::Arc;
use uuid::Uuid;

/// The step of the schema.
pub(crate) const SCHEMA: &str = "
-- What a site's pages may record; no row means the defaults.
CREATE TABLE site_rules (site TEXT PRIMARY KEY, rules TEXT NOT NULL) STRICT;
-- What user ids are hashed with where a site wants them hashed; never told to anybody.
CREATE TABLE site_secrets (site TEXT PRIMARY KEY, secret BLOB NOT NULL) STRICT;
-- Changes of settings: what they were before and after, as JSON.
CREATE TABLE audit (
    id INTEGER PRIMARY KEY,
    site TEXT NOT NULL,
    at INTEGER NOT NULL,
    what TEXT NOT NULL,
    before TEXT NOT NULL,
    after TEXT NOT NULL
) STRICT;
ALTER TABLE deletions ADD COLUMN replay_chunks INTEGER NOT NULL DEFAULT 0;
";

/// One change of a site's settings.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AuditRecord {
    /// Counts up.
    pub id: i64,
    /// When.
    pub at: Timestamp,
    /// Which settings: `privacy`, `retention`.
    pub what: String,
    /// As they were, JSON.
    pub before: String,
    /// As they are since, JSON.
    pub after: String,
}

/// What ingest asks of metadata all the time, in memory.
#[derive(Debug, Default)]
pub(crate) struct Privacy {
    rules: HashMap<SiteId, Arc<SiteRules>>,
    secrets: HashMap<SiteId, Arc<[u8]>>,
}

impl Privacy {
    pub(crate) async fn read(connection: &mut SqliteConnection) -> Result<Self, sqlx::Error> {
        let mut privacy = Self::default();
        for row in sqlx::query("SELECT site, rules FROM site_rules").fetch_all(&mut *connection).await? {
            let rules = serde_json::from_str(row.try_get("rules")?).map_err(|error| {
                sqlx::Error::ColumnDecode { index: "rules".to_owned(), source: Box::new(error) }
            })?;
            privacy.rules.insert(SiteId(row.try_get("site")?), Arc::new(rules));
        }
        for row in sqlx::query("SELECT site, secret FROM site_secrets").fetch_all(&mut *connection).await? {
            let secret: Vec<u8> = row.try_get("secret")?;
            privacy.secrets.insert(SiteId(row.try_get("site")?), secret.into());
        }
        Ok(privacy)
    }
}

impl Metadata {
    /// What a site's pages may record.
    pub fn rules(&self, site: &SiteId) -> Arc<SiteRules> {
        self.privacy
            .read()
            .expect("no holder of this lock panics")
            .rules
            .get(site)
            .cloned()
            .unwrap_or_default()
    }

    /// Sets what a site's pages may record, and notes the change.
    ///
    /// # Errors
    /// Where a rule cannot be, or the database fails.
    pub async fn set_rules(
        &self,
        site: &SiteId,
        rules: SiteRules,
        now: Timestamp,
    ) -> Result<Arc<SiteRules>, MetadataError> {
        rules.check().map_err(MetadataError::Rules)?;
        let mut connection = self.connection.lock().await;
        let before = self.rules(site);
        if *before == rules {
            return Ok(before);
        }
        let [old, new] =
            [&*before, &rules].map(|rules| serde_json::to_string(rules).expect("rules are JSON"));
        let mut transaction = connection.begin().await?;
        sqlx::query("INSERT INTO site_rules VALUES (?, ?) ON CONFLICT DO UPDATE SET rules = excluded.rules")
            .bind(&site.0)
            .bind(&new)
            .execute(&mut *transaction)
            .await?;
        note(&mut transaction, site, now, "privacy", (&old, &new)).await?;
        transaction.commit().await?;
        let rules = Arc::new(rules);
        let mut privacy = self.privacy.write().expect("no holder of this lock panics");
        privacy.rules.insert(site.clone(), Arc::clone(&rules));
        Ok(rules)
    }

    /// What a site's user ids are hashed with, 32 bytes; drawn when it is asked for first.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn secret(&self, site: &SiteId) -> Result<Arc<[u8]>, MetadataError> {
        let known = || self.privacy.read().expect("no holder of this lock panics").secrets.get(site).cloned();
        if let Some(secret) = known() {
            return Ok(secret);
        }
        let mut connection = self.connection.lock().await;
        let drawn = [*Uuid::new_v4().as_bytes(), *Uuid::new_v4().as_bytes()].concat();
        sqlx::query("INSERT INTO site_secrets VALUES (?, ?) ON CONFLICT DO NOTHING")
            .bind(&site.0)
            .bind(drawn)
            .execute(&mut *connection)
            .await?;
        let secret: Vec<u8> = sqlx::query_scalar("SELECT secret FROM site_secrets WHERE site = ?")
            .bind(&site.0)
            .fetch_one(&mut *connection)
            .await?;
        let secret: Arc<[u8]> = secret.into();
        let mut privacy = self.privacy.write().expect("no holder of this lock panics");
        privacy.secrets.insert(site.clone(), Arc::clone(&secret));
        Ok(secret)
    }

    /// The newest changes of a site's settings, at most `limit`.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn audit(&self, site: &SiteId, limit: u32) -> Result<Vec<AuditRecord>, MetadataError> {
        let mut connection = self.connection.lock().await;
        let rows = sqlx::query("SELECT * FROM audit WHERE site = ? ORDER BY id DESC LIMIT ?")
            .bind(&site.0)
            .bind(limit)
            .fetch_all(&mut *connection)
            .await?;
        rows.iter()
            .map(|row| {
                Ok(AuditRecord {
                    id: row.try_get("id")?,
                    at: Timestamp(row.try_get("at")?),
                    what: row.try_get("what")?,
                    before: row.try_get("before")?,
                    after: row.try_get("after")?,
                })
            })
            .collect()
    }
}

/// Notes a change of settings, in the transaction that makes it.
pub(crate) async fn note(
    connection: &mut SqliteConnection,
    site: &SiteId,
    now: Timestamp,
    what: &str,
    (before, after): (&str, &str),
) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO audit (site, at, what, before, after) VALUES (?, ?, ?, ?, ?)")
        .bind(&site.0)
        .bind(now.0)
        .bind(what)
        .bind(before)
        .bind(after)
        .execute(connection)
        .await?;
    Ok(())
}
