//! git-lfs standalone transfer agent that keeps dumps in S3.

fn main() {}
