//! Source maps: by which places in minified files are told as they were written. Kept by content, so that a map that many
//! releases have is there once; they speak of code and of no person, and so neither retention nor erasure looks here.
//!
//! What a map says is not known here, and nothing in it ever names a file that is opened.

use crate::data_dir::OpenError;
use crate::metadata::MetadataError;
use crate::sqlite::{self, Schema};
use footpath_model::id::SiteId;
use footpath_model::time::Timestamp;
use sqlx::sqlite::SqliteRow;
use sqlx::{Connection, Row, SqliteConnection};
use std::path::Path;
use tokio::sync::Mutex;

const SCHEMA: Schema = Schema { steps: &[MAPS] };

const MAPS: &str = "
-- The bodies, each once.
CREATE TABLE bodies (
    digest TEXT PRIMARY KEY,
    body BLOB NOT NULL
) STRICT;
-- Which body is of which file, in which release of a site; an empty release stands for all of them.
CREATE TABLE maps (
    site TEXT NOT NULL,
    release TEXT NOT NULL,
    file TEXT NOT NULL,
    digest TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    uploaded_at INTEGER NOT NULL,
    PRIMARY KEY (site, release, file)
) STRICT;
CREATE INDEX maps_of_bodies ON maps (digest);
";

/// What is known of a map without reading it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SourceMap {
    /// The release it is of; nothing where it is of all.
    pub release: Option<String>,
    /// Path of the minified file, such as `/assets/app.js`.
    pub file: String,
    /// SHA-256 of the map, in hexadecimal digits.
    pub digest: String,
    /// Size of the map, bytes.
    pub bytes: u64,
    /// When it was uploaded.
    pub uploaded_at: Timestamp,
}

impl SourceMap {
    fn of(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        let release: String = row.try_get("release")?;
        let bytes: i64 = row.try_get("bytes")?;
        Ok(Self {
            release: Some(release).filter(|release| !release.is_empty()),
            file: row.try_get("file")?,
            digest: row.try_get("digest")?,
            bytes: u64::try_from(bytes).unwrap_or(0),
            uploaded_at: Timestamp(row.try_get("uploaded_at")?),
        })
    }
}

/// The source maps of one data directory.
#[derive(Debug)]
pub struct SourceMaps {
    connection: Mutex<SqliteConnection>,
}

impl SourceMaps {
    pub(crate) async fn open(path: &Path) -> Result<Self, OpenError> {
        Ok(Self { connection: Mutex::new(sqlite::open(path, &SCHEMA).await?) })
    }

    /// Keeps a map; one of the same file and release gives way to it. `body` is stored as it is.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn put(&self, site: &SiteId, map: &SourceMap, body: &[u8]) -> Result<(), MetadataError> {
        let mut connection = self.connection.lock().await;
        let mut transaction = connection.begin().await?;
        sqlx::query("INSERT INTO bodies VALUES (?, ?) ON CONFLICT (digest) DO NOTHING")
            .bind(&map.digest)
            .bind(body)
            .execute(&mut *transaction)
            .await?;
        let query = "INSERT INTO maps VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (site, release, file)
            DO UPDATE SET digest = excluded.digest, bytes = excluded.bytes, uploaded_at = excluded.uploaded_at";
        sqlx::query(query)
            .bind(&site.0)
            .bind(map.release.as_deref().unwrap_or_default())
            .bind(&map.file)
            .bind(&map.digest)
            .bind(i64::try_from(map.bytes).unwrap_or(i64::MAX))
            .bind(map.uploaded_at.0)
            .execute(&mut *transaction)
            .await?;
        forget_unused(&mut transaction).await?;
        Ok(transaction.commit().await?)
    }

    /// A site's maps, the newest first.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn list(&self, site: &SiteId) -> Result<Vec<SourceMap>, MetadataError> {
        let query = "SELECT release, file, digest, bytes, uploaded_at FROM maps WHERE site = ?
            ORDER BY uploaded_at DESC, release, file";
        let mut connection = self.connection.lock().await;
        let rows = sqlx::query(query).bind(&site.0).fetch_all(&mut *connection).await?;
        Ok(rows.iter().map(SourceMap::of).collect::<Result<_, _>>()?)
    }

    /// Digest of the map of a file: of this release, or else of all.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn find(
        &self,
        site: &SiteId,
        release: Option<&str>,
        file: &str,
    ) -> Result<Option<String>, MetadataError> {
        let query = "SELECT digest FROM maps WHERE site = ? AND file = ? AND release IN (?, '')
            ORDER BY release DESC LIMIT 1";
        let query = sqlx::query_scalar(query).bind(&site.0).bind(file).bind(release.unwrap_or_default());
        Ok(query.fetch_optional(&mut *self.connection.lock().await).await?)
    }

    /// A map's body.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn body(&self, digest: &str) -> Result<Option<Vec<u8>>, MetadataError> {
        let query = sqlx::query_scalar("SELECT body FROM bodies WHERE digest = ?").bind(digest);
        Ok(query.fetch_optional(&mut *self.connection.lock().await).await?)
    }

    /// Deletes the maps of a release, or all of a site. How many there were.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn delete(&self, site: &SiteId, release: Option<&str>) -> Result<u64, MetadataError> {
        let mut connection = self.connection.lock().await;
        let mut transaction = connection.begin().await?;
        let query = "DELETE FROM maps WHERE site = ?1 AND (?2 IS NULL OR release = ?2)";
        let query = sqlx::query(query).bind(&site.0).bind(release);
        let deleted = query.execute(&mut *transaction).await?.rows_affected();
        forget_unused(&mut transaction).await?;
        transaction.commit().await?;
        sqlx::query("PRAGMA incremental_vacuum").execute(&mut *connection).await?;
        Ok(deleted)
    }
}

async fn forget_unused(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    let query = "DELETE FROM bodies WHERE digest NOT IN (SELECT digest FROM maps)";
    sqlx::query(query).execute(connection).await.map(drop)
}
