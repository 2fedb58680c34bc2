//! What is generated from the server's types: the OpenAPI document, from it the TypeScript types, and the settings' page.
//!
//! They are committed, so that a change of the API is seen in review and the SDK and the dashboard cannot
//! drift from it; CI generates them again and compares.

use crate::build::{self, Profile};
use crate::shell::{output, program, read, say, write_changed};
use crate::{assets, tools};

const OPENAPI: &str = "docs/openapi.json";
const CONFIGURATION: &str = "docs/configuration.md";
/// Where the types go, each part of the project having its own copy, so that each can be built and published alone; and
/// whether fields with a default are always there: what the server writes has them all, what it reads need not.
const TYPES: &[(&str, &str)] = &[
    ("sdk/src/wire.gen.ts", "--default-non-nullable=false"),
    ("dashboard/src/api/schema.gen.ts", "--default-non-nullable=true"),
];
const HEADER: &str =
    "// Generated from docs/openapi.json by `cargo xtask schemas`; changes made here are lost.\n";
/// A place for the document while it is only being compared.
const DRAFT: &str = "node_modules/.footpath/openapi.json";

/// Whether to write what differs, or to refuse it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    /// Write.
    Write,
    /// Compare only.
    Check,
}

/// Generates everything anew, from a server built without SDK and dashboard: those need the types to build.
///
/// # Errors
/// Something could not be built or generated; or, in [`Mode::Check`], a committed file differs.
pub fn run(mode: Mode) -> Result<(), String> {
    tools::check()?;
    build::packages()?;
    assets::copy_data()?;
    let footpath = build::server(Profile::Dev)?;
    let document = output(program(&footpath, &["openapi"]))?;
    let configuration = output(program(&footpath, &["config-doc"]))?;
    write_changed(DRAFT, document.as_bytes())?;
    let mut files = vec![(OPENAPI, document), (CONFIGURATION, configuration)];
    for (path, defaults) in TYPES {
        let types = output(program("node_modules/.bin/openapi-typescript", &[defaults, DRAFT]))?;
        files.push((path, format!("{HEADER}{types}")));
    }
    let mut stale = Vec::new();
    for (path, content) in &files {
        match mode {
            Mode::Write if write_changed(path, content.as_bytes())? => say(&format!("wrote {path}")),
            Mode::Write => {}
            Mode::Check => {
                let committed = read(path).unwrap_or_default();
                stale.extend(
                    difference(&String::from_utf8_lossy(&committed), content).map(|at| format!("{path}{at}")),
                );
            }
        }
    }
    match stale.is_empty() {
        true => Ok(()),
        false => Err(format!(
            "generated files are not what the server's types say; run `cargo xtask schemas` and commit:\n  - {}",
            stale.join("\n  - ")
        )),
    }
}

/// Where two texts part, shown as the first line that differs.
fn difference(committed: &str, generated: &str) -> Option<String> {
    if committed == generated {
        return None;
    }
    if committed.is_empty() {
        return Some(" is missing or empty".to_owned());
    }
    let (mut old, mut new) = (committed.lines(), generated.lines());
    let mut number = 1;
    loop {
        match (old.next(), new.next()) {
            (None, None) => return Some(" differs in line ends".to_owned()),
            (old, new) if old == new => number += 1,
            (old, new) => {
                let shown = |line: Option<&str>| {
                    line.map_or_else(|| "(end of file)".to_owned(), |line| format!("{line:?}"))
                };
                return Some(format!(
                    ":{number}\n      committed: {}\n      generated: {}",
                    shown(old),
                    shown(new)
                ));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::difference;

    #[test]
    fn the_first_difference_is_shown() {
        assert_eq!(difference("a\nb\n", "a\nb\n"), None);
        assert_eq!(difference("", "a\n").unwrap(), " is missing or empty");
        assert_eq!(
            difference("a\nb\n", "a\n c\n").unwrap(),
            ":2\n      committed: \"b\"\n      generated: \" c\""
        );
        assert_eq!(
            difference("a\n", "a\nb\n").unwrap(),
            ":2\n      committed: (end of file)\n      generated: \"b\""
        );
        assert_eq!(difference("a\r\n", "a\n").unwrap(), " differs in line ends");
    }
}
