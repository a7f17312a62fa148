//! Links of a document that moves: the same things, seen from another folder.

use std::borrow::Cow;
use std::collections::BTreeMap;

/// A move of documents from one folder to another. Folders are seen from one root, `specs/a`; one
/// that lies outside of it begins with `..`.
pub(super) struct Move<'a> {
    pub from: &'a str,
    pub to: &'a str,
    /// Paths that are called otherwise afterwards, both seen from the root.
    pub renamed: &'a BTreeMap<String, String>,
}

impl Move<'_> {
    /// A line of Markdown with its links as they are after the move. Code stays as it is.
    pub(super) fn line<'l>(&self, line: &'l str) -> Cow<'l, str> {
        if !line.contains("](") {
            return line.into();
        }
        let mut out = String::with_capacity(line.len());
        let mut rest = line;
        while let Some(at) = rest.find(['`', ']']) {
            let (before, after) = rest.split_at(at);
            out.push_str(before);
            if after.starts_with('`') {
                let ticks = after.len() - after.trim_start_matches('`').len();
                let (mark, behind) = after.split_at(ticks);
                let code = behind.find(mark).map_or(ticks, |end| end + 2 * ticks);
                let (code, behind) = after.split_at(code);
                out.push_str(code);
                rest = behind;
            } else if let Some((target, behind)) = target(after) {
                let moved = self.target(target);
                self.rename(&mut out, target, &moved);
                out.push_str("](");
                out.push_str(&moved);
                out.push(')');
                rest = behind;
            } else {
                out.push(']');
                rest = after.get(1..).unwrap_or("");
            }
        }
        out.push_str(rest);
        out.into()
    }

    /// `[prd.md](prd.md)` says what the file is called.
    fn rename(&self, out: &mut String, old: &str, new: &str) {
        let name = |target: &str| {
            let path = target.split('#').next().unwrap_or("");
            path.rsplit('/').next().unwrap_or("").to_owned()
        };
        let (old, new) = (name(old), name(new));
        let shown = format!("[{old}");
        if old != new && !old.is_empty() && out.ends_with(&shown) {
            out.truncate(out.len() - old.len());
            out.push_str(&new);
        }
    }

    fn target(&self, target: &str) -> String {
        let is_elsewhere = target.starts_with(['#', '/', '<']) || target.contains(':');
        if is_elsewhere || target.is_empty() {
            return target.to_owned();
        }
        let (path, anchor) = match target.find('#') {
            Some(at) => target.split_at(at),
            None => (target, ""),
        };
        let whole = joined(self.from, path);
        let whole = self.renamed.get(&whole).unwrap_or(&whole);
        format!("{}{anchor}", way(self.to, whole))
    }
}

/// Of `](target)…`: the target, and what is behind it.
fn target(text: &str) -> Option<(&str, &str)> {
    let inside = text.strip_prefix("](")?;
    let end = inside.find(')')?;
    Some((inside.get(..end)?, inside.get(end + 1..)?))
}

/// A path below a folder, without `.` and, but in front, without `..`.
pub(super) fn joined(folder: &str, path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// The way from a folder to a path. Both without `.`, and with `..` in front only.
fn way(folder: &str, path: &str) -> String {
    let from: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    let to: Vec<&str> = path.split('/').collect();
    let shared = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let up = std::iter::repeat_n("..", from.len() - shared);
    let down = to.iter().skip(shared).copied();
    up.chain(down).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moved(line: &str) -> String {
        let renamed = BTreeMap::from([(
            "spec/search/prd.md".to_owned(),
            "specs/001-search/spec.md".to_owned(),
        )]);
        let road = Move {
            from: "spec/search",
            to: "specs/001-search",
            renamed: &renamed,
        };
        road.line(line).into_owned()
    }

    #[test]
    fn a_link_leads_to_the_same_thing() {
        for (line, expected) in [
            (
                "x ‹[L4](../../docs/prd.md#L4)›",
                "x ‹[L4](../../docs/prd.md#L4)›",
            ),
            ("[a](notes.md#b) ]", "[a](../../spec/search/notes.md#b) ]"),
            (
                "[prd.md](prd.md) and [it](prd.md#goals)",
                "[spec.md](spec.md) and [it](spec.md#goals)",
            ),
            (
                "[x](https://x.org/prd.md) [y](#y) [z](/z)",
                "[x](https://x.org/prd.md) [y](#y) [z](/z)",
            ),
            (
                "`[a](prd.md)` ``[b`](prd.md)`` [c](prd.md)",
                "`[a](prd.md)` ``[b`](prd.md)`` [c](spec.md)",
            ),
            ("` [a](prd.md)", "` [a](spec.md)"),
            ("[a](prd.md", "[a](prd.md"),
        ] {
            assert_eq!(moved(line), expected, "{line}");
        }
    }

    #[test]
    fn a_way_may_lead_outside() {
        assert_eq!(
            joined("../other/spec", "../../docs/prd.md"),
            "../docs/prd.md"
        );
        assert_eq!(way("specs/a", "../docs/prd.md"), "../../../docs/prd.md");
        assert_eq!(way("specs/a", "specs/a/plan.md"), "plan.md");
    }
}
