//! The colours of what is shown of two versions, which are those of `git diff`: git runs a driver without saying whether its
//! own output has colours, so git is asked, by the same questions that its own scripts ask
//! (<https://git-scm.com/docs/git-config#Documentation/git-config.txt---get-colorboolname>).

use std::env;
use std::io::{self, IsTerminal as _, Write};

use crate::git;

/// What colours there are, each as the bytes that switch it on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Colours {
    head: Vec<u8>,
    summary: Vec<u8>,
    added: Vec<u8>,
    removed: Vec<u8>,
    changed: Vec<u8>,
}

/// What switches any of them off.
const OFF: &[u8] = b"\x1b[m";

impl Colours {
    /// Those that git would use for `git diff` on this standard output; none if it would use none, or `NO_COLOR`
    /// (<https://no-color.org>) is set.
    pub(crate) fn of_git() -> Option<Self> {
        if env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty()) {
            return None;
        }
        let terminal = io::stdout().is_terminal().to_string();
        let wanted = git::run(&["config", "--get-colorbool", "color.diff", &terminal]).ok()?;
        if wanted.trim_ascii() != b"true" {
            return None;
        }
        let colour = |slot: &str, default: &str| {
            let slot = format!("color.diff.{slot}");
            git::run(&["config", "--get-color", &slot, default]).unwrap_or_default()
        };
        Some(Self {
            head: colour("meta", "bold"),
            summary: colour("frag", "cyan"),
            added: colour("new", "green"),
            removed: colour("old", "red"),
            changed: colour("commit", "yellow"),
        })
    }

    /// The colour of a line.
    fn of_line(&self, line: &[u8]) -> Option<&[u8]> {
        let is = |beginnings: &[&[u8]], line: &[u8]| {
            beginnings
                .iter()
                .any(|beginning| line.starts_with(beginning))
        };
        let inner = line.trim_ascii_start();
        let colour = if is(&[b"diff --git ", b"index "], line) {
            &self.head
        } else if is(&[b"tables: "], line) {
            &self.summary
        } else if is(&[b"+ "], inner) {
            &self.added
        } else if is(&[b"- "], inner) {
            &self.removed
        } else if is(&[b"~ "], inner) {
            &self.changed
        } else {
            return None;
        };
        Some(colour)
    }
}

/// An output whose lines get their colours.
#[derive(Debug)]
pub(crate) struct Painted<W: Write> {
    output: W,
    colours: Option<Colours>,
    /// What has come of the line that isn't ended yet.
    line: Vec<u8>,
}

impl<W: Write> Painted<W> {
    pub(crate) fn new(output: W, colours: Option<Colours>) -> Self {
        Self {
            output,
            colours,
            line: Vec::new(),
        }
    }

    fn write_line(&mut self) -> io::Result<()> {
        let line = std::mem::take(&mut self.line);
        let content = line.strip_suffix(b"\n").unwrap_or(&line);
        match self
            .colours
            .as_ref()
            .and_then(|colours| colours.of_line(content))
        {
            None => self.output.write_all(&line),
            Some(colour) => {
                let end = &line[content.len()..];
                self.output.write_all(&[colour, content, OFF, end].concat())
            }
        }
    }
}

impl<W: Write> Write for Painted<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.colours.is_none() {
            return self.output.write(bytes);
        }
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.line.extend_from_slice(piece);
            if piece.ends_with(b"\n") {
                self.write_line()?;
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if !self.line.is_empty() {
            self.write_line()?;
        }
        self.output.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::{Colours, Painted};

    fn colours() -> Colours {
        Colours {
            head: b"<head>".to_vec(),
            summary: b"<summary>".to_vec(),
            added: b"<added>".to_vec(),
            removed: b"<removed>".to_vec(),
            changed: b"<changed>".to_vec(),
        }
    }

    #[track_caller]
    fn check(colours: Option<Colours>, text: &str, expected: &str) {
        let mut output = Vec::new();
        let mut painted = Painted::new(&mut output, colours);
        // In pieces that end anywhere.
        for piece in text.as_bytes().chunks(3) {
            painted.write_all(piece).unwrap();
        }
        painted.flush().unwrap();
        drop(painted);
        let shown = String::from_utf8(output).unwrap().replace("\x1b[m", "</>");
        assert_eq!(shown, expected);
    }

    #[test]
    fn each_kind_of_line_has_its_colour() {
        check(
            Some(colours()),
            "diff --git a/x b/x\ntables: 1 changed\nusers: 2 -> 3 rows\n  ~ id 1: name a -> b\n  - id 2\n  + id 3\nend",
            "<head>diff --git a/x b/x</>\n<summary>tables: 1 changed</>\nusers: 2 -> 3 rows\n<changed>  ~ id 1: name a -> b</>\n\
             <removed>  - id 2</>\n<added>  + id 3</>\nend",
        );
    }

    #[test]
    fn without_colours_the_text_stays_as_it_is() {
        check(None, "index 1..2\n  + id 3\n", "index 1..2\n  + id 3\n");
    }
}
