//! Takes secrets out of a URL and leaves the rest as it was written, so that campaign parameters and paths still tell.

use super::text::{Origin, is_secret_parameter, mask_once};
use super::{MASK, has_control};
use std::borrow::Cow;

/// Masks all that is found; `None` where there is nothing.
pub fn scrub_once(url: &str) -> Option<String> {
    // Most URLs have neither user nor query, and so few digits that they are no token.
    let may_hide = |b: u8| {
        b < 0x20 || b == 0x7f || b >= 0x80 || matches!(b, b'@' | b'?' | b'#' | b'%' | b';' | b'+' | b'=')
    };
    let n_digits = url.bytes().filter(u8::is_ascii_digit).count();
    if n_digits == 0 && !url.bytes().any(may_hide) && !is_data(url) {
        return None;
    }
    let scrubbed = scrubbed(url);
    (scrubbed != url).then(|| scrubbed.into_owned())
}

fn scrubbed(url: &str) -> Cow<'_, str> {
    // A data URL is a document; only its type tells anything.
    if is_data(url) {
        let kind = url[5..].split([',', ';']).next().unwrap_or_default();
        let kind: String = kind
            .chars()
            .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '/' | '+' | '-' | '.'))
            .collect();
        return Cow::Owned(format!("data:{kind}"));
    }
    // Browsers leave them out when they read a URL.
    if has_control(url) {
        return Cow::Owned(url.chars().filter(|c| !c.is_control()).collect());
    }
    let (rest, fragment) = match url.split_once('#') {
        Some((rest, fragment)) => (rest, Some(fragment)),
        None => (url, None),
    };
    let mut out = String::with_capacity(url.len() + MASK.len());
    push_path_and_query(without_user(rest).as_ref(), &mut out);
    match fragment {
        Some(route) if route.starts_with('/') || route.starts_with("!/") => {
            out.push('#');
            push_path_and_query(route, &mut out);
        }
        // A login's answer (OAuth's implicit flow): one secret is enough to drop them all.
        Some(pairs) if pairs.split('&').any(|pair| masked_pair(pair).is_some()) => {}
        Some(fragment) => {
            out.push('#');
            out.push_str(&masked(fragment).unwrap_or_else(|| fragment.to_owned()));
        }
        None => {}
    }
    Cow::Owned(out)
}

fn is_data(url: &str) -> bool {
    url.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("data:"))
}

/// `https://ann:secret@shop.example/` → `https://shop.example/`.
fn without_user(url: &str) -> Cow<'_, str> {
    let Some((scheme, after)) = url.split_once("://") else { return Cow::Borrowed(url) };
    let authority_len = after.find(['/', '?']).unwrap_or(after.len());
    match after[..authority_len].rfind('@') {
        Some(at) => Cow::Owned(format!("{scheme}://{}", &after[at + 1..])),
        None => Cow::Borrowed(url),
    }
}

fn push_path_and_query(url: &str, out: &mut String) {
    let (path, query) = match url.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (url, None),
    };
    for (index, segment) in path.split('/').enumerate() {
        if index > 0 {
            out.push('/');
        }
        match segment.split_once(";jsessionid=") {
            Some((segment, _)) => push_masked(segment, out),
            None => push_masked(segment, out),
        }
    }
    let Some(query) = query else { return };
    for (index, pair) in query.split('&').enumerate() {
        out.push(if index == 0 { '?' } else { '&' });
        match masked_pair(pair) {
            Some(masked) => out.push_str(&masked),
            None => out.push_str(pair),
        }
    }
}

/// A pair of a query with its value masked; `None` where there is no need.
fn masked_pair(pair: &str) -> Option<String> {
    let Some((key, value)) = pair.split_once('=') else { return masked(pair) };
    if value == MASK {
        return masked(key).map(|key| format!("{key}={MASK}"));
    }
    // `user[email]` may come as `user%5Bemail%5D`.
    if !value.is_empty() && is_secret_parameter(&decoded(key)) {
        return Some(format!("{key}={MASK}"));
    }
    let masked_value = masked(value);
    let masked_key = masked(key);
    if masked_key.is_none() && masked_value.is_none() {
        return None;
    }
    Some(format!("{}={}", masked_key.as_deref().unwrap_or(key), masked_value.as_deref().unwrap_or(value)))
}

fn push_masked(segment: &str, out: &mut String) {
    match masked(segment) {
        Some(masked) => out.push_str(&masked),
        None => out.push_str(segment),
    }
}

/// A part of a URL that looks like a secret, masked. Where it only shows when decoded, nothing of it is kept.
fn masked(part: &str) -> Option<String> {
    if let Some(masked) = mask_once(part, Origin::Observed) {
        return Some(masked);
    }
    let decoded = decoded(part);
    (decoded != part && mask_once(&decoded, Origin::Observed).is_some()).then(|| MASK.to_owned())
}

/// Percent-decoded, as forms read it.
fn decoded(part: &str) -> Cow<'_, str> {
    if !part.contains(['%', '+']) {
        return Cow::Borrowed(part);
    }
    // A pair has a key up to the first `=`; decoding a text that has one needs it hidden.
    let text = part.replace('=', "%3D").replace('&', "%26");
    let first = ::url::form_urlencoded::parse(text.as_bytes()).next().map(|(key, _)| key.into_owned());
    Cow::Owned(first.unwrap_or_default())
}
