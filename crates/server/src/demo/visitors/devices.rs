//! What visitors use: real user agents with the client hints that go with them, screens, and how fast they are.

use super::dice::Dice;
use crate::ingest::enrich::agent::{WireBrand, WireHints};

/// The engine says which web vitals a browser can measure, and how it words an error.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Engine {
    /// Chrome, Edge, Samsung Internet and others.
    Blink,
    /// Firefox.
    Gecko,
    /// Safari, and everything on iOS.
    WebKit,
}

/// What it is held like.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// A desktop or a laptop.
    Desktop,
    /// A phone.
    Phone,
    /// A tablet.
    Tablet,
}

/// A kind of device with its browser.
#[derive(Debug)]
pub struct Device {
    /// Share among devices of its form.
    weight: u32,
    /// What it is held like.
    pub form: Form,
    /// The browser's engine.
    pub engine: Engine,
    /// As sent in the header.
    pub user_agent: &'static str,
    /// Platform, its version and model, as client hints tell; only Chromium does.
    hints: Option<(&'static str, &'static str, &'static str)>,
    /// Brand and full version, as client hints tell.
    brand: (&'static str, &'static str),
    /// CSS px.
    pub screen: [u32; 2],
    /// CSS px.
    pub viewport: [u32; 2],
    /// Time that scripts and painting take, relative to a good laptop.
    pub slowness: f64,
}

use Engine::{Blink, Gecko, WebKit};
use Form::{Desktop, Phone, Tablet};

const CHROME: &str = "Google Chrome";
const NO_HINTS: (&str, &str) = ("", "");

/// All devices. Browsers have frozen much of these strings, so Windows 11 and new macOS look like old ones here and are
/// told by hints alone.
#[rustfmt::skip]
const DEVICES: &[Device] = &[
    Device { weight: 26, form: Desktop, engine: Blink, user_agent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36", hints: Some(("Windows", "15.0.0", "")), brand: (CHROME, "142.0.7444.60"), screen: [1920, 1080], viewport: [1920, 953], slowness: 1.0 },
    Device { weight: 12, form: Desktop, engine: Blink, user_agent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36", hints: Some(("Windows", "10.0.0", "")), brand: (CHROME, "120.0.6099.130"), screen: [1366, 768], viewport: [1366, 625], slowness: 1.8 },
    Device { weight: 12, form: Desktop, engine: Blink, user_agent: "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36", hints: Some(("macOS", "15.6.1", "")), brand: (CHROME, "142.0.7444.60"), screen: [1728, 1117], viewport: [1728, 962], slowness: 0.7 },
    Device { weight: 15, form: Desktop, engine: WebKit, user_agent: "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15", hints: None, brand: NO_HINTS, screen: [1512, 982], viewport: [1512, 858], slowness: 0.7 },
    Device { weight: 13, form: Desktop, engine: Blink, user_agent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0", hints: Some(("Windows", "15.0.0", "")), brand: ("Microsoft Edge", "141.0.3537.99"), screen: [1536, 864], viewport: [1536, 730], slowness: 1.1 },
    Device { weight: 9, form: Desktop, engine: Gecko, user_agent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:144.0) Gecko/20100101 Firefox/144.0", hints: None, brand: NO_HINTS, screen: [1920, 1080], viewport: [1904, 947], slowness: 1.1 },
    Device { weight: 4, form: Desktop, engine: Gecko, user_agent: "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0", hints: None, brand: NO_HINTS, screen: [2560, 1440], viewport: [1720, 1310], slowness: 0.9 },
    Device { weight: 3, form: Desktop, engine: Blink, user_agent: "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36", hints: Some(("Linux", "", "")), brand: (CHROME, "141.0.7390.122"), screen: [1920, 1200], viewport: [1920, 1072], slowness: 0.9 },
    Device { weight: 24, form: Phone, engine: WebKit, user_agent: "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1", hints: None, brand: NO_HINTS, screen: [393, 852], viewport: [393, 659], slowness: 1.1 },
    Device { weight: 12, form: Phone, engine: WebKit, user_agent: "Mozilla/5.0 (iPhone; CPU iPhone OS 17_6_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.6 Mobile/15E148 Safari/604.1", hints: None, brand: NO_HINTS, screen: [390, 844], viewport: [390, 664], slowness: 1.4 },
    Device { weight: 3, form: Phone, engine: WebKit, user_agent: "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/142.0.7444.77 Mobile/15E148 Safari/604.1", hints: None, brand: NO_HINTS, screen: [430, 932], viewport: [430, 739], slowness: 1.1 },
    Device { weight: 14, form: Phone, engine: Blink, user_agent: "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36", hints: Some(("Android", "15.0.0", "Pixel 8")), brand: (CHROME, "142.0.7444.48"), screen: [412, 915], viewport: [412, 785], slowness: 1.7 },
    Device { weight: 12, form: Phone, engine: Blink, user_agent: "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36", hints: Some(("Android", "13.0.0", "SM-A145R")), brand: (CHROME, "140.0.7339.207"), screen: [384, 854], viewport: [384, 727], slowness: 3.6 },
    Device { weight: 8, form: Phone, engine: Blink, user_agent: "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36", hints: Some(("Android", "14.0.0", "SM-S921B")), brand: ("Samsung Internet", "28.0.5.9"), screen: [360, 780], viewport: [360, 656], slowness: 1.6 },
    Device { weight: 3, form: Phone, engine: Gecko, user_agent: "Mozilla/5.0 (Android 14; Mobile; rv:144.0) Gecko/144.0 Firefox/144.0", hints: None, brand: NO_HINTS, screen: [412, 892], viewport: [412, 763], slowness: 2.2 },
    Device { weight: 8, form: Tablet, engine: WebKit, user_agent: "Mozilla/5.0 (iPad; CPU OS 17_6_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.6 Mobile/15E148 Safari/604.1", hints: None, brand: NO_HINTS, screen: [820, 1180], viewport: [820, 1106], slowness: 1.2 },
    Device { weight: 3, form: Tablet, engine: Blink, user_agent: "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36", hints: Some(("Android", "14.0.0", "SM-X210")), brand: (CHROME, "141.0.7390.111"), screen: [800, 1280], viewport: [800, 1143], slowness: 2.4 },
];

impl Device {
    /// Somebody's device; `phones` is their share where 10 is the world's average.
    pub fn any(dice: &mut Dice, phones: u32) -> &'static Self {
        let forms = [(Desktop, 11), (Phone, phones), (Tablet, 1)];
        let (form, _) = *dice.weighted(&forms, |(_, weight)| *weight);
        dice.weighted(DEVICES, |device| if device.form == form { device.weight } else { 0 })
    }

    /// The user agent client hints; none where the browser has no such thing.
    pub fn hints(&self) -> Option<WireHints> {
        let (platform, platform_version, model) = self.hints?;
        let (brand, version) = self.brand;
        let chromium = self.user_agent.split("Chrome/").nth(1)?.split(' ').next()?;
        let named =
            |brand: &str, version: &str| WireBrand { brand: brand.to_owned(), version: version.to_owned() };
        Some(WireHints {
            mobile: Some(self.form == Phone),
            platform: Some(platform.to_owned()),
            platform_version: Some(platform_version.to_owned()),
            model: (!model.is_empty()).then(|| model.to_owned()),
            brands: vec![
                named(brand, version),
                named("Chromium", chromium),
                named("Not_A Brand", "99.0.0.0"),
            ],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::enrich::agent::AgentParser;
    use expect_test::expect;

    /// What ingest makes of every device: the table and the parser must agree on form and name.
    #[test]
    fn devices_are_what_ingest_sees() {
        let parser = AgentParser::new();
        let seen: String = DEVICES
            .iter()
            .map(|device| {
                let (seen, bot) = parser.parse(device.user_agent, &device.hints().unwrap_or_default());
                let model = seen.model.as_deref().unwrap_or("–");
                assert_eq!(bot, None);
                format!("{seen} ({model})\n")
            })
            .collect();
        expect![[r#"
            Desktop / Chrome 142 / Windows 11 (–)
            Desktop / Chrome 120 / Windows 10 (–)
            Desktop / Chrome 142 / macOS 15 (–)
            Desktop / Safari 18 / macOS (–)
            Desktop / Edge 141 / Windows 11 (–)
            Desktop / Firefox 144 / Windows 10 (–)
            Desktop / Firefox 143 / Linux (–)
            Desktop / Chrome 141 / Linux (–)
            Mobile / Safari 18 / iOS 18 (iPhone)
            Mobile / Safari 17 / iOS 17 (iPhone)
            Mobile / Chrome 142 / iOS 18 (iPhone)
            Mobile / Chrome 142 / Android 15 (Pixel 8)
            Mobile / Chrome 140 / Android 13 (SM-A145R)
            Mobile / Samsung Internet 28 / Android 14 (SM-S921B)
            Mobile / Firefox 144 / Android 14 (–)
            Tablet / Safari 17 / iOS 17 (iPad)
            Tablet / Chrome 141 / Android 14 (SM-X210)
        "#]]
        .assert_eq(&seen);
    }
}
