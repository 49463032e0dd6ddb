//! How each column is made: what its values are, and when it is NULL.
//!
//! [`build`] goes from column to column and asks in order: a master's file, the configuration, a key, a slot, an equal
//! column, a count of children, and last [`by_type`], which goes by type and name. Makers get a [`context::Context`]
//! and give back a generator with its reason.

pub(crate) mod build;
pub(crate) mod by_type;
pub(crate) mod computed;
pub(crate) mod configured;
pub(crate) mod context;
pub(crate) mod counts;
mod documents;
mod following;
mod magnitudes;
pub(crate) mod moments;
pub(crate) mod nulls;
pub(crate) mod number_rules;
mod numbers;
mod orders;
mod patterns;
pub(crate) mod pinned;
mod shares;
mod slots;
mod spatial;
pub(crate) mod text_rules;
mod texts;
mod ways;
