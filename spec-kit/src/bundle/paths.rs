/// The last part of a path.
pub fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The folder of a path; empty where it has none.
pub fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Where a relative target leads from a folder, without `.` and `..`. None where it leaves the
/// tree.
pub fn resolve(from: &str, target: &str) -> Option<String> {
    let mut parts: Vec<&str> = match target.starts_with('/') {
        true => Vec::new(),
        false => from.split('/').filter(|part| !part.is_empty()).collect(),
    };
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_resolved_within_the_tree() {
        assert_eq!(resolve("a/b", "../c.md"), Some("a/c.md".into()));
        assert_eq!(resolve("a/b", "./c/../d.md"), Some("a/b/d.md".into()));
        assert_eq!(resolve("a/b", "/c.md"), Some("c.md".into()));
        assert_eq!(resolve("a", "../../c.md"), None);
        assert_eq!(
            (file_name("a/b.md"), folder("a/b.md"), folder("b.md")),
            ("b.md", "a", "")
        );
    }
}
