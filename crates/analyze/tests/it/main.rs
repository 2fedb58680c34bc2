//! Analyses as their users meet them: through the scheduler, over a source in memory.

#![expect(clippy::unwrap_used, reason = "a test that unwraps fails where it should, with the value it met")]

mod documents;
mod law;
mod list;
mod msnbc;
mod naive;
mod reports;
mod scheduler;
mod sessions;
mod steps;
