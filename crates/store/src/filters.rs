//! Saved filters: searches that somebody gave a name, kept with the site. What a search means is not known here.

use crate::metadata::{Metadata, MetadataError};
use footpath_model::id::SiteId;
use footpath_model::time::Timestamp;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

pub(crate) const FILTERS: &str = "
-- Searches with a name, which is unique in its site.
CREATE TABLE filters (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    site TEXT NOT NULL,
    name TEXT NOT NULL,
    search TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (site, name)
) STRICT;
";

/// A search with a name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SavedFilter {
    /// Its id, never used again for another.
    pub id: i64,
    /// Its name, unique in its site.
    pub name: String,
    /// The search, in its canonical text.
    pub search: String,
    /// When it was made or changed.
    pub updated_at: Timestamp,
}

impl SavedFilter {
    fn of(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: row.try_get("id")?,
            name: row.try_get("name")?,
            search: row.try_get("search")?,
            updated_at: Timestamp(row.try_get("updated_at")?),
        })
    }
}

impl Metadata {
    /// A site's saved filters, by name.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn filters(&self, site: &SiteId) -> Result<Vec<SavedFilter>, MetadataError> {
        let mut connection = self.connection.lock().await;
        let query = "SELECT id, name, search, updated_at FROM filters WHERE site = ? ORDER BY name, id";
        let rows = sqlx::query(query).bind(&site.0).fetch_all(&mut *connection).await?;
        Ok(rows.iter().map(SavedFilter::of).collect::<Result<_, _>>()?)
    }

    /// Saves a search under a name.
    ///
    /// # Errors
    /// Where the site has a filter of this name, or the database fails.
    pub async fn save_filter(
        &self,
        site: &SiteId,
        name: &str,
        search: &str,
        now: Timestamp,
    ) -> Result<SavedFilter, MetadataError> {
        let query = "INSERT INTO filters (site, name, search, updated_at) VALUES (?, ?, ?, ?)
            RETURNING id, name, search, updated_at";
        let query = sqlx::query(query).bind(&site.0).bind(name).bind(search).bind(now.0);
        let mut connection = self.connection.lock().await;
        let row = query.fetch_one(&mut *connection).await.map_err(|error| taken(name, error))?;
        Ok(SavedFilter::of(&row)?)
    }

    /// Changes name and search of a filter; nothing where the site has none of that id.
    ///
    /// # Errors
    /// Where the site has another filter of this name, or the database fails.
    pub async fn change_filter(
        &self,
        site: &SiteId,
        id: i64,
        (name, search): (&str, &str),
        now: Timestamp,
    ) -> Result<Option<SavedFilter>, MetadataError> {
        let query = "UPDATE filters SET name = ?, search = ?, updated_at = ? WHERE site = ? AND id = ?
            RETURNING id, name, search, updated_at";
        let query = sqlx::query(query).bind(name).bind(search).bind(now.0).bind(&site.0).bind(id);
        let mut connection = self.connection.lock().await;
        let row = query.fetch_optional(&mut *connection).await.map_err(|error| taken(name, error))?;
        Ok(row.as_ref().map(SavedFilter::of).transpose()?)
    }

    /// Deletes a filter. Whether the site had one of that id.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn delete_filter(&self, site: &SiteId, id: i64) -> Result<bool, MetadataError> {
        let query = sqlx::query("DELETE FROM filters WHERE site = ? AND id = ?").bind(&site.0).bind(id);
        let mut connection = self.connection.lock().await;
        Ok(query.execute(&mut *connection).await?.rows_affected() > 0)
    }
}

fn taken(name: &str, error: sqlx::Error) -> MetadataError {
    match error.as_database_error() {
        Some(database) if database.is_unique_violation() => MetadataError::FilterExists(name.to_owned()),
        Some(_) | None => MetadataError::Database(error),
    }
}
