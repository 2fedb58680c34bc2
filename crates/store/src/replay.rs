//! Reading replays: which chunks a session has, and the records of one of them.
//!
//! Chunks are in the lake, or still wait in replay.db, or for a moment in both. What waits is read first: a chunk that
//! moves meanwhile is then in the lake, so that none is missed.

use crate::keeper::KeepError;
use crate::lake::LakeVersion;
use crate::lake::file::FileError;
use crate::lake::replay_chunks::{self, StoredChunk};
use crate::snapshot::SiteSessions;
use crate::store::Store;
use arrow::array::{Array, AsArray};
use arrow::datatypes::TimestampMicrosecondType;
use footpath_model::columns::{ReplayColumn, SessionColumn};
use footpath_model::id::{SessionId, SiteId};
use footpath_model::replay::{ChunkKey, owner};
use footpath_model::time::Timestamp;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A session among those of its hint.
#[derive(Clone, Debug)]
struct Located {
    hint: SessionId,
    /// When each session of the hint starts, ascending.
    starts: Vec<Timestamp>,
    /// Which of them it is.
    place: usize,
}

impl Located {
    fn owns(&self, chunk: &StoredChunk) -> bool {
        owner(&self.starts, chunk.chunk.first_at.plus(chunk.skew_ms)) == self.place
    }
}

impl Store {
    /// The replay chunks of a session, in order of time; nothing where there is no such session.
    ///
    /// # Errors
    /// Where a file or the database cannot be read; a file that is damaged is left out.
    pub async fn replay(&self, site: &SiteId, id: SessionId) -> Result<Option<Vec<StoredChunk>>, KeepError> {
        match self.read_replay(site, id).await {
            Err(KeepError::File(file)) if file.damaged => {
                self.quarantine(&file).await;
                self.read_replay(site, id).await
            }
            read => read,
        }
    }

    /// A replay chunk of a session with its records, a line each; nothing where there is none.
    ///
    /// # Errors
    /// Where a file or the database cannot be read; a file that is damaged is left out.
    pub async fn replay_chunk(
        &self,
        site: &SiteId,
        id: SessionId,
        key: ChunkKey,
    ) -> Result<Option<(StoredChunk, String)>, KeepError> {
        match self.read_replay_chunk(site, id, key).await {
            Err(KeepError::File(file)) if file.damaged => {
                self.quarantine(&file).await;
                self.read_replay_chunk(site, id, key).await
            }
            read => read,
        }
    }

    async fn read_replay(&self, site: &SiteId, id: SessionId) -> Result<Option<Vec<StoredChunk>>, KeepError> {
        let sessions = self.sessions(site);
        let Some(located) = blocking(move || sessions.locate(id)).await? else { return Ok(None) };
        let waiting = self.keeper.replay.of_hint(site, located.hint).await.map_err(KeepError::Journal)?;
        let mut chunks: BTreeMap<ChunkKey, StoredChunk> = BTreeMap::new();
        for chunk in waiting {
            let skew_ms = self.chunk_skew_ms(site, &chunk);
            chunks.insert(chunk.key(), StoredChunk { chunk, skew_ms });
        }
        let (sessions, hint) = (self.sessions(site), located.hint);
        for stored in blocking(move || sessions.chunks_in_lake(hint)).await? {
            chunks.insert(stored.chunk.key(), stored);
        }
        let mut chunks: Vec<StoredChunk> = chunks.into_values().filter(|chunk| located.owns(chunk)).collect();
        chunks.sort_by_key(|stored| (stored.chunk.first_at.plus(stored.skew_ms), stored.chunk.key()));
        Ok(Some(chunks))
    }

    async fn read_replay_chunk(
        &self,
        site: &SiteId,
        id: SessionId,
        key: ChunkKey,
    ) -> Result<Option<(StoredChunk, String)>, KeepError> {
        let sessions = self.sessions(site);
        let Some(located) = blocking(move || sessions.locate(id)).await? else { return Ok(None) };
        let hint = located.hint;
        let waiting = self.keeper.replay.of_key(site, hint, key).await.map_err(KeepError::Journal)?;
        let found = match waiting {
            Some((chunk, records)) => {
                let skew_ms = self.chunk_skew_ms(site, &chunk);
                Some((StoredChunk { chunk, skew_ms }, records))
            }
            None => {
                let sessions = self.sessions(site);
                blocking(move || sessions.chunk_in_lake(hint, key)).await?
            }
        };
        Ok(found.filter(|(chunk, _)| located.owns(chunk)))
    }

    fn chunk_skew_ms(&self, site: &SiteId, chunk: &footpath_model::replay::ReplayChunk) -> i64 {
        let state = self.keeper.live.read();
        let held = state.site(site).and_then(|live| live.hint(chunk.hint));
        held.map_or(chunk.skew_ms(), |held| held.hinted.chunk_skew_ms(chunk.key(), chunk.facts()))
    }
}

impl SiteSessions {
    /// Blocks where the session is not live.
    fn locate(&self, id: SessionId) -> Result<Option<Located>, FileError> {
        let version = {
            let state = self.live.read();
            if let Some((hint, held)) = state.site(&self.site).and_then(|site| site.hint_of(id)) {
                let starts = held.hinted.sessions().map(|session| session.start).collect();
                let place = held.hinted.sessions().position(|session| session.id == id);
                return Ok(place.map(|place| Located { hint, starts, place }));
            }
            Arc::clone(&state.lake)
        };
        const COLUMNS: &[&str] =
            &[SessionColumn::Id.name(), SessionColumn::Hint.name(), SessionColumn::Start.name()];
        let text = id.to_string();
        let Some(hint) = self.look_up(&version, SessionColumn::Id, &text, COLUMNS)?.into_iter().next() else {
            return Ok(None);
        };
        let mut sessions = self.look_up(&version, SessionColumn::Hint, &hint.hint, COLUMNS)?;
        sessions.sort_by(|a, b| (a.start, &a.id).cmp(&(b.start, &b.id)));
        let place = sessions.iter().position(|session| session.id == text);
        let starts = sessions.iter().map(|session| session.start).collect();
        let hint = hint.hint.parse().ok();
        Ok(hint.zip(place).map(|(hint, place)| Located { hint, starts, place }))
    }

    fn look_up(
        &self,
        version: &LakeVersion,
        by: SessionColumn,
        value: &str,
        columns: &[&str],
    ) -> Result<Vec<Row>, FileError> {
        let mut rows = Vec::new();
        for file in version.sessions_of(&self.site) {
            let Some((batch, _)) = file.find_some(self.lake.storage(), by.name(), value, columns)? else {
                continue;
            };
            let text = |column: SessionColumn| {
                batch.column_by_name(column.name()).and_then(|column| column.as_string_opt::<i32>())
            };
            let starts = batch
                .column_by_name(SessionColumn::Start.name())
                .and_then(|column| column.as_primitive_opt::<TimestampMicrosecondType>());
            let (Some(ids), Some(hints), Some(starts)) =
                (text(SessionColumn::Id), text(SessionColumn::Hint), starts)
            else {
                return Err(FileError::of(file.object().to_string(), "a column is missing"));
            };
            rows.extend((0..batch.num_rows()).map(|row| Row {
                id: ids.value(row).to_owned(),
                hint: hints.value(row).to_owned(),
                start: Timestamp(starts.value(row).div_euclid(1000)),
            }));
        }
        Ok(rows)
    }

    fn chunks_in_lake(&self, hint: SessionId) -> Result<Vec<StoredChunk>, FileError> {
        let version = Arc::clone(&self.live.read().lake);
        let (text, heads) = (hint.to_string(), replay_chunks::heads());
        let mut chunks = Vec::new();
        for file in version.replay_chunks.iter().filter(|file| file.site == self.site) {
            let found = file.find_some(self.lake.storage(), ReplayColumn::Hint.name(), &text, &heads)?;
            let Some((batch, _)) = found else { continue };
            let decoded = replay_chunks::decode(&self.site, &batch);
            chunks.extend(decoded.map_err(|error| FileError::of(file.object().to_string(), error))?);
        }
        Ok(chunks)
    }

    fn chunk_in_lake(
        &self,
        hint: SessionId,
        key: ChunkKey,
    ) -> Result<Option<(StoredChunk, String)>, FileError> {
        let version = Arc::clone(&self.live.read().lake);
        let (text, heads) = (hint.to_string(), replay_chunks::heads());
        for file in version.replay_chunks.iter().filter(|file| file.site == self.site) {
            let failed = |error: Box<dyn std::error::Error + Send + Sync>| {
                FileError::of(file.object().to_string(), error)
            };
            let found = file.find_some(self.lake.storage(), ReplayColumn::Hint.name(), &text, &heads)?;
            let Some((batch, rows)) = found else { continue };
            let decoded = replay_chunks::decode(&self.site, &batch).map_err(|error| failed(error.into()))?;
            let Some((stored, row)) =
                decoded.into_iter().zip(rows).find(|(stored, _)| stored.chunk.key() == key)
            else {
                continue;
            };
            let records = file.read_few(self.lake.storage(), &[ReplayColumn::Text.name()], &[row])?;
            let records = records.column(0).as_string_opt::<i32>().filter(|texts| texts.len() == 1);
            let records = records.ok_or_else(|| failed("its records are no text".into()))?;
            return Ok(Some((stored, records.value(0).to_owned())));
        }
        Ok(None)
    }
}

/// What is looked up of a session.
struct Row {
    id: String,
    hint: String,
    start: Timestamp,
}

async fn blocking<T: Send + 'static>(
    read: impl FnOnce() -> Result<T, FileError> + Send + 'static,
) -> Result<T, KeepError> {
    let read = tokio::task::spawn_blocking(read).await;
    Ok(read.map_err(|error| FileError::of("a replay".to_owned(), error))??)
}
