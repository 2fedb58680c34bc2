//! A tracked property and its rules.

use crate::id::SiteId;
use crate::time::{HOUR, MINUTE};

/// A site and its settings.
#[derive(Clone, PartialEq, Debug)]
pub struct Site {
    /// Short name, in API paths.
    pub id: SiteId,
    /// Shown to people.
    pub name: String,
    /// Public key, in pages: may send events of now.
    pub key: String,
    /// Secret key: may send events of any age.
    pub backfill_key: String,
    /// IANA name; days and hours are the site's.
    pub time_zone: String,
    /// Path below which the site lives, such as `/shop`; left out of paths shown. Empty for the root.
    pub base_path: String,
    /// When sessions end.
    pub session_rules: SessionRules,
}

/// When a session ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SessionRules {
    /// A gap between activities over this ends a session, milliseconds.
    pub timeout_ms: i64,
    /// No session spans more than this, milliseconds.
    pub cap_ms: i64,
}

impl Default for SessionRules {
    /// 30 minutes, the field's custom since the first log analysers; 24 hours.
    fn default() -> Self {
        Self { timeout_ms: 30 * MINUTE, cap_ms: 24 * HOUR }
    }
}

impl SessionRules {
    /// Shortest and longest timeout a site may choose, minutes.
    pub const TIMEOUT_MINUTES: std::ops::RangeInclusive<i64> = 1..=240;
}
