//! What holds for all events of a batch: who, on what device, from where. Resolved by ingest from the wire.

use crate::event::{PropValue, Props};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The context of a batch, after enrichment. An IP address never gets this far.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Context {
    /// Who the site says the visitor is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<User>,
    /// From the user agent and its client hints.
    pub device: Device,
    /// From the IP address, which is then dropped.
    pub place: Place,
    /// BCP 47.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// IANA name of the browser's time zone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// Width and height of the screen, CSS px.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub screen: Option<[u32; 2]>,
    /// Width and height of the viewport, CSS px.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub viewport: Option<[u32; 2]>,
    /// `navigator.connection.effectiveType`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connection: Option<String>,
    /// Version of the site's own code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub release: Option<String>,
    /// Deployment of the site's own code, such as `production`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// Set by the site with `setContext`.
    #[serde(skip_serializing_if = "Props::is_empty")]
    pub props: Props,
    /// Why this is thought to be no person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bot: Option<BotReason>,
}

/// A person known to the site.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct User {
    /// The site's id for the person.
    pub id: String,
    /// The site's properties of the person, such as `email`.
    #[serde(default, skip_serializing_if = "Props::is_empty")]
    pub traits: Props,
}

impl User {
    /// The trait `email`, where it is text.
    pub fn email(&self) -> Option<&str> {
        match self.traits.0.get("email")? {
            PropValue::Text(email) => Some(email),
            PropValue::Bool(_) | PropValue::Number(_) => None,
        }
    }
}

/// What the visitor uses.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Device {
    /// Its class.
    pub class: DeviceClass,
    /// Its model, where told, such as `iPhone` or `Pixel 8`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Browser with its major version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub browser: Option<Versioned>,
    /// Operating system with its version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub os: Option<Versioned>,
}

/// A name with a version.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct Versioned {
    /// Such as `Chrome`.
    pub name: String,
    /// Such as `120`; absent where unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

impl std::fmt::Display for Versioned {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.version {
            Some(version) => write!(f, "{} {version}", self.name),
            None => f.write_str(&self.name),
        }
    }
}

/// Class of a device.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeviceClass {
    /// Laptops too.
    Desktop,
    /// Phones.
    Mobile,
    /// Tablets.
    Tablet,
    /// Anything else: televisions, consoles, watches; or not told.
    #[default]
    Other,
}

impl DeviceClass {
    /// As in the lake and the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Desktop => "desktop",
            Self::Mobile => "mobile",
            Self::Tablet => "tablet",
            Self::Other => "other",
        }
    }

    /// The word shown to people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Desktop => "Desktop",
            Self::Mobile => "Mobile",
            Self::Tablet => "Tablet",
            Self::Other => "Other",
        }
    }
}

impl std::fmt::Display for Device {
    /// `Desktop / Chrome 120 / Windows 10`, leaving out what is not known.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.class.label())?;
        for part in [&self.browser, &self.os].into_iter().flatten() {
            write!(f, " / {part}")?;
        }
        Ok(())
    }
}

/// Where the visitor is, as far as the IP address told.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Place {
    /// ISO 3166-1 alpha-2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// Region, such as a state, in English.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// City, in English.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
}

impl std::fmt::Display for Place {
    /// `San Francisco, US`, `US`, or nothing.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (&self.city, &self.country) {
            (Some(city), Some(country)) => write!(f, "{city}, {country}"),
            (Some(name), None) | (None, Some(name)) => f.write_str(name),
            (None, None) => Ok(()),
        }
    }
}

/// Why a visitor is thought to be no person.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BotReason {
    /// The user agent is on the list of known crawlers.
    KnownCrawler,
    /// The user agent names a headless or scripted browser.
    Headless,
    /// The browser says that it is driven by automation (`navigator.webdriver`).
    Automated,
    /// There was no user agent.
    NoUserAgent,
}
