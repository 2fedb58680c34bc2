//! The data: read, turned into what ingest would have journalled, and what must be answered about it.

use crate::Result;
use footpath_model::batch::{Batch, SessionHint};
use footpath_model::context::Context;
use footpath_model::event::{Event, EventKind, Navigation, PageView, Route};
use footpath_model::id::{SessionId, SiteId, TabId, VisitorId};
use footpath_model::session::BoundaryReason;
use footpath_model::time::{DAY, SECOND, Timestamp};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use uuid::Uuid;

const ARCHIVE: &str = "msnbc990928.zip";
const TEXT: &str = "msnbc990928.seq";
const ORACLE: &str = "oracle.json";
/// From one page view to the next: the longest session has 14,795 of them, and must stay under a day.
const STEP_MS: i64 = 5 * SECOND;
/// Rows of a list.
const ROWS: usize = super::ROWS;

/// The sequences and their oracle.
pub(super) struct Data {
    pub(super) sequences: Arc<Vec<Vec<u8>>>,
    /// The file of sequences, unpacked.
    pub(super) text: PathBuf,
    oracle: Value,
    _unpacked: tempfile::TempDir,
}

/// Names of the pages, by number from 1: what the data's own description says.
const PAGES: [&str; 17] = [
    "frontpage", "news", "tech", "local", "opinion", "on-air", "misc", "weather", "msn-news", "health",
    "living", "business", "msn-sports", "sports", "summary", "bbs", "travel",
];

impl Data {
    pub(super) fn read(directory: &Path, scratch: &Path) -> Result<Self> {
        for name in [ARCHIVE, ORACLE] {
            if !directory.join(name).is_file() {
                return Err(format!("{} is missing in {}", name, directory.display()).into());
            }
        }
        let unpacked = tempfile::tempdir_in(scratch)?;
        let mut unzip = Command::new("python3");
        unzip.args(["-m", "zipfile", "-e"]).arg(directory.join(ARCHIVE)).arg(unpacked.path());
        if !unzip.status()?.success() {
            return Err(format!("{ARCHIVE} cannot be unpacked").into());
        }
        let text = unpacked.path().join(TEXT);
        let oracle = serde_json::from_slice(&std::fs::read(directory.join(ORACLE))?)?;
        let sequences = parse(&std::fs::read_to_string(&text)?)?;
        Ok(Self { sequences: Arc::new(sequences), text, oracle, _unpacked: unpacked })
    }

    /// Answers by the question's name, in the form that all engines give.
    pub(super) fn expected(&self) -> Result<BTreeMap<String, Value>> {
        let of = |name: &str| self.oracle.get(name).ok_or_else(|| format!("{ORACLE} has no {name}"));
        let total = of("sessions")?.as_u64().unwrap_or(0);
        if total != self.sequences.len() as u64 {
            return Err(format!("{TEXT} has {} sessions, {ORACLE} {total}", self.sequences.len()).into());
        }
        let mut transitions: Vec<(String, Option<String>, u64)> =
            serde_json::from_value(of("transitions_with_null_exit")?.clone())?;
        transitions.sort();
        let paths: Vec<(String, u64)> = serde_json::from_value(of("paths_first5_top100")?.clone())?;
        let last = paths.iter().map(|(_, n)| *n).min().unwrap_or(0);
        let shown = paths.iter().filter(|(_, n)| *n > last);
        let mut paths: Vec<(Vec<&str>, u64)> =
            shown.map(|(path, n)| (path.split('>').collect(), *n)).collect();
        paths.sort();
        let mut expected = BTreeMap::from([
            ("funnel".to_owned(), of("funnel_frontpage_news_sports_any_order_gaps")?.clone()),
            ("transitions".to_owned(), json!(transitions)),
            ("paths".to_owned(), json!(paths)),
        ]);
        for (by, keys) in self.lists() {
            expected.insert(format!("list by {by}"), json!(keys));
        }
        Ok(expected)
    }

    /// What the first rows of each list are ordered by.
    fn lists(&self) -> [(&'static str, Vec<i64>); 4] {
        let n = self.sequences.len();
        let first = |mut keys: Vec<i64>| {
            keys.sort_unstable_by(|one, other| other.cmp(one));
            keys.truncate(ROWS);
            keys
        };
        let views = || self.sequences.iter().map(|sequence| sequence.len() as i64);
        [
            ("start_at", first((0..n).map(|nth| start_of(nth, n).0).collect())),
            ("duration_ms", first(views().map(|views| (views - 1) * STEP_MS).collect())),
            ("n_page_views", first(views().collect())),
            ("n_errors", vec![0; ROWS]),
        ]
    }
}

fn parse(text: &str) -> Result<Vec<Vec<u8>>> {
    let lines = text.lines().filter(|line| line.starts_with(|first: char| first.is_ascii_digit()));
    let sequence = |line: &str| line.split_ascii_whitespace().map(str::parse).collect::<Result<Vec<u8>, _>>();
    let sequences: Vec<Vec<u8>> = lines.map(sequence).collect::<Result<_, _>>()?;
    let known = 1..=PAGES.len() as u8;
    match sequences.iter().flatten().find(|page| !known.contains(page)) {
        Some(page) => Err(format!("{TEXT}: there is no page {page}").into()),
        None => Ok(sequences),
    }
}

/// The day is not told by the data's sequences, nor when in it a session was: they are spread evenly over the first
/// day of 1970, in their order.
fn start_of(nth: usize, of: usize) -> Timestamp {
    Timestamp(nth as i64 * DAY / of as i64)
}

/// Each sequence as one batch of page views.
pub(super) fn batches(
    sequences: &Arc<Vec<Vec<u8>>>,
    site: &SiteId,
) -> impl Iterator<Item = Batch> + Send + 'static {
    let (sequences, site) = (Arc::clone(sequences), site.clone());
    (0..sequences.len()).map(move |nth| {
        let start = start_of(nth, sequences.len());
        let view = |(place, page): (u32, &u8)| {
            let name = PAGES[usize::from(*page) - 1];
            let view = PageView {
                url: format!("https://msnbc.example/{name}"),
                title: None,
                referrer: None,
                navigation: Navigation::Load,
            };
            Event {
                seq: place,
                at: start.plus(i64::from(place) * STEP_MS),
                kind: EventKind::PageView(view),
                route: Some(Route { path: name.into(), template: name.into() }),
            }
        };
        let events: Vec<Event> = (0..).zip(&sequences[nth]).map(view).collect();
        let end = events.last().map_or(start, |event| event.at);
        let id = id_of(nth);
        Batch {
            site: site.clone(),
            received_at: end,
            sent_at: end,
            backfill: true,
            visitor_id: VisitorId(id),
            hint: SessionHint {
                id: SessionId(id),
                start_reason: BoundaryReason::FirstVisit,
                previous_id: None,
            },
            tab_id: TabId(id),
            context: Context::default(),
            events,
        }
    })
}

/// Spread as real ids are, and the same every time.
fn id_of(nth: usize) -> Uuid {
    let mixed = (nth as u128 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835);
    uuid::Builder::from_random_bytes(mixed.to_be_bytes()).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sequence_is_one_session() {
        let sequences = Arc::new(parse("% Sequences:\n\nfrontpage news\n1 1 2 \n17 \n").expect("it is read"));
        let made: Vec<Batch> = batches(&sequences, &SiteId("msnbc".to_owned())).collect();
        assert_eq!(made.iter().map(|batch| batch.events.len()).collect::<Vec<_>>(), [3, 1]);
        assert_eq!(made[1].events[0].at, Timestamp(DAY / 2));
        assert_ne!(made[0].hint.id, made[1].hint.id);
        assert!(parse("18 \n").is_err());
    }
}
