//! Replay chunks move into the lake with the sessions of their hint, in the same turn.
//!
//! They are read, compressed anew and written some megabytes at a time, however many there are.

use super::flush::Chosen;
use super::{KeepError, Keeper, Turn};
use crate::journal::Position;
use crate::lake::day_of;
use crate::lake::file::FileError;
use crate::lake::replay_chunks::{self, ChunkRow};
use crate::lake::schema::TableKind;
use crate::live::{HintKey, LiveHint};
use footpath_model::id::{SessionId, SiteId};
use footpath_model::replay::ChunkKey;
use footpath_model::time::{HOUR, Timestamp};
use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

/// Records of a file at most, bytes: what is rewritten at once must fit in memory.
const FILE_BYTES: usize = 48 * 1024 * 1024;
/// Chunks of which no event tells wait so long for one. A page sends both within seconds of each other.
const WAIT_FOR_SESSION_MS: i64 = HOUR;

/// A chunk that is to be moved.
pub(super) struct MovingChunk {
    pub key: ChunkKey,
    pub position: Position,
    site: SiteId,
    hint: SessionId,
    /// Added to its times.
    skew_ms: i64,
    day: i32,
}

/// The chunks of a hint that the lake does not have.
pub(super) fn moving((site, hint): &HintKey, held: &LiveHint) -> Vec<MovingChunk> {
    let waiting = held.waiting_chunks.iter();
    waiting
        .filter_map(|(key, position)| {
            let facts = *held.hinted.chunks().get(key)?;
            let skew_ms = held.hinted.chunk_skew_ms(*key, facts);
            let day = day_of(facts.first_at.plus(skew_ms));
            Some(MovingChunk {
                key: *key,
                position: *position,
                site: site.clone(),
                hint: *hint,
                skew_ms,
                day,
            })
        })
        .collect()
}

impl Keeper {
    /// Adds to a turn: the chunks of all that is chosen.
    pub(super) async fn move_chunks(&self, turn: &mut Turn, chosen: &[Chosen]) -> Result<(), KeepError> {
        let mut partitions: BTreeMap<(SiteId, i32), Vec<&MovingChunk>> = BTreeMap::new();
        for chunk in chosen.iter().flat_map(|chosen| &chosen.chunks) {
            partitions.entry((chunk.site.clone(), chunk.day)).or_default().push(chunk);
        }
        for (partition, mut chunks) in partitions {
            // In the order in which they are alike, and are watched.
            chunks.sort_by_key(|chunk| (chunk.hint, chunk.key));
            let (mut rows, mut bytes) = (Vec::new(), 0);
            for moving in chunks {
                let read = self.replay.at(moving.position).await;
                let (chunk, records) = match read {
                    Ok(Some(found)) => found,
                    Ok(None) => continue,
                    Err(sqlx::Error::Decode(error)) => {
                        tracing::error!(
                            position = moving.position, %error,
                            "a replay chunk is damaged and is left out"
                        );
                        continue;
                    }
                    Err(error) => return Err(KeepError::Journal(error)),
                };
                if bytes + records.len() > FILE_BYTES && !rows.is_empty() {
                    self.write_chunks(turn, &partition, std::mem::take(&mut rows)).await?;
                    bytes = 0;
                }
                bytes += records.len();
                rows.push(ChunkRow { chunk, skew_ms: moving.skew_ms, records });
            }
            if !rows.is_empty() {
                self.write_chunks(turn, &partition, rows).await?;
            }
        }
        Ok(())
    }

    async fn write_chunks(
        &self,
        turn: &mut Turn,
        partition: &(SiteId, i32),
        rows: Vec<ChunkRow>,
    ) -> Result<(), KeepError> {
        let failed =
            |error: Box<dyn std::error::Error + Send + Sync>| FileError::of("a flush".to_owned(), error);
        let encoded = tokio::task::spawn_blocking(move || replay_chunks::encode(&rows)).await;
        let batch = encoded.map_err(|error| failed(error.into()))?.map_err(|error| failed(error.into()))?;
        let file =
            self.lake.write(TableKind::ReplayChunks, partition.clone(), batch.into(), Vec::new()).await?;
        turn.change.added.push(file);
        Ok(())
    }

    /// Chunks whose events never came are nobody's, or forged.
    pub(super) fn let_go_of_chunks_without_session(&self, now: Timestamp) {
        let is_alone = |held: &LiveHint| {
            held.hinted.sessions().len() == 0
                && held.positions.is_empty()
                && now.since(held.changed_at) > WAIT_FOR_SESSION_MS
        };
        // Nearly always there is none, and nobody need wait.
        if !self.live.read().hints().any(|(.., held)| is_alone(held)) {
            return;
        }
        let gone: Vec<Position> = self.live.change(|state| {
            let alone: Vec<HintKey> = state
                .hints()
                .filter(|(.., held)| is_alone(held))
                .map(|(site, hint, _)| (site.clone(), hint))
                .collect();
            let removed = alone.iter().filter_map(|key| state.remove(key));
            removed.flat_map(|held| held.waiting_chunks.into_values()).collect()
        });
        self.chunk_counts.without_session.fetch_add(gone.len() as u64, Ordering::Relaxed);
        tracing::debug!(chunks = gone.len(), "replay chunks without a session were let go");
        self.chunks_of_no_use.lock().expect("no holder of this lock panics").extend(gone);
    }
}
