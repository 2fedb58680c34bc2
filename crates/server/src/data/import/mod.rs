//! `footpath import`: history from a file, through the ingest of a running server.
//!
//! ```text
//! source ──► units ──► door (several at once) ──► ledger
//! lines      bodies     HTTP, until answered       account, rejects, how far we are
//! ```
//!
//! A unit is what is acknowledged together: a line of batches, or a block of lines of an access log. Units end out of
//! order, and the ledger takes them in order, so that its place in the file is always one before which everything has
//! its outcome. Reading starts at the beginning even when resuming, since what a log's line means depends on the lines
//! before it; only sending is left out.

mod combined;
mod ledger;
mod ndjson;
mod source;

use super::DataError;
use super::door::{Answer, Door, Sender};
use clap::{Args, ValueEnum};
use combined::Combined;
use footpath_model::id::SiteId;
use indicatif::{ProgressBar, ProgressStyle};
use ledger::{Ledger, Reject};
use ndjson::Ndjson;
use source::Source;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinSet;

/// Requests under way at once: enough for the journal to commit them in groups.
const CONNECTIONS: usize = 32;
/// Units read ahead of being sent; reading is the faster of the two, and must not pile up.
const AHEAD: usize = 32;

/// What is imported, and where to.
#[derive(Args, Clone, Debug)]
pub struct Import {
    /// File to read, `.gz` too; `-` for standard input.
    file: PathBuf,

    /// Id of the site that it is history of.
    #[arg(long)]
    site: String,

    /// What the lines are.
    #[arg(long, default_value = "ndjson")]
    format: Format,

    /// Address of the running server.
    #[arg(long, default_value = "http://localhost:4040")]
    url: String,

    /// The site's backfill key; read from the data directory where it is left out.
    #[arg(long, env = "FOOTPATH_BACKFILL_KEY", hide_env_values = true, value_name = "KEY")]
    backfill_key: Option<String>,

    /// The server's data directory, where the backfill key is looked up.
    #[arg(long, env = "FOOTPATH_DATA_DIR", default_value = "./footpath-data")]
    data_dir: PathBuf,

    /// Scheme and host of the site whose access log it is, such as https://shop.example.
    #[arg(long, required_if_eq("format", "combined"))]
    origin: Option<String>,

    /// Go on where an import of this file was stopped.
    #[arg(long)]
    resume: bool,

    /// Print the account as JSON.
    #[arg(long)]
    json: bool,
}

/// What the lines of a file are.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
enum Format {
    /// A batch of the wire format on each line (docs/wire.md).
    Ndjson,
    /// An access log as Apache and nginx write it ("combined").
    Combined,
}

/// What is acknowledged together.
#[derive(Debug, Default)]
struct Unit {
    /// Number of its last line, from 1.
    last_line: u64,
    /// Where that line ends, bytes from the beginning of the uncompressed file.
    end: u64,
    sends: Vec<Outgoing>,
    rejects: Vec<Reject>,
    /// Lines that are fine and say nothing about page views.
    passed_over: u64,
}

/// A batch to be sent.
#[derive(Debug)]
struct Outgoing {
    /// The line it comes from, the first where there are several.
    line: u64,
    body: Vec<u8>,
    /// What the line says, which may be nothing readable.
    n_events: u64,
    sender: Sender,
}

/// Makes units of lines, in order.
trait Units: Send {
    fn next(&mut self) -> Result<Option<Unit>, DataError>;
}

/// Imports a file.
///
/// # Errors
/// Where the file cannot be read, the server stays out of reach, or the key is not a site's. What was sent until then
/// stays, and `--resume` goes on after it.
pub async fn run(import: &Import) -> Result<(), DataError> {
    let site = SiteId::parse(&import.site).map_err(|error| DataError::new(format!("site: {error}")))?;
    let key = match &import.backfill_key {
        Some(key) => key.clone(),
        None => backfill_key(import, &site).await?,
    };
    let door = Door::new(&import.url, &key)?;
    let progress = ProgressBar::no_length();
    let name = import.file.display().to_string();
    let source = Source::open(&import.file, &progress)?;
    let (source, head) = source.with_head()?;
    let mut ledger = Ledger::open(&import.file, &import.site, &head, import.resume)?;
    let units: Box<dyn Units> = match (import.format, &import.origin) {
        (Format::Combined, Some(origin)) => Box::new(Combined::new(source, origin, &key)?),
        (Format::Combined, None) => {
            return Err(DataError::new("origin: an access log does not say it: write https://shop.example"));
        }
        (Format::Ndjson, _) => Box::new(Ndjson::new(source)),
    };
    show(&progress, &name);
    let sent = send_all(units, &door, &mut ledger).await;
    progress.finish_and_clear();
    // What was counted is kept, whatever ended the sending.
    ledger.write(sent.is_ok())?;
    match sent {
        Ok(()) => {
            ledger.tell(import.json);
            Ok(())
        }
        Err(error) => {
            ledger.tell_stopped();
            Err(error)
        }
    }
}

async fn backfill_key(import: &Import, site: &SiteId) -> Result<String, DataError> {
    let dir = &import.data_dir;
    let sites = footpath_store::sites_of(dir).await.map_err(|error| {
        DataError::because(
            format!(
                "cannot read the sites in {}: name it with --data-dir, or give --backfill-key",
                dir.display()
            ),
            error,
        )
    })?;
    let found = sites.iter().find(|known| known.id == *site);
    found.map(|site| site.backfill_key.clone()).ok_or_else(|| {
        let known: Vec<&str> = sites.iter().map(|site| site.id.0.as_str()).collect();
        DataError::new(format!(
            "site: {site} is not in {}: there is {}; `footpath site add` adds one",
            dir.display(),
            known.join(", ")
        ))
    })
}

/// On a terminal only.
fn show(progress: &ProgressBar, name: &str) {
    let style =
        ProgressStyle::with_template("  {msg} {wide_bar:.green} {bytes} of {total_bytes}, {bytes_per_sec}")
            .expect("the template is a constant that a test has seen");
    progress.set_style(style);
    progress.set_message(format!("Importing {name}"));
}

async fn send_all(mut units: Box<dyn Units>, door: &Door, ledger: &mut Ledger) -> Result<(), DataError> {
    let (to_send, waiting) = mpsc::channel::<(u64, Unit)>(AHEAD);
    let (ended, mut outcomes) = mpsc::channel(AHEAD);
    let done_before = ledger.offset();
    let reading = tokio::task::spawn_blocking(move || {
        let mut number = 0;
        while let Some(unit) = units.next()? {
            if unit.end <= done_before {
                continue;
            }
            if to_send.blocking_send((number, unit)).is_err() {
                // Nobody sends any more: why is told by those who did.
                break;
            }
            number += 1;
        }
        Ok(())
    });
    let waiting = Arc::new(Mutex::new(waiting));
    let mut senders: JoinSet<Result<(), DataError>> = JoinSet::new();
    for _ in 0..CONNECTIONS {
        let (door, waiting, ended) = (door.clone(), Arc::clone(&waiting), ended.clone());
        senders.spawn(async move {
            loop {
                let next = waiting.lock().await.recv().await;
                let Some((number, unit)) = next else { return Ok(()) };
                let outcome = send_unit(&door, unit).await?;
                if ended.send((number, outcome)).await.is_err() {
                    return Ok(());
                }
            }
        });
    }
    drop((waiting, ended));
    while let Some((number, outcome)) = outcomes.recv().await {
        ledger.take(number, outcome)?;
    }
    let mut result = Ok(());
    while let Some(sent) = senders.join_next().await {
        let sent = sent.unwrap_or_else(|panic| std::panic::resume_unwind(panic.into_panic()));
        result = result.and(sent);
    }
    result?;
    reading.await.unwrap_or_else(|panic| std::panic::resume_unwind(panic.into_panic()))
}

/// What became of a unit.
#[derive(Debug, Default)]
struct Outcome {
    last_line: u64,
    end: u64,
    batches: u64,
    accepted: u64,
    passed_over: u64,
    rejects: Vec<Reject>,
}

async fn send_unit(door: &Door, unit: Unit) -> Result<Outcome, DataError> {
    let Unit { last_line, end, sends, rejects, passed_over } = unit;
    let mut outcome = Outcome { last_line, end, passed_over, rejects, ..Outcome::default() };
    for Outgoing { line, body, n_events, sender } in sends {
        let text = body.clone();
        match door.send(body, &sender).await? {
            Answer::Taken => {
                outcome.batches += 1;
                outcome.accepted += n_events;
            }
            Answer::Partly(told) => {
                outcome.batches += 1;
                outcome.accepted += u64::from(told.accepted);
                outcome.rejects.extend(told.dropped.into_iter().map(|dropped| Reject::event(line, dropped)));
            }
            Answer::Refused(refusal) => {
                let text = String::from_utf8_lossy(&text).into_owned();
                outcome.rejects.push(Reject::line(line, &refusal.code, refusal.message, text));
            }
        }
    }
    Ok(outcome)
}
