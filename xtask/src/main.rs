//! The project's own commands, run as `cargo xtask <command>`.
//!
//! Everything that must be built, generated or checked together is said once, here, so that a person, CI and the
//! README mean the same thing. It has no dependency: a fresh clone gets its first answer within seconds.
//!
//! Limit: Linux and macOS; elsewhere the commands below run by hand.

mod assets;
mod bench;
mod browser;
mod build;
mod changed;
mod ci;
mod command;
mod demo;
mod fuzz;
mod layers;
mod licences;
mod open_tables;
mod schemas;
mod shell;
mod tally;
mod tidy;
mod tools;

use command::Command;
use std::process::ExitCode;

fn main() -> ExitCode {
    let outcome = Command::parse(std::env::args().skip(1)).and_then(|command| match command {
        Command::Build(profile) => build::everything(profile).map(drop),
        Command::Demo(args) => demo::run(&args),
        Command::Ci => ci::run(),
        Command::Schemas(mode) => schemas::run(mode),
        Command::Tidy => tidy::run(),
        Command::Bench(args) => bench::run(&args),
        Command::Fuzz(plan) => fuzz::run(&plan),
        Command::Help => {
            println!("{}", command::HELP);
            Ok(())
        }
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // CI has said it already, above its closing lines.
            if !failure.is_empty() {
                eprintln!("\nerror: {failure}");
            }
            ExitCode::FAILURE
        }
    }
}
