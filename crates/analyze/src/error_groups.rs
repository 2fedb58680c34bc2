//! Errors by group: how often, in how many sessions and to how many people, when first and last, in which releases.
//!
//! People are users, and visitors where nobody is known. They are counted exactly, by 64 bits of a hash of their ids:
//! among a hundred million people two are mistaken for one with a probability of 0.03 %.
//!
//! Limit: a group's people are held while it is counted, 8 bytes each.

use crate::analysis::Analysis;
use crate::batch::{SessionBatch, Words, visitor_hash};
use crate::vocabulary::Vocabulary;
use arrow::array::{Array, AsArray, DictionaryArray};
use arrow::buffer::BooleanBuffer;
use arrow::datatypes::Int32Type;
use footpath_model::columns::SessionColumn;
use footpath_model::time::Timestamp;
use rustc_hash::{FxHashMap, FxHashSet};
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};

/// All groups of errors.
#[derive(Clone, Debug)]
pub struct ErrorGroups {
    /// Edges of the buckets in which a group's sessions are counted by their start, ascending.
    pub edges: Vec<Timestamp>,
}

/// Errors that are alike in type, message and frame.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ErrorGroup {
    /// Its short stable name.
    pub group: String,
    /// Type of the errors.
    pub name: String,
    /// Their message, without what differs.
    pub message: String,
    /// Topmost frame of the site's own code.
    pub frame: Option<String>,
    /// Errors.
    pub events: u64,
    /// Sessions with at least one of them.
    pub sessions: u64,
    /// People who met one: users, and visitors where nobody is known.
    pub people: u64,
    /// When the first was.
    pub first: Timestamp,
    /// When the last was.
    pub last: Timestamp,
    /// Releases in which they were, each with its sessions; by sessions, the most first.
    pub releases: Vec<(String, u64)>,
    /// Sessions of each bucket.
    pub trend: Vec<u64>,
}

/// What is gathered of a group.
#[derive(Debug)]
pub struct Gathered {
    name: String,
    message: String,
    frame: Option<String>,
    events: u64,
    sessions: u64,
    people: FxHashSet<u64>,
    first: Timestamp,
    last: Timestamp,
    releases: FxHashMap<String, u64>,
    trend: Vec<u64>,
}

impl Gathered {
    fn add(&mut self, other: Self) {
        self.events += other.events;
        self.sessions += other.sessions;
        self.people.extend(other.people);
        self.first = self.first.min(other.first);
        self.last = self.last.max(other.last);
        other.releases.into_iter().for_each(|(name, n)| *self.releases.entry(name).or_default() += n);
        self.trend.iter_mut().zip(other.trend).for_each(|(one, other)| *one += other);
    }
}

impl Analysis for ErrorGroups {
    type Partial = FxHashMap<String, Gathered>;
    /// By sessions, the most first; equals by group.
    type Answer = Vec<ErrorGroup>;

    fn columns(&self) -> Vec<SessionColumn> {
        vec![
            SessionColumn::Start,
            SessionColumn::User,
            SessionColumn::Visitor,
            SessionColumn::Release,
            SessionColumn::ErrorName,
            SessionColumn::ErrorMessage,
            SessionColumn::ErrorFrame,
            SessionColumn::ErrorGroup,
            SessionColumn::ErrorOffset,
        ]
    }

    fn empty(&self) -> Self::Partial {
        FxHashMap::default()
    }

    fn scan(&self, batch: &SessionBatch, selected: &BooleanBuffer) -> Self::Partial {
        let groups = batch.word_lists(SessionColumn::ErrorGroup);
        let offsets = batch.int_lists(SessionColumn::ErrorOffset);
        let about = About {
            name: batch.word_lists(SessionColumn::ErrorName).values,
            message: batch.word_lists(SessionColumn::ErrorMessage).values,
            frame: batch.word_lists(SessionColumn::ErrorFrame).values,
        };
        let starts = batch.times(SessionColumn::Start);
        let (users, visitors) = (batch.texts(SessionColumn::User), batch.visitors());
        let releases = batch.words(SessionColumn::Release);
        let mut gathered = Self::Partial::default();
        // Groups that were met in the session at hand.
        let mut met: Vec<&str> = Vec::new();
        for row in selected.set_slices().flat_map(|(from, to)| from..to) {
            let (from, to) = (groups.offsets[row], groups.offsets[row + 1]);
            if from == to {
                continue;
            }
            let start = starts.get(row);
            let user = users.is_valid(row).then(|| user_hash(users.value(row)));
            let person = user.unwrap_or_else(|| visitor_hash(visitors[row]));
            met.clear();
            for at in from..to {
                let at = at.cast_unsigned() as usize;
                let Some(group) = word(groups.values, at) else { continue };
                let when = start.plus(offsets.values.value(at).into());
                let one = match gathered.get_mut(group) {
                    Some(one) => one,
                    None => gathered.entry(group.to_owned()).or_insert_with(|| self.begun(&about, at, when)),
                };
                one.events += 1;
                one.first = one.first.min(when);
                one.last = one.last.max(when);
                if !met.contains(&group) {
                    met.push(group);
                    self.count_session(one, start, person, releases, row);
                }
            }
        }
        gathered
    }

    fn merge(&self, one: Self::Partial, other: Self::Partial) -> Self::Partial {
        let (mut more, fewer) = if one.len() >= other.len() { (one, other) } else { (other, one) };
        for (group, gathered) in fewer {
            match more.get_mut(&group) {
                Some(there) => there.add(gathered),
                None => {
                    more.insert(group, gathered);
                }
            }
        }
        more
    }

    fn finish(&self, gathered: Self::Partial, _: &Vocabulary) -> Vec<ErrorGroup> {
        let mut groups: Vec<ErrorGroup> = gathered.into_iter().map(told).collect();
        groups.sort_unstable_by(|one, other| {
            other.sessions.cmp(&one.sessions).then_with(|| one.group.cmp(&other.group))
        });
        groups
    }
}

impl ErrorGroups {
    fn begun(&self, about: &About<'_>, at: usize, when: Timestamp) -> Gathered {
        let text = |values| word(values, at).unwrap_or_default().to_owned();
        Gathered {
            name: text(about.name),
            message: text(about.message),
            frame: word(about.frame, at).map(str::to_owned),
            events: 0,
            sessions: 0,
            people: FxHashSet::default(),
            first: when,
            last: when,
            releases: FxHashMap::default(),
            trend: vec![0; self.edges.len().saturating_sub(1)],
        }
    }

    fn count_session(
        &self,
        one: &mut Gathered,
        start: Timestamp,
        person: u64,
        releases: Words<'_>,
        row: usize,
    ) {
        one.sessions += 1;
        one.people.insert(person);
        if let Some(release) = releases.get(row) {
            match one.releases.get_mut(release) {
                Some(sessions) => *sessions += 1,
                None => {
                    one.releases.insert(release.to_owned(), 1);
                }
            }
        }
        let after = self.edges.partition_point(|edge| *edge <= start);
        if let Some(bucket) = after.checked_sub(1).and_then(|bucket| one.trend.get_mut(bucket)) {
            *bucket += 1;
        }
    }
}

/// What is said of each error.
struct About<'a> {
    name: &'a DictionaryArray<Int32Type>,
    message: &'a DictionaryArray<Int32Type>,
    frame: &'a DictionaryArray<Int32Type>,
}

fn word(values: &DictionaryArray<Int32Type>, at: usize) -> Option<&str> {
    let words = values.values().as_string::<i32>();
    values.key(at).filter(|key| words.is_valid(*key)).map(|key| words.value(key))
}

fn user_hash(id: &str) -> u64 {
    BuildHasherDefault::<DefaultHasher>::default().hash_one(id)
}

fn told((group, gathered): (String, Gathered)) -> ErrorGroup {
    let Gathered { name, message, frame, events, sessions, people, first, last, releases, trend } = gathered;
    let mut releases: Vec<(String, u64)> = releases.into_iter().collect();
    releases.sort_unstable_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
    let people = people.len() as u64;
    ErrorGroup { group, name, message, frame, events, sessions, people, first, last, releases, trend }
}
