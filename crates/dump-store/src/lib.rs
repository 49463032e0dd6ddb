//! Objects in S3, content-addressed and verified.
