//! A blocking HTTP client for what is not measured load: one connection, one request at a time.

use crate::Result;
use flate2::read::GzDecoder;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

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

    /// As browsers ask: what comes back may be compressed. Also how long it took until all of it was here, which leaves out
    /// inflating it.
    pub(crate) fn get_as_browsers(&mut self, path: &str) -> Result<(Answer, Duration)> {
        let request =
            format!("GET {path} HTTP/1.1\r\nhost: localhost\r\naccept-encoding: gzip, deflate\r\n\r\n");
        let start = Instant::now();
        let (status, head, body) = self.exchange_bytes(request.as_bytes())?;
        let took = start.elapsed();
        let body = match header(&head, "content-encoding") {
            None => String::from_utf8(body)?,
            Some("gzip") => std::io::read_to_string(GzDecoder::new(&body[..]))?,
            Some(other) => return Err(format!("the answer is in {other}, which nobody asked for").into()),
        };
        Ok((Answer { status, body }, took))
    }

    /// Sends a whole request and reads its answer.
    pub(crate) fn exchange(&mut self, request: &[u8]) -> Result<Answer> {
        let (status, _, body) = self.exchange_bytes(request)?;
        Ok(Answer { status, body: String::from_utf8(body)? })
    }

    /// Status, head and body.
    fn exchange_bytes(&mut self, request: &[u8]) -> Result<(u16, String, Vec<u8>)> {
        self.stream.write_all(request)?;
        self.received.clear();
        let head_end = self.read_until(0, b"\r\n\r\n")?;
        let head = std::str::from_utf8(&self.received[..head_end])?.to_owned();
        let status = status_of(head.as_bytes()).ok_or("the answer has no status line")?;
        let length = match header(&head, "content-length") {
            Some(length) => length.parse()?,
            None if header(&head, "transfer-encoding") == Some("chunked") => {
                return Ok((status, head, self.read_parts(head_end)?));
            }
            None if status == 204 => 0,
            None => return Err("the answer has no content-length".into()),
        };
        while self.received.len() < head_end + length {
            self.read_more()?;
        }
        Ok((status, head, self.received[head_end..head_end + length].to_vec()))
    }

    /// A body of unknown length (RFC 9112 §7.1), without trailers.
    fn read_parts(&mut self, mut at: usize) -> Result<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let line_end = self.read_until(at, b"\r\n")?;
            let size = usize::from_str_radix(std::str::from_utf8(&self.received[at..line_end - 2])?, 16)?;
            at = line_end + size + 2;
            while self.received.len() < at {
                self.read_more()?;
            }
            if size == 0 {
                return Ok(body);
            }
            body.extend_from_slice(&self.received[line_end..line_end + size]);
        }
    }

    /// Reads on until the pattern is there; gives where it ends.
    fn read_until(&mut self, from: usize, pattern: &[u8]) -> Result<usize> {
        loop {
            if let Some(at) = find(&self.received[from..], pattern) {
                return Ok(from + at + pattern.len());
            }
            self.read_more()?;
        }
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

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().find_map(|line| {
        let (found, value) = line.split_once(':')?;
        found.eq_ignore_ascii_case(name).then_some(value.trim())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads() {
        let head = "HTTP/1.1 204 No Content\r\nDate: now\r\nContent-Length: 12\r\n\r\n";
        assert_eq!(status_of(head.as_bytes()), Some(204));
        assert_eq!(header(head, "content-length"), Some("12"));
        assert_eq!(header("HTTP/1.1 204 No Content\r\n\r\n", "content-length"), None);
        assert_eq!(status_of(b"SSH-2.0"), None);
        assert_eq!(find(head.as_bytes(), b"\r\n\r\n"), Some(head.len() - 4));
    }

    #[test]
    fn an_answer_may_come_in_parts_and_compressed() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address = listener.local_addr().expect("it is bound");
        let served = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().expect("somebody comes");
            let mut request = [0; 1024];
            let n = stream.read(&mut request).expect("it asks");
            let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
            gzip.write_all(b"hello").expect("memory");
            let gzip = gzip.finish().expect("memory");
            let (first, second) = gzip.split_at(11);
            let head = "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ntransfer-encoding: chunked\r\n\r\nb\r\n";
            stream.write_all(head.as_bytes()).expect("it listens");
            stream.write_all(first).expect("it listens");
            let size = format!("\r\n{:x}\r\n", second.len());
            stream.write_all(&[size.as_bytes(), second, b"\r\n0\r\n\r\n"].concat()).expect("it listens");
            String::from_utf8_lossy(&request[..n]).into_owned()
        });
        let mut http = Http::connect(address).expect("it is there");
        let (answer, _) = http.get_as_browsers("/x").expect("it answers");
        assert_eq!((answer.status, answer.body.as_str()), (200, "hello"));
        assert!(served.join().expect("it ended").contains("accept-encoding: gzip"));
    }
}
