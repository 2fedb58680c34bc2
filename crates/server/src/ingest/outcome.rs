//! Outcomes: every received item ends in exactly one of them, counted.
//!
//! An [`Intake`] is opened for the items of a request and closed by its destructor, so that an item that code
//! forgets is counted too, as `internal`.

use serde::{Deserialize, Serialize};
use std::sync::atomic::{AtomicU64, Ordering};
use utoipa::ToSchema;

/// Why an item was dropped.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DropReason {
    /// It is not what the wire format says.
    Malformed,
    /// It is larger than one event may be.
    TooLarge,
    /// It happened longer ago than late data is taken in.
    TooOld,
    /// It has the `(tab_id, seq)` of one that is there.
    Duplicate,
    /// Its request was refused as a whole: unreadable, too large, of another version.
    Refused,
    /// Its site key is unknown.
    UnknownKey,
    /// Its key sent too many.
    RateLimited,
    /// It could not be made durable; the client was told to send it again.
    Unavailable,
    /// No outcome was given: a defect.
    Internal,
}

impl DropReason {
    /// All, for the operator's table.
    pub const ALL: [Self; 9] = [
        Self::Malformed,
        Self::TooLarge,
        Self::TooOld,
        Self::Duplicate,
        Self::Refused,
        Self::UnknownKey,
        Self::RateLimited,
        Self::Unavailable,
        Self::Internal,
    ];

    /// As on the wire and in metrics.
    pub fn name(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::TooLarge => "too_large",
            Self::TooOld => "too_old",
            Self::Duplicate => "duplicate",
            Self::Refused => "refused",
            Self::UnknownKey => "unknown_key",
            Self::RateLimited => "rate_limited",
            Self::Unavailable => "unavailable",
            Self::Internal => "internal",
        }
    }
}

/// Counts of the items that were dropped since the process started. Those that were made durable are counted by the
/// fold, since only it can tell which of them are new.
#[derive(Debug, Default)]
pub struct Outcomes {
    dropped: [AtomicU64; DropReason::ALL.len()],
}

impl Outcomes {
    /// Items dropped for a reason.
    pub fn dropped(&self, reason: DropReason) -> u64 {
        self.dropped[reason as usize].load(Ordering::Relaxed)
    }

    /// Opens the account of `items` received items.
    pub fn intake(&self, items: u32) -> Intake<'_> {
        Intake { outcomes: self, open: items }
    }
}

/// The account of a request's items.
#[derive(Debug)]
pub struct Intake<'a> {
    outcomes: &'a Outcomes,
    /// Without an outcome yet.
    open: u32,
}

impl Intake<'_> {
    /// One item is dropped.
    pub fn drop_one(&mut self, reason: DropReason) {
        self.close(1, reason);
    }

    /// All that is still open is dropped.
    pub fn drop_rest(mut self, reason: DropReason) {
        self.close(self.open, reason);
    }

    /// All that is still open goes to the journal, which takes over the account; returns how many that are.
    pub fn hand_over(mut self) -> u32 {
        std::mem::take(&mut self.open)
    }

    fn close(&mut self, items: u32, reason: DropReason) {
        let closed = items.min(self.open);
        self.open -= closed;
        self.outcomes.dropped[reason as usize].fetch_add(u64::from(closed), Ordering::Relaxed);
    }
}

impl Drop for Intake<'_> {
    fn drop(&mut self) {
        self.close(self.open, DropReason::Internal);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_item_ends_in_one_outcome_even_a_forgotten_one() {
        let outcomes = Outcomes::default();
        let mut intake = outcomes.intake(5);
        intake.drop_one(DropReason::Malformed);
        assert_eq!(intake.hand_over(), 4);
        outcomes.intake(3).drop_rest(DropReason::RateLimited);
        let mut forgotten = outcomes.intake(2);
        forgotten.drop_one(DropReason::TooOld);
        drop(forgotten);
        let dropped: Vec<_> = DropReason::ALL
            .into_iter()
            .map(|reason| (reason.name(), outcomes.dropped(reason)))
            .filter(|(_, count)| *count > 0)
            .collect();
        assert_eq!(dropped, [("malformed", 1), ("too_old", 1), ("rate_limited", 3), ("internal", 1)]);
    }

    #[test]
    fn reasons_are_indexed_by_their_place() {
        for (index, reason) in DropReason::ALL.into_iter().enumerate() {
            assert_eq!(reason as usize, index);
        }
    }
}
