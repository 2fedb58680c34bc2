//! The lake's tables, read by engines that are not ours: a virtual environment of Python for them, kept outside of the
//! checkout and made again when `e2e/open-tables/requirements.txt` changes.

use crate::build::{self, Profile};
use crate::shell::{output, program, read, run};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::PathBuf;

const REQUIREMENTS: &str = "e2e/open-tables/requirements.txt";

/// Builds what is missing and runs the check.
///
/// # Errors
/// Where Python is missing, a package cannot be had, or the engines disagree.
pub fn check() -> Result<(), String> {
    let footpath = build::everything(Profile::Dev)?;
    let python = environment()?;
    let mut check = program(&python, &["e2e/open-tables/check.py"]);
    check.env("FOOTPATH_BIN", footpath);
    run(check)
}

/// The environment's interpreter.
fn environment() -> Result<PathBuf, String> {
    let mut hasher = DefaultHasher::new();
    read(REQUIREMENTS)?.hash(&mut hasher);
    let cache = match std::env::var_os("XDG_CACHE_HOME") {
        Some(cache) => PathBuf::from(cache),
        None => PathBuf::from(std::env::var_os("HOME").ok_or("HOME is not set")?).join(".cache"),
    };
    let directory = cache.join("footpath").join(format!("python-{:016x}", hasher.finish()));
    let python = directory.join("bin/python");
    let complete = directory.join("complete");
    if !complete.exists() {
        let place = directory.display().to_string();
        run(program("python3", &["-m", "venv", "--clear", &place]))?;
        output(program(
            &python,
            &["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", REQUIREMENTS],
        ))?;
        std::fs::write(&complete, "").map_err(|error| format!("{}: {error}", complete.display()))?;
    }
    Ok(python)
}
