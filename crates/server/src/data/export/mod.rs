//! `footpath export`: a site's sessions or events as NDJSON, CSV or Parquet.
//!
//! It reads a copy of the data directory ([`super::backup`]: links, not bytes), so that it does not matter whether a
//! server runs, and the server never notices. In the copy everything is moved into the lake; what is exported are the
//! lake's own rows, with the columns of its tables. Which of them is told by the filter that all answers use, so a search
//! finds the same sessions as over HTTP, of which it takes any number.
//!
//! Limits: the data directory must be on this machine; rows are in order of days, and not sorted within one.

pub(crate) mod text;

use super::DataError;
use crate::ask::search::pointing;
use crate::clock;
use crate::search::{SiteZone, compile};
use arrow::array::{AsArray, BooleanArray};
use arrow::compute::filter_record_batch;
use arrow::record_batch::RecordBatch;
use clap::{Args, ValueEnum};
use footpath_analyze::{Bots, Filter};
use footpath_model::columns::{EventColumn, SessionColumn};
use footpath_model::id::SiteId;
use footpath_model::search::Search;
use footpath_model::time::{DAY, HOUR, MINUTE, Timestamp};
use footpath_store::{DataKind, RowsFile, SiteSessions, Store, StoreOptions, backup};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::collections::HashSet;
use std::fs::File;
use std::io::{BufWriter, ErrorKind, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use text::TextRows;

/// What is exported, and how.
#[derive(Args, Clone, Debug)]
pub struct Export {
    /// Id of the site.
    #[arg(long)]
    site: String,

    /// The sessions that a search finds, such as 'page:/checkout AND has:errors'; docs/search.md is the language.
    #[arg(long, default_value = "", hide_default_value = true)]
    search: String,

    /// One row a session, or one an event.
    #[arg(long, default_value = "sessions")]
    what: What,

    /// How rows are written.
    #[arg(long)]
    format: Format,

    /// First day (2026-11-01, where the site lives) or instant (RFC 3339), included.
    #[arg(long)]
    from: Option<String>,

    /// Last day, included, or instant, excluded.
    #[arg(long)]
    to: Option<String>,

    /// A span until now: 15m, 1h, 7d.
    #[arg(long, visible_alias = "since", conflicts_with_all = ["from", "to"])]
    last: Option<String>,

    /// Whether sessions of bots are among them.
    #[arg(long, default_value = "exclude")]
    bots: WhichBots,

    /// File to write; standard output where it is left out, which Parquet cannot be.
    #[arg(long, value_name = "FILE", required_if_eq("format", "parquet"))]
    out: Option<PathBuf>,

    /// The server's data directory, in use or not.
    #[arg(long, env = "FOOTPATH_DATA_DIR", default_value = "./footpath-data")]
    data_dir: PathBuf,
}

#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
enum What {
    /// The sessions table.
    Sessions,
    /// The events table.
    Events,
}

#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
enum Format {
    /// A JSON object a line.
    Ndjson,
    /// RFC 4180, with a header; safe to open in a spreadsheet.
    Csv,
    /// As the lake's own files.
    Parquet,
}

#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
enum WhichBots {
    /// People only.
    Exclude,
    /// Everybody.
    Include,
    /// Bots only.
    Only,
}

impl From<WhichBots> for Bots {
    fn from(which: WhichBots) -> Self {
        match which {
            WhichBots::Exclude => Self::Exclude,
            WhichBots::Include => Self::Include,
            WhichBots::Only => Self::Only,
        }
    }
}

/// Exports a site's rows.
///
/// # Errors
/// Where the data directory cannot be read, the site, the search or a day is none, or the file cannot be written.
pub async fn run(export: &Export) -> Result<(), DataError> {
    let id = SiteId::parse(&export.site).map_err(|error| DataError::new(format!("site: {error}")))?;
    let search = Search::parse(&export.search)
        .map_err(|error| DataError::new(format!("search: {}", pointing(&export.search, &error))))?;
    let copy = Copied::of(&export.data_dir).await?;
    let failed = |error: Box<dyn std::error::Error + Send + Sync>| {
        DataError::because(
            "the copy of the data directory cannot be read: look through it with footpath doctor",
            error,
        )
    };
    // No memory for live sessions: all of them go into the lake.
    let options = StoreOptions { live_bytes: 0, clock: clock::now };
    let (store, _) = Store::open(&copy.dir, options).await.map_err(|error| failed(error.into()))?;
    store.empty_into_lake().await.map_err(|error| failed(error.into()))?;
    let site = store
        .metadata()
        .site(&id)
        .ok_or_else(|| DataError::new(format!("site: there is no {id}; `footpath site list` shows all")))?;
    let zone = SiteZone::of(&site);
    let filter = Filter {
        range: range(export, &zone.0)?,
        bots: export.bots.into(),
        search: compile(&search, (&site, &zone), clock::now()),
    };
    let (sessions, asked) = (store.sessions(&id), export.clone());
    let n_rows = tokio::task::spawn_blocking(move || write(&asked, &sessions, &filter))
        .await
        .unwrap_or_else(|panic| std::panic::resume_unwind(panic.into_panic()))?;
    if let Some(out) = &export.out {
        eprintln!("{n_rows} rows in {}", out.display());
    }
    Ok(())
}

/// A copy of a data directory, on its file system so that files can be linked; gone when it goes out of scope.
struct Copied {
    dir: PathBuf,
}

impl Copied {
    async fn of(data_dir: &Path) -> Result<Self, DataError> {
        let dir = data_dir.join(format!("export-{}", std::process::id()));
        let copied = Self { dir };
        backup(data_dir, &copied.dir).await.map_err(|error| {
            DataError::because(format!("cannot copy {} to read it", data_dir.display()), error)
        })?;
        Ok(copied)
    }
}

impl Drop for Copied {
    fn drop(&mut self) {
        for dir in [self.dir.clone(), self.dir.with_extension("part")] {
            match std::fs::remove_dir_all(&dir) {
                Err(error) if error.kind() != ErrorKind::NotFound => {
                    eprintln!("delete {} by hand: {error}", dir.display());
                }
                Ok(()) | Err(_) => {}
            }
        }
    }
}

fn range(export: &Export, zone: &TimeZone) -> Result<Range<Timestamp>, DataError> {
    if let Some(last) = &export.last {
        return Ok(clock::now().plus(-span(last)?)..Timestamp(i64::MAX));
    }
    let from = export.from.as_deref().map(|text| instant("from", text, zone, 0)).transpose()?;
    let to = export.to.as_deref().map(|text| instant("to", text, zone, 1)).transpose()?;
    let range = from.unwrap_or(Timestamp(i64::MIN))..to.unwrap_or(Timestamp(i64::MAX));
    if range.start > range.end { Err(DataError::new("to: it lies before --from")) } else { Ok(range) }
}

/// `days_after` is for a day that is included.
fn instant(name: &str, text: &str, zone: &TimeZone, days_after: i64) -> Result<Timestamp, DataError> {
    let wrong = || DataError::new(format!("{name}: `{text}` is no day (2026-11-01) and no RFC 3339 instant"));
    let at = match text.parse::<Date>() {
        Ok(day) if text.len() == "2026-11-01".len() => {
            let day = day.checked_add(jiff::Span::new().days(days_after)).map_err(|_| wrong())?;
            zone.to_timestamp(day.at(0, 0, 0, 0)).map_err(|_| wrong())?
        }
        Ok(_) | Err(_) => text.parse().map_err(|_| wrong())?,
    };
    Ok(Timestamp(at.as_millisecond()))
}

fn span(text: &str) -> Result<i64, DataError> {
    let wrong = || DataError::new(format!("last: `{text}` is no span such as 15m, 24h, 7d"));
    let unit = match text.chars().last() {
        Some('m') => MINUTE,
        Some('h') => HOUR,
        Some('d') => DAY,
        Some(_) | None => return Err(wrong()),
    };
    let number: i64 = text[..text.len() - 1].parse().map_err(|_| wrong())?;
    number.checked_mul(unit).filter(|span| *span > 0).ok_or_else(wrong)
}

/// Where rows go.
enum Out {
    Text(TextRows),
    Parquet(Box<RowsFile<File>>),
}

impl Out {
    fn begin(export: &Export, part: Option<&Path>) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        let kind = kind_of(export.what);
        let file = part.map(File::create).transpose()?;
        let text = |file: Option<File>| -> Box<dyn Write> {
            match file {
                Some(file) => Box::new(BufWriter::new(file)),
                None => Box::new(BufWriter::new(std::io::stdout())),
            }
        };
        Ok(match (export.format, file) {
            (Format::Ndjson, file) => Self::Text(TextRows::ndjson(text(file))),
            (Format::Csv, file) => Self::Text(TextRows::csv(text(file))),
            (Format::Parquet, Some(file)) => Self::Parquet(Box::new(RowsFile::begin(file, kind.columns())?)),
            (Format::Parquet, None) => return Err("out: Parquet needs a file: name one with --out".into()),
        })
    }

    fn write(&mut self, rows: &RecordBatch) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        match self {
            Self::Text(text) => text.write(rows),
            Self::Parquet(file) => Ok(file.write(rows)?),
        }
    }

    fn end(self) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        match self {
            Self::Text(text) => Ok(text.end()?),
            Self::Parquet(file) => Ok(file.end()?.sync_all()?),
        }
    }
}

fn kind_of(what: What) -> DataKind {
    match what {
        What::Sessions => DataKind::Sessions,
        What::Events => DataKind::Events,
    }
}

/// Only a whole file has its name.
fn write(export: &Export, sessions: &SiteSessions, filter: &Filter) -> Result<usize, DataError> {
    let to =
        export.out.as_ref().map_or_else(|| "standard output".to_owned(), |out| out.display().to_string());
    let failed = |error| DataError::because(format!("cannot write {to}"), error);
    let part = export.out.as_ref().map(|out| {
        let mut name = out.clone().into_os_string();
        name.push(".part");
        PathBuf::from(name)
    });
    let mut out = Out::begin(export, part.as_deref()).map_err(failed)?;
    let mut n_rows = 0;
    for day in sessions.days(&filter.range) {
        let batches = rows_of_day(export.what, sessions, filter, day)
            .map_err(|error| DataError::because("the lake cannot be read: see footpath doctor", error))?;
        for batch in batches.iter().filter(|batch| batch.num_rows() > 0) {
            n_rows += batch.num_rows();
            match out.write(batch) {
                // Who reads the pipe has enough: `footpath export … | head`.
                Err(error) if is_closed_pipe(&*error) => return Ok(n_rows),
                written => written.map_err(failed)?,
            }
        }
    }
    match out.end() {
        Err(error) if is_closed_pipe(&*error) => return Ok(n_rows),
        ended => ended.map_err(failed)?,
    }
    if let (Some(part), Some(out)) = (&part, &export.out) {
        std::fs::rename(part, out).map_err(|error| failed(error.into()))?;
    }
    Ok(n_rows)
}

fn is_closed_pipe(error: &(dyn std::error::Error + 'static)) -> bool {
    let kind = match (error.downcast_ref::<std::io::Error>(), error.downcast_ref::<serde_json::Error>()) {
        (Some(io), _) => Some(io.kind()),
        (None, Some(json)) => json.io_error_kind(),
        (None, None) => None,
    };
    kind == Some(ErrorKind::BrokenPipe)
}

fn rows_of_day(
    what: What,
    sessions: &SiteSessions,
    filter: &Filter,
    day: i32,
) -> Result<Vec<RecordBatch>, Box<dyn std::error::Error + Send + Sync>> {
    let mut chosen = Vec::new();
    for batch in sessions.rows_of_day(DataKind::Sessions, day)? {
        let wanted = BooleanArray::new(filter.of_rows(&batch)?, None);
        chosen.push(filter_record_batch(&batch, &wanted)?);
    }
    match what {
        What::Sessions => Ok(chosen),
        What::Events => {
            let ids: HashSet<String> = chosen
                .iter()
                .map(|batch| texts(batch, SessionColumn::Id.name()))
                .collect::<Result<Vec<_>, _>>()?
                .concat()
                .into_iter()
                .collect();
            let mut events = Vec::new();
            for batch in sessions.rows_of_day(DataKind::Events, day)? {
                let of = texts(&batch, EventColumn::Session.name())?;
                let wanted: BooleanArray = of.iter().map(|id| Some(ids.contains(id))).collect();
                events.push(filter_record_batch(&batch, &wanted)?);
            }
            Ok(events)
        }
    }
}

fn texts(batch: &RecordBatch, name: &str) -> Result<Vec<String>, String> {
    let column = batch.column_by_name(name).and_then(|column| column.as_string_opt::<i32>());
    let column = column.ok_or_else(|| format!("column {name} is missing"))?;
    Ok(column.iter().map(|text| text.unwrap_or_default().to_owned()).collect())
}
