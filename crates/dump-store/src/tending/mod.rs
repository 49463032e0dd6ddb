//! Looking after what a store holds: what is there, who needs it, what goes out, what is put back, what is copied.

pub(crate) mod inventory;
pub(crate) mod mirror;
pub(crate) mod names;
mod repair;
