//! Rows for a schema from a seed.
