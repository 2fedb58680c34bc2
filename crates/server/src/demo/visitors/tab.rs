//! A browser tab with the SDK in it: what happens becomes events with their `seq` and time, and events become batches,
//! cut as the SDK cuts them.

use super::Delivery;
use super::devices::Device;
use super::dice::Dice;
use super::measures::{Speed, Timings, cls, inp};
use super::pages::{Page, Target};
use crate::ingest::wire::{WireBatch, WireContext, WireEvent, WireSession};
use footpath_model::context::User;
use footpath_model::event::{
    Custom, EventKind, Frustration, FrustrationKind, Identify, Initiator, Input, Navigation, PageError,
    PageView, Props, Request, RequestFailure, Scroll, SessionEnd, Submit, Visibility, VisibilityState,
};
use footpath_model::id::{TabId, VisitorId};
use footpath_model::session::BoundaryReason;
use std::net::Ipv4Addr;

/// How long an event may wait for company, milliseconds; and how long a visitor counts as active without moving.
const FLUSH_AFTER_MS: i64 = 5_000;
const ACTIVE_GAP_MS: i64 = 30_000;
/// Active time is told this often while the page stays shown, milliseconds.
const TELL_ACTIVE_EVERY_MS: i64 = 60_000;

/// The browser around a visitor's tabs: what its batches say once.
#[derive(Clone, Debug)]
pub struct Browser {
    /// Scheme, host and port of the shop.
    pub origin: String,
    /// The session, as the SDK has it.
    pub session: WireSession,
    /// The person-device.
    pub visitor_id: VisitorId,
    /// All but the user.
    pub context: WireContext,
    /// The device it runs on.
    pub device: &'static Device,
    /// How fast it is.
    pub speed: Speed,
    /// Where it connects from.
    pub address: Ipv4Addr,
}

/// One tab.
#[derive(Debug)]
pub struct Tab {
    /// Shared with other tabs by being handed from one to the next.
    pub browser: Browser,
    id: TabId,
    next_seq: u32,
    /// The tab's clock, Unix ms.
    pub now: i64,
    pending: Vec<WireEvent>,
    flush_at: i64,
    shown: Option<Shown>,
    is_first_load: bool,
    /// Finished batches.
    pub sent: Vec<Delivery>,
}

/// The page that is shown.
#[derive(Debug)]
struct Shown {
    page: Page,
    url: String,
    /// None for a route that was shown without a load.
    timings: Option<Timings>,
    since: i64,
    /// The largest paint is told once, at the first interaction.
    lcp_told: bool,
    last_click: Option<&'static str>,
    form_started: bool,
    hidden: bool,
    active_ms: i64,
    counted_to: i64,
    active_until: i64,
    tell_at: i64,
}

impl Tab {
    /// A new, empty tab.
    pub fn new(browser: Browser, at: i64, dice: &mut Dice) -> Self {
        Self {
            browser,
            id: TabId(dice.uuid(at)),
            next_seq: 0,
            now: at,
            pending: Vec::new(),
            flush_at: i64::MAX,
            shown: None,
            is_first_load: true,
            sent: Vec::new(),
        }
    }

    /// The page that is shown; the home page before any is.
    pub fn page(&self) -> Page {
        self.shown.as_ref().map_or(Page::Home, |shown| shown.page)
    }

    /// Goes to a page by a link of the shop.
    pub fn go(&mut self, page: Page, dice: &mut Dice) {
        self.go_from("", "", page, dice);
    }

    /// Loads a page, with a query, from a referrer; without one it is the page before.
    pub fn go_from(&mut self, referrer: &str, query: &str, page: Page, dice: &mut Dice) {
        let before = self.shown.as_ref().map(|shown| shown.url.clone());
        self.leave(dice);
        let timings = Timings::of(page, self.browser.speed, self.is_first_load, dice);
        self.is_first_load = false;
        self.now += timings.seen();
        let mut url = self.browser.origin.clone() + &page.path();
        if !query.is_empty() {
            url = url + "?" + query;
        }
        let referrer = if referrer.is_empty() { before } else { Some(referrer.to_owned()) };
        self.show(page, url, referrer, Navigation::Load, Some(timings));
        self.wait(timings.load - timings.seen() + 20);
        for vital in timings.early_vitals() {
            self.record(EventKind::Vital(vital));
        }
        self.record(EventKind::PageLoad(timings.page_load(dice)));
        let resources = timings.resources(page, &self.browser.origin, dice);
        self.record(EventKind::Resources(resources));
    }

    /// Shows another route of the same document.
    pub fn replace(&mut self, page: Page) {
        let url = self.browser.origin.clone() + &page.path();
        let before = self.shown.as_ref().map(|shown| shown.url.clone());
        let timings = self.shown.as_ref().and_then(|shown| shown.timings);
        let was = self.shown.take();
        self.show(page, url, before, Navigation::Replace, timings);
        if let (Some(shown), Some(was)) = (&mut self.shown, was) {
            // The document, and with it what is measured of it, goes on.
            *shown = Shown { page, url: std::mem::take(&mut shown.url), ..was };
        }
    }

    fn show(
        &mut self,
        page: Page,
        url: String,
        referrer: Option<String>,
        navigation: Navigation,
        timings: Option<Timings>,
    ) {
        self.record(EventKind::PageView(PageView {
            url: url.clone(),
            title: Some(page.title()),
            referrer,
            navigation,
        }));
        self.shown = Some(Shown {
            page,
            url,
            timings,
            since: self.now,
            lcp_told: false,
            last_click: None,
            form_started: false,
            hidden: false,
            active_ms: 0,
            counted_to: self.now,
            active_until: self.now + ACTIVE_GAP_MS,
            tell_at: self.now + TELL_ACTIVE_EVERY_MS,
        });
    }

    /// Time passes while the visitor looks, moving now and then.
    pub fn look(&mut self, ms: i64) {
        let end = self.now + ms;
        while self.now < end {
            self.interacted();
            self.wait((end - self.now).min(9_000));
        }
        self.interacted();
    }

    /// Time passes without the visitor.
    pub fn wait(&mut self, ms: i64) {
        let end = self.now + ms.max(0);
        loop {
            let tell_at = match &self.shown {
                Some(shown) if !shown.hidden => shown.tell_at,
                Some(_) | None => i64::MAX,
            };
            let next = self.flush_at.min(tell_at);
            if next > end {
                break;
            }
            self.now = self.now.max(next);
            if self.flush_at <= self.now {
                self.flush();
            }
            if tell_at <= self.now {
                self.tell_active(VisibilityState::Visible);
            }
        }
        self.now = end;
    }

    /// Clicks; returns the click's `seq`.
    pub fn click(&mut self, target: Target<'_>, dice: &mut Dice) -> u32 {
        self.interacted();
        self.tell_lcp();
        if let Some(shown) = &mut self.shown {
            shown.last_click = Some(target.selector);
        }
        let off = (dice.between(-14, 14) as i32, dice.between(-5, 5) as i32);
        let seq = self.next_seq;
        self.record(EventKind::Click(target.click(self.browser.device.viewport, off)));
        seq
    }

    /// A sign of frustration about an earlier click.
    pub fn frustrated(&mut self, kind: FrustrationKind, click_seq: u32, target: Target<'_>) {
        let label = Some(target.label.to_owned());
        self.record(EventKind::Frustration(Frustration {
            kind,
            click_seq,
            label,
            role: target.role.to_owned(),
        }));
    }

    /// Types into a field.
    pub fn type_into(&mut self, form: &str, field: &str) {
        self.interacted();
        self.tell_lcp();
        let first =
            self.shown.as_mut().is_some_and(|shown| !std::mem::replace(&mut shown.form_started, true));
        self.record(EventKind::Input(Input { form: Some(form.to_owned()), field: field.to_owned(), first }));
    }

    /// Submits a form.
    pub fn submit(&mut self, form: &str, fields: &[&str]) {
        let fields = fields.iter().map(|&field| field.to_owned()).collect();
        self.record(EventKind::Submit(Submit { form: form.to_owned(), fields }));
    }

    /// Scrolls down to a depth.
    pub fn scroll(&mut self, depth_pct: i64) {
        self.interacted();
        let depth_pct = u8::try_from(depth_pct.clamp(0, 100)).unwrap_or(100);
        self.record(EventKind::Scroll(Scroll { depth_pct }));
    }

    /// The page calls the shop, and waits for the answer; status 0 is no answer.
    pub fn post(&mut self, path: &str, status: u16, dice: &mut Dice) {
        let duration = self.browser.speed.round_trip_ms + dice.around(45);
        self.wait(duration);
        self.record(EventKind::Request(Request {
            method: "POST".to_owned(),
            url: format!("{}{path}", self.browser.origin),
            status,
            duration_ms: u32::try_from(duration).unwrap_or_default(),
            size_bytes: (status != 0).then_some(31),
            initiator: Initiator::Fetch,
            failure: (status == 0).then_some(RequestFailure::Network),
        }));
    }

    /// The page's code fails.
    pub fn error(&mut self, error: PageError) {
        self.record(EventKind::Error(error));
    }

    /// The shop tells of something of its own.
    pub fn track(&mut self, name: &str, props: Props) {
        self.record(EventKind::Custom(Custom { name: name.to_owned(), props }));
    }

    /// The shop says who the visitor is.
    pub fn identify(&mut self, user: &User) {
        self.flush();
        self.browser.context.user = Some(user.clone());
        let (user_id, traits) = (user.id.clone(), user.traits.clone());
        self.record(EventKind::Identify(Identify { user_id, traits }));
    }

    /// The visitor signs out: the session is closed, and what follows is nobody's.
    pub fn sign_out(&mut self, next: WireSession) {
        self.tell_active(VisibilityState::Visible);
        self.record(EventKind::SessionEnd(SessionEnd { reason: BoundaryReason::Logout }));
        self.flush();
        self.browser.session = next;
        self.browser.context.user = None;
    }

    /// Another tab comes to the front.
    pub fn hide(&mut self, dice: &mut Dice) {
        if self.shown.as_ref().is_some_and(|shown| !shown.hidden) {
            self.tell_last_vitals(dice);
            self.tell_active(VisibilityState::Hidden);
            self.flush();
            if let Some(shown) = &mut self.shown {
                shown.hidden = true;
            }
        }
    }

    /// The tab comes to the front again, at `at`.
    pub fn come_back(&mut self, at: i64) {
        self.now = self.now.max(at);
        if let Some(shown) = &mut self.shown {
            shown.hidden = false;
            shown.counted_to = self.now;
            shown.tell_at = self.now + TELL_ACTIVE_EVERY_MS;
        }
        self.interacted();
        self.record(EventKind::Visibility(Visibility { state: VisibilityState::Visible, active_ms: 0 }));
    }

    /// The page goes away, with a last flush.
    pub fn leave(&mut self, dice: &mut Dice) {
        self.hide(dice);
        self.flush();
        self.shown = None;
    }

    fn tell_lcp(&mut self) {
        let Some(shown) = &mut self.shown else { return };
        let Some(timings) = shown.timings.filter(|_| !shown.lcp_told && can_see_paint(self.browser.device))
        else {
            return;
        };
        shown.lcp_told = true;
        let after = timings.seen() + self.now - shown.since;
        if let Some(lcp) = timings.lcp(shown.page, &self.browser.origin, after) {
            self.record(EventKind::Vital(lcp));
        }
    }

    fn tell_last_vitals(&mut self, dice: &mut Dice) {
        self.tell_lcp();
        let Some(shown) = &mut self.shown else { return };
        // A route keeps the timings of its document: told once.
        if shown.timings.take().is_none() {
            return;
        }
        let Browser { device, speed, .. } = self.browser;
        let inp = shown.last_click.and_then(|selector| inp(selector, speed, device.engine, dice));
        let cls = cls(shown.page, device.engine, dice);
        for vital in [inp, cls].into_iter().flatten() {
            self.record(EventKind::Vital(vital));
        }
    }

    fn interacted(&mut self) {
        self.count_active();
        if let Some(shown) = &mut self.shown {
            shown.active_until = self.now + ACTIVE_GAP_MS;
        }
    }

    fn count_active(&mut self) {
        if let Some(shown) = &mut self.shown {
            if !shown.hidden {
                shown.active_ms += (self.now.min(shown.active_until) - shown.counted_to).max(0);
            }
            shown.counted_to = self.now;
        }
    }

    fn tell_active(&mut self, state: VisibilityState) {
        self.count_active();
        let Some(shown) = &mut self.shown else { return };
        shown.tell_at = self.now + TELL_ACTIVE_EVERY_MS;
        let active_ms = u32::try_from(std::mem::take(&mut shown.active_ms)).unwrap_or_default();
        if active_ms > 0 || state == VisibilityState::Hidden {
            self.record(EventKind::Visibility(Visibility { state, active_ms }));
        }
    }

    fn record(&mut self, kind: EventKind) {
        self.pending.push(WireEvent { seq: self.next_seq, at: self.now, kind });
        self.next_seq += 1;
        self.flush_at = self.flush_at.min(self.now + FLUSH_AFTER_MS);
    }

    /// Sends what is pending.
    fn flush(&mut self) {
        self.flush_at = i64::MAX;
        if self.pending.is_empty() {
            return;
        }
        let body = WireBatch {
            v: crate::ingest::wire::VERSION,
            sent_at: self.now,
            session: Some(self.browser.session.clone()),
            visitor_id: Some(self.browser.visitor_id),
            tab_id: self.id,
            context: self.browser.context.clone(),
            events: std::mem::take(&mut self.pending),
        };
        let (address, user_agent) = (self.browser.address, self.browser.device.user_agent);
        self.sent.push(Delivery { body, address, user_agent });
    }
}

/// Safari measures no largest paint.
fn can_see_paint(device: &Device) -> bool {
    device.engine != super::devices::Engine::WebKit
}
