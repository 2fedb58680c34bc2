//! What a browser measures: how long a page took, what it loaded, and its web vitals with their causes. Slow networks
//! and slow devices make them worse, and product pages are bad for everybody, as in the real shop: their largest picture
//! is slow and shifts what is below it.

use super::devices::Engine;
use super::dice::Dice;
use super::pages::Page;
use footpath_model::event::{
    PageLoad, Resource, ResourceTotal, Resources, Vital, VitalAttribution, VitalName, VitalRating,
};
use std::collections::BTreeMap;

/// How fast the visitor's world is.
#[derive(Clone, Copy, Debug)]
pub struct Speed {
    /// Round trip to the shop, milliseconds.
    pub round_trip_ms: i64,
    /// Time that the device takes, relative to a good laptop.
    pub slowness: f64,
}

/// How one load of a page went, all from navigation start, milliseconds.
#[derive(Clone, Copy, Debug)]
pub struct Timings {
    ttfb: i64,
    fcp: i64,
    dom_ready: i64,
    /// When the page is loaded.
    pub load: i64,
    lcp: i64,
    /// A cached page needs no bytes of its scripts and pictures.
    is_first: bool,
}

/// The picture of product pages, delivered slowly.
const SLOW_PICTURE_MS: i64 = 1_400;

impl Timings {
    /// Of one load; the first of a session opens connections and fills the cache.
    pub fn of(page: Page, speed: Speed, is_first: bool, dice: &mut Dice) -> Self {
        let work = |median: i64, dice: &mut Dice| (dice.around(median) as f64 * speed.slowness) as i64;
        let trips = if is_first { 3 } else { 1 };
        let ttfb = trips * speed.round_trip_ms + dice.around(35);
        let fcp = ttfb + speed.round_trip_ms + work(120, dice) + if is_first { work(160, dice) } else { 0 };
        let dom_ready = fcp + work(60, dice);
        let picture = match page {
            Page::Product(_) => SLOW_PICTURE_MS + work(120, dice),
            Page::Home => work(if is_first { 380 } else { 90 }, dice),
            Page::Shelves(_) => work(140, dice),
            Page::Cart | Page::Checkout | Page::Order(_) | Page::Account => work(20, dice),
        };
        let lcp = fcp + speed.round_trip_ms + picture;
        Self { ttfb, fcp, dom_ready, load: lcp.max(dom_ready) + work(50, dice), lcp, is_first }
    }

    /// Time until the SDK has started and tells of the page.
    pub fn seen(&self) -> i64 {
        (self.dom_ready - 10).max(1)
    }

    /// The page's own navigation timing.
    pub fn page_load(&self, dice: &mut Dice) -> PageLoad {
        PageLoad {
            ttfb_ms: whole(self.ttfb),
            dom_ready_ms: whole(self.dom_ready),
            load_ms: whole(self.load),
            transfer_bytes: Some(bytes(dice.between(2_300, 3_400))),
        }
    }

    /// What the page loaded.
    pub fn resources(&self, page: Page, origin: &str, dice: &mut Dice) -> Resources {
        let (n_pictures, heaviest) = match page {
            Page::Home => (6, "hero-light.svg"),
            Page::Shelves(_) => (12, "boston-fern.svg"),
            Page::Product(_) => (6, "windowsill.svg"),
            Page::Cart | Page::Checkout | Page::Order(_) | Page::Account => (1, "monstera.svg"),
        };
        let of = |count: u32, each: i64, dice: &mut Dice| ResourceTotal {
            count,
            transfer_bytes: if self.is_first { bytes(i64::from(count) * dice.around(each)) } else { 0 },
            duration_ms: whole(i64::from(count) * dice.around(if self.is_first { 60 } else { 4 })),
        };
        let by_type = BTreeMap::from([
            ("css".to_owned(), ResourceTotal { duration_ms: 0, ..of(1, 9_500, dice) }),
            ("link".to_owned(), of(2, 5_200, dice)),
            ("script".to_owned(), of(8, 3_100, dice)),
            ("img".to_owned(), of(n_pictures, 9_000, dice)),
        ]);
        let heaviest = Resource {
            url: format!("{origin}/demo/img/{heaviest}"),
            initiator_type: "img".to_owned(),
            transfer_bytes: bytes(dice.between(18_000, 30_000)),
            duration_ms: whole(self.lcp - self.fcp),
        };
        Resources { by_type, heaviest: if self.is_first { vec![heaviest] } else { Vec::new() } }
    }

    /// What is known soon after the page was painted.
    pub fn early_vitals(&self) -> [Vital; 2] {
        let ttfb =
            VitalAttribution { phases_ms: phases([("request", self.ttfb)]), ..VitalAttribution::default() };
        [
            vital(VitalName::Ttfb, self.ttfb as f64, ttfb),
            vital(VitalName::Fcp, self.fcp as f64, state("dom-interactive")),
        ]
    }

    /// The largest paint, known at the first interaction or when the page is left; not before `left_after` it.
    pub fn lcp(&self, page: Page, origin: &str, left_after: i64) -> Option<Vital> {
        if left_after < self.lcp {
            // Whoever left before the slow picture came has seen something smaller.
            return (left_after > self.fcp).then(|| vital(VitalName::Lcp, self.fcp as f64, state("loading")));
        }
        let picture = match page {
            Page::Home => Some("hero-light.svg"),
            Page::Shelves(_) => Some("monstera.svg"),
            Page::Product(_) => Some("windowsill.svg"),
            Page::Cart | Page::Checkout | Page::Order(_) | Page::Account => None,
        };
        let attribution = VitalAttribution {
            target: Some(page.largest().to_owned()),
            resource_url: picture.map(|file| format!("{origin}/demo/img/{file}")),
            phases_ms: phases([
                ("time_to_first_byte", self.ttfb),
                ("resource_load_delay", self.fcp - self.ttfb),
                ("resource_load_duration", self.lcp - self.fcp),
                ("element_render_delay", 0),
            ]),
            ..state("complete")
        };
        Some(vital(VitalName::Lcp, self.lcp as f64, attribution))
    }
}

/// How much the page jumped, as far as this browser can tell.
pub fn cls(page: Page, engine: Engine, dice: &mut Dice) -> Option<Vital> {
    let (value, target) = match (engine, page) {
        (Engine::Gecko | Engine::WebKit, _) => return None,
        (Engine::Blink, Page::Product(_)) => (0.2 * dice.spread(), "article#product"),
        (Engine::Blink, Page::Shelves(_)) => (0.012 * dice.spread(), "ul#products"),
        (Engine::Blink, _) => (0.0, ""),
    };
    let attribution = VitalAttribution {
        target: (!target.is_empty()).then(|| target.to_owned()),
        ..state(if target.is_empty() { "complete" } else { "dom-content-loaded" })
    };
    Some(vital(VitalName::Cls, (value * 10_000.0).round() / 10_000.0, attribution))
}

/// The slowest interaction, as far as this browser can tell.
pub fn inp(selector: &str, speed: Speed, engine: Engine, dice: &mut Dice) -> Option<Vital> {
    if engine == Engine::WebKit {
        return None;
    }
    let delay = dice.around(9);
    let processing = (dice.around(38) as f64 * speed.slowness) as i64;
    let presentation = (dice.around(22) as f64 * speed.slowness) as i64;
    let attribution = VitalAttribution {
        target: Some(selector.to_owned()),
        interaction: Some("pointer".to_owned()),
        phases_ms: phases([
            ("input_delay", delay),
            ("processing_duration", processing),
            ("presentation_delay", presentation),
        ]),
        ..state("complete")
    };
    // Browsers round to 8 ms.
    let value = ((delay + processing + presentation) / 8 + 1) * 8;
    Some(vital(VitalName::Inp, value as f64, attribution))
}

/// At Google's thresholds (<https://web.dev/articles/vitals>).
fn vital(name: VitalName, value: f64, attribution: VitalAttribution) -> Vital {
    let (good, poor) = match name {
        VitalName::Lcp => (2_500.0, 4_000.0),
        VitalName::Inp => (200.0, 500.0),
        VitalName::Cls => (0.1, 0.25),
        VitalName::Fcp => (1_800.0, 3_000.0),
        VitalName::Ttfb => (800.0, 1_800.0),
    };
    let rating = if value <= good {
        VitalRating::Good
    } else if value <= poor {
        VitalRating::NeedsImprovement
    } else {
        VitalRating::Poor
    };
    Vital { name, value, rating, attribution: Some(attribution) }
}

fn state(load_state: &str) -> VitalAttribution {
    VitalAttribution { load_state: Some(load_state.to_owned()), ..VitalAttribution::default() }
}

fn phases<const N: usize>(phases: [(&str, i64); N]) -> BTreeMap<String, f64> {
    phases.into_iter().map(|(name, ms)| (name.to_owned(), ms as f64)).collect()
}

fn whole(ms: i64) -> u32 {
    u32::try_from(ms).unwrap_or_default()
}

fn bytes(n: i64) -> u64 {
    u64::try_from(n).unwrap_or_default()
}
