//! The bundled rules of uap-core, compiled: which browser and which operating system a user agent names.
//!
//! The file's third section, devices, is left out: its 628 rules cost 15 MB and half the compile time, and add nothing
//! that [`super::device`] does not read from the user agent in a few lines.
//!
//! The file is YAML, of which it uses one shape: a section's name, then entries of `key: 'value'`, one a line. That shape
//! is read here, and anything else is an error, so that a new version of the file cannot be misread in silence.

use std::borrow::Cow;
use ua_parser::{os, user_agent};

const REGEXES: &str = include_str!("../../../../assets/generated/regexes.yaml");

/// The compiled rules; about 10 MB.
pub struct Rules {
    browsers: user_agent::Extractor<'static>,
    systems: os::Extractor<'static>,
}

/// A name with the first two parts of its version, as the rules give them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Named {
    pub name: String,
    pub major: Option<String>,
    pub minor: Option<String>,
}

impl Rules {
    /// Compiles the bundled file: about 0.2 s on one core.
    pub fn bundled() -> Self {
        Self::compile(REGEXES).expect("the bundled file is compiled by a test of this module")
    }

    fn compile(yaml: &'static str) -> Result<Self, String> {
        let mut browsers = user_agent::Builder::new();
        let mut systems = os::Builder::new();
        for entry in entries(yaml)? {
            let rejected = |e: ua_parser::Error| format!("regex `{}`: {e}", entry.text("regex"));
            match entry.section {
                "user_agent_parsers" => {
                    let rule = user_agent::Parser {
                        regex: entry.text("regex"),
                        family_replacement: entry.get("family_replacement"),
                        v1_replacement: entry.get("v1_replacement"),
                        v2_replacement: entry.get("v2_replacement"),
                        v3_replacement: entry.get("v3_replacement"),
                        v4_replacement: entry.get("v4_replacement"),
                    };
                    browsers = browsers.push(rule).map_err(rejected)?;
                }
                "os_parsers" => {
                    let rule = os::Parser {
                        regex: entry.text("regex"),
                        os_replacement: entry.get("os_replacement"),
                        os_v1_replacement: entry.get("os_v1_replacement"),
                        os_v2_replacement: entry.get("os_v2_replacement"),
                        os_v3_replacement: entry.get("os_v3_replacement"),
                        os_v4_replacement: entry.get("os_v4_replacement"),
                    };
                    systems = systems.push(rule).map_err(|e| rejected(e.into()))?;
                }
                "device_parsers" => {}
                section => return Err(format!("section `{section}` is unknown")),
            }
        }
        Ok(Self {
            browsers: browsers.build().map_err(|e| e.to_string())?,
            systems: systems.build().map_err(|e| e.to_string())?,
        })
    }

    /// The browser, or the program that speaks HTTP.
    pub fn browser(&self, user_agent: &str) -> Option<Named> {
        let found = self.browsers.extract(user_agent)?;
        Some(Named {
            name: found.family.into_owned(),
            major: found.major.map(Into::into),
            minor: found.minor.map(Into::into),
        })
    }

    /// The operating system.
    pub fn system(&self, user_agent: &str) -> Option<Named> {
        let found = self.systems.extract(user_agent)?;
        Some(Named {
            name: found.os.into_owned(),
            major: found.major.map(Cow::into_owned),
            minor: found.minor.map(Cow::into_owned),
        })
    }
}

/// One entry of the file.
struct Entry<'a> {
    section: &'a str,
    fields: Vec<(&'a str, Cow<'a, str>)>,
}

impl<'a> Entry<'a> {
    fn get(&self, key: &str) -> Option<Cow<'a, str>> {
        self.fields.iter().find(|(k, _)| *k == key).map(|(_, value)| value.clone())
    }

    /// Of a field that [`entries`] made sure of.
    fn text(&self, key: &str) -> Cow<'a, str> {
        self.get(key).unwrap_or_default()
    }
}

fn entries(yaml: &str) -> Result<Vec<Entry<'_>>, String> {
    let mut section = None;
    let mut all: Vec<Entry<'_>> = Vec::new();
    for (index, line) in yaml.lines().enumerate() {
        let wrong = |what: &str| format!("line {}: {what}: {line}", index + 1);
        let text = line.trim();
        if text.is_empty() || text.starts_with('#') {
            continue;
        }
        if !line.starts_with(' ') {
            section = Some(text.strip_suffix(':').ok_or_else(|| wrong("expected a section's name"))?);
            continue;
        }
        let section = section.ok_or_else(|| wrong("an entry before the first section"))?;
        let (field, starts_entry) = match text.strip_prefix("- ") {
            Some(field) => (field, true),
            None => (text, false),
        };
        let (key, quoted) = field.split_once(':').ok_or_else(|| wrong("expected `key: 'value'`"))?;
        let value = unquote(quoted.trim()).ok_or_else(|| wrong("expected a value in quotes"))?;
        if starts_entry {
            if key != "regex" {
                return Err(wrong("expected an entry to begin with its regex"));
            }
            all.push(Entry { section, fields: Vec::new() });
        }
        let entry = all.last_mut().ok_or_else(|| wrong("a field before the first entry"))?;
        entry.fields.push((key, value));
    }
    Ok(all)
}

/// The text in quotes, with at most a comment after it.
fn unquote(quoted: &str) -> Option<Cow<'_, str>> {
    let quote = quoted.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
    let (value, rest) = match quoted.rfind(quote) {
        Some(end) if end > 0 => (&quoted[1..end], quoted[end + 1..].trim_start()),
        Some(_) | None => return None,
    };
    if !rest.is_empty() && !rest.starts_with('#') {
        return None;
    }
    match quote {
        '\'' if value.contains('\'') => {
            // Inside single quotes YAML knows one escape: a doubled quote.
            let single = value.replace("''", "\u{0}");
            (!single.contains('\'')).then(|| Cow::Owned(single.replace('\u{0}', "'")))
        }
        '\'' => Some(Cow::Borrowed(value)),
        // Inside double quotes YAML knows many; the file uses none, and one would need to be read.
        _ => (!value.contains(['\\', '"'])).then_some(Cow::Borrowed(value)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};

    #[track_caller]
    fn check(yaml: &'static str, expect: Expect) {
        let told = match entries(yaml) {
            Ok(all) => {
                all.iter().map(|entry| format!("{} {:?}\n", entry.section, entry.fields)).collect::<String>()
            }
            Err(error) => error,
        };
        expect.assert_eq(&told);
    }

    #[test]
    fn the_bundled_file_compiles() {
        let counts =
            |section| entries(REGEXES).unwrap().iter().filter(|entry| entry.section == section).count();
        assert!(counts("user_agent_parsers") > 300);
        assert!(counts("os_parsers") > 150);
        Rules::compile(REGEXES).map(|_| ()).unwrap();
    }

    #[test]
    fn entries_are_read() {
        check(
            "os_parsers:\n  # note\n  - regex: '(Win)''(\\d+)' # why\n    os_replacement: \"Windows\"\n",
            expect![[r#"
                os_parsers [("regex", "(Win)'(\\d+)"), ("os_replacement", "Windows")]
            "#]],
        );
    }

    #[test]
    fn other_shapes_are_refused() {
        check("a:\n  - regex: bare\n", expect!["line 2: expected a value in quotes:   - regex: bare"]);
        check("a:\n  - regex: 'x' y\n", expect!["line 2: expected a value in quotes:   - regex: 'x' y"]);
        check(
            "a:\n  - other: 'x'\n",
            expect!["line 2: expected an entry to begin with its regex:   - other: 'x'"],
        );
        check("a:\n  other: 'x'\n", expect!["line 2: a field before the first entry:   other: 'x'"]);
        check("  - regex: 'x'\n", expect!["line 1: an entry before the first section:   - regex: 'x'"]);
        check("a: [1]\n", expect!["line 1: expected a section's name: a: [1]"]);
        check(
            "a:\n  - regex: \"\\d\"\n",
            expect![[r#"line 2: expected a value in quotes:   - regex: "\d""#]],
        );
    }
}
