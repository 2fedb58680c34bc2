//! The workloads of `bench/`, against a server built as operators run it.

use crate::build::{self, Profile};
use crate::shell::{cargo, run as run_command, say};

/// Builds for speed, then runs the workloads; `footpath-bench` knows the arguments.
///
/// # Errors
/// A build failed, or the workloads did.
pub fn run(args: &[String]) -> Result<(), String> {
    let footpath = build::everything(Profile::Release)?;
    say("footpath-bench");
    let mut bench = cargo(&["run", "--release", "--quiet", "--package", "footpath-bench", "--"]);
    bench.args(args).env("FOOTPATH_BIN", footpath);
    run_command(bench)
}
