//! The `footpath` binary: parse, then one line for each command.

use footpath_server::cli::{self, Command};
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let done = match cli::parse() {
        Command::Serve(config) => cli::serve(&config),
        Command::Demo(demo) => cli::demo(&demo),
        Command::Site(site) => cli::site(&site),
        Command::Search(asked) => cli::search(&asked),
        Command::Session(asked) => cli::session(&asked),
        Command::Report(asked) => cli::report_of(&asked),
        Command::Import(import) => cli::import(&import),
        Command::SourceMaps(upload) => cli::source_maps(&upload),
        Command::Generate(generate) => cli::generate(&generate),
        Command::Export(export) => cli::export(&export),
        Command::Doctor(doctor) => cli::doctor(&doctor),
        Command::Backup(backup) => cli::backup(&backup),
        Command::Openapi => cli::openapi(),
        Command::ConfigDoc => cli::config_doc(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => cli::report(&*error),
    }
}
