//! How a person can call this program again: hints have to work when they are pasted.

use std::path::Path;

/// `ops` where the shell finds it, else what started us.
pub fn name() -> String {
    let path = std::env::var_os("PATH").unwrap_or_default();
    if std::env::split_paths(&path).any(|folder| folder.join("ops").is_file()) {
        return "ops".into();
    }
    if std::env::var_os("CARGO").is_some() {
        return "cargo run --".into();
    }
    match std::env::args().next() {
        Some(called) if Path::new(&called).components().count() > 1 => called,
        _ => "ops".into(),
    }
}

/// A command line of ours to paste, such as `ops runs cancel 8dfd…`.
pub fn call(arguments: impl std::fmt::Display) -> String {
    format!("{} {arguments}", name())
}

/// A word as a shell reads it back.
pub fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./:=,@+%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.into();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn words_survive_a_shell() {
        assert_eq!(quoted("name=you"), "name=you");
        assert_eq!(quoted("my data"), "'my data'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
        assert_eq!(quoted(""), "''");
    }
}
