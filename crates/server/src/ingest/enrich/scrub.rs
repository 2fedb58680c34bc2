//! The second line of privacy. The browser masks first; whatever it missed, or another client never masked, is masked
//! here, before the journal: nothing past this module has seen it.
//!
//! Two kinds of text are told apart. What was *observed* on the page (labels, titles, URLs, errors) loses e-mail
//! addresses, card numbers, tokens. What the site *told* on purpose (user id, traits, properties) keeps addresses, since
//! it is how people are found, but neither cards nor tokens nor anything under a key such as `password`.
//!
//! Every string of every kind is walked by name: a new field does not compile until this file has met it. Masks have one
//! length, so that they do not tell how long a secret was.
//!
//! Limits: a name or a street in plain words is not recognised; that is for masking in the browser.

mod text;
mod url;

use footpath_model::context::{Context, Device, Place, User, Versioned};
use footpath_model::event::{
    Click, Custom, EventKind, Frustration, Identify, Input, PageError, PageLoad, PageView, PropValue, Props,
    Request, Resource, Resources, Scroll, SessionEnd, Submit, Visibility, Vital, VitalAttribution,
};
use std::collections::BTreeMap;
use text::{Origin, mask_once};

/// Written in place of what was taken out.
pub const MASK: &str = "•••";

/// Bytes of a URL that are kept: what browsers and servers in use agree on.
pub const MAX_URL: usize = 2_048;

/// Bytes of a stack that are kept: some 100 frames.
pub const MAX_STACK: usize = 16_384;

/// Bytes of any other string that are kept: a paragraph.
pub const MAX_TEXT: usize = 1_024;

/// Entries of traits, props and fields that are kept.
pub const MAX_ENTRIES: usize = 64;

/// Resources that are kept as the heaviest.
pub const MAX_HEAVIEST: usize = 5;

/// Cuts and masks every string of an event.
pub fn scrub_event(kind: &mut EventKind) {
    match kind {
        EventKind::PageView(PageView { url, title, referrer, navigation: _ }) => {
            scrub_url(url);
            title.iter_mut().for_each(observed);
            referrer.iter_mut().for_each(scrub_url);
        }
        EventKind::Click(Click { label, role, selector, x: _, y: _ }) => {
            label.iter_mut().for_each(observed);
            observed(role);
            observed(selector);
        }
        EventKind::Submit(Submit { form, fields }) => {
            observed(form);
            fields.truncate(MAX_ENTRIES);
            fields.iter_mut().for_each(observed);
        }
        EventKind::Input(Input { form, field, first: _ }) => {
            form.iter_mut().for_each(observed);
            observed(field);
        }
        EventKind::Scroll(Scroll { depth_pct: _ }) => {}
        EventKind::Custom(Custom { name, props }) => {
            told(name);
            scrub_props(props);
        }
        EventKind::Request(Request {
            method,
            url,
            status: _,
            duration_ms: _,
            size_bytes: _,
            initiator: _,
            failure: _,
        }) => {
            observed(method);
            scrub_url(url);
        }
        EventKind::Error(PageError { name, message, stack, source: _ }) => {
            observed(name);
            observed(message);
            stack.iter_mut().for_each(scrub_stack);
        }
        EventKind::Vital(Vital { name: _, value: _, rating: _, attribution }) => {
            if let Some(VitalAttribution { target, resource_url, interaction, load_state, phases_ms }) =
                attribution
            {
                [target, interaction, load_state].into_iter().flatten().for_each(observed);
                resource_url.iter_mut().for_each(scrub_url);
                scrub_keys(phases_ms);
            }
        }
        EventKind::PageLoad(PageLoad { ttfb_ms: _, dom_ready_ms: _, load_ms: _, transfer_bytes: _ }) => {}
        EventKind::Resources(Resources { by_type, heaviest }) => {
            scrub_keys(by_type);
            heaviest.truncate(MAX_HEAVIEST);
            for Resource { url, initiator_type, transfer_bytes: _, duration_ms: _ } in heaviest {
                scrub_url(url);
                observed(initiator_type);
            }
        }
        EventKind::Visibility(Visibility { state: _, active_ms: _ }) => {}
        EventKind::Frustration(Frustration { kind: _, click_seq: _, label, role }) => {
            label.iter_mut().for_each(observed);
            observed(role);
        }
        EventKind::Identify(Identify { user_id, traits }) => {
            told(user_id);
            scrub_props(traits);
        }
        EventKind::SessionEnd(SessionEnd { reason: _ }) => {}
    }
}

/// Cuts and masks every string of a context.
pub fn scrub_context(context: &mut Context) {
    let Context {
        user,
        device: Device { class: _, model, browser, os },
        place: Place { country, region, city },
        language,
        time_zone,
        screen: _,
        viewport: _,
        connection,
        release,
        environment,
        props,
        bot: _,
    } = context;
    if let Some(User { id, traits }) = user {
        told(id);
        scrub_props(traits);
    }
    for Versioned { name, version } in [browser, os].into_iter().flatten() {
        observed(name);
        version.iter_mut().for_each(observed);
    }
    let texts = [model, country, region, city, language, time_zone, connection, release, environment];
    texts.into_iter().flatten().for_each(observed);
    scrub_props(props);
}

/// Cuts and masks a URL: user and password, values of keys that name a secret, whatever looks like one, and fragments that
/// carry a login's answer.
pub fn scrub_url(url: &mut String) {
    settle(url, MAX_URL, url::scrub_once);
}

/// The longest beginning of a text that has at most `max` bytes and splits no character.
pub fn cut(text: &str, max: usize) -> &str {
    &text[..text.floor_char_boundary(max)]
}

/// Whether a text is an e-mail address and nothing else.
pub fn is_email(text: &str) -> bool {
    text::emails(text).next() == Some(0..text.len())
}

/// A text seen on a page with what looks like a secret masked; `None` where there is nothing. Of any length.
pub fn masked_text(text: &str) -> Option<String> {
    mask_once(text, Origin::Observed)
}

/// The same of a URL.
pub fn masked_url(url: &str) -> Option<String> {
    url::scrub_once(url)
}

fn observed(text: &mut String) {
    one_line(text);
    settle(text, MAX_TEXT, |text| mask_once(text, Origin::Observed));
}

fn told(text: &mut String) {
    one_line(text);
    settle(text, MAX_TEXT, |text| mask_once(text, Origin::Told));
}

fn scrub_stack(stack: &mut String) {
    stack.retain(|c| !c.is_control() || matches!(c, '\n' | '\t'));
    settle(stack, MAX_STACK, |text| mask_once(text, Origin::Observed));
}

/// Control characters mean nothing in a name, and can forge lines in a terminal.
fn one_line(text: &mut String) {
    if has_control(text) {
        *text = text.replace(char::is_control, " ");
    }
}

/// Whether a text has control characters: one pass over bytes, and over characters only where they may be any.
fn has_control(text: &str) -> bool {
    // The C1 controls are encoded as 0xC2 and a byte more.
    text.bytes().any(|b| b < 0x20 || b == 0x7f || b == 0xc2) && text.contains(char::is_control)
}

/// Cuts, then masks until nothing changes: a mask may be longer than what it hides, so that a text grows over its limit
/// and is cut anew, and what two masks left between them may look like a secret only now.
fn settle(text: &mut String, max: usize, scrub: impl Fn(&str) -> Option<String>) {
    text.truncate(text.floor_char_boundary(max));
    // One round finds nearly all; the bound is for what an attacker may think of.
    for _ in 0..MAX_ROUNDS {
        let Some(mut scrubbed) = scrub(text) else { return };
        scrubbed.truncate(scrubbed.floor_char_boundary(max));
        if scrubbed == *text {
            return;
        }
        *text = scrubbed;
    }
    text.replace_range(.., MASK);
}

/// See [`settle`].
const MAX_ROUNDS: usize = 8;

fn scrub_props(props: &mut Props) {
    scrub_keys(&mut props.0);
    for (key, value) in &mut props.0 {
        let is_secret = text::is_secret_key(key);
        match value {
            PropValue::Text(text) if is_secret => text.replace_range(.., MASK),
            PropValue::Text(text) => told(text),
            PropValue::Bool(_) => {}
            PropValue::Number(_) if is_secret => *value = PropValue::Text(MASK.to_owned()),
            // Whole numbers below 2^53 are exact: card numbers of 16 digits are.
            PropValue::Number(number) => {
                let mut digits = format!("{number:.0}");
                if number.fract() == 0.0 && mask_once(&digits, Origin::Told).is_some() {
                    digits.replace_range(.., MASK);
                    *value = PropValue::Text(digits);
                }
            }
        }
    }
}

/// Cuts and masks the keys of a map, and leaves out the entries over the limit.
fn scrub_keys<V>(map: &mut BTreeMap<String, V>) {
    let is_clean =
        |key: &String| key.len() <= MAX_TEXT && !has_control(key) && mask_once(key, Origin::Told).is_none();
    if map.len() <= MAX_ENTRIES && map.keys().all(is_clean) {
        return;
    }
    let scrubbed = std::mem::take(map).into_iter().take(MAX_ENTRIES).map(|(mut key, value)| {
        told(&mut key);
        (key, value)
    });
    map.extend(scrubbed);
}

#[cfg(test)]
mod tests;
