//! Tasks of the source that its words name. Most are none of the bundle; those that are stand where
//! a task waits for them, and a mention elsewhere is no dependency.

use super::Task;
use std::borrow::Cow;

/// What tells them from the bundle's own.
const WHOSE: &str = "the source's ";

/// In all that is written of tasks.
pub(super) fn tell_apart(tasks: &mut [Task]) {
    for task in tasks {
        if !task.lost.is_empty() {
            let lost = task.lost.join(", ");
            task.text.push_str(&format!(" (depends on {lost})"));
        }
        let texts = task.details.iter_mut().map(|detail| &mut detail.text);
        for text in texts.chain([&mut task.text]) {
            if let Cow::Owned(told) = told_apart(text) {
                *text = told;
            }
        }
    }
}

/// `needs T004` as `needs the source's T004`: to a reader of the task list it is no dependency.
pub(in crate::generate) fn told_apart(text: &str) -> Cow<'_, str> {
    // Most texts name none, and are long.
    let may_name = |rest: &[u8]| match rest {
        [b'T', next, ..] => next.is_ascii_digit() || matches!(next, b'-' | b'A' | b'a'),
        rest => rest.starts_with(b"task"),
    };
    let mut letters = text.bytes().enumerate();
    if !letters.any(|(at, letter)| {
        matches!(letter, b'T' | b't') && text.as_bytes().get(at..).is_some_and(may_name)
    }) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(letter) = text.get(at..).and_then(|rest| rest.chars().next()) {
        let rest = text.get(at..).unwrap_or("");
        let before = out.chars().next_back();
        let is_start = before.is_none_or(|c| !c.is_alphanumeric() && !matches!(c, '_' | '-'));
        if is_start && let Some(length) = task(rest) {
            if !out.ends_with(WHOSE) {
                out.push_str(WHOSE);
            }
            out.push_str(rest.get(..length).unwrap_or(""));
            at += length;
            continue;
        }
        out.push(letter);
        at += letter.len_utf8();
    }
    Cow::Owned(out)
}

/// The length of a task's id at the beginning: `T004`, `T-4`, `TASK-4`, `Task 4`.
fn task(text: &str) -> Option<usize> {
    let lead = [
        "TASK-", "TASK", "T-", "T", "Task ", "task ", "Tasks ", "tasks ", "Task #",
    ]
    .into_iter()
    .find(|lead| {
        text.strip_prefix(lead)
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    })?;
    let rest = text.get(lead.len()..)?;
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    Some(lead.len() + digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tasks_of_the_source_are_called_its_own() {
        for (text, told) in [
            (
                "a (depends on T004, T5)",
                "a (depends on the source's T004, the source's T5)",
            ),
            ("after Task 2.1", "after the source's Task 2.1"),
            ("HTTP T UTF-8 AT4 tasks", "HTTP T UTF-8 AT4 tasks"),
        ] {
            assert_eq!(told_apart(text), told);
        }
    }
}
