//! Cutting the next versions into members while the ones before are compared: reading a version's bytes takes about as long.

use std::fs::File;
use std::io::{self, Read};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;

use dump_diff::{Members, Source};

/// So many versions are cut at the same time.
const THREADS: usize = 2;

/// Versions that are cut in their order.
pub(crate) struct Ahead {
    /// Of each thread, which take turns.
    receivers: Vec<Receiver<Cut>>,
    turn: usize,
    next: Option<Cut>,
}

/// A version, and what it was cut into.
type Cut = (String, io::Result<Members>);

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
        let mut shares: [Vec<_>; THREADS] = Default::default();
        for (number, version) in versions.into_iter().enumerate() {
            shares[number % THREADS].push(version);
        }
        let receivers = shares.into_iter().map(|share| {
            let (sender, receiver) = sync_channel(1);
            thread::spawn(move || {
                for (name, path) in share {
                    let members = Members::of(&Version(path));
                    // Whoever asked may have heard enough.
                    if sender.send((name, members)).is_err() {
                        return;
                    }
                }
            });
            receiver
        });
        Self {
            receivers: receivers.collect(),
            turn: 0,
            next: None,
        }
    }

    /// What a version was cut into, if it is the next one.
    pub(crate) fn take(&mut self, name: &str) -> Option<io::Result<Members>> {
        if self.next.is_none() {
            self.next = self.receivers[self.turn].recv().ok();
            self.turn = (self.turn + 1) % THREADS;
        }
        let next = self.next.take_if(|next| next.0 == name);
        next.map(|(_, members)| members)
    }
}
