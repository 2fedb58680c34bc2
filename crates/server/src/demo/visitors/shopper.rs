//! The steps that journeys are made of: what somebody does in the shop, page by page, with the time it takes them.

use super::Delivery;
use super::devices::{Engine, Form};
use super::dice::Dice;
use super::failures;
use super::pages::{self, Page, Target};
use super::persona::Persona;
use super::population::Arrival;
use super::releases;
use super::tab::{Browser, Tab};
use crate::demo::catalogue::{CATEGORIES, Product, products};
use footpath_model::event::{FrustrationKind, PropValue, Props};
use footpath_model::time::SECOND;

const FIELDS: [&str; 8] =
    ["email", "name", "address", "city", "zip", "card_number", "card_expiry", "card_cvc"];

/// Somebody in the shop.
pub struct Shopper {
    pub(super) arrival: Arrival,
    /// The tab in front.
    pub(super) tab: Tab,
    /// The tabs behind it.
    pub(super) others: Vec<Tab>,
    pub(super) dice: Dice,
    pub(super) cart: Vec<&'static Product>,
}

/// How an attempt to pay went.
#[derive(PartialEq, Eq)]
enum Payment {
    Paid,
    Refused,
}

impl Shopper {
    pub(super) fn enter(&mut self, pages: &[(Page, u32)]) {
        let (page, _) = *self.dice.weighted(pages, |(_, weight)| *weight);
        let source = self.arrival.source;
        self.tab.go_from(source.referrer, source.query, page, &mut self.dice);
        self.break_if_bad(page);
    }

    /// Thinks for about this many seconds.
    pub(super) fn think(&mut self, median_s: i64) {
        let ms = self.dice.around(median_s * SECOND);
        self.tab.look(ms.max(400));
    }

    /// Thinks, and scrolls while doing so.
    pub(super) fn read(&mut self, median_s: i64) {
        self.think(median_s);
        if self.dice.chance(0.6) {
            let depth = self.dice.between(30, 100);
            self.tab.scroll(depth);
            self.think(median_s / 2 + 1);
        }
    }

    fn click_to(&mut self, target: Target<'_>, page: Page) {
        self.tab.click(target, &mut self.dice);
        self.tab.wait(30);
        self.tab.go(page, &mut self.dice);
        self.break_if_bad(page);
    }

    pub(super) fn go_to_shelves(&mut self) {
        match self.tab.page() {
            Page::Shelves(_) => {}
            Page::Product(_) if self.dice.chance(0.5) => {
                self.click_to(pages::ALL_PRODUCTS, Page::Shelves(None))
            }
            Page::Home if self.dice.chance(0.4) => self.click_to(pages::BROWSE, Page::Shelves(None)),
            Page::Order(_) => self.click_to(pages::KEEP_LOOKING, Page::Shelves(None)),
            Page::Home | Page::Product(_) | Page::Cart | Page::Checkout | Page::Account => {
                self.click_to(pages::NAV_PRODUCTS, Page::Shelves(None));
            }
        }
    }

    pub(super) fn choose_shelf(&mut self) {
        let category = *self.dice.one_of(&CATEGORIES);
        self.tab.click(pages::chip(category), &mut self.dice);
        self.tab.replace(Page::Shelves(Some(category)));
        self.read(8);
    }

    pub(super) fn search(&mut self) {
        self.tab.click(pages::SEARCH, &mut self.dice);
        self.think(2);
        self.tab.type_into("search", "q");
        self.think(6);
    }

    /// From the shelves, or from a page with cards of its own.
    pub(super) fn go_to_product(&mut self) {
        let here = self.tab.page();
        if !matches!(here, Page::Shelves(_) | Page::Product(_)) {
            self.go_to_shelves();
        }
        let shelf = match self.tab.page() {
            Page::Shelves(category) => category,
            Page::Home | Page::Product(_) | Page::Cart | Page::Checkout | Page::Order(_) | Page::Account => {
                None
            }
        };
        let on_shelf: Vec<&'static Product> = products()
            .iter()
            .filter(|product| shelf.is_none_or(|category| product.category == category))
            .filter(|product| here != Page::Product(product))
            .collect();
        let product = *self.dice.one_of(&on_shelf);
        self.click_to(pages::card(product, self.tab.page()), Page::Product(product));
    }

    pub(super) fn add_to_cart(&mut self) {
        let (target, product) = match self.tab.page() {
            Page::Product(product) => (pages::ADD_ON_PRODUCT, product),
            Page::Shelves(_) => (pages::ADD_ON_SHELF, any_product(&mut self.dice)),
            Page::Home | Page::Cart | Page::Checkout | Page::Order(_) | Page::Account => {
                self.go_to_shelves();
                self.think(6);
                (pages::ADD_ON_SHELF, any_product(&mut self.dice))
            }
        };
        let is_phone = self.tab.browser.device.form == Form::Phone;
        if is_phone && self.dice.chance(0.03) {
            // In a tunnel.
            let click = self.tab.click(target, &mut self.dice);
            self.tab.post("/demo/api/cart", 0, &mut self.dice);
            let error = failures::network_error(&self.tab.browser.origin, self.tab.browser.device.engine);
            self.tab.error(error);
            self.tab.frustrated(FrustrationKind::Error, click, target);
            self.think(6);
        }
        self.tab.click(target, &mut self.dice);
        self.tab.post("/demo/api/cart", 200, &mut self.dice);
        self.cart.push(product);
        self.think(4);
        if matches!(self.tab.page(), Page::Shelves(_)) && self.dice.chance(0.2) {
            self.tab.click(pages::MINI_CLOSE, &mut self.dice);
            self.think(3);
        }
    }

    /// By the header, or by the little cart that opened when something was added.
    pub(super) fn go_to_cart(&mut self) {
        let is_open = matches!(self.tab.page(), Page::Product(_));
        let target = if is_open && !self.cart.is_empty() { pages::MINI_VIEW_CART } else { pages::NAV_CART };
        self.click_to(target, Page::Cart);
    }

    pub(super) fn go_to_checkout(&mut self) {
        self.think(4);
        if self.tab.page() != Page::Cart && self.cart.is_empty() {
            self.add_to_cart();
        }
        let target = if self.tab.page() == Page::Cart { pages::CART_CHECKOUT } else { pages::MINI_CHECKOUT };
        self.click_to(target, Page::Checkout);
    }

    pub(super) fn check_out(&mut self) {
        self.think(6);
        // Shipping costs, taxes, second thoughts.
        if self.dice.chance(0.2) {
            return;
        }
        self.tab.click(pages::EMAIL, &mut self.dice);
        for (index, field) in FIELDS.into_iter().enumerate().take(5) {
            self.think(4);
            self.tab.type_into("checkout", field);
            if (index == 1 || index == 4) && self.dice.chance(0.05) {
                return;
            }
        }
        let bad_card = self.arrival.persona == Persona::BadCard;
        let failing = self.arrival.payments_are_failing && self.dice.chance(0.65);
        let mut declined = bad_card || failing;
        for _ in 0..3 {
            self.enter_card(declined);
            if declined {
                self.think(8);
                if self.dice.chance(if failing { 0.6 } else { 0.42 }) {
                    return;
                }
                declined = failing && self.dice.chance(0.5);
                continue;
            }
            if self.pay() == Payment::Paid {
                return;
            }
            self.think(9);
            if self.dice.chance(0.5) {
                return;
            }
        }
    }

    /// A declined card throws when its field is left, and nobody has clicked.
    fn enter_card(&mut self, declined: bool) {
        self.tab.click(pages::CARD, &mut self.dice);
        self.think(9);
        self.tab.type_into("checkout", "card_number");
        if declined {
            self.tab.wait(300);
            let error = failures::payment_error(&self.tab.browser.origin, self.tab.browser.device.engine);
            self.tab.error(error);
            return;
        }
        for field in ["card_expiry", "card_cvc"] {
            self.think(3);
            self.tab.type_into("checkout", field);
        }
    }

    fn pay(&mut self) -> Payment {
        self.think(3);
        self.tab.click(pages::PLACE_ORDER, &mut self.dice);
        self.tab.submit("checkout", &FIELDS);
        let status = match self.dice.between(1, 100) {
            1..=2 => 500,
            3..=5 => 402,
            _ => 200,
        };
        self.tab.post("/demo/api/payment", status, &mut self.dice);
        if status != 200 {
            return Payment::Refused;
        }
        let order = u32::try_from(self.dice.between(10_001, 19_999)).unwrap_or_default();
        let total: u64 = self.cart.iter().map(|product| product.price_cents).sum();
        let number = |n: u64| PropValue::Number(n as f64);
        let props = Props::from([
            ("order_id".to_owned(), number(order.into())),
            ("total_cents".to_owned(), number(total)),
            ("items".to_owned(), number(self.cart.len() as u64)),
        ]);
        self.tab.track("purchase", props);
        self.tab.wait(20);
        self.tab.go(Page::Order(order), &mut self.dice);
        self.cart.clear();
        self.read(6);
        Payment::Paid
    }

    pub(super) fn sign_in(&mut self) {
        self.click_to(pages::NAV_ACCOUNT, Page::Account);
        self.think(5);
        self.tab.type_into("sign-in", "email");
        self.think(5);
        self.tab.click(pages::SIGN_IN, &mut self.dice);
        self.tab.submit("sign-in", &["email", "plan"]);
        if let Some(user) = &self.arrival.signs_in_as {
            self.tab.identify(user);
        }
        self.think(3);
    }

    pub(super) fn press_dead_button(&mut self) {
        let click = self.tab.click(pages::SIZE_GUIDE, &mut self.dice);
        self.tab.wait(2_500);
        self.tab.frustrated(FrustrationKind::Dead, click, pages::SIZE_GUIDE);
        self.think(3);
    }

    /// Taps at what does nothing, faster and faster.
    pub(super) fn rage(&mut self) {
        let mut clicks = Vec::new();
        for _ in 0..self.dice.between(4, 7) {
            clicks.push(self.tab.click(pages::SIZE_GUIDE, &mut self.dice));
            if let [_, _, _, fourth] = clicks[..] {
                self.tab.frustrated(FrustrationKind::Rage, fourth, pages::SIZE_GUIDE);
            }
            let ms = self.dice.between(140, 240);
            self.tab.wait(ms);
        }
        self.tab.wait(2_000);
        self.tab.frustrated(FrustrationKind::Dead, clicks[0], pages::SIZE_GUIDE);
        self.think(4);
    }

    /// Opens a page in a new tab, in front.
    pub(super) fn open_tab(&mut self, page: Page) {
        self.tab.hide(&mut self.dice);
        let mut tab = Tab::new(self.tab.browser.clone(), self.tab.now + 200, &mut self.dice);
        let referrer = self.tab.browser.origin.clone() + &self.tab.page().path();
        tab.go_from(&referrer, "", page, &mut self.dice);
        self.others.insert(0, std::mem::replace(&mut self.tab, tab));
        self.break_if_bad(page);
    }

    /// Brings the tab to the front that was there longest ago.
    pub(super) fn switch_tab(&mut self) {
        if let Some(mut next) = self.others.pop() {
            self.tab.hide(&mut self.dice);
            next.come_back(self.tab.now + 150);
            self.others.insert(0, std::mem::replace(&mut self.tab, next));
        }
    }

    /// The bad release's product page throws in browsers that its author had not tried.
    fn break_if_bad(&mut self, page: Page) {
        let Browser { device, origin, .. } = &self.tab.browser;
        let untried = device.engine != Engine::Blink;
        if self.arrival.release == releases::BAD && untried && matches!(page, Page::Product(_)) {
            let error = failures::facts_error(origin, device.engine);
            self.tab.error(error);
        }
    }

    /// Signs out where that was the plan, and closes the tabs.
    pub(super) fn leave(mut self) -> Vec<Delivery> {
        if let Some(next) = self.arrival.after_sign_out.take() {
            self.click_to(pages::NAV_ACCOUNT, Page::Account);
            self.think(3);
            self.tab.click(pages::SIGN_OUT, &mut self.dice);
            self.tab.sign_out(next);
            self.think(2);
            self.tab.click(pages::NAV_PRODUCTS, &mut self.dice);
            self.tab.go(Page::Shelves(None), &mut self.dice);
            self.think(4);
        }
        let end = self.tab.now;
        self.tab.leave(&mut self.dice);
        let mut sent = self.tab.sent;
        for mut other in self.others {
            other.wait(end - other.now);
            other.leave(&mut self.dice);
            sent.extend(other.sent);
        }
        sent.sort_by_key(|delivery| delivery.body.sent_at);
        sent
    }
}

/// Anything on the shelves.
pub(super) fn any_product(dice: &mut Dice) -> &'static Product {
    dice.one_of(products())
}
