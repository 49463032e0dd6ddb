//! PostgreSQL's SQL in the small: where statements and words begin and end, how names fold, which type a
//! text names, which thing a statement makes.
//!
//! Every reader of SQL text stands on this: the parts of a Schemafile that are SQL, the statements that a
//! migration compares, the dumps that a project begins with. Of statements it knows what they make, from
//! their heads, and it writes nothing but literals.

pub mod cursor;
pub mod data_type;
mod lexer;
mod literal;
mod name;
pub mod object;

pub use lexer::{Lexeme, Nesting, Token, TokenKind, lexeme, split, string_value, tokens, words};
pub use literal::{literal, push_literal};
pub use name::{MOST_NAME_BYTES, default_name, fold, is_word_character, mentions, word_list};
