//! Characters that look like those of Ruby and aren't: what input methods, word processors and chats make of
//! commas, quotation marks and spaces.

/// What to do about a name with such a character in it; none for other names.
pub(crate) fn look_alike_advice(name: &str) -> Option<String> {
    Lookalike::first_in(name).map(Lookalike::advice)
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
    fn what_cannot_be_seen_is_named() {
        let advice = |text| Lookalike::first_in(text).unwrap().advice();
        assert!(advice("\u{3000}t").contains("(U+3000) that looks like a space"));
        assert!(advice("string\u{200b}").contains("(U+200B) that nobody sees"));
    }
}
