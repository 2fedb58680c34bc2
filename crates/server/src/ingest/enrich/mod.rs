//! What ingest adds to a batch, and what it takes out of it, before anything is stored: pure functions over text and
//! bundled data, with no clock, no network and no knowledge of HTTP.
//!
//! - [`agent`]: user agent and client hints → device, browser, operating system.
//! - [`anonymise`]: user ids → names that mean nothing elsewhere, where a site wants it.
//! - [`bot`]: why a visitor is thought to be no person.
//! - [`place`]: IP address → country, region, city; after it the address is dropped.
//! - [`route`]: URL → the path people speak of, and its template.
//! - [`scrub`]: what the browser should have masked, masked again; strings cut to their limits.
//!
//! Order matters in one place: a URL is scrubbed before its route is taken, so that a secret in a path never becomes
//! part of a template.

pub mod agent;
pub mod anonymise;
pub mod bot;
pub mod place;
pub mod route;
pub mod scrub;
