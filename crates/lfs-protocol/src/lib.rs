//! git-lfs custom transfer messages and loop.
