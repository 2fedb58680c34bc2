//! Rules about documents: the map is true and whole, links lead somewhere, decisions are numbered.

use super::{Sources, extension};
use std::collections::BTreeSet;

const MAP: &str = "ARCHITECTURE.md";
const MAX_MAP_LINES: usize = 300;
const DECISIONS: &str = "docs/adr/";

pub fn map_size(sources: &Sources) -> Vec<String> {
    match sources.text(MAP).map(|map| map.lines().count()) {
        None => vec![format!("{MAP}: is missing")],
        Some(lines) if lines >= MAX_MAP_LINES => vec![format!("{MAP}: {lines} lines")],
        Some(_) => Vec::new(),
    }
}

/// A path is a word in code font, or the first word of a line in a code block, that looks like one: it has a known
/// ending, ends with `/`, or begins with a top-level folder. Patterns (`*`, `{}`, `<>`) are not looked up; folders that
/// are made, not tracked, are known by `.gitignore`.
pub fn map_is_true(sources: &Sources) -> Vec<String> {
    let map = sources.text(MAP).unwrap_or_default();
    let made: Vec<&str> =
        sources.text(".gitignore").unwrap_or_default().lines().map(|line| line.trim_matches('/')).collect();
    let top: BTreeSet<&str> = top_level(sources);
    let paths: BTreeSet<&str> = in_code_font(map).into_iter().filter(|word| is_path(word, &top)).collect();
    paths
        .into_iter()
        .filter(|path| !sources.has(path) && !made.contains(&path.trim_matches('/')))
        .map(|path| format!("{MAP}: {path} does not exist"))
        .collect()
}

pub fn map_is_whole(sources: &Sources) -> Vec<String> {
    let map = sources.text(MAP).unwrap_or_default();
    let crates = sources.files.iter().filter_map(|file| {
        let rest = file.path.strip_prefix("crates/")?;
        rest.split_once('/').map(|(name, _)| format!("crates/{name}"))
    });
    let folders: BTreeSet<String> =
        top_level(sources).into_iter().map(|name| format!("{name}/")).chain(crates).collect();
    let named = |folder: &String| map.contains(folder.as_str());
    folders
        .iter()
        .filter(|folder| !named(folder))
        .map(|folder| format!("{MAP}: does not name {folder}"))
        .collect()
}

/// Top-level folders, without the hidden ones of tools.
fn top_level(sources: &Sources) -> BTreeSet<&str> {
    let first = sources.files.iter().filter_map(|file| file.path.split_once('/').map(|(folder, _)| folder));
    first.filter(|folder| !folder.starts_with('.')).collect()
}

fn is_path(word: &str, top_level: &BTreeSet<&str>) -> bool {
    let plain = word.chars().all(|c| c.is_ascii_alphanumeric() || "._-/".contains(c));
    let known = matches!(extension(word), "rs" | "ts" | "tsx" | "md" | "toml" | "json" | "yaml" | "sql");
    let below = word.split_once('/').is_some_and(|(first, _)| top_level.contains(first));
    plain
        && !word.starts_with('/')
        && !word.starts_with('.')
        && (word.ends_with('/') || known && word.contains('/') || below)
}

/// Words in `code font`, and the first word of each line of a code block.
fn in_code_font(markdown: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut in_block = false;
    for line in markdown.lines() {
        if line.trim_start().starts_with("```") {
            in_block = !in_block;
        } else if in_block {
            found.extend(line.split_whitespace().next());
        } else {
            found.extend(line.split('`').skip(1).step_by(2));
        }
    }
    found
}

pub fn links(sources: &Sources) -> Vec<String> {
    let mut offences = Vec::new();
    for (path, text) in sources.texts().filter(|(path, _)| extension(path) == "md") {
        for (number, target) in link_targets(text) {
            let target_path = target.split('#').next().unwrap_or_default();
            let elsewhere = target.contains("://") || target.starts_with("mailto:");
            if elsewhere || target_path.is_empty() {
                continue;
            }
            match resolve(path, target_path) {
                Some(resolved) if resolved.is_empty() || sources.has(&resolved) => {}
                _ => offences.push(format!("{path}:{number}: {target} leads nowhere")),
            }
        }
    }
    offences
}

/// Targets of `[text](target)` and `![text](target "title")` outside of code, with their lines' numbers.
fn link_targets(markdown: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut in_block = false;
    for (index, line) in markdown.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            in_block = !in_block;
            continue;
        }
        if in_block {
            continue;
        }
        // Every second part lies between backticks; a link's text may hold code, its target does not.
        for prose in line.split('`').step_by(2) {
            found.extend(prose.split("](").skip(1).filter_map(|rest| {
                let target = rest.split([')', ' ']).next()?;
                Some((index + 1, target.trim_matches(['<', '>'])))
            }));
        }
    }
    found
}

/// A link's target as a path from the root; nothing where it leads out of the repository.
fn resolve(from: &str, target: &str) -> Option<String> {
    let mut folders: Vec<&str> = match target.starts_with('/') {
        true => Vec::new(),
        false => from.split('/').collect(),
    };
    folders.pop();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                folders.pop()?;
            }
            name => folders.push(name),
        }
    }
    Some(folders.join("/"))
}

pub fn decisions(sources: &Sources) -> Vec<String> {
    let mut offences = Vec::new();
    let mut names: Vec<&str> =
        sources.files.iter().filter_map(|file| file.path.strip_prefix(DECISIONS)).collect();
    names.sort_unstable();
    for (expected, name) in (1..).zip(names) {
        let prefix = format!("{expected:04}-");
        if !name.starts_with(&prefix) || extension(name) != "md" {
            offences.push(format!("{DECISIONS}{name}: should begin with {prefix} and end with .md"));
            break;
        }
    }
    offences
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(rule: fn(&Sources) -> Vec<String>, files: &[(&str, &str)], offences: &[&str]) {
        assert_eq!(rule(&Sources::of(files)), offences);
    }

    #[test]
    fn a_map_too_large_or_missing() {
        check(map_size, &[], &["ARCHITECTURE.md: is missing"]);
        check(map_size, &[(MAP, &"x\n".repeat(300))], &["ARCHITECTURE.md: 300 lines"]);
        check(map_size, &[(MAP, &"x\n".repeat(299))], &[]);
    }

    #[test]
    fn a_map_that_lies() {
        let map = "\
`crates/model/src/gone.rs`, `crates/model/src/*.rs`, `text/plain`, `GET /api/v1`, `sdk/`, `made/`, `gone/`
```
crates/model/   the domain
crates/ghost/   no crate
```";
        check(
            map_is_true,
            &[(MAP, map), ("crates/model/src/lib.rs", ""), ("sdk/a.ts", ""), (".gitignore", "/made/\n")],
            &[
                "ARCHITECTURE.md: crates/ghost/ does not exist",
                "ARCHITECTURE.md: crates/model/src/gone.rs does not exist",
                "ARCHITECTURE.md: gone/ does not exist",
            ],
        );
    }

    #[test]
    fn a_map_with_white_spots() {
        check(
            map_is_whole,
            &[
                (MAP, "`crates/model` and `sdk/`"),
                ("crates/model/a", ""),
                ("crates/store/a", ""),
                ("sdk/a", ""),
                ("e2e/a", ""),
                (".ci/run", ""),
            ],
            &["ARCHITECTURE.md: does not name crates/store", "ARCHITECTURE.md: does not name e2e/"],
        );
    }

    #[test]
    fn dead_links() {
        check(
            links,
            &[
                (
                    "docs/a.md",
                    "[a](b.md#part) [b](../README.md) [c](#here) [d](https://x.example) [e](../gone.md)\n![f](../../up.png)",
                ),
                (
                    "docs/b.md",
                    "`[not](a-link)`\n```\n[nor](this)\n```\n[`code`](a.md) ![g](shot.png \"title\")",
                ),
                ("README.md", "[docs](docs/) [root](/docs/b.md)"),
            ],
            &[
                "docs/a.md:1: ../gone.md leads nowhere",
                "docs/a.md:2: ../../up.png leads nowhere",
                "docs/b.md:5: shot.png leads nowhere",
            ],
        );
    }

    #[test]
    fn decisions_with_a_gap() {
        check(decisions, &[("docs/adr/0001-a.md", ""), ("docs/adr/0002-b.md", "")], &[]);
        check(
            decisions,
            &[("docs/adr/0001-a.md", ""), ("docs/adr/0003-b.md", "")],
            &["docs/adr/0003-b.md: should begin with 0002- and end with .md"],
        );
        check(
            decisions,
            &[("docs/adr/0001-a.md", ""), ("docs/adr/0001-b.md", "")],
            &["docs/adr/0001-b.md: should begin with 0002- and end with .md"],
        );
    }
}
