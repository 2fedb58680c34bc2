//! The browser that the browser tests drive: the system's own Chromium.
//!
//! Not one that a test runner downloads: it would need hosts besides the package registries, and Debian keeps its
//! own up to date.

use crate::shell::{answers, program, run, say};
use std::path::{Path, PathBuf};

/// Where Debian's package puts it; `FOOTPATH_CHROMIUM` names another.
const DEBIAN: &str = "/usr/bin/chromium";
/// The variable that names another, here and for the tests.
pub const VARIABLE: &str = "FOOTPATH_CHROMIUM";

/// Finds Chromium, or installs it where that is possible without asking: on Debian, as root.
///
/// # Errors
/// It is not there; says how to get it.
pub fn find() -> Result<PathBuf, String> {
    if let Some(named) = std::env::var_os(VARIABLE) {
        let named = PathBuf::from(named);
        return match named.is_file() {
            true => Ok(named),
            false => Err(format!("{VARIABLE} names {}, which is not there", named.display())),
        };
    }
    let path = Path::new(DEBIAN);
    if !path.is_file() && answers("apt-get", &["--version"]) && is_root() {
        say("apt-get install chromium (the browser tests drive it)");
        run(program("apt-get", &["update", "-qq"]))?;
        let mut install =
            program("apt-get", &["install", "-y", "-qq", "--no-install-recommends", "chromium"]);
        install.env("DEBIAN_FRONTEND", "noninteractive");
        run(install)?;
    }
    match path.is_file() {
        true => Ok(path.to_owned()),
        false => Err(format!(
            "the browser tests need Chromium: apt-get install chromium (Debian), or set {VARIABLE} to the path of one"
        )),
    }
}

fn is_root() -> bool {
    crate::shell::output(program("id", &["-u"])).is_ok_and(|id| id.trim() == "0")
}
