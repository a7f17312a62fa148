#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Line<'t> {
    /// `diff --git …`, `---`, `+++`, `index …`: what stands outside of hunks.
    File(&'t str),
    /// `@@ -1,3 +1,4 @@ …`
    Hunk(&'t str),
    Same {
        old: u64,
        new: u64,
        text: &'t str,
    },
    Gone {
        old: u64,
        text: &'t str,
    },
    Came {
        new: u64,
        text: &'t str,
    },
    /// `\ No newline at end of file`.
    Note(&'t str),
}

/// Reads a unified diff. How many lines a hunk says it has decides whether `--- x` is a header or a
/// line that went away.
pub(super) fn parse(text: &str) -> Vec<Line<'_>> {
    let (mut old, mut new, mut old_left, mut new_left) = (0u64, 0u64, 0u64, 0u64);
    let mut lines = Vec::new();
    for line in text.lines() {
        if let Some(hunk) = line.starts_with("@@ ").then(|| hunk(line)).flatten() {
            (old, old_left, new, new_left) = hunk;
            lines.push(Line::Hunk(line));
            continue;
        }
        let is_inside = old_left > 0 || new_left > 0;
        let rest = line.get(1..).unwrap_or("");
        lines.push(match line.as_bytes().first() {
            Some(b'\\') => Line::Note(line),
            Some(b'-') if is_inside && old_left > 0 => {
                (old, old_left) = (old.saturating_add(1), old_left - 1);
                Line::Gone {
                    old: old - 1,
                    text: rest,
                }
            }
            Some(b'+') if is_inside && new_left > 0 => {
                (new, new_left) = (new.saturating_add(1), new_left - 1);
                Line::Came {
                    new: new - 1,
                    text: rest,
                }
            }
            Some(b' ') | None if is_inside => {
                (old, new) = (old.saturating_add(1), new.saturating_add(1));
                (old_left, new_left) = (old_left.saturating_sub(1), new_left.saturating_sub(1));
                Line::Same {
                    old: old - 1,
                    new: new - 1,
                    text: rest,
                }
            }
            _ => Line::File(line),
        });
    }
    lines
}

/// `@@ -12,3 +14,4 @@` → (12, 3, 14, 4); a count that is left out is 1.
fn hunk(line: &str) -> Option<(u64, u64, u64, u64)> {
    let mut words = line.split(' ').skip(1);
    let (old, old_count) = range(words.next()?.strip_prefix('-')?)?;
    let (new, new_count) = range(words.next()?.strip_prefix('+')?)?;
    Some((old, old_count, new, new_count))
}

fn range(text: &str) -> Option<(u64, u64)> {
    match text.split_once(',') {
        Some((start, count)) => Some((start.parse().ok()?, count.parse().ok()?)),
        None => Some((text.parse().ok()?, 1)),
    }
}
