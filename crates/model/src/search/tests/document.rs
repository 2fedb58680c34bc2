//! `docs/search.md` says every field as it is.

use crate::search::{Field, Match, State, Thing, Unit, ValueType};

/// As the document says a field.
fn row(field: Field) -> String {
    let about = field.about();
    let dots = if field.is_keyed() { "…" } else { "" };
    let aliases: String = about.aliases.iter().map(|alias| format!(", `{alias}`")).collect();
    let words = |words: &[&str]| words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(" ");
    let values = match about.ty {
        ValueType::Text(Match::Whole) => "text".to_owned(),
        ValueType::Text(Match::Part) => "part of a text".to_owned(),
        ValueType::Text(Match::Path) => "path".to_owned(),
        ValueType::Text(Match::Endpoint) => "method and path".to_owned(),
        ValueType::Choice(choices) => words(choices),
        ValueType::Version => "version".to_owned(),
        ValueType::Number(Unit::Count | Unit::Score) => "number".to_owned(),
        ValueType::Number(Unit::Time) => "time".to_owned(),
        ValueType::Number(Unit::Pixels) => "px".to_owned(),
        ValueType::Status => "status".to_owned(),
        ValueType::Time => "day or minute".to_owned(),
        ValueType::Any => "text or number".to_owned(),
        ValueType::State => words(State::NAMES),
        ValueType::Thing => format!("{}, or a field", words(Thing::NAMES)),
    };
    format!("| `{}{dots}`{aliases} | {values} | {} | `{}` |", about.name, about.doc, about.example)
}

#[test]
fn every_field_is_documented_as_it_is() {
    let document = include_str!("../../../../../docs/search.md");
    let missing: Vec<String> = Field::all().map(row).filter(|row| !document.contains(row)).collect();
    assert!(missing.is_empty(), "docs/search.md lacks:\n{}", missing.join("\n"));
}

/// Lines of the document's examples, which are set apart by spaces from what they find.
#[test]
fn every_example_is_a_search() {
    let document = include_str!("../../../../../docs/search.md");
    let blocks = document.split("```").skip(1).step_by(2);
    let lines = blocks.flat_map(str::lines).skip_while(|line| line.is_empty());
    let examples: Vec<&str> = lines.filter_map(|line| line.split("   ").next()).map(str::trim).collect();
    let searches: Vec<&&str> = examples.iter().filter(|line| !line.is_empty()).collect();
    assert!(searches.len() > 20);
    for search in searches {
        assert!(crate::search::Search::parse(search).is_ok(), "`{search}` is a search");
    }
    for field in Field::all() {
        let about = field.about();
        let search = crate::search::Search::parse(about.example).expect("an example is a search");
        assert!(search.mentions(field), "`{}` is an example of `{}`", about.example, about.name);
    }
}
