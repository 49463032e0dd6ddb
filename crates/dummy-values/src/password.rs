//! Passwords that somebody gives, as bcrypt keeps them: what Devise and `has_secure_password` compare with.
//!
//! bcrypt wants a salt, so that equal passwords can't be told from their hashes. Rows that are made have no secrets, and
//! must be the same in every run: the salt follows from the password.

use crate::random::Key;
use bcrypt::{Version, non_truncating_hash_with_salt};

/// The cost that Rails' applications have in tests at most and in production at least.
const COST: u32 = 10;

/// The characters of a hash.
pub const HASH_LENGTH: usize = 60;

/// The longest password that bcrypt can tell from others, in bytes.
const LONGEST: usize = 71;

/// A password's hash, such as `$2a$10$…`; a sentence where there is none.
pub fn hash(password: &str) -> Result<String, String> {
    if password.len() > LONGEST || password.contains('\0') {
        return Err(format!(
            "bcrypt takes passwords of up to {LONGEST} bytes without NUL"
        ));
    }
    let key = Key::root(0).child("password").child(password);
    let mut salt = [0; 16];
    for (half, bytes) in salt.chunks_mut(8).enumerate() {
        bytes.copy_from_slice(&key.at(half as u64).to_le_bytes());
    }
    non_truncating_hash_with_salt(password, COST, salt)
        .map(|parts| parts.format_for_version(Version::TwoA))
        .map_err(|error| error.to_string())
}

/// Whether a text can't be a hash: too short for any, and without the `$` that most have.
pub fn is_plain(text: &str) -> bool {
    text.len() < 32 && !text.contains('$')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_the_passwords_and_always_the_same() {
        let made = hash("s3cret").unwrap();
        assert_eq!(made.len(), HASH_LENGTH);
        assert!(made.starts_with("$2a$10$"), "{made}");
        assert_eq!(made, hash("s3cret").unwrap());
        assert!(bcrypt::verify("s3cret", &made).unwrap());
        assert!(!bcrypt::verify("S3cret", &made).unwrap());
        assert!(hash(&"x".repeat(72)).is_err());
        assert!(is_plain("s3cret") && !is_plain(&made));
    }
}
