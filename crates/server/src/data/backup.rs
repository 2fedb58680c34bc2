//! `footpath backup`: a consistent copy of a data directory, while its server runs or not.
//!
//! Files of the lake are links where the file system can: the copy takes hardly any room, and shares its disk with the
//! original. Copy it to another machine for the day when that disk is gone.

use super::DataError;
use clap::Args;
use footpath_store::backup;
use serde_json::json;
use std::path::PathBuf;

/// What is copied, and where to.
#[derive(Args, Clone, Debug)]
pub struct Backup {
    /// Directory to make; it must not be there yet.
    #[arg(long, value_name = "DIR")]
    to: PathBuf,

    /// The data directory, in use or not.
    #[arg(long, env = "FOOTPATH_DATA_DIR", default_value = "./footpath-data")]
    data_dir: PathBuf,

    /// Print what was copied as JSON.
    #[arg(long)]
    json: bool,
}

/// Copies a data directory.
///
/// # Errors
/// Where something cannot be read or written, or the copy's place is taken.
pub async fn run(asked: &Backup) -> Result<(), DataError> {
    let (from, to) = (asked.data_dir.display(), asked.to.display());
    let done = backup(&asked.data_dir, &asked.to)
        .await
        .map_err(|error| DataError::because(format!("cannot back up {from} to {to}"), error))?;
    if asked.json {
        let told = json!({
            "batches": done.batches,
            "sessions": done.sessions,
            "files": done.files,
            "files_copied": done.copied,
            "bytes": done.bytes,
        });
        println!("{told}");
    } else {
        println!(
            "{to}: {} batches in the journal, {} sessions in {} files of the lake ({} bytes, {} files linked)",
            done.batches,
            done.sessions,
            done.files,
            done.bytes,
            done.files - done.copied
        );
    }
    Ok(())
}
