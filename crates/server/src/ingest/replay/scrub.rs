//! What the server takes out of records before they are durable: what could run, and what the browser should have masked.
//!
//! Recorded pages are hostile, since the key that sends them is public: scripts, handlers, script URLs and elements that
//! load or lead elsewhere go, in whole pages and in every later change alike. The player must not rely on it, and builds
//! pages where nothing can run anyway; these are two walls, not one.
//!
//! What is masked follows the site's rules as they are now, whatever rules the browser had: values of fields always where
//! the site masks them, and secrets (passwords, hidden fields, cards, text areas, editable parts) whatever it says; all text
//! where the browser says that it did not. Where it did, parts that the site unmasks are told on purpose, and selectors
//! cannot be followed here. Text that stays loses addresses, card numbers and tokens, as that of events does.
//!
//! A field that the page or the site unmasks on purpose is marked as such by the browser, and keeps its value unless it is
//! a secret: [`UNMASKED`] is set for each field and each value, so that a browser which forgot to mask cannot be taken for
//! one that was told not to.
//!
//! Limits: a change of an element that came with an earlier chunk is not known to be of a password; its value is masked
//! where the site masks values, which is the default. Style sheets are left as they are: they run nothing, and the player
//! loads nothing.

use super::tree::{Branches, Tree};
use crate::ingest::enrich::scrub::{masked_text, masked_url};
use std::borrow::Cow;
use std::collections::HashSet;

/// In place of an image of a canvas that may not be told.
const NO_IMAGE: &str = "data:,";
/// In place of a masked value, whatever its length.
pub(super) const MASKED: &str = "*****";
/// What an element becomes that may not be.
const REMOVED: &str = "fp-removed";
/// What a browser sets on a field, and on a value put into one, that is told although values are masked.
const UNMASKED: &str = "data-fp-unmasked";
/// Elements that run, embed or lead elsewhere.
const BARRED: &[&str] =
    &["script", "object", "embed", "applet", "base", "frame", "frameset", "portal", "fencedframe"];
/// Attributes that are told to people.
const TOLD: &[&str] = &["alt", "content", "label", "placeholder", "summary", "title"];
/// Attributes of animations, which set others.
const ANIMATED: &[&str] = &["by", "from", "to", "values"];
/// Attributes that hold an address.
const ADDRESSES: &[&str] = &[
    "action", "background", "cite", "data", "formaction", "href", "longdesc", "ping", "poster", "src",
    "xlink:href",
];

/// What a site wants masked.
#[derive(Clone, Copy, Debug)]
pub(super) struct Policy {
    /// Values of fields.
    pub inputs: bool,
    /// All text, since the browser did not.
    pub text: bool,
    /// Whether images of canvases may be told.
    pub canvas: bool,
}

/// Scrubs the records of one chunk, in order.
#[derive(Debug)]
pub(super) struct Scrubber {
    policy: Policy,
    /// Nodes of this chunk whose text is secret, or a style sheet's.
    secret: HashSet<i64>,
    style: HashSet<i64>,
    /// Whether anything was taken out or masked.
    pub changed: bool,
}

/// Where a node is.
#[derive(Clone, Copy, Default)]
struct Inside {
    secret: bool,
    style: bool,
}

impl Scrubber {
    pub(super) fn new(policy: Policy) -> Self {
        Self { policy, secret: HashSet::new(), style: HashSet::new(), changed: false }
    }

    /// Scrubs a record, or says why it is none.
    pub(super) fn record(&mut self, record: &mut Tree<'_>) -> Result<(), &'static str> {
        let Some(record) = record.object() else { return Err("is no JSON object") };
        let Some(kind) = record.get("type").and_then(Tree::number).filter(|kind| (0..=6).contains(kind))
        else {
            return Err("type: is not between 0 and 6");
        };
        if !record.get("timestamp").is_some_and(Tree::is_number) {
            return Err("timestamp: is no number");
        }
        record.retain(|key, _| matches!(key.as_ref(), "type" | "timestamp" | "data" | "delay"));
        let Some(data) = record.get_mut("data") else { return Ok(()) };
        let Some(fields) = data.object() else {
            // Of records that need none.
            *data = Tree::Object(Branches::new());
            return Ok(());
        };
        match kind {
            2 => match fields.get_mut("node") {
                Some(node) => self.node(node, Inside::default()),
                None => return Err("data.node: is missing"),
            },
            3 => self.change(fields),
            4 => {
                if let Some(Tree::Text(href)) = fields.get_mut("href") {
                    self.address(href);
                }
            }
            5 => self.custom(fields),
            _ => data.each_text(&mut |text| self.told(text)),
        }
        Ok(())
    }

    /// A record of our own, or of a site's.
    fn custom(&mut self, fields: &mut Branches<'_>) {
        let is = |tag: &str| fields.get("tag").and_then(Tree::text) == Some(tag);
        if is("fp.style") {
            return;
        }
        if is("fp.canvas") {
            let payload = fields.get_mut("payload").and_then(Tree::object);
            let image = payload.and_then(|payload| payload.get_mut("image"));
            let is_image = image.as_ref().and_then(|image| image.text()).is_some_and(is_still_image);
            if let Some(image) = image
                && (!self.policy.canvas || !is_image)
            {
                self.changed = true;
                *image = Tree::Text(NO_IMAGE.into());
            }
            return;
        }
        fields.values_mut().for_each(|value| value.each_text(&mut |text| self.told(text)));
    }

    fn change(&mut self, fields: &mut Branches<'_>) {
        match fields.get("source").and_then(Tree::number) {
            Some(0) => self.mutation(fields),
            Some(5) => {
                let id = fields.get("id").and_then(Tree::number);
                let is_secret = id.is_some_and(|id| self.secret.contains(&id));
                let is_masked = self.policy.inputs && !fields.contains_key(UNMASKED);
                if let Some(Tree::Text(text)) = fields.get_mut("text") {
                    if is_masked || is_secret { self.mask(text) } else { self.told(text) }
                }
            }
            Some(9) if !self.policy.canvas => {
                self.changed |= fields.remove("property").is_some();
                self.changed |= fields.remove("args").is_some();
                fields.insert("commands".into(), Tree::List(Vec::new()));
            }
            // A log, as an old plugin records it.
            Some(11) => fields.values_mut().for_each(|value| value.each_text(&mut |text| self.told(text))),
            Some(_) | None => {}
        }
    }

    fn mutation(&mut self, fields: &mut Branches<'_>) {
        // First what comes, so that later changes of it are known.
        for added in fields.get_mut("adds").map(Tree::list).into_iter().flatten() {
            let Some(added) = added.object() else { continue };
            let parent = added.get("parentId").and_then(Tree::number);
            let is_in = |known: &HashSet<i64>| parent.is_some_and(|parent| known.contains(&parent));
            let inside = Inside { secret: is_in(&self.secret), style: is_in(&self.style) };
            if let Some(node) = added.get_mut("node") {
                self.node(node, inside);
            }
        }
        for changed in fields.get_mut("texts").map(Tree::list).into_iter().flatten() {
            let Some(changed) = changed.object() else { continue };
            let id = changed.get("id").and_then(Tree::number);
            let is_in = |known: &HashSet<i64>| id.is_some_and(|id| known.contains(&id));
            let inside = Inside { secret: is_in(&self.secret), style: is_in(&self.style) };
            if let Some(Tree::Text(value)) = changed.get_mut("value") {
                self.text(value, inside);
            }
        }
        for changed in fields.get_mut("attributes").map(Tree::list).into_iter().flatten() {
            let Some(changed) = changed.object() else { continue };
            if let Some(attributes) = changed.get_mut("attributes").and_then(Tree::object) {
                self.attributes(None, attributes);
            }
        }
    }

    fn node(&mut self, node: &mut Tree<'_>, inside: Inside) {
        let Some(fields) = node.object() else { return };
        let id = fields.get("id").and_then(Tree::number);
        if let Some(id) = id {
            if inside.secret {
                self.secret.insert(id);
            }
            if inside.style {
                self.style.insert(id);
            }
        }
        let mut inner = inside;
        match fields.get("type").and_then(Tree::number) {
            Some(2) => inner = self.element(fields, inside, id),
            Some(3) => {
                let is_style =
                    inside.style || fields.get("isStyle").is_some_and(|is| *is == Tree::Plain("true"));
                if let Some(Tree::Text(text)) = fields.get_mut("textContent") {
                    self.text(text, Inside { style: is_style, ..inside });
                }
            }
            // What is between the lines is nobody's to see.
            Some(4 | 5) => {
                if let Some(Tree::Text(text)) = fields.get_mut("textContent") {
                    text.to_mut().clear();
                }
            }
            Some(_) | None => {}
        }
        for child in fields.get_mut("childNodes").map(Tree::list).into_iter().flatten() {
            self.node(child, inner);
        }
    }

    fn element(&mut self, fields: &mut Branches<'_>, inside: Inside, id: Option<i64>) -> Inside {
        let tag = fields.get("tagName").and_then(Tree::text).unwrap_or_default().trim().to_ascii_lowercase();
        // Names with a prefix are elements too: `svg:script`.
        let name = tag.rsplit(':').next().unwrap_or_default();
        if BARRED.contains(&name) {
            self.changed = true;
            fields.insert("tagName".into(), Tree::Text(REMOVED.into()));
            fields.insert("attributes".into(), Tree::Object(Branches::new()));
            if name == "script" {
                fields.insert("childNodes".into(), Tree::List(Vec::new()));
            }
            return inside;
        }
        let mut inner = Inside { style: name == "style", ..inside };
        if let Some(attributes) = fields.get_mut("attributes").and_then(Tree::object) {
            let said = |key: &str| attributes.get(key).and_then(Tree::text);
            inner.secret |= name == "textarea";
            inner.secret |= said("contenteditable").is_some_and(|value| !value.eq_ignore_ascii_case("false"));
            if let Some(id) = id
                && (inner.secret || is_secret_field(attributes))
            {
                self.secret.insert(id);
            }
            self.attributes(Some(name), attributes);
        }
        if let Some(id) = id
            && inner.style
        {
            self.style.insert(id);
        }
        inner
    }

    /// Attributes of an element, or of a change where the element is not known.
    fn attributes(&mut self, tag: Option<&str>, attributes: &mut Branches<'_>) {
        let refreshes = attributes.keys().any(|name| name.trim().eq_ignore_ascii_case("http-equiv"));
        let masks_inputs = self.policy.inputs && !attributes.contains_key(UNMASKED);
        let masks_value = match tag {
            None => masks_inputs,
            Some("input") => {
                let kind = attributes.get("type").and_then(Tree::text).unwrap_or("text").to_ascii_lowercase();
                let is_choice = matches!(
                    kind.as_str(),
                    "button" | "submit" | "reset" | "image" | "checkbox" | "radio" | "color" | "range"
                );
                is_secret_field(attributes) || masks_inputs && !is_choice
            }
            Some("textarea") => true,
            Some("select") => masks_inputs,
            Some(_) => false,
        };
        let before = attributes.len();
        attributes.retain(|name, value| {
            let name = name.trim().to_ascii_lowercase();
            !(name.starts_with("on")
                || name == "srcdoc"
                || refreshes && matches!(name.as_str(), "http-equiv" | "content")
                || name.contains(|c: char| c.is_control() || c.is_whitespace() || "\"'<>/=".contains(c))
                || value.text().is_some_and(|value| leads_to_script(tag, &name, value)))
        });
        self.changed |= attributes.len() < before;
        for (name, value) in attributes.iter_mut() {
            let name = name.to_ascii_lowercase();
            let Tree::Text(value) = value else { continue };
            if name == "value" && masks_value {
                self.mask(value);
            } else if name == "value" || TOLD.contains(&name.as_str()) || name.starts_with("aria-") {
                self.text(value, Inside::default());
            } else if ADDRESSES.contains(&name.as_str()) {
                self.address(value);
            } else if name.starts_with("data-") {
                self.told(value);
            }
        }
    }

    fn text(&mut self, text: &mut Cow<'_, str>, inside: Inside) {
        if inside.style || text.trim().is_empty() {
        } else if inside.secret {
            self.mask(text);
        } else if self.policy.text {
            if text.chars().any(|c| !c.is_whitespace() && c != '*') {
                self.changed = true;
                *text =
                    text.chars().map(|c| if c.is_whitespace() { c } else { '*' }).collect::<String>().into();
            }
        } else {
            self.told(text);
        }
    }

    fn told(&mut self, text: &mut Cow<'_, str>) {
        if let Some(masked) = masked_text(text) {
            self.changed = true;
            *text = masked.into();
        }
    }

    fn address(&mut self, url: &mut Cow<'_, str>) {
        // An image in its own address is no address of anything.
        if url.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("data:")) {
            return;
        }
        if let Some(masked) = masked_url(url) {
            self.changed = true;
            *url = masked.into();
        }
    }

    /// Masks a value; that there is none may be seen.
    fn mask(&mut self, value: &mut Cow<'_, str>) {
        if !value.is_empty() && value != MASKED {
            // A mask of another length tells how long the value was, and is no other news.
            self.changed |= value.chars().any(|c| c != '*');
            *value = MASKED.into();
        }
    }
}

/// An image as the recorder makes them of canvases: nothing that a browser would read as a document.
fn is_still_image(address: &str) -> bool {
    let kinds = ["data:image/webp;base64,", "data:image/png;base64,"];
    let image = kinds.iter().find_map(|kind| address.strip_prefix(kind));
    image.is_some_and(|image| image.bytes().all(|b| b.is_ascii_alphanumeric() || b"+/=".contains(&b)))
}

/// Fields whose values are nobody's to see, whatever a site's rules say.
fn is_secret_field(attributes: &Branches<'_>) -> bool {
    let said = |key: &str| attributes.get(key).and_then(Tree::text).unwrap_or_default().to_ascii_lowercase();
    matches!(said("type").as_str(), "password" | "hidden")
        // Once a password, always one, though it is shown.
        || attributes.contains_key("data-rr-is-password")
        || said("autocomplete")
            .split_whitespace()
            .any(|word| word.starts_with("cc-") || word.ends_with("password") || word == "one-time-code")
}

/// Whether an attribute's value would run something, were it followed.
fn leads_to_script(tag: Option<&str>, name: &str, value: &str) -> bool {
    if TOLD.contains(&name) || name.starts_with("data-") || name.starts_with("aria-") {
        return false;
    }
    // Browsers leave out blanks and control characters when they read a scheme.
    let plain = |text: &str, most: usize| -> String {
        let signs = text.chars().filter(|c| !c.is_whitespace() && !c.is_control() && *c != '\u{feff}');
        signs.take(most).collect::<String>().to_ascii_lowercase()
    };
    let runs =
        |text: &str| ["javascript:", "vbscript:", "livescript:"].iter().any(|scheme| text.contains(scheme));
    if ANIMATED.contains(&name) || matches!(name, "srcset" | "imagesrcset") {
        return runs(&plain(value, usize::MAX));
    }
    let begins = plain(value, 40);
    let is_scheme =
        ["javascript:", "vbscript:", "livescript:"].iter().any(|scheme| begins.starts_with(scheme));
    let is_document = ["data:text/html", "data:text/xml", "data:application/xml", "data:application/xhtml"]
        .iter()
        .any(|kind| begins.starts_with(kind));
    let is_image_here = tag
        .is_none_or(|tag| matches!(tag, "img" | "image" | "feimage" | "input" | "link" | "source" | "video"));
    is_scheme || is_document || begins.starts_with("data:image/svg") && !is_image_here
}

#[cfg(test)]
mod tests;
