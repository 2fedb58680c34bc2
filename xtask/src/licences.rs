//! Licences of everything that is compiled into the binary, against the list in `deny.toml`.
//!
//! `cargo deny check` does the same and more (advisories, sources); this part of it runs everywhere, in a second,
//! without installing anything. Limit: it sees the dependencies of the platform it runs on.

use crate::shell::{cargo, output, read};

/// Checks the tree that cargo resolved.
///
/// # Errors
/// Names each package whose licence is not allowed.
pub fn check() -> Result<(), String> {
    let rules = String::from_utf8(read("deny.toml")?).map_err(|_| "deny.toml is not UTF-8")?;
    let allowed = allowed(&rules);
    let exceptions = exceptions(&rules);
    let tree = output(cargo(&[
        "tree", "--workspace", "--edges", "normal,build", "--prefix", "none", "--locked", "--format",
        "{p}\t{l}",
    ]))?;
    let refused = refused(&tree, &allowed, &exceptions);
    match refused.is_empty() {
        true => Ok(()),
        false => Err(format!("deny.toml does not allow the licence of:\n  - {}", refused.join("\n  - "))),
    }
}

/// The strings of `allow = [ … ]` in the section `[licenses]`.
fn allowed(deny_toml: &str) -> Vec<&str> {
    let section = deny_toml.split_once("[licenses]").map_or("", |(_, rest)| rest);
    let list = section.split_once("allow = [").map_or("", |(_, rest)| rest);
    let lines = list.lines().take_while(|line| !line.trim_start().starts_with(']'));
    lines.filter_map(|line| line.split_once('#').map_or(line, |(code, _)| code).split('"').nth(1)).collect()
}

/// Each line `{ crate = "…", allow = ["…"] }` of `exceptions = [ … ]`: a package, and what it alone may have.
fn exceptions(deny_toml: &str) -> Vec<(&str, &str)> {
    let list = deny_toml.split_once("exceptions = [").map_or("", |(_, rest)| rest);
    let lines = list.lines().take_while(|line| !line.trim_start().starts_with(']'));
    let exceptions = lines.filter(|line| line.trim_start().starts_with("{ crate ="));
    exceptions
        .filter_map(|line| {
            let mut quoted = line.split('"').skip(1).step_by(2);
            Some((quoted.next()?, quoted.next()?))
        })
        .collect()
}

/// Packages of `cargo tree`'s lines (`name version⇥expression`) that no allowed licence covers.
fn refused(tree: &str, allowed: &[&str], exceptions: &[(&str, &str)]) -> Vec<String> {
    let excepted = |package: &str, licence: &str| {
        let name = package.split_whitespace().next().unwrap_or_default();
        exceptions.contains(&(name, licence))
    };
    let mut refused: Vec<String> = tree
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .map(|(package, licence)| (package, licence.trim_end_matches(" (*)").trim()))
        .filter(|(package, licence)| !permits(licence, allowed) && !excepted(package, licence))
        .map(|(package, licence)| match licence {
            "" => format!("{package} (it names none)"),
            _ => format!("{package} ({licence})"),
        })
        .collect();
    refused.sort();
    refused.dedup();
    refused
}

/// Whether an SPDX expression can be satisfied with allowed licences. `/` is the old spelling of `OR`; `WITH` adds a
/// permission, so what stands before it suffices.
fn permits(expression: &str, allowed: &[&str]) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut rest = words.as_slice();
    let permitted = either(&mut rest, allowed);
    permitted && rest.is_empty()
}

fn either(words: &mut &[&str], allowed: &[&str]) -> bool {
    let mut permitted = both(words, allowed);
    while let ["OR", rest @ ..] = *words {
        *words = rest;
        permitted |= both(words, allowed);
    }
    permitted
}

fn both(words: &mut &[&str], allowed: &[&str]) -> bool {
    let mut permitted = one(words, allowed);
    while let ["AND", rest @ ..] = *words {
        *words = rest;
        permitted &= one(words, allowed);
    }
    permitted
}

fn one(words: &mut &[&str], allowed: &[&str]) -> bool {
    match *words {
        ["(", rest @ ..] => {
            *words = rest;
            let permitted = either(words, allowed);
            let [")", rest @ ..] = *words else { return false };
            *words = rest;
            permitted
        }
        [licence, "WITH", _, rest @ ..] | [licence, rest @ ..] => {
            *words = rest;
            allowed.contains(licence)
        }
        [] => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions() {
        let allowed = ["MIT", "Apache-2.0", "Unicode-3.0"];
        for fine in [
            "MIT",
            "MIT/Apache-2.0",
            "GPL-3.0 OR MIT",
            "(MIT OR GPL-3.0) AND Unicode-3.0",
            "Apache-2.0 WITH LLVM-exception",
            "GPL-3.0 AND Zlib OR MIT",
        ] {
            assert!(permits(fine, &allowed), "{fine}");
        }
        for refused in ["", "GPL-3.0", "MIT AND GPL-3.0", "(MIT OR GPL-3.0) AND Zlib", "MIT Zlib", "(MIT"] {
            assert!(!permits(refused, &allowed), "{refused}");
        }
    }

    #[test]
    fn the_list_is_read_and_the_offender_named() {
        let deny = "[licenses]\nallow = [\n  # \"GPL-3.0\" is not\n  \"MIT\", # reason\n]\n[bans]\nallow = [\n \"X\",\n]\n";
        assert_eq!(allowed(deny), ["MIT"]);
        let tree = "a v1.0.0\tMIT\nb v2.0.0\tGPL-3.0 (*)\nb v2.0.0\tGPL-3.0\nc v3.0.0\t\n\n";
        assert_eq!(refused(tree, &["MIT"], &[]), ["b v2.0.0 (GPL-3.0)", "c v3.0.0 (it names none)"]);
    }

    #[test]
    fn an_exception_is_for_its_package_alone() {
        let deny = "exceptions = [\n  # why\n  { crate = \"b\", allow = [\"MPL-2.0\"] },\n]\n";
        assert_eq!(exceptions(deny), [("b", "MPL-2.0")]);
        let tree = "b v2.0.0\tMPL-2.0\nc v3.0.0\tMPL-2.0\n";
        assert_eq!(refused(tree, &["MIT"], &exceptions(deny)), ["c v3.0.0 (MPL-2.0)"]);
    }
}
