//! `get`: one dump out of a store, for who has no clone of the repository: another project's job, a script, a machine
//! without git-lfs.
//!
//! A version that is stored whole could be had with any S3 tool; one that is stored as a recipe can't, and a caller
//! shouldn't have to know which it is. As in `mirror`, the store is named by whoever types the command; in a clone that has
//! one, it needn't be.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use dump_store::{ErrorKind, Item, Kind, Meter, Oid, S3Store, TransferError, Transfers};
use lfs_protocol::Operation;
use tokio::runtime::Runtime;

use crate::arguments::GetArguments;
use crate::error::AgentError;
use crate::git::pointer::{self, Pointer};
use crate::git::repository::Repository;
use crate::store;
use crate::store::configuration::Configuration;
use crate::store::remote_url::SCHEME;
use crate::store::tending::warn_of_unknown;
use crate::terminal::progress;

/// The name of standard input as a pointer, and of standard output as a file.
const STANDARD_STREAM: &str = "-";

/// Fetches the dump and writes it where it is wanted.
pub(crate) fn get(arguments: &GetArguments, quiet: bool) -> Result<(), AgentError> {
    let wanted = Wanted::read(&arguments.dump)?;
    let (transfers, name) = match &arguments.from {
        Some(url) => (store::at_url(url, 1)?, url.clone()),
        None => own_store(arguments.store.remote.as_deref())?,
    };
    let runtime = store::runtime()?;
    let pointer = wanted.pointer(&runtime, &transfers, &name)?;
    let fetched = fetch(&runtime, &transfers, &pointer, quiet)?;
    let written = hand_out(&fetched, &arguments.output);
    // It is the caller's now. What can't be deleted is swept in some days.
    let _ = fs::remove_file(&fetched);
    transfers.sweep();
    written
}

/// The store of the repository around, and its name for messages.
fn own_store(remote: Option<&str>) -> Result<(Transfers<S3Store>, String), AgentError> {
    let repository = Repository::discover().map_err(|error| match error {
        AgentError::NotARepository => AgentError::NoStoreNamed,
        error => error,
    })?;
    let remote = repository.chosen_remote(remote)?;
    let configuration = Configuration::resolve(&repository, Operation::Download, &remote)?;
    warn_of_unknown(&configuration);
    let url = configuration.url.to_string();
    let name = url.strip_prefix(SCHEME).unwrap_or(&url);
    let name = name.split('?').next().unwrap_or_default().to_owned();
    Ok((store::of_repository(&repository, configuration, 1), name))
}

/// What the command line names.
enum Wanted {
    Oid(Oid),
    /// The first digits of one, as `ls` shows them.
    Beginning(String),
    Pointer(Pointer),
}

impl Wanted {
    /// An oid, or the pointer in a file or on standard input.
    fn read(text: &str) -> Result<Self, AgentError> {
        if let Ok(oid) = text.parse() {
            return Ok(Self::Oid(oid));
        }
        let path = Path::new(text);
        if is_beginning(text) && !path.exists() {
            return Ok(Self::Beginning(text.to_owned()));
        }
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
            Self::Beginning(digits) => begun(&digits, runtime, transfers, store)?,
        };
        let wrong = |error| AgentError::Transfer {
            verb: "find",
            oid: oid.to_hex(),
            error,
        };
        let whole = runtime.block_on(transfers.stored(&Item::object(oid)));
        let refused = match whole {
            Ok(Some(info)) => {
                return Ok(Pointer {
                    oid,
                    size: info.size,
                });
            }
            Ok(None) => None,
            // Without the right to list, S3 says 403 for what isn't there.
            Err(TransferError::Store { address, error }) if *error.kind() == ErrorKind::Denied => {
                Some(wrong(TransferError::Store { address, error }))
            }
            Err(error) => return Err(wrong(error)),
        };
        let recipe = runtime.block_on(transfers.recipe(&oid)).map_err(wrong)?;
        match recipe {
            Some(recipe) => Ok(Pointer {
                oid,
                size: recipe.size(),
            }),
            None => Err(refused.unwrap_or_else(|| AgentError::NotStored {
                oid: oid.to_hex(),
                store: store.to_owned(),
            })),
        }
    }
}

/// Whether a text may be the first digits of an oid: so many of them that two dumps hardly share them.
fn is_beginning(text: &str) -> bool {
    let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    (7..64).contains(&text.len()) && text.bytes().all(is_digit)
}

/// The one oid in the store that begins with these digits.
fn begun(
    digits: &str,
    runtime: &Runtime,
    transfers: &Transfers<S3Store>,
    store: &str,
) -> Result<Oid, AgentError> {
    let inventory = runtime.block_on(transfers.inventory());
    let inventory = inventory.map_err(AgentError::store)?;
    let dumps = inventory
        .items
        .keys()
        .filter(|item| item.kind != Kind::Pack);
    let found: BTreeSet<Oid> = dumps
        .map(|item| item.oid)
        .filter(|oid| oid.to_hex().starts_with(digits))
        .collect();
    match found.iter().copied().collect::<Vec<_>>()[..] {
        [oid] => Ok(oid),
        [] => Err(AgentError::NotStored {
            oid: digits.to_owned(),
            store: store.to_owned(),
        }),
        _ => Err(AgentError::Ambiguous {
            digits: digits.to_owned(),
            dumps: found.len(),
        }),
    }
}

/// Fetches into the workspace; a call that was broken off goes on where it was.
fn fetch(
    runtime: &Runtime,
    transfers: &Transfers<S3Store>,
    pointer: &Pointer,
    quiet: bool,
) -> Result<PathBuf, AgentError> {
    let meter = Meter::new();
    let download = transfers.download(&pointer.oid, pointer.size, &meter);
    let download = progress::shown(quiet, pointer.size, || meter.bytes(), download);
    let fetched = runtime.block_on(Box::pin(download));
    fetched.map_err(|error| AgentError::Transfer {
        verb: "fetch",
        oid: pointer.oid.to_hex(),
        error,
    })
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
    whole_file::write(output, &mut source).map_err(|error| AgentError::file("write", output, error))
}
