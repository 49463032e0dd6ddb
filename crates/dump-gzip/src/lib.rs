//! gzip in members cut at content-defined row boundaries.
