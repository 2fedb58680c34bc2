//! Text with wildcards, and how it is compared: never by case, and in time linear in the text for each part of the
//! pattern.
//!
//! Case is folded character by character, so that what is folded of a text does not depend on what stands around it.

use super::field::Match;
use std::borrow::Cow;

/// Text in which `*` stands for any text, even none.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Pattern {
    /// What stands between the stars: one part where there is none, never empty but at the ends.
    parts: Vec<String>,
}

impl Pattern {
    /// Text without wildcards.
    pub fn literal(text: impl Into<String>) -> Self {
        Self { parts: vec![text.into()] }
    }

    /// What stands between stars; stars that follow each other are one.
    pub(super) fn between_stars(parts: Vec<String>) -> Self {
        let last = parts.len() - 1;
        let mut places = 0..;
        let parts = parts.into_iter().filter(|part| {
            let place = places.next().unwrap_or(0);
            place == 0 || place == last || !part.is_empty()
        });
        Self { parts: parts.collect() }
    }

    /// The text, where there is no wildcard.
    pub fn as_literal(&self) -> Option<&str> {
        match self.parts.as_slice() {
            [text] => Some(text),
            _ => None,
        }
    }

    /// What stands between the stars.
    pub(super) fn parts(&self) -> &[String] {
        &self.parts
    }

    /// Whether it is nothing but a star.
    pub(super) fn is_star(&self) -> bool {
        self.parts.len() == 2 && self.parts.iter().all(String::is_empty)
    }
}

/// A pattern, ready to be compared with many texts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Matcher {
    parts: Vec<String>,
    within: bool,
    after_method: bool,
}

impl Matcher {
    pub(super) fn new(pattern: &Pattern, how: Match) -> Self {
        let parts: Vec<String> = pattern.parts.iter().map(|part| fold(part).into_owned()).collect();
        let first = &parts[0];
        let is_path = first.starts_with('/');
        let (within, after_method) = match how {
            Match::Whole => (false, false),
            Match::Part => (true, false),
            Match::Path => (!is_path, false),
            Match::Endpoint => (!is_path && !begins_with_method(first), is_path),
        };
        Self { within: within && parts.len() == 1, parts, after_method }
    }

    pub(super) fn matches(&self, text: &str) -> bool {
        let text = match text.split_once(' ') {
            Some((_, path)) if self.after_method => path,
            Some(_) | None => text,
        };
        match self.parts.as_slice() {
            [part] if self.within => fold(text).contains(part.as_str()),
            [part] => is_same(text, part),
            [first, between @ .., last] => is_like(&fold(text), first, between, last),
            [] => false,
        }
    }
}

fn begins_with_method(text: &str) -> bool {
    text.split_once(' ').is_some_and(|(method, _)| method.bytes().all(|byte| byte.is_ascii_alphabetic()))
}

fn is_same(text: &str, folded: &str) -> bool {
    if text.is_ascii() {
        return text.eq_ignore_ascii_case(folded);
    }
    text.chars().flat_map(char::to_lowercase).eq(folded.chars())
}

/// Taking each part where it first comes is enough: whatever matches after a later place matches after the first one.
fn is_like(text: &str, first: &str, between: &[String], last: &str) -> bool {
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    for part in between {
        let Some(at) = rest.find(part.as_str()) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

/// The text without differences of case.
pub fn fold(text: &str) -> Cow<'_, str> {
    if !text.is_ascii() {
        Cow::Owned(text.chars().flat_map(char::to_lowercase).collect())
    } else if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(text.to_ascii_lowercase())
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pattern(text: &str) -> Pattern {
        Pattern::between_stars(text.split('*').map(str::to_owned).collect())
    }

    #[track_caller]
    fn check(how: Match, asked: &str, matching: &[&str], others: &[&str]) {
        let matcher = Matcher::new(&pattern(asked), how);
        for text in matching {
            assert!(matcher.matches(text), "`{asked}` matches `{text}`");
        }
        for text in others {
            assert!(!matcher.matches(text), "`{asked}` does not match `{text}`");
        }
    }

    #[test]
    fn whole_texts() {
        check(Match::Whole, "Add to Cart", &["add to cart", "ADD TO CART"], &["add to cart now", ""]);
        check(Match::Whole, "Größe", &["größe", "GRÖSSE".replace("SS", "ß").as_str()], &["grösse"]);
        check(Match::Whole, "*@example.com", &["Ann@Example.com", "@example.com"], &["ann@example.com.au"]);
        check(Match::Whole, "a*b*a", &["aba", "a-b-a", "abba"], &["ab", "a", "aa"]);
        check(Match::Whole, "*", &["", "anything"], &[]);
    }

    #[test]
    fn parts_of_texts() {
        check(Match::Part, "declined", &["Card DECLINED", "declined"], &["decline"]);
        check(Match::Part, "card*", &["Card declined"], &["the card"]);
    }

    #[test]
    fn paths() {
        check(Match::Path, "/checkout", &["/checkout", "/Checkout"], &["/checkout/pay", "/shop/checkout"]);
        check(Match::Path, "checkout", &["/checkout/pay", "/shop/checkout"], &["/check"]);
        check(Match::Path, "/products/*", &["/products/42", "/products/42/reviews"], &["/products"]);
    }

    #[test]
    fn endpoints() {
        check(
            Match::Endpoint,
            "POST /api/cart",
            &["POST /api/cart"],
            &["GET /api/cart", "POST /api/cart/:id"],
        );
        check(Match::Endpoint, "/api/cart", &["POST /api/cart", "GET /api/cart"], &["GET /v1/api/cart"]);
        check(Match::Endpoint, "/api/*", &["POST /api/cart"], &["GET /v1/api/cart"]);
        check(Match::Endpoint, "cart", &["POST /api/cart/:id"], &["GET /api/orders"]);
        check(Match::Endpoint, "post *", &["POST /api/cart"], &["GET /post"]);
        check(Match::Endpoint, "*.example/v1/*", &["GET pay.example/v1/cards"], &["GET /v1/cards"]);
    }

    /// As plainly as possible: a star takes any number of characters.
    fn is_like_plainly(text: &[char], pattern: &[char]) -> bool {
        match pattern.split_first() {
            None => text.is_empty(),
            Some(('*', rest)) => (0..=text.len()).any(|taken| is_like_plainly(&text[taken..], rest)),
            Some((first, rest)) => text.first() == Some(first) && is_like_plainly(&text[1..], rest),
        }
    }

    proptest! {
        #[test]
        fn stars_take_any_text(text in "[ab]{0,8}", asked in "[ab*]{0,6}") {
            let chars = |text: &str| text.chars().collect::<Vec<_>>();
            let expected = is_like_plainly(&chars(&text), &chars(&asked));
            prop_assert_eq!(Matcher::new(&pattern(&asked), Match::Whole).matches(&text), expected);
        }

        #[test]
        fn case_makes_no_difference(text in "\\PC{0,8}") {
            prop_assume!(!text.contains('*'));
            let asked = Pattern::literal(fold(&text).into_owned());
            prop_assert!(Matcher::new(&asked, Match::Whole).matches(&text));
        }
    }
}
