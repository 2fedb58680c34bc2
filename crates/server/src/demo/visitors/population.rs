//! Who comes: people with a device, a place and a history, so that some come back, and some are known by name.

use super::devices::Device;
use super::dice::Dice;
use super::persona::Persona;
use super::places::{COUNTRIES, Country};
use super::releases;
use super::sources::Source;
use crate::ingest::wire::WireSession;
use footpath_model::context::User;
use footpath_model::event::{PropValue, Props};
use footpath_model::id::{SessionId, VisitorId};
use footpath_model::session::BoundaryReason;
use footpath_model::time::{DAY, MINUTE};
use std::net::Ipv4Addr;

/// Somebody who has been here.
#[derive(Clone, Debug)]
pub struct Person {
    /// The person-device.
    pub visitor_id: VisitorId,
    /// Where they are.
    pub country: &'static Country,
    /// Their address there.
    pub address: Ipv4Addr,
    /// What they use.
    pub device: &'static Device,
    /// What it is set to.
    pub language: &'static str,
    /// Their account, once they have one.
    account: Option<User>,
    /// Whether the shop knows them from the first page on.
    is_signed_in: bool,
    last_session: SessionId,
    last_came: i64,
}

/// Somebody comes: all that is decided before they do anything.
#[derive(Clone, Debug)]
pub struct Arrival {
    /// When, Unix ms.
    pub at: i64,
    /// Who.
    pub person: Person,
    /// The session that begins.
    pub session: WireSession,
    /// Who the shop knows them to be from the start.
    pub known_as: Option<User>,
    /// Who they sign in as meanwhile.
    pub signs_in_as: Option<User>,
    /// The session that follows when they sign out at the end.
    pub after_sign_out: Option<WireSession>,
    /// What they came for.
    pub persona: Persona,
    /// What brought them.
    pub source: &'static Source,
    /// The shop's code of that time.
    pub release: &'static str,
    /// Whether the payment provider has a bad time.
    pub payments_are_failing: bool,
    /// What happens to them.
    pub dice: Dice,
}

/// Everybody who has been here so far.
#[derive(Clone, Debug)]
pub struct Population {
    seed: u64,
    dice: Dice,
    people: Vec<Person>,
    n_arrivals: u64,
}

/// Who was here at least this long ago may come back, milliseconds: longer than any session and the timeout after it.
const COMES_BACK_AFTER_MS: i64 = 100 * MINUTE;
/// And at most this long ago.
const COMES_BACK_WITHIN_MS: i64 = 12 * DAY;

const FIRST_NAMES: [&str; 32] = [
    "jane", "marta", "liam", "aisha", "noah", "emma", "paula", "kenji", "sofia", "lukas", "priya", "tom",
    "ines", "oscar", "mia", "rafael", "nina", "hugo", "clara", "yuki", "ben", "leila", "anton", "grace",
    "elias", "rosa", "arjun", "freya", "max", "camille", "ivan", "hannah",
];
const LAST_NAMES: [&str; 28] = [
    "miller", "schmidt", "rossi", "tanaka", "silva", "dubois", "novak", "berg", "khan", "jones", "garcia",
    "weber", "larsen", "moreau", "patel", "kowalski", "costa", "bakker", "olsen", "fischer", "brown",
    "santos", "ito", "meyer", "clarke", "romano", "visser", "lang",
];

impl Population {
    /// Nobody yet.
    pub fn new(seed: u64) -> Self {
        Self { seed, dice: Dice::new(seed, 0), people: Vec::new(), n_arrivals: 0 }
    }

    /// Somebody comes from a country at `at`; `now` is when the simulation ends, which releases are counted from. To be
    /// asked in order of time.
    pub fn arrival(&mut self, at: i64, now: i64, country: &'static Country) -> Arrival {
        self.n_arrivals += 1;
        let mut dice = Dice::new(self.seed, self.n_arrivals);
        let back = self.somebody_back(at, country);
        let returning = back.is_some();
        let device =
            back.map_or_else(|| Device::any(&mut dice, country.phones), |person| self.people[person].device);
        let persona = Persona::any(&mut dice, device, returning);
        let id = SessionId(dice.uuid(at));
        let person = back.unwrap_or_else(|| {
            self.people.push(Person {
                visitor_id: VisitorId(dice.uuid(at)),
                country,
                address: country.address(&mut dice),
                device,
                language: country.language(&mut dice),
                account: None,
                is_signed_in: false,
                last_session: id,
                last_came: at,
            });
            self.people.len() - 1
        });
        let person = &mut self.people[person];
        let session = WireSession {
            id,
            start_reason: if returning { BoundaryReason::Idle } else { BoundaryReason::FirstVisit },
            previous_id: returning.then_some(person.last_session),
        };
        let known_as = person.account.clone().filter(|_| person.is_signed_in);
        let wants_account = persona == Persona::Regular || (persona == Persona::Buyer && dice.chance(0.3));
        let signs_in_as = (known_as.is_none() && wants_account)
            .then(|| person.account.get_or_insert_with(|| account(&mut dice)).clone());
        person.is_signed_in |= signs_in_as.is_some();
        person.last_session = id;
        person.last_came = at;
        let after_sign_out = (persona == Persona::Regular && dice.chance(0.2)).then(|| {
            let next = SessionId(dice.uuid(at));
            person.is_signed_in = false;
            person.last_session = next;
            WireSession { id: next, start_reason: BoundaryReason::Logout, previous_id: Some(id) }
        });
        Arrival {
            at,
            person: person.clone(),
            session,
            known_as,
            signs_in_as,
            after_sign_out,
            persona,
            source: Source::any(&mut dice, returning),
            release: releases::live_at(at, now),
            payments_are_failing: releases::payments_are_failing(at, now),
            dice,
        }
    }

    /// For about a third of all sessions: somebody of this country who was here before.
    fn somebody_back(&mut self, at: i64, country: &Country) -> Option<usize> {
        if !self.dice.chance(0.38) {
            return None;
        }
        let back: Vec<usize> = self
            .people
            .iter()
            .enumerate()
            .filter(|(_, person)| person.country.code == country.code)
            .filter(|(_, person)| {
                (COMES_BACK_AFTER_MS..COMES_BACK_WITHIN_MS).contains(&(at - person.last_came))
            })
            .map(|(index, _)| index)
            .collect();
        // Who has an account comes back more often.
        let weight = |index: &usize| if self.people[*index].account.is_some() { 6 } else { 1 };
        (!back.is_empty()).then(|| *self.dice.weighted(&back, weight))
    }

    /// A country that somebody comes from.
    pub fn country(&mut self) -> &'static Country {
        self.dice.weighted(COUNTRIES, |country| country.weight)
    }
}

fn account(dice: &mut Dice) -> User {
    let (first, last) = (*dice.one_of(&FIRST_NAMES), *dice.one_of(&LAST_NAMES));
    let (domain, _) =
        *dice.weighted(&[("example.com", 5), ("example.org", 2), ("example.net", 2)], |(_, weight)| *weight);
    let (plan, _) = *dice.weighted(&[("seedling", 7), ("evergreen", 3)], |(_, weight)| *weight);
    let id = format!("{first}.{last}@{domain}");
    let traits = Props::from([
        ("email".to_owned(), PropValue::Text(id.clone())),
        ("plan".to_owned(), PropValue::Text(plan.to_owned())),
    ]);
    User { id, traits }
}
