//! A small HTTP/1.1 server that answers as a test says, for what no real server would answer.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};

use crate::listener::Listener;

/// A running server on a free port of 127.0.0.1. Dropping it stops it.
#[derive(Debug)]
pub struct HttpServer(Listener);

/// A request that has come.
#[derive(Debug, Clone)]
pub struct Request {
    /// All lines before the body, as they came.
    pub head: String,
    /// The body.
    pub body: Vec<u8>,
    /// The server's own address.
    pub server: SocketAddr,
}

/// What is answered.
#[derive(Debug, Clone)]
pub struct Answer {
    /// `200 OK`.
    pub status: &'static str,
    /// Further headers, each ended by `\r\n`; `Content-Length` is added.
    pub headers: &'static str,
    /// The body.
    pub body: Vec<u8>,
}

impl HttpServer {
    /// Has `answer` answer every request.
    ///
    /// # Panics
    /// When no port can be had.
    pub fn start(answer: impl Fn(&Request) -> Answer + Clone + Send + 'static) -> Self {
        Self(Listener::start(move |client| converse(client, &answer)))
    }

    /// `127.0.0.1:PORT`.
    pub fn address(&self) -> SocketAddr {
        self.0.address()
    }

    /// `http://127.0.0.1:PORT`.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address())
    }
}

impl Request {
    /// `GET`, `PUT` …
    pub fn method(&self) -> &str {
        self.head.split(' ').next().unwrap_or_default()
    }

    /// The path and the query, as sent.
    pub fn target(&self) -> &str {
        self.head.split(' ').nth(1).unwrap_or_default()
    }
}

impl Answer {
    /// An answer without headers of its own.
    pub fn new(status: &'static str, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status,
            headers: "",
            body: body.into(),
        }
    }

    /// The same with these headers, each ended by `\r\n`.
    #[must_use]
    pub fn with_headers(self, headers: &'static str) -> Self {
        Self { headers, ..self }
    }
}

/// Answers the requests of one connection until it ends.
fn converse(client: &TcpStream, answer: &impl Fn(&Request) -> Answer) -> io::Result<()> {
    let server = client.local_addr()?;
    let mut reader = BufReader::new(client.try_clone()?);
    let mut writer = client;
    loop {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if reader.read_line(&mut head)? == 0 {
                return Ok(());
            }
        }
        let lower = head.to_lowercase();
        let mut lines = lower.lines();
        let length = lines.find_map(|line| line.strip_prefix("content-length:"));
        let length = length.and_then(|length| length.trim().parse().ok());
        let mut body = vec![0; length.unwrap_or(0)];
        reader.read_exact(&mut body)?;
        let request = Request { head, body, server };
        let answer = answer(&request);
        write!(
            writer,
            "HTTP/1.1 {}\r\n{}Content-Length: {}\r\n\r\n",
            answer.status,
            answer.headers,
            answer.body.len()
        )?;
        if request.method() != "HEAD" {
            writer.write_all(&answer.body)?;
        }
    }
}
