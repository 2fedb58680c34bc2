//! `/metrics`: what became of every item, in Prometheus' text format, for the operator.

use crate::ingest::outcome::{DropReason, Outcomes};
use footpath_store::Store;
use std::fmt::Write;

/// The text of `/metrics`.
pub(crate) fn render(outcomes: &Outcomes, store: &Store) -> String {
    let duplicates = store.n_duplicates();
    let mut text = String::from(
        "# HELP footpath_items_total Received items by outcome; each has exactly one.\n\
         # TYPE footpath_items_total counter\n",
    );
    let mut items = |outcome: &str, count: u64| {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "footpath_items_total{{outcome=\"{outcome}\"}} {count}");
    };
    // Whether a durable item is new, only the fold can tell.
    items("accepted", store.n_accepted());
    for reason in DropReason::ALL {
        let folded = if reason == DropReason::Duplicate { duplicates } else { 0 };
        items(reason.name(), outcomes.dropped(reason) + folded);
    }
    let _ = write!(
        text,
        "# HELP footpath_sessions Sessions in the live set.\n# TYPE footpath_sessions gauge\nfootpath_sessions {}\n",
        store.n_sessions()
    );
    text
}
