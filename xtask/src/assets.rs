//! What the server carries besides its own code, gathered under `crates/server/assets/generated/`.
//!
//! Data about the world (user agents, countries, crawlers) comes from npm packages, which are versioned, hashed in
//! the lock file and renewed by one command. The folder is git-ignored: it is made from what is in the lock file and
//! in this repository. Files that have not changed are left alone, so that cargo does not compile the server again.

use crate::changed::names_in;
use crate::shell::{read, root, say, write_changed};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

const TARGET: &str = "crates/server/assets/generated";

/// Data files: where each comes from, and its name in the server.
const DATA: &[(&str, &str)] = &[
    ("node_modules/uap-core/regexes.yaml", "regexes.yaml"),
    ("node_modules/@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb", "country.mmdb"),
    ("node_modules/crawler-user-agents/crawler-user-agents.json", "crawlers.json"),
];

/// Copies the data files, and makes the folders for what is built, so that the server compiles without it.
pub fn copy_data() -> Result<(), String> {
    for (source, name) in DATA {
        let content = read(source).map_err(|error| format!("{error}: run `npm ci` again"))?;
        copy(Path::new(name), &content)?;
    }
    for folder in ["sdk", "dashboard"] {
        let folder = root().join(TARGET).join(folder);
        std::fs::create_dir_all(&folder)
            .map_err(|error| format!("could not make {}: {error}", folder.display()))?;
    }
    Ok(())
}

/// Copies the SDK's script and the dashboard as they were built.
pub fn copy_built() -> Result<(), String> {
    mirror(&scripts(Path::new("sdk/dist"))?, Path::new("sdk"))?;
    mirror(&files_below(Path::new("dashboard/dist"))?, Path::new("dashboard"))
}

/// A file to be carried: where it is, and its path below the target folder's own.
type Carried = (PathBuf, PathBuf);

/// The script that pages load, with its source map and lazily loaded parts; not the npm package beside it.
fn scripts(dist: &Path) -> Result<Vec<Carried>, String> {
    let scripts: Vec<Carried> = names_in(&root().join(dist))?
        .into_iter()
        .filter(|name| name.starts_with("footpath") && (name.ends_with(".js") || name.ends_with(".js.map")))
        .map(|name| (dist.join(&name), PathBuf::from(name)))
        .collect();
    match scripts.iter().any(|(_, name)| name == Path::new("footpath.js")) {
        true => Ok(scripts),
        false => Err(format!("{} has no footpath.js: `npm run build -w sdk` should make it", dist.display())),
    }
}

fn files_below(folder: &Path) -> Result<Vec<Carried>, String> {
    fn walk(folder: &Path, below: &Path, files: &mut Vec<Carried>) -> Result<(), String> {
        for name in names_in(&root().join(folder).join(below))? {
            let below = below.join(name);
            match root().join(folder).join(&below).is_dir() {
                true => walk(folder, &below, files)?,
                false => files.push((folder.join(&below), below)),
            }
        }
        Ok(())
    }
    let mut files = Vec::new();
    walk(folder, Path::new(""), &mut files)?;
    Ok(files)
}

/// Makes a folder hold these files and no others.
fn mirror(files: &[Carried], folder: &Path) -> Result<(), String> {
    for (source, name) in files {
        copy(&folder.join(name), &read(source)?)?;
    }
    let wanted: BTreeSet<&PathBuf> = files.iter().map(|(_, name)| name).collect();
    for (stale, name) in files_below(&Path::new(TARGET).join(folder))? {
        if !wanted.contains(&name) {
            std::fs::remove_file(root().join(&stale))
                .map_err(|error| format!("could not remove {}: {error}", stale.display()))?;
        }
    }
    Ok(())
}

fn copy(name: &Path, content: &[u8]) -> Result<(), String> {
    if write_changed(Path::new(TARGET).join(name), content)? {
        say(&format!("{TARGET}/{}", name.display()));
    }
    Ok(())
}
