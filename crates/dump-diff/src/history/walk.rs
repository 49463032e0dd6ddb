//! Reading members of a file one after the other, ahead of who asks for them and on all cores.

use std::collections::HashMap;
use std::io::{self, BufReader, Cursor, Read};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread::{self, Scope};

use dump_text::Source;
use flate2::bufread::MultiGzDecoder;
use memchr::memmem;

use super::members::{HEADER, Member};

/// A member of more compressed bytes isn't held, but read as it comes.
const LARGEST_HELD: u64 = 4 << 20;

/// Nor is one of more bytes of text.
const LONGEST_HELD: usize = 4 << 20;

/// So many texts are read ahead.
const AHEAD: usize = 4;

/// The text of a member.
pub(super) enum Text {
    Held(Arc<Vec<u8>>),
    Stream(Box<dyn Read + Send>),
}

/// A text that others may hold, too.
struct Shared(Arc<Vec<u8>>);

impl AsRef<[u8]> for Shared {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl Text {
    pub(super) fn reader(self) -> Box<dyn Read + Send> {
        match self {
            Self::Held(text) => Box::new(Cursor::new(Shared(text))),
            Self::Stream(reader) => reader,
        }
    }

    /// What is behind so many bytes of a text that is held.
    pub(super) fn plain_from(&self, at: usize) -> &[u8] {
        match self {
            Self::Held(text) => &text[at..],
            Self::Stream(_) => &[],
        }
    }

    /// The text if it is rows of a COPY block alone, and whole ones.
    pub(super) fn plain(&self) -> Option<&[u8]> {
        let Self::Held(text) = self else { return None };
        let has_end = text.starts_with(b"\\.\n") || memmem::find(text, b"\n\\.\n").is_some();
        (text.ends_with(b"\n") && !has_end).then_some(&text[..])
    }
}

/// A way through a file from member to member.
#[derive(Default)]
pub(super) struct Walk {
    reader: Option<BufReader<Box<dyn Read + Send>>>,
    at: u64,
}

impl Walk {
    /// The text of a member that begins at `offset`, behind those that were opened before.
    pub(super) fn open(
        &mut self,
        source: &dyn Source,
        offset: u64,
        member: Member,
    ) -> io::Result<Text> {
        if let Some(text) = source.text_at(offset, member.length)? {
            return Ok(Text::Held(text));
        }
        // Bytes between them aren't read: they may be where reading is dear.
        let reader = self.reader.take().filter(|_| self.at == offset);
        let mut reader = match reader {
            Some(reader) => reader,
            None => BufReader::with_capacity(1 << 16, source.open_at(offset)?),
        };
        self.at = offset;
        if member.length > LARGEST_HELD {
            return unpacked(Box::new(reader.take(member.length)));
        }
        let mut packed = Vec::with_capacity(usize::try_from(member.length).unwrap_or_default());
        (&mut reader).take(member.length).read_to_end(&mut packed)?;
        self.at += packed.len() as u64;
        self.reader = Some(reader);
        match dump_gzip::unfold(&packed, LONGEST_HELD) {
            Some(unfolded) => Ok(Text::Held(Arc::new(unfolded.text))),
            None => unpacked(Box::new(Cursor::new(packed))),
        }
    }
}

/// The text of what is packed, or isn't.
fn unpacked(part: Box<dyn Read + Send>) -> io::Result<Text> {
    let mut part = BufReader::with_capacity(1 << 16, part);
    let is_packed = io::BufRead::fill_buf(&mut part)?.starts_with(&HEADER[..2]);
    Ok(Text::Stream(if is_packed {
        Box::new(MultiGzDecoder::new(part))
    } else {
        Box::new(part)
    }))
}

/// The texts of members, one after the other, from a thread that reads ahead.
pub(super) fn texts<'scope>(
    scope: &'scope Scope<'scope, '_>,
    source: &'scope dyn Source,
    members: Vec<(u64, Member)>,
) -> Receiver<io::Result<Text>> {
    let (sender, receiver) = sync_channel(AHEAD);
    scope.spawn(move || {
        let mut walk = Walk::default();
        for (offset, member) in members {
            // Whoever asked may have heard enough.
            if sender.send(walk.open(source, offset, member)).is_err() {
                return;
            }
        }
    });
    receiver
}

/// So many members are read side by side.
const THREADS: usize = 4;

/// Which of these members are plain rows. One that can't be read isn't.
pub(super) fn plain(source: &dyn Source, members: &[(u64, Member)]) -> HashMap<Member, bool> {
    let share = members.len().div_ceil(THREADS).max(1);
    let of_share = |members: &[(u64, Member)]| {
        let mut walk = Walk::default();
        let mut found = Vec::new();
        for (offset, member) in members {
            let text = walk.open(source, *offset, *member);
            let is_plain = text.is_ok_and(|text| text.plain().is_some());
            found.push((*member, is_plain));
        }
        found
    };
    thread::scope(|scope| {
        let looking = members
            .chunks(share)
            .map(|members| scope.spawn(move || of_share(members)));
        let looking: Vec<_> = looking.collect();
        let found = looking.into_iter();
        found
            .flat_map(|looking| looking.join().unwrap_or_default())
            .collect()
    })
}
