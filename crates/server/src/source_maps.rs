//! Stacks told as the code was written, by the source maps that a site has uploaded.
//!
//! A map is data: nothing that it names is ever opened or fetched. What is shown of a file is what the map itself holds.
//!
//! Limits: a map is read once for each question, which takes some 50 ms for one of 5 MB; maps that name others by URL are
//! refused. The name of a function is that of the place where it was called, for minified names alone.

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
use std::sync::Arc;
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
    if !sourcemap::is_sourcemap_slice(map) {
        return Err(invalid("it has no version with mappings or sections".to_owned()));
    }
    flat(map).map_err(invalid)?;
    let mut body = Vec::with_capacity(map.len() / 4);
    GzEncoder::new(map, Compression::default())
        .read_to_end(&mut body)
        .map_err(|error| ApiError::internal(&error))?;
    let digest = Sha256::digest(map).iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(ReadMap { digest, body })
}

fn flat(map: &[u8]) -> Result<sourcemap::SourceMap, String> {
    match sourcemap::decode_slice(map).map_err(|error| error.to_string())? {
        DecodedMap::Regular(map) => Ok(map),
        DecodedMap::Index(index) => index.flatten().map_err(|error| error.to_string()),
        DecodedMap::Hermes(_) => Err("it is of Hermes, which no browser runs".to_owned()),
    }
}

/// A map that can be asked, where there is one that can be read.
type Readable = Option<Arc<sourcemap::SourceMap>>;

/// Tells stacks of a site, with each map read once.
pub(crate) struct Stacks<'a> {
    maps: &'a SourceMaps,
    site: &'a SiteId,
    /// By release and file.
    read: HashMap<(Option<String>, String), Readable>,
}

impl<'a> Stacks<'a> {
    pub(crate) fn new(maps: &'a SourceMaps, site: &'a SiteId) -> Self {
        Self { maps, site, read: HashMap::new() }
    }

    /// The calls of a stack, with where they were written as far as the site's maps say.
    pub(crate) async fn frames(
        &mut self,
        release: Option<&str>,
        stack: &str,
    ) -> Result<Vec<StackFrame>, ApiError> {
        let mut frames: Vec<StackFrame> =
            stack::frames(stack).take(MOST_FRAMES).map(StackFrame::of).collect();
        // The name at the place of each call: what was called there.
        let mut called: Vec<Option<String>> = Vec::with_capacity(frames.len());
        for frame in &mut frames {
            let (original, name) = match self.map_of(release, stack::path(&frame.url)).await? {
                Some(map) => original(&map, frame).unzip(),
                None => (None, None),
            };
            frame.original = original;
            called.push(name.flatten());
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

    async fn map_of(&mut self, release: Option<&str>, file: &str) -> Result<Readable, ApiError> {
        let key = (release.map(str::to_owned), file.to_owned());
        if let Some(map) = self.read.get(&key) {
            return Ok(map.clone());
        }
        let failed = |error| ApiError::internal(&error);
        let body = match self.maps.find(self.site, release, file).await.map_err(failed)? {
            Some(digest) => self.maps.body(&digest).await.map_err(failed)?,
            None => None,
        };
        let map = match body {
            Some(body) => tokio::task::spawn_blocking(move || stored(&body)).await,
            None => Ok(None),
        };
        let map = map.map_err(|panicked| ApiError::internal(&panicked))?.map(Arc::new);
        self.read.insert(key, map.clone());
        Ok(map)
    }
}

/// A map as it was stored. It was read when it was uploaded.
fn stored(body: &[u8]) -> Option<sourcemap::SourceMap> {
    let mut map = Vec::new();
    GzDecoder::new(body).read_to_end(&mut map).ok()?;
    flat(&map).ok()
}

/// Where a call was written, and the name that stands there.
fn original(map: &sourcemap::SourceMap, call: &StackFrame) -> Option<(OriginalFrame, Option<String>)> {
    let (line, column) = (call.line?.saturating_sub(1), call.column.unwrap_or(1).saturating_sub(1));
    let token = map.lookup_token(line, column)?;
    let line = token.get_src_line();
    let contents = map.get_source_contents(token.get_src_id()).unwrap_or_default();
    let original = OriginalFrame {
        source: shown(token.get_source()?),
        function: None,
        line: line + 1,
        column: token.get_src_col() + 1,
        lines: around(contents, line),
    };
    Some((original, token.get_name().map(str::to_owned)))
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
