//! Words of strangers in our own sentences.

/// Characters of a foreign text that are told.
const SHOWN: usize = 80;

/// A foreign text as it may stand in one line of a log: quoted, escaped, and not long.
pub fn quoted(text: &str) -> String {
    let shown: String = text.chars().take(SHOWN).collect();
    match shown.len() < text.len() {
        true => format!("{shown:?}…"),
        false => format!("{shown:?}"),
    }
}

/// Whether requests may go there: https, or http to this machine, a host, no user, no query, no slash
/// at the end.
pub fn is_base(url: &str) -> bool {
    let local = ["http://127.0.0.1:", "http://localhost:"];
    let local = local.iter().find_map(|start| url.strip_prefix(start));
    let Some(rest) = local.or_else(|| url.strip_prefix("https://")) else {
        return false;
    };
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~/:".contains(&b);
    rest.bytes().all(is_plain)
        && rest.starts_with(|c: char| c.is_ascii_alphanumeric())
        && !rest.ends_with('/')
}
