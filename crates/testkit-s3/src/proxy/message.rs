//! Where HTTP/1.1 messages begin and end (RFC 9112), and no more of HTTP than that.

use std::fmt::Write as _;
use std::io::{self, BufRead, BufReader, Read as _};
use std::net::TcpStream;
use std::sync::Arc;

/// A longer head than any S3 client or server sends.
const HEAD_LIMIT: usize = 1 << 20;

/// Reads messages from one end of a connection.
#[derive(Debug)]
pub(super) struct MessageReader {
    stream: BufReader<Shared>,
}

/// The lines before a body, as they came.
#[derive(Debug)]
pub(super) struct Head {
    /// All bytes up to and with the empty line.
    pub(super) bytes: Vec<u8>,
}

/// How the end of a body is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Framing {
    /// So many bytes.
    Length(u64),
    /// `Transfer-Encoding: chunked`.
    Chunked,
    /// The connection's end.
    UntilClose,
}

/// A stream that several threads use; it closes when the last of them has dropped it.
#[derive(Debug)]
struct Shared(Arc<TcpStream>);

impl io::Read for Shared {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        (&*self.0).read(buffer)
    }
}

impl MessageReader {
    /// A reader of this end.
    pub(super) fn new(stream: &Arc<TcpStream>) -> Self {
        Self {
            stream: BufReader::with_capacity(64 * 1024, Shared(Arc::clone(stream))),
        }
    }

    /// The next head, or `None` when the connection ends before it is complete.
    pub(super) fn head(&mut self) -> Option<Head> {
        let mut bytes = Vec::new();
        loop {
            let line_start = bytes.len();
            let read = (&mut self.stream)
                .take(HEAD_LIMIT as u64)
                .read_until(b'\n', &mut bytes)
                .ok()?;
            if read == 0 || bytes.len() > HEAD_LIMIT {
                return None;
            }
            let line = &bytes[line_start..];
            if line_start > 0 && (line == b"\r\n" || line == b"\n") {
                return Some(Head { bytes });
            }
        }
    }

    /// Hands a body to `sink`, piece by piece, until it is complete (`true`), or the connection or `sink` ends it.
    ///
    /// The pieces of a chunked body are the raw ones, with the sizes between the chunks.
    pub(super) fn body(&mut self, framing: Framing, sink: &mut dyn FnMut(&[u8]) -> bool) -> bool {
        match framing {
            Framing::Length(length) => self.exactly(length, sink),
            Framing::Chunked => self.chunked(sink),
            Framing::UntilClose => self.exactly(u64::MAX, sink),
        }
    }

    fn exactly(&mut self, length: u64, sink: &mut dyn FnMut(&[u8]) -> bool) -> bool {
        let mut left = length;
        while left > 0 {
            let Ok(available) = self.stream.fill_buf() else {
                return false;
            };
            if available.is_empty() {
                return false;
            }
            let piece = usize::try_from(left)
                .unwrap_or(usize::MAX)
                .min(available.len());
            let wanted = sink(&available[..piece]);
            self.stream.consume(piece);
            left -= piece as u64;
            if !wanted {
                return false;
            }
        }
        true
    }

    fn chunked(&mut self, sink: &mut dyn FnMut(&[u8]) -> bool) -> bool {
        loop {
            let Some(size_line) = self.line() else {
                return false;
            };
            let Some(size) = chunk_size(&size_line) else {
                return false;
            };
            if !sink(&size_line) {
                return false;
            }
            if size == 0 {
                return self.trailer(sink);
            }
            // The chunk and its line break.
            if !self.exactly(size + 2, sink) {
                return false;
            }
        }
    }

    fn trailer(&mut self, sink: &mut dyn FnMut(&[u8]) -> bool) -> bool {
        loop {
            let Some(line) = self.line() else {
                return false;
            };
            if !sink(&line) {
                return false;
            }
            if line == b"\r\n" || line == b"\n" {
                return true;
            }
        }
    }

    fn line(&mut self) -> Option<Vec<u8>> {
        let mut line = Vec::new();
        self.stream.read_until(b'\n', &mut line).ok()?;
        line.ends_with(b"\n").then_some(line)
    }
}

impl Head {
    /// The first line's parts: method, target, version; or version, status, reason.
    pub(super) fn first_line(&self) -> (String, String) {
        let text = String::from_utf8_lossy(&self.bytes);
        let mut words = text
            .lines()
            .next()
            .unwrap_or_default()
            .split(' ')
            .map(str::to_owned);
        (
            words.next().unwrap_or_default(),
            words.next().unwrap_or_default(),
        )
    }

    /// The status of an answer; 0 when there is none.
    pub(super) fn status(&self) -> u16 {
        self.first_line().1.parse().unwrap_or_default()
    }

    /// The value of a header, by its name in lower case.
    pub(super) fn header(&self, name: &str) -> Option<String> {
        let text = String::from_utf8_lossy(&self.bytes);
        text.lines().skip(1).find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name)
                .then(|| value.trim().to_owned())
        })
    }

    /// How a request's body ends.
    pub(super) fn request_framing(&self) -> Framing {
        self.declared_framing().unwrap_or(Framing::Length(0))
    }

    /// How the body of the answer to a request of this method ends.
    pub(super) fn answer_framing(&self, method: &str) -> Framing {
        if method == "HEAD" || matches!(self.status(), 204 | 304) {
            return Framing::Length(0);
        }
        self.declared_framing().unwrap_or(Framing::UntilClose)
    }

    /// The same head with another `Content-Length`.
    pub(super) fn with_content_length(&self, length: u64) -> Vec<u8> {
        let text = String::from_utf8_lossy(&self.bytes);
        let mut changed = String::with_capacity(text.len());
        for line in text.split_inclusive('\n') {
            if line
                .split(':')
                .next()
                .is_some_and(|key| key.eq_ignore_ascii_case("content-length"))
            {
                let _ = write!(changed, "content-length: {length}\r\n");
            } else {
                changed.push_str(line);
            }
        }
        changed.into_bytes()
    }

    fn declared_framing(&self) -> Option<Framing> {
        if self
            .header("transfer-encoding")
            .is_some_and(|coding| coding.eq_ignore_ascii_case("chunked"))
        {
            return Some(Framing::Chunked);
        }
        self.header("content-length")?
            .parse()
            .ok()
            .map(Framing::Length)
    }
}

fn chunk_size(line: &[u8]) -> Option<u64> {
    let line = std::str::from_utf8(line).ok()?;
    u64::from_str_radix(line.split(';').next()?.trim(), 16).ok()
}
