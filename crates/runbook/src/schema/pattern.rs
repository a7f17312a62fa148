//! Regular expressions of `pattern`: linear in the text, small in memory.

use regex_lite::{Regex, RegexBuilder};

/// Compiled size, in bytes. Matching costs at most this times the length of the text.
const SIZE_LIMIT: usize = 64 * 1024;

pub(super) fn compile(pattern: &str) -> Result<Regex, String> {
    RegexBuilder::new(pattern)
        .size_limit(SIZE_LIMIT)
        .build()
        .map_err(|error| error.to_string())
}
