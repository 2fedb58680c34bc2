//! What is wrong with a search: where, why, and what was perhaps meant.

use std::fmt;
use std::ops::Range;

/// Why a text is no search.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SearchError {
    /// Where, in characters (Unicode scalar values) from the start; may be empty, between two of them or at the end.
    pub span: Range<usize>,
    /// What is wrong and what to do, for people.
    pub message: String,
    /// What was perhaps meant.
    pub suggestion: Option<Suggestion>,
}

/// A change that makes a search better.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Suggestion {
    /// What to replace, in characters; empty where something is put in.
    pub span: Range<usize>,
    /// What to put there.
    pub text: String,
}

impl SearchError {
    pub(super) fn new(span: Range<usize>, message: impl Into<String>) -> Self {
        Self { span, message: message.into(), suggestion: None }
    }

    /// With another text for what it points at.
    pub(super) fn meant(self, text: impl Into<String>) -> Self {
        let span = self.span.clone();
        self.better(span, text)
    }

    /// With another text for some other place.
    pub(super) fn better(mut self, span: Range<usize>, text: impl Into<String>) -> Self {
        self.suggestion = Some(Suggestion { span, text: text.into() });
        self
    }
}

impl fmt::Display for SearchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for SearchError {}

impl Suggestion {
    /// The text with the change made.
    pub fn apply(&self, text: &str) -> String {
        let chars = || text.chars();
        let before = chars().take(self.span.start);
        before.chain(self.text.chars()).chain(chars().skip(self.span.end)).collect()
    }
}

/// Longer names are not what anybody meant.
const LONGEST_NAME: usize = 32;

/// The word that was perhaps meant: one that begins so, or that is a few typing errors away.
pub(super) fn nearest<'a>(typed: &str, known: impl Iterator<Item = &'a str> + Clone) -> Option<&'a str> {
    let typed: Vec<char> = typed.chars().flat_map(char::to_lowercase).take(LONGEST_NAME + 1).collect();
    if typed.len() > LONGEST_NAME || typed.is_empty() {
        return None;
    }
    let allowed = typed.len().div_ceil(3).min(3);
    let close = known.clone().map(|name| (distance(&typed, name), name)).min();
    let close = close.filter(|(distance, name)| *distance <= allowed && *distance < name.len());
    let begins_so =
        |name: &&str| typed.len() >= 2 && name.chars().take(typed.len()).eq(typed.iter().copied());
    close.map(|(_, name)| name).or_else(|| known.clone().find(begins_so))
}

/// How many letters were left out, put in, mistaken, or typed in the wrong order (optimal string alignment).
fn distance(typed: &[char], name: &str) -> usize {
    let name: Vec<char> = name.chars().collect();
    let mut rows = [vec![0; name.len() + 1], (0..=name.len()).collect(), vec![0; name.len() + 1]];
    for i in 1..=typed.len() {
        let [before, last, row] = &mut rows;
        row[0] = i;
        for j in 1..=name.len() {
            let mistaken = usize::from(typed[i - 1] != name[j - 1]);
            let swapped = i > 1 && j > 1 && typed[i - 1] == name[j - 2] && typed[i - 2] == name[j - 1];
            row[j] = (last[j] + 1).min(row[j - 1] + 1).min(last[j - 1] + mistaken);
            if swapped {
                row[j] = row[j].min(before[j - 2] + 1);
            }
        }
        rows.rotate_left(1);
    }
    rows[1][name.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typing_errors_are_counted() {
        let between = |one: &str, other: &str| distance(&one.chars().collect::<Vec<_>>(), other);
        assert_eq!(between("page", "page"), 0);
        assert_eq!(between("pgae", "page"), 1);
        assert_eq!(between("pages", "page"), 1);
        assert_eq!(between("pag", "page"), 1);
        assert_eq!(between("cage", "page"), 1);
        assert_eq!(between("brwoserr", "browser"), 2);
        assert_eq!(between("", "page"), 4);
        assert_eq!(between("x", ""), 1);
    }

    #[test]
    fn the_nearest_word_is_meant() {
        let known = ["page", "pages", "duration", "browser"].into_iter();
        assert_eq!(nearest("Duraton", known.clone()), Some("duration"));
        assert_eq!(nearest("dur", known.clone()), Some("duration"));
        assert_eq!(nearest("paeg", known.clone()), Some("page"));
        assert_eq!(nearest("zzz", known.clone()), None);
        assert_eq!(nearest("", known), None);
    }

    #[test]
    fn suggestions_are_applied_by_characters() {
        let suggestion = Suggestion { span: 2..3, text: "xy".to_owned() };
        assert_eq!(suggestion.apply("äöüß"), "äöxyß");
    }
}
