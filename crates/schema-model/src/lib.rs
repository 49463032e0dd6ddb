//! What a PostgreSQL schema is: tables, columns, types, keys, constraints.
