//! Replay chunks beside the events of a hint: whose they are follows from the sessions that the events make.

use super::HintedSession;
use crate::replay::{ChunkFacts, ChunkKey, ReplayTally, owner};
use crate::time::Timestamp;
use std::collections::BTreeMap;
use std::sync::Arc;

impl HintedSession {
    /// Takes in replay chunks; those already seen are left out. Returns how many were new.
    pub fn fold_chunks(&mut self, chunks: impl IntoIterator<Item = (ChunkKey, ChunkFacts)>) -> u32 {
        let before = self.chunks.len();
        for (key, facts) in chunks {
            self.chunks.entry(key).or_insert(facts);
        }
        self.tally_chunks();
        u32::try_from(self.chunks.len() - before).unwrap_or(u32::MAX)
    }

    /// The replay chunks that are known.
    pub fn chunks(&self) -> &BTreeMap<ChunkKey, ChunkFacts> {
        &self.chunks
    }

    /// What is added to the times of a chunk: its tab's correction, or where the tab has no events its own.
    pub fn chunk_skew_ms(&self, key: ChunkKey, facts: ChunkFacts) -> i64 {
        self.tabs.get(&key.tab_id).map_or(facts.skew_ms, |tab| tab.skew_ms)
    }

    pub(super) fn tally_chunks(&mut self) {
        if self.chunks.is_empty() || self.parts.is_empty() {
            return;
        }
        let starts: Vec<Timestamp> = self.parts.iter().map(|part| part.session.start).collect();
        let mut tallies = vec![ReplayTally::default(); starts.len()];
        for (key, facts) in &self.chunks {
            let at = facts.first_at.plus(self.chunk_skew_ms(*key, *facts));
            let tally = &mut tallies[owner(&starts, at)];
            tally.chunks += 1;
            tally.bytes += u64::from(facts.sent_bytes);
        }
        for (part, tally) in self.parts.iter_mut().zip(tallies) {
            if part.session.replay != tally {
                Arc::make_mut(&mut part.session).replay = tally;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::batch::{Batch, SessionHint};
    use crate::context::Context;
    use crate::event::{Event, EventKind, Navigation, PageView};
    use crate::id::{SessionId, SiteId, TabId, VisitorId};
    use crate::replay::{ChunkFacts, ChunkKey};
    use crate::session::BoundaryReason;
    use crate::sessionize::HintedSession;
    use crate::site::SessionRules;
    use crate::time::{HOUR, SECOND, Timestamp};
    use std::sync::Arc;
    use uuid::Uuid;

    const TAB: TabId = TabId(Uuid::from_u128(7));

    fn view(seq: u32, at: i64) -> Arc<Batch> {
        let view = PageView {
            url: "https://shop.example/".to_owned(),
            title: None,
            referrer: None,
            navigation: Navigation::Load,
        };
        Arc::new(Batch {
            site: SiteId("shop".to_owned()),
            received_at: Timestamp(at),
            sent_at: Timestamp(at),
            backfill: false,
            visitor_id: VisitorId(Uuid::nil()),
            hint: SessionHint {
                id: SessionId(Uuid::from_u128(1)),
                start_reason: BoundaryReason::FirstVisit,
                previous_id: None,
            },
            tab_id: TAB,
            context: Context::default(),
            events: vec![Event { seq, at: Timestamp(at), kind: EventKind::PageView(view), route: None }],
        })
    }

    fn chunk(index: u32, first_at: i64) -> (ChunkKey, ChunkFacts) {
        let facts = ChunkFacts { first_at: Timestamp(first_at), skew_ms: 0, sent_bytes: 100 };
        (ChunkKey { tab_id: TAB, index }, facts)
    }

    fn tallies(hinted: &HintedSession) -> Vec<(u32, u64)> {
        hinted.sessions().map(|session| (session.replay.chunks, session.replay.bytes)).collect()
    }

    #[test]
    fn chunks_and_events_make_the_same_sessions_in_any_order() {
        let batches = [view(0, 0), view(1, 2 * HOUR)];
        let chunks = [chunk(0, -SECOND), chunk(1, 30 * SECOND), chunk(2, 2 * HOUR + SECOND)];
        for order in 0..3 {
            let mut hinted = HintedSession::new(SessionRules::default());
            let (early, late) = chunks.split_at(order);
            assert_eq!(hinted.fold_chunks(early.iter().copied()), u32::try_from(order).expect("small"));
            hinted.fold(&batches[order % 2]);
            hinted.fold_chunks(late.iter().copied());
            hinted.fold(&batches[1 - order % 2]);
            assert_eq!(hinted.fold_chunks(chunks), 0, "each is taken in once");
            assert_eq!(tallies(&hinted), [(2, 200), (1, 100)]);
        }
    }

    #[test]
    fn chunks_without_events_are_no_session() {
        let mut hinted = HintedSession::new(SessionRules::default());
        hinted.fold_chunks([chunk(0, 0)]);
        assert_eq!(hinted.sessions().len(), 0);
        hinted.fold(&view(0, SECOND));
        assert_eq!(tallies(&hinted), [(1, 100)]);
    }
}
