//! `get`: one dump out of a store, for who has no clone of the repository: another project's job, a script, a machine
//! without git-lfs.
//!
//! A version that is stored whole could be had with any S3 tool; one that is stored as a recipe can't, and a caller
//! shouldn't have to know which it is. As in `mirror`, the store is named by whoever types the command.

use std::fs::{self, File};
use std::io::{self, IsTerminal, Read, Write};
use std::path::Path;
use std::time::Duration;

use dump_store::{Item, Meter, Oid, S3Store, Transfers};
use tokio::runtime::Runtime;

use crate::agent;
use crate::cli::GetArguments;
use crate::error::AgentError;
use crate::mirror;
use crate::output::human;
use crate::pointer::{self, Pointer};

/// The name of standard input as a pointer, and of standard output as a file.
const STANDARD_STREAM: &str = "-";

/// How often a terminal is told how far the dump is. The first time is after as long, so what is quick says nothing.
const REPORT_INTERVAL: Duration = Duration::from_millis(500);

/// Fetches the dump and writes it where it is wanted.
pub(crate) fn get(arguments: &GetArguments, quiet: bool) -> Result<(), AgentError> {
    let wanted = Wanted::read(&arguments.dump)?;
    let transfers = mirror::open(&arguments.from, 1)?;
    let runtime = agent::runtime()?;
    let pointer = wanted.pointer(&runtime, &transfers, &arguments.from)?;
    let fetched = fetch(
        &runtime,
        &transfers,
        &pointer,
        !quiet && io::stderr().is_terminal(),
    )?;
    let written = hand_out(&fetched, &arguments.output);
    // It is the caller's now. What can't be deleted is swept in some days.
    let _ = fs::remove_file(&fetched);
    transfers.sweep();
    written
}

/// What the command line names.
enum Wanted {
    Oid(Oid),
    Pointer(Pointer),
}

impl Wanted {
    /// An oid, or the pointer in a file or on standard input.
    fn read(text: &str) -> Result<Self, AgentError> {
        if let Ok(oid) = text.parse() {
            return Ok(Self::Oid(oid));
        }
        let path = Path::new(text);
        let wrong = |error| AgentError::file("read", path, error);
        let mut content = Vec::new();
        let most = pointer::LARGEST + 1;
        if text == STANDARD_STREAM {
            io::stdin().lock().take(most).read_to_end(&mut content)
        } else {
            let file = File::open(path).map_err(|error| match error.kind() {
                io::ErrorKind::NotFound => AgentError::NoSuchDump {
                    name: text.to_owned(),
                },
                _ => wrong(error),
            })?;
            file.take(most).read_to_end(&mut content)
        }
        .map_err(wrong)?;
        Pointer::parse(&content)
            .map(Self::Pointer)
            .ok_or_else(|| AgentError::NotAPointer {
                name: text.to_owned(),
            })
    }

    /// The pointer; of an oid alone the store knows the size.
    fn pointer(
        self,
        runtime: &Runtime,
        transfers: &Transfers<S3Store>,
        store: &str,
    ) -> Result<Pointer, AgentError> {
        let oid = match self {
            Self::Pointer(pointer) => return Ok(pointer),
            Self::Oid(oid) => oid,
        };
        let wrong = |error| AgentError::Transfer {
            verb: "find",
            oid: oid.to_hex(),
            error,
        };
        let whole = runtime.block_on(transfers.stored(&Item::object(oid)));
        if let Some(info) = whole.map_err(wrong)? {
            return Ok(Pointer {
                oid,
                size: info.size,
            });
        }
        let recipe = runtime.block_on(transfers.recipe(&oid)).map_err(wrong)?;
        match recipe {
            Some(recipe) => Ok(Pointer {
                oid,
                size: recipe.size(),
            }),
            None => Err(AgentError::NotStored {
                oid: oid.to_hex(),
                store: store.to_owned(),
            }),
        }
    }
}

/// Fetches into the workspace; a call that was broken off goes on where it was.
fn fetch(
    runtime: &Runtime,
    transfers: &Transfers<S3Store>,
    pointer: &Pointer,
    report: bool,
) -> Result<std::path::PathBuf, AgentError> {
    let meter = Meter::new();
    runtime.block_on(async {
        let download = Box::pin(transfers.download(&pointer.oid, pointer.size, &meter));
        tokio::pin!(download);
        let begun = tokio::time::Instant::now() + REPORT_INTERVAL;
        let mut ticks = tokio::time::interval_at(begun, REPORT_INTERVAL);
        let mut shown = false;
        let fetched = loop {
            tokio::select! {
                fetched = &mut download => break fetched,
                _ = ticks.tick(), if report => {
                    shown = true;
                    tell(&format!("{} of {}", human(meter.bytes()), human(pointer.size)));
                }
            }
        };
        if shown {
            tell("");
        }
        fetched.map_err(|error| AgentError::Transfer {
            verb: "fetch",
            oid: pointer.oid.to_hex(),
            error,
        })
    })
}

/// Writes over the terminal's line.
fn tell(text: &str) {
    let mut stderr = io::stderr().lock();
    let _ = write!(stderr, "\r{text}\x1b[K");
    let _ = stderr.flush();
}

/// Puts the whole dump in its place at once, or on standard output.
fn hand_out(fetched: &Path, output: &Path) -> Result<(), AgentError> {
    let mut source =
        File::open(fetched).map_err(|error| AgentError::file("read", fetched, error))?;
    if output == Path::new(STANDARD_STREAM) {
        let mut stdout = io::stdout().lock();
        let copied = io::copy(&mut source, &mut stdout).and_then(|_| stdout.flush());
        return copied.map_err(AgentError::Show);
    }
    // The workspace may be on another file system, from where nothing can be renamed.
    let directory = output
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let mut write = || {
        let mut file = tempfile::Builder::new();
        let mut file = readable_by_all(&mut file).tempfile_in(directory)?;
        io::copy(&mut source, &mut file)?;
        file.as_file().sync_all()?;
        file.persist(output)?;
        Ok(())
    };
    write().map_err(|error| AgentError::file("write", output, error))
}

/// As a plain new file would be, after the process's mask: a container's user may have to read it.
fn readable_by_all<'a, 'b>(
    builder: &'b mut tempfile::Builder<'a, 'a>,
) -> &'b mut tempfile::Builder<'a, 'a> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o666))
    }
    #[cfg(not(unix))]
    builder
}
