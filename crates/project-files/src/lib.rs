//! The files of a team's repository, as the generators meet them.
//!
//! Both generators read and write files of one repository, so what they share of the file system is here: where the
//! repository begins, and what to say of a path that was meant otherwise.

mod folder;
mod project;
mod reason;
mod stdout;

pub use folder::files_with;
pub use project::{Project, without_dots};
pub use reason::plain_reason;
pub use stdout::written_to_stdout;
