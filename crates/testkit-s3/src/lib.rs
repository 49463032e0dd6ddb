//! What tests of the transfer island, the demo and the benchmarks need around them: a bucket, and a network that fails.
//!
//! - [`proxy::FaultProxy`]: a network between a client and an S3 server that fails on cue
//! - [`s3::EmbeddedS3`]: an S3 server in this process, on a free port of the loopback interface
//!
//! As in `testkit`, everything stops and removes itself when dropped, and panics with the whole story of what went
//! wrong. Nothing here is for production.

pub mod proxy;
pub mod s3;
