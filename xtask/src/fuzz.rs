//! Random input for the decoders, through cargo-fuzz.
//!
//! Without a sanitizer, because our code forbids `unsafe` and so has nothing for one to find; this way it runs on
//! the pinned stable toolchain. What is looked for is panics, endless loops and broken promises.

use crate::changed::names_in;
use crate::shell::{answers, cargo, root, run as run_command, say};

/// What to run, for how long.
#[derive(PartialEq, Debug)]
pub struct Plan {
    /// One target of `fuzz/fuzz_targets/`, or all.
    pub target: Option<String>,
    /// Seconds for each target.
    pub seconds: u32,
}

const DEFAULT_SECONDS: u32 = 60;

impl Plan {
    /// Reads `[target] [--seconds N]`.
    pub fn parse(args: &[String]) -> Result<Self, String> {
        let mut plan = Self { target: None, seconds: DEFAULT_SECONDS };
        let mut args = args.iter();
        while let Some(arg) = args.next() {
            if arg == "--seconds" {
                let seconds =
                    args.next().and_then(|seconds| seconds.parse().ok()).filter(|&seconds| seconds > 0);
                plan.seconds = seconds.ok_or("--seconds needs a whole number of at least 1")?;
            } else if plan.target.is_none() && !arg.starts_with('-') {
                plan.target = Some(arg.clone());
            } else {
                return Err(format!(
                    "`cargo xtask fuzz` does not know `{arg}`: it takes [target] [--seconds N]"
                ));
            }
        }
        Ok(plan)
    }
}

/// Runs the target, or each one in turn; stops at the first input that breaks one.
///
/// # Errors
/// There is no such target, cargo-fuzz could not be installed, or an input broke a target.
pub fn run(plan: &Plan) -> Result<(), String> {
    let targets = targets()?;
    let chosen: Vec<&String> =
        targets.iter().filter(|target| plan.target.as_ref().is_none_or(|wanted| wanted == *target)).collect();
    if chosen.is_empty() {
        let wanted = plan.target.as_deref().unwrap_or("any");
        return Err(format!("there is no fuzz target `{wanted}`, but: {}", targets.join(", ")));
    }
    if !answers("cargo", &["fuzz", "--version"]) {
        say(
            "cargo install cargo-fuzz --locked (it is not there yet; needs a C++ compiler, takes some minutes)",
        );
        run_command(cargo(&["install", "cargo-fuzz", "--locked"]))?;
    }
    for target in chosen {
        say(&format!("fuzzing {target} for {} s", plan.seconds));
        let time = format!("-max_total_time={}", plan.seconds);
        run_command(cargo(&["fuzz", "run", "--sanitizer", "none", target, "--", &time]))?;
    }
    Ok(())
}

fn targets() -> Result<Vec<String>, String> {
    let names = names_in(&root().join("fuzz/fuzz_targets"))?;
    Ok(names.iter().filter_map(|name| name.strip_suffix(".rs")).map(str::to_owned).collect())
}
