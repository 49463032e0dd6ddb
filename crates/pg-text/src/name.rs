//! Names that PostgreSQL gives by itself.

/// The name that PostgreSQL gives to a thing of a table: `TABLE_COLUMN_LABEL`, with the longer of the first two cut
/// until it has 63 bytes (`makeObjectName` in `src/backend/commands/indexcmds.c`).
pub fn default_name(table: &str, column: Option<&str>, label: &str) -> String {
    let overhead = label.len() + 1 + usize::from(column.is_some());
    let room = MOST_NAME_BYTES.saturating_sub(overhead);
    let (mut first, mut second) = (table.len(), column.map_or(0, str::len));
    while first + second > room {
        if first > second {
            first -= 1;
        } else {
            second -= 1;
        }
    }
    let first = &table[..table.floor_char_boundary(first)];
    match column {
        Some(column) => {
            let second = &column[..column.floor_char_boundary(second)];
            format!("{first}_{second}_{label}")
        }
        None => format!("{first}_{label}"),
    }
}

/// Bytes that PostgreSQL keeps of a name (`NAMEDATALEN` less one).
pub const MOST_NAME_BYTES: usize = 63;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_cut_as_postgresql_cuts_them() {
        assert_eq!(default_name("users", Some("id"), "seq"), "users_id_seq");
        assert_eq!(default_name("users", None, "pkey"), "users_pkey");
        let long = "a".repeat(63);
        assert_eq!(default_name(&long, None, "pkey").len(), 63);
        assert_eq!(
            default_name(&long, Some("id"), "seq"),
            format!("{}_id_seq", "a".repeat(56))
        );
        assert_eq!(default_name("t", None, &"l".repeat(70)).len(), 71);
        assert_eq!(
            default_name(&"あ".repeat(21), None, "pkey"),
            format!("{}_pkey", "あ".repeat(19))
        );
    }
}
