//! Simulated visitors of the demo shop: several weeks of plausible people, for a dashboard to show.
//!
//! A pure function of a seed and a time: no clock, no I/O, so the same call gives the same bytes. What comes out are the
//! batches that the SDK would have sent ([`Delivery`]); [`super::fill`] sends them through the real ingest.
//!
//! To be read in this order: [`places`], [`devices`], [`sources`] and [`persona`] are tables of what there is; [`population`]
//! makes people of them who come back; [`traffic`] says when they come; [`journey`] what they do, step by step ([`shopper`]), in a [`tab`], on
//! [`pages`], measured ([`measures`]) and failing ([`failures`]) as the shop of [`releases`] then did; [`crawlers`] are not
//! people; [`dice`] is chance.
//!
//! Limits: clocks are right, storage is never blocked, and everything arrives. What ingest makes of the rest is tested
//! where it is done.

mod crawlers;
mod devices;
mod dice;
mod failures;
mod journey;
mod measures;
mod pages;
mod persona;
mod places;
mod population;
pub mod releases;
mod shopper;
mod sources;
mod tab;
mod traffic;

pub use journey::play;
pub use population::{Arrival, Population};
pub use traffic::{Simulation, Traffic};

use crate::ingest::wire::WireBatch;
use std::net::Ipv4Addr;

/// One request of a visitor's browser. It is sent at `body.sent_at`.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// The batch.
    pub body: WireBatch,
    /// Where it comes from.
    pub address: Ipv4Addr,
    /// The `User-Agent` header.
    pub user_agent: &'static str,
}

/// What one visitor sends from coming to leaving, in order of time.
pub type Session = Vec<Delivery>;

#[cfg(test)]
mod tests;
