//! Finds what looks like a secret in running text: e-mail addresses, card numbers, tokens.

use super::MASK;
use std::ops::Range;

/// Where a text comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Origin {
    /// Seen on the page.
    Observed,
    /// Said by the site on purpose: may hold an e-mail address.
    Told,
}

/// Beginnings that services give their secret keys, so that they can be found.
const SECRET_PREFIXES: &[&str] = &[
    "sk_live_", "sk_test_", "rk_live_", "ghp_", "gho_", "ghs_", "github_pat_", "glpat-", "xoxb-", "xoxp-",
    "npm_", "AKIA", "ASIA", "AIza", "SG.", "Bearer ", "bearer ",
];

/// Bytes of a token from which it is one: shorter ones are words.
const MIN_TOKEN: usize = 16;

/// Masks all that is found; `None` where there is nothing.
pub fn mask_once(text: &str, origin: Origin) -> Option<String> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let bytes = text.as_bytes();
    // Most texts are a few words: this says so in one pass.
    let n_digits = bytes.iter().filter(|b| b.is_ascii_digit()).count();
    if origin == Origin::Observed {
        found.extend(emails(text));
    }
    if n_digits >= MIN_CARD {
        found.extend(cards(bytes));
    }
    if n_digits > 0 && bytes.len() >= MIN_TOKEN {
        found.extend(tokens(text));
    }
    found.extend(query_values(text));
    if found.is_empty() {
        return None;
    }
    found.sort_unstable_by_key(|range| range.start);
    let mut out = String::with_capacity(text.len());
    let mut end = 0;
    for range in found {
        if range.start >= end {
            out.push_str(&text[end..range.start]);
            out.push_str(MASK);
        }
        end = end.max(range.end);
    }
    out.push_str(&text[end..]);
    Some(out)
}

/// Whether a key names a value that nobody else may see, wherever it stands.
pub fn is_secret_key(key: &str) -> bool {
    Letters::of(key).name_secret()
}

/// The same of a URL's parameter. More words, since they are short there: a login's `code` or `key` is a secret, while
/// an event's is a voucher or a key that was pressed; and an address in a URL was told to nobody on purpose.
pub fn is_secret_parameter(key: &str) -> bool {
    const WHOLE: &[&str] = &[
        "auth", "bearer", "card", "code", "key", "magic", "mail", "nonce", "pass", "phone", "pin", "session",
        "sessid", "sid", "sig", "tel", "ticket",
    ];
    let letters = Letters::of(key);
    letters.are_one_of(WHOLE) || letters.hold(&["email"]) || letters.name_secret()
}

/// A key without its style: `Api-Key`, `api_key`, `apiKey` are one. Cut, since no key that matters is long; on the
/// stack, since every parameter of every URL comes by.
struct Letters {
    letters: [u8; Letters::MAX],
    len: usize,
}

impl Letters {
    const MAX: usize = 64;

    fn of(key: &str) -> Self {
        let mut of = Self { letters: [0; Self::MAX], len: 0 };
        for byte in key.bytes().filter(u8::is_ascii_alphanumeric).take(Self::MAX) {
            of.letters[of.len] = byte.to_ascii_lowercase();
            of.len += 1;
        }
        of
    }

    fn bytes(&self) -> &[u8] {
        &self.letters[..self.len]
    }

    fn are_one_of(&self, words: &[&str]) -> bool {
        words.iter().any(|word| word.as_bytes() == self.bytes())
    }

    fn hold(&self, parts: &[&str]) -> bool {
        let bytes = self.bytes();
        (0..bytes.len()).any(|at| parts.iter().any(|part| bytes[at..].starts_with(part.as_bytes())))
    }

    fn name_secret(&self) -> bool {
        const WHOLE: &[&str] =
            &["cardnumber", "ccnumber", "cvc", "cvv", "iban", "jwt", "otp", "passwd", "pwd", "ssn"];
        const PART: &[&str] = &[
            "accesskey", "apikey", "authorization", "credential", "passphrase", "password", "phpsessid",
            "privatekey", "secret", "sessionid", "signature",
        ];
        self.are_one_of(WHOLE)
            || self.hold(PART)
            // `tokens_used` counts what a language model read.
            || self.hold(&["token"]) && !self.hold(&["tokens"])
    }
}

/// E-mail addresses, as far as they are plain: no quotes, no comments.
pub fn emails(text: &str) -> impl Iterator<Item = Range<usize>> {
    let is_name = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'%' | b'+' | b'-');
    let is_domain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-');
    let bytes = text.as_bytes();
    text.match_indices('@').filter_map(move |(at, _)| {
        let start = at - bytes[..at].iter().rev().take_while(|b| is_name(**b)).count();
        let domain = &text[at + 1..at + 1 + bytes[at + 1..].iter().take_while(|b| is_domain(**b)).count()];
        // A sentence may end after an address.
        let domain = domain.trim_end_matches(['.', '-']);
        let (host, top) = domain.rsplit_once('.')?;
        let before_top = host.rsplit('.').next().unwrap_or_default();
        let is_top = (2..=24).contains(&top.len()) && top.bytes().all(|b| b.is_ascii_alphabetic());
        // `logo@2x.png` is a file and `react@18.2.0.js` a version.
        let is_density =
            host.strip_suffix('x').is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()));
        let is_host = before_top.bytes().any(|b| b.is_ascii_alphabetic()) && !is_density;
        (start < at && is_top && is_host).then(|| start..at + 1 + domain.len())
    })
}

/// Digits of the shortest card number (ISO/IEC 7812 allows 19 at most).
const MIN_CARD: usize = 13;

/// Card numbers: written in one, or in groups as they are printed, and right by their check digit.
fn cards(bytes: &[u8]) -> Vec<Range<usize>> {
    const GROUPINGS: &[&[usize]] = &[&[4, 4, 4, 4, 3], &[4, 4, 4, 4], &[4, 6, 5], &[4, 6, 4]];
    let mut found = Vec::new();
    let mut at = 0;
    let runs: Vec<Range<usize>> = bytes
        .chunk_by(|a, b| a.is_ascii_digit() == b.is_ascii_digit())
        .filter_map(|chunk| {
            at += chunk.len();
            chunk[0].is_ascii_digit().then(|| at - chunk.len()..at)
        })
        .collect();
    let is_joined =
        |a: &Range<usize>, b: &Range<usize>| a.end + 1 == b.start && matches!(bytes[a.end], b' ' | b'-');
    for mut groups in runs.chunk_by(is_joined) {
        while let Some(first) = groups.first() {
            let fits = |grouping: &&&[usize]| {
                groups.len() >= grouping.len()
                    && groups.iter().zip(**grouping).all(|(group, len)| group.len() == *len)
            };
            let n_groups = GROUPINGS.iter().find(fits).map_or(1, |grouping| grouping.len());
            let range = first.start..groups[n_groups - 1].end;
            let is_card = is_alone(bytes, &range) && is_card(&bytes[range.clone()]);
            groups = &groups[if is_card { n_groups } else { 1 }..];
            if is_card {
                found.push(range);
            }
        }
    }
    found
}

/// Whether no letter, digit or decimal point touches a range: `a4242…` is an id, `0.4242…` a number.
fn is_alone(bytes: &[u8], range: &Range<usize>) -> bool {
    let before = range.start.checked_sub(1).map(|at| bytes[at]);
    let after = bytes.get(range.end).copied();
    !before.is_some_and(|b| b.is_ascii_alphanumeric() || b == b'.')
        && !after.is_some_and(|b| b.is_ascii_alphanumeric())
}

fn is_card(text: &[u8]) -> bool {
    let digits = text.iter().filter(|b| b.is_ascii_digit()).map(|b| u32::from(b - b'0'));
    let n_digits = digits.clone().count();
    // Payment cards begin with 2 to 6; times in milliseconds, which have 13 digits, with 1.
    let is_payment = digits.clone().next().is_some_and(|first| (2..=6).contains(&first));
    let luhn: u32 = digits
        .rev()
        .enumerate()
        .map(|(at, digit)| match (at % 2, digit * 2) {
            (0, _) => digit,
            (_, double @ 0..=9) => double,
            (_, double) => double - 9,
        })
        .sum();
    (MIN_CARD..=19).contains(&n_digits) && is_payment && luhn.is_multiple_of(10)
}

/// A run of signs that a token can be made of.
#[derive(Clone, Copy, Default)]
struct Run {
    end: usize,
    last_dot: Option<usize>,
    last_digit: Option<usize>,
}

/// JSON web tokens, and keys by the beginnings that their services give them.
fn tokens(text: &str) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let is_sign = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'=' | b'/' | b'+');
    // Each run of signs is read once, however many words begin in it: the text is a stranger's.
    let mut run = Run::default();
    let mut run_at = |from: usize| {
        if from >= run.end {
            run = Run { end: from, ..Run::default() };
            for (at, byte) in bytes.iter().enumerate().skip(from).take_while(|(_, b)| is_sign(b)) {
                run.end = at + 1;
                match byte {
                    b'.' => run.last_dot = Some(at),
                    b'0'..=b'9' => run.last_digit = Some(at),
                    _ => {}
                }
            }
        }
        run
    };
    let starts_word =
        |at: usize| bytes[at].is_ascii_alphabetic() && (at == 0 || !bytes[at - 1].is_ascii_alphanumeric());
    let mut found = Vec::new();
    for at in (0..bytes.len()).filter(|at| starts_word(*at)) {
        let word = &bytes[at..];
        if word.starts_with(b"eyJ") {
            let run = run_at(at);
            if run.end - at >= 2 * MIN_TOKEN && run.last_dot >= Some(at) {
                found.push(at..run.end);
            }
        } else if let Some(prefix) = SECRET_PREFIXES.iter().find(|prefix| word.starts_with(prefix.as_bytes()))
        {
            let from = at + prefix.len();
            let run = run_at(from);
            if run.end - from >= MIN_TOKEN && run.last_digit >= Some(from) {
                // `Bearer` may stay: it says what was masked.
                found.push(if prefix.ends_with(' ') { from..run.end } else { at..run.end });
            }
        }
    }
    found
}

/// Values of secret keys in URLs that stand in a text, such as that of an error: `…/reset?token=…`.
fn query_values(text: &str) -> impl Iterator<Item = Range<usize>> {
    let bytes = text.as_bytes();
    let is_key = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'[' | b']');
    let ends_value =
        |c: char| c.is_whitespace() || matches!(c, '&' | '"' | '\'' | '`' | '#' | ')' | '>' | '<');
    // A value is looked for only behind a secret key, and never inside of another: so the text is read once.
    let mut done = 0;
    text.match_indices('=').filter_map(move |(at, _)| {
        if at < done {
            return None;
        }
        let start = at - bytes[..at].iter().rev().take_while(|b| is_key(b)).count();
        let is_query = start > 0 && matches!(bytes[start - 1], b'?' | b'&');
        if !is_query || !is_secret_parameter(&text[start..at]) {
            return None;
        }
        let from = at + 1;
        let end = text[from..].find(ends_value).map_or(text.len(), |len| from + len);
        done = end;
        let is_open = !text[from..end].is_empty() && &text[from..end] != MASK;
        is_open.then_some(from..end)
    })
}
