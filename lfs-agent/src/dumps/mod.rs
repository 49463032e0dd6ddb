//! Dumps as several commands read them: the content of a version, the commits that changed it, the keys of its tables.

pub(crate) mod ahead;
pub(crate) mod content;
pub(crate) mod elsewhere;
pub(crate) mod schema;
pub(crate) mod versions;
