//! Selections: which sessions are behind a number.

use super::{drop_off, endings, funnels, impact, journeys, measures, pages};
use crate::reports::document::Document;
use crate::reports::measures::WhichSegments;
use crate::reports::selection::Selection;

/// For each session whether the selection keeps it. `later` as in [`super::endings()`].
pub fn selected(documents: &[Document], later: &[Document], selection: &Selection) -> Vec<bool> {
    let each = |keeps: &dyn Fn(&Document) -> bool| documents.iter().map(keeps).collect();
    match selection {
        Selection::All => each(&|_| true),
        Selection::WithErrors => each(&|one| one.session.counts.errors > 0),
        Selection::Live(as_of) => each(&|one| one.is_live(*as_of)),
        Selection::SinglePage(as_of) => {
            each(&|one| !one.is_live(*as_of) && one.session.counts.page_views == 1)
        }
        Selection::Bounced(as_of) => each(&|one| !one.is_live(*as_of) && one.session.is_bounce()),
        Selection::Did(step) => each(&|one| one.steps.iter().any(|did| did.name == *step)),
        Selection::Segment(segment) => each(&|one| {
            let key = measures::key_of(one, &segment.dimensions, segment.as_of);
            match &segment.which {
                WhichSegments::One(wanted) => key == *wanted,
                WhichSegments::AllBut(but) => !but.contains(&key),
            }
        }),
        Selection::Journey(journey) => each(&|one| journeys::keeps(one, journey)),
        Selection::DropOff(selection) => each(&|one| drop_off::keeps(one, selection)),
        Selection::Ending(selection) => endings::keeps(documents, later, selection),
        Selection::Funnel(selection) => each(&|one| funnels::keeps(one, selection)),
        Selection::Impact(selection) => each(&|one| impact::keeps(one, selection)),
        Selection::Called(selection) => each(&|one| pages::called(one, selection)),
    }
}
