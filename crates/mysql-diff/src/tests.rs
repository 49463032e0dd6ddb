//! What a migration says, without a server.
