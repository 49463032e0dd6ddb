//! Migrations as the SQL that comes of two schemas.
