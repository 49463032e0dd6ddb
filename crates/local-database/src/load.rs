//! Loading the files of `dumps/` through the server's client, as the container's script does: in the order of their names,
//! each to its end, an error ends all of it. What is read is counted, and the table that gets rows is known by its statement.

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
use crate::engine::Engine;
use crate::output::{Teller, human};
use crate::programs::cannot_start;
use crate::trouble::damaged;

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

/// Loads all files with what `connect` starts: a client that waits for a script on its standard input.
pub(crate) fn load(
    engine: &dyn Engine,
    dumps: &Dumps,
    connect: &dyn Fn() -> Command,
    teller: &mut Teller,
) -> Result<(), Failure> {
    for dump in &dumps.files {
        load_one(engine, dump, connect(), teller)?;
    }
    Ok(())
}

fn load_one(
    engine: &dyn Engine,
    dump: &Dump,
    mut client: Command,
    teller: &mut Teller,
) -> Result<(), Failure> {
    let file = File::open(&dump.path)
        .map_err(|error| Failure::outside(format!("can't read `{}`: {error}", dump.shown())))?;
    client
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    let mut child = client
        .spawn()
        .map_err(|error| cannot_start(&client, &error).hint(engine.client_hint()))?;
    let (Some(mut input), Some(mut errors)) = (child.stdin.take(), child.stderr.take()) else {
        return Err(Failure::outside("the client has no input"));
    };
    let way = Mutex::new(Way::default());
    let (fed, said) = thread::scope(|scope| {
        let feeder = scope.spawn(|| {
            let fed = feed(engine, file, dump.is_gzip(), &mut input, &way);
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
        .map_err(|error| Failure::outside(format!("the client broke off: {error}")))?;
    let said = said.ok().and_then(Result::ok).unwrap_or_default();
    let said = String::from_utf8_lossy(&said).into_owned();
    // What a server says of half a text is of no interest.
    if let Ok(Err(Broken::Reading(error))) = &fed {
        return Err(damaged(dump, &error.to_string()));
    }
    if !status.success() {
        if let Some(complaint) = engine.complaint(&said) {
            return Err(complaint.failure(dump));
        }
        let last = said
            .trim()
            .lines()
            .next_back()
            .unwrap_or("the client ended");
        return Err(
            Failure::outside(format!("{} doesn't load: {last}", dump.shown()))
                .hint("if the server has ended, its log says why"),
        );
    }
    match fed {
        Ok(Ok(())) => Ok(()),
        Ok(Err(Broken::Reading(error) | Broken::Writing(error))) => {
            Err(Failure::outside(format!("the client broke off: {error}")))
        }
        Err(_) => Err(Failure::outside("reading the dump broke off")),
    }
}

/// What feeding can end of.
enum Broken {
    Reading(io::Error),
    Writing(io::Error),
}

/// Hands a file's text to the client.
fn feed(
    engine: &dyn Engine,
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
        if let Some(table) = engine.fills(&piece[..read]) {
            lock(way).table = table;
        }
        match input.write_all(&piece[..read]) {
            // The client stops reading at the first error, and says which.
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
