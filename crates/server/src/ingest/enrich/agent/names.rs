//! From the rules' names to those that people use: one name per browser whatever it runs on, major versions only, and no
//! version where browsers have frozen it.

use super::rules::Named;
use footpath_model::context::Versioned;

/// The rules' names of browsers, and ours. Names not here stand as they are.
const BROWSERS: &[(&str, &str)] = &[
    ("Amazon Silk", "Silk"),
    ("Chrome Mobile", "Chrome"),
    ("Chrome Mobile iOS", "Chrome"),
    ("Chrome Mobile WebView", "Android WebView"),
    ("DuckDuckGo Mobile", "DuckDuckGo"),
    ("Edge Mobile", "Edge"),
    ("Firefox Mobile", "Firefox"),
    ("Firefox iOS", "Firefox"),
    ("HeadlessChrome", "Chrome"),
    ("IE", "Internet Explorer"),
    ("IE Mobile", "Internet Explorer"),
    ("MiuiBrowser", "Mi Browser"),
    ("Mobile Safari", "Safari"),
    ("Mobile Safari UI/WKWebView", "iOS WebView"),
    ("Opera Mobile", "Opera"),
    ("QQ Browser Mobile", "QQ Browser"),
    ("Vivaldi Mobile", "Vivaldi"),
];

/// A browser as people speak of it.
pub fn browser(found: Named) -> Option<Versioned> {
    if found.name == "Other" {
        return None;
    }
    let ours = BROWSERS.iter().find(|(theirs, _)| *theirs == found.name);
    let name = ours.map_or(found.name, |(_, ours)| (*ours).to_owned());
    Some(Versioned { name, version: found.major })
}

/// An operating system as people speak of it, from what the rules found in a user agent.
pub fn system(found: Named, user_agent: &str, browser: Option<&Versioned>) -> Option<Versioned> {
    let browser_major = || browser.and_then(|b| b.version.as_deref()?.parse::<u32>().ok());
    let (name, version) = match found.name.as_str() {
        "Other" => return None,
        "Windows" => {
            let minor = found.minor.filter(|minor| minor != "0");
            (
                "Windows",
                found.major.map(|major| minor.map_or(major.clone(), |minor| format!("{major}.{minor}"))),
            )
        }
        "Mac OS X" => match (found.major.as_deref(), found.minor.as_deref()) {
            // Every browser says 10.15 since macOS 11, so that it says nothing.
            (Some("10"), Some("15")) | (None, _) => ("macOS", None),
            (Some("10"), Some(minor)) => ("macOS", Some(format!("10.{minor}"))),
            (Some(major), _) => ("macOS", Some(major.to_owned())),
        },
        // Since 26 Safari says iOS 18 for ever, and has the number of its system.
        "iOS" if browser.is_some_and(|b| b.name == "Safari") && browser_major() >= Some(26) => {
            ("iOS", browser.and_then(|b| b.version.clone()))
        }
        // Chrome since 110 says "Android 10; K" for all.
        "Android" if user_agent.contains("; Android 10; K)") => ("Android", None),
        // Only some browsers of Linux name the distribution, so that it would split, not tell.
        "Linux" | "Ubuntu" | "Fedora" | "Debian" | "Red Hat" | "SUSE" | "Arch Linux" | "Gentoo" | "Mint"
        | "Linux Mint" | "CentOS" | "Mandriva" | "Slackware" | "Kubuntu" | "Puppy" => ("Linux", None),
        "Chrome OS" => ("Chrome OS", None),
        "Web0S" => ("webOS", found.major),
        other => (other, found.major),
    };
    Some(Versioned { name: name.to_owned(), version })
}
