//! `footpath generate`: a workload as wire batches, one a line, for `footpath import` and for measuring.
//!
//! The visitors are those of the demo's shop ([`crate::demo::visitors`]): people of several countries and devices who
//! look around, come back, buy, fail and rage, and some crawlers. They live in towns, each simulated on its own and for
//! one week, so that memory does not grow with the number of sessions: a town's people return to the shop within that
//! week, and not after it. Weeks go from the newest back.
//!
//! A pure function of its settings: the same ones give the same bytes.

use super::DataError;
use crate::demo::visitors::{Delivery, Session, Simulation, Traffic};
use clap::Args;
use flate2::Compression;
use flate2::write::GzEncoder;
use footpath_model::time::DAY;
use indicatif::{ProgressBar, ProgressStyle};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufWriter, Error, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

/// Days that a town's people live.
const TOWN_DAYS: u32 = 7;
/// Sessions that a town can be relied on to have in a day.
const TOWN_SESSIONS_A_DAY: u64 = 120;
/// Where the simulated shop is.
const ORIGIN: &str = "https://shop.example";
/// Bytes that a thread hands over at once.
const CHUNK: usize = 256 * 1024;
/// Chunks that a thread may be ahead.
const CHUNKS_AHEAD: usize = 8;
/// Towns simulated at once at most.
const THREADS: usize = 8;

/// What is generated.
#[derive(Args, Clone, Debug)]
pub struct Generate {
    /// Sessions.
    #[arg(long, default_value = "10000", value_parser = clap::value_parser!(u64).range(1..))]
    sessions: u64,

    /// The same seed makes the same visitors.
    #[arg(long, default_value = "1")]
    seed: u64,

    /// Days that they come on.
    #[arg(long, default_value = "30", value_parser = clap::value_parser!(u32).range(1..=3650))]
    days: u32,

    /// The day before which the last of them come (UTC); today where it is left out.
    #[arg(long, value_name = "DATE")]
    until: Option<Date>,

    /// File to write, `.gz` too; standard output where it is left out.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// What was written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
struct Written {
    sessions: u64,
    batches: u64,
    events: u64,
}

/// Writes the workload.
///
/// # Errors
/// Where the file cannot be written.
pub fn run(generate: &Generate) -> Result<(), DataError> {
    let start = std::time::Instant::now();
    let today = || TimeZone::UTC.to_datetime(jiff::Timestamp::now()).date();
    let until = generate.until.unwrap_or_else(today);
    let midnight = TimeZone::UTC
        .to_timestamp(until.at(0, 0, 0, 0))
        .map_err(|error| DataError::because(format!("until: {until} is out of range"), error))?;
    let towns = towns(generate, midnight.as_millisecond());
    let progress = progress_bar(generate);
    let written = match &generate.out {
        None => write(towns, std::io::stdout().lock(), &progress),
        Some(path) => to_file(path, towns, &progress),
    };
    progress.finish_and_clear();
    let written = match written {
        // Who reads the pipe has enough: `footpath generate | head`.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => return Ok(()),
        Err(error) => {
            let to = generate.out.as_deref().unwrap_or_else(|| Path::new("standard output"));
            let what =
                format!("cannot write {}: is its directory there, writable and not full?", to.display());
            return Err(DataError::because(what, error));
        }
        Ok(written) => written,
    };
    let seconds = start.elapsed().as_secs_f64();
    let rate = if seconds > 0.0 { written.events as f64 / seconds } else { 0.0 };
    eprintln!(
        "{} sessions, {} batches, {} events in {seconds:.1} s ({rate:.0} events/s)",
        written.sessions, written.batches, written.events
    );
    Ok(())
}

fn progress_bar(generate: &Generate) -> ProgressBar {
    let style = ProgressStyle::with_template("  {msg} {wide_bar:.green} {pos} of {len} sessions")
        .expect("the template is a constant that a test has seen");
    ProgressBar::new(generate.sessions).with_style(style).with_message("Simulating visitors")
}

/// Only a whole file has its name.
fn to_file(path: &Path, towns: Vec<Town>, progress: &ProgressBar) -> Result<Written, Error> {
    let mut part = path.to_owned().into_os_string();
    part.push(".part");
    let part = PathBuf::from(part);
    let file = BufWriter::new(File::create(&part)?);
    let written = if path.extension().is_some_and(|extension| extension == "gz") {
        let mut encoder = GzEncoder::new(file, Compression::fast());
        let written = write(towns, &mut encoder, progress)?;
        encoder.finish()?.flush()?;
        written
    } else {
        write(towns, file, progress)?
    };
    std::fs::rename(&part, path)?;
    Ok(written)
}

/// People who are simulated together.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Town {
    simulation: (u64, u32, i64),
    /// How many of their sessions are wanted.
    sessions: u64,
}

/// The towns, newest week first. Sessions are spread evenly over the days.
fn towns(generate: &Generate, until: i64) -> Vec<Town> {
    let (mut towns, mut days_left, mut sessions_left) = (Vec::new(), generate.days, generate.sessions);
    while days_left > 0 {
        let days = days_left.min(TOWN_DAYS);
        let now = until - i64::from(generate.days - days_left) * DAY;
        let of_week = sessions_left * u64::from(days) / u64::from(days_left);
        let n_towns = of_week.div_ceil(TOWN_SESSIONS_A_DAY * u64::from(days));
        for nth in 0..n_towns {
            let seed = generate.seed.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(towns.len() as u64);
            // The rest of a division goes to the first ones.
            let sessions = of_week / n_towns + u64::from(nth < of_week % n_towns);
            towns.push(Town { simulation: (seed, days, now), sessions });
        }
        sessions_left -= of_week;
        days_left -= days;
    }
    towns
}

impl Town {
    /// As many of the town's sessions as are wanted, spread over all that it has.
    fn sessions(&self) -> impl Iterator<Item = (u64, Session)> {
        let (seed, days, now) = self.simulation;
        let traffic = Traffic::new(Simulation { seed, days, now, origin: ORIGIN.to_owned() });
        let (wanted, n_planned) = (self.sessions, traffic.n_planned() as u64);
        let (mut seen, mut taken) = (0, 0);
        traffic.filter_map(move |session| {
            seen += 1;
            let n = n_sessions(&session);
            // The next to be taken is always the first that is due.
            let is_due = taken * n_planned < wanted * seen;
            if n == 0 || !is_due || taken + n > wanted {
                return None;
            }
            taken += n;
            Some((n, session))
        })
    }
}

/// Who signs out makes two of one.
fn n_sessions(session: &Session) -> u64 {
    let ids = session.iter().filter_map(|delivery| Some(delivery.body.session.as_ref()?.id));
    ids.collect::<BTreeSet<_>>().len() as u64
}

/// Towns are simulated on all cores, and written in their order.
fn write(towns: Vec<Town>, mut out: impl Write, progress: &ProgressBar) -> Result<Written, Error> {
    let n_threads = std::thread::available_parallelism().map_or(1, usize::from).min(THREADS).min(towns.len());
    let mut shares: Vec<Vec<Town>> = vec![Vec::new(); n_threads];
    let n_towns = towns.len();
    for (nth, town) in towns.into_iter().enumerate() {
        shares[nth % n_threads].push(town);
    }
    let readers: Vec<Receiver<Part>> = shares
        .into_iter()
        .map(|share| {
            let (sender, receiver) = sync_channel(CHUNKS_AHEAD);
            std::thread::spawn(move || simulate(share, &sender));
            receiver
        })
        .collect();
    let mut written = Written::default();
    for nth in 0..n_towns {
        // Ends where its thread does, too; that is a panic, which has been told of.
        while let Ok(part) = readers[nth % n_threads].recv() {
            out.write_all(&part.text)?;
            written.sessions += part.written.sessions;
            written.batches += part.written.batches;
            written.events += part.written.events;
            progress.set_position(written.sessions);
            if part.ends_town {
                break;
            }
        }
    }
    out.flush()?;
    Ok(written)
}

/// Some lines of a town.
#[derive(Default)]
struct Part {
    text: Vec<u8>,
    written: Written,
    ends_town: bool,
}

fn simulate(towns: Vec<Town>, sender: &SyncSender<Part>) {
    for town in towns {
        let mut part = Part::default();
        for (n, session) in town.sessions() {
            part.written.sessions += n;
            for delivery in session {
                part.written.batches += 1;
                part.written.events += delivery.body.events.len() as u64;
                put_line(&mut part.text, &delivery);
            }
            if part.text.len() >= CHUNK && sender.send(std::mem::take(&mut part)).is_err() {
                return;
            }
        }
        part.ends_town = true;
        if sender.send(part).is_err() {
            return;
        }
    }
}

/// A batch with its sender, as `footpath import` reads it.
fn put_line(text: &mut Vec<u8>, Delivery { body, address, user_agent }: &Delivery) {
    serde_json::to_writer(&mut *text, body).expect("a batch has no map with other keys than strings");
    // In the place of the bracket that closes the batch.
    text.pop();
    let user_agent = serde_json::to_string(user_agent).expect("text is JSON");
    let sender = format!(",\"sender\":{{\"address\":\"{address}\",\"user_agent\":{user_agent}}}}}\n");
    text.extend_from_slice(sender.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn generate(sessions: u64, days: u32) -> Generate {
        Generate { sessions, seed: 1, days, until: None, out: None }
    }

    fn text(generate: &Generate) -> (Vec<u8>, Written) {
        let mut out = Vec::new();
        let towns = towns(generate, 1_795_392_000_000);
        let written = write(towns, &mut out, &ProgressBar::hidden()).expect("memory can be written");
        (out, written)
    }

    #[test]
    fn the_same_settings_give_the_same_bytes() {
        let (once, written) = text(&generate(1_500, 9));
        assert!(once == text(&generate(1_500, 9)).0);
        assert!(once != text(&Generate { seed: 2, ..generate(1_500, 9) }).0);
        assert_eq!(once.iter().filter(|byte| **byte == b'\n').count() as u64, written.batches);
    }

    #[test]
    fn there_are_as_many_sessions_as_were_asked_for() {
        for (sessions, days) in [(1, 1), (10, 30), (2_000, 3), (3_000, 30)] {
            let (_, written) = text(&generate(sessions, days));
            // Who signs out makes two: a town may end one short.
            let least = sessions.saturating_sub(sessions / 500 + 1).max(1);
            assert!((least..=sessions).contains(&written.sessions), "{written:?} of {sessions}");
        }
    }
}
