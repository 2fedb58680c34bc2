//! The demo: built, then run in this process's place, so that Ctrl-C and its exit status are the server's own.

use crate::build::{self, Profile};
use crate::shell::{root, say};
use std::process::Command;

/// Runs the demo at the root of the repository, where it keeps its data in `footpath-data/`.
///
/// # Errors
/// The build failed, or the server could not be started.
pub fn run(args: &[String]) -> Result<(), String> {
    let footpath = build::everything(Profile::Dev)?;
    say("footpath demo");
    let mut demo = Command::new(&footpath);
    demo.arg("demo").args(args).current_dir(root());
    replace_this_process(demo).map_err(|error| format!("could not start {}: {error}", footpath.display()))
}

#[cfg(unix)]
fn replace_this_process(mut command: Command) -> std::io::Result<()> {
    use std::os::unix::process::CommandExt;
    // Comes back only where it failed.
    Err(command.exec())
}

#[cfg(not(unix))]
fn replace_this_process(mut command: Command) -> std::io::Result<()> {
    let status = command.status()?;
    std::process::exit(status.code().unwrap_or(1))
}
