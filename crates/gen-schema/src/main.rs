//! Schemafile to SQL, with no Ruby and no database.

fn main() {}
