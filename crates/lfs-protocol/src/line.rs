//! Lines of bounded length.
//!
//! `BufRead::read_line` would take any amount of memory from whoever writes without a newline, so lines end at a limit
//! that is far above what git-lfs sends (a path and a few numbers).

use std::io::{self, BufRead, ErrorKind, Read};

/// The longest line that is read, in bytes, its newline included.
pub(crate) const LONGEST_LINE: u64 = 1 << 20;

/// Reads the next line into `line`, without its line ending. `false` at the end of the input.
///
/// # Errors
/// What the reader reports; `InvalidData` for a line longer than [`LONGEST_LINE`].
pub(crate) fn read_line(reader: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<bool> {
    line.clear();
    let length = reader.by_ref().take(LONGEST_LINE).read_until(b'\n', line)?;
    if length == 0 {
        return Ok(false);
    }
    if line.last() == Some(&b'\n') {
        line.pop();
        if line.last() == Some(&b'\r') {
            line.pop();
        }
    } else if length as u64 == LONGEST_LINE {
        return Err(io::Error::new(
            ErrorKind::InvalidData,
            "a line of more than 1 MiB",
        ));
    }
    Ok(true)
}
