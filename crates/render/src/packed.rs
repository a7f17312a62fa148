//! The files of `templates/ui`, unpacked once a process.

use std::collections::BTreeMap;
use std::sync::LazyLock;

const PACKED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/ui.json.deflate"));

/// By plain name. What cannot be unpacked is empty, and then no template is found: a program that
/// was built wrongly says so with its first page.
static FILES: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
    let json = miniz_oxide::inflate::decompress_to_vec(PACKED).unwrap_or_default();
    serde_json::from_slice(&json).unwrap_or_default()
});

pub(crate) fn files() -> impl Iterator<Item = (&'static str, &'static str)> {
    FILES
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_str()))
}

/// Empty where there is no such file.
pub(crate) fn file(name: &str) -> &'static str {
    FILES.get(name).map_or("", String::as_str)
}
