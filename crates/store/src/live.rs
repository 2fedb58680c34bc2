//! The live set: sessions in memory, queryable as soon as they are folded.
//!
//! One task folds committed batches, in order; queries read under a shared lock and get whole rows, so that one
//! session is one row in every answer. A site's rows can only be reached through [`SiteSessions`], which is made for
//! one site.

use footpath_model::batch::Batch;
use footpath_model::id::{SessionId, SiteId};
use footpath_model::session::Session;
use footpath_model::sessionize::{Folded, HintedSession, PlacedEvent};
use footpath_model::site::SessionRules;
use footpath_model::time::Timestamp;
use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::ops::Range;
use std::sync::{Arc, RwLock};
use tokio::sync::watch;

/// Changes kept for followers; one that has fallen further behind reads its list again.
const CHANGES_KEPT: usize = 4096;

/// A session's place in the order of lists: newest start first, id as the tie-break.
pub type SessionKey = (Timestamp, SessionId);

/// All live sessions.
#[derive(Debug)]
pub(crate) struct LiveSet {
    sites: RwLock<HashMap<SiteId, SiteLive>>,
    version: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct SiteLive {
    by_hint: HashMap<SessionId, HintedSession>,
    /// Every session with the hint that holds it, and its place among that hint's.
    by_start: BTreeMap<SessionKey, (SessionId, usize)>,
    /// Hints of the sessions that the server split off.
    hint_of: HashMap<SessionId, SessionId>,
    changes: VecDeque<(u64, SessionId)>,
    /// The newest change that is no longer in `changes`.
    forgotten: u64,
}

impl LiveSet {
    pub(crate) fn new() -> Self {
        Self { sites: RwLock::new(HashMap::new()), version: watch::Sender::new(0) }
    }

    /// Folds batches in, each with its site's rules.
    pub(crate) fn fold(&self, batches: &[Arc<Batch>], rules_of: impl Fn(&SiteId) -> SessionRules) -> Folded {
        let version = *self.version.borrow() + 1;
        let mut total = Folded::default();
        {
            let mut sites = self.sites.write().expect("no holder of this lock panics");
            for batch in batches {
                if !sites.contains_key(&batch.site) {
                    sites.insert(batch.site.clone(), SiteLive::default());
                }
                if let Some(site) = sites.get_mut(&batch.site) {
                    let folded = site.fold(batch, || rules_of(&batch.site), version);
                    total.accepted += folded.accepted;
                    total.duplicate += folded.duplicate;
                }
            }
        }
        self.version.send_replace(version);
        total
    }

    /// Wakes at every change of any site; the value is its version.
    pub(crate) fn follow(&self) -> watch::Receiver<u64> {
        self.version.subscribe()
    }

    /// The site that holds a session.
    pub(crate) fn site_of(&self, id: SessionId) -> Option<SiteId> {
        let sites = self.sites.read().expect("no holder of this lock panics");
        sites.iter().find(|(_, site)| site.holder(id).is_some()).map(|(site, _)| site.clone())
    }

    /// Sessions held, over all sites.
    pub(crate) fn n_sessions(&self) -> usize {
        let sites = self.sites.read().expect("no holder of this lock panics");
        sites.values().map(|site| site.by_start.len()).sum()
    }

    pub(crate) fn site(self: &Arc<Self>, site: SiteId) -> SiteSessions {
        SiteSessions { live: Arc::clone(self), site }
    }
}

impl SiteLive {
    fn fold(&mut self, batch: &Arc<Batch>, rules: impl FnOnce() -> SessionRules, version: u64) -> Folded {
        let hint = batch.hint.id;
        let hinted = self.by_hint.entry(hint).or_insert_with(|| HintedSession::new(rules()));
        let before: Vec<SessionKey> = hinted.sessions().map(key).collect();
        let folded = hinted.fold(batch);
        if folded.accepted == 0 {
            return folded;
        }
        let mut vanished = false;
        if !before.iter().copied().eq(hinted.sessions().map(key)) {
            let ids: HashSet<SessionId> = hinted.sessions().map(|session| session.id).collect();
            vanished = before.iter().any(|(_, id)| !ids.contains(id));
            for key in before {
                self.by_start.remove(&key);
                self.hint_of.remove(&key.1);
            }
            for (index, key) in hinted.sessions().map(key).enumerate() {
                self.by_start.insert(key, (hint, index));
                if key.1 != hint {
                    self.hint_of.insert(key.1, hint);
                }
            }
        }
        if vanished {
            // A list that shows it must be read again.
            self.changes.clear();
            self.forgotten = version;
            return folded;
        }
        for session in hinted.sessions().skip(folded.changed_from) {
            if self.changes.len() == CHANGES_KEPT
                && let Some((forgotten, _)) = self.changes.pop_front()
            {
                self.forgotten = forgotten;
            }
            self.changes.push_back((version, session.id));
        }
        folded
    }

    fn holder(&self, id: SessionId) -> Option<&HintedSession> {
        self.by_hint.get(self.hint_of.get(&id).unwrap_or(&id))
    }

    fn session(&self, id: SessionId) -> Option<&Session> {
        self.holder(id)?.sessions().find(|session| session.id == id)
    }
}

fn key(session: &Session) -> SessionKey {
    (session.start, session.id)
}

/// Which sessions a list holds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Filter {
    /// Starts, from (included) to (excluded).
    pub range: Range<Timestamp>,
    /// What is done with bots.
    pub bots: Bots,
}

/// What is done with sessions that are thought to be no person's.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Bots {
    /// Left out.
    #[default]
    Exclude,
    /// Kept among the others.
    Include,
    /// Nothing else is kept.
    Only,
}

impl Bots {
    /// Whether a list with this setting holds the session.
    pub fn keeps(self, session: &Session) -> bool {
        match self {
            Self::Exclude => session.bot.is_none(),
            Self::Include => true,
            Self::Only => session.bot.is_some(),
        }
    }
}

/// Which part of a list is wanted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PageRequest {
    /// The last key of the page before.
    pub after: Option<SessionKey>,
    /// Rows at most.
    pub limit: usize,
}

/// A page of sessions, with what is counted over the whole list.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct SessionRows {
    /// The rows.
    pub rows: Vec<Session>,
    /// Rows on all pages.
    pub total: usize,
    /// Of these, sessions with at least one error.
    pub with_errors: usize,
    /// Whether there is a page after this one.
    pub more: bool,
}

/// A session with its events, in order of time.
#[derive(Clone, Debug)]
pub struct SessionEvents {
    /// The row.
    pub session: Session,
    /// Its events.
    pub events: Vec<PlacedEvent>,
}

/// What has changed for a follower.
#[derive(Clone, PartialEq, Debug)]
pub enum Changes {
    /// These sessions, as they are now.
    Sessions(Vec<Session>),
    /// More than is kept: read the list again.
    Resync,
}

/// The sessions of one site, and of no other.
#[derive(Clone, Debug)]
pub struct SiteSessions {
    live: Arc<LiveSet>,
    site: SiteId,
}

impl SiteSessions {
    fn read<T>(&self, read: impl FnOnce(&SiteLive) -> T) -> Option<T> {
        self.live.sites.read().expect("no holder of this lock panics").get(&self.site).map(read)
    }

    /// A page of sessions, newest start first.
    pub fn list(&self, filter: &Filter, page: PageRequest) -> SessionRows {
        let listed = self.read(|site| {
            let mut listed = SessionRows::default();
            let from = (filter.range.start, SessionId(uuid::Uuid::nil()));
            let to = (filter.range.end, SessionId(uuid::Uuid::nil()));
            if to <= from {
                return listed;
            }
            for (key, (hint, index)) in site.by_start.range(from..to).rev() {
                let Some(session) = site.by_hint[hint].session(*index) else {
                    continue;
                };
                if !filter.bots.keeps(session) {
                    continue;
                }
                listed.total += 1;
                listed.with_errors += usize::from(session.counts.errors > 0);
                if page.after.is_some_and(|after| *key >= after) {
                    continue;
                }
                if listed.rows.len() < page.limit {
                    listed.rows.push(session.clone());
                } else {
                    listed.more = true;
                }
            }
            listed
        });
        listed.unwrap_or_default()
    }

    /// The start of the first session.
    pub fn first_start(&self) -> Option<Timestamp> {
        self.read(|site| site.by_start.keys().next().map(|key| key.0)).flatten()
    }

    /// One session.
    pub fn session(&self, id: SessionId) -> Option<Session> {
        self.read(|site| site.session(id).cloned()).flatten()
    }

    /// One session with its events.
    pub fn events(&self, id: SessionId) -> Option<SessionEvents> {
        self.read(|site| {
            let session = site.session(id)?.clone();
            let events = site.holder(id)?.events_of(id).to_vec();
            Some(SessionEvents { session, events })
        })
        .flatten()
    }

    /// When the visitor behind a client's session id was last active; nothing where the id is unknown.
    pub fn last_activity(&self, hint: SessionId) -> Option<Timestamp> {
        self.read(|site| site.by_hint.get(&hint)?.last_activity()).flatten()
    }

    /// Sessions that changed after `version`, each once.
    pub fn changes_since(&self, version: u64) -> Changes {
        self.read(|site| {
            if site.forgotten > version {
                return Changes::Resync;
            }
            let newer = site.changes.partition_point(|(changed, _)| *changed <= version);
            let ids: HashSet<SessionId> = site.changes.range(newer..).map(|(_, id)| *id).collect();
            let mut sessions: Vec<Session> =
                ids.into_iter().filter_map(|id| site.session(id).cloned()).collect();
            sessions.sort_by_key(key);
            Changes::Sessions(sessions)
        })
        .unwrap_or(Changes::Sessions(Vec::new()))
    }
}
