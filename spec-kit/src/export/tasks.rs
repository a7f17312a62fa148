//! Task lines as spec-kit has them: with the path in the sentence.

use crate::digest::split_box;

/// A task's `Where` goes into its line, before what it depends on and where it comes from.
pub(super) fn with_paths<'a>(lines: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut task: Option<usize> = None;
    for line in lines {
        if let (Some(place), Some(at)) = (line.strip_prefix("  - Where: "), task)
            && let Some(task) = out.get_mut(at)
        {
            *task = placed(task, place);
            continue;
        }
        if split_box(line).is_some() && !line.starts_with(' ') {
            task = Some(out.len());
        } else if !line.starts_with("  ") {
            task = None;
        }
        out.push(line.to_owned());
    }
    out
}

fn placed(task: &str, place: &str) -> String {
    let mark = task.rfind(" ‹").unwrap_or(task.len());
    let (words, mark) = task.split_at(mark);
    let waits = words.rfind(" (depends on ").unwrap_or(words.len());
    let (words, waits) = words.split_at(waits);
    format!("{words} in {place}{waits}{mark}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_stands_in_the_sentence() {
        let text = "- [ ] T012 [P] [FR-004] Serve it (depends on T008) ‹L81›\n  - Where: `api/`, unless it is built elsewhere already\n  - a detail\n  - Verify: `true`\n- [x] T013 Other\n  - Where: `b.rs`\n\n  - Where: none\n";
        let lines = with_paths(text.lines());
        assert_eq!(
            lines,
            [
                "- [ ] T012 [P] [FR-004] Serve it in `api/`, unless it is built elsewhere already (depends on T008) ‹L81›",
                "  - a detail",
                "  - Verify: `true`",
                "- [x] T013 Other in `b.rs`",
                "",
                "  - Where: none",
            ]
        );
    }
}
