//! A shopper's session: page after page, each with what is done and measured on it, until the shopper leaves.

use super::world::{self, CALLS, CLICKS, ERRORS, RELEASES, Room, SOURCES, STACK, World};
use super::{DAYS, UNTIL, Visitor};
use crate::dice::Dice;
use footpath_model::batch::{Batch, SessionHint};
use footpath_model::context::{Context, User};
use footpath_model::event::{
    Click, Custom, ErrorSource, Event, EventKind, Frustration, FrustrationKind, Initiator, Input, Navigation,
    PageError, PageLoad, PageView, PropValue, Props, Request, Route, Scroll, Submit, Visibility,
    VisibilityState, Vital, VitalAttribution, VitalName, VitalRating,
};
use footpath_model::id::{SessionId, SiteId, TabId};
use footpath_model::session::BoundaryReason;
use footpath_model::time::{DAY, Timestamp};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Events that an SDK sends together at most.
const BATCH_EVENTS: usize = 20;
/// From a batch's last event until it is sent and received, milliseconds.
const SENT_AFTER_MS: i64 = 900;
const RECEIVED_AFTER_MS: i64 = 85;
/// Pages of a session at most; few have many.
const PAGES: usize = 120;
/// Percent of sessions whose web vitals and calls are recorded: the site samples.
const SAMPLED: usize = 40;

/// Who comes, and when.
pub(super) struct Shopper {
    pub(super) visitor: Visitor,
    pub(super) session: SessionId,
    pub(super) start_reason: BoundaryReason,
    pub(super) tab: Uuid,
    pub(super) start: Timestamp,
}

/// What a tab records.
struct Tab<'a> {
    dice: &'a mut Dice,
    events: Vec<Event>,
    at: Timestamp,
    is_sampled: bool,
}

impl Shopper {
    /// What the tab sends, in order.
    pub(super) fn batches(self, world: &World, dice: &mut Dice) -> Vec<Batch> {
        let is_sampled = dice.chance(SAMPLED);
        let mut tab = Tab { dice, events: Vec::new(), at: self.start, is_sampled };
        tab.look_around(self.visitor.user.is_some());
        let mut events = tab.events;
        let context = self.context(world, dice);
        let mut batches = Vec::with_capacity(events.len().div_ceil(BATCH_EVENTS));
        while !events.is_empty() {
            let rest = events.split_off(events.len().min(BATCH_EVENTS));
            batches.push(self.batch(&context, std::mem::replace(&mut events, rest)));
        }
        batches
    }

    fn batch(&self, context: &Context, events: Vec<Event>) -> Batch {
        let sent_at = events.last().map_or(self.start, |event| event.at).plus(SENT_AFTER_MS);
        Batch {
            site: SiteId(super::SITE.to_owned()),
            received_at: sent_at.plus(RECEIVED_AFTER_MS),
            sent_at,
            backfill: true,
            visitor_id: self.visitor.id,
            hint: SessionHint {
                id: self.session,
                start_reason: self.start_reason,
                previous_id: self.visitor.last,
            },
            tab_id: TabId(self.tab),
            context: context.clone(),
            events,
        }
    }

    fn context(&self, world: &World, dice: &mut Dice) -> Context {
        let (device, screen) = world.device(self.visitor.device);
        let (place, language, zone) = world.place(self.visitor.country);
        let user = self.visitor.user.map(|number| {
            let plan = ["free", "plus", "trade"][number as usize % 3];
            let email = format!("person{number}@mail.example");
            let traits = [
                ("email".to_owned(), PropValue::Text(email)),
                ("plan".to_owned(), PropValue::Text(plan.to_owned())),
            ];
            User { id: format!("u-{number}"), traits: Props::from(traits) }
        });
        // A release for some days each.
        let day = (self.start.since(UNTIL.plus(-DAYS * DAY)) / DAY) as usize;
        let release = RELEASES[day * RELEASES.len() / (DAYS as usize + 1)];
        Context {
            user,
            device: device.clone(),
            place: place.clone(),
            language: Some((*language).to_owned()),
            time_zone: Some((*zone).to_owned()),
            screen: Some(*screen),
            viewport: Some([screen[0], screen[1] - 100 - dice.below(3) as u32 * 20]),
            connection: Some("4g".to_owned()),
            release: Some(release.to_owned()),
            environment: Some("production".to_owned()),
            props: Props::default(),
            bot: self.visitor.bot,
        }
    }
}

impl Tab<'_> {
    fn put(&mut self, kind: EventKind, route: Option<Route>) {
        let seq = self.events.len() as u32;
        self.events.push(Event { seq, at: self.at, kind, route });
    }

    fn wait(&mut self, least_ms: usize, most_ms: usize) {
        self.at = self.at.plus(self.dice.between(least_ms, most_ms) as i64);
    }

    fn look_around(&mut self, is_known: bool) {
        let n_pages = match self.dice.below(100) {
            0..50 => 1,
            50..97 => self.dice.between(2, 3),
            _ => 2 + self.dice.skewed(PAGES),
        };
        let (mut room, mut referrer) = (self.entry(), None);
        for nth in 0..n_pages {
            let shown_at = self.at;
            referrer = Some(self.show(room, nth == 0, referrer));
            self.stay(room, n_pages == 1);
            let active_ms = self.at.since(shown_at).min(30_000) as u32;
            self.put(EventKind::Visibility(Visibility { state: VisibilityState::Hidden, active_ms }), None);
            self.wait(200, 1500);
            room = self.next(room, is_known);
        }
    }

    fn entry(&mut self) -> Room {
        match self.dice.below(100) {
            0..35 => Room::Home,
            35..65 => Room::Product(self.dice.skewed(World::PRODUCTS)),
            65..80 => Room::Category(self.dice.skewed(World::CATEGORIES)),
            80..93 => Room::Guide(self.dice.skewed(World::GUIDES)),
            _ => Room::Help(self.dice.skewed(World::HELP)),
        }
    }

    fn next(&mut self, from: Room, is_known: bool) -> Room {
        let roll = self.dice.below(100);
        match (from, roll) {
            (Room::Product(_), 0..16) => Room::Cart,
            (Room::Cart, 0..40) => Room::Checkout,
            (Room::Checkout, 0..65) => Room::Payment,
            (Room::Payment, 0..75) => Room::Thanks(self.dice.between(100_000, 999_999)),
            (_, 16..50) => Room::Product(self.dice.skewed(World::PRODUCTS)),
            (_, 50..72) => Room::Category(self.dice.skewed(World::CATEGORIES)),
            (_, 72..82) => Room::Search(self.dice.skewed(World::CATEGORIES)),
            (_, 82..88) if is_known => Room::Account,
            (_, 88..90) if is_known => Room::Order(self.dice.between(10_000, 99_999)),
            (_, 90..94) => Room::Guide(self.dice.skewed(World::GUIDES)),
            (_, 94..96) => Room::Help(self.dice.skewed(World::HELP)),
            (_, _) => Room::Home,
        }
    }

    /// Shows a page; gives its URL.
    fn show(&mut self, room: Room, is_entry: bool, referrer: Option<String>) -> String {
        let mut page = room.page();
        let mut referrer = referrer;
        if is_entry {
            let (from, campaign) = SOURCES[self.dice.skewed(SOURCES.len())];
            referrer = (!from.is_empty()).then(|| from.to_owned());
            if !page.url.contains('?') {
                page.url.push_str(campaign);
            }
        }
        let is_load = is_entry || self.dice.chance(25);
        let navigation = if is_load { Navigation::Load } else { Navigation::Push };
        let url = page.url.clone();
        let view = PageView { url: page.url, title: Some(page.title), referrer, navigation };
        self.put(EventKind::PageView(view), Some(page.route));
        if is_load && self.is_sampled {
            self.measure();
        }
        url
    }

    /// What is measured of a document's load.
    fn measure(&mut self) {
        let ttfb_ms = 30 + self.dice.skewed(900) as u32;
        let paint = ttfb_ms + 120 + self.dice.skewed(1500) as u32;
        let load_ms = paint + 200 + self.dice.skewed(3000) as u32;
        self.at = self.at.plus(i64::from(load_ms));
        let load = PageLoad { ttfb_ms, dom_ready_ms: paint + 90, load_ms, transfer_bytes: Some(18_204) };
        self.put(EventKind::PageLoad(load), None);
        self.vital(VitalName::Ttfb, f64::from(ttfb_ms) + 0.3, 800.0, None);
        self.vital(VitalName::Fcp, f64::from(paint) + 0.7, 1800.0, None);
        let largest = f64::from(paint) + self.dice.skewed(2000) as f64 + 0.5;
        let hero = VitalAttribution {
            target: Some("main.page > section.hero > img".to_owned()),
            resource_url: Some("https://cdn.shop.example/img/hero-1600.webp".to_owned()),
            phases_ms: BTreeMap::from([
                ("ttfb".to_owned(), f64::from(ttfb_ms)),
                ("render_delay".to_owned(), (largest - f64::from(paint)).round()),
            ]),
            ..VitalAttribution::default()
        };
        self.vital(VitalName::Lcp, largest, 2500.0, Some(hero));
    }

    fn vital(&mut self, name: VitalName, value: f64, good: f64, attribution: Option<VitalAttribution>) {
        let rating = match value {
            value if value <= good => VitalRating::Good,
            value if value <= 2.0 * good => VitalRating::NeedsImprovement,
            _ => VitalRating::Poor,
        };
        self.put(EventKind::Vital(Vital { name, value, rating, attribution }), None);
    }

    /// What is done on a page.
    fn stay(&mut self, room: Room, is_bounce: bool) {
        self.wait(400, 4000);
        if self.is_sampled && matches!(room, Room::Product(_) | Room::Search(_) | Room::Cart) {
            self.call(None);
        }
        if self.dice.chance(45) {
            self.wait(500, 9000);
            let depth_pct = self.dice.between(10, 100) as u8;
            self.put(EventKind::Scroll(Scroll { depth_pct }), None);
        }
        if is_bounce && self.dice.chance(80) {
            return;
        }
        for _ in 0..self.dice.skewed(4) {
            self.wait(800, 20_000);
            self.click();
        }
        match room {
            Room::Cart => self.custom("cart_viewed"),
            Room::Checkout => self.fill("checkout", &["email", "street", "postcode", "city"]),
            Room::Payment => self.pay(),
            Room::Thanks(_) => self.custom("purchase"),
            Room::Home
            | Room::Category(_)
            | Room::Product(_)
            | Room::Search(_)
            | Room::Guide(_)
            | Room::Help(_)
            | Room::Account
            | Room::Order(_) => {}
        }
        if self.is_sampled && self.dice.chance(30) {
            let cause = VitalAttribution {
                target: Some(CLICKS[self.dice.skewed(CLICKS.len())].2.to_owned()),
                interaction: Some("pointer".to_owned()),
                ..VitalAttribution::default()
            };
            let value = 16.0 + self.dice.skewed(700) as f64;
            self.vital(VitalName::Inp, value, 200.0, Some(cause));
        }
    }

    fn click(&mut self) {
        let (label, role, selector) = CLICKS[self.dice.skewed(CLICKS.len())];
        let click_seq = self.events.len() as u32;
        let click = Click {
            label: Some(label.to_owned()),
            role: role.to_owned(),
            selector: selector.to_owned(),
            x: self.dice.between(10, 1200) as i32,
            y: self.dice.between(10, 800) as i32,
        };
        self.put(EventKind::Click(click), None);
        self.wait(20, 600);
        if self.is_sampled && self.dice.chance(40) {
            self.call(None);
        }
        match self.dice.below(100) {
            0..2 => {
                let error = ERRORS[self.dice.skewed(ERRORS.len())];
                self.fail(error);
            }
            2..4 => self.put(
                EventKind::Frustration(Frustration {
                    kind: FrustrationKind::Dead,
                    click_seq,
                    label: Some(label.to_owned()),
                    role: role.to_owned(),
                }),
                None,
            ),
            _ => {}
        }
    }

    fn call(&mut self, status: Option<u16>) {
        let (method, template, has_number) = CALLS[self.dice.skewed(CALLS.len())];
        let number = has_number.then(|| 1000 + self.dice.skewed(World::PRODUCTS));
        let status = status.unwrap_or(match self.dice.below(100) {
            0..2 => 500,
            2..5 => 404,
            _ => 200,
        });
        let (url, route) = world::call(template, number);
        let request = Request {
            method: method.to_owned(),
            url,
            status,
            duration_ms: 15 + self.dice.skewed(3000) as u32,
            size_bytes: Some(200 + self.dice.skewed(60_000) as u64),
            initiator: Initiator::Fetch,
            failure: None,
        };
        self.put(EventKind::Request(request), Some(route));
    }

    fn fail(&mut self, (name, message): (&str, &str)) {
        let error = PageError {
            name: name.to_owned(),
            message: message.to_owned(),
            stack: Some(format!("{name}: {message}\n    {STACK}")),
            source: ErrorSource::Uncaught,
        };
        self.put(EventKind::Error(error), None);
    }

    fn fill(&mut self, form: &str, fields: &[&str]) {
        for (nth, field) in fields.iter().enumerate() {
            self.wait(1500, 12_000);
            let input = Input { form: Some(form.to_owned()), field: (*field).to_owned(), first: nth == 0 };
            self.put(EventKind::Input(input), None);
        }
        let fields = fields.iter().map(|field| (*field).to_owned()).collect();
        self.put(EventKind::Submit(Submit { form: form.to_owned(), fields }), None);
    }

    fn pay(&mut self) {
        self.fill("payment", &["card"]);
        if self.dice.chance(12) {
            self.call(Some(502));
            self.fail(("PaymentError", "card_declined"));
        }
    }

    fn custom(&mut self, name: &str) {
        let value = self.dice.between(900, 19_000) as f64 / 100.0;
        let props = Props::from([
            ("value".to_owned(), PropValue::Number(value)),
            ("currency".to_owned(), PropValue::Text("EUR".to_owned())),
        ]);
        self.put(EventKind::Custom(Custom { name: name.to_owned(), props }), None);
    }
}
