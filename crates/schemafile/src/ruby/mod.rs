//! The small part of Ruby that schema definitions use, read and evaluated without Ruby.
//!
//! `lower` turns Prism's tree into the one of `ast`, which has only what can be evaluated; `eval` walks
//! it. What the walk can't do itself, calls without a receiver and constants, it asks of a [`eval::Host`]:
//! the DSL. Everything else is a diagnostic where it stands.
//!
//! A run always ends: nothing loops but `each` and its kin over values that are already there, and
//! steps, depth, and sizes are bounded.

pub(crate) mod ast;
pub(crate) mod eval;
mod files;
mod lookalike;
mod lower;
mod methods;
mod pool;
mod syntax;
pub(crate) mod value;

pub(crate) use eval::{Call, Host, Interpreter};
pub(crate) use lookalike::look_alike_advice;
pub(crate) use lower::parse;
pub(crate) use methods::leading_integer;
pub(crate) use value::{Located, Object, Value};
