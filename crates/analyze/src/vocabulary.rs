//! The vocabulary of steps: each (kind, label) that was met has a code of four bytes, so that analyses compare and
//! count integers, and names come back only in answers.
//!
//! Codes are good for the vocabulary that gave them, within this process; nothing stores them. A vocabulary only grows:
//! the scheduler starts a new one when the old one has become too big (see [`crate::Scheduler`]).

use footpath_model::reports::journeys::step_number;
use footpath_model::steps::{StepKind, StepName};
use std::collections::HashMap;
use std::sync::{Arc, RwLock, RwLockReadGuard};

/// Bits of a code that say the kind.
const KIND_BITS: u32 = 3;
/// What a name costs besides its bytes, roughly: two references to it, its place in the map, the allocation.
const BYTES_PER_NAME: usize = 96;

/// A name's code in a vocabulary.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct StepCode(pub(crate) u32);

impl StepCode {
    /// The kind, which is read off the code.
    pub fn kind(self) -> StepKind {
        StepKind::ALL[(self.0 & ((1 << KIND_BITS) - 1)) as usize]
    }

    fn index(self) -> usize {
        (self.0 >> KIND_BITS) as usize
    }
}

/// Names and their codes.
#[derive(Debug, Default)]
pub struct Vocabulary {
    inner: RwLock<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    names: Vec<StepName>,
    /// Of each name its [`step_number`].
    numbers: Vec<u64>,
    /// For each kind its labels, in the order of [`StepKind::ALL`].
    codes: [HashMap<Arc<str>, StepCode>; StepKind::ALL.len()],
    bytes: usize,
}

impl Vocabulary {
    /// The code of a name, a new one where it has none.
    pub fn intern(&self, kind: StepKind, label: &str) -> StepCode {
        if let Some(code) = self.lookup(kind, label) {
            return code;
        }
        let mut inner = self.inner.write().expect("no holder of this lock panics");
        // Another thread may have been first.
        if let Some(&code) = inner.codes[kind as usize].get(label) {
            return code;
        }
        let index = u32::try_from(inner.names.len()).ok().filter(|index| index >> (32 - KIND_BITS) == 0);
        let index = index.expect("memory ends before 500 million names");
        let code = StepCode(index << KIND_BITS | kind as u32);
        let name = StepName::new(kind, label);
        inner.codes[kind as usize].insert(Arc::clone(&name.label), code);
        inner.names.push(name);
        inner.numbers.push(step_number(kind, label));
        inner.bytes += label.len() + BYTES_PER_NAME;
        code
    }

    /// The code of a name; nothing where no step of that name was met, so that no step can be it.
    pub fn lookup(&self, kind: StepKind, label: &str) -> Option<StepCode> {
        self.inner.read().expect("no holder of this lock panics").codes[kind as usize].get(label).copied()
    }

    /// The name of a code of this vocabulary.
    pub fn name(&self, code: StepCode) -> StepName {
        self.inner.read().expect("no holder of this lock panics").names[code.index()].clone()
    }

    /// All names, for whoever looks at many of them.
    pub(crate) fn names(&self) -> Names<'_> {
        Names { inner: self.inner.read().expect("no holder of this lock panics") }
    }

    /// Bytes held, roughly.
    pub fn bytes(&self) -> usize {
        self.inner.read().expect("no holder of this lock panics").bytes
    }
}

/// The names of a vocabulary, which gets no new ones as long as this lives.
pub(crate) struct Names<'a> {
    inner: RwLockReadGuard<'a, Inner>,
}

impl Names<'_> {
    pub(crate) fn name(&self, code: StepCode) -> &StepName {
        &self.inner.names[code.index()]
    }

    pub(crate) fn number(&self, code: StepCode) -> u64 {
        self.inner.numbers[code.index()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_one_code_and_kinds_are_apart() {
        let vocabulary = Vocabulary::default();
        let page = vocabulary.intern(StepKind::Page, "cart");
        let click = vocabulary.intern(StepKind::Click, "cart");
        assert_ne!(page, click);
        assert_eq!(vocabulary.intern(StepKind::Page, "cart"), page);
        assert_eq!(vocabulary.lookup(StepKind::Click, "cart"), Some(click));
        assert_eq!(vocabulary.lookup(StepKind::Submit, "cart"), None);
        assert_eq!((page.kind(), click.kind()), (StepKind::Page, StepKind::Click));
        assert_eq!(vocabulary.name(click), StepName::new(StepKind::Click, "cart"));
    }

    #[test]
    fn kinds_fit_their_bits_and_are_numbered_by_place() {
        assert!(StepKind::ALL.len() <= 1 << KIND_BITS);
        assert!(StepKind::ALL.iter().enumerate().all(|(place, kind)| *kind as usize == place));
    }

    #[test]
    fn threads_that_intern_at_once_agree() {
        let vocabulary = Vocabulary::default();
        let intern =
            || (0..500).map(|n| vocabulary.intern(StepKind::Page, &n.to_string())).collect::<Vec<_>>();
        let (one, other) = std::thread::scope(|scope| {
            let (one, other) = (scope.spawn(intern), scope.spawn(intern));
            (one.join().expect("it interns"), other.join().expect("it interns"))
        });
        assert_eq!(one, other);
        assert!((0..500).all(|n: usize| *vocabulary.name(one[n]).label == n.to_string()));
    }
}
