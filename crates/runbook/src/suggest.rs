//! "Did you mean": the nearest of the right words.

/// Longest word that is compared; a longer one is no slip of the finger.
const MAX_CHARS: usize = 64;

/// The nearest of `known` to `word`, where it is near enough to be what was meant.
pub(crate) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if word.chars().count() > MAX_CHARS {
        return None;
    }
    // A third of the word may be wrong: `timout` is `timeout`, `x` is not `y`.
    let allowed = (word.chars().count() / 3).clamp(1, 3);
    known
        .into_iter()
        .filter(|candidate| candidate.chars().count() <= MAX_CHARS)
        .map(|candidate| (distance(&fold(word), &fold(candidate)), candidate))
        .filter(|(distance, candidate)| {
            *distance <= allowed && *distance < candidate.chars().count().max(1)
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// A hint that names the nearest right word, or else lists all of them.
pub(crate) fn hint(word: &str, known: &[&str], what: &str) -> String {
    match nearest(word, known.iter().copied()) {
        Some(right) => format!("did you mean `{right}`?"),
        None if known.is_empty() => format!("there are no {what}"),
        None => format!("{what}: {}", known.join(", ")),
    }
}

/// `Max-Attempts` and `maxAttempts` are both `max_attempts` written by another habit.
fn fold(word: &str) -> Vec<char> {
    word.chars()
        .filter(|c| !matches!(c, '_' | '-'))
        .flat_map(char::to_lowercase)
        .collect()
}

/// Edits (insert, delete, replace, swap of neighbours) from one word to the other.
fn distance(from: &[char], to: &[char]) -> usize {
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=to.len()).collect();
    for (i, a) in from.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, b) in to.iter().enumerate() {
            let mut best = (last[j] + usize::from(a != b))
                .min(last[j + 1] + 1)
                .min(row[j] + 1);
            if i > 0 && j > 0 && *a == to[j - 1] && from[i - 1] == *b {
                best = best.min(before_last[j - 1] + 1);
            }
            row.push(best);
        }
        before_last = std::mem::replace(&mut last, row);
    }
    last[to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEYS: [&str; 4] = ["timeout", "title", "max_attempts", "run"];

    #[test]
    fn slips_and_other_habits_find_the_right_word() {
        for (word, right) in [
            ("timout", Some("timeout")),
            ("maxAttempts", Some("max_attempts")),
            ("max-attempts", Some("max_attempts")),
            ("urn", Some("run")),
            ("script", None),
            ("x", None),
            ("", None),
        ] {
            assert_eq!(nearest(word, KEYS), right, "{word}");
        }
    }

    #[test]
    fn where_nothing_is_near_all_are_listed() {
        assert_eq!(hint("script", &["id", "run"], "keys"), "keys: id, run");
        assert_eq!(hint("script", &[], "parameters"), "there are no parameters");
    }
}
