//! For tests: temporary PostgreSQL, embedded S3, scratch git homes, fault proxy.
