//! One direction of one connection: bytes leave it in order, as late and as slowly as the network's shape says.

use std::io::Write as _;
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use socket2::SockRef;

use super::Shaping;

/// Pieces that may be on their way at once: enough for 60 MB/s over 30 ms, little enough to push back on a sender.
const PIECES: usize = 256;

/// What the other side of a connection has gone, or the proxy has closed it.
#[derive(Debug)]
pub(super) struct Gone;

/// Writes to one end of a connection, and counts the bytes.
#[derive(Debug, Clone)]
pub(super) struct Lane {
    way: Way,
    carried: Arc<AtomicU64>,
}

/// How bytes get there.
#[derive(Debug, Clone)]
enum Way {
    /// At once.
    Direct(Arc<TcpStream>),
    /// Through a thread that waits until each piece is due.
    Shaped {
        /// The thread's queue.
        queue: SyncSender<(Instant, Piece)>,
        /// The shape.
        shaping: Shaping,
        /// When the line is free again.
        free: Arc<std::sync::Mutex<Instant>>,
    },
}

/// What travels.
#[derive(Debug)]
pub(super) enum Piece {
    /// Bytes of messages.
    Bytes(Vec<u8>),
    /// The end in good order.
    Finish,
    /// The end in disorder.
    Reset,
}

impl Lane {
    /// A lane to this end; what it carries is added to `carried`.
    pub(super) fn to(stream: &Arc<TcpStream>, shaping: Shaping, carried: &Arc<AtomicU64>) -> Self {
        let carried = Arc::clone(carried);
        if shaping == Shaping::default() {
            let way = Way::Direct(Arc::clone(stream));
            return Self { way, carried };
        }
        let (queue, pieces) = sync_channel(PIECES);
        let stream = Arc::clone(stream);
        thread::spawn(move || deliver(&stream, &pieces));
        let free = Arc::new(std::sync::Mutex::new(Instant::now()));
        let way = Way::Shaped {
            queue,
            shaping,
            free,
        };
        Self { way, carried }
    }

    /// Sends bytes.
    pub(super) fn send(&self, bytes: &[u8]) -> Result<(), Gone> {
        self.carried
            .fetch_add(bytes.len() as u64, Ordering::Relaxed);
        self.carry(Piece::Bytes(bytes.to_vec()), bytes.len())
    }

    /// Closes this end in good order, after what was sent.
    pub(super) fn finish(&self) -> Result<(), Gone> {
        self.carry(Piece::Finish, 0)
    }

    /// Resets this end, after what was sent.
    pub(super) fn reset(&self) -> Result<(), Gone> {
        self.carry(Piece::Reset, 0)
    }

    fn carry(&self, piece: Piece, length: usize) -> Result<(), Gone> {
        match &self.way {
            Way::Direct(stream) => put(stream, &piece),
            Way::Shaped {
                queue,
                shaping,
                free,
            } => {
                let mut free = free
                    .lock()
                    .unwrap_or_else(std::sync::PoisonError::into_inner);
                let busy = shaping.bytes_per_second.map_or(Duration::ZERO, |rate| {
                    Duration::from_nanos(
                        u64::try_from(length)
                            .unwrap_or(u64::MAX)
                            .saturating_mul(1_000_000_000)
                            / rate,
                    )
                });
                *free = (*free).max(Instant::now()) + busy;
                queue.send((*free + shaping.delay, piece)).map_err(|_| Gone)
            }
        }
    }
}

fn deliver(stream: &TcpStream, pieces: &Receiver<(Instant, Piece)>) {
    for (due, piece) in pieces {
        thread::sleep(due.saturating_duration_since(Instant::now()));
        if put(stream, &piece).is_err() {
            // The reader of the other end must learn of it too, or it would wait for ever.
            let _ = stream.shutdown(Shutdown::Both);
            return;
        }
    }
}

fn put(mut stream: &TcpStream, piece: &Piece) -> Result<(), Gone> {
    match piece {
        Piece::Bytes(bytes) => stream.write_all(bytes).map_err(|_| Gone),
        Piece::Finish => stream.shutdown(Shutdown::Write).map_err(|_| Gone),
        Piece::Reset => {
            // With nothing to linger for, the kernel sends a reset when the last user of the socket has closed it;
            // shutting down only the reading side wakes that user without sending a regular end before.
            let _ = SockRef::from(stream).set_linger(Some(Duration::ZERO));
            let _ = stream.shutdown(Shutdown::Read);
            Err(Gone)
        }
    }
}
