//! The workloads of `bench/`, against a server built as operators run it.

use crate::build::{self, Profile};
use crate::shell::{program, run as run_command};

/// Builds for speed, then runs the workloads; `footpath-bench` knows the arguments.
///
/// # Errors
/// A build failed, or the workloads did.
pub fn run(args: &[String]) -> Result<(), String> {
    let footpath = build::everything(Profile::Release)?;
    let bench = build::binary("footpath-bench", Profile::Release)?;
    let mut bench = program(&bench.display().to_string(), &[]);
    bench.args(args).env("FOOTPATH_BIN", footpath);
    run_command(bench)
}
