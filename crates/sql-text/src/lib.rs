//! SQL in the small: where statements and words begin and end, how names fold, what quotes hold.
//!
//! Every reader of SQL text stands on this: the parts of a Schemafile that are SQL, the statements that a
//! migration compares, the dumps that a project begins with, the expressions that rows are held against. Quotes, comments
//! and words are those of standard SQL with what PostgreSQL adds (`$$`, `E''`, `"` for names); `value-model` has its
//! expressions in that form, whichever database they come from. What needs a database's model is `pg-text`'s; MySQL's
//! own quoting is `mysql-text`'s.

mod lexer;
mod literal;
mod name;

pub use lexer::{Lexeme, Nesting, Token, TokenKind, lexeme, split, string_value, tokens, words};
pub use literal::{literal, push_literal};
pub use name::{fold, is_word_character, mentions, word_list};
