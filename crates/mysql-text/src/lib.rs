//! MySQL's SQL in the small: how names and strings are quoted, which type a text names, where words end.
//!
//! MySQL reads backslashes in strings and backticks around names, and comments that it runs; whoever reads or writes
//! its text takes these rules from here.

mod cursor;
pub mod data_type;
pub mod expression;
mod lexer;
pub mod object;
pub mod options;
mod quote;
mod script;

pub use cursor::{Cursor, list};
pub use lexer::{Lexeme, Lexer, Token, TokenKind, is_word_character, opened, text_value, tokens};
pub use quote::{literal, quoted};
pub use script::{Flaw, Piece, Script, split};
