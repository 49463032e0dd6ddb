//! What the system says of a file, in plain words.

use std::io::{Error, ErrorKind};

/// Why something couldn't be done with a file, as the end of a sentence: in words that are the same on every system
/// where that is possible, and without the paths of temporary files.
pub fn plain_reason(error: &Error) -> String {
    match error.kind() {
        ErrorKind::NotFound => "there is no such file".to_owned(),
        ErrorKind::PermissionDenied => "permission denied".to_owned(),
        ErrorKind::IsADirectory => "it is a directory".to_owned(),
        ErrorKind::NotADirectory => "a part of its path is a file, not a directory".to_owned(),
        ErrorKind::StorageFull => "the disk is full".to_owned(),
        ErrorKind::ReadOnlyFilesystem => "the file system is read-only".to_owned(),
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_and_the_path_of_an_error_are_not_told() {
        let full = Error::other(".writing-x.tmp");
        assert_eq!(plain_reason(&full), ".writing-x.tmp");
        for (kind, expected) in [
            (ErrorKind::StorageFull, "the disk is full"),
            (ErrorKind::PermissionDenied, "permission denied"),
        ] {
            let error = Error::new(kind, "at path \"/x/.writing-y.tmp\"");
            assert_eq!(plain_reason(&error), expected);
        }
    }
}
