//! What sessions are told apart by: a dimension gives each session one value, or none where it is not known.

use super::document::{AsOf, Document};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use utoipa::ToSchema;

/// What sessions are told apart by.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Dimension {
    /// Whether the site said who the person is.
    UserType,
    /// Whether the visitor was here before.
    Returning,
    /// Class of the device.
    Device,
    /// Browser.
    Browser,
    /// Browser with its major version.
    BrowserVersion,
    /// Operating system.
    Os,
    /// Operating system with its version.
    OsVersion,
    /// Country.
    Country,
    /// Region.
    Region,
    /// City.
    City,
    /// Language.
    Language,
    /// Type of the network.
    Connection,
    /// What brought the visitor.
    Channel,
    /// Host of the page before.
    ReferrerHost,
    /// Campaign parameter.
    UtmSource,
    /// Campaign parameter.
    UtmMedium,
    /// Campaign parameter.
    UtmCampaign,
    /// Campaign parameter.
    UtmTerm,
    /// Campaign parameter.
    UtmContent,
    /// Route of the entry page.
    EntryRoute,
    /// Route of the exit page.
    ExitRoute,
    /// Version of the site's code.
    Release,
}

impl Dimension {
    /// All, in the order they are offered in.
    pub const ALL: [Self; 22] = [
        Self::UserType,
        Self::Returning,
        Self::Device,
        Self::Browser,
        Self::BrowserVersion,
        Self::Os,
        Self::OsVersion,
        Self::Country,
        Self::Region,
        Self::City,
        Self::Language,
        Self::Connection,
        Self::Channel,
        Self::ReferrerHost,
        Self::UtmSource,
        Self::UtmMedium,
        Self::UtmCampaign,
        Self::UtmTerm,
        Self::UtmContent,
        Self::EntryRoute,
        Self::ExitRoute,
        Self::Release,
    ];

    /// As in the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::UserType => "user_type",
            Self::Returning => "returning",
            Self::Device => "device",
            Self::Browser => "browser",
            Self::BrowserVersion => "browser_version",
            Self::Os => "os",
            Self::OsVersion => "os_version",
            Self::Country => "country",
            Self::Region => "region",
            Self::City => "city",
            Self::Language => "language",
            Self::Connection => "connection",
            Self::Channel => "channel",
            Self::ReferrerHost => "referrer_host",
            Self::UtmSource => "utm_source",
            Self::UtmMedium => "utm_medium",
            Self::UtmCampaign => "utm_campaign",
            Self::UtmTerm => "utm_term",
            Self::UtmContent => "utm_content",
            Self::EntryRoute => "entry_route",
            Self::ExitRoute => "exit_route",
            Self::Release => "release",
        }
    }

    /// The dimension of a name; nothing where there is none of that name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|dimension| dimension.name() == name)
    }

    /// What it means.
    pub const fn definition(self) -> &'static str {
        match self {
            Self::UserType => {
                "`logged_in` where the site said who the person is at any time in the session, else `anonymous`."
            }
            Self::Returning => {
                "`returning` where the visitor had a session before this one, else `new`; not known in cookieless mode."
            }
            Self::Device => "Class of the device: desktop, mobile, tablet or other.",
            Self::Browser => "Name of the browser.",
            Self::BrowserVersion => "Browser with its major version.",
            Self::Os => "Name of the operating system.",
            Self::OsVersion => "Operating system with its version.",
            Self::Country => "ISO 3166-1 alpha-2, from the IP address.",
            Self::Region => "Region, in English.",
            Self::City => "City, in English.",
            Self::Language => "The browser's language, BCP 47.",
            Self::Connection => "Effective type of the network at the first event, as the browser told.",
            Self::Channel => {
                "What brought the visitor: direct, search, social, email, paid, referral or campaign."
            }
            Self::ReferrerHost => "Host of the page before the entry page, without `www.`.",
            Self::UtmSource | Self::UtmMedium | Self::UtmCampaign | Self::UtmTerm | Self::UtmContent => {
                "Campaign parameter of the entry URL."
            }
            Self::EntryRoute => "First page view, with ids replaced.",
            Self::ExitRoute => "Last page view, with ids replaced; not known of live sessions.",
            Self::Release => "Version of the site's own code at the first event.",
        }
    }

    /// A session's value; nothing where it is not known.
    pub fn of(self, document: &Document, as_of: AsOf) -> Option<Cow<'_, str>> {
        let session = &document.session;
        let versioned =
            |of: &'_ Option<crate::context::Versioned>| of.as_ref().map(|of| Cow::Owned(of.to_string()));
        let word = |word: &'static str| Some(Cow::Borrowed(word));
        let text = match self {
            Self::UserType => return word(if session.user.is_some() { LOGGED_IN } else { ANONYMOUS }),
            Self::Returning => {
                return document.returning.and_then(|is| word(if is { RETURNING } else { NEW }));
            }
            Self::Device => return word(session.device.class.name()),
            Self::Channel => return word(session.acquisition.channel.name()),
            Self::BrowserVersion => return versioned(&session.device.browser),
            Self::OsVersion => return versioned(&session.device.os),
            Self::Browser => session.device.browser.as_ref().map(|browser| &browser.name),
            Self::Os => session.device.os.as_ref().map(|os| &os.name),
            Self::Country => session.place.country.as_ref(),
            Self::Region => session.place.region.as_ref(),
            Self::City => session.place.city.as_ref(),
            Self::Language => session.language.as_ref(),
            Self::Connection => document.connection.as_ref(),
            Self::ReferrerHost => return session.acquisition.referrer_host().map(Cow::Borrowed),
            Self::UtmSource => session.acquisition.utm.source.as_ref(),
            Self::UtmMedium => session.acquisition.utm.medium.as_ref(),
            Self::UtmCampaign => session.acquisition.utm.campaign.as_ref(),
            Self::UtmTerm => session.acquisition.utm.term.as_ref(),
            Self::UtmContent => session.acquisition.utm.content.as_ref(),
            Self::EntryRoute => session.entry.as_ref().map(|page| &page.route),
            Self::ExitRoute if document.is_live(as_of) => None,
            Self::ExitRoute => session.exit.as_ref().map(|page| &page.route),
            Self::Release => session.release.as_ref(),
        };
        text.map(|text| Cow::Borrowed(text.as_str()))
    }
}

/// A user type.
pub const LOGGED_IN: &str = "logged_in";
/// A user type.
pub const ANONYMOUS: &str = "anonymous";
/// Of a visitor who had a session before.
pub const RETURNING: &str = "returning";
/// Of a visitor who had none.
pub const NEW: &str = "new";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::{HOUR, MINUTE, Timestamp};

    #[test]
    fn names_name_their_dimension() {
        assert!(Dimension::ALL.iter().all(|&one| Dimension::of_name(one.name()) == Some(one)));
        let names: std::collections::HashSet<_> = Dimension::ALL.iter().map(|one| one.name()).collect();
        assert_eq!(names.len(), Dimension::ALL.len());
    }

    #[test]
    fn values_are_told_of_a_session() {
        let mut one = Document::of_timeline("a 0:00:00 page /entry\na@jane 0:01:00 page /exit");
        let as_of = AsOf { now: Timestamp(HOUR), timeout_ms: MINUTE };
        let told = |one: &Document| {
            let value = |dimension: Dimension| dimension.of(one, as_of).map(|value| value.into_owned());
            [Dimension::UserType, Dimension::Returning, Dimension::EntryRoute, Dimension::ExitRoute]
                .map(value)
        };
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(told(&one), [some("logged_in"), some("new"), some("/entry"), some("/exit")]);
        (one.session.user, one.returning) = (None, None);
        assert_eq!(told(&one)[..2], [some("anonymous"), None]);
        let now = AsOf { now: one.session.end, ..as_of };
        assert_eq!(Dimension::ExitRoute.of(&one, now), None, "it has not left yet");
        let chrome = crate::context::Versioned { name: "Chrome".to_owned(), version: Some("120".to_owned()) };
        one.session.device.browser = Some(chrome);
        assert_eq!(Dimension::BrowserVersion.of(&one, as_of).as_deref(), Some("Chrome 120"));
    }
}
