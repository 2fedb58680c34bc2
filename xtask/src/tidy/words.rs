//! One word for one thing: the synonyms that `docs/glossary.md` warns of are not used in code.
//!
//! The glossary's tables have a column "not"; of it, words in code font are looked for here, as whole words of
//! identifiers and strings, however they are cased (`pageview` finds `Pageview` and `last_pageview`); the others are
//! for people. Comments that fill their line are left out: prose may say "visit the page".

use super::{Sources, extension, is_code};

const GLOSSARY: &str = "docs/glossary.md";

/// Names that are not ours to choose, as they stand in code.
const NOT_OURS: &[&str] = &[
    // The wire's word for how a session began; "first session" would say something else.
    "first_visit", "FirstVisit", "firstVisit", "first-visit",
];
/// The methods of serde's `Visitor` begin with this.
const SERDE_METHOD: &str = "fn visit_";

pub fn synonyms(sources: &Sources) -> Vec<String> {
    let Some(glossary) = sources.text(GLOSSARY) else {
        return vec![format!("{GLOSSARY}: is missing")];
    };
    let avoided = avoided(glossary);
    if avoided.is_empty() {
        return vec![format!("{GLOSSARY}: no row of its tables names a word to avoid in code font")];
    }
    let mut offences = Vec::new();
    for (path, text) in sources.texts() {
        // The glossary's reader and its tests are the one place in code that must name them.
        if !(is_code(path) || extension(path) == "html") || path.starts_with("xtask/src/tidy/") {
            continue;
        }
        for (index, line) in text.lines().enumerate() {
            let used = words(line);
            for (word, instead) in avoided.iter().filter(|(word, _)| used.iter().any(|used| used == word)) {
                offences.push(format!("{path}:{}: “{word}”, say “{instead}”", index + 1));
            }
        }
    }
    offences
}

/// Words to avoid, each with the word to use: from rows `| word | meaning | not |`.
fn avoided(glossary: &str) -> Vec<(String, String)> {
    let rows = glossary.lines().filter(|line| line.trim_start().starts_with('|'));
    let cells = rows.map(|row| row.trim().trim_matches('|').split('|').map(str::trim).collect::<Vec<_>>());
    cells
        .filter_map(|cells| match cells.as_slice() {
            [word, _, not] => Some((word.trim_matches('*').to_owned(), *not)),
            _ => None,
        })
        .flat_map(|(word, not)| {
            let in_code_font = not.split('`').skip(1).step_by(2);
            in_code_font.map(|avoid| (avoid.to_ascii_lowercase(), word.clone())).collect::<Vec<_>>()
        })
        .collect()
}

/// The words of a line of code, in lower case: `lastPageView` and `last_page_view` are three.
fn words(line: &str) -> Vec<String> {
    let trimmed = line.trim_start();
    if ["//", "/*", "*", "<!--"].iter().any(|comment| trimmed.starts_with(comment))
        || line.contains(SERDE_METHOD)
    {
        return Vec::new();
    }
    let code = trimmed.split(" // ").next().unwrap_or_default();
    let code = NOT_OURS.iter().fold(code.to_owned(), |code, name| code.replace(name, ""));
    let mut words = vec![String::new()];
    let mut after_lower = false;
    for c in code.chars() {
        let starts_word = c.is_ascii_uppercase() && after_lower;
        if !c.is_ascii_alphanumeric() || starts_word {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| c.is_ascii_alphanumeric()) {
            word.push(c.to_ascii_lowercase());
        }
        after_lower = c.is_ascii_lowercase();
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    const GLOSSARY_TEXT: &str = "\
| word | meaning | not |
|---|---|---|
| **session** | a run of activity | `visit`, sitting |
| **page view** | a page shown | `pageview`, `screenview` |
";

    #[track_caller]
    fn check(path: &str, text: &str, offences: &[&str]) {
        assert_eq!(synonyms(&Sources::of(&[(GLOSSARY, GLOSSARY_TEXT), (path, text)])), offences);
    }

    #[test]
    fn synonyms_are_found_in_any_case() {
        check("a.rs", "fn last_visit() {}", &["a.rs:1: “visit”, say “session”"]);
        check("a.ts", "\nconst lastPageview = 1;", &["a.ts:2: “pageview”, say “page view”"]);
        check("a.tsx", "<b>Last visit</b>", &["a.tsx:1: “visit”, say “session”"]);
        check("a.rs", "struct Visit;", &["a.rs:1: “visit”, say “session”"]);
    }

    #[test]
    fn the_glossarys_own_words_are_fine() {
        check("a.rs", "let visitor = last_page_view; // of this visit\n//! A visit.\n * visit", &[]);
        check("a.rs", "FirstVisit => \"first_visit\",\n    fn visit_str(self) {}", &[]);
        check("a.ts", "revisited(sitting)", &[]);
        check("a.md", "Every visit is a session.", &[]);
    }

    #[test]
    fn a_glossary_without_words_is_no_glossary() {
        assert_eq!(synonyms(&Sources::of(&[])), ["docs/glossary.md: is missing"]);
        assert_eq!(synonyms(&Sources::of(&[(GLOSSARY, "| a | b | c |")])).len(), 1);
    }
}
