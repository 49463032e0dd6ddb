//! The person at the terminal: what is written to them, in which colours, and commands that they can paste.

pub(crate) mod colours;
pub(crate) mod output;
pub(crate) mod progress;
pub(crate) mod shell;
