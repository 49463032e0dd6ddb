//! The protocol between git-lfs and a standalone custom transfer agent.
//!
//! git-lfs starts the agent and speaks JSON to it, one message a line: an `init`, then one `upload` or `download` at a
//! time, then `terminate`. This crate knows the messages, their order and nothing else: it reads any [`BufRead`], writes
//! any [`Write`] and hands the objects to any [`Transfer`]. It opens no file, reads no configuration and knows no S3, so
//! everything in it can be tested with strings.
//!
//! The rules are those of git-lfs's `docs/custom-transfers.md` and, where that is silent, of what git-lfs 3.3 to 3.7 do:
//! * exactly one object is in flight, and each answer must name its oid;
//! * `action` is null, because there is no LFS server;
//! * the first progress with a byte count above zero lets git-lfs's other workers begin;
//! * after `terminate` both pipes are closed at once, so nothing is answered to it;
//! * the end of input without `terminate` means that git-lfs gave up or died.
//!
//! [`BufRead`]: std::io::BufRead
//! [`Write`]: std::io::Write

mod line;
mod message;
mod serve;

pub use message::{Failure, Object, Operation, Session};
pub use serve::{Disconnected, Ending, Progress, ServeError, Transfer, serve};
