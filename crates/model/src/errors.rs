//! The errors of a session, as they are grouped: by type, message and place in the site's own code, without what
//! differs from one time to the next.
//!
//! Limits: names of functions in minified code change with each build, and so do groups; frames are told apart by the
//! host of the page, so that a site whose code lies on another host has the topmost frame of any host.

use crate::event::EventKind;
use crate::id::TabId;
use crate::sessionize::PlacedEvent;
use crate::stack::{Frame, frames, host, path};
use crate::time::Timestamp;
use std::collections::HashMap;
use uuid::Uuid;

/// One error.
#[derive(Clone, PartialEq, Debug)]
pub struct GroupedError {
    /// When, corrected time.
    pub at: Timestamp,
    /// Its type, such as `TypeError`.
    pub name: String,
    /// Its message, with `*` for numbers, ids and quoted values. In a search, that matches the message again.
    pub message: String,
    /// The topmost frame of the site's own code: function and file, without line, query and hash of the build.
    pub frame: Option<String>,
    /// A short stable name of the three.
    pub group: String,
}

/// The errors of a session, from its events in order of time.
pub fn errors(events: &[PlacedEvent]) -> Vec<GroupedError> {
    let mut page_host: HashMap<TabId, &str> = HashMap::new();
    let mut errors = Vec::new();
    for placed in events {
        match &placed.event().kind {
            EventKind::PageView(view) => {
                page_host.insert(placed.tab_id, host(&view.url));
            }
            EventKind::Error(error) => {
                let host = page_host.get(&placed.tab_id).copied().unwrap_or_default();
                let message = template(&error.message);
                let frame = error.stack.as_deref().and_then(|stack| top_frame(stack, host));
                let group = group(&error.name, &message, frame.as_deref());
                errors.push(GroupedError { at: placed.at, name: error.name.clone(), message, frame, group });
            }
            EventKind::Click(_)
            | EventKind::Submit(_)
            | EventKind::Input(_)
            | EventKind::Scroll(_)
            | EventKind::Custom(_)
            | EventKind::Request(_)
            | EventKind::Vital(_)
            | EventKind::PageLoad(_)
            | EventKind::Resources(_)
            | EventKind::Visibility(_)
            | EventKind::Frustration(_)
            | EventKind::Identify(_)
            | EventKind::SessionEnd(_) => {}
        }
    }
    errors
}

/// Namespace of the names of groups.
const GROUPS: Uuid = Uuid::from_u128(0x5eb5_6a6e_21c5_4f0b_9e4c_0f1d_52a3_77c1);
/// Hexadecimal digits of a group's name: among a million groups two are alike once in 500 sites.
const GROUP_DIGITS: usize = 12;

fn group(name: &str, message: &str, frame: Option<&str>) -> String {
    let all = [name, message, frame.unwrap_or_default()].join("\0");
    let mut digits = Uuid::new_v5(&GROUPS, all.as_bytes()).simple().to_string();
    digits.truncate(GROUP_DIGITS);
    digits
}

/// A message without what differs from one time to the next.
fn template(message: &str) -> String {
    let mut written = String::with_capacity(message.len());
    let mut rest = message;
    while let Some(first) = rest.chars().next() {
        let before = written.chars().next_back();
        let taken = if let Some((length, closing)) = quoted(rest, before) {
            written.extend([first, '*', closing]);
            length
        } else {
            let length = rest.find(|c: char| !is_of_word(c)).unwrap_or(rest.len());
            let (word, length) = (&rest[..length], length.max(first.len_utf8()));
            if differs(word) {
                written.push('*');
                written.push_str(unit(word));
            } else {
                written.push_str(&rest[..length]);
            }
            length
        };
        rest = &rest[taken..];
    }
    written
}

fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.')
}

/// How long a quoted value is that a text begins with, quotes included, and how it is closed. An apostrophe within or
/// after a word opens none.
fn quoted(text: &str, before: Option<char>) -> Option<(usize, char)> {
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\'' | '`' | '“'))?;
    if before.is_some_and(char::is_alphanumeric) {
        return None;
    }
    let closing = if quote == '“' { '”' } else { quote };
    let start = quote.len_utf8();
    let closes = |at: &usize| {
        let after = text[start + at + closing.len_utf8()..].chars().next();
        !after.is_some_and(char::is_alphanumeric)
    };
    let end = text[start..].match_indices(closing).map(|(at, _)| at).find(closes)?;
    Some((start + end + closing.len_utf8(), closing))
}

/// Whether a word is a number or an id: it begins with a digit, or is a long hexadecimal one with a digit, or a UUID.
fn differs(word: &str) -> bool {
    let has_digit = word.bytes().any(|byte| byte.is_ascii_digit());
    let is_hex = |part: &str| part.bytes().all(|byte| byte.is_ascii_hexdigit());
    let begins_with_digit = word.trim_start_matches(['-', '.']).starts_with(|c: char| c.is_ascii_digit());
    has_digit
        && (begins_with_digit || (word.len() >= 8 && word.split(['-', '_']).all(is_hex)) || is_token(word))
}

/// Letters and digits mixed over some length, as in `tok_1Mx9Kq2eZvKYlo2C`.
fn is_token(word: &str) -> bool {
    let last = word.rsplit(['_', '-']).next().unwrap_or(word);
    let n_digits = last.bytes().filter(u8::is_ascii_digit).count();
    last.len() >= 12 && n_digits >= 2 && last.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// What is kept of a number: its unit, such as the `ms` of `5000ms`; and a full stop that ends a sentence.
fn unit(word: &str) -> &str {
    let letters = word.trim_start_matches(|c: char| !c.is_alphabetic());
    let is_number = word[..word.len() - letters.len()].bytes().any(|byte| byte.is_ascii_digit());
    if is_number
        && !letters.is_empty()
        && letters.len() <= 3
        && letters.bytes().all(|byte| byte.is_ascii_lowercase())
    {
        return letters;
    }
    &word[word.trim_end_matches('.').len()..]
}

/// The topmost frame on this host; where there is none, the topmost of any host.
fn top_frame(stack: &str, page_host: &str) -> Option<String> {
    let own = frames(stack).find(|frame| !page_host.is_empty() && host(frame.url) == page_host);
    let Frame { function, url, .. } = own.or_else(|| frames(stack).next())?;
    let file = file(url);
    Some(if function.is_empty() { file } else { format!("{function} ({file})") })
}

/// The path of a file, with `*` for the hash that a build puts into its name.
fn file(url: &str) -> String {
    let path = path(url);
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let mut parts = Vec::new();
    for dotted in name.split('.') {
        let dashed: Vec<&str> =
            dotted.split('-').map(|part| if is_hash(part) { "*" } else { part }).collect();
        parts.push(dashed.join("-"));
    }
    format!("{folder}/{}", parts.join("."))
}

/// As builds write hashes: at least 8 letters and digits, of which some are digits, or upper case within.
fn is_hash(part: &str) -> bool {
    let mixed = part.bytes().any(|byte| byte.is_ascii_digit())
        || (part.bytes().any(|byte| byte.is_ascii_lowercase())
            && part.bytes().filter(u8::is_ascii_uppercase).count() >= 2);
    part.len() >= 8 && mixed && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};

    #[track_caller]
    fn check_template(messages: &[&str], expected: Expect) {
        expected.assert_eq(&messages.iter().map(|message| template(message) + "\n").collect::<String>());
    }

    #[test]
    fn messages_without_what_differs() {
        check_template(
            &[
                "Card 4242 was declined",
                "Cannot read properties of undefined (reading 'total')",
                "can't find user's cart",
                "Order \"A-17\" isn't paid",
                "timeout of 5000ms exceeded",
                "It took 3.5.",
                "order 019a0f5e-7c00-7000-8000-000000000001 not found",
                "No such token: tok_1Mx9Kq2eZvKYlo2C",
                "Unexpected token < in JSON at position 0",
                "deadbeef01 and cafe",
                "x2 is not a function",
                "Grüße an “Ann” und 'Bob",
                "",
                "-1 < 0",
            ],
            expect![[r#"
                Card * was declined
                Cannot read properties of undefined (reading '*')
                can't find user's cart
                Order "*" isn't paid
                timeout of *ms exceeded
                It took *.
                order * not found
                No such token: *
                Unexpected token < in JSON at position *
                * and cafe
                x2 is not a function
                Grüße an “*” und 'Bob

                * < *
            "#]],
        );
    }

    #[track_caller]
    fn check_frame(stack: &str, expected: Option<&str>) {
        assert_eq!(top_frame(stack, "shop.example").as_deref(), expected);
    }

    #[test]
    fn the_topmost_frame_of_the_sites_own_code() {
        let chromium = "PaymentError: Card declined
    at Object.charge (https://cdn.pay.example/v3/lib.js:1:2)
    at async submitOrder (https://shop.example/assets/checkout-4f3a9c1b.js?v=2:12:5)
    at https://shop.example/assets/app.js:1:1";
        check_frame(chromium, Some("submitOrder (/assets/checkout-*.js)"));
        let firefox = "charge@https://cdn.pay.example/v3/lib.js:1:2
submitOrder@https://shop.example/assets/checkout.a81Kz9Qp.js:12:5
@https://shop.example/app.js:1:1";
        check_frame(firefox, Some("submitOrder (/assets/checkout.*.js)"));
        check_frame("Error\n    at https://shop.example/app.js:1:1", Some("/app.js"));
        check_frame("Error\n    at f (https://other.example/x.js:1:1)", Some("f (/x.js)"));
        check_frame("Error\n    at f (chrome-extension://abc/x.js:1:1)\n    at native", None);
        check_frame("f@http://shop.example:8080/x.js", Some("f (/x.js)"));
        check_frame("", None);
    }

    #[test]
    fn groups_are_named_by_what_is_alike() {
        let one = group("PaymentError", "Card * was declined", Some("pay (/checkout.js)"));
        assert_eq!(one.len(), GROUP_DIGITS);
        assert_eq!(one, group("PaymentError", "Card * was declined", Some("pay (/checkout.js)")));
        assert_ne!(one, group("PaymentError", "Card * was declined", None));
        assert_ne!(group("a", "b", None), group("a", "", Some("b")));
    }
}
