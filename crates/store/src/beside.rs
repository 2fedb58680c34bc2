//! What may be read of a data directory that a running server uses: SQLite's write-ahead log lets others read while one
//! writes.

use crate::data_dir::OpenError;
use crate::metadata::read_sites;
use footpath_model::site::Site;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, SqliteConnection};
use std::path::Path;
use std::sync::Arc;

/// Opens a database that another process may be writing.
pub(crate) async fn open(path: &Path) -> Result<SqliteConnection, OpenError> {
    let options = SqliteConnectOptions::new().filename(path).read_only(true).disable_statement_logging();
    options.connect().await.map_err(|error| OpenError::Database(path.to_owned(), error))
}

/// The sites of a data directory, in use or not, with their keys.
///
/// # Errors
/// Where there is no data directory, or its metadata cannot be read.
pub async fn sites_of(dir: &Path) -> Result<Vec<Arc<Site>>, OpenError> {
    let path = dir.join("metadata.db");
    let mut connection = open(&path).await?;
    let sites =
        read_sites(&mut connection).await.map_err(|error| OpenError::Database(path.clone(), error))?;
    connection.close().await.map_err(|error| OpenError::Database(path, error))?;
    Ok(sites)
}
