//! The commands, a module each: what a person types, what is told, and when it fails.

pub(crate) mod blame;
pub(crate) mod diff;
pub(crate) mod doctor;
pub(crate) mod fsck;
pub(crate) mod get;
pub(crate) mod init;
pub(crate) mod install;
pub(crate) mod log;
pub(crate) mod ls;
pub(crate) mod merge;
pub(crate) mod mirror;
pub(crate) mod prune;
pub(crate) mod show;
