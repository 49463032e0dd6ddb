//! A writer that compresses what is written to it.

use crate::cut::{Cutter, Finder};
use crate::pool::WorkerPool;
use crate::section;
use libdeflater::{CompressionLvl, Compressor};
use std::io::{self, Write};

/// The level: on rows of dumps level 1 of this encoder is both faster and smaller than level 1 of
/// zlib's descendants, and within a few per cent of their level 6.
pub(crate) const LEVEL: i32 = 1;

/// Writes gzip members. Rows end with a line feed; a member never ends inside a row. Call
/// [`MemberWriter::finish`] at the end: dropping the writer loses what wasn't written yet.
#[derive(Debug)]
pub struct MemberWriter<W: Write> {
    output: W,
    cutter: Cutter,
    /// The current member's rows, and the beginning of a row whose end hasn't come yet.
    pending: Vec<u8>,
    /// Where in `pending` the unfinished row begins.
    row_start: usize,
    pool: WorkerPool<Vec<u8>, io::Result<Member>>,
    /// Buffers to use again.
    spare: Vec<Vec<u8>>,
    members: u64,
    /// Looks for the first member, when the text begins in the middle.
    finder: Option<Finder>,
    /// Whether what is written now lies before, in or after the part that is wanted.
    place: Place,
    /// Whether the current member began in the part.
    wanted: bool,
}

/// Where what is written to a writer for a part begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// At the beginning of the text.
    Text,
    /// After any line feed of the text, some way before the part.
    Middle,
}

/// Where in a text the writer is. A member belongs to the part that its first byte belongs to, so
/// the parts of a text have all of its members, each once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Before,
    Inside,
    After,
    /// After it, and all members of the part are whole.
    Done,
}

#[derive(Debug)]
struct Member {
    raw: Vec<u8>,
    compressed: Vec<u8>,
}

impl<W: Write> MemberWriter<W> {
    /// A writer that compresses on so many threads.
    pub fn new(output: W, threads: usize) -> Self {
        Self {
            output,
            cutter: Cutter::default(),
            pending: Vec::new(),
            row_start: 0,
            pool: WorkerPool::new(threads, || {
                let level = CompressionLvl::new(LEVEL).unwrap_or_default();
                let mut compressor = Compressor::new(level);
                move |raw| compress(&mut compressor, raw)
            }),
            spare: Vec::new(),
            members: 0,
            finder: None,
            place: Place::Inside,
            wanted: true,
        }
    }

    /// A writer for a part of a longer text, with the members that the whole text has.
    ///
    /// [`MemberWriter::begin_part`] and [`MemberWriter::end_part`] say where the part is; what follows the
    /// part must be written until [`MemberWriter::is_done`], unless the text ends. All parts together are
    /// what the whole text would be, but for a part in which no member begins: it is an empty member.
    pub fn for_part(output: W, threads: usize, start: Start) -> Self {
        Self {
            finder: (start == Start::Middle).then(Finder::default),
            place: Place::Before,
            wanted: false,
            ..Self::new(output, threads)
        }
    }

    /// The part begins here. Says whether it is known by now where members begin; if it isn't, the
    /// writer is of no use, and another one must begin further before the part.
    #[must_use]
    pub fn begin_part(&mut self) -> bool {
        self.place = Place::Inside;
        self.finder.is_none()
    }

    /// The part ends here.
    pub fn end_part(&mut self) {
        self.place = Place::After;
    }

    /// Whether the part has ended and its last member is whole.
    pub fn is_done(&self) -> bool {
        self.place == Place::Done
    }

    /// Compresses and writes the rest, and gives the output back. No bytes at all become one empty
    /// member, for an empty file isn't gzip.
    pub fn finish(mut self) -> io::Result<W> {
        if !self.pending.is_empty() {
            self.end_member(self.pending.len())?;
        }
        if self.members == 0 {
            self.wanted = true;
            self.end_member(0)?;
        }
        while let Some(member) = self.pool.next_result()? {
            self.output.write_all(&member?.compressed)?;
        }
        self.output.flush()?;
        Ok(self.output)
    }

    /// Decides at the first byte of a member whether it is wanted.
    fn begin_member(&mut self) {
        self.wanted = self.place == Place::Inside;
        if self.place == Place::After {
            self.place = Place::Done;
        }
    }

    /// A member begins with the next byte if none is under way.
    fn begin_at_a_byte(&mut self) {
        if self.pending.is_empty() && self.finder.is_none() {
            self.begin_member();
        }
    }

    /// Decides when a row is whole where members end and begin.
    fn end_row(&mut self) -> io::Result<()> {
        if section::begins(&self.pending[self.row_start..]) {
            // A member begins with this row, whatever stands before it.
            self.finder = None;
            if self.row_start > 0 {
                self.end_member(self.row_start)?;
                self.cutter = Cutter::default();
            }
            self.begin_member();
            if self.place == Place::Done {
                return Ok(());
            }
        }
        if let Some(finder) = &mut self.finder {
            if finder.begins_after(&self.pending) {
                self.finder = None;
            }
            self.pending.clear();
        } else if self.cutter.ends_after(&self.pending[self.row_start..]) {
            self.end_member(self.pending.len())?;
        } else {
            self.row_start = self.pending.len();
        }
        Ok(())
    }

    /// Sends the first `length` pending bytes to be compressed, if they are wanted.
    fn end_member(&mut self, length: usize) -> io::Result<()> {
        if !self.wanted {
            self.pending.drain(..length);
            self.row_start = 0;
            return Ok(());
        }
        while self.pool.is_full() {
            if let Some(member) = self.pool.next_result()? {
                let mut member = member?;
                self.output.write_all(&member.compressed)?;
                member.raw.clear();
                self.spare.push(member.raw);
            }
        }
        let mut next = self.spare.pop().unwrap_or_default();
        next.extend_from_slice(&self.pending[length..]);
        self.pending.truncate(length);
        self.pool
            .submit(std::mem::replace(&mut self.pending, next))?;
        self.members += 1;
        self.row_start = 0;
        Ok(())
    }
}

impl<W: Write> Write for MemberWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.place == Place::Done {
            return Ok(bytes.len());
        }
        let mut rest = bytes;
        while let Some(end) = find_line_feed(rest) {
            let (row, after) = rest.split_at(end + 1);
            self.begin_at_a_byte();
            if self.place == Place::Done {
                return Ok(bytes.len());
            }
            self.pending.extend_from_slice(row);
            rest = after;
            self.end_row()?;
            if self.place == Place::Done {
                return Ok(bytes.len());
            }
        }
        if !rest.is_empty() {
            self.begin_at_a_byte();
            self.pending.extend_from_slice(rest);
        }
        Ok(bytes.len())
    }

    /// Does nothing: a member is written when it is whole.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn find_line_feed(bytes: &[u8]) -> Option<usize> {
    memchr::memchr(b'\n', bytes)
}

fn compress(compressor: &mut Compressor, raw: Vec<u8>) -> io::Result<Member> {
    let mut compressed = vec![0; compressor.gzip_compress_bound(raw.len())];
    let length = compressor
        .gzip_compress(&raw, &mut compressed)
        .map_err(|error| io::Error::other(format!("a gzip member can't be compressed: {error}")))?;
    compressed.truncate(length);
    section::label(&mut compressed, 0, &raw);
    Ok(Member { raw, compressed })
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::bufread::GzDecoder;
    use flate2::read::MultiGzDecoder;
    use proptest::prelude::*;
    use std::io::Read as _;

    fn gzip(text: &[u8], threads: usize, piece: usize) -> Vec<u8> {
        let mut writer = MemberWriter::new(Vec::new(), threads);
        for piece in text.chunks(piece.max(1)) {
            writer.write_all(piece).unwrap();
        }
        writer.finish().unwrap()
    }

    fn gunzip(bytes: &[u8]) -> Vec<u8> {
        let mut text = Vec::new();
        MultiGzDecoder::new(bytes).read_to_end(&mut text).unwrap();
        text
    }

    /// The texts of the members, one by one.
    fn members(mut bytes: &[u8]) -> Vec<Vec<u8>> {
        let mut members = Vec::new();
        while !bytes.is_empty() {
            let mut decoder = GzDecoder::new(bytes);
            let mut text = Vec::new();
            decoder.read_to_end(&mut text).unwrap();
            bytes = decoder.into_inner();
            members.push(text);
        }
        members
    }

    fn rows(count: u64) -> Vec<String> {
        (0..count)
            .map(|number| {
                format!(
                    "{number}\tname {}\t{}\n",
                    number % 97,
                    number.wrapping_mul(0x9E37_79B9_7F4A_7C15)
                )
            })
            .collect()
    }

    #[test]
    fn what_goes_in_comes_out() {
        let text = rows(30_000).concat().into_bytes();
        assert_eq!(gunzip(&gzip(&text, 2, 70_000)), text);
    }

    #[test]
    fn nothing_is_one_empty_member() {
        assert_eq!(members(&gzip(b"", 1, 1)), [b""]);
    }

    #[test]
    fn threads_and_pieces_change_no_byte() {
        let text = rows(30_000).concat().into_bytes();
        let expected = gzip(&text, 1, text.len());
        for (threads, piece) in [(2, 1000), (3, 65_536), (8, 999_983)] {
            assert!(
                gzip(&text, threads, piece) == expected,
                "{threads} threads, {piece} bytes a piece"
            );
        }
    }

    #[test]
    fn members_hold_whole_rows() {
        let text = rows(60_000).concat().into_bytes();
        let members = members(&gzip(&text, 2, 100_000));
        assert!(members.len() > 3, "{}", members.len());
        assert!(members.iter().all(|member| member.ends_with(b"\n")));
        assert!(members.concat() == text);
    }

    #[test]
    fn an_inserted_row_changes_few_members() {
        let mut rows = rows(200_000);
        let before = members(&gzip(&rows.concat().into_bytes(), 2, 1 << 20));
        rows.insert(100_000, "a new row\n".into());
        rows[140_000] = "a changed row\n".into();
        let after = members(&gzip(&rows.concat().into_bytes(), 2, 1 << 20));
        let same = after
            .iter()
            .filter(|member| before.contains(member))
            .count();
        assert!(before.len() > 10);
        assert!(
            same + 6 >= after.len(),
            "{same} of {} members are the same",
            after.len()
        );
    }

    /// A part of a text, as a producer makes it that knows only where the part's lines are.
    fn part(lines: &[String], from: usize, to: usize, lead: usize) -> Option<Vec<u8>> {
        let start = from.saturating_sub(lead);
        let place = if start == 0 {
            Start::Text
        } else {
            Start::Middle
        };
        let mut writer = MemberWriter::for_part(Vec::new(), 2, place);
        writer
            .write_all(lines[start..from].concat().as_bytes())
            .unwrap();
        if !writer.begin_part() {
            return None;
        }
        writer
            .write_all(lines[from..to].concat().as_bytes())
            .unwrap();
        if to < lines.len() {
            writer.end_part();
        }
        for line in &lines[to..] {
            if writer.is_done() {
                break;
            }
            writer.write_all(line.as_bytes()).unwrap();
        }
        Some(writer.finish().unwrap())
    }

    #[test]
    fn parts_are_together_what_the_whole_is() {
        let rows = rows(250_000);
        let whole = gzip(rows.concat().as_bytes(), 2, 1 << 20);
        assert!(members(&whole).len() > 10);
        let mut parts = Vec::new();
        for number in 0..3 {
            let (from, to) = (rows.len() * number / 3, rows.len() * (number + 1) / 3);
            // Begin further before it until the place of members is known.
            let part = [1, 10_000, 20_000, 250_000]
                .into_iter()
                .find_map(|lead| part(&rows, from, to, lead));
            parts.extend(part.unwrap());
        }
        assert!(parts == whole);
    }

    #[test]
    fn a_part_in_which_no_member_begins_is_one_empty_member() {
        let rows = rows(1000);
        let first = part(&rows, 0, 500, 0).unwrap();
        let second = part(&rows, 500, 1000, 1000).unwrap();
        assert_eq!(first, gzip(rows.concat().as_bytes(), 1, 1000));
        assert_eq!(members(&second), [b""]);
        assert_eq!(gunzip(&[first, second].concat()), rows.concat().as_bytes());
    }

    #[test]
    fn the_header_names_no_time_and_no_system() {
        let bytes = gzip(b"row\n", 1, 4);
        assert_eq!(bytes[..10], [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 4, 255]);
    }

    /// Rows in sections, of which some are longer than a member and some shorter.
    fn sections(count: u64) -> Vec<String> {
        let mut all = Vec::new();
        let rows = rows(count);
        for (number, rows) in rows.chunks(rows.len() / 4).enumerate() {
            all.push(format!("-- dump section 1 data {number}: t{number}\n"));
            all.extend_from_slice(rows);
            all.push(format!("-- dump section 1 main {number}\n"));
            all.push("SELECT 1;\n".to_owned());
        }
        all
    }

    #[test]
    fn a_section_begins_a_member_that_says_so() {
        let text = sections(20_000).concat();
        for (threads, piece) in [(1, 1 << 20), (2, 7)] {
            let whole = gzip(text.as_bytes(), threads, piece);
            assert_eq!(gunzip(&whole), text.as_bytes());
            let begin = |member: &[u8]| member.starts_with(b"-- dump section 1 ");
            assert_eq!(members(&whole).iter().filter(|m| begin(m)).count(), 8);
            let header = b"\x1F\x8B\x08\x10\0\0\0\0\x04\xFFdump section 1 data 2\0";
            let at = memchr::memmem::find(&whole, header).unwrap();
            let (section, _) = text.split_once("-- dump section 1 main 2\n").unwrap();
            let (_, section) = section.split_once("data 2: t2\n").unwrap();
            let unpacked = gunzip(&whole[at..]);
            assert!(
                unpacked.starts_with(format!("-- dump section 1 data 2: t2\n{section}").as_bytes())
            );
        }
    }

    #[test]
    fn parts_of_a_text_with_sections_are_together_what_the_whole_is() {
        let rows = sections(60_000);
        let whole = gzip(rows.concat().as_bytes(), 2, 1 << 20);
        for count in [2, 3, 40] {
            let mut parts = Vec::new();
            for number in 0..count {
                let (from, to) = (
                    rows.len() * number / count,
                    rows.len() * (number + 1) / count,
                );
                let part = [1, 3000, 20_000, 70_000]
                    .into_iter()
                    .find_map(|lead| part(&rows, from, to, lead));
                parts.extend(part.unwrap());
            }
            let empty = gzip(b"", 1, 1);
            let mut joined = parts;
            while let Some(at) = memchr::memmem::find(&joined, &empty) {
                joined.drain(at..at + empty.len());
            }
            assert!(joined == whole, "{count} parts");
        }
    }

    #[test]
    fn the_encoder_gives_the_bytes_that_dumps_were_stored_with() {
        let bytes = gzip(rows(2000).concat().as_bytes(), 1, 4096);
        assert_eq!(
            (bytes.len(), crc(&bytes)),
            (29_009, 998_859_714),
            "a new encoder gives all dumps new bytes: see docs/dump-format.md"
        );
    }

    fn crc(bytes: &[u8]) -> u32 {
        let mut crc = flate2::Crc::new();
        crc.update(bytes);
        crc.sum()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn any_bytes_survive(text in proptest::collection::vec(any::<u8>(), 0..5000), piece in 1_usize..500) {
            prop_assert_eq!(gunzip(&gzip(&text, 2, piece)), text);
        }
    }
}
