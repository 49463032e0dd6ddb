//! How each column is made: what its values are, and when it is NULL.
//!
//! [`build`] goes from column to column and asks in order: a master's file, the configuration, a key, a slot, an equal
//! column, a count of children, and last [`by_type`], which goes by type and name. Makers get a [`context::Context`]
//! and give back a generator with its reason.

pub(crate) mod build;
mod by_type;
mod configured;
mod context;
mod counts;
mod documents;
mod moments;
mod nulls;
mod number_rules;
mod numbers;
mod orders;
mod patterns;
mod slots;
mod spatial;
mod text_rules;
mod texts;
