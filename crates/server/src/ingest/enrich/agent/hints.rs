//! User agent client hints (<https://wicg.github.io/ua-client-hints/>): what Chromium tells beside a user agent that it
//! has frozen. Where they speak they know better: Windows 11, the version of macOS and of Android, the model of a
//! phone, and browsers whose user agent says no more than Chrome (Brave, Vivaldi).

use footpath_model::context::Versioned;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// `context.hints` of the wire; empty where the browser has none.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(default)]
pub struct WireHints {
    /// Whether the browser asks for the mobile form of a page; false on tablets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mobile: Option<bool>,
    /// Such as `Windows`, `macOS`, `Android`, `Chrome OS`, `Linux`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub platform: Option<String>,
    /// Such as `15.0.0`; of Windows a version of its API, not its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub platform_version: Option<String>,
    /// Such as `Pixel 8`; empty on desktops.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Names that the browser goes by, among them made-up ones.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub brands: Vec<WireBrand>,
}

/// A name that the browser goes by.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Deserialize, Serialize, ToSchema)]
pub struct WireBrand {
    /// Such as `Google Chrome`, `Chromium`, `Not A(Brand`.
    pub brand: String,
    /// Full version where the browser gave it, else the major one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub version: String,
}

/// Brands that say which engine, not which browser: they never overrule a user agent that names one. The later in this
/// list, the more it says.
const ENGINES: &[(&str, &str)] =
    &[("Chromium", "Chromium"), ("Android WebView", "Android WebView"), ("Google Chrome", "Chrome")];

/// Brands whose name in people's mouths is another.
const BRANDS: &[(&str, &str)] = &[
    ("HeadlessChrome", "Chrome"),
    ("Microsoft Edge", "Edge"),
    ("Microsoft Edge WebView2", "Edge WebView"),
    ("Opera GX", "Opera"),
    ("OperaMobile", "Opera"),
    ("Yandex", "Yandex Browser"),
    ("YaBrowser", "Yandex Browser"),
];

/// A browser as the hints tell it.
pub struct Branded {
    pub browser: Versioned,
    /// Whether it is only an engine's name.
    pub engine_only: bool,
}

impl WireHints {
    /// Bytes of its strings.
    pub(super) fn len(&self) -> usize {
        let texts = [&self.platform, &self.platform_version, &self.model];
        let brands = self.brands.iter().map(|b| b.brand.len() + b.version.len());
        texts.into_iter().flatten().map(String::len).chain(brands).sum()
    }

    /// The brand that says most.
    pub(super) fn browser(&self) -> Option<Branded> {
        let rank = |brand: &WireBrand| {
            let engine = ENGINES.iter().position(|(name, _)| *name == brand.brand);
            engine.unwrap_or(ENGINES.len())
        };
        // The first of several that say most: `max_by_key` alone would take the last.
        let said = self.brands.iter().rev().filter(|b| !is_grease(&b.brand)).max_by_key(|b| rank(b))?;
        let name = ENGINES
            .iter()
            .chain(BRANDS)
            .find(|(brand, _)| *brand == said.brand)
            .map_or(said.brand.as_str(), |(_, name)| name);
        Some(Branded {
            browser: Versioned { name: name.to_owned(), version: major(&said.version) },
            engine_only: rank(said) < ENGINES.len(),
        })
    }

    /// The operating system; `None` where the platform is not told, or is none that is known.
    pub(super) fn system(&self) -> Option<Versioned> {
        let version = self.platform_version.as_deref().unwrap_or_default();
        let (name, version) = match self.platform.as_deref()?.trim_matches('"') {
            "Windows" => ("Windows", windows_version(version)),
            "macOS" | "Mac OS X" => ("macOS", macos_version(version)),
            "Android" => ("Android", major(version)),
            "iOS" => ("iOS", major(version)),
            // Its version counts builds of the platform, which nobody speaks of.
            "Chrome OS" | "Chromium OS" => ("Chrome OS", None),
            "Linux" => ("Linux", None),
            _ => return None,
        };
        Some(Versioned { name: name.to_owned(), version })
    }

    pub(super) fn model(&self) -> Option<&str> {
        self.model.as_deref().map(str::trim).filter(|model| !model.is_empty())
    }
}

/// Whether a brand is made up, so that no site comes to rely on the list: "Not A Brand" with odd signs between.
/// <https://wicg.github.io/ua-client-hints/#create-arbitrary-brands-section>
fn is_grease(brand: &str) -> bool {
    let letters = brand.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase());
    letters.eq("notabrand".chars()) || brand.trim().is_empty()
}

/// The first number of a version.
pub(super) fn major(version: &str) -> Option<String> {
    let first = version.trim().split('.').next()?;
    let is_number = !first.is_empty() && first.len() <= 6 && first.bytes().all(|b| b.is_ascii_digit());
    (is_number && first.bytes().any(|b| b != b'0')).then(|| first.to_owned())
}

/// <https://learn.microsoft.com/microsoft-edge/web-platform/how-to-detect-win11>
fn windows_version(version: &str) -> Option<String> {
    let mut parts = version.split('.').map(|part| part.parse::<u32>());
    let name = match (parts.next()?.ok()?, parts.next().and_then(Result::ok).unwrap_or(0)) {
        (0, 1) => "7",
        (0, 2) => "8",
        (0, 3) => "8.1",
        (0, _) => return None,
        (1..=12, _) => "10",
        (13.., _) => "11",
    };
    Some(name.to_owned())
}

/// Before 11 the second number is the one people speak of.
fn macos_version(version: &str) -> Option<String> {
    let major = major(version)?;
    let minor = version.split('.').nth(1).filter(|minor| minor.parse::<u8>().is_ok());
    Some(match (major.as_str(), minor) {
        ("10", Some(minor)) => format!("10.{minor}"),
        (_, _) => major,
    })
}
