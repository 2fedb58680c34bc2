//! Typed ids, so that a tab can never be passed where a session is meant.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }
    };
}

uuid_id! {
    /// A session. The client mints it as UUIDv7; where the server splits a session, the later parts get ids
    /// derived from the client's.
    SessionId
}
uuid_id! {
    /// A pseudonymous person-device.
    VisitorId
}
impl VisitorId {
    /// Whether the server derived it for a day, since the browser keeps nothing: such ids are UUIDs of version 8, which no
    /// client mints. Whether such a visitor was here before cannot be told.
    pub fn is_derived(self) -> bool {
        self.0.get_version_num() == 8
    }
}

uuid_id! {
    /// One browser tab, from its opening to its closing.
    TabId
}
uuid_id! {
    /// One document in a tab, from its load to its end; restored from the back/forward cache it is another.
    PageId
}

/// A tracked property: a short name, unique on this server, used in API paths.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
pub struct SiteId(pub String);

impl SiteId {
    /// Accepts 1–40 characters of `a-z`, `0-9` and `-`, not starting or ending with `-`.
    ///
    /// # Errors
    /// Says in one sentence what a site id looks like.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let fits = (1..=40).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && !text.starts_with('-')
            && !text.ends_with('-');
        if fits {
            Ok(Self(text.to_owned()))
        } else {
            Err("a site id has 1 to 40 characters a-z, 0-9 or -, and does not start or end with -")
        }
    }
}

impl std::fmt::Display for SiteId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}
