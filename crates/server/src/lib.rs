//! The Footpath server: the only crate that knows HTTP, JSON on the network, the environment, clocks and tasks.
//!
//! An event's way in: [`ingest`] decodes, enriches and scrubs it, the store makes it durable and folds it. Its way
//! out: [`query`] asks the store's snapshots, [`api`] answers, [`ui`] serves the dashboard that asks. [`serve`] puts the parts together.

pub mod api;
pub mod ask;
pub mod cli;
mod clock;
pub mod config;
pub mod data;
pub mod demo;
mod error;
pub mod ingest;
mod metrics;
mod query;
mod replay_frame;
mod search;
mod serve;
mod source_maps;
mod ui;
