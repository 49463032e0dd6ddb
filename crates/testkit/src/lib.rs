//! What the tests of this workspace, and `cargo xtask`, need around them: the real things, small and temporary.
//!
//! - [`cases::read`]: cases of a test as text files
//! - [`browser::chromium`]: Chromium, where it is found
//! - [`git::GitHome`]: a scratch HOME in which real git and real git-lfs run, blind to the user's own configuration
//! - [`http::HttpServer`]: a server that answers as a test says
//! - [`lfs::LfsServer`]: a git-lfs server as hosting services have one
//! - [`loading`]: a directory of dumps, loaded as official images do
//! - [`memory::Watch`]: how much memory the processes of a program hold
//! - [`mysql::TempMySql`]: a real MariaDB or MySQL server in a temporary directory
//! - [`noise::noise`]: bytes that no compression makes smaller
//! - [`pg::TempPostgres`]: a real PostgreSQL server in a temporary directory
//! - [`tunnel::Tunnels`]: a proxy that companies have, through which TLS goes unseen
//!
//! An S3 server and a network that fails are in `testkit-s3`, so that what tests a database doesn't build them.
//!
//! Everything here stops and removes itself when dropped. A tool that is missing is a failure that says what to
//! install, never a skipped test. Nothing here is for production: the helpers panic with the whole story of what
//! went wrong, which is what a test wants.

pub mod browser;
pub mod cargo;
pub mod cases;
pub mod git;
pub mod http;
pub mod lfs;
mod listener;
pub mod loading;
pub mod memory;
pub mod mysql;
pub mod noise;
pub mod pg;
mod throwaway;
pub mod tunnel;

pub use host_tools::process;
