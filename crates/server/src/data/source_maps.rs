//! `footpath source-maps`: uploads the source maps of a build, so that stacks of its errors are told as the code was written.
//!
//! A map is found beside its file, under the file's name and `.map`; nothing that a file or a map names is opened.

use super::DataError;
use crate::ask::Server;
use clap::Args;
use hyper::Method;
use std::path::{Path, PathBuf};

/// Which maps, and of what.
#[derive(Args, Clone, Debug)]
pub struct UploadSourceMaps {
    /// Directory of the build: each `x.js` in it, at any depth, with an `x.js.map` beside it.
    dir: PathBuf,

    /// Where the directory's files are on the site.
    #[arg(long, default_value = "/", value_name = "PATH")]
    at: String,

    /// The release that the SDK is told. Leave it out where names of files have a hash.
    #[arg(long)]
    release: Option<String>,

    /// Id of the site; the only one where it is left out.
    #[arg(long)]
    site: Option<String>,

    #[command(flatten)]
    server: Server,
}

/// Uploads the maps.
///
/// # Errors
/// Where there are none, one cannot be read, or the server does not take it; those before it are kept.
pub async fn run(asked: &UploadSourceMaps) -> Result<(), DataError> {
    let mut maps = Vec::new();
    find(&asked.dir, &mut maps)
        .map_err(|error| DataError::because(format!("{} cannot be read", asked.dir.display()), error))?;
    if maps.is_empty() {
        let told = format!(
            "{}: there is no file with its map beside it, such as app.js and app.js.map",
            asked.dir.display()
        );
        return Err(DataError::new(told));
    }
    maps.sort();
    let site = asked.server.site(asked.site.as_deref()).await?;
    for map in &maps {
        let file = on_site(map, &asked.dir, &asked.at);
        let body = std::fs::read(map)
            .map_err(|error| DataError::because(format!("{} cannot be read", map.display()), error))?;
        let params = [("file", Some(file.as_str())), ("release", asked.release.as_deref())];
        asked.server.send(Method::PUT, &format!("/sites/{site}/source-maps"), &params, body).await?;
        println!("{file}");
    }
    println!("{} source maps are in place", maps.len());
    Ok(())
}

/// Maps whose files are beside them.
fn find(dir: &Path, maps: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(dir)? {
        let entry = entry?;
        let (path, kind) = (entry.path(), entry.file_type()?);
        if kind.is_dir() {
            find(&path, maps)?;
        } else if path.extension().is_some_and(|extension| extension == "map")
            && path.with_extension("").is_file()
        {
            maps.push(path);
        }
    }
    Ok(())
}

/// Where the file of a map is on the site.
fn on_site(map: &Path, dir: &Path, at: &str) -> String {
    let file = map.with_extension("");
    let below = file.strip_prefix(dir).unwrap_or(&file);
    let parts = below.components().map(|part| part.as_os_str().to_string_lossy().into_owned());
    let folder = at.trim_matches('/');
    let folder = if folder.is_empty() { String::new() } else { format!("/{folder}") };
    format!("{folder}/{}", parts.collect::<Vec<_>>().join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_where_the_directory_is_on_the_site() {
        let at = |at| on_site(Path::new("dist/assets/app.js.map"), Path::new("dist"), at);
        assert_eq!(at("/"), "/assets/app.js");
        assert_eq!(at("/static/"), "/static/assets/app.js");
    }
}
