//! How much a site key may send: events, or replay.

use footpath_model::id::SiteId;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, InsufficientCapacity, Quota, RateLimiter};
use std::num::NonZeroU32;

/// One bucket of items for each site.
pub(crate) struct ItemRate {
    buckets: DefaultKeyedRateLimiter<SiteId>,
    clock: DefaultClock,
}

impl std::fmt::Debug for ItemRate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ItemRate").finish_non_exhaustive()
    }
}

/// Too many: after how many milliseconds there is room again.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct TooMany {
    pub retry_after_ms: u64,
}

impl ItemRate {
    /// Allows `per_second`, and twice as many in a burst, but always as many as one request may have.
    pub(crate) fn new(per_second: NonZeroU32, whole: NonZeroU32) -> Self {
        let quota = Quota::per_second(per_second).allow_burst(per_second.saturating_mul(TWO).max(whole));
        Self { buckets: RateLimiter::keyed(quota), clock: DefaultClock::default() }
    }

    /// Takes `items` out of the site's bucket, or says when to come back.
    pub(crate) fn take(&self, site: &SiteId, items: NonZeroU32) -> Result<(), TooMany> {
        match self.buckets.check_key_n(site, items) {
            Ok(Ok(())) => Ok(()),
            Ok(Err(until)) => {
                let wait = until.wait_time_from(self.clock.now());
                Err(TooMany { retry_after_ms: u64::try_from(wait.as_millis()).unwrap_or(u64::MAX) })
            }
            // More than the bucket ever holds: cannot be, since it holds a whole request.
            Err(InsufficientCapacity(_)) => Err(TooMany { retry_after_ms: 1_000 }),
        }
    }
}

/// Events of a batch.
pub(super) const WHOLE_BATCH: NonZeroU32 =
    NonZeroU32::new(super::limits::EVENTS_PER_BATCH as u32).expect("a batch has events");
const TWO: NonZeroU32 = NonZeroU32::MIN.saturating_add(1);
