//! How files are called in findings and links: by the way from a root, with `/`, and never by what
//! this machine is like.

use std::path::{Component, Path, PathBuf};

/// From the root where it lies inside of it; else as it was given.
pub fn name(root: &Path, given: &Path) -> String {
    let inside = lexical(&root.join(given));
    let inside = inside.strip_prefix(lexical(root)).ok();
    slashed(inside.unwrap_or(given))
}

pub fn child(folder: &str, name: &str) -> String {
    match folder {
        "" => name.to_owned(),
        folder => format!("{folder}/{name}"),
    }
}

/// With `/`, without `.` parts.
pub fn slashed(path: &Path) -> String {
    let mut text = String::new();
    for part in path.components() {
        match part {
            Component::RootDir => text.push('/'),
            Component::CurDir | Component::Prefix(_) => {}
            part => {
                if !text.is_empty() && !text.ends_with('/') {
                    text.push('/');
                }
                text.push_str(&part.as_os_str().to_string_lossy());
            }
        }
    }
    text
}

/// Absolute, without `.` and `..`, as it is written: a link in a document is followed that way.
pub fn lexical(path: &Path) -> PathBuf {
    let whole = std::path::absolute(path).unwrap_or_else(|_| path.into());
    let mut plain = PathBuf::new();
    for part in whole.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                plain.pop();
            }
            part => plain.push(part),
        }
    }
    plain
}

/// The way from a folder to a file, `../../docs/prd.md`. Both lexical.
pub fn way(from: &Path, to: &Path) -> String {
    let shared = from
        .components()
        .zip(to.components())
        .take_while(|(a, b)| a == b)
        .count();
    let up = from.components().count() - shared;
    let down: PathBuf = to.components().skip(shared).collect();
    format!("{}{}", "../".repeat(up), slashed(&down))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_called_by_their_way_from_the_root() {
        let root = Path::new("/some/repo");
        assert_eq!(name(root, Path::new("./docs/../specs/x")), "specs/x");
        assert_eq!(name(root, Path::new("/some/repo/prd.md")), "prd.md");
        assert_eq!(name(root, Path::new(".")), "");
        assert_eq!(name(root, Path::new("/else/prd.md")), "/else/prd.md");
        assert_eq!(name(root, Path::new("../prd.md")), "../prd.md");
    }

    #[test]
    fn a_way_leads_up_and_down_again() {
        let way = |from, to| way(Path::new(from), Path::new(to));
        assert_eq!(way("/r/specs/x", "/r/docs/prd.md"), "../../docs/prd.md");
        assert_eq!(way("/r", "/r/prd.md"), "prd.md");
    }
}
