//! Building everything: SDK and dashboard first, since the server carries them.

use crate::changed::Stamp;
use crate::shell::{cargo, output, program, root, run, say};
use crate::{assets, tools};
use std::path::PathBuf;

/// How the server is compiled.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Profile {
    /// For tests and the demo.
    Dev,
    /// For operators and measurements.
    Release,
}

/// Builds what has changed; gives the path of the `footpath` binary.
///
/// # Errors
/// A tool is missing, or a build failed.
pub fn everything(profile: Profile) -> Result<PathBuf, String> {
    tools::check()?;
    packages()?;
    workspace("sdk")?;
    workspace("dashboard")?;
    assets::copy_data()?;
    assets::copy_built()?;
    server(profile)
}

/// Installs the npm packages as the lock file says, if it has changed since.
///
/// # Errors
/// The registry was not reached, or the lock file does not fit the packages' own files.
pub fn packages() -> Result<(), String> {
    let stamp = Stamp::of("packages", &["package-lock.json"])?;
    if stamp.holds() {
        return Ok(());
    }
    if !is_newer("node_modules/.package-lock.json", "package-lock.json") {
        say("npm ci");
        run(program("npm", &["ci", "--loglevel=error"]))?;
    }
    stamp.set()
}

/// Whether one file was written after another. npm writes its record of what is installed after the lock file, so
/// that whoever has just run `npm install` is not made to wait for the same again.
fn is_newer(file: &str, than: &str) -> bool {
    let written = |path: &str| std::fs::metadata(root().join(path)).and_then(|metadata| metadata.modified());
    matches!((written(file), written(than)), (Ok(file), Ok(than)) if file > than)
}

/// Builds an npm workspace into its `dist`, if its sources or its packages have changed since.
fn workspace(name: &str) -> Result<(), String> {
    let stamp = Stamp::of(name, &[name, "package.json", "package-lock.json"])?;
    if stamp.holds() && root().join(name).join("dist").is_dir() {
        return Ok(());
    }
    say(&format!("npm run build -w {name}"));
    run(program("npm", &["run", "build", "--silent", "-w", name]))?;
    stamp.set()
}

/// Compiles the server with whatever assets are there; gives the path of the `footpath` binary.
pub fn server(profile: Profile) -> Result<PathBuf, String> {
    binary("footpath", profile)
}

/// Compiles a binary of the workspace; gives its path.
pub fn binary(name: &str, profile: Profile) -> Result<PathBuf, String> {
    say(&format!("cargo build --bin {name}"));
    // Of the whole workspace, as the tests are: dependencies with the same features are compiled once for all.
    let mut args = vec!["build", "--workspace", "--bin", name];
    // Cargo says where it puts things only to those who read its messages.
    args.push("--message-format=json-render-diagnostics");
    match profile {
        Profile::Dev => {}
        Profile::Release => args.push("--release"),
    }
    let messages = output(cargo(&args))?;
    messages
        .lines()
        .find_map(executable)
        .map(PathBuf::from)
        .ok_or_else(|| format!("cargo built {name} without saying where it is"))
}

/// The path in cargo's message about a binary: `…"executable":"/target/debug/footpath"…`; `null` for a library.
fn executable(message: &str) -> Option<String> {
    let (_, rest) = message.split_once(r#""executable":""#)?;
    let (path, _) = rest.split_once('"')?;
    Some(path.replace(r"\\", r"\"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargo_tells_where_the_binary_is() {
        let library =
            r#"{"reason":"compiler-artifact","target":{"name":"x"},"executable":null,"fresh":true}"#;
        assert_eq!(executable(library), None);
        let binary = r#"{"reason":"compiler-artifact","executable":"/target/debug/footpath","fresh":true}"#;
        assert_eq!(executable(binary), Some("/target/debug/footpath".to_owned()));
    }
}
