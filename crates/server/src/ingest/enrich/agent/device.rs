//! The class and the model of a device, from the form of its user agent.
//!
//! Limits: an iPad that asks for desktop pages, as it does by default, says that it is a Mac, and is taken for a
//! desktop; the model of an iPhone or a Mac is told by nobody.

use super::hints::WireHints;
use footpath_model::context::DeviceClass;

/// What is neither desktop, phone nor tablet, whatever else its user agent says.
const OTHERS: &[&str] = &[
    // Televisions and sticks.
    "SmartTV", "SMART-TV", "Smart TV", "SmartCast", "GoogleTV", "Google TV", "AndroidTV", "Android TV",
    "AppleTV", "Apple TV", "Web0S", "webOS.TV", "NetCast", "BRAVIA", "HbbTV", "CrKey", "Roku", "; AFT",
    "VIDAA", "Viera", // Consoles.
    "PlayStation", "PLAYSTATION", "Nintendo", "Xbox", // Worn.
    "Watch", "OculusBrowser", "; Quest",
];

/// The class of a device.
pub fn class(user_agent: &str, hints: &WireHints) -> DeviceClass {
    let says = |text: &str| user_agent.contains(text);
    if OTHERS.iter().any(|other| says(other)) {
        return DeviceClass::Other;
    }
    if says("iPad") {
        return DeviceClass::Tablet;
    }
    if says("iPhone") || says("iPod") {
        return DeviceClass::Mobile;
    }
    let platform = hints.platform.as_deref();
    // It names Android, but never says "Mobile".
    if says("Opera Mini") {
        return DeviceClass::Mobile;
    }
    if says("Android") && !says("Windows Phone") || platform == Some("Android") {
        // Google's advice to makers: only phones say "Mobile". Kindle Fire tablets say it all the same.
        let is_phone = hints.mobile.unwrap_or_else(|| says("Mobile") && !says("; KF") && !says("Tablet"));
        return if is_phone { DeviceClass::Mobile } else { DeviceClass::Tablet };
    }
    let phones = ["Windows Phone", "KAIOS", "BlackBerry", "BB10", "Mobile; rv:", "HarmonyOS; Phone"];
    if phones.iter().any(|phone| says(phone)) || hints.mobile == Some(true) {
        return DeviceClass::Mobile;
    }
    // "Tablet PC" is in the user agent of old desktops that could take a pen.
    if ["Tablet; rv:", "PlayBook", "HarmonyOS; Tablet"].iter().any(|tablet| says(tablet)) {
        return DeviceClass::Tablet;
    }
    let desktops = ["Windows NT", "Macintosh", "X11;", "CrOS", "Linux x86_64", "Linux i686"];
    if desktops.iter().any(|desktop| says(desktop)) {
        return DeviceClass::Desktop;
    }
    match platform {
        Some("Windows" | "macOS" | "Linux" | "Chrome OS" | "Chromium OS") => DeviceClass::Desktop,
        Some(_) | None => DeviceClass::Other,
    }
}

/// The model of a device, where it is told.
pub fn model(user_agent: &str, hints: &WireHints) -> Option<String> {
    if let Some(model) = hints.model() {
        return Some(model.to_owned());
    }
    if let Some(apple) = ["iPhone", "iPad", "iPod"].into_iter().find(|name| user_agent.contains(name)) {
        return Some(apple.to_owned());
    }
    android_model(user_agent).map(str::to_owned)
}

/// `(Linux; Android 13; SM-S901B Build/TP1A; wv)` → `SM-S901B`. Browsers that have reduced their user agent say `K`.
fn android_model(user_agent: &str) -> Option<&str> {
    let (_, from_system) = user_agent.split_once("Android")?;
    let (in_parentheses, _) = from_system.split_once(')')?;
    let model = in_parentheses.split(';').skip(1).map(str::trim).find(|part| !is_no_model(part))?;
    let model = model.split(" Build/").next()?.trim();
    let model = model.strip_prefix("SAMSUNG ").unwrap_or(model);
    (!model.is_empty()).then_some(model)
}

/// What stands between the semicolons and is no model: Chrome's `K`, Firefox's words, a language (`en-us`), a bare build,
/// a program with its version.
fn is_no_model(part: &str) -> bool {
    let is_language = match part.as_bytes() {
        [a, b] => a.is_ascii_lowercase() && b.is_ascii_lowercase(),
        [a, b, b'-' | b'_', c, d] => {
            a.is_ascii_lowercase()
                && b.is_ascii_lowercase()
                && c.is_ascii_alphabetic()
                && d.is_ascii_alphabetic()
        }
        _ => false,
    };
    matches!(part, "" | "K" | "U" | "wv" | "Mobile" | "Tablet" | "TV")
        || part.starts_with("rv:")
        || part.starts_with("Build/")
        || part.contains('/') && !part.contains(" Build/")
        || is_language
}
