//! Everything that must pass before a change lands, cheapest first; the first failure ends it.
//!
//! The last line is `N passed, M failed` for whoever reads only that: tests as their runners count them, and a step
//! that failed without a test having failed counts as one.

use crate::build::{self, Profile};
use crate::shell::{cargo, program, run as run_command, run_seeing};
use crate::tally::Tally;
use crate::{browser, layers, licences, open_tables, schemas, tidy};
use std::process::Command;
use std::time::{Duration, Instant};

type Step = (&'static str, fn(&mut Tally) -> Result<(), String>);

const STEPS: &[Step] = &[
    ("format", |_| run_command(cargo(&["fmt", "--all", "--check"]))),
    ("dependency direction", |_| layers::check()),
    ("licences", |_| licences::check()),
    ("tidy", |_| tidy::run()),
    ("build", |_| build::everything(Profile::Dev).map(drop)),
    ("clippy", |_| {
        run_command(cargo(&["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"]))
    }),
    ("rust tests", |tally| counted(tally, cargo(&["test", "--workspace", "--locked", "--no-fail-fast"]))),
    ("schemas", |_| schemas::run(schemas::Mode::Check)),
    ("lint", |_| run_command(npm("lint", &["sdk", "dashboard", "e2e"]))),
    ("types", |_| run_command(npm("typecheck", &["sdk", "dashboard", "e2e"]))),
    ("sdk and dashboard tests", |tally| counted(tally, npm("test", &["sdk", "dashboard"]))),
    ("browser tests", browser_tests),
    ("open tables", |_| open_tables::check()),
];

/// Runs every step.
///
/// # Errors
/// Always the empty text: what failed has been said above the closing lines.
pub fn run() -> Result<(), String> {
    let mut tally = Tally::default();
    let mut durations = Vec::new();
    let mut failure = None;
    for (index, (name, step)) in STEPS.iter().enumerate() {
        println!("\n── {}/{} {name}", index + 1, STEPS.len());
        let start = Instant::now();
        let outcome = step(&mut tally);
        durations.push((*name, start.elapsed()));
        if let Err(reason) = outcome {
            failure = Some((*name, reason));
            break;
        }
    }
    println!("\n{}", table(&durations));
    if let Some((name, reason)) = &failure {
        println!("\n{name} failed: {reason}");
        tally.failed = tally.failed.max(1);
    }
    println!("\n{tally}");
    match failure {
        None => Ok(()),
        Some(_) => Err(String::new()),
    }
}

fn npm(script: &str, workspaces: &[&str]) -> Command {
    let mut command = program("npm", &["run", script, "--silent"]);
    command.args(workspaces.iter().flat_map(|workspace| ["-w", workspace]));
    command
}

fn counted(tally: &mut Tally, runner: Command) -> Result<(), String> {
    let mut seen = Tally::default();
    let outcome = run_seeing(runner, |line| seen.see(line));
    *tally += seen;
    match (outcome, seen) {
        (Ok(()), Tally { failed: 1.., .. }) => Err(format!("it ended well, but said {seen}")),
        (Ok(()), Tally { passed: 0, .. }) => Err("it ran no test".to_owned()),
        (outcome, _) => outcome,
    }
}

fn browser_tests(tally: &mut Tally) -> Result<(), String> {
    let chromium = browser::find()?;
    let footpath = build::everything(Profile::Dev)?;
    let mut tests = npm("test", &["e2e"]);
    tests.env(browser::VARIABLE, chromium).env("FOOTPATH_BIN", footpath);
    counted(tally, tests)
}

fn table(durations: &[(&str, Duration)]) -> String {
    let total: Duration = durations.iter().map(|(_, duration)| *duration).sum();
    let rows = durations.iter().copied().chain([("all", total)]);
    rows.map(|(name, duration)| format!("  {name:<24} {:>7.1} s", duration.as_secs_f64()))
        .collect::<Vec<_>>()
        .join("\n")
}
