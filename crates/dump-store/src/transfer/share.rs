//! How many connections one object may have, when git-lfs runs eight agents side by side.
//!
//! A server gives one connection only so much, so a large object needs many of them; eight agents with many each would be
//! more than a line, or a machine, can bear. One large object is the usual case, and then seven agents idle: so one agent
//! at a time leads and has most of the connections, and the others have few. A lock on a file in the workspace says who
//! leads, and goes with its process, however that ends.

use std::fs::File;

use crate::transfer::limits::Limits;
use crate::transfer::workspace::Workspace;

/// One transfer's share of the connections, for as long as it lives.
#[derive(Debug)]
pub(crate) struct Share {
    connections: usize,
    /// The lock that makes this transfer the leader.
    _lead: Option<File>,
}

impl Share {
    /// The share of a transfer of so many parts.
    pub(crate) fn take(limits: &Limits, workspace: &Workspace, parts: u64) -> Self {
        let lead = if parts > limits.connections as u64 {
            workspace.lead()
        } else {
            None
        };
        let connections = if lead.is_some() {
            limits.leader_connections
        } else {
            limits.connections
        };
        Self {
            connections,
            _lead: lead,
        }
    }

    /// How many requests may be in flight at the same time.
    pub(crate) fn connections(&self) -> usize {
        self.connections
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_at_a_time_leads_and_only_with_a_large_object() {
        let directory = tempfile::tempdir().unwrap();
        let workspace = Workspace::new(directory.path());
        let limits = Limits::for_siblings(8);
        let share = |parts| Share::take(&limits, &workspace, parts);
        assert_eq!(share(1).connections(), limits.connections);
        let leader = share(100);
        assert_eq!(leader.connections(), limits.leader_connections);
        assert_eq!(share(100).connections(), limits.connections);
        drop(leader);
        assert_eq!(share(100).connections(), limits.leader_connections);
    }
}
