//! The form of the sources, checked: a rule that nobody checks is worse than none.
//!
//! Each rule has its reason, printed when it is broken. Rules look at the files that git tracks, or would track;
//! they read text, not syntax, so each is a few lines, and where that makes a rule miss something it says so.

mod documents;
mod files;
mod words;

use crate::shell::{output, program, root};
use std::path::Path;

/// A rule: what it asks, why, and the check that names each offence as `path: what`.
struct Rule {
    asks: &'static str,
    because: &'static str,
    check: fn(&Sources) -> Vec<String>,
}

const RULES: &[Rule] = &[
    Rule {
        asks: "a source file has at most 600 lines",
        because: "a file is one idea, of a size one reads at a sitting",
        check: files::reading_size,
    },
    Rule {
        asks: "a file has at most 1 MB",
        because: "what is once in the history is in every clone for ever",
        check: files::stored_size,
    },
    Rule {
        asks: "a module opens with what it is for",
        because: "the reader decides on the first line whether this is the room",
        check: files::opening,
    },
    Rule {
        asks: "nothing is left for later in the sources",
        because: "what is to be done is an issue, where somebody looks for it",
        check: files::leftovers,
    },
    Rule {
        asks: "files and folders are named for what they hold",
        because: "a drawer for everything is opened by everybody and tidied by nobody",
        check: files::names,
    },
    Rule {
        asks: "no file names a package registry's host or a path of one machine",
        because: "it would fail, or tell on its author, everywhere else",
        check: files::places,
    },
    Rule {
        asks: "package-lock.json names no hosts",
        because: "any mirror must be able to serve it; .npmrc has omit-lockfile-registry-resolved for this",
        check: files::lock_file,
    },
    Rule {
        asks: "code uses the glossary's words",
        because: "two words for one thing are two things to the reader",
        check: words::synonyms,
    },
    Rule {
        asks: "ARCHITECTURE.md has under 300 lines, and is there",
        because: "a map is read only while it is smaller than the land",
        check: documents::map_size,
    },
    Rule {
        asks: "every path that ARCHITECTURE.md names exists",
        because: "a map of what was there once leads astray",
        check: documents::map_is_true,
    },
    Rule {
        asks: "ARCHITECTURE.md names every crate and top-level folder",
        because: "what is not on the map is found by chance",
        check: documents::map_is_whole,
    },
    Rule {
        asks: "relative links in documents lead somewhere",
        because: "a dead link is a promise broken on the first click",
        check: documents::links,
    },
    Rule {
        asks: "decisions are numbered 0001, 0002, … without gaps",
        because: "a gap is a decision that somebody thinks is hidden",
        check: documents::decisions,
    },
];

/// A tracked file.
struct File {
    /// Path from the root, with `/`.
    path: String,
    /// Its size in bytes.
    size: u64,
    /// Its text; nothing where it is not UTF-8.
    text: Option<String>,
}

/// Everything that git tracks or would track.
struct Sources {
    files: Vec<File>,
    /// Folders of this machine, with a slash at the end: the repository's and the home of who runs this.
    here: Vec<String>,
}

/// Checks the repository.
///
/// # Errors
/// Lists each broken rule with its reason and each offence.
pub fn run() -> Result<(), String> {
    let sources = Sources::read()?;
    let broken: Vec<String> = RULES
        .iter()
        .filter_map(|rule| {
            let offences = (rule.check)(&sources);
            (!offences.is_empty()).then(|| report(rule, &offences))
        })
        .collect();
    match broken.is_empty() {
        true => {
            println!("tidy: {} files keep {} rules", sources.files.len(), RULES.len());
            Ok(())
        }
        false => Err(format!("the sources are not tidy\n\n{}", broken.join("\n\n"))),
    }
}

fn report(rule: &Rule, offences: &[String]) -> String {
    let list: String = offences.iter().map(|offence| format!("\n  - {offence}")).collect();
    format!("{}, because {}:{list}", rule.asks, rule.because)
}

impl Sources {
    fn read() -> Result<Self, String> {
        let listed = output(program(
            "git",
            &["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate"],
        ))
        .map_err(|error| format!("{error}: tidy looks at what git tracks, so it needs git and a clone"))?;
        let mut files = Vec::new();
        for path in listed.split_terminator('\0') {
            let full = root().join(path);
            // Deleted, but the deletion is not committed yet.
            if !full.is_file() {
                continue;
            }
            let bytes = std::fs::read(&full).map_err(|error| format!("could not read {path}: {error}"))?;
            let size = bytes.len() as u64;
            files.push(File { path: path.to_owned(), size, text: String::from_utf8(bytes).ok() });
        }
        let home = std::env::var("HOME").unwrap_or_default();
        let here = [root().to_string_lossy().into_owned(), home];
        // A home that is the root of everything tells nothing.
        let here =
            here.iter().filter(|path| path.len() > 1).map(|path| format!("{}/", path.trim_end_matches('/')));
        Ok(Self { files, here: here.collect() })
    }

    /// Files with text, as path and text.
    fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().filter_map(|file| Some((file.path.as_str(), file.text.as_deref()?)))
    }

    /// The text of one file.
    fn text(&self, path: &str) -> Option<&str> {
        self.texts().find(|(found, _)| *found == path).map(|(_, text)| text)
    }

    /// Whether this is a tracked file, or a folder that holds one.
    fn has(&self, path: &str) -> bool {
        let path = path.trim_end_matches('/');
        self.files.iter().any(|file| {
            file.path.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    }

    #[cfg(test)]
    fn of(files: &[(&str, &str)]) -> Self {
        let file = |(path, text): &(&str, &str)| File {
            path: (*path).to_owned(),
            size: text.len() as u64,
            text: Some((*text).to_owned()),
        };
        Self { files: files.iter().map(file).collect(), here: Vec::new() }
    }
}

/// The ending of a path's last name, without its dot; empty where there is none.
fn extension(path: &str) -> &str {
    Path::new(path).extension().and_then(|extension| extension.to_str()).unwrap_or_default()
}

/// Source code that people write and read.
fn is_code(path: &str) -> bool {
    matches!(extension(path), "rs" | "ts" | "tsx" | "js" | "mjs") && !is_generated(path)
}

/// Written by a program, under a name that says so.
fn is_generated(path: &str) -> bool {
    path.contains(".gen.") || path.contains("/generated/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_known_by_their_files() {
        let sources = Sources::of(&[("docs/adr/0001-a.md", "")]);
        assert!(sources.has("docs") && sources.has("docs/adr/") && sources.has("docs/adr/0001-a.md"));
        assert!(!sources.has("doc") && !sources.has("docs/adr/0001") && !sources.has("adr"));
    }

    #[test]
    fn a_broken_rule_says_why() {
        let report = report(&RULES[0], &["a.rs: 700 lines".to_owned()]);
        assert_eq!(
            report,
            "a source file has at most 600 lines, because a file is one idea, of a size one reads at a sitting:\n  \
             - a.rs: 700 lines"
        );
    }
}
