//! Standard output, where a file could be.

use crate::plain_reason;
use std::io::{self, ErrorKind};

/// What came of writing to standard output. A reader that has seen enough (`gen-dummy -o - | head`) is no failure.
///
/// # Errors
/// A sentence for the user.
pub fn written_to_stdout(result: io::Result<()>) -> Result<(), String> {
    match result {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(format!(
            "can't write to standard output: {}",
            plain_reason(&error)
        )),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_that_leaves_is_no_failure_and_a_full_disk_is() {
        let of = |kind: ErrorKind| written_to_stdout(Err(io::Error::from(kind)));
        assert_eq!(written_to_stdout(Ok(())), Ok(()));
        assert_eq!(of(ErrorKind::BrokenPipe), Ok(()));
        assert_eq!(
            of(ErrorKind::StorageFull),
            Err("can't write to standard output: the disk is full".to_owned())
        );
    }
}
