//! The loop: one session with git-lfs, from `init` to `terminate`.
//!
//! It is a state machine of two states, before and after `init`. The states are kept apart because the answers differ: a
//! refusal of `init` has no event name and ends the session, a failed object is a `complete` with an error and the next
//! object goes on.

use std::io::{self, BufRead, Write};

use crate::line::read_line;
use crate::message::{Failure, Object, Request, Response, Session, parse};

/// The code of a failure that is git-lfs's doing: a message that can't be served.
const BAD_REQUEST: u32 = 2;

/// Moves objects. The protocol loop calls it; what it moves them to and from is its own affair.
pub trait Transfer {
    /// Called once, before any object. A failure refuses the session: git-lfs then stops with its message.
    fn begin(&mut self, session: &Session) -> Result<(), Failure>;

    /// Stores the object whose content is in the file `path`.
    fn upload(
        &mut self,
        object: &Object,
        path: &str,
        progress: &mut dyn Progress,
    ) -> Result<(), Failure>;

    /// Fetches an object and returns the absolute path of a file that git-lfs may hash and then rename.
    fn download(&mut self, object: &Object, progress: &mut dyn Progress)
    -> Result<String, Failure>;
}

/// Tells git-lfs, and so the user, how far an object is.
pub trait Progress {
    /// `bytes` of the object are through, counted from its beginning. May be called as often as one likes: a count that
    /// isn't above the last one sends nothing.
    ///
    /// # Errors
    /// [`Disconnected`] when git-lfs is gone; the transfer should then end, since nobody waits for it.
    fn report(&mut self, bytes: u64) -> Result<(), Disconnected>;
}

/// git-lfs no longer reads: it was killed or gave up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("git-lfs stopped listening")]
pub struct Disconnected;

/// How a session came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// git-lfs said `terminate`.
    Terminated,
    /// The input ended, or the output was closed, without a `terminate`: git-lfs gave up or died.
    Aborted,
    /// `init` was refused and git-lfs told why.
    Refused,
}

/// Why a session could not be held.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The pipes failed.
    #[error("the connection with git-lfs failed: {0}")]
    Io(#[from] io::Error),
    /// git-lfs said something that can't be answered.
    #[error("{0}")]
    Protocol(String),
}

/// Holds one session: reads requests from `reader`, has `transfer` serve them, and writes answers to `writer`.
///
/// # Errors
/// [`ServeError::Io`] when a pipe fails other than by being closed; [`ServeError::Protocol`] when git-lfs sends a message
/// that has no oid to answer to, or its messages in an impossible order.
pub fn serve(
    mut reader: impl BufRead,
    mut writer: impl Write,
    transfer: &mut dyn Transfer,
) -> Result<Ending, ServeError> {
    match converse(&mut reader, &mut writer, transfer) {
        // git-lfs closes our stdout right after `terminate` and when it is killed: nothing that anyone could act on.
        Err(ServeError::Io(error)) if error.kind() == io::ErrorKind::BrokenPipe => {
            Ok(Ending::Aborted)
        }
        ending => ending,
    }
}

fn converse(
    reader: &mut impl BufRead,
    writer: &mut impl Write,
    transfer: &mut dyn Transfer,
) -> Result<Ending, ServeError> {
    let mut line = Vec::new();
    if !read_line(reader, &mut line)? {
        return Ok(Ending::Aborted);
    }
    if let Err(failure) = open(&line, transfer) {
        send(writer, &Response::Refused { error: &failure })?;
        return Ok(Ending::Refused);
    }
    send(writer, &Response::Ready {})?;

    while read_line(reader, &mut line)? {
        match parse(&line) {
            Request::Terminate => return Ok(Ending::Terminated),
            Request::Upload { object, path } => {
                let mut reporter = Reporter::new(writer, &object);
                let outcome = transfer.upload(&object, &path, &mut reporter);
                reporter.finish()?;
                complete(writer, &object.oid, None, outcome.err().as_ref())?;
            }
            Request::Download { object } => {
                let mut reporter = Reporter::new(writer, &object);
                let outcome = transfer.download(&object, &mut reporter);
                reporter.finish()?;
                match outcome {
                    Ok(path) => complete(writer, &object.oid, Some(&path), None)?,
                    Err(failure) => complete(writer, &object.oid, None, Some(&failure))?,
                }
            }
            Request::Unusable {
                oid: Some(oid),
                reason,
            } => {
                complete(writer, &oid, None, Some(&Failure::new(BAD_REQUEST, reason)))?;
            }
            Request::Unusable { oid: None, reason } => return Err(ServeError::Protocol(reason)),
            Request::Init(_) => {
                return Err(ServeError::Protocol(
                    "git-lfs sent a second `init`".to_owned(),
                ));
            }
        }
    }
    Ok(Ending::Aborted)
}

/// The first message must be an `init` that the transfer accepts.
fn open(line: &[u8], transfer: &mut dyn Transfer) -> Result<(), Failure> {
    match parse(line) {
        Request::Init(session) => transfer.begin(&session),
        Request::Unusable { reason, .. } => Err(Failure::new(BAD_REQUEST, reason)),
        Request::Upload { .. } | Request::Download { .. } | Request::Terminate => {
            Err(Failure::new(
                BAD_REQUEST,
                "git-lfs sent no `init` before its first request",
            ))
        }
    }
}

fn complete(
    writer: &mut impl Write,
    oid: &str,
    path: Option<&str>,
    error: Option<&Failure>,
) -> io::Result<()> {
    send(
        writer,
        &Response::Complete {
            event: "complete",
            oid,
            path,
            error,
        },
    )
}

/// Writes one line in one call and flushes it, since git-lfs waits for each.
fn send(writer: &mut impl Write, response: &Response<'_>) -> io::Result<()> {
    let mut line = serde_json::to_vec(response)?;
    line.push(b'\n');
    writer.write_all(&line)?;
    writer.flush()
}

/// Turns byte counts into progress messages of one object.
struct Reporter<'a, W: Write> {
    writer: &'a mut W,
    oid: &'a str,
    size: u64,
    reported: u64,
    failure: Option<io::Error>,
}

impl<'a, W: Write> Reporter<'a, W> {
    fn new(writer: &'a mut W, object: &'a Object) -> Self {
        Self {
            writer,
            oid: &object.oid,
            size: object.size,
            reported: 0,
            failure: None,
        }
    }

    /// The pipe's failure, if a report met one: it ends the session whatever the transfer made of it.
    fn finish(self) -> io::Result<()> {
        self.failure.map_or(Ok(()), Err)
    }
}

impl<W: Write> Progress for Reporter<'_, W> {
    fn report(&mut self, bytes: u64) -> Result<(), Disconnected> {
        if self.failure.is_some() {
            return Err(Disconnected);
        }
        // More than the size would make git-lfs print more than 100 %.
        let bytes = bytes.min(self.size);
        if bytes <= self.reported {
            return Ok(());
        }
        let response = Response::Progress {
            event: "progress",
            oid: self.oid,
            bytes_so_far: bytes,
            bytes_since_last: bytes - self.reported,
        };
        self.reported = bytes;
        send(self.writer, &response).map_err(|error| {
            self.failure = Some(error);
            Disconnected
        })
    }
}
