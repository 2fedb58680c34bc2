//! What people do in the shop: each persona is a short plan, made of the steps of [`super::shopper`].

use super::Delivery;
use super::measures::Speed;
use super::pages::{self, Page};
use super::persona::Persona;
use super::population::Arrival;
use super::shopper::{Shopper, any_product};
use super::tab::{Browser, Tab};
use crate::ingest::wire::{WireContext, WireSdk};
use footpath_model::time::SECOND;

/// Plays a session out: its batches in the order in which they are sent.
pub fn play(arrival: Arrival, origin: &str) -> Vec<Delivery> {
    let Arrival { persona, mut dice, .. } = arrival.clone();
    let tab = Tab::new(browser(&arrival, origin), arrival.at, &mut dice);
    let mut shopper = Shopper { arrival, tab, others: Vec::new(), dice, cart: Vec::new() };
    match persona {
        Persona::Bouncer => shopper.bounce(),
        Persona::WindowShopper => shopper.look_around(),
        Persona::Comparer => shopper.compare(),
        Persona::Buyer | Persona::Regular | Persona::BadCard => shopper.shop(),
        Persona::Frustrated => shopper.despair(),
    }
    shopper.leave()
}

fn browser(arrival: &Arrival, origin: &str) -> Browser {
    let person = &arrival.person;
    let context = WireContext {
        user: arrival.known_as.clone(),
        language: Some(person.language.to_owned()),
        time_zone: Some(person.country.time_zone.to_owned()),
        screen: Some(person.device.screen),
        viewport: Some(person.device.viewport),
        release: Some(arrival.release.to_owned()),
        environment: Some("demo".to_owned()),
        hints: person.device.hints(),
        sdk: Some(WireSdk { name: "footpath-js".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() }),
        ..WireContext::default()
    };
    Browser {
        origin: origin.to_owned(),
        session: arrival.session.clone(),
        visitor_id: person.visitor_id,
        context,
        device: person.device,
        speed: Speed { round_trip_ms: person.country.round_trip_ms, slowness: person.device.slowness },
        address: person.address,
    }
}

impl Shopper {
    fn bounce(&mut self) {
        let product = any_product(&mut self.dice);
        self.enter(&[(Page::Home, 4), (Page::Shelves(None), 2), (Page::Product(product), 4)]);
        let ms = self.dice.between(900, 8_000);
        self.tab.look(ms);
        if self.dice.chance(0.4) {
            let depth = self.dice.between(20, 60);
            self.tab.scroll(depth);
        }
    }

    fn look_around(&mut self) {
        self.enter(&[(Page::Home, 5), (Page::Shelves(None), 3)]);
        self.read(9);
        self.go_to_shelves();
        if self.dice.chance(0.4) {
            self.choose_shelf();
        } else if self.dice.chance(0.3) {
            self.search();
        }
        for _ in 0..self.dice.between(1, 4) {
            self.go_to_product();
            self.read(16);
            if self.dice.chance(0.07) {
                self.press_dead_button();
            }
            self.go_to_shelves();
            self.read(7);
        }
        if self.dice.chance(0.35) {
            self.add_to_cart();
        }
        if self.cart.len() == 1 && self.dice.chance(0.3) {
            self.go_to_cart();
            self.read(12);
        }
        // Somebody came to the door.
        if self.dice.chance(0.12) {
            let ms = self.dice.between(60, 1_500) * SECOND;
            self.tab.wait(ms);
            self.read(10);
        }
    }

    fn compare(&mut self) {
        self.enter(&[(Page::Shelves(None), 3), (Page::Home, 2)]);
        self.go_to_shelves();
        self.read(8);
        for _ in 0..self.dice.between(2, 3) {
            let product = any_product(&mut self.dice);
            self.tab.click(pages::card(product, self.tab.page()), &mut self.dice);
            self.open_tab(Page::Product(product));
            self.read(12);
            self.switch_tab();
            self.think(2);
        }
        for _ in 0..self.dice.between(2, 6) {
            self.switch_tab();
            self.read(6);
        }
        if self.dice.chance(0.5) {
            self.add_to_cart();
            if self.dice.chance(0.5) {
                self.go_to_checkout();
                self.check_out();
            }
        }
    }

    fn shop(&mut self) {
        let product = any_product(&mut self.dice);
        self.enter(&[(Page::Home, 5), (Page::Shelves(None), 3), (Page::Product(product), 2)]);
        self.read(8);
        if self.arrival.signs_in_as.is_some() {
            self.sign_in();
        }
        for _ in 0..self.dice.between(1, 3) {
            if self.dice.chance(0.75) {
                self.go_to_shelves();
                self.read(9);
            }
            if self.dice.chance(0.6) {
                self.go_to_product();
                self.read(15);
            }
            self.add_to_cart();
        }
        // A cart is not a sale.
        if self.arrival.persona != Persona::BadCard && self.dice.chance(0.32) {
            return;
        }
        if self.dice.chance(0.3) {
            self.go_to_cart();
            self.read(10);
        }
        self.go_to_checkout();
        self.check_out();
    }

    fn despair(&mut self) {
        let product = any_product(&mut self.dice);
        self.enter(&[(Page::Product(product), 3), (Page::Home, 1)]);
        self.read(7);
        if !matches!(self.tab.page(), Page::Product(_)) {
            self.go_to_shelves();
            self.go_to_product();
        }
        self.read(6);
        self.rage();
        if self.dice.chance(0.5) {
            self.read(5);
            self.rage();
        } else if self.dice.chance(0.4) {
            self.add_to_cart();
        }
    }
}
