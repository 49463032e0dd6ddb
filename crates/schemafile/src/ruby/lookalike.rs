//! Characters that look like those of Ruby and aren't: what input methods, word processors and chats make of
//! commas, quotation marks and spaces.

use std::ops::Range;

/// What to do about a name with such a character in it; none for other names.
pub(crate) fn look_alike_advice(name: &str) -> Option<String> {
    Lookalike::first_in(name).map(Lookalike::advice)
}

/// The first such character of every line where Ruby would read it, in bytes, with what to do about it. What stands in
/// quotes, in a heredoc or behind a `#` is text.
pub(super) fn look_alike_lines(text: &str) -> Vec<(Range<usize>, String)> {
    let mut found = Vec::new();
    let mut heredoc: Option<String> = None;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        match &heredoc {
            Some(mark) if line.trim() == mark => heredoc = None,
            Some(_) => {}
            None => {
                let code = code_of(line);
                let first = code
                    .iter()
                    .find_map(|&(at, character)| Some((at, character, meant(character)?)));
                if let Some((at, character, meant)) = first {
                    let place = start + at..start + at + character.len_utf8();
                    found.push((place, Lookalike { character, meant }.advice()));
                }
                heredoc = heredoc_mark(line);
            }
        }
        start += line.len();
    }
    found
}

/// The characters of a line outside of texts and comments, each with its place.
fn code_of(line: &str) -> Vec<(usize, char)> {
    let mut code = Vec::new();
    let mut quote = None;
    let mut characters = line.char_indices();
    while let Some((at, character)) = characters.next() {
        match quote {
            Some(mark) if character == mark => quote = None,
            Some(_) if character == '\\' => {
                characters.next();
            }
            Some(_) => {}
            None if character == '#' => break,
            None if matches!(character, '"' | '\'' | '`') => quote = Some(character),
            None => code.push((at, character)),
        }
    }
    code
}

/// The word that ends the heredoc which a line begins.
fn heredoc_mark(line: &str) -> Option<String> {
    let behind = line.split_once("<<")?.1.trim_start_matches(['~', '-']);
    let word: String = behind
        .trim_start_matches(['"', '\''])
        .chars()
        .take_while(|character| character.is_ascii_alphanumeric() || *character == '_')
        .collect();
    word.starts_with(|first: char| first.is_ascii_uppercase())
        .then_some(word)
}

/// A character that a person took for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Lookalike {
    character: char,
    meant: Meant,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meant {
    Character(char),
    Space,
    Nothing,
}

impl Lookalike {
    fn first_in(text: &str) -> Option<Self> {
        text.chars().find_map(|character| {
            let meant = meant(character)?;
            Some(Self { character, meant })
        })
    }

    fn advice(self) -> String {
        let number = format!("U+{:04X}", u32::from(self.character));
        match self.meant {
            Meant::Character(meant) => {
                format!("write `{meant}` for `{}` ({number})", self.character)
            }
            Meant::Space => {
                format!(
                    "a character ({number}) that looks like a space stands here: write an ordinary space"
                )
            }
            Meant::Nothing => {
                format!("a character ({number}) that nobody sees stands here: take it out")
            }
        }
    }
}

fn meant(character: char) -> Option<Meant> {
    Some(match character {
        '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => Meant::Space,
        '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' => Meant::Nothing,
        '\u{ff01}'..='\u{ff5e}' => Meant::Character(char::from_u32(
            u32::from(character) - 0xff01 + u32::from('!'),
        )?),
        '“' | '”' | '„' | '«' | '»' => Meant::Character('"'),
        '‘' | '’' | '‚' | '´' => Meant::Character('\''),
        '、' => Meant::Character(','),
        '–' | '—' | '−' => Meant::Character('-'),
        '…' => Meant::Character('.'),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_the_character_that_was_meant() {
        for (text, advice) in [
            ("a，", "write `,` for `，` (U+FF0C)"),
            ("“name”", "write `\"` for `“` (U+201C)"),
            ("ｔ", "write `t` for `ｔ` (U+FF54)"),
        ] {
            assert_eq!(Lookalike::first_in(text).unwrap().advice(), advice);
        }
        assert_eq!(Lookalike::first_in("名前é"), None);
    }

    #[test]
    fn every_line_with_one_is_told_and_no_text_is() {
        let text = "a “b”\n'“fine”' # ，\nx <<~SQL\n  。，\nSQL\n\u{3000}t\n";
        let lines: Vec<usize> = look_alike_lines(text)
            .iter()
            .map(|(place, _)| text[..place.start].matches('\n').count() + 1)
            .collect();
        assert_eq!(lines, [1, 6]);
    }

    #[test]
    fn what_cannot_be_seen_is_named() {
        let advice = |text| Lookalike::first_in(text).unwrap().advice();
        assert!(advice("\u{3000}t").contains("(U+3000) that looks like a space"));
        assert!(advice("string\u{200b}").contains("(U+200B) that nobody sees"));
    }
}
