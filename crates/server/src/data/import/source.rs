//! The lines of a file, of a compressed file, or of standard input.

use super::DataError;
use flate2::read::MultiGzDecoder;
use indicatif::ProgressBar;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{BufRead, BufReader, Cursor, Error, Read};
use std::path::Path;

/// Bytes of a line at most: what the server takes of a batch, inflated. More is not held in memory.
const LINE_BYTES: u64 = 4 * 1024 * 1024;
/// What is read at once.
const BUFFER: usize = 256 * 1024;
/// A file is known by a hash of so many of its first bytes when an import is resumed.
const HEAD_BYTES: u64 = 4096;

/// Lines, one after another.
pub(super) struct Source {
    name: String,
    reader: Box<dyn BufRead + Send>,
    line: u64,
    offset: u64,
}

/// One line, without its end.
#[derive(PartialEq, Eq, Debug)]
pub(super) struct Line {
    /// From 1.
    pub number: u64,
    /// Where it ends, bytes from the beginning of the uncompressed file.
    pub end: u64,
    /// Nothing where it is too long to be held.
    pub bytes: Option<Vec<u8>>,
}

impl Source {
    /// Opens a file, `-` for standard input. `progress` follows what is read of it as it is on disk.
    pub(super) fn open(path: &Path, progress: &ProgressBar) -> Result<Self, DataError> {
        let name = path.display().to_string();
        if name == "-" {
            return Ok(Self::new("standard input".to_owned(), progress.wrap_read(std::io::stdin())));
        }
        let failed = |error: Error| DataError::because(format!("cannot read {name}"), error);
        let file = File::open(path).map_err(failed)?;
        progress.set_length(file.metadata().map_err(failed)?.len());
        let file = BufReader::with_capacity(BUFFER, progress.wrap_read(file));
        let is_compressed = path.extension().is_some_and(|extension| extension == "gz");
        Ok(if is_compressed { Self::new(name, MultiGzDecoder::new(file)) } else { Self::new(name, file) })
    }

    pub(super) fn new(name: String, reader: impl Read + Send + 'static) -> Self {
        Self { name, reader: Box::new(BufReader::with_capacity(BUFFER, reader)), line: 0, offset: 0 }
    }

    /// By what the file is known again; reading goes on at its beginning.
    pub(super) fn with_head(mut self) -> Result<(Self, String), DataError> {
        let mut head = Vec::new();
        let read = (&mut self.reader).take(HEAD_BYTES).read_to_end(&mut head);
        read.map_err(|error| self.failed(error))?;
        let known_by = Sha256::digest(&head).iter().map(|byte| format!("{byte:02x}")).collect();
        let reader = Box::new(Cursor::new(head).chain(self.reader));
        Ok((Self { reader, ..self }, known_by))
    }

    /// The next line, or nothing at the end. A last line without an end is one too.
    pub(super) fn next(&mut self) -> Result<Option<Line>, DataError> {
        let mut bytes = Vec::new();
        let mut length = self.read_part(&mut bytes)?;
        if length == 0 {
            return Ok(None);
        }
        let mut too_long = false;
        let mut ended = bytes.last() == Some(&b'\n');
        while !ended && length >= LINE_BYTES {
            too_long = true;
            bytes.clear();
            let more = self.read_part(&mut bytes)?;
            length += more;
            ended = more == 0 || bytes.last() == Some(&b'\n');
        }
        self.line += 1;
        self.offset += length;
        while bytes.last().is_some_and(|byte| matches!(byte, b'\n' | b'\r')) {
            bytes.pop();
        }
        Ok(Some(Line { number: self.line, end: self.offset, bytes: (!too_long).then_some(bytes) }))
    }

    fn read_part(&mut self, bytes: &mut Vec<u8>) -> Result<u64, DataError> {
        let read = (&mut self.reader).take(LINE_BYTES).read_until(b'\n', bytes);
        read.map(|n| n as u64).map_err(|error| self.failed(error))
    }

    fn failed(&self, error: Error) -> DataError {
        DataError::because(format!("cannot read {} after line {}: is it whole?", self.name, self.line), error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &[u8]) -> Vec<(u64, u64, Option<usize>)> {
        let source = Source::new("text".to_owned(), Cursor::new(text.to_vec()));
        let (mut source, _) = source.with_head().expect("memory can be read");
        std::iter::from_fn(|| source.next().expect("memory can be read"))
            .map(|line| (line.number, line.end, line.bytes.map(|bytes| bytes.len())))
            .collect()
    }

    #[test]
    fn lines_end_where_they_end() {
        assert_eq!(lines(b""), []);
        assert_eq!(lines(b"a\r\n\nbc"), [(1, 3, Some(1)), (2, 4, Some(0)), (3, 6, Some(2))]);
    }

    #[test]
    fn a_line_that_is_too_long_is_passed_over_whole() {
        let long = usize::try_from(LINE_BYTES).expect("it fits") * 2 + 10;
        let text = [vec![b'x'; long], b"\nshort\n".to_vec()].concat();
        let end = long as u64 + 1;
        assert_eq!(lines(&text), [(1, end, None), (2, end + 6, Some(5))]);
    }
}
