//! What need not be done again: a step leaves a stamp of what it was made from, and is left out while that holds.
//!
//! Stamps lie in `node_modules`, because what they vouch for is gone or stale when that folder is. They hold a hash
//! of names and contents, never times: a checkout touches every file. The hash is SipHash with fixed keys: it guards
//! against forgetting, not against malice.

use crate::shell::{read, root, write_changed};
use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

/// A stamp as it should be now.
pub struct Stamp {
    path: PathBuf,
    content: String,
}

impl Stamp {
    /// Of these files and folders below the root; what does not exist counts as empty.
    pub fn of(name: &str, sources: &[&str]) -> Result<Self, String> {
        let mut files = BTreeMap::new();
        for source in sources {
            gather(Path::new(source), &mut files)?;
        }
        let mut hasher = DefaultHasher::new();
        for (path, content) in &files {
            (path, content).hash(&mut hasher);
        }
        let path = Path::new("node_modules/.footpath").join(name);
        Ok(Self { path, content: format!("{} files, {:016x}\n", files.len(), hasher.finish()) })
    }

    /// Whether the step was done from just this.
    pub fn holds(&self) -> bool {
        read(&self.path).is_ok_and(|found| found == self.content.as_bytes())
    }

    /// The step is done.
    pub fn set(&self) -> Result<(), String> {
        write_changed(&self.path, self.content.as_bytes()).map(drop)
    }
}

/// Folders that are made, not written.
const MADE: &[&str] = &["node_modules", "dist", "test-results", "coverage"];

fn gather(path: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) -> Result<(), String> {
    let full = root().join(path);
    if full.is_file() {
        // A test changes nothing that is built.
        if !path.to_string_lossy().contains(".test.") {
            files.insert(path.to_owned(), read(path)?);
        }
    } else if full.is_dir() {
        for name in names_in(&full)? {
            if !MADE.contains(&name.as_str()) && !name.starts_with('.') {
                gather(&path.join(name), files)?;
            }
        }
    }
    Ok(())
}

/// Names of what is in a folder, sorted.
pub fn names_in(folder: &Path) -> Result<Vec<String>, String> {
    let list = || -> std::io::Result<Vec<String>> {
        let entries = std::fs::read_dir(folder)?.collect::<std::io::Result<Vec<_>>>()?;
        Ok(entries.iter().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect())
    };
    let mut names = list().map_err(|error| format!("could not list {}: {error}", folder.display()))?;
    names.sort();
    Ok(names)
}
