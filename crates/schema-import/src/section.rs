//! Parts of one file that make a migration, or take it back.

/// Parts of one file of a migration, as dbmate, goose, sql-migrate, node-pg-migrate and Play mark them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// What makes it.
    Up,
    /// What takes it back.
    Down,
}

impl Section {
    /// The part that begins with this line, when it is a mark of such a tool.
    pub fn begins(line: &str) -> Option<Self> {
        let text = line.trim().strip_prefix("--")?;
        let text = text
            .trim_start_matches(['-', '/', ' '])
            .to_ascii_lowercase();
        let starts = |marks: [&str; 5]| marks.iter().any(|mark| text.starts_with(mark));
        if starts([
            "migrate:up",
            "+goose up",
            "+migrate up",
            "!ups",
            "up migration",
        ]) {
            Some(Self::Up)
        } else if starts([
            "migrate:down",
            "+goose down",
            "+migrate down",
            "!downs",
            "down migration",
        ]) || text.starts_with("@undo")
        {
            Some(Self::Down)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_tool_has_its_mark() {
        for (line, expected) in [
            ("-- migrate:up", Some(Section::Up)),
            ("-- +goose Down", Some(Section::Down)),
            ("--//@UNDO", Some(Section::Down)),
            ("-- upwards", None),
            ("migrate:up", None),
        ] {
            assert_eq!(Section::begins(line), expected, "{line}");
        }
    }
}
