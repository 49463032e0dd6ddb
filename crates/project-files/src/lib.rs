//! The files of a team's repository, as the generators meet them.
//!
//! Both generators read and write files of one repository, so what they share of the file system is here: where the
//! repository begins, and what to say of a path that was meant otherwise.

mod project;
mod reason;

pub use project::{Project, without_dots};
pub use reason::plain_reason;
