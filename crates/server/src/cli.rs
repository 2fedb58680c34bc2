//! The command line: what can be asked, and how each command is run.

use crate::ask::report::{self, ShowReport};
use crate::ask::search::{self, SearchSessions};
use crate::ask::session::{self, ShowSession};
use crate::config::{self, Config, LogFormat, MemoryLimit};
use crate::data::backup::{self, Backup};
use crate::data::doctor::{self, Doctor};
use crate::data::export::{self, Export};
use crate::data::generate::{self, Generate};
use crate::data::import::{self, Import};
use crate::data::source_maps::{self, UploadSourceMaps};
use crate::{api, serve};
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};
use footpath_model::id::SiteId;
use footpath_model::site::SessionRules;
use footpath_model::time::MINUTE;
use footpath_store::{NewSite, Store};
use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

type Done = Result<(), Box<dyn Error>>;

/// Session tracking for the web: sessions, timelines and journeys, on your own machine.
#[derive(Parser, Debug)]
#[command(name = "footpath", version, max_term_width = 100)]
struct Cli {
    /// TOML file with settings; flags and the environment win over it.
    #[arg(long, global = true, env = "FOOTPATH_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,

    #[command(subcommand)]
    command: Command,
}

/// What can be asked.
#[derive(Subcommand, Debug)]
pub enum Command {
    /// Run the server.
    Serve(Config),
    /// Run the server with a demo shop and simulated visitors.
    Demo(Demo),
    /// List the sites, or add one.
    Site(Site),
    /// Find sessions on a running server.
    Search(SearchSessions),
    /// Show a session with its timeline.
    Session(ShowSession),
    /// Show a report, of a running server.
    Report(ShowReport),
    /// Bring in history from a file, through a running server.
    Import(Import),
    /// Upload the source maps of a build to a running server.
    SourceMaps(UploadSourceMaps),
    /// Write a simulated workload that can be imported.
    Generate(Generate),
    /// Write a site's sessions or events to a file.
    Export(Export),
    /// Look through a stopped data directory for damage.
    Doctor(Doctor),
    /// Make a consistent copy of a data directory, in use or not.
    Backup(Backup),
    /// Print the OpenAPI document.
    #[command(hide = true)]
    Openapi,
    /// Print docs/configuration.md.
    #[command(hide = true)]
    ConfigDoc,
}

/// What the demo is made of.
#[derive(Args, Debug)]
pub struct Demo {
    /// The same seed makes the same visitors.
    #[arg(long, default_value = "1")]
    pub seed: u64,

    /// Days of simulated traffic up to now.
    #[arg(long, default_value = "21", value_parser = clap::value_parser!(u32).range(1..=365))]
    pub days: u32,

    /// Do not send new visitors while the server runs.
    #[arg(long)]
    pub no_trickle: bool,

    #[command(flatten)]
    pub(crate) config: Config,
}

/// What to do with sites.
#[derive(Args, Debug)]
pub struct Site {
    #[command(subcommand)]
    command: SiteCommand,
}

#[derive(Subcommand, Debug)]
enum SiteCommand {
    /// List the sites with their keys.
    List(DataDir),
    /// Add a site.
    Add(AddSite),
}

#[derive(Args, Debug)]
struct DataDir {
    /// The server's data directory.
    #[arg(long, env = "FOOTPATH_DATA_DIR", default_value = "./footpath-data")]
    data_dir: PathBuf,
}

#[derive(Args, Debug)]
struct AddSite {
    /// Short name for addresses: a-z, 0-9 and -.
    id: String,
    /// Name shown to people; the id where it is left out.
    #[arg(long)]
    name: Option<String>,
    /// IANA time zone in which the site's days begin and end; this machine's where it is left out.
    #[arg(long)]
    time_zone: Option<String>,
    /// Path below which the site lives, left out of the paths shown.
    #[arg(long, default_value = "")]
    base_path: String,
    /// Minutes without activity that end a session.
    #[arg(long, default_value = "30")]
    timeout_minutes: i64,
    #[command(flatten)]
    data_dir: DataDir,
}

/// Reads the command line; leaves the process with help or a message where it is wrong.
pub fn parse() -> Command {
    let mut command = Cli::command();
    // The file gives defaults to the settings, so it must be known before the rest is parsed.
    if let Some(path) = config_path() {
        command = match config::with_file(command, &path) {
            Ok(command) => command,
            Err(error) => {
                report(&error);
                std::process::exit(2);
            }
        };
    }
    let matches = command.get_matches();
    match Cli::from_arg_matches(&matches) {
        Ok(cli) => cli.command,
        Err(error) => error.exit(),
    }
}

fn config_path() -> Option<PathBuf> {
    let args: Vec<String> = std::env::args().collect();
    let from_flag = args.iter().enumerate().find_map(|(index, arg)| match arg.strip_prefix("--config") {
        Some("") => args.get(index + 1).cloned(),
        Some(value) => value.strip_prefix('=').map(str::to_owned),
        None => None,
    });
    from_flag.map(PathBuf::from).or_else(|| std::env::var_os("FOOTPATH_CONFIG").map(PathBuf::from))
}

/// Tells of an error with its causes, on standard error.
pub fn report(error: &dyn Error) -> ExitCode {
    let mut text = format!("error: {error}");
    let mut cause = error.source();
    while let Some(source) = cause {
        text += &format!("\n  because: {source}");
        cause = source.source();
    }
    eprintln!("{text}");
    ExitCode::FAILURE
}

/// Runs the server until it is told to stop.
///
/// # Errors
/// Where it cannot start.
pub fn serve(config: &Config) -> Done {
    start_log(config)?;
    runtime()?.block_on(serve::run(config, None))
}

/// Runs the server with the demo until it is told to stop.
///
/// # Errors
/// Where it cannot start.
pub fn demo(demo: &Demo) -> Done {
    start_log(&demo.config)?;
    runtime()?.block_on(serve::run(&demo.config, Some(demo)))
}

/// Lists or adds sites in a data directory that no server uses.
///
/// # Errors
/// Where the data directory cannot be used, or the new site is not valid.
pub fn site(site: &Site) -> Done {
    let data_dir = match &site.command {
        SiteCommand::List(data_dir) => &data_dir.data_dir,
        SiteCommand::Add(add) => &add.data_dir.data_dir,
    };
    runtime()?.block_on(async {
        let (store, _) = Store::open(data_dir, serve::store_options(MemoryLimit::default())).await?;
        if let SiteCommand::Add(add) = &site.command {
            store.metadata().create_site(new_site(add)?).await?;
        }
        for site in store.metadata().sites().iter() {
            println!("{}\t{}\tkey {}\tbackfill key {}", site.id, site.name, site.key, site.backfill_key);
        }
        Ok(())
    })
}

fn new_site(add: &AddSite) -> Result<NewSite, Box<dyn Error>> {
    Ok(NewSite {
        id: SiteId::parse(&add.id)?,
        name: add.name.clone().unwrap_or_else(|| add.id.clone()),
        time_zone: match &add.time_zone {
            Some(name) => api::valid_time_zone(name)?,
            None => serve::system_time_zone(),
        },
        base_path: api::valid_base_path(&add.base_path)?,
        session_rules: SessionRules {
            timeout_ms: add.timeout_minutes.saturating_mul(MINUTE),
            ..SessionRules::default()
        },
    })
}

/// Prints the sessions that a search finds.
///
/// # Errors
/// Where the server cannot be asked, or the search cannot be read.
pub fn search(asked: &SearchSessions) -> Done {
    Ok(runtime()?.block_on(search::run(asked))?)
}

/// Prints a session.
///
/// # Errors
/// Where the server cannot be asked, or has no such session.
pub fn session(asked: &ShowSession) -> Done {
    Ok(runtime()?.block_on(session::run(asked))?)
}

/// Shows a report of a running server.
///
/// # Errors
/// Where the server cannot be asked, or refuses the question.
pub fn report_of(asked: &ShowReport) -> Done {
    Ok(runtime()?.block_on(report::run(asked))?)
}

/// Imports a file.
///
/// # Errors
/// Where the file cannot be read, or the server does not take what is in it.
pub fn import(import: &Import) -> Done {
    Ok(runtime()?.block_on(import::run(import))?)
}

/// Uploads source maps.
///
/// # Errors
/// Where one cannot be read, or the server does not take it.
pub fn source_maps(upload: &UploadSourceMaps) -> Done {
    Ok(runtime()?.block_on(source_maps::run(upload))?)
}

/// Writes a simulated workload.
///
/// # Errors
/// Where it cannot be written.
pub fn generate(generate: &Generate) -> Done {
    Ok(generate::run(generate)?)
}

/// Writes a site's rows to a file.
///
/// # Errors
/// Where the data directory cannot be read, or the file not written.
pub fn export(export: &Export) -> Done {
    Ok(runtime()?.block_on(export::run(export))?)
}

/// Looks through a stopped data directory.
///
/// # Errors
/// Where it is in use, or has problems.
pub fn doctor(doctor: &Doctor) -> Done {
    Ok(runtime()?.block_on(doctor::run(doctor))?)
}

/// Copies a data directory.
///
/// # Errors
/// Where it cannot be read, or the copy not written.
pub fn backup(backup: &Backup) -> Done {
    Ok(runtime()?.block_on(backup::run(backup))?)
}

/// Prints the OpenAPI document.
///
/// # Errors
/// Where standard output is closed.
pub fn openapi() -> Done {
    println!("{}", api::openapi_json()?);
    Ok(())
}

/// Prints `docs/configuration.md`.
///
/// # Errors
/// None today; as the other commands.
pub fn config_doc() -> Done {
    print!("{}", config::document());
    Ok(())
}

fn runtime() -> Result<tokio::runtime::Runtime, std::io::Error> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()
}

fn start_log(config: &Config) -> Done {
    let filter = tracing_subscriber::EnvFilter::try_new(config.log_filter())
        .map_err(|error| format!("--log {}: {error}", config.log))?;
    let log =
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false);
    match config.log_format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().init(),
    }
    Ok(())
}
