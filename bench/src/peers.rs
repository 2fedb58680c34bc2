//! What is measured in JavaScript: `bench/peers`, with the SDKs of others in the versions of its lock file.

use crate::Result;
use serde::de::DeserializeOwned;
use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::SystemTime;

/// Runs a script and reads the JSON that it prints; what it says besides goes to the terminal.
pub(crate) fn run<T: DeserializeOwned>(script: &str, args: &[&OsStr]) -> Result<T> {
    let peers = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers");
    install(&peers)?;
    let output =
        Command::new("node").arg(script).args(args).current_dir(&peers).stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        return Err(format!("bench/peers/{script} failed, see above").into());
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// Installs what the lock file says, unless that was done since it was changed.
fn install(peers: &Path) -> Result<()> {
    let changed = |path: &str| -> std::io::Result<SystemTime> { peers.join(path).metadata()?.modified() };
    if changed("node_modules/.package-lock.json")
        .is_ok_and(|at| changed("package-lock.json").is_ok_and(|lock| lock <= at))
    {
        return Ok(());
    }
    let installed = Command::new("npm").args(["ci", "--loglevel=error"]).current_dir(peers).status()?;
    if installed.success() { Ok(()) } else { Err("npm ci in bench/peers failed".into()) }
}
