//! What is in the dump: read from it, or where only its LFS pointer lies, from what an earlier run kept beside the pages.
//!
//! A clone in CI has the pointer and no bucket, and the pages must be checked there all the same. So what the dump says
//! is a file of its own in git, with the dump's SHA-256, and the pages are made of it. As long as the pointer names the
//! same dump, nothing else is needed.

use super::output::Folder;
use command_line::Failure;
use dump_values::{TableValues, Values};
use project_files::{Project, plain_reason};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, ErrorKind, Read, Write as _};
use std::path::Path;
use std::sync::{Mutex, mpsc};

/// The file beside the pages that keeps what the dump says.
pub(crate) const VALUES_FILE: &str = "values.json";

/// How it begins.
pub(crate) const VALUES_MARK: &[u8] = b"{\"dump\":";

/// What is known of the dump.
#[derive(Debug)]
pub(crate) enum Found {
    /// There is no dump, or nobody wants its rows.
    None,
    /// What a dump says.
    Values(Box<Kept>),
}

/// The file's content.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Kept {
    /// The dump's path.
    dump: String,
    /// Its SHA-256 in hexadecimal.
    sha256: String,
    #[serde(flatten)]
    values: Values,
}

impl Found {
    pub(crate) fn values(&self) -> Option<&Values> {
        match self {
            Self::None => None,
            Self::Values(kept) => Some(&kept.values),
        }
    }

    /// The text of the file: a table is a line, so that a difference shows which.
    pub(crate) fn file(&self) -> Option<String> {
        let Self::Values(kept) = self else {
            return None;
        };
        let json = |value: &str| serde_json::to_string(value).unwrap_or_default();
        let mut text = format!(
            "{{\"dump\":{},\"sha256\":{},\"tables\":[",
            json(&kept.dump),
            json(&kept.sha256)
        );
        for (position, table) in kept.values.tables.iter().enumerate() {
            text.push_str(if position == 0 { "\n" } else { ",\n" });
            text.push_str(&line(table));
        }
        text.push_str("\n]}\n");
        Some(text)
    }
}

fn line(table: &TableValues) -> String {
    serde_json::to_string(table).unwrap_or_default()
}

/// The dump where nobody names one.
const USUAL_DUMP: &str = "dumps/02_dummy.sql.gz";

/// Finds out what the dump says: the one that was named, which must be there, or the usual one, if it is.
pub(crate) fn find(
    project: &Project,
    named: Option<&Path>,
    folder: &Folder<'_>,
    check: bool,
) -> Result<Found, Failure> {
    let path = project.resolve(named.unwrap_or(Path::new(USUAL_DUMP)));
    let name = project.display(&path);
    let unreadable = |error: &io::Error| {
        Failure::outside(format!("can't read `{name}`: {}", plain_reason(error)))
    };
    let length = match std::fs::metadata(&path) {
        Ok(metadata) if metadata.is_file() => metadata.len(),
        Ok(_) => return Err(Failure::input(format!("`{name}` isn't a file"))),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let Some(named) = named else {
                return Ok(Found::None);
            };
            return Err(
                Failure::input(format!("can't read `{name}`: there is no such file"))
                    .hint("name the dump whose rows shall be shown; `--no-rows` makes the pages without")
                    .hint_instead(project.hint_for(named)),
            );
        }
        Err(error) => return Err(unreadable(&error)),
    };
    if length <= lfs_pointer::LARGEST {
        let content = std::fs::read(&path).map_err(|error| unreadable(&error))?;
        if let Some(pointer) = lfs_pointer::Pointer::parse(&content) {
            return kept(project, &name, &pointer.sha256, folder, check);
        }
    }
    let (values, hash) = read_hashed(&path).map_err(|error| match error.kind() {
        ErrorKind::InvalidData | ErrorKind::UnexpectedEof | ErrorKind::Other => {
            Failure::input(format!("`{name}` can't be read as a dump: {error}"))
                .hint("`--no-rows` makes the pages without it")
        }
        _ => unreadable(&error),
    })?;
    if values.tables.is_empty() && !check {
        let text = format!(
            "note: no rows were found in `{name}`: those in COPY blocks and INSERT statements are seen\n"
        );
        // A note that nobody can read must not stop the work.
        let _ = io::stderr().lock().write_all(text.as_bytes());
    }
    Ok(Found::Values(Box::new(Kept {
        dump: name,
        sha256: hexadecimal(&hash),
        values,
    })))
}

/// What an earlier run kept of the dump that a pointer names.
fn kept(
    project: &Project,
    dump: &str,
    sha256: &str,
    folder: &Folder<'_>,
    check: bool,
) -> Result<Found, Failure> {
    let path = folder.file(VALUES_FILE);
    let name = project.display(&path);
    let missing = |why: String| {
        let failure = if check {
            Failure::check(why)
        } else {
            Failure::input(why)
        };
        failure.hint("`git lfs pull` brings the dump, then run it again; `--no-rows` makes the pages without rows")
    };
    let text = match std::fs::read(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Err(missing(format!(
                "`{dump}` is an LFS pointer, and `{name}`, which keeps what is in the dump, isn't there"
            )));
        }
        Err(error) => {
            let reason = plain_reason(&error);
            return Err(Failure::outside(format!("can't read `{name}`: {reason}")));
        }
    };
    let kept: Kept = serde_json::from_slice(&text).map_err(|error| {
        missing(format!(
            "`{name}` isn't what `gen-schema docs` writes: {error}"
        ))
    })?;
    if kept.sha256 != sha256 {
        return Err(missing(format!(
            "`{dump}` is an LFS pointer to another dump than the one that `{name}` was made from"
        )));
    }
    Ok(Found::Values(Box::new(kept)))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Bytes that are read from disk at once, and how many such pieces may wait.
const PIECE: usize = 1 << 20;
const WAITING: usize = 4;

/// Reads a dump, and the SHA-256 of its bytes. Reading from disk and hashing take a thread of their own, since what is
/// done with the rows takes about as long.
fn read_hashed(path: &Path) -> io::Result<(Values, Vec<u8>)> {
    let mut file = File::open(path)?;
    let (sender, receiver) = mpsc::sync_channel::<io::Result<Vec<u8>>>(WAITING);
    // Pieces that were read come back: memory that one thread takes and another gives away piles up.
    let (giver, returned) = mpsc::channel::<Vec<u8>>();
    std::thread::scope(|scope| {
        let hashing = scope.spawn(move || {
            let mut hash = Sha256::new();
            let mut is_wanted = true;
            loop {
                let mut piece = returned.try_recv().unwrap_or_default();
                piece.clear();
                piece.reserve(PIECE);
                let read = Read::take(&mut file, PIECE as u64).read_to_end(&mut piece);
                hash.update(&piece);
                let is_last = matches!(read, Ok(0) | Err(_));
                // Who reads may have seen enough; the hash is of all bytes.
                is_wanted = is_wanted && sender.send(read.map(|_| piece)).is_ok();
                if is_last {
                    return hash.finalize().to_vec();
                }
            }
        });
        let source = Pieces(Mutex::new(Some((receiver, giver))));
        let values = dump_values::read(&source);
        drop(source);
        let hash = hashing
            .join()
            .map_err(|_| io::Error::other("the thread that reads the file ended"))?;
        Ok((values?, hash))
    })
}

/// Where pieces come from, and where they go back to.
type Channels = (mpsc::Receiver<io::Result<Vec<u8>>>, mpsc::Sender<Vec<u8>>);

/// The pieces of a file, once.
struct Pieces(Mutex<Option<Channels>>);

impl dump_text::Source for Pieces {
    fn open(&self) -> io::Result<Box<dyn Read + Send>> {
        let channels = self.0.lock().ok().and_then(|mut pieces| pieces.take());
        let (receiver, giver) =
            channels.ok_or_else(|| io::Error::other("the dump is read once"))?;
        Ok(Box::new(PieceReader {
            receiver,
            giver,
            piece: io::Cursor::new(Vec::new()),
        }))
    }
}

struct PieceReader {
    receiver: mpsc::Receiver<io::Result<Vec<u8>>>,
    giver: mpsc::Sender<Vec<u8>>,
    piece: io::Cursor<Vec<u8>>,
}

impl Read for PieceReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let count = self.piece.read(buffer)?;
            if count > 0 {
                return Ok(count);
            }
            let next = match self.receiver.recv() {
                Ok(Ok(piece)) if piece.is_empty() => return Ok(0),
                Ok(piece) => io::Cursor::new(piece?),
                Err(_) => return Ok(0),
            };
            let read = std::mem::replace(&mut self.piece, next).into_inner();
            // Nobody takes it back behind the file's end.
            let _ = self.giver.send(read);
        }
    }
}
