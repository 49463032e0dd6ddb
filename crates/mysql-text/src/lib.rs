//! MySQL's SQL in the small: how names and strings are quoted, which type a text names, where words end.
//!
//! MySQL reads backslashes in strings and backticks around names, and comments that it runs; whoever reads or writes
//! its text takes these rules from here.

pub mod data_type;
mod lexer;
mod quote;
mod script;

pub use lexer::{Lexeme, Lexer, Token, TokenKind, is_word_character, opened, text_value, tokens};
pub use quote::{literal, quoted};
pub use script::{Flaw, Piece, Script, split};
