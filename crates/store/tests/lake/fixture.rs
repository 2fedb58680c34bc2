//! What all tests of the lake use: a directory with a clock, batches that are quickly made, and the whole of what a
//! store answers in a form that can be compared.
//!
//! The clock is of the thread: a test's runtime is of one thread, so that all that asks for the time does it there.

use footpath_model::batch::{Batch, SessionHint};
use footpath_model::context::Context;
use footpath_model::event::{Click, Event, EventKind, Navigation, PageView};
use footpath_model::id::{SessionId, SiteId, TabId, VisitorId};
use footpath_model::session::{BoundaryReason, Session};
use footpath_model::sessionize::PlacedEvent;
use footpath_model::time::{DAY, HOUR, SECOND, Timestamp};
use footpath_store::{FileError, Recovery, SessionEvents, SiteSessions, Snapshot, Store, StoreOptions};
use std::cell::Cell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;
use uuid::Uuid;

/// Noon of the day on which most tests begin.
pub(crate) const NOON: Timestamp = Timestamp(20_000 * DAY + 12 * HOUR);

thread_local! {
    static NOW: Cell<Timestamp> = const { Cell::new(NOON) };
}

pub(crate) fn now() -> Timestamp {
    NOW.get()
}

/// Moves the clock on.
pub(crate) fn later(ms: i64) {
    NOW.set(NOW.get().plus(ms));
}

pub(crate) fn options() -> StoreOptions {
    StoreOptions { live_bytes: 1 << 30, clock: now }
}

pub(crate) fn shop() -> SiteId {
    SiteId("shop".to_owned())
}

pub(crate) fn id(n: u128) -> SessionId {
    SessionId(Uuid::from_u128(n))
}

pub(crate) fn click(label: &str) -> EventKind {
    EventKind::Click(Click {
        label: Some(label.to_owned()),
        role: "button".to_owned(),
        selector: "button".to_owned(),
        x: 1,
        y: 2,
    })
}

pub(crate) fn page_view(url: &str) -> EventKind {
    EventKind::PageView(PageView {
        url: url.to_owned(),
        title: None,
        referrer: None,
        navigation: Navigation::Load,
    })
}

/// Events of session `n`, received as they happened: from `seq` on, one a second.
pub(crate) fn batch_of(n: u128, seq: u32, start: Timestamp, kinds: Vec<EventKind>) -> Batch {
    let event = |(place, kind)| Event {
        seq: seq + place,
        at: start.plus(i64::from(place) * SECOND),
        kind,
        route: None,
    };
    Batch {
        site: shop(),
        received_at: start,
        sent_at: start,
        backfill: false,
        visitor_id: VisitorId(Uuid::from_u128(n)),
        hint: SessionHint { id: id(n), start_reason: BoundaryReason::FirstVisit, previous_id: None },
        tab_id: TabId(Uuid::from_u128(n)),
        context: Context::default(),
        events: (0u32..).zip(kinds).map(event).collect(),
    }
}

/// The first two events of session `n`.
pub(crate) fn batch(n: u128, start: Timestamp) -> Batch {
    batch_of(n, 0, start, vec![page_view(&format!("https://shop.example/{n}")), click("Buy")])
}

/// Its third and fourth, a minute later.
pub(crate) fn late_batch(n: u128, start: Timestamp) -> Batch {
    batch_of(n, 2, start.plus(60 * SECOND), vec![click("Pay"), click("Thanks")])
}

/// A directory and the store that is open in it.
pub(crate) struct Opened {
    pub dir: TempDir,
    pub store: Store,
}

/// An empty store.
pub(crate) async fn empty() -> Opened {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let (store, _) = open(dir.path()).await;
    Opened { dir, store }
}

pub(crate) async fn open(dir: &Path) -> (Store, Recovery) {
    Store::open(dir, options()).await.expect("the directory can be opened")
}

impl Opened {
    /// Closes the store and opens it again.
    pub(crate) async fn restarted(self) -> (Self, Recovery) {
        let Self { dir, store } = self;
        drop(store);
        let (store, recovery) = open(dir.path()).await;
        (Self { dir, store }, recovery)
    }

    /// Appends batches, and returns when the fold has taken them in.
    pub(crate) async fn take(&self, batches: impl IntoIterator<Item = Batch>) {
        let seen = || self.store.n_accepted() + self.store.n_duplicates() + self.store.n_late();
        let mut wanted = seen();
        for batch in batches {
            wanted += batch.events.len() as u64;
            self.store.append(batch).await.expect("durable");
        }
        while seen() < wanted {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    /// Flushes when all that is there is over and quiet.
    pub(crate) async fn flush(&self) -> footpath_store::Flushed {
        later(DAY + HOUR);
        self.store.flush().await.expect("it can be flushed")
    }

    pub(crate) async fn answers(&self) -> Answers {
        answers(&self.store, &shop()).await
    }

    /// Rows of the journal.
    pub(crate) async fn journalled(&self) -> i64 {
        use sqlx::{Connection, SqliteConnection};
        let url = format!("sqlite://{}?mode=ro", self.dir.path().join("journal.db").display());
        let mut connection = SqliteConnection::connect(&url).await.expect("the journal is a SQLite file");
        sqlx::query_scalar("SELECT count(*) FROM batches").fetch_one(&mut connection).await.expect("counted")
    }

    /// The Parquet files of a table, with their sizes.
    pub(crate) fn files(&self, table: &str) -> BTreeMap<PathBuf, u64> {
        files_below(&self.dir.path().join("lake").join(table))
            .into_iter()
            .filter(|path| path.extension().is_some_and(|extension| extension == "parquet"))
            .filter(|path| !path.to_string_lossy().contains("_delta_log"))
            .map(|path| {
                let size = std::fs::metadata(&path).expect("it is there").len();
                (path, size)
            })
            .collect()
    }
}

/// All files in a directory and below it.
pub(crate) fn files_below(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(directory).expect("a directory can be read") {
        let path = entry.expect("an entry can be read").path();
        match path.is_dir() {
            true => found.extend(files_below(&path)),
            false => found.push(path),
        }
    }
    found
}

/// All that a store answers about a site: its rows, each with its events, written out.
#[derive(Clone, PartialEq, Debug, Default)]
pub(crate) struct Answers {
    pub rows: Vec<Session>,
    pub events: BTreeMap<SessionId, Vec<String>>,
}

impl Answers {
    pub(crate) fn ids(&self) -> Vec<SessionId> {
        self.rows.iter().map(|row| row.id).collect()
    }

    pub(crate) fn n_events(&self) -> usize {
        self.events.values().map(Vec::len).sum()
    }
}

/// # Panics
/// Where a session is two rows, or its row and what looks it up disagree.
pub(crate) async fn answers(store: &Store, site: &SiteId) -> Answers {
    let sessions = store.sessions(site);
    let asked = tokio::task::spawn_blocking(move || {
        let rows = rows(&sessions).expect("readable");
        let mut events = BTreeMap::new();
        for row in &rows {
            let SessionEvents { session, events: told } =
                sessions.events(row.id).expect("readable").expect("what is listed is found");
            assert_eq!(session, *row, "the list and the look-up tell the same");
            events.insert(row.id, told.iter().map(written).collect());
        }
        Answers { rows, events }
    });
    asked.await.expect("asking does not panic")
}

/// The rows of one snapshot, in order of start and id; no id twice. Blocks.
pub(crate) fn rows(sessions: &SiteSessions) -> Result<Vec<Session>, FileError> {
    let snapshot = sessions.snapshot(Timestamp(i64::MIN)..Timestamp(i64::MAX), Snapshot::ROW_COLUMNS)?;
    let mut rows = Vec::new();
    for (place, segment) in snapshot.segments().iter().enumerate() {
        let decoded = snapshot.decode(&snapshot.load(place, Snapshot::ROW_COLUMNS)?)?;
        assert_eq!(decoded.len(), segment.rows, "a segment has as many rows as it says");
        let is_hidden = |row: u32| segment.hidden.binary_search(&row).is_ok();
        let seen = (0u32..).zip(decoded).filter(|(row, _)| !is_hidden(*row)).map(|(_, session)| session);
        rows.extend(seen);
    }
    rows.sort_by_key(|row: &Session| (row.start, row.id));
    let mut ids: Vec<SessionId> = rows.iter().map(|row| row.id).collect();
    ids.sort_unstable();
    if let Some(twice) = ids.windows(2).find(|pair| pair[0] == pair[1]) {
        panic!("session {} is two rows", twice[0]);
    }
    Ok(rows)
}

/// All that is known of an event and its batch.
pub(crate) fn written(placed: &PlacedEvent) -> String {
    let Batch { site, received_at, sent_at, backfill, visitor_id, hint, tab_id, context, events: _ } =
        placed.batch();
    let of_batch = (site, received_at, sent_at, backfill, visitor_id, hint, tab_id, context);
    format!("{:?} {} {:?} {of_batch:?}", placed.at, placed.clamped, placed.event())
}
