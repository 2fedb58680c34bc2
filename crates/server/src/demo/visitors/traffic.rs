//! When people come: more in the evening than at night, fewer at the weekend, each country by its own clock. The plan is
//! made in order of time, since who comes back depends on who was there; it is played newest first, so that the first
//! screen fills at once.

use super::crawlers::crawl;
use super::dice::Dice;
use super::journey::play;
use super::population::{Arrival, Population};
use super::{Delivery, Session};
use footpath_model::time::{DAY, HOUR, MINUTE};

/// What to simulate.
#[derive(Clone, Debug)]
pub struct Simulation {
    /// The same seed and time give the same bytes.
    pub seed: u64,
    /// How far back it goes.
    pub days: u32,
    /// When it ends, Unix ms: what would be sent later is not.
    pub now: i64,
    /// Scheme, host and port of the shop.
    pub origin: String,
}

/// Visitors per hour of their own day, midnight first: quiet nights, a bump at lunch, busy evenings.
const HOURS: [u32; 24] =
    [3, 2, 1, 1, 1, 2, 4, 7, 9, 10, 10, 11, 13, 12, 10, 10, 11, 12, 14, 17, 19, 18, 12, 6];
/// Sessions per day before chance, Monday first: people buy plants when they should work, and on Sunday evening.
const WEEK: [i64; 7] = [172, 168, 160, 158, 142, 124, 150];
/// Crawlers per day.
const CRAWLERS_PER_DAY: i64 = 5;
/// How many come in the last minutes, so that somebody is there when one looks.
const LIVE: i64 = 5;

/// Sessions of simulated visitors, newest first.
#[derive(Debug)]
pub struct Traffic {
    simulation: Simulation,
    /// Oldest first; taken from the end.
    plan: Vec<Planned>,
    population: Population,
}

#[derive(Debug)]
enum Planned {
    Person(Box<Arrival>),
    Crawler(i64, Box<Dice>),
}

impl Traffic {
    /// Plans who comes when.
    pub fn new(simulation: Simulation) -> Self {
        let Simulation { seed, days, now, .. } = simulation;
        let mut population = Population::new(seed);
        let mut dice = Dice::new(seed, u64::MAX);
        let from = now - i64::from(days) * DAY;
        let mut times = Vec::new();
        // A day more at both ends: days begin at other times elsewhere.
        for day in from.div_euclid(DAY) - 1..=now.div_euclid(DAY) + 1 {
            // 1 January 1970 was a Thursday.
            let weekday = (day + 3).rem_euclid(7) as usize;
            for _ in 0..WEEK[weekday] + dice.between(-16, 16) {
                let country = population.country();
                let (hour, _) = *dice.weighted(&HOURS_BY_NUMBER, |(_, weight)| *weight);
                let at =
                    day * DAY + hour * HOUR + dice.between(0, HOUR - 1) - country.utc_offset_minutes * MINUTE;
                times.push((at, Some(country)));
            }
            for _ in 0..CRAWLERS_PER_DAY {
                times.push((day * DAY + dice.between(0, DAY - 1), None));
            }
        }
        times.retain(|(at, _)| (from..now - 2 * MINUTE).contains(at));
        for nth in 0..LIVE {
            times.push((now - (nth + 1) * 50_000 - dice.between(0, 30_000), Some(population.country())));
        }
        times.sort_by_key(|(at, _)| *at);
        let plan = times
            .into_iter()
            .zip(1..)
            .map(|((at, country), nth)| match country {
                Some(country) => Planned::Person(Box::new(population.arrival(at, now, country))),
                None => Planned::Crawler(at, Box::new(Dice::new(seed, u64::MAX - nth))),
            })
            .collect();
        Self { simulation, plan, population }
    }

    /// How many sessions are still to come. Who signs out makes two of one.
    pub fn n_planned(&self) -> usize {
        self.plan.len()
    }

    /// Everybody who has been here by the end: for those who come later.
    pub fn population(&self) -> Population {
        self.population.clone()
    }
}

const HOURS_BY_NUMBER: [(i64, u32); 24] = {
    let mut hours = [(0, 0); 24];
    let mut hour = 0;
    while hour < 24 {
        hours[hour] = (hour as i64, HOURS[hour]);
        hour += 1;
    }
    hours
};

impl Iterator for Traffic {
    type Item = Session;

    fn next(&mut self) -> Option<Session> {
        let Simulation { now, origin, .. } = &self.simulation;
        let mut session: Session = match self.plan.pop()? {
            Planned::Person(arrival) => play(*arrival, origin),
            Planned::Crawler(at, mut dice) => vec![crawl(at, origin, &mut dice)],
        };
        session.retain(|delivery: &Delivery| delivery.body.sent_at <= *now);
        Some(session)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.plan.len(), Some(self.plan.len()))
    }
}
