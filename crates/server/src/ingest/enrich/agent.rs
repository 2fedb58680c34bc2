//! User agent and client hints → device, browser, operating system, and whether it is a bot.
//!
//! The rules cost about 14 MB and 0.2 s to compile, and some 10 µs to ask; so they are compiled once, when first asked or
//! by [`AgentParser::warm`], and answers are cached: of a site's visitors most share a few hundred user agents.
//!
//! Limits: a user agent is what a program chose to say. Windows 11 is told from 10 by client hints alone, so Firefox
//! always has 10; a version that browsers have frozen is left out rather than told wrongly.

mod device;
mod hints;
mod names;
mod rules;

pub use hints::{WireBrand, WireHints};

use super::bot::Crawlers;
use super::scrub;
use footpath_model::context::{BotReason, Device, Versioned};
use quick_cache::{Equivalent, Weighter, sync::Cache};
use rules::Rules;
use std::sync::{Arc, OnceLock};

/// Bytes of a user agent that are read: the longest of real browsers, with an app's own additions, have about 500.
const MAX_USER_AGENT: usize = 1_024;

/// Bytes of hints that are worth remembering: real ones have about 150, and the client chooses them.
const MAX_CACHED_HINTS: usize = 512;

/// Weight that the cache may hold, bytes: some 5,000 answers. Weighed, since the client chooses how long a key is.
const CACHE_BYTES: u64 = 4 << 20;

/// Bytes of a name, a version or a model that are kept.
const MAX_NAME: usize = 64;

/// Reads user agents; made once per process, shared by all threads.
pub struct AgentParser {
    compiled: OnceLock<(Rules, Crawlers)>,
    cache: Cache<Key, Arc<Agent>, Weight>,
}

/// What a user agent and its hints tell.
#[derive(PartialEq, Debug, Default)]
struct Agent {
    device: Device,
    bot: Option<BotReason>,
}

impl std::fmt::Debug for AgentParser {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let is_compiled = self.compiled.get().is_some();
        f.debug_struct("AgentParser").field("is_compiled", &is_compiled).finish_non_exhaustive()
    }
}

impl Default for AgentParser {
    fn default() -> Self {
        Self::new()
    }
}

impl AgentParser {
    /// Costs nothing until first asked.
    pub fn new() -> Self {
        Self { compiled: OnceLock::new(), cache: Cache::with_weighter(5_000, CACHE_BYTES, Weight) }
    }

    /// Compiles the rules now, about 0.2 s; for a thread of its own at the start, so that no visitor waits for it.
    pub fn warm(&self) {
        self.compiled();
    }

    /// Reads a user agent with its client hints: what the visitor uses, and why it is thought to be no person. Whether
    /// the browser says of itself that it is automated is for the caller to add.
    pub fn parse(&self, user_agent: &str, hints: &WireHints) -> (Device, Option<BotReason>) {
        let user_agent = scrub::cut(user_agent, MAX_USER_AGENT);
        if hints.len() > MAX_CACHED_HINTS {
            let Agent { device, bot } = self.read(user_agent, hints);
            return (device, bot);
        }
        let asked = Asked { user_agent, hints };
        if let Some(known) = self.cache.get(&asked) {
            return (known.device.clone(), known.bot);
        }
        let agent = Arc::new(self.read(user_agent, hints));
        let key = Key { user_agent: user_agent.into(), hints: hints.clone() };
        self.cache.insert(key, Arc::clone(&agent));
        (agent.device.clone(), agent.bot)
    }

    fn read(&self, user_agent: &str, hints: &WireHints) -> Agent {
        let (rules, crawlers) = self.compiled();
        let browser = browser(rules.browser(user_agent).and_then(names::browser), hints);
        let os = hints.system();
        // A hint may know the system and not its version, which an honest user agent then tells.
        let told =
            rules.system(user_agent).and_then(|found| names::system(found, user_agent, browser.as_ref()));
        let os = match (os, told) {
            (Some(hint), Some(told)) if hint.version.is_none() && hint.name == told.name => Some(told),
            (Some(hint), _) => Some(hint),
            (None, told) => told,
        };
        let device = Device {
            class: device::class(user_agent, hints),
            model: device::model(user_agent, hints).and_then(|model| kept(&model)),
            browser: browser.and_then(kept_versioned),
            os: os.and_then(kept_versioned),
        };
        let brands = hints.brands.iter().map(|brand| brand.brand.as_str());
        Agent { device, bot: crawlers.reason(user_agent, brands) }
    }

    fn compiled(&self) -> &(Rules, Crawlers) {
        self.compiled.get_or_init(|| (Rules::bundled(), Crawlers::bundled()))
    }
}

/// Of a browser's user agent and its hints the one that says more.
fn browser(told: Option<Versioned>, hints: &WireHints) -> Option<Versioned> {
    let Some(hint) = hints.browser() else { return told };
    match told {
        // An app around an engine, such as Instagram, names itself in the user agent alone.
        Some(told) if hint.engine_only && !matches!(told.name.as_str(), "Chrome" | "Chromium") => Some(told),
        Some(_) | None => Some(hint.browser),
    }
}

/// Hints and user agents are a client's text: short, and without control characters.
fn kept(text: &str) -> Option<String> {
    let mut text = scrub::cut(text.trim(), MAX_NAME).to_owned();
    text.retain(|c| !c.is_control());
    (!text.is_empty()).then_some(text)
}

fn kept_versioned(named: Versioned) -> Option<Versioned> {
    Some(Versioned { name: kept(&named.name)?, version: named.version.as_deref().and_then(kept) })
}

#[derive(PartialEq, Eq, Hash)]
struct Key {
    user_agent: Box<str>,
    hints: WireHints,
}

/// A [`Key`] not yet owned; hashes as it does, field by field.
#[derive(Hash)]
struct Asked<'a> {
    user_agent: &'a str,
    hints: &'a WireHints,
}

impl Equivalent<Key> for Asked<'_> {
    fn equivalent(&self, key: &Key) -> bool {
        *self.user_agent == *key.user_agent && *self.hints == key.hints
    }
}

#[derive(Clone)]
struct Weight;

impl Weighter<Key, Arc<Agent>> for Weight {
    fn weight(&self, key: &Key, _: &Arc<Agent>) -> u64 {
        // The answer, its allocations and the cache's own book-keeping take about as much as a short key.
        (400 + key.user_agent.len() + 2 * key.hints.len()) as u64
    }
}

#[cfg(test)]
mod tests;
