//! Loading the files of `dumps/` through psql, as the container's script does: in the order of their names, each to its
//! end, an error ends all of it. What is read is counted, and the table that gets rows is known by its COPY.

use std::fs::File;
use std::io::{self, BufReader, ErrorKind, Read};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::PoisonError;
use std::thread;
use std::time::Duration;

use command_line::Failure;
use flate2::bufread::MultiGzDecoder;

use crate::dumps::{Dump, Dumps};
use crate::output::{Teller, human};
use crate::programs::cannot_start;
use crate::trouble::{Complaint, damaged};

/// How often who waits looks how far it is.
const LOOK: Duration = Duration::from_millis(50);

/// What is read at a time, in bytes.
const PIECE: usize = 256 * 1024;

/// How far a file is.
#[derive(Debug, Default)]
struct Way {
    /// Bytes of the file, as it is on disk.
    read: u64,
    /// The table whose rows are on their way.
    table: String,
    ended: bool,
}

/// Loads all files with what `connect` starts: a psql that waits for a script on its standard input.
pub(crate) fn load(
    dumps: &Dumps,
    connect: &dyn Fn() -> Command,
    teller: &mut Teller,
) -> Result<(), Failure> {
    for dump in &dumps.files {
        load_one(dump, connect(), teller)?;
    }
    Ok(())
}

fn load_one(dump: &Dump, mut psql: Command, teller: &mut Teller) -> Result<(), Failure> {
    let file = File::open(&dump.path)
        .map_err(|error| Failure::outside(format!("can't read `{}`: {error}", dump.shown())))?;
    psql.arg("--file=-")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    let mut child = psql.spawn().map_err(|error| cannot_start(&psql, &error))?;
    let (Some(mut input), Some(mut errors)) = (child.stdin.take(), child.stderr.take()) else {
        return Err(Failure::outside("psql has no input"));
    };
    let way = Mutex::new(Way::default());
    let (fed, said) = thread::scope(|scope| {
        let feeder = scope.spawn(|| {
            let fed = feed(file, dump.is_gzip(), &mut input, &way);
            drop(input);
            lock(&way).ended = true;
            fed
        });
        let reader = scope.spawn(move || {
            let mut said = Vec::new();
            errors.read_to_end(&mut said).map(|_| said)
        });
        while !reader.is_finished() {
            teller.progress(|| shown(dump, &lock(&way)));
            thread::sleep(LOOK);
        }
        (feeder.join(), reader.join())
    });
    teller.clear();
    let status = child
        .wait()
        .map_err(|error| Failure::outside(format!("psql broke off: {error}")))?;
    let said = said.ok().and_then(Result::ok).unwrap_or_default();
    let said = String::from_utf8_lossy(&said).into_owned();
    // What psql says of half a text is of no interest.
    if let Ok(Err(Broken::Reading(error))) = &fed {
        return Err(damaged(dump, &error.to_string()));
    }
    if !status.success() {
        if let Some(complaint) = Complaint::parse(&said) {
            return Err(complaint.failure(dump));
        }
        let last = said.trim().lines().next_back().unwrap_or("psql ended");
        return Err(
            Failure::outside(format!("{} doesn't load: {last}", dump.shown()))
                .hint("if the server has ended, its log says why"),
        );
    }
    match fed {
        Ok(Ok(())) => Ok(()),
        Ok(Err(Broken::Reading(error) | Broken::Writing(error))) => {
            Err(Failure::outside(format!("psql broke off: {error}")))
        }
        Err(_) => Err(Failure::outside("reading the dump broke off")),
    }
}

/// What feeding can end of.
enum Broken {
    Reading(io::Error),
    Writing(io::Error),
}

/// Hands a file's text to psql.
fn feed(
    file: File,
    is_gzip: bool,
    input: &mut impl io::Write,
    way: &Mutex<Way>,
) -> Result<(), Broken> {
    let counted = BufReader::with_capacity(PIECE, Counted { file, way });
    let mut text: Box<dyn Read> = if is_gzip {
        Box::new(MultiGzDecoder::new(counted))
    } else {
        Box::new(counted)
    };
    let mut piece = vec![0; PIECE];
    loop {
        let read = match text.read(&mut piece) {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(Broken::Reading(error)),
        };
        if let Some(table) = last_copy(&piece[..read]) {
            lock(way).table = table;
        }
        match input.write_all(&piece[..read]) {
            // psql stops reading at the first error, and says which.
            Err(error) if error.kind() == ErrorKind::BrokenPipe => return Ok(()),
            written => written.map_err(Broken::Writing)?,
        }
    }
    input.flush().map_err(Broken::Writing)
}

/// A file whose bytes are counted as they are read.
struct Counted<'a> {
    file: File,
    way: &'a Mutex<Way>,
}

impl Read for Counted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        lock(self.way).read += read as u64;
        Ok(read)
    }
}

/// The table of the last COPY that begins in a piece of text. For people who wait: a line that only looks like one harms
/// nobody, and one that is cut by the piece's end isn't missed.
fn last_copy(piece: &[u8]) -> Option<String> {
    let at = memchr::memmem::rfind(piece, b"\nCOPY ")?;
    let rest = &piece[at + "\nCOPY ".len()..];
    let end = memchr::memchr2(b' ', b'(', rest)?;
    Some(String::from_utf8_lossy(&rest[..end]).into_owned())
}

fn shown(dump: &Dump, way: &Way) -> String {
    let table = match (way.ended, way.table.as_str()) {
        (true, _) => ", indexes and keys".to_owned(),
        (false, "") => String::new(),
        (false, table) => format!(", table {table}"),
    };
    format!(
        "loading {}: {} of {}{table}",
        dump.shown(),
        human(way.read),
        human(dump.size)
    )
}

fn lock(way: &Mutex<Way>) -> std::sync::MutexGuard<'_, Way> {
    way.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::last_copy;

    #[test]
    fn the_table_of_the_last_copy_is_told() {
        let of = |text: &str| last_copy(text.as_bytes());
        assert_eq!(
            of("x\nCOPY a (id) FROM stdin;\n1\n\\.\n\nCOPY s.b FROM stdin;\n"),
            Some("s.b".to_owned())
        );
        assert_eq!(of("COPYING\n1\tCOPY x \n"), None);
    }
}
