//! Cutting the next versions into members while the ones before are compared: reading a version's bytes takes about as long.

use std::fs::File;
use std::io::{self, Read};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;

use dump_diff::{Members, Source};

/// So many versions are cut ahead.
const AHEAD: usize = 2;

/// Versions that are cut in their order.
pub(crate) struct Ahead {
    receiver: Receiver<(String, io::Result<Members>)>,
    next: Option<(String, io::Result<Members>)>,
}

/// A version's file.
struct Version(PathBuf);

impl Source for Version {
    fn open(&self) -> io::Result<Box<dyn Read + Send>> {
        Ok(Box::new(File::open(&self.0)?))
    }
}

impl Ahead {
    /// For these versions: their names, and their files.
    pub(crate) fn of(versions: Vec<(String, PathBuf)>) -> Self {
        let (sender, receiver) = sync_channel(AHEAD);
        thread::spawn(move || {
            for (name, path) in versions {
                let members = Members::of(&Version(path));
                // Whoever asked may have heard enough.
                if sender.send((name, members)).is_err() {
                    return;
                }
            }
        });
        Self {
            receiver,
            next: None,
        }
    }

    /// What a version was cut into, if it is the next one.
    pub(crate) fn take(&mut self, name: &str) -> Option<io::Result<Members>> {
        if self.next.is_none() {
            self.next = self.receiver.recv().ok();
        }
        let next = self.next.take_if(|next| next.0 == name);
        next.map(|(_, members)| members)
    }
}
