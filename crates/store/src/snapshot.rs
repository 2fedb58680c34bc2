//! What queries see of a site: one consistent snapshot of its sessions, in the lake and live, each exactly once.

use crate::lake::file::{FileError, LakeFile};
use crate::lake::sessions::{self, ROW_COLUMNS, SessionRow};
use crate::lake::{Lake, LakeVersion, events};
use crate::live::{LiveSet, SiteLive};
use arrow::array::UInt32Array;
use arrow::compute::take_record_batch;
use arrow::record_batch::RecordBatch;
use footpath_model::columns::{ColumnType, EventColumn, SessionColumn};
use footpath_model::id::{SessionId, SiteId};
use footpath_model::session::Session;
use footpath_model::sessionize::{HintedSession, PlacedEvent};
use footpath_model::site::SessionRules;
use footpath_model::time::Timestamp;
use std::collections::HashMap;
use std::ops::{Range, RangeInclusive};
use std::sync::Arc;

/// What stands for a file's name where the rows of many were read at once.
pub(crate) const FROM_MANY_FILES: &str = "sessions";

/// A session with its events, in order of time.
#[derive(Clone, Debug)]
pub struct SessionEvents {
    /// The row.
    pub session: Session,
    /// Its events; fewer than the row says where retention has removed them.
    pub events: Vec<PlacedEvent>,
}

/// What has changed for a follower.
#[derive(Clone, PartialEq, Debug)]
pub enum Changes {
    /// These sessions, as they are now.
    Sessions(Vec<Session>),
    /// More than is kept: read the list again.
    Resync,
}

/// The sessions of one site, and of no other.
#[derive(Clone, Debug)]
pub struct SiteSessions {
    pub(crate) live: Arc<LiveSet>,
    pub(crate) lake: Arc<Lake>,
    pub(crate) site: SiteId,
}

impl SiteSessions {
    /// All sessions that start in a range, at this instant. `columns` are those that will be asked for: what live
    /// sessions did is encoded now, where any of them is a list.
    ///
    /// # Errors
    /// Where live sessions cannot be encoded, which no data causes.
    pub fn snapshot(
        &self,
        range: Range<Timestamp>,
        columns: &[SessionColumn],
    ) -> Result<Snapshot, FileError> {
        let state = self.live.read();
        let site = state.site(&self.site);
        let live = site.map(|site| LiveRows::new(site, &range, columns)).transpose()?;
        let hidden = site.map(hidden_rows).unwrap_or_default();
        let files = files_in(&state.lake, &self.site, &range);
        drop(state);
        let segment = |file: &Arc<LakeFile>| SnapshotSegment {
            id: Some(file.id),
            rows: file.rows,
            starts: file.starts.clone(),
            hidden: hidden.get(&file.id).cloned().unwrap_or_default(),
        };
        let mut segments: Vec<SnapshotSegment> = files.iter().map(segment).collect();
        let live = live.filter(|live| !live.sessions.is_empty());
        segments.extend(live.as_ref().map(|live| SnapshotSegment {
            id: None,
            rows: live.sessions.len(),
            starts: live.starts(),
            hidden: Arc::default(),
        }));
        Ok(Snapshot { site: self.site.clone(), lake: Arc::clone(&self.lake), files, live, segments })
    }

    /// The start of the first session, or a moment before it.
    pub fn first_start(&self) -> Option<Timestamp> {
        let state = self.live.read();
        let live = state.site(&self.site).and_then(SiteLive::first_start);
        let lake = state.lake.sessions_of(&self.site).map(|file| *file.starts.start()).min();
        live.into_iter().chain(lake).min()
    }

    /// One session. Blocks where it is not live.
    ///
    /// # Errors
    /// Where a file of the lake cannot be read.
    pub fn session(&self, id: SessionId) -> Result<Option<Session>, FileError> {
        if let Some(session) = self.live.read().site(&self.site).and_then(|site| site.session(id).cloned()) {
            return Ok(Some(session));
        }
        Ok(self.find(id)?.map(|found| found.session))
    }

    /// One session with its events. Blocks where it is not live.
    ///
    /// # Errors
    /// Where a file of the lake cannot be read.
    pub fn events(&self, id: SessionId) -> Result<Option<SessionEvents>, FileError> {
        {
            let state = self.live.read();
            let site = state.site(&self.site);
            let live = site.and_then(|site| Some((site.session(id)?.clone(), site.events(id)?.to_vec())));
            if let Some((session, events)) = live {
                return Ok(Some(SessionEvents { session, events }));
            }
        }
        let Some(Found { session, day, version }) = self.find(id)? else {
            return Ok(None);
        };
        let text = id.to_string();
        let mut folded = Vec::new();
        for file in version.events.iter().filter(|file| file.site == self.site && file.day == day) {
            let found = file.find(self.lake.storage(), EventColumn::Session.name(), &text)?;
            let Some((batch, _)) = found else { continue };
            let batches = events::decode(&self.site, &[batch]);
            folded.extend(batches.map_err(|error| FileError::of(file.object().to_string(), error))?);
        }
        let events = HintedSession::restore(SessionRules::default(), folded).events().to_vec();
        Ok(Some(SessionEvents { session, events }))
    }

    fn find(&self, id: SessionId) -> Result<Option<Found>, FileError> {
        let (version, hidden) = {
            let state = self.live.read();
            let hidden = state.site(&self.site).map(hidden_rows).unwrap_or_default();
            (Arc::clone(&state.lake), hidden)
        };
        let text = id.to_string();
        for file in version.sessions_of(&self.site) {
            let Some((batch, places)) = file.find(self.lake.storage(), SessionColumn::Id.name(), &text)?
            else {
                continue;
            };
            let is_hidden =
                |place: &u32| hidden.get(&file.id).is_some_and(|rows| rows.binary_search(place).is_ok());
            if places.iter().any(is_hidden) {
                continue;
            }
            let decoded = sessions::decode(&self.site, &batch)
                .map_err(|error| FileError::of(file.object().to_string(), error))?;
            if let Some(session) = decoded.into_iter().next() {
                let day = file.day;
                return Ok(Some(Found { session, day, version: Arc::clone(&version) }));
            }
        }
        Ok(None)
    }

    /// When the visitor behind a client's session id was last active; nothing where the session is not live.
    pub fn last_activity(&self, hint: SessionId) -> Option<Timestamp> {
        self.live.read().site(&self.site)?.last_activity(hint)
    }

    /// Sessions that changed after `version`, each once.
    pub fn changes_since(&self, version: u64) -> Changes {
        let state = self.live.read();
        match state.site(&self.site).map_or(Some(Vec::new()), |site| site.changes_since(version)) {
            Some(sessions) => Changes::Sessions(sessions),
            None => Changes::Resync,
        }
    }
}

struct Found {
    session: Session,
    day: i32,
    version: Arc<LakeVersion>,
}

fn files_in(lake: &LakeVersion, site: &SiteId, range: &Range<Timestamp>) -> Vec<Arc<LakeFile>> {
    let touches =
        |file: &&Arc<LakeFile>| *file.starts.start() < range.end && range.start <= *file.starts.end();
    lake.sessions_of(site).filter(touches).cloned().collect()
}

/// Rows of each file that live hints shadow, ascending.
fn hidden_rows(site: &SiteLive) -> HashMap<u64, Arc<[u32]>> {
    let mut hidden: HashMap<u64, Vec<u32>> = HashMap::new();
    for shadowed in site.shadowed() {
        hidden.entry(shadowed.file.id).or_default().extend(&shadowed.rows);
    }
    let sorted = |mut rows: Vec<u32>| {
        rows.sort_unstable();
        rows.into()
    };
    hidden.into_iter().map(|(file, rows)| (file, sorted(rows))).collect()
}

/// A part of a snapshot that is read as one.
#[derive(Clone, Debug)]
pub struct SnapshotSegment {
    /// The same for the same rows in all snapshots of this process; nothing for live sessions.
    pub id: Option<u64>,
    /// Rows, with the hidden ones.
    pub rows: usize,
    /// Earliest and latest start.
    pub starts: RangeInclusive<Timestamp>,
    /// Rows that are not of this snapshot, ascending.
    pub hidden: Arc<[u32]>,
}

/// A site's sessions at one instant.
#[derive(Debug)]
pub struct Snapshot {
    site: SiteId,
    lake: Arc<Lake>,
    files: Vec<Arc<LakeFile>>,
    live: Option<LiveRows>,
    segments: Vec<SnapshotSegment>,
}

impl Snapshot {
    /// Columns that [`Snapshot::decode`] needs.
    pub const ROW_COLUMNS: &'static [SessionColumn] = ROW_COLUMNS;

    /// Its parts.
    pub fn segments(&self) -> &[SnapshotSegment] {
        &self.segments
    }

    /// Some columns of all rows of a segment. Blocks: never call it on the runtime's own threads.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub fn load(&self, segment: usize, columns: &[SessionColumn]) -> Result<RecordBatch, FileError> {
        match (self.files.get(segment), &self.live) {
            (Some(file), _) => {
                let names: Vec<&str> = columns.iter().map(|column| column.name()).collect();
                file.read(self.lake.storage(), &names)
            }
            (None, Some(live)) => live.encode(columns),
            (None, None) => Err(FileError::of(format!("segment {segment}"), "there is none")),
        }
    }

    /// Some columns of a few rows of a segment, ascending and without repetition. Blocks.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub fn load_rows(
        &self,
        segment: usize,
        columns: &[SessionColumn],
        rows: &[u32],
    ) -> Result<RecordBatch, FileError> {
        match (self.files.get(segment), &self.live) {
            (Some(file), _) => {
                let names: Vec<&str> = columns.iter().map(|column| column.name()).collect();
                file.read_few(self.lake.storage(), &names, rows)
            }
            (None, Some(live)) => live.encode_few(columns, rows),
            (None, None) => Err(FileError::of(format!("segment {segment}"), "there is none")),
        }
    }

    /// The sessions of a batch that holds [`Snapshot::ROW_COLUMNS`].
    ///
    /// # Errors
    /// Where a value cannot be read, since a later version wrote it.
    pub fn decode(&self, batch: &RecordBatch) -> Result<Vec<Session>, FileError> {
        sessions::decode(&self.site, batch).map_err(|error| FileError::of(FROM_MANY_FILES.to_owned(), error))
    }
}

/// Live sessions as they were when the snapshot was taken.
#[derive(Debug)]
struct LiveRows {
    sessions: Vec<(Arc<Session>, SessionId)>,
    /// What they did, encoded at once, since their events go on changing; nothing where it will not be asked for.
    lists: Option<RecordBatch>,
}

/// Whether it is read off a session's events: lists, and what is not kept in [`Session`].
fn is_of_events(column: SessionColumn) -> bool {
    if matches!(column, SessionColumn::FirstInteraction | SessionColumn::Connection) {
        return true;
    }
    match column.column().ty {
        ColumnType::Words | ColumnType::Ints | ColumnType::Floats => true,
        ColumnType::Id
        | ColumnType::Text
        | ColumnType::Word
        | ColumnType::Time
        | ColumnType::Day
        | ColumnType::Int
        | ColumnType::Long
        | ColumnType::Float
        | ColumnType::Bool => false,
    }
}

impl LiveRows {
    fn new(site: &SiteLive, range: &Range<Timestamp>, columns: &[SessionColumn]) -> Result<Self, FileError> {
        let mut sessions = Vec::new();
        let mut rows = Vec::new();
        let lists: Vec<SessionColumn> =
            columns.iter().copied().filter(|column| is_of_events(*column)).collect();
        for (hint, index, held) in site.started_in(range) {
            let Some(session) = held.hinted.session(index) else { continue };
            sessions.push((Arc::clone(session), hint));
            if !lists.is_empty() {
                rows.push(SessionRow::new(session, hint, held.hinted.events_of(session.id)));
            }
        }
        let lists = if lists.is_empty() { None } else { Some(encode(&rows, &lists)?) };
        Ok(Self { sessions, lists })
    }

    fn starts(&self) -> RangeInclusive<Timestamp> {
        let starts = || self.sessions.iter().map(|(session, _)| session.start);
        starts().min().unwrap_or_default()..=starts().max().unwrap_or_default()
    }

    fn encode_few(&self, columns: &[SessionColumn], rows: &[u32]) -> Result<RecordBatch, FileError> {
        let failed = |error| FileError::of("live sessions".to_owned(), error);
        if columns.iter().any(|column| is_of_events(*column)) {
            let rows = UInt32Array::from(rows.to_vec());
            return take_record_batch(&self.encode(columns)?, &rows).map_err(failed);
        }
        let rows: Vec<SessionRow<'_>> = rows
            .iter()
            .filter_map(|row| self.sessions.get(*row as usize))
            .map(|(session, hint)| SessionRow::new(session, *hint, &[]))
            .collect();
        encode(&rows, columns)
    }

    fn encode(&self, columns: &[SessionColumn]) -> Result<RecordBatch, FileError> {
        let (lists, plain): (Vec<SessionColumn>, Vec<SessionColumn>) =
            columns.iter().partition(|column| is_of_events(**column));
        let rows: Vec<SessionRow<'_>> =
            self.sessions.iter().map(|(session, hint)| SessionRow::new(session, *hint, &[])).collect();
        // A batch must have a column.
        let plain = if plain.is_empty() { None } else { Some(encode(&rows, &plain)?) };
        if let (Some(plain), true) = (&plain, lists.is_empty()) {
            return Ok(plain.clone());
        }
        let failed = |error| FileError::of("live sessions".to_owned(), error);
        let encoded = self.lists.as_ref().ok_or_else(|| {
            FileError::of("live sessions".to_owned(), "the snapshot was taken without lists")
        })?;
        let places: Vec<usize> = lists
            .iter()
            .map(|column| encoded.schema().index_of(column.name()))
            .collect::<Result<_, _>>()
            .map_err(failed)?;
        let lists = encoded.project(&places).map_err(failed)?;
        let Some(plain) = plain else { return Ok(lists) };
        let fields: Vec<_> = plain.schema().fields().iter().chain(lists.schema().fields()).cloned().collect();
        let columns = plain.columns().iter().chain(lists.columns()).cloned().collect();
        RecordBatch::try_new(Arc::new(arrow::datatypes::Schema::new(fields)), columns).map_err(failed)
    }
}

fn encode(rows: &[SessionRow<'_>], columns: &[SessionColumn]) -> Result<RecordBatch, FileError> {
    sessions::encode(rows, columns).map_err(|error| FileError::of("live sessions".to_owned(), error))
}
