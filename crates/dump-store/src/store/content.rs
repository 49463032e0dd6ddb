//! Bytes on their way: content that is sent, and bodies that arrive.

use std::collections::VecDeque;
use std::fs::File;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use aws_smithy_types::byte_stream::ByteStream;
use bytes::{Bytes, BytesMut};
use http_body::{Body, Frame, SizeHint};

use crate::meter::PartMeter;
use crate::store::causes::chain;
use crate::store::{ErrorKind, StoreError, Tag};
use crate::transfer::file::{BUFFER, read_exact_at};

/// What a request sends. Cheap to clone, so that a request can be made again.
#[derive(Debug, Clone)]
pub struct Content {
    source: Source,
    meter: PartMeter,
}

#[derive(Debug, Clone)]
enum Source {
    Memory(Bytes),
    File {
        file: Arc<File>,
        offset: u64,
        length: u64,
    },
}

impl Content {
    /// These bytes.
    pub fn from_bytes(bytes: impl Into<Bytes>) -> Self {
        Self {
            source: Source::Memory(bytes.into()),
            meter: PartMeter::default(),
        }
    }

    /// `length` bytes of `file` from `offset` on, read while they are sent.
    pub fn from_file(file: Arc<File>, offset: u64, length: u64) -> Self {
        Self {
            source: Source::File {
                file,
                offset,
                length,
            },
            meter: PartMeter::default(),
        }
    }

    pub(crate) fn metered(self, meter: PartMeter) -> Self {
        Self { meter, ..self }
    }

    /// How many bytes there are.
    pub fn length(&self) -> u64 {
        match &self.source {
            Source::Memory(bytes) => bytes.len() as u64,
            Source::File { length, .. } => *length,
        }
    }

    /// All bytes at once, for stores that keep them in memory.
    ///
    /// # Errors
    /// What reading the file gives.
    pub fn read(&self) -> std::io::Result<Bytes> {
        match &self.source {
            Source::Memory(bytes) => Ok(bytes.clone()),
            Source::File {
                file,
                offset,
                length,
            } => {
                let mut bytes = vec![0; usize::try_from(*length).map_err(std::io::Error::other)?];
                read_exact_at(file, &mut bytes, *offset)?;
                Ok(bytes.into())
            }
        }
    }

    pub(crate) fn meter(&self) -> &PartMeter {
        &self.meter
    }

    /// The content as the body of a request.
    pub(crate) fn into_body(self) -> ContentBody {
        ContentBody {
            content: self,
            sent: 0,
            buffers: Buffers::default(),
        }
    }
}

/// The body of a request: reads a buffer's worth of content whenever the connection wants more.
///
/// Reads are made where the connection is driven. They come from the page cache, where the hash has just put them, and
/// handing each to another thread would cost more than it does.
#[derive(Debug)]
pub(crate) struct ContentBody {
    content: Content,
    sent: u64,
    buffers: Buffers,
}

/// Buffers that go round: the connection drops its handle on one when it is sent, and then it is filled again. Asking the
/// system for new ones costs more than reading the file does.
#[derive(Debug, Default)]
struct Buffers(VecDeque<Bytes>);

impl Buffers {
    /// The buffer that was given out first, if the connection has done with it; otherwise a new one.
    fn take(&mut self) -> BytesMut {
        let free = self.0.front().is_some_and(Bytes::is_unique);
        let oldest = if free { self.0.pop_front() } else { None };
        oldest
            .and_then(|buffer| buffer.try_into_mut().ok())
            .unwrap_or_else(|| BytesMut::zeroed(BUFFER))
    }

    /// Gives the first `length` bytes of a buffer out. All of it comes back with them.
    fn give(&mut self, buffer: BytesMut, length: usize) -> Bytes {
        let whole = buffer.freeze();
        let given = whole.slice(..length);
        self.0.push_back(whole);
        given
    }
}

/// The file that a body is made of can't be read.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct LocalReadError(std::io::Error);

impl Body for ContentBody {
    type Data = Bytes;
    type Error = LocalReadError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, LocalReadError>>> {
        let body = &mut *self;
        let left = body.content.length() - body.sent;
        if left == 0 {
            return Poll::Ready(None);
        }
        let step = usize::try_from(left).unwrap_or(usize::MAX).min(BUFFER);
        let start = body.sent;
        let bytes = match &body.content.source {
            Source::Memory(bytes) => {
                let start = usize::try_from(start).unwrap_or(usize::MAX);
                Ok(bytes.slice(start..start + step))
            }
            Source::File { file, offset, .. } => {
                let mut buffer = body.buffers.take();
                read_exact_at(file, &mut buffer[..step], offset + start)
                    .map(|()| body.buffers.give(buffer, step))
            }
        };
        if bytes.is_ok() {
            body.sent += step as u64;
            body.content.meter.add(step as u64);
        }
        Poll::Ready(Some(bytes.map(Frame::data).map_err(LocalReadError)))
    }

    fn is_end_stream(&self) -> bool {
        self.sent == self.content.length()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.content.length() - self.sent)
    }
}

/// What a store answers to a request for a range of an object.
#[derive(Debug)]
pub struct ObjectBody {
    total: u64,
    tag: Option<Tag>,
    stream: Stream,
}

#[derive(Debug)]
enum Stream {
    Memory(Vec<Bytes>, Option<StoreError>),
    Network(ByteStream),
}

impl ObjectBody {
    /// A body of these chunks, of an object of `total` bytes, which ends with `failure` if there is one.
    pub(crate) fn from_chunks(
        total: u64,
        mut chunks: Vec<Bytes>,
        failure: Option<StoreError>,
    ) -> Self {
        chunks.reverse();
        Self {
            total,
            tag: None,
            stream: Stream::Memory(chunks, failure),
        }
    }

    /// A body that arrives over a connection.
    pub(crate) fn from_stream(total: u64, stream: ByteStream) -> Self {
        Self {
            total,
            tag: None,
            stream: Stream::Network(stream),
        }
    }

    /// The same, of an object with this tag.
    pub(crate) fn tagged(self, tag: Option<Tag>) -> Self {
        Self { tag, ..self }
    }

    /// The tag of the whole object's content, if the store said one.
    pub fn tag(&self) -> Option<&Tag> {
        self.tag.as_ref()
    }

    /// The size of the whole object in bytes, of which this body is a range.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// The next bytes, or `None` at the end.
    ///
    /// # Errors
    /// [`ErrorKind::Connection`] when the connection breaks.
    pub async fn next(&mut self) -> Result<Option<Bytes>, StoreError> {
        match &mut self.stream {
            Stream::Memory(chunks, failure) => match chunks.pop() {
                Some(chunk) => Ok(Some(chunk)),
                None => failure.take().map_or(Ok(None), Err),
            },
            Stream::Network(stream) => stream
                .try_next()
                .await
                .map_err(|error| StoreError::new(ErrorKind::Connection, chain(&error))),
        }
    }

    /// All of it at once. For small objects and tests.
    ///
    /// # Errors
    /// As [`Self::next`].
    pub async fn collect(mut self) -> Result<Vec<u8>, StoreError> {
        let mut all = Vec::new();
        while let Some(chunk) = self.next().await? {
            all.extend_from_slice(&chunk);
        }
        Ok(all)
    }
}
