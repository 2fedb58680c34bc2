//! The workloads of Footpath, run against the binary that operators run, beside peers in the same run.
//!
//! Each workload starts its own server on an empty data directory, measures, and checks afterwards that what the server
//! says it took is what the client was told it took: a number that does not add up is no number. What is unfair about
//! each is in `bench/README.md`. Linux only, since what a process costs is read from `/proc`.

mod account;
mod backlog;
mod client;
mod dice;
mod engines;
mod history;
mod http;
mod kernel;
mod latency;
mod limit;
mod machine;
mod peers;
mod process;
mod results;
mod site;
mod traffic;
mod workload;

use clap::{Parser, Subcommand};
use results::Results;
use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;
use workload::{Setting, Workload};

/// As in the server: the kernel's memory and time are to be the server's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Result<T, E = Box<dyn Error + Send + Sync>> = std::result::Result<T, E>;

/// Measures Footpath and writes bench/runs/DATE-MACHINE/results.json.
#[derive(Parser)]
#[command(name = "footpath-bench", args_conflicts_with_subcommands = true)]
struct Cli {
    /// Workloads to run; where none is named, all but replay, sustained, msnbc and big.
    #[arg(value_enum)]
    names: Vec<Workload>,

    /// Directory that results.json is written to; rows of workloads that are not run now stay as they are.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,

    /// Seconds measured of each load; 12 where it is left out, and 600 of `sustained`.
    #[arg(long)]
    seconds: Option<u64>,

    /// Events of the quarter that `big` is about.
    #[arg(long, default_value_t = workload::big::EVENTS)]
    events: u64,

    /// Directory in which that quarter is made, and stays for the next run.
    #[arg(long, value_name = "DIR")]
    site: Option<PathBuf>,

    /// Directory of msnbc990928.zip and oracle.json.
    #[arg(long, env = "FOOTPATH_BENCH_MSNBC", value_name = "DIR")]
    msnbc: Option<PathBuf>,

    /// Seconds of load before measuring.
    #[arg(long, default_value = "3")]
    warm_up: u64,

    /// Directory for the servers' data, on the disk that is to be measured; beside this program where it is left out.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,

    /// The server's binary; `footpath` beside this program where it is left out.
    #[arg(long, env = "FOOTPATH_BIN", value_name = "FILE")]
    footpath: Option<PathBuf>,

    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Run the bare server that only reads bodies, as the limit of what HTTP allows here.
    #[command(hide = true)]
    Limit,
    /// Answer questions about a data directory from standard input.
    #[command(hide = true)]
    Kernel { data_dir: PathBuf },
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let done = match &cli.command {
        Some(Command::Limit) => limit::serve(),
        Some(Command::Kernel { data_dir }) => kernel::serve(data_dir),
        None => bench(&cli),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn bench(cli: &Cli) -> Result<()> {
    let program = std::env::current_exe()?;
    let beside = program.parent().ok_or("this program lies in no directory")?;
    let footpath = cli.footpath.clone().unwrap_or_else(|| beside.join("footpath"));
    if !footpath.is_file() {
        let path = footpath.display();
        return Err(
            format!("{path} is missing: build it with cargo build --release -p footpath-server").into()
        );
    }
    let data = cli.data.clone().unwrap_or_else(|| beside.to_owned());
    let setting = Setting {
        footpath,
        program: program.clone(),
        data,
        warm_up: Duration::from_secs(cli.warm_up),
        measured: Duration::from_secs(cli.seconds.unwrap_or(12).max(1)),
        sustained: Duration::from_secs(cli.seconds.unwrap_or(600).max(1)),
        msnbc: cli.msnbc.clone(),
        site: cli.site.clone(),
        events: cli.events,
    };

    let machine = machine::describe(&setting.data)?;
    let out = cli.out.clone().unwrap_or_else(|| results::directory(&machine));
    let mut results = Results::open(&out, machine, process::version(&setting.footpath)?)?;
    let names = if cli.names.is_empty() { Workload::SHORT.to_vec() } else { cli.names.clone() };
    for workload in names {
        eprintln!("{}: {}", workload.name(), workload.says());
        let measured = workload.run(&setting)?;
        measured.rows.iter().for_each(|row| eprintln!("  {row}"));
        results.put(workload.name(), measured);
        // After each, so that one that fails does not take the others with it.
        results.write()?;
    }
    eprintln!("written to {}", results.path().display());
    Ok(())
}
