//! Questions of the API put to the store's snapshots, on threads that may block.
//!
//! A question whose client went away is cancelled. A file that turns out to be damaged is set aside by the store, and
//! the question asked again of what is left.

use crate::api::Selections;
use crate::error::{ApiError, Code};
use arrow::array::AsArray;
use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;
use axum::extract::FromRef;
use footpath_analyze::reports::{ReportError, Scope, Selection, evidence};
use footpath_analyze::{
    Analysis, Cancel, Counted, Filter, List, ListCursor, Order, RowRef, RunError, Scheduler, SchedulerConfig,
    Segment, SegmentId, Source, SourceError, source_columns,
};
use footpath_model::columns::SessionColumn;
use footpath_model::id::{SessionId, SiteId};
use footpath_model::reports::endings::Endings;
use footpath_model::session::Session;
use footpath_model::steps::StepName;
use footpath_model::time::Timestamp;
use footpath_store::{FileError, SessionEvents, Snapshot, Store};
use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Questions that are worked on at once; more wait. Each may decode some files beside the cache.
const AT_ONCE: usize = 8;
/// A file more is left out at each try.
const TRIES: usize = 10;
/// Sessions that are found to be read, at most: 24 bytes each are held for it.
pub(crate) const MOST_ROWS: usize = 1_000_000;
/// Rows of them that are read together.
const ROWS_AT_ONCE: usize = 4096;

/// Who answers questions about sessions.
#[derive(Clone, Debug)]
pub(crate) struct Queries {
    store: Store,
    scheduler: Arc<Scheduler>,
    room: Arc<Semaphore>,
}

/// The sessions that a question is about: those that a filter keeps, and that selections keep of these.
#[derive(Clone, Debug)]
pub(crate) struct SessionSet {
    pub filter: Filter,
    pub within: Selections,
}

impl SessionSet {
    /// The same of another range.
    pub(crate) fn over(&self, range: Range<Timestamp>) -> Self {
        Self { filter: Filter { range, ..self.filter.clone() }, within: self.within.clone() }
    }

    /// Columns that telling its sessions takes. Selections do not say which they read until they have asked.
    fn columns(&self) -> Vec<SessionColumn> {
        match self.within.all() {
            [] => self.filter.columns(),
            [_, ..] => SessionColumn::ALL.to_vec(),
        }
    }
}

impl From<Filter> for SessionSet {
    fn from(filter: Filter) -> Self {
        Self { filter, within: Selections::default() }
    }
}

/// A page of sessions, with what was counted over the whole list.
#[derive(Debug)]
pub(crate) struct Listed {
    pub sessions: Vec<Session>,
    pub counted: Counted,
    /// The cursor of the next page, where there is one.
    pub next: Option<ListCursor>,
    /// For each session what decided its ending; empty where no ending was asked for.
    pub evidence: Vec<Option<Deciding>>,
}

/// What decided a session's ending.
#[derive(Debug)]
pub(crate) struct Deciding {
    /// Name of the rule.
    pub rule: String,
    /// The step.
    pub step: StepName,
    /// From the session's start, milliseconds.
    pub offset_ms: i64,
}

/// Sessions that were found, in a snapshot that lasts as long as this.
pub(crate) struct FoundRows {
    source: Arc<SnapshotSource>,
    scheduler: Arc<Scheduler>,
    rows: Vec<RowRef>,
    columns: Vec<SessionColumn>,
}

impl FoundRows {
    /// The columns as the batches have them.
    pub(crate) fn schema(&self) -> Result<SchemaRef, RunError> {
        let first = &self.rows[..self.rows.len().min(1)];
        Ok(self.scheduler.take(&*self.source, first, &self.columns)?.schema())
    }

    /// The sessions' ids, where they are the first column asked for. Blocks.
    pub(crate) fn ids(&self) -> Result<HashSet<SessionId>, RunError> {
        let mut ids = HashSet::with_capacity(self.rows.len());
        for batch in self.batches() {
            let batch = batch?;
            ids.extend(
                batch.column(0).as_string::<i32>().iter().filter_map(|id| id?.parse::<SessionId>().ok()),
            );
        }
        Ok(ids)
    }

    /// The columns asked for, of some rows at a time, in order. Blocks.
    pub(crate) fn batches(&self) -> impl Iterator<Item = Result<RecordBatch, RunError>> {
        let parts = self.rows.chunks(ROWS_AT_ONCE);
        parts.map(|rows| self.scheduler.take(&*self.source, rows, &self.columns))
    }
}

impl FromRef<Queries> for Store {
    fn from_ref(queries: &Queries) -> Self {
        queries.store.clone()
    }
}

impl Queries {
    /// `cache_bytes` of decoded columns are kept.
    pub(crate) fn new(store: Store, cache_bytes: u64) -> Self {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let scheduler = Scheduler::new(SchedulerConfig { threads, cache_bytes });
        Self { store, scheduler: Arc::new(scheduler), room: Arc::new(Semaphore::new(AT_ONCE)) }
    }

    /// Bytes of decoded columns that are held now.
    pub(crate) fn held_bytes(&self) -> u64 {
        self.scheduler.held_bytes()
    }

    /// Lets go of what is decoded of files that are no longer the lake's.
    pub(crate) fn forget_replaced(&self) {
        self.scheduler.retain(&self.store.file_ids().into_iter().map(SegmentId).collect());
    }

    /// The answer of an analysis over some sessions.
    pub(crate) async fn run<A>(
        &self,
        site: &SiteId,
        set: SessionSet,
        analysis: A,
    ) -> Result<A::Answer, ApiError>
    where
        A: Analysis + Clone + Send + 'static,
        A::Answer: Send + 'static,
    {
        let columns = analysis.columns();
        self.ask(site, (set, Ahead::No), &columns, move |_, scope| scope.run(&analysis)).await
    }

    /// Some sessions, newest first, to have some columns read one part after the other.
    ///
    /// # Errors
    /// Where there are more than [`MOST_ROWS`].
    pub(crate) async fn rows(
        &self,
        site: &SiteId,
        set: SessionSet,
        columns: Vec<SessionColumn>,
    ) -> Result<FoundRows, ApiError> {
        let all = List { order: Order::NEWEST, after: None, limit: MOST_ROWS };
        let scheduler = Arc::clone(&self.scheduler);
        let read = [all.columns(), columns.clone()].concat();
        let found = self.ask(site, (set, Ahead::No), &read, move |source, scope| {
            Ok((Arc::clone(source), scope.list(&all)?))
        });
        let (source, page) = found.await?;
        if page.more {
            let told = format!("{} sessions are more than {MOST_ROWS} at once", page.counted.total);
            return Err(ApiError::new(Code::TooManySessions, told));
        }
        let rows = page.rows.iter().map(|row| row.row).collect();
        Ok(FoundRows { source, scheduler, rows, columns })
    }

    /// A page of sessions.
    pub(crate) async fn list(&self, site: &SiteId, set: SessionSet, asked: List) -> Result<Listed, ApiError> {
        let mut columns = asked.columns();
        columns.push(SessionColumn::Start);
        let (scheduler, within) = (Arc::clone(&self.scheduler), set.within.clone());
        self.ask(site, (set, Ahead::No), &columns, move |source, scope| {
            let page = scope.list(&asked)?;
            let rows: Vec<RowRef> = page.rows.iter().map(|row| row.row).collect();
            let batch = scheduler.take(&**source, &rows, Snapshot::ROW_COLUMNS)?;
            let sessions = source.snapshot.decode(&batch).map_err(|error| SourceError {
                segment: rows.first().map_or(0, |row| row.segment),
                source: Box::new(error),
            })?;
            let last = page.rows.last().zip(sessions.last()).filter(|_| page.more);
            let next = last.map(|(row, session)| row.cursor(session.id));
            let evidence = deciding(scope, &within, &rows)?;
            Ok(Listed { sessions, counted: page.counted, next, evidence })
        })
        .await
    }

    /// A report of some sessions.
    pub(crate) async fn report<T: Send + 'static>(
        &self,
        site: &SiteId,
        set: SessionSet,
        answer: impl Fn(&Scope<'_>) -> Result<T, ReportError> + Clone + Send + 'static,
    ) -> Result<T, ApiError> {
        self.reported(site, (set, Ahead::No), answer).await
    }

    /// As [`Self::report`], where it matters what visitors did later.
    pub(crate) async fn report_ahead<T: Send + 'static>(
        &self,
        site: &SiteId,
        set: SessionSet,
        answer: impl Fn(&Scope<'_>) -> Result<T, ReportError> + Clone + Send + 'static,
    ) -> Result<T, ApiError> {
        self.reported(site, (set, Ahead::Yes), answer).await
    }

    async fn reported<T: Send + 'static>(
        &self,
        site: &SiteId,
        set: (SessionSet, Ahead),
        answer: impl Fn(&Scope<'_>) -> Result<T, ReportError> + Clone + Send + 'static,
    ) -> Result<T, ApiError> {
        // A report is several passes, of which later ones depend on the answers of earlier ones.
        let answered = self.ask(site, set, SessionColumn::ALL, move |_, scope| match answer(scope) {
            Ok(answer) => Ok(Ok(answer)),
            Err(ReportError::Run(error)) => Err(error),
            Err(error @ ReportError::TooManySegments) => Ok(Err(error)),
        });
        answered.await?.map_err(|error| ApiError::new(Code::InvalidParameter, error.to_string()))
    }

    /// One session of a site.
    pub(crate) async fn session(&self, site: &SiteId, id: SessionId) -> Result<Option<Session>, ApiError> {
        let sessions = self.store.sessions(site);
        self.read(move || sessions.session(id)).await
    }

    /// One session of a site, with its events.
    pub(crate) async fn events(
        &self,
        site: &SiteId,
        id: SessionId,
    ) -> Result<Option<SessionEvents>, ApiError> {
        let sessions = self.store.sessions(site);
        self.read(move || sessions.events(id)).await
    }

    /// The site that holds a session.
    pub(crate) async fn site_of(&self, id: SessionId) -> Result<Option<SiteId>, ApiError> {
        let store = self.store.clone();
        self.read(move || store.site_of(id)).await
    }

    async fn read<T: Send + 'static>(
        &self,
        read: impl Fn() -> Result<T, FileError> + Clone + Send + 'static,
    ) -> Result<T, ApiError> {
        for _ in 1..TRIES {
            match blocking(read.clone()).await? {
                Ok(found) => return Ok(found),
                Err(error) => self.left_out(&error).await?,
            }
        }
        blocking(read).await?.map_err(|error| ApiError::internal(&error))
    }

    async fn ask<T: Send + 'static>(
        &self,
        site: &SiteId,
        (set, ahead): (SessionSet, Ahead),
        columns: &[SessionColumn],
        answer: impl Fn(&Arc<SnapshotSource>, &Scope<'_>) -> Result<T, RunError> + Clone + Send + 'static,
    ) -> Result<T, ApiError> {
        let _room = self.room.acquire().await.map_err(|closed| ApiError::internal(&closed))?;
        let cancel = CancelOnDrop(Cancel::default());
        let columns = source_columns(&[columns, &set.columns()].concat());
        let mut tries = 0;
        loop {
            tries += 1;
            let (sessions, scheduler) = (self.store.sessions(site), Arc::clone(&self.scheduler));
            let (set, columns, answer) = (set.clone(), columns.clone(), answer.clone());
            let cancel = cancel.0.clone();
            let asked = blocking(move || {
                let range = snapshot_range(&set, ahead);
                let snapshot = sessions.snapshot(range, &columns).map_err(failed_segment)?;
                let source = Arc::new(SnapshotSource::new(snapshot));
                let all = Scope::new(&scheduler, &*source, set.filter.clone(), &cancel);
                answer(&source, &narrowed(&all, &set.within)?)
            });
            match asked.await? {
                Ok(answer) => return Ok(answer),
                Err(RunError::Source(error)) if tries < TRIES => {
                    match error.source.downcast_ref::<FileError>() {
                        Some(file) => self.left_out(file).await?,
                        None => return Err(ApiError::internal(&error)),
                    }
                }
                Err(error) => return Err(ApiError::internal(&error)),
            }
        }
    }

    /// Has a damaged file left out; any other trouble is the answer.
    async fn left_out(&self, error: &FileError) -> Result<(), ApiError> {
        if !error.damaged {
            return Err(ApiError::internal(error));
        }
        self.store.quarantine(error).await;
        Ok(())
    }
}

/// What decided sessions' endings, where a selection is of one; the last one, since that is of the report that was left last.
fn deciding(
    scope: &Scope<'_>,
    within: &Selections,
    rows: &[RowRef],
) -> Result<Vec<Option<Deciding>>, RunError> {
    fn of_ending(selection: &Selection) -> Option<&Endings> {
        if let Selection::Ending(ending) = selection { Some(&ending.endings) } else { None }
    }
    let Some(endings) = within.all().iter().rev().find_map(of_ending) else { return Ok(Vec::new()) };
    let decided = evidence(scope, endings, rows)?.into_iter().map(|decided| {
        let (evidence, step) = decided?;
        let rule = endings.rules.rules().get(evidence.rule)?.name.clone();
        Some(Deciding { rule, step, offset_ms: evidence.offset_ms })
    });
    Ok(decided.collect())
}

/// The scope that selections leave of one.
fn narrowed<'a>(scope: &Scope<'a>, within: &Selections) -> Result<Scope<'a>, RunError> {
    within.all().iter().try_fold(scope.clone(), |scope, selection| scope.select(selection))
}

/// Whether a question looks at what visitors did after its range.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Ahead {
    Yes,
    No,
}

/// What a snapshot must hold: later sessions too, where a report or the ending that a selection is of looks ahead to them.
fn snapshot_range(set: &SessionSet, ahead: Ahead) -> Range<Timestamp> {
    let Range { start, end } = set.filter.range;
    let looks_ahead = ahead == Ahead::Yes || set.within.all().iter().any(Selection::look_ahead);
    start..if looks_ahead { Timestamp(i64::MAX) } else { end }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, ApiError> {
    tokio::task::spawn_blocking(work).await.map_err(|panicked| ApiError::internal(&panicked))
}

fn failed_segment(error: FileError) -> RunError {
    RunError::Source(SourceError { segment: 0, source: Box::new(error) })
}

/// Cancels when the request's future is dropped: its client went away.
struct CancelOnDrop(Cancel);

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

/// A snapshot of the store as analyses read it.
struct SnapshotSource {
    snapshot: Snapshot,
    segments: Vec<Segment>,
}

impl SnapshotSource {
    fn new(snapshot: Snapshot) -> Self {
        let segments = snapshot
            .segments()
            .iter()
            .map(|segment| Segment {
                id: segment.id.map(SegmentId),
                rows: segment.rows,
                starts: segment.starts.clone(),
                hidden: Arc::clone(&segment.hidden),
            })
            .collect();
        Self { snapshot, segments }
    }
}

impl Source for SnapshotSource {
    fn segments(&self) -> &[Segment] {
        &self.segments
    }

    fn load(&self, segment: usize, columns: &[SessionColumn]) -> Result<RecordBatch, SourceError> {
        let failed = |error: FileError| SourceError { segment, source: Box::new(error) };
        self.snapshot.load(segment, columns).map_err(failed)
    }

    fn load_rows(
        &self,
        segment: usize,
        columns: &[SessionColumn],
        rows: &[u32],
    ) -> Result<RecordBatch, SourceError> {
        let failed = |error: FileError| SourceError { segment, source: Box::new(error) };
        self.snapshot.load_rows(segment, columns, rows).map_err(failed)
    }
}
