//! Rules that look at one file at a time.

use super::{File, Sources, extension, is_code, is_generated};

/// Over this many lines a file is split.
const MAX_LINES: usize = 600;
/// Over this many bytes a file is fetched or generated, not committed.
const MAX_BYTES: u64 = 1 << 20;
/// Files that spell out what is forbidden, in order to forbid it.
const SPELLS_IT_OUT: &str = "xtask/src/tidy/";
/// Words that say nothing about what a file holds.
const EMPTY_NAMES: &[&str] = &["util", "utils", "common", "helper", "helpers", "misc", "manager", "managers"];
/// Marks of work left for later, or of looking around.
const LEFTOVERS: &[&str] = &["TODO", "FIXME", "XXX", "dbg!"];

pub fn reading_size(sources: &Sources) -> Vec<String> {
    sources
        .texts()
        .filter(|(path, _)| matches!(extension(path), "rs" | "ts" | "tsx") && !is_generated(path))
        .map(|(path, text)| (path, text.lines().count()))
        .filter(|(_, lines)| *lines > MAX_LINES)
        .map(|(path, lines)| format!("{path}: {lines} lines"))
        .collect()
}

pub fn stored_size(sources: &Sources) -> Vec<String> {
    let large = sources.files.iter().filter(|file: &&File| file.size > MAX_BYTES);
    large.map(|file| format!("{}: {:.1} MB", file.path, file.size as f64 / MAX_BYTES as f64)).collect()
}

/// Rust modules: `//!` after at most some `#![…]` of a crate root, which must stand first. A `tests.rs` beside a module
/// says what it is for by its name.
pub fn opening(sources: &Sources) -> Vec<String> {
    sources
        .texts()
        .filter(|(path, _)| extension(path) == "rs" && !is_generated(path) && !path.ends_with("/tests.rs"))
        .filter(|(_, text)| {
            let first = text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with("#!["));
            first.and_then(|line| line.strip_prefix("//!")).is_none_or(|doc| doc.trim().is_empty())
        })
        .map(|(path, _)| format!("{path}: does not begin with //!"))
        .collect()
}

pub fn leftovers(sources: &Sources) -> Vec<String> {
    let looked_at = |path: &str| {
        (is_code(path) || matches!(extension(path), "css" | "html" | "toml" | "sh" | "yml" | "yaml"))
            && !path.starts_with(SPELLS_IT_OUT)
    };
    lines_of(sources, looked_at)
        .filter_map(|(place, line)| {
            let mark = LEFTOVERS.iter().find(|mark| holds_word(line, mark))?;
            Some(format!("{place}: {mark}"))
        })
        .collect()
}

pub fn names(sources: &Sources) -> Vec<String> {
    sources
        .files
        .iter()
        .filter_map(|file| {
            let words = file.path.split(|c: char| !c.is_ascii_alphanumeric()).map(str::to_ascii_lowercase);
            let empty = words.into_iter().find(|word| EMPTY_NAMES.contains(&word.as_str()))?;
            Some(format!("{}: “{empty}”", file.path))
        })
        .collect()
}

/// Hosts of package registries and their mirrors; and home folders that are nobody's example.
const PLACES: &[&str] = &[
    "registry.npmjs.org", "registry.yarnpkg.com", "npm.pkg.github.com", "static.crates.io",
    "index.crates.io", "files.pythonhosted.org", "deb.debian.org", "/root/",
];

/// Besides, where this repository and its user's home lie on this very machine: the paths that slip in. Made-up ones,
/// such as `/home/ann`, are examples. A path counts only where one can begin: `https://shop.example/root/` has none.
pub fn places(sources: &Sources) -> Vec<String> {
    let known: Vec<&str> = PLACES.iter().copied().chain(sources.here.iter().map(String::as_str)).collect();
    lines_of(sources, |path| !path.starts_with(SPELLS_IT_OUT))
        .filter_map(|(place, line)| {
            let found = known.iter().find(|known| {
                line.match_indices(**known).any(|(at, _)| {
                    let before = line[..at].chars().next_back();
                    !known.starts_with('/')
                        || !before.is_some_and(|c| c.is_alphanumeric() || "./-_$}~*".contains(c))
                })
            })?;
            Some(format!("{place}: {found}"))
        })
        .collect()
}

/// A workspace's own packages are resolved to their folders, which is fine.
pub fn lock_file(sources: &Sources) -> Vec<String> {
    lines_of(sources, |path| path.ends_with("package-lock.json"))
        .filter(|(_, line)| line.trim_start().starts_with("\"resolved\": \"http"))
        .map(|(place, _)| format!("{place}: resolved to a host"))
        .collect()
}

/// Lines of the files that are looked at, each with `path:number`.
fn lines_of<'a>(
    sources: &'a Sources,
    looked_at: impl Fn(&str) -> bool + 'a,
) -> impl Iterator<Item = (String, &'a str)> + 'a {
    sources.texts().filter(move |(path, _)| looked_at(path)).flat_map(|(path, text)| {
        text.lines().enumerate().map(move |(index, line)| (format!("{path}:{}", index + 1), line))
    })
}

/// Whether a line holds a word that is not part of a longer one.
fn holds_word(line: &str, word: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(at, _)| {
        !line[..at].chars().next_back().is_some_and(part)
            && !line[at + word.len()..].chars().next().is_some_and(part)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(rule: fn(&Sources) -> Vec<String>, files: &[(&str, &str)], offences: &[&str]) {
        assert_eq!(rule(&Sources::of(files)), offences);
    }

    #[test]
    fn long_files() {
        let (long, fits) = ("x\n".repeat(601), "x\n".repeat(600));
        let files = [("a.rs", long.as_str()), ("b.tsx", &fits), ("api.gen.ts", &long), ("Cargo.lock", &long)];
        check(reading_size, &files, &["a.rs: 601 lines"]);
    }

    #[test]
    fn large_files() {
        let large = "x".repeat(3 << 19);
        check(stored_size, &[("a.png", &large), ("b.png", "x")], &["a.png: 1.5 MB"]);
    }

    #[test]
    fn modules_without_an_opening() {
        check(
            opening,
            &[
                ("fine.rs", "//! The journal.\n"),
                ("root.rs", "#![no_main]\n\n//! Fuzzes.\n"),
                ("route/tests.rs", "use super::*;\n"),
                ("none.rs", "use std::fmt;\n"),
                ("bare.rs", "//!\nuse std::fmt;\n"),
                ("wrong.rs", "// The journal.\n"),
                ("page.ts", "export {};\n"),
            ],
            &[
                "none.rs: does not begin with //!",
                "bare.rs: does not begin with //!",
                "wrong.rs: does not begin with //!",
            ],
        );
    }

    #[test]
    fn work_left_over() {
        check(
            leftovers,
            &[
                ("a.rs", "fine\n// TODO: later\n"),
                ("b.tsx", "dbg!(x); /* FIXME */"),
                ("c.rs", "TODOS and no_TODO and todo"),
                ("d.md", "No TODO is left"),
            ],
            &["a.rs:2: TODO", "b.tsx:1: FIXME"],
        );
    }

    #[test]
    fn empty_names() {
        check(
            names,
            &[
                ("src/utils.rs", ""),
                ("src/helpers/a.ts", ""),
                ("src/session-manager.ts", ""),
                ("src/commonplace.rs", ""),
                ("src/journal.rs", ""),
            ],
            &["src/utils.rs: “utils”", "src/helpers/a.ts: “helpers”", "src/session-manager.ts: “manager”"],
        );
    }

    #[test]
    fn hosts_and_machine_paths() {
        let mut sources = Sources::of(&[
            ("a.json", "\"https://registry.npmjs.org/x\""),
            ("b.sh", "cd /home/jane/footpath\ncd \"$DIR/home/jane/x\""),
            ("c.rs", "\"https://shop.example/root/garden\" \"../root/\" \"/roots\" \"/home/ann/\""),
            ("d.toml", "path = \"/root/x\""),
        ]);
        sources.here.push("/home/jane/".to_owned());
        assert_eq!(
            places(&sources),
            ["a.json:1: registry.npmjs.org", "b.sh:1: /home/jane/", "d.toml:1: /root/"]
        );
    }

    #[test]
    fn a_lock_file_with_hosts() {
        let lock = "{\n  \"resolved\": \"sdk\",\n  \"resolved\": \"https://mirror.example/x.tgz\",\n}";
        check(lock_file, &[("package-lock.json", lock)], &["package-lock.json:3: resolved to a host"]);
    }
}
