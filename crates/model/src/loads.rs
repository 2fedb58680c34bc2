//! What a session's pages loaded and how long a person had to wait for them: the parts of a session's row that are
//! read off several events together.

use crate::event::{EventKind, Navigation};
use crate::id::{SessionId, TabId};
use crate::session::{BoundaryReason, Session};
use crate::sessionize::PlacedEvent;
use std::collections::HashMap;

/// What one page loaded of one type.
#[derive(Clone, PartialEq, Debug)]
pub struct Loaded {
    /// Place of the page view among the session's.
    pub view: usize,
    /// What asked for it: `script`, `img`, `css`, `fetch` …
    pub initiator_type: String,
    /// How many.
    pub count: u32,
    /// Bytes on the network.
    pub transfer_bytes: u64,
    /// Sum of their durations, milliseconds.
    pub duration_ms: u32,
}

/// One of the heaviest resources of one page.
#[derive(Clone, PartialEq, Debug)]
pub struct Heavy {
    /// Place of the page view among the session's.
    pub view: usize,
    /// URL without query.
    pub url: String,
    /// What asked for it.
    pub initiator_type: String,
    /// Bytes on the network.
    pub transfer_bytes: u64,
    /// Milliseconds.
    pub duration_ms: u32,
}

/// What the pages of a session loaded: totals by type, and the heaviest resources. They are of a document, as timings
/// are (see [`crate::steps::views`]); what was loaded before the session's first page view of its tab is left out.
pub fn loads(events: &[PlacedEvent]) -> (Vec<Loaded>, Vec<Heavy>) {
    let (mut loaded, mut heavy) = (Vec::new(), Vec::new());
    let mut document: HashMap<TabId, usize> = HashMap::new();
    let mut n_views = 0;
    for placed in events {
        if let EventKind::PageView(view) = &placed.event().kind {
            if matches!(view.navigation, Navigation::Load | Navigation::Bfcache) {
                document.insert(placed.tab_id, n_views);
            }
            n_views += 1;
        }
        let (EventKind::Resources(resources), Some(&view)) =
            (&placed.event().kind, document.get(&placed.tab_id))
        else {
            continue;
        };
        loaded.extend(resources.by_type.iter().map(|(initiator_type, total)| Loaded {
            view,
            initiator_type: initiator_type.clone(),
            count: total.count,
            transfer_bytes: total.transfer_bytes,
            duration_ms: total.duration_ms,
        }));
        heavy.extend(resources.heaviest.iter().map(|resource| Heavy {
            view,
            url: without_query(&resource.url).to_owned(),
            initiator_type: resource.initiator_type.clone(),
            transfer_bytes: resource.transfer_bytes,
            duration_ms: resource.duration_ms,
        }));
    }
    (loaded, heavy)
}

/// A URL without query and fragment: versions and sizes are kept there, and would make each load another resource.
pub fn without_query(url: &str) -> &str {
    url.split(['?', '#']).next().unwrap_or(url)
}

/// From the navigation start of a session's first page view to the first interaction after it: a click, input,
/// submission or scroll; milliseconds. Where the first page was no full load the page view stands for its navigation
/// start.
pub fn first_interaction_ms(events: &[PlacedEvent]) -> Option<i64> {
    let is_view = |placed: &PlacedEvent| matches!(placed.event().kind, EventKind::PageView(_));
    let (entry, rest) = events.split_at(events.iter().position(is_view)?).1.split_first()?;
    let is_interaction = |placed: &&PlacedEvent| {
        matches!(
            placed.event().kind,
            EventKind::Click(_) | EventKind::Input(_) | EventKind::Submit(_) | EventKind::Scroll(_)
        )
    };
    let first = rest.iter().find(is_interaction)?;
    let of_document = rest
        .iter()
        .filter(|placed| placed.tab_id == entry.tab_id)
        .take_while(|placed| !is_view(placed))
        .find_map(|placed| {
            let EventKind::PageLoad(load) = &placed.event().kind else { return None };
            // It is told when the load has ended.
            Some(placed.at.plus(-i64::from(load.load_ms)))
        });
    let start = of_document.filter(|start| *start <= entry.at).unwrap_or(entry.at);
    Some(first.at.since(start))
}

/// Whether the session's visitor had a session before; nothing where nobody can tell: the visitor's id was made for a
/// day, or is only the session's own.
pub fn returning(session: &Session, hint: SessionId) -> Option<bool> {
    if session.visitor_id.is_derived() || session.visitor_id.0 == hint.0 {
        return None;
    }
    Some(session.previous_id.is_some() || session.start_reason != BoundaryReason::FirstVisit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timelines::{fold, session};
    use expect_test::{Expect, expect};

    #[track_caller]
    fn check_interaction(timeline: &str, expected: Option<i64>) {
        let hinted = fold(timeline);
        let (_, events) = hinted.sessions_with_events().next().expect("one session");
        assert_eq!(first_interaction_ms(events), expected);
    }

    #[test]
    fn the_first_interaction_counts_from_the_navigation_of_the_entry_page() {
        check_interaction("a 0:00:02 page /\na 0:00:03 loaded 3\na 0:00:05 click Buy", Some(5_000));
        check_interaction("a 0:00:02 page /\na 0:00:05 click Buy", Some(3_000));
        check_interaction("a 0:00:02 page /\na 0:00:04 scroll\na 0:00:05 click Buy", Some(2_000));
        check_interaction("a 0:00:02 page /\na 0:00:05 error X", None);
        check_interaction("a 0:00:01 click Early\na 0:00:02 page /", None);
        // A later page's timing is not the entry page's.
        check_interaction(
            "a 0:00:02 page /\na 0:00:03 page /b\na 0:00:08 loaded 6\na 0:00:09 click",
            Some(7_000),
        );
    }

    #[test]
    fn a_visitor_without_storage_neither_returns_nor_is_new() {
        let mut one = session("a 0:00:00 page /");
        let hint = one.id;
        assert_eq!(returning(&one, hint), Some(false));
        one.start_reason = BoundaryReason::Idle;
        assert_eq!(returning(&one, hint), Some(true));
        one.visitor_id.0 = hint.0;
        assert_eq!(returning(&one, hint), None, "the session is all that is known of the person");
        one.visitor_id.0 = uuid::Builder::from_custom_bytes([7; 16]).into_uuid();
        assert_eq!(returning(&one, hint), None);
    }

    #[track_caller]
    fn check_loads(timeline: &str, expected: Expect) {
        let hinted = fold(timeline);
        let (_, events) = hinted.sessions_with_events().next().expect("one session");
        let (loaded, heavy) = loads(events);
        let loaded = loaded.iter().map(|l| {
            format!(
                "{} {} ×{} {} bytes {} ms\n",
                l.view, l.initiator_type, l.count, l.transfer_bytes, l.duration_ms
            )
        });
        let heavy = heavy.iter().map(|h| {
            format!(
                "{} {} {} {} bytes {} ms\n",
                h.view, h.initiator_type, h.url, h.transfer_bytes, h.duration_ms
            )
        });
        expected.assert_eq(&loaded.chain(heavy).collect::<String>());
    }

    #[test]
    fn loads_are_of_the_tabs_document() {
        check_loads(
            "a 0:00:00 resources img 3 900
             a 0:00:01 page /
             b 0:00:02 page /b
             a 0:00:03 resources img 3 900
             b 0:00:03 resources script 1 50",
            expect![[r#"
                0 img ×3 900 bytes 30 ms
                1 script ×1 50 bytes 10 ms
                0 img https://shop.example/img 900 bytes 30 ms
                1 script https://shop.example/script 50 bytes 10 ms
            "#]],
        );
    }
}
