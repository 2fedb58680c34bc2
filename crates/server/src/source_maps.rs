//! Stacks told as the code was written, by the source maps that a site has uploaded.
//!
//! A map is data: nothing that it names is ever opened or fetched. What is shown of a file is what the map itself holds.
//!
//! Limits: a map is read at each question, one at a time, which takes some 50 ms for one of 5 MB; maps that name others by
//! URL are refused. The name of a function is that of the place where it was called, for minified names alone.

use crate::error::{ApiError, Code};
use flate2::Compression;
use flate2::read::{GzDecoder, GzEncoder};
use footpath_model::id::SiteId;
use footpath_model::stack::{self, Frame};
use footpath_store::SourceMaps;
use serde::Serialize;
use sha2::{Digest, Sha256};
use sourcemap::DecodedMap;
use std::collections::HashMap;
use std::io::Read;
use utoipa::ToSchema;

/// Calls of a stack, at most: those below are a framework's.
const MOST_FRAMES: usize = 50;
/// Lines shown before and after the one of a call.
const AROUND: u32 = 3;
/// Characters of a line shown, at most: a file that was minified before has all of itself in one.
const LINE_CHARS: usize = 240;
/// Names as minifiers make them are at most so long.
const MINIFIED_CHARS: usize = 2;

/// A call of a stack.
#[derive(Serialize, ToSchema, Clone, PartialEq, Debug)]
pub(crate) struct StackFrame {
    /// As the browser named it; empty where it has no name.
    pub function: String,
    /// URL of the file.
    pub url: String,
    /// Counted from 1.
    pub line: Option<u32>,
    /// Counted from 1.
    pub column: Option<u32>,
    /// Where it was written, where there is a source map.
    pub original: Option<OriginalFrame>,
}

/// The place of a call in the code as it was written.
#[derive(Serialize, ToSchema, Clone, PartialEq, Debug)]
pub(crate) struct OriginalFrame {
    /// The file, as the map names it.
    pub source: String,
    /// The function, where its name can be told.
    pub function: Option<String>,
    /// Counted from 1.
    pub line: u32,
    /// Counted from 1.
    pub column: u32,
    /// The line and those around it; none where the map does not hold the file.
    pub lines: Vec<SourceLine>,
}

/// A line of code.
#[derive(Serialize, ToSchema, Clone, PartialEq, Debug)]
pub(crate) struct SourceLine {
    /// Counted from 1.
    pub number: u32,
    /// Cut where it is very long.
    pub text: String,
}

/// A map that can be kept.
pub(crate) struct ReadMap {
    /// SHA-256, in hexadecimal digits.
    pub digest: String,
    /// As it is stored.
    pub body: Vec<u8>,
}

/// Reads a map that is uploaded. Blocks.
///
/// # Errors
/// Where it is no source map, or names others by URL.
pub(crate) fn read(map: &[u8]) -> Result<ReadMap, ApiError> {
    let invalid =
        |why: String| ApiError::new(Code::InvalidBody, format!("the source map cannot be read: {why}"));
    flat(map).map_err(invalid)?;
    let mut body = Vec::with_capacity(map.len() / 4);
    GzEncoder::new(map, Compression::default())
        .read_to_end(&mut body)
        .map_err(|error| ApiError::internal(&error))?;
    let digest = Sha256::digest(map).iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(ReadMap { digest, body })
}

fn flat(map: &[u8]) -> Result<sourcemap::SourceMap, String> {
    if !sourcemap::is_sourcemap_slice(map) {
        return Err("it has no version with mappings or sections".to_owned());
    }
    match sourcemap::decode_slice(map).map_err(|error| error.to_string())? {
        DecodedMap::Regular(map) => Ok(map),
        DecodedMap::Index(index) => index.flatten().map_err(|error| error.to_string()),
        DecodedMap::Hermes(_) => Err("it is of Hermes, which no browser runs".to_owned()),
    }
}

/// The calls of a stack, with where they were written as far as the site's maps say.
pub(crate) async fn frames(
    maps: &SourceMaps,
    site: &SiteId,
    release: Option<&str>,
    stack: &str,
) -> Result<Vec<StackFrame>, ApiError> {
    let mut frames: Vec<StackFrame> = stack::frames(stack).take(MOST_FRAMES).map(StackFrame::of).collect();
    let mut of_file: HashMap<String, Vec<usize>> = HashMap::new();
    for (place, frame) in frames.iter().enumerate() {
        of_file.entry(stack::path(&frame.url).to_owned()).or_default().push(place);
    }
    // The name at the place of each call: what was called there.
    let mut called: Vec<Option<String>> = vec![None; frames.len()];
    let failed = |error| ApiError::internal(&error);
    for (file, places) in of_file {
        let Some(digest) = maps.find(site, release, &file).await.map_err(failed)? else { continue };
        let Some(body) = maps.body(&digest).await.map_err(failed)? else { continue };
        let asked: Vec<(usize, u32, u32)> = places
            .into_iter()
            .filter_map(|place| Some((place, frames[place].line?, frames[place].column.unwrap_or(1))))
            .collect();
        let found = tokio::task::spawn_blocking(move || originals(&body, &asked)).await;
        for (place, original, name) in found.map_err(|panicked| ApiError::internal(&panicked))? {
            frames[place].original = Some(original);
            called[place] = name;
        }
    }
    let callers = called.into_iter().skip(1).chain([None]);
    for (StackFrame { function, original, .. }, caller) in frames.iter_mut().zip(callers) {
        if let Some(original) = original {
            let is_minified = function.chars().count() <= MINIFIED_CHARS;
            let plain = Some(function.clone()).filter(|function| !function.is_empty());
            original.function = if is_minified { caller.or(plain) } else { plain };
        }
    }
    Ok(frames)
}

/// Of places in a minified file those in the code, with the name that stands there.
fn originals(body: &[u8], asked: &[(usize, u32, u32)]) -> Vec<(usize, OriginalFrame, Option<String>)> {
    let mut map = Vec::new();
    // It was read when it was uploaded.
    let Ok(map) = GzDecoder::new(body)
        .read_to_end(&mut map)
        .map_err(|error| error.to_string())
        .and_then(|_| flat(&map))
    else {
        return Vec::new();
    };
    let original = |(place, line, column): &(usize, u32, u32)| {
        let token = map.lookup_token(line.saturating_sub(1), column.saturating_sub(1))?;
        let line = token.get_src_line();
        let contents = map.get_source_contents(token.get_src_id()).unwrap_or_default();
        let original = OriginalFrame {
            source: shown(token.get_source()?),
            function: None,
            line: line + 1,
            column: token.get_src_col() + 1,
            lines: around(contents, line),
        };
        Some((*place, original, token.get_name().map(str::to_owned)))
    };
    asked.iter().filter_map(original).collect()
}

/// A source's name without the scheme and the way up that bundlers put before it.
fn shown(source: &str) -> String {
    let path = source.split_once("://").map_or(source, |(_, path)| path);
    let mut path = path.trim_start_matches('/');
    while let Some(rest) = path.strip_prefix("../").or_else(|| path.strip_prefix("./")) {
        path = rest;
    }
    path.to_owned()
}

fn around(contents: &str, line: u32) -> Vec<SourceLine> {
    let from = line.saturating_sub(AROUND);
    let lines = contents.lines().zip(0_u32..).skip(from as usize).take_while(|(_, at)| *at <= line + AROUND);
    lines
        .map(|(text, at)| SourceLine { number: at + 1, text: text.chars().take(LINE_CHARS).collect() })
        .collect()
}

impl StackFrame {
    fn of(frame: Frame<'_>) -> Self {
        let Frame { function, url, line, column } = frame;
        Self { function: function.to_owned(), url: url.to_owned(), line, column, original: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_named_without_what_bundlers_put_before() {
        assert_eq!(shown("webpack://shop/./src/pay.ts"), "shop/./src/pay.ts");
        assert_eq!(shown("../../src/pay.ts"), "src/pay.ts");
        assert_eq!(shown("webpack:///./src/pay.ts"), "src/pay.ts");
    }

    #[test]
    fn lines_around_a_place_end_with_the_file() {
        let numbers = |line| around("a\nb\nc", line).into_iter().map(|line| line.number).collect::<Vec<_>>();
        assert_eq!(numbers(0), [1, 2, 3]);
        assert_eq!(numbers(2), [1, 2, 3]);
        assert_eq!(numbers(9), Vec::<u32>::new());
    }

    #[test]
    fn what_is_no_map_is_refused() {
        let refused = |map: &[u8]| read(map).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(refused(b"{}").starts_with("the source map cannot be read"), "{}", refused(b"{}"));
        assert!(refused(b"function x(){}").starts_with("the source map cannot be read"));
        let indexed = br#"{"version":3,"sections":[{"offset":{"line":0,"column":0},"url":"https://evil.example/x.map"}]}"#;
        assert!(!refused(indexed).is_empty(), "maps elsewhere are not fetched");
    }
}
