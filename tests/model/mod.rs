//! An in-memory `Store`.
