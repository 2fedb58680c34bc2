//! The pure domain of Footpath: what an event is, what a session is, and how the one becomes the other.
//!
//! Nothing here does I/O, awaits, or reads a clock: time and randomness are passed in, so that every rule can be
//! tested as a small table. Reading order: [`event`] (what happened), [`batch`] (how events arrive, with their
//! [`context`]), [`sessionize`] (the fold), [`session`] (the row it yields), [`steps`] (what
//! it did, compactly, with [`errors`] and [`places`]), [`replay`] (what is watched of it), [`privacy`] (what may be),
//! [`columns`] (how all of it is kept in tables), [`timeline`] (how it is told), [`search`] (how it is found),
//! [`reports`] (what is asked about many).

pub mod acquisition;
pub mod batch;
pub mod columns;
pub mod context;
pub mod errors;
pub mod event;
pub mod id;
pub mod loads;
pub mod places;
pub mod privacy;
pub mod replay;
pub mod reports;
pub mod search;
pub mod session;
pub mod sessionize;
pub mod site;
pub mod stack;
pub mod steps;
pub mod time;
pub mod timeline;
#[cfg(test)]
mod timelines;
