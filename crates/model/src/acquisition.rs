//! What brought a visitor: channel, source and campaign, told from the entry page's URL and referrer.

use crate::event::PageView;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What brought the visitor to the entry page.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Acquisition {
    /// Kind of source.
    pub channel: Channel,
    /// URL of the page before, on another host.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub referrer: Option<String>,
    /// Campaign parameters.
    pub utm: Utm,
}

/// Kind of source, after the common default channel grouping.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// Typed, a bookmark, or hidden by the browser.
    #[default]
    Direct,
    /// A search engine, unpaid.
    Search,
    /// A social network, unpaid.
    Social,
    /// Mail.
    Email,
    /// Paid traffic of any kind.
    Paid,
    /// A link on another site.
    Referral,
    /// Tagged with a campaign, but nothing above fits.
    Campaign,
}

impl Channel {
    /// As in the lake and the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::Search => "search",
            Self::Social => "social",
            Self::Email => "email",
            Self::Paid => "paid",
            Self::Referral => "referral",
            Self::Campaign => "campaign",
        }
    }
}

/// Campaign parameters of the entry URL.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Utm {
    /// `utm_source`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// `utm_medium`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub medium: Option<String>,
    /// `utm_campaign`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub campaign: Option<String>,
    /// `utm_term`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub term: Option<String>,
    /// `utm_content`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
}

/// Hosts of search engines: a referrer on one of them, or on a subdomain, is a search. The engines with over 0.1 % of
/// the world's searches (statcounter.com), and the private ones.
const SEARCH_HOSTS: &[&str] = &[
    "google", "bing.com", "duckduckgo.com", "yahoo", "yandex", "baidu.com", "ecosia.org", "qwant.com",
    "startpage.com", "search.brave.com", "kagi.com", "naver.com", "seznam.cz",
];
/// Hosts of social networks.
const SOCIAL_HOSTS: &[&str] = &[
    "facebook.com", "instagram.com", "x.com", "twitter.com", "t.co", "linkedin.com", "lnkd.in", "reddit.com",
    "pinterest", "youtube.com", "tiktok.com", "threads.net", "bsky.app", "mastodon.social",
    "news.ycombinator.com", "whatsapp.com", "vk.com",
];
/// Hosts of web mail.
const MAIL_HOSTS: &[&str] = &["mail.google.com", "mail.yahoo.com", "outlook.live.com", "outlook.office.com"];

impl Acquisition {
    /// Of the first page view of a session.
    pub fn of(entry: &PageView) -> Self {
        let utm = Utm::of(&entry.url);
        let referrer = entry.referrer.as_deref().filter(
            |referrer| matches!((host(referrer), host(&entry.url)), (Some(from), to) if Some(from) != to),
        );
        Self { channel: channel(&utm, referrer, &entry.url), referrer: referrer.map(str::to_owned), utm }
    }
}

impl Acquisition {
    /// Host of the page before, without `www.`.
    pub fn referrer_host(&self) -> Option<&str> {
        let host = host(self.referrer.as_deref()?)?;
        Some(host.strip_prefix("www.").unwrap_or(host))
    }
}

fn channel(utm: &Utm, referrer: Option<&str>, url: &str) -> Channel {
    let medium = utm.medium.as_deref().unwrap_or_default().to_ascii_lowercase();
    let click_id = ["gclid", "msclkid", "fbclid"].iter().find(|id| query_value(url, id).is_some());
    let host = referrer.and_then(host).unwrap_or_default();
    if ["cpc", "ppc", "paid", "display", "banner", "cpm"].iter().any(|paid| medium.contains(paid))
        || matches!(click_id, Some(&"gclid" | &"msclkid"))
    {
        Channel::Paid
    } else if medium.contains("email") || medium == "mail" || is_one_of(host, MAIL_HOSTS) {
        Channel::Email
    } else if medium.contains("social") || is_one_of(host, SOCIAL_HOSTS) || click_id == Some(&"fbclid") {
        Channel::Social
    } else if medium == "organic" || is_one_of(host, SEARCH_HOSTS) {
        Channel::Search
    } else if utm.campaign.is_some() || utm.source.is_some() {
        Channel::Campaign
    } else if host.is_empty() {
        Channel::Direct
    } else {
        Channel::Referral
    }
}

/// Whether `host` is, or is below, one of `known`; a name without a dot stands for it under any country's domain.
fn is_one_of(host: &str, known: &[&str]) -> bool {
    known.iter().any(|known| {
        if known.contains('.') {
            host == *known || host.strip_suffix(known).is_some_and(|rest| rest.ends_with('.'))
        } else {
            let labels: Vec<&str> = host.split('.').collect();
            // The name before a suffix of one or two labels: google.com, google.co.uk.
            labels.len() >= 2 && labels.iter().rev().skip(1).take(2).any(|label| label == known)
        }
    })
}

/// The host of an absolute URL, without user and port.
fn host(url: &str) -> Option<&str> {
    let after_scheme = url.split_once("://")?.1;
    let authority = after_scheme.split(['/', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?;
    let host = host.split(':').next()?;
    (!host.is_empty()).then_some(host)
}

fn query_value<'a>(url: &'a str, name: &str) -> Option<&'a str> {
    let query = url.split('#').next()?.split_once('?')?.1;
    query.split('&').find_map(|pair| {
        let (key, value) = pair.split_once('=')?;
        (key == name && !value.is_empty()).then_some(value)
    })
}

impl Utm {
    fn of(url: &str) -> Self {
        let value = |name| query_value(url, name).map(decode);
        Self {
            source: value("utm_source"),
            medium: value("utm_medium"),
            campaign: value("utm_campaign"),
            term: value("utm_term"),
            content: value("utm_content"),
        }
    }
}

/// Form decoding: `+` is a space, `%41` a byte; what is not valid stays as it is.
fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let hex = |b: u8| (b as char).to_digit(16);
        match (first, tail) {
            (b'+', _) => bytes.push(b' '),
            (b'%', [high, low, after @ ..]) if hex(*high).is_some() && hex(*low).is_some() => {
                let value = hex(*high).unwrap_or_default() * 16 + hex(*low).unwrap_or_default();
                bytes.push(u8::try_from(value).unwrap_or(b'?'));
                rest = after;
                continue;
            }
            _ => bytes.push(first),
        }
        rest = tail;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Navigation;
    use expect_test::{Expect, expect};

    #[track_caller]
    fn check(url: &str, referrer: &str, expected: Expect) {
        let got = Acquisition::of(&PageView {
            url: url.to_owned(),
            title: None,
            referrer: Some(referrer.to_owned()),
            navigation: Navigation::Load,
        });
        let utm =
            [got.utm.source, got.utm.medium, got.utm.campaign].into_iter().flatten().collect::<Vec<_>>();
        expected.assert_eq(&format!("{:?} from {:?} {}", got.channel, got.referrer, utm.join("/")));
    }

    #[test]
    fn channels() {
        check("https://a.example/", "", expect![[r#"Direct from None "#]]);
        check("https://a.example/b", "https://a.example/", expect![[r#"Direct from None "#]]);
        check(
            "https://a.example/",
            "https://www.google.co.uk/",
            expect![[r#"Search from Some("https://www.google.co.uk/") "#]],
        );
        check(
            "https://a.example/",
            "https://notgoogle.example/",
            expect![[r#"Referral from Some("https://notgoogle.example/") "#]],
        );
        check(
            "https://a.example/",
            "https://l.facebook.com/x",
            expect![[r#"Social from Some("https://l.facebook.com/x") "#]],
        );
        check(
            "https://a.example/",
            "https://mail.google.com/",
            expect![[r#"Email from Some("https://mail.google.com/") "#]],
        );
        check(
            "https://a.example/?gclid=1",
            "https://www.google.com/",
            expect![[r#"Paid from Some("https://www.google.com/") "#]],
        );
        check(
            "https://a.example/?utm_source=news&utm_medium=email&utm_campaign=spring%20sale",
            "",
            expect![[r#"Email from None news/email/spring sale"#]],
        );
        check("https://a.example/?utm_source=poster+1", "", expect![[r#"Campaign from None poster 1"#]]);
        check("https://a.example/?utm_source=%ff%zz%", "", expect![[r#"Campaign from None �%zz%"#]]);
    }
}
