//! Tests of the store through its public face, in one program: each file alone would build the S3 client's generic code
//! once more.

mod common;
mod conformance;
mod network;
mod reader;
mod repair;
mod requests;
mod servers;
mod tending;
mod texts;
mod transfers;
mod version_faults;
mod versions;
