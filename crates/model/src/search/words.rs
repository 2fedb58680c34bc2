//! Words that a search knows: values of fields that take one of a few, named as in the lake and the API.

use crate::acquisition::Channel;
use crate::context::{BotReason, DeviceClass};
use crate::session::BoundaryReason;

/// Values of `start_reason`.
pub(super) const START_REASONS: &[&str] =
    &["first_visit", "idle", "cap", "user_switch", "logout", "consent", "api"];
/// Values of `end_reason`.
pub(super) const END_REASONS: &[&str] = &["idle", "cap", "user_switch", "logout", "consent", "api"];
/// Values of `channel`.
pub(super) const CHANNELS: &[&str] = &["direct", "search", "social", "email", "paid", "referral", "campaign"];
/// Values of `device`.
pub(super) const DEVICES: &[&str] = &["desktop", "mobile", "tablet", "other"];
/// Values of `bot`.
pub(super) const BOTS: &[&str] = &["known_crawler", "headless", "automated", "no_user_agent"];
/// Values of `request.failure`.
pub(super) const FAILURES: &[&str] = &["network", "abort", "timeout"];

pub(super) fn reason(reason: BoundaryReason) -> &'static str {
    match reason {
        BoundaryReason::FirstVisit => "first_visit",
        BoundaryReason::Idle => "idle",
        BoundaryReason::Cap => "cap",
        BoundaryReason::UserSwitch => "user_switch",
        BoundaryReason::Logout => "logout",
        BoundaryReason::Consent => "consent",
        BoundaryReason::Api => "api",
    }
}

pub(super) fn channel(channel: Channel) -> &'static str {
    match channel {
        Channel::Direct => "direct",
        Channel::Search => "search",
        Channel::Social => "social",
        Channel::Email => "email",
        Channel::Paid => "paid",
        Channel::Referral => "referral",
        Channel::Campaign => "campaign",
    }
}

pub(super) fn device(class: DeviceClass) -> &'static str {
    match class {
        DeviceClass::Desktop => "desktop",
        DeviceClass::Mobile => "mobile",
        DeviceClass::Tablet => "tablet",
        DeviceClass::Other => "other",
    }
}

pub(super) fn bot(reason: BotReason) -> &'static str {
    match reason {
        BotReason::KnownCrawler => "known_crawler",
        BotReason::Headless => "headless",
        BotReason::Automated => "automated",
        BotReason::NoUserAgent => "no_user_agent",
    }
}

macro_rules! words {
    ($(#[$meta:meta])* $enum:ident { $($variant:ident $name:literal $doc:literal)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum $enum {
            $(#[doc = $doc] $variant,)+
        }

        impl $enum {
            /// All, in the order in which they are offered.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];
            /// Their names, in the same order.
            pub const NAMES: &'static [&'static str] = &[$($name,)+];

            /// As it is written.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }

            /// What it means.
            pub const fn doc(self) -> &'static str {
                match self {
                    $(Self::$variant => $doc,)+
                }
            }

            /// The one of a name, in any case.
            pub fn of_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.name().eq_ignore_ascii_case(name))
            }
        }
    };
}

words! {
    /// What a session can be: values of `is`.
    State {
        Live "live" "Its last activity is not longer ago than the timeout, and nothing closed it."
        Settled "settled" "It is not live."
        Bounced "bounced" "It is settled, with one page view, no interaction but scrolling, and under 10 s of active time."
        Returning "returning" "The visitor had a session before."
        New "new" "The visitor had none, as far as is known."
        Identified "identified" "The person is known."
        Anonymous "anonymous" "The person is not known."
        Bot "bot" "It is thought to be no person's."
    }
}

words! {
    /// What a session can have: values of `has`.
    Thing {
        Errors "errors" "At least one error."
        Failed "failed" "At least one HTTP call that failed."
        Rage "rage" "At least one rage click."
        Dead "dead" "At least one dead click."
        Replay "replay" "At least one replay chunk."
        User "user" "The person is known."
        Form "form" "At least one form field was touched, or a form submitted."
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::RequestFailure;
    use serde::de::DeserializeOwned;

    /// Each word is one of the type's own names, and its name is the word.
    #[track_caller]
    fn check<T: DeserializeOwned>(words: &[&str], name: impl Fn(T) -> &'static str) {
        for word in words {
            let value = serde_json::from_value(serde_json::Value::from(*word)).expect("a name of the type");
            assert_eq!(name(value), *word);
        }
    }

    #[test]
    fn words_are_those_of_the_lake() {
        check(START_REASONS, reason);
        check(END_REASONS, reason);
        check(CHANNELS, channel);
        check(DEVICES, device);
        check(BOTS, bot);
        check(FAILURES, RequestFailure::name);
    }
}
