//! What there is in the shop and around it: pages, things to click, devices, places, where people come from.

use footpath_model::context::{Device, DeviceClass, Place, Versioned};
use footpath_model::event::Route;

const ORIGIN: &str = "https://shop.example";

/// Things sold; the first ones by far the most looked at.
const PRODUCTS: usize = 8000;
const CATEGORIES: [&str; 24] = [
    "mugs", "plates", "bowls", "glasses", "knives", "pans", "pots", "towels", "aprons", "boards", "jars",
    "spoons", "candles", "baskets", "lamps", "rugs", "cushions", "throws", "clocks", "mirrors", "vases",
    "plants", "seeds", "tools",
];
const GUIDES: usize = 160;
const HELP: usize = 60;

/// A page as a visitor sees it.
pub(super) struct Page {
    pub(super) url: String,
    pub(super) title: String,
    pub(super) route: Route,
}

/// Where a visitor can be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Room {
    Home,
    Category(usize),
    Product(usize),
    Search(usize),
    Guide(usize),
    Help(usize),
    Cart,
    Checkout,
    Payment,
    Thanks(usize),
    Account,
    Order(usize),
}

/// The tables, with what is made of them once.
pub(super) struct World {
    devices: Vec<(Device, [u32; 2])>,
    places: Vec<(Place, &'static str, &'static str)>,
}

impl Default for World {
    fn default() -> Self {
        let devices = DEVICES.iter().map(|&(class, model, browser, version, os, os_version, screen)| {
            let versioned = |name: &str, version: &str| Versioned {
                name: name.to_owned(),
                version: (!version.is_empty()).then(|| version.to_owned()),
            };
            let device = Device {
                class,
                model: (!model.is_empty()).then(|| model.to_owned()),
                browser: Some(versioned(browser, version)),
                os: Some(versioned(os, os_version)),
            };
            (device, screen)
        });
        let place = |&(country, language, zone): &(&str, &'static str, &'static str)| {
            (Place { country: Some(country.to_owned()), ..Place::default() }, language, zone)
        };
        Self { devices: devices.collect(), places: PLACES.iter().map(place).collect() }
    }
}

impl World {
    pub(super) fn devices(&self) -> usize {
        self.devices.len()
    }

    pub(super) fn countries(&self) -> usize {
        self.places.len()
    }

    pub(super) fn device(&self, nth: usize) -> &(Device, [u32; 2]) {
        &self.devices[nth]
    }

    /// With language and time zone.
    pub(super) fn place(&self, nth: usize) -> &(Place, &'static str, &'static str) {
        &self.places[nth]
    }

    pub(super) const PRODUCTS: usize = PRODUCTS;
    pub(super) const CATEGORIES: usize = CATEGORIES.len();
    pub(super) const GUIDES: usize = GUIDES;
    pub(super) const HELP: usize = HELP;
}

impl Room {
    pub(super) fn page(self) -> Page {
        let (path, template, title) = match self {
            Self::Home => fixed("/", "Things for the table".to_owned()),
            Self::Category(nth) => {
                fixed(&format!("/categories/{}", CATEGORIES[nth]), CATEGORIES[nth].to_owned())
            }
            Self::Product(nth) => numbered("/products", 1000 + nth, format!("Product {}", 1000 + nth)),
            Self::Search(nth) => fixed("/search", format!("Search: {}", CATEGORIES[nth % CATEGORIES.len()])),
            Self::Guide(nth) => {
                fixed(&format!("/guides/how-to-choose-well-{nth}"), format!("Guide no. {nth}"))
            }
            Self::Help(nth) => fixed(&format!("/help/topic-{nth}"), format!("Help: topic {nth}")),
            Self::Cart => fixed("/cart", "Your cart".to_owned()),
            Self::Checkout => fixed("/checkout", "Checkout".to_owned()),
            Self::Payment => fixed("/checkout/payment", "Payment".to_owned()),
            Self::Thanks(nth) => numbered("/checkout/thanks", nth, "Thank you".to_owned()),
            Self::Account => fixed("/account", "Your account".to_owned()),
            Self::Order(nth) => numbered("/account/orders", nth, format!("Order {nth}")),
        };
        let query = match self {
            Self::Search(nth) => format!("?q={}", CATEGORIES[nth % CATEGORIES.len()]),
            Self::Category(nth) if nth % 3 == 0 => "?sort=price".to_owned(),
            _ => String::new(),
        };
        Page {
            url: format!("{ORIGIN}{path}{query}"),
            title: format!("{title} – Harbour Goods"),
            route: Route { path: path.into(), template: template.into() },
        }
    }
}

fn fixed(path: &str, title: String) -> (String, String, String) {
    (path.to_owned(), path.to_owned(), title)
}

fn numbered(below: &str, number: usize, title: String) -> (String, String, String) {
    (format!("{below}/{number}"), format!("{below}/:id"), title)
}

/// Class, model, browser, its version, system, its version, screen. The first ones are most.
type DeviceRow =
    (DeviceClass, &'static str, &'static str, &'static str, &'static str, &'static str, [u32; 2]);

const DEVICES: &[DeviceRow] = {
    use DeviceClass::{Desktop, Mobile, Tablet};
    &[
        (Mobile, "iPhone", "Mobile Safari", "18", "iOS", "18.5", [393, 852]),
        (Desktop, "", "Chrome", "142", "Windows", "11", [1920, 1080]),
        (Mobile, "", "Chrome Mobile", "142", "Android", "15", [412, 915]),
        (Desktop, "", "Chrome", "142", "Mac OS X", "15.5", [1728, 1117]),
        (Desktop, "", "Edge", "142", "Windows", "11", [1536, 864]),
        (Mobile, "SM-S921B", "Samsung Internet", "28", "Android", "14", [360, 780]),
        (Desktop, "", "Firefox", "144", "Windows", "10", [1920, 1080]),
        (Desktop, "", "Safari", "18", "Mac OS X", "15.5", [1512, 982]),
        (Tablet, "iPad", "Mobile Safari", "18", "iOS", "18.5", [820, 1180]),
        (Mobile, "iPhone", "Mobile Safari", "17", "iOS", "17.6", [390, 844]),
        (Desktop, "", "Chrome", "141", "Windows", "10", [1366, 768]),
        (Mobile, "Pixel 8", "Chrome Mobile", "142", "Android", "15", [412, 915]),
        (Mobile, "", "Firefox Mobile", "144", "Android", "13", [412, 892]),
        (Desktop, "", "Firefox", "144", "Linux", "", [2560, 1440]),
        (Desktop, "", "Chrome", "142", "Linux", "", [1920, 1080]),
        (Tablet, "SM-X210", "Chrome Mobile", "141", "Android", "14", [800, 1280]),
        (Desktop, "", "Opera", "124", "Windows", "11", [1920, 1080]),
        (Mobile, "iPhone", "Chrome Mobile iOS", "142", "iOS", "18.5", [430, 932]),
    ]
};

/// Country, language, time zone. The first ones are most.
const PLACES: &[(&str, &str, &str)] = &[
    ("US", "en-US", "America/New_York"),
    ("DE", "de-DE", "Europe/Berlin"),
    ("GB", "en-GB", "Europe/London"),
    ("FR", "fr-FR", "Europe/Paris"),
    ("US", "en-US", "America/Los_Angeles"),
    ("NL", "nl-NL", "Europe/Amsterdam"),
    ("CA", "en-CA", "America/Toronto"),
    ("BR", "pt-BR", "America/Sao_Paulo"),
    ("ES", "es-ES", "Europe/Madrid"),
    ("IT", "it-IT", "Europe/Rome"),
    ("IN", "en-IN", "Asia/Kolkata"),
    ("AT", "de-AT", "Europe/Vienna"),
    ("CH", "de-CH", "Europe/Zurich"),
    ("JP", "ja-JP", "Asia/Tokyo"),
    ("SE", "sv-SE", "Europe/Stockholm"),
    ("PL", "pl-PL", "Europe/Warsaw"),
    ("AU", "en-AU", "Australia/Sydney"),
    ("MX", "es-MX", "America/Mexico_City"),
    ("DK", "da-DK", "Europe/Copenhagen"),
    ("BE", "nl-BE", "Europe/Brussels"),
    ("NO", "nb-NO", "Europe/Oslo"),
    ("PT", "pt-PT", "Europe/Lisbon"),
    ("IE", "en-IE", "Europe/Dublin"),
    ("KR", "ko-KR", "Asia/Seoul"),
];

/// Pages that link to the shop, and what is added to the entry's URL; the first ones are most.
pub(super) const SOURCES: &[(&str, &str)] = &[
    ("https://www.google.com/", ""),
    ("", ""),
    ("https://www.google.com/", "?utm_source=google&utm_medium=cpc&utm_campaign=summer_table"),
    ("https://duckduckgo.com/", ""),
    ("https://www.instagram.com/", "?utm_source=instagram&utm_medium=social&utm_campaign=reels_june"),
    ("", "?utm_source=newsletter&utm_medium=email&utm_campaign=week_24"),
    ("https://www.bing.com/", ""),
    ("https://www.pinterest.com/", ""),
    ("https://news.ycombinator.com/", ""),
    ("https://kitchen.example/best-mugs-of-the-year", ""),
    ("https://blog.example/setting-a-table", "?utm_source=blog&utm_medium=referral&utm_campaign=partners"),
    ("https://forum.example/t/which-pan/4821", ""),
];

pub(super) const RELEASES: &[&str] = &["2026.5.1", "2026.5.2", "2026.5.3", "2026.5.4", "2026.5.5"];

/// Label, role and selector of what is clicked; the first ones are most.
pub(super) const CLICKS: &[(&str, &str, &str)] = &[
    ("Add to Cart", "button", "form#buy > button.button-primary"),
    ("Next image", "button", "div.gallery > button.next"),
    ("Show more", "button", "main > section.list > button.more"),
    ("Size: large", "radio", "form#buy > label:nth-of-type(3)"),
    ("Sort by price", "combobox", "main > div.tools > select"),
    ("Reviews", "tab", "div.tabs > button:nth-of-type(2)"),
    ("Menu", "button", "header > nav > button.menu"),
    ("Add to wish list", "button", "form#buy > button.wish"),
    ("Close", "button", "div.dialog > button.close"),
    ("Subscribe", "button", "footer > form > button"),
    ("Filter: in stock", "checkbox", "aside.filters > label:nth-of-type(1)"),
    ("Remove", "button", "main.cart > li > button.remove"),
    ("Share", "button", "div.share > button"),
    ("Chat with us", "button", "div#chat > button"),
];

/// Method, template, whether it ends with a number.
pub(super) const CALLS: &[(&str, &str, bool)] = &[
    ("GET", "/api/products/:id", true),
    ("GET", "/api/recommendations", false),
    ("GET", "/api/cart", false),
    ("POST", "/api/cart/items", false),
    ("GET", "/api/products/:id/reviews", true),
    ("GET", "/api/session", false),
    ("PUT", "/api/cart/items/:id", true),
    ("GET", "/api/search", false),
    ("POST", "/api/wishlist", false),
    ("GET", "/api/stock/:id", true),
];

/// Name and message.
pub(super) const ERRORS: &[(&str, &str)] = &[
    ("TypeError", "Cannot read properties of undefined (reading 'price')"),
    ("ChunkLoadError", "Loading chunk 482 failed"),
    ("NetworkError", "Failed to fetch"),
    ("PaymentError", "card_declined"),
    ("TypeError", "e.target.closest is not a function"),
    ("ReferenceError", "gtag is not defined"),
    ("RangeError", "Invalid time value"),
    ("SyntaxError", "Unexpected token '<', \"<!DOCTYPE \"... is not valid JSON"),
];

pub(super) const STACK: &str = "at total (https://cdn.shop.example/app.3f2a1b9c.js:1:48213)
    at CartSummary (https://cdn.shop.example/app.3f2a1b9c.js:1:50877)
    at renderWithHooks (https://cdn.shop.example/vendor.77aa01fe.js:2:11804)
    at beginWork (https://cdn.shop.example/vendor.77aa01fe.js:2:27011)";

/// Absolute URL of a call, and its route.
pub(super) fn call(template: &str, number: Option<usize>) -> (String, Route) {
    let path = match number {
        Some(number) => template.replace(":id", &number.to_string()),
        None => template.to_owned(),
    };
    (format!("{ORIGIN}{path}"), Route { path: path.into(), template: template.into() })
}
