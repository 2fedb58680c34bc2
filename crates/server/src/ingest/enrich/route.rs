//! URL → route: the path that people speak of (`/products/42`) and its template (`/products/:id`), by which pages and
//! endpoints are grouped.
//!
//! The rules are a table, [`RULES`], read from the top for each segment of a path; the first that fits decides. They are
//! written by hand, not as patterns, since this runs for every page view and request.
//!
//! Limits: a template is a guess from one URL alone. A name that is chosen by users and looks like a word
//! (`/alice`, `/blue-shirt`) stays, since nothing tells it from the name of a page.

use super::scrub::{self, MASK};
use footpath_model::event::Route;

/// What to do with a segment that a test fits.
struct Rule {
    /// Written in its place; `None` keeps the segment.
    placeholder: Option<&'static str>,
    fits: fn(&str) -> bool,
    /// For the test that proves each line; the last column says why the rule is there.
    #[cfg_attr(not(test), expect(dead_code, reason = "read by the test of the table"))]
    examples: &'static [&'static str],
}

const fn rule(
    placeholder: Option<&'static str>,
    fits: fn(&str) -> bool,
    examples: &'static [&'static str],
    _why: &'static str,
) -> Rule {
    Rule { placeholder, fits, examples }
}

/// The rules, in order.
#[rustfmt::skip]
const RULES: &[Rule] = &[
    rule(Some(":masked"), is_masked, &["•••", "mail-•••"], "scrubbing took out what was there"),
    rule(None, is_version, &["v1", "v2.1", "V10", "v1beta2"], "versions of an API are few, and differ in what they do"),
    rule(None, is_locale, &["es-419", "en-us", "zh-Hans"], "languages are few; 419 is Latin America"),
    rule(Some(":email"), is_email, &["ann@shop.example", "a.b+c@x.co.uk"], "one per person"),
    rule(Some(":handle"), is_handle, &["@ann", "@ann_b.99"], "one per person, as social sites write them"),
    rule(Some(":date"), is_date, &["2026-11-23", "2026-11", "2026-11-23T10:00:00Z"], "one per day"),
    rule(Some(":id"), is_digits, &["7", "42", "90210", "20261123"], "row numbers; also years, since they grow as well"),
    rule(Some(":id"), is_uuid, &["019a0f5e-7c00-7000-8000-000000000001"], "RFC 9562"),
    rule(Some(":id"), is_hex, &["507f1f77bcf86cd799439011", "3F2A1B9C", "0x5aAeb6053F"], "hashes and object ids; a digit tells them from words such as `facade`"),
    rule(Some(":id"), is_token, &["01ARZ3NDEKTSV4RRFFQ69G5FAV", "dQw4w9WgXcQ", "V1StGXR8_Z5jdHi6B-myT", "cus_9s6XKzkNRiz8i3"], "ULID, nanoid and the like: letters and digits change places too often for words"),
    rule(Some(":id"), is_base64, &["QWxhZGRpbkpXYkFzZHFnTGtKaHc=", "xTqBvKjWmRzNpLcYhGfDsAeUi"], "long, and upper and lower case change places too often for words"),
    rule(Some(":slug-:id"), is_slug_with_id, &["blue-shirt-12345", "ORD-2026-00017", "item_90210"], "shops and papers: a title with its row number; up to three digits belong to the title (`iphone-15`), as does a year"),
    rule(Some(":id-:slug"), is_id_with_slug, &["12345-blue-shirt"], "the same the other way round"),
];

/// The route of an absolute URL; `None` where it has no path that people speak of (`data:`, `blob:`, `about:blank`).
///
/// `page_host` is the [`host`] of the page that made a request: a URL of another host is told with its host. Without it, as
/// for a page view, any host is its own. `base_path` is the site's, such as `/shop`, and is taken off own paths only.
///
/// The query is left out, as is the fragment unless it is a route (`#/…`, `#!/…`). A slash at the end is left out too: to
/// people `/cart/` is `/cart`.
pub fn route(url: &str, page_host: Option<&str>, base_path: &str) -> Option<Route> {
    let Split { host, path, fragment } = split(url)?;
    let is_own = page_host.is_none_or(|page_host| page_host.eq_ignore_ascii_case(host));
    let path = if is_own { below(path, base_path) } else { path };

    let mut out =
        Written { path: String::with_capacity(path.len()), template: String::with_capacity(path.len()) };
    if !is_own {
        let mut shown = String::with_capacity(host.len());
        decode(&host.to_ascii_lowercase(), &mut shown);
        out.both(&shown);
    }
    out.segments(path);
    if let Some(hash_route) = fragment.filter(|f| f.starts_with('/') || f.starts_with("!/")) {
        let (bang, hash_path) = hash_route.split_once('/').expect("it was seen to have a slash");
        out.both("#");
        out.both(bang);
        out.segments(hash_path.split('?').next().unwrap_or_default());
    }
    Some(Route { path: out.path.into(), template: out.template.into() })
}

/// The host of an absolute URL, with its port where it has one; no user, no password.
pub fn host(url: &str) -> Option<&str> {
    split(url).map(|split| split.host).filter(|host| !host.is_empty())
}

struct Split<'a> {
    host: &'a str,
    path: &'a str,
    fragment: Option<&'a str>,
}

/// Takes a URL apart as far as a route needs it. Browsers have normalised it, so that this is a matter of finding signs.
fn split(url: &str) -> Option<Split<'_>> {
    let (rest, fragment) = match url.split_once('#') {
        Some((rest, fragment)) => (rest, Some(fragment)),
        None => (url, None),
    };
    let rest = rest.split('?').next().unwrap_or_default();
    let (host, path) = match rest.split_once("://") {
        // `blob:https://…` has the sign, but names no page.
        Some((scheme, _)) if scheme.contains(':') => return None,
        Some((_, after)) => after.split_at(after.find('/').unwrap_or(after.len())),
        None if rest.starts_with('/') => ("", rest),
        None => return None,
    };
    let host = host.rsplit('@').next().unwrap_or_default();
    Some(Split { host, path, fragment })
}

/// The path below the base path; the whole of it where it is not below.
fn below<'a>(path: &'a str, base_path: &str) -> &'a str {
    match path.strip_prefix(base_path.trim_end_matches('/')) {
        Some(rest) if rest.is_empty() || rest.starts_with('/') => rest,
        Some(_) | None => path,
    }
}

struct Written {
    path: String,
    template: String,
}

impl Written {
    fn both(&mut self, text: &str) {
        self.path.push_str(text);
        self.template.push_str(text);
    }

    fn segments(&mut self, path: &str) {
        let path = path.trim_matches('/');
        if path.is_empty() {
            return self.both("/");
        }
        // `/404` and `/500` are pages of many sites; `/orders/404` is an order.
        let is_error_page = path.len() == 3 && is_digits(path) && path.starts_with(['4', '5']);
        for segment in path.split('/') {
            self.both("/");
            // Java's servers write a session's id there.
            let segment = match segment.split_once(';') {
                Some((segment, parameter)) if parameter.starts_with("jsessionid") => segment,
                Some(_) | None => segment,
            };
            let from = self.path.len();
            decode(segment, &mut self.path);
            let shown = &self.path[from..];
            if is_error_page {
                self.template.push_str(shown);
            } else {
                template(shown, &mut self.template);
            }
        }
    }
}

/// Writes the template of one segment.
fn template(segment: &str, out: &mut String) {
    // Most segments are words.
    let may_be_id = |b: u8| b.is_ascii_digit() || b == b'@' || !b.is_ascii();
    if segment.len() < MIN_BASE64 && !segment.bytes().any(may_be_id) {
        return out.push_str(segment);
    }
    // A file keeps its name, unless its name is an id: `/report.pdf`, `/users/:id.json`.
    let (stem, extension) = match segment.rfind('.') {
        Some(dot) if is_extension(&segment[dot + 1..]) && dot > 0 => segment.split_at(dot),
        Some(_) | None => (segment, ""),
    };
    let placeholder =
        |text: &str| RULES.iter().find(|rule| (rule.fits)(text)).and_then(|rule| rule.placeholder);
    // An address ends like a file, `ann@shop.example`.
    if is_email(segment) {
        out.push_str(":email");
    } else if extension.is_empty() || !stem.bytes().any(|b| b == b'.') {
        out.push_str(placeholder(stem).unwrap_or(stem));
        out.push_str(extension);
    } else {
        // `app.3f2a1b9c.js`, `jquery-3.7.1.min.js`: a version in a file's name.
        out.push_str(segment);
    }
}

/// Undoes percent-encoding where what comes out is safe to show and leaves the path's shape: no control characters, none
/// that turn the direction of writing, no `/ ? # %`. Bytes that are no UTF-8 stay encoded.
fn decode(segment: &str, out: &mut String) {
    let is_plain = |b: u8| (0x20..0x7f).contains(&b) && b != b'%';
    if segment.bytes().all(is_plain) {
        return out.push_str(segment);
    }
    let mut bytes = Vec::with_capacity(segment.len());
    let mut rest = segment.as_bytes();
    let mut was_encoded = Vec::with_capacity(segment.len());
    while let Some((&byte, after)) = rest.split_first() {
        let hex = |b: u8| (b as char).to_digit(16).map(|digit| digit as u8);
        let encoded = match after {
            [high, low, ..] if byte == b'%' => hex(*high).zip(hex(*low)).map(|(high, low)| high << 4 | low),
            _ => None,
        };
        bytes.push(encoded.unwrap_or(byte));
        was_encoded.push(encoded.is_some());
        rest = if encoded.is_some() { &after[2..] } else { after };
    }
    let mut at = 0;
    let encode = |bytes: &[u8], out: &mut String| {
        bytes.iter().for_each(|byte| out.push_str(&format!("%{byte:02X}")));
    };
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            let keeps_shape = !(was_encoded[at] && matches!(c, '/' | '?' | '#' | '%'));
            if keeps_shape && !is_unsafe(c) {
                out.push(c);
            } else {
                encode(c.encode_utf8(&mut [0; 4]).as_bytes(), out);
            }
            at += c.len_utf8();
        }
        encode(chunk.invalid(), out);
        at += chunk.invalid().len();
    }
}

fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

fn is_masked(segment: &str) -> bool {
    segment.contains(MASK)
}

fn is_version(segment: &str) -> bool {
    let Some(number) = segment.strip_prefix(['v', 'V']) else { return false };
    let is_part = |b: u8| b.is_ascii_digit() || b == b'.';
    let stage = number.trim_start_matches(|c: char| c.is_ascii() && is_part(c as u8));
    number.starts_with(|c: char| c.is_ascii_digit())
        && number.len() - stage.len() <= 5
        && (stage.is_empty()
            || ["alpha", "beta", "rc"].iter().any(|name| {
                stage
                    .strip_prefix(name)
                    .is_some_and(|n| n.len() <= 2 && n.bytes().all(|b| b.is_ascii_digit()))
            }))
}

fn is_locale(segment: &str) -> bool {
    let Some((language, place)) = segment.split_once(['-', '_']) else { return false };
    let is_place = match place.len() {
        2 | 4 => place.bytes().all(|b| b.is_ascii_alphabetic()),
        3 => is_digits(place),
        _ => false,
    };
    language.len() == 2 && language.bytes().all(|b| b.is_ascii_lowercase()) && is_place
}

fn is_email(segment: &str) -> bool {
    segment.contains('@') && scrub::is_email(segment)
}

fn is_handle(segment: &str) -> bool {
    let is_sign = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '-');
    segment.strip_prefix('@').is_some_and(|name| !name.is_empty() && name.chars().all(is_sign))
}

fn is_date(segment: &str) -> bool {
    let day = segment.split(['T', 't']).next().unwrap_or_default();
    let mut parts = day.split('-');
    let (year, month, day) = (parts.next(), parts.next(), parts.next());
    let in_range = |part: &str, most: u8| {
        part.len() == 2 && part.parse::<u8>().is_ok_and(|number| (1..=most).contains(&number))
    };
    year.is_some_and(is_year)
        && month.is_some_and(|month| in_range(month, 12))
        && day.is_none_or(|day| in_range(day, 31))
        && parts.next().is_none()
}

fn is_year(text: &str) -> bool {
    text.len() == 4 && is_digits(text) && (text.starts_with("19") || text.starts_with("20"))
}

fn is_digits(segment: &str) -> bool {
    !segment.is_empty() && segment.bytes().all(|b| b.is_ascii_digit())
}

fn is_uuid(segment: &str) -> bool {
    let is_dash_at = |at: usize| matches!(at, 8 | 13 | 18 | 23);
    segment.len() == 36
        && segment
            .bytes()
            .enumerate()
            .all(|(at, b)| if is_dash_at(at) { b == b'-' } else { b.is_ascii_hexdigit() })
}

fn is_hex(segment: &str) -> bool {
    let digits = segment.strip_prefix("0x").unwrap_or(segment);
    digits.len() >= 8
        && digits.bytes().all(|b| b.is_ascii_hexdigit())
        && digits.bytes().any(|b| b.is_ascii_digit())
}

fn is_token(segment: &str) -> bool {
    let is_sign = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'~' | b'=');
    let changes = segment
        .as_bytes()
        .windows(2)
        .filter(|pair| {
            pair.iter().all(u8::is_ascii_alphanumeric) && pair[0].is_ascii_digit() != pair[1].is_ascii_digit()
        })
        .count();
    // Titles have changes too, one to a word at most: `h264-vs-h265`.
    let enough = if segment.contains(['-', '_']) { 4 } else { 3 };
    segment.len() >= 8 && changes >= enough && segment.bytes().all(is_sign)
}

/// Bytes from which letters alone may be a token; no word of a URL is so long without a hyphen.
const MIN_BASE64: usize = 22;

fn is_base64(segment: &str) -> bool {
    let text = segment.trim_end_matches('=');
    let is_rise = |pair: &&[u8]| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase();
    text.len() >= MIN_BASE64
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'_'))
        && text.as_bytes().windows(2).filter(is_rise).count() * 6 >= text.len() - 1
}

/// Digits of a row number beside a title.
fn is_row_number(text: &str) -> bool {
    text.len() >= 4 && is_digits(text) && !is_year(text)
}

fn is_slug_with_id(segment: &str) -> bool {
    segment
        .rsplit_once(['-', '_'])
        .is_some_and(|(slug, id)| is_row_number(id) && slug.bytes().any(|b| b.is_ascii_alphabetic()))
}

fn is_id_with_slug(segment: &str) -> bool {
    segment
        .split_once(['-', '_'])
        .is_some_and(|(id, slug)| is_row_number(id) && slug.bytes().any(|b| b.is_ascii_alphabetic()))
}

fn is_extension(text: &str) -> bool {
    (1..=5).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric())
        && text.bytes().any(|b| b.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests;
