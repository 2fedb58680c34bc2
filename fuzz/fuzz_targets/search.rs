//! Whatever is typed as a search, reading it ends in a search or an error within it; and a search is printed as a text that
//! is read as the same search, and printed the same again.

#![no_main]

use footpath_model::search::{Search, completion};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let length = text.chars().count();
    match Search::parse(text) {
        Ok(search) => {
            let printed = search.to_string();
            let again = Search::parse(&printed).expect("what is printed is a search");
            assert_eq!(again, search, "what is printed is read as the same");
            assert_eq!(again.to_string(), printed, "there is one way to print it");
        }
        Err(error) => {
            assert!(error.span.start <= error.span.end && error.span.end <= length, "it points into the text");
            if let Some(suggestion) = error.suggestion {
                assert_ne!(suggestion.apply(text), text, "a suggestion changes something");
            }
        }
    }
    let place = length / 2;
    let completion = completion(text, place);
    assert!(completion.span.start <= place && completion.span.end <= length, "it completes at the place");
});
