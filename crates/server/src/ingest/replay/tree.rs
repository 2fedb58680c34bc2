//! A record as a tree of JSON, deep as pages are.
//!
//! The one place past decoding where JSON is a tree: records are rrweb's and of many shapes, and what must be taken out of
//! them can be anywhere. `serde_json` says whether a text is JSON, and decodes its strings; it builds no tree as deep as a
//! page's, so that the branches are found here, over a text that is known to be right. An object has each key once, as
//! in a browser the last one, so that what was checked is what is played.

use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// A value, borrowed from its text where that can be.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Tree<'a> {
    /// A number, `true`, `false` or `null`, as it was written.
    Plain(&'a str),
    Text(Cow<'a, str>),
    List(Vec<Tree<'a>>),
    Object(Branches<'a>),
}

/// What an object has.
pub(super) type Branches<'a> = BTreeMap<Cow<'a, str>, Tree<'a>>;

/// Why a text is no record.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum NoTree {
    NotJson(String),
    TooDeep,
}

impl<'a> Tree<'a> {
    /// Reads a text of at most so many levels.
    pub(super) fn read(text: &'a str, levels: usize) -> Result<Self, NoTree> {
        serde_json::from_str::<&RawValue>(text).map_err(|error| NoTree::NotJson(error.to_string()))?;
        let mut reader = Reader { text, at: 0 };
        reader.value(levels)
    }

    /// Appends it as JSON.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Plain(text) => out.extend(text.as_bytes()),
            Self::Text(text) => write_text(text, out),
            Self::List(items) => {
                out.push(b'[');
                for (place, item) in items.iter().enumerate() {
                    if place > 0 {
                        out.push(b',');
                    }
                    item.write(out);
                }
                out.push(b']');
            }
            Self::Object(branches) => {
                out.push(b'{');
                for (place, (key, value)) in branches.iter().enumerate() {
                    if place > 0 {
                        out.push(b',');
                    }
                    write_text(key, out);
                    out.push(b':');
                    value.write(out);
                }
                out.push(b'}');
            }
        }
    }

    pub(super) fn object(&mut self) -> Option<&mut Branches<'a>> {
        match self {
            Self::Object(branches) => Some(branches),
            Self::Plain(_) | Self::Text(_) | Self::List(_) => None,
        }
    }

    pub(super) fn list(&mut self) -> &mut [Tree<'a>] {
        match self {
            Self::List(items) => items,
            Self::Plain(_) | Self::Text(_) | Self::Object(_) => &mut [],
        }
    }

    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Plain(_) | Self::List(_) | Self::Object(_) => None,
        }
    }

    /// A whole number.
    pub(super) fn number(&self) -> Option<i64> {
        match self {
            Self::Plain(text) => text.parse().ok(),
            Self::Text(_) | Self::List(_) | Self::Object(_) => None,
        }
    }

    /// Any number.
    pub(super) fn is_number(&self) -> bool {
        matches!(self, Self::Plain(text) if text.starts_with(|c: char| c == '-' || c.is_ascii_digit()))
    }

    /// Every text of it, but for keys.
    pub(super) fn each_text(&mut self, change: &mut impl FnMut(&mut Cow<'a, str>)) {
        match self {
            Self::Plain(_) => {}
            Self::Text(text) => change(text),
            Self::List(items) => items.iter_mut().for_each(|item| item.each_text(change)),
            Self::Object(branches) => branches.values_mut().for_each(|value| value.each_text(change)),
        }
    }
}

fn write_text(text: &str, out: &mut Vec<u8>) {
    // Neither writing to memory nor a string can fail.
    let _ = serde_json::to_writer(out, text);
}

/// Reads a text that is known to be JSON.
struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn peek(&mut self) -> u8 {
        let bytes = self.text.as_bytes();
        while bytes.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
        bytes.get(self.at).copied().unwrap_or_default()
    }

    fn value(&mut self, levels: usize) -> Result<Tree<'a>, NoTree> {
        match self.peek() {
            b'"' => Ok(Tree::Text(self.string())),
            b'[' => {
                let levels = levels.checked_sub(1).ok_or(NoTree::TooDeep)?;
                self.at += 1;
                let mut items = Vec::new();
                while self.peek() != b']' {
                    items.push(self.value(levels)?);
                    self.skip(b',');
                }
                self.at += 1;
                Ok(Tree::List(items))
            }
            b'{' => {
                let levels = levels.checked_sub(1).ok_or(NoTree::TooDeep)?;
                self.at += 1;
                let mut branches = Branches::new();
                while self.peek() == b'"' {
                    let key = self.string();
                    self.skip(b':');
                    let value = self.value(levels)?;
                    // A key that is none to a browser, and a way into its prototypes.
                    if key != "__proto__" {
                        branches.insert(key, value);
                    }
                    self.skip(b',');
                }
                self.at += 1;
                Ok(Tree::Object(branches))
            }
            _ => {
                let rest = &self.text[self.at..];
                let end = rest.find([',', ']', '}', ' ', '\t', '\r', '\n']).unwrap_or(rest.len());
                self.at += end;
                Ok(Tree::Plain(&rest[..end]))
            }
        }
    }

    fn skip(&mut self, sign: u8) {
        if self.peek() == sign {
            self.at += 1;
        }
    }

    fn string(&mut self) -> Cow<'a, str> {
        let (from, bytes) = (self.at, self.text.as_bytes());
        let mut escaped = false;
        self.at += 1;
        while let Some(byte) = bytes.get(self.at).filter(|byte| **byte != b'"') {
            escaped |= *byte == b'\\';
            self.at += if *byte == b'\\' { 2 } else { 1 };
        }
        self.at += 1;
        let quoted = &self.text[from..self.at.min(self.text.len())];
        if escaped {
            // Half a character, as scripts can make them, is no text.
            serde_json::from_str(quoted).map_or(Cow::Borrowed("\u{fffd}"), Cow::Owned)
        } else {
            Cow::Borrowed(quoted.trim_matches('"'))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn again(text: &str) -> String {
        let mut out = Vec::new();
        Tree::read(text, 512).expect("a tree").write(&mut out);
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn what_is_read_is_written_as_a_browser_would_see_it() {
        let text = r#" {"b": [1, -2.5e3, true, null, ""], "a": {"x": "é\n\"\\"}, "c":[],"d":{} } "#;
        assert_eq!(again(text), r#"{"a":{"x":"é\n\"\\"},"b":[1,-2.5e3,true,null,""],"c":[],"d":{}}"#);
        assert_eq!(again(r#"{"a":1,"a":"\u0061\ud800","__proto__":{}}"#), "{\"a\":\"\u{fffd}\"}");
    }

    #[test]
    fn pages_may_be_deep_and_not_bottomless() {
        let deep = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        assert_eq!(again(&deep(512)), deep(512));
        assert_eq!(Tree::read(&deep(513), 512), Err(NoTree::TooDeep));
        assert_eq!(Tree::read(&deep(1_000_000), 512), Err(NoTree::TooDeep));
        assert!(matches!(Tree::read(r#"{"a":}"#, 512), Err(NoTree::NotJson(_))));
    }

    fn any_json() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            ".{0,12}".prop_map(Into::into),
        ];
        leaf.prop_recursive(5, 64, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
                prop::collection::vec((".{0,6}", inner), 0..6)
                    .prop_map(|pairs| serde_json::Value::Object(pairs.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn a_tree_says_what_its_text_says(value in any_json()) {
            for text in [value.to_string(), format!("{value:#}")] {
                let read: serde_json::Value = serde_json::from_str(&again(&text)).expect("JSON");
                prop_assert_eq!(&read, &value);
            }
        }

        #[test]
        fn any_text_ends_in_an_answer(text in ".{0,60}") {
            let _ = Tree::read(&text, 8);
        }
    }
}
