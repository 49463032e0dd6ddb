//! Dummy data for a Schemafile.

fn main() {}
