//! gzip in members cut at content-defined row boundaries.
//!
//! A gzip file may be several gzip files one after the other; every reader takes them as one. Here
//! each member holds some 256 KiB of whole rows, and where a member ends is decided by the rows
//! themselves. So when rows are added, removed or changed, the members before and after stay
//! byte for byte what they were, and storing or sending the next version of a dump costs what has
//! changed. Members are compressed on all cores; the bytes are the same at any number of threads and
//! on every system.
//!
//! A row can say that a section of the text begins with it. A member then begins there, too, and says so in its header, so
//! that a reader finds the section in the file without unpacking what stands before.
//!
//! `docs/dump-format.md` specifies the format. What the bytes depend on (the hash of a row, the limits,
//! the encoder and its level) is frozen: a change gives every dump of every team new bytes.

mod cut;
mod fold;
mod frozen;
mod pool;
mod section;
mod writer;

pub use fold::{Folder, Unfolded, expand, fold, squeeze, unfold};
pub use frozen::{HEADER as MEMBER_HEADER, compress};
pub use pool::WorkerPool;
pub use writer::{MemberWriter, Start};
