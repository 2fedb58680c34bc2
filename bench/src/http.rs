//! A blocking HTTP client for what is not measured load: one connection, one request at a time.

use crate::Result;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// An answer that takes longer is a defect.
const WAIT: Duration = Duration::from_secs(30);

/// A connection that is kept.
pub(crate) struct Http {
    stream: TcpStream,
    received: Vec<u8>,
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: String,
}

impl Answer {
    /// The body of a 200.
    pub(crate) fn ok(self) -> Result<String> {
        if self.status == 200 {
            Ok(self.body)
        } else {
            Err(format!("answer {}: {}", self.status, self.body).into())
        }
    }
}

impl Http {
    pub(crate) fn connect(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(WAIT))?;
        Ok(Self { stream, received: Vec::new() })
    }

    pub(crate) fn get(&mut self, path: &str) -> Result<Answer> {
        self.exchange(format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n").as_bytes())
    }

    /// Sends a whole request and reads its answer.
    pub(crate) fn exchange(&mut self, request: &[u8]) -> Result<Answer> {
        self.stream.write_all(request)?;
        self.received.clear();
        let head_end = loop {
            if let Some(at) = find(&self.received, b"\r\n\r\n") {
                break at + 4;
            }
            self.read_more()?;
        };
        let head = std::str::from_utf8(&self.received[..head_end])?;
        let status = status_of(head.as_bytes()).ok_or("the answer has no status line")?;
        let length = match content_length(head) {
            Some(length) => length,
            None if status == 204 => 0,
            None => return Err("the answer has no content-length".into()),
        };
        while self.received.len() < head_end + length {
            self.read_more()?;
        }
        let body = String::from_utf8(self.received[head_end..head_end + length].to_vec())?;
        Ok(Answer { status, body })
    }

    fn read_more(&mut self) -> Result<()> {
        let mut chunk = [0; 16 * 1024];
        match self.stream.read(&mut chunk)? {
            0 => Err("the server closed the connection".into()),
            n => {
                self.received.extend_from_slice(&chunk[..n]);
                Ok(())
            }
        }
    }
}

/// The status of an answer that begins with these bytes.
pub(crate) fn status_of(head: &[u8]) -> Option<u16> {
    let digits = head.strip_prefix(b"HTTP/1.1 ")?.get(..3)?;
    std::str::from_utf8(digits).ok()?.parse().ok()
}

/// Where a pattern first is.
pub(crate) fn find(bytes: &[u8], pattern: &[u8]) -> Option<usize> {
    bytes.windows(pattern.len()).position(|window| window == pattern)
}

fn content_length(head: &str) -> Option<usize> {
    head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads() {
        let head = "HTTP/1.1 204 No Content\r\nDate: now\r\nContent-Length: 12\r\n\r\n";
        assert_eq!(status_of(head.as_bytes()), Some(204));
        assert_eq!(content_length(head), Some(12));
        assert_eq!(content_length("HTTP/1.1 204 No Content\r\n\r\n"), None);
        assert_eq!(status_of(b"SSH-2.0"), None);
        assert_eq!(find(head.as_bytes(), b"\r\n\r\n"), Some(head.len() - 4));
    }
}
