use super::{Rule, rule, rules};
use std::fmt::Write;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no rule {id}{}", nearest.as_ref().map_or(String::new(), |n| format!("; did you mean {n}?")))]
pub struct UnknownRule {
    pub id: String,
    pub nearest: Option<&'static str>,
}

/// What a rule is, why it is one, an example of each kind, and what to do.
///
/// # Errors
/// An id that no rule has, with the one that is nearest to it.
pub fn explain(id: &str) -> Result<String, UnknownRule> {
    let Some(rule) = rule(id) else {
        return Err(UnknownRule {
            id: id.trim().to_owned(),
            nearest: nearest(id),
        });
    };
    let mut out = String::new();
    let _ = write!(
        out,
        "{} ({})\n{}\n\nWhy: {}\n\nReported:\n{}\n\nFine:\n{}\n\nTo do: {}\nSource: {}\n",
        rule.id,
        rule.severity.word(),
        rule.title,
        rule.why,
        indented(rule.bad),
        indented(rule.good),
        rule.fix,
        rule.source,
    );
    Ok(out)
}

/// The table as JSON, for tools.
pub fn json() -> String {
    let table: Vec<&Rule> = rules().collect();
    let mut out = serde_json::to_string_pretty(&table).unwrap_or_default();
    out.push('\n');
    out
}

/// The table as markdown, for the documentation.
pub fn markdown() -> String {
    let mut out = String::from(
        "| Rule | Severity | What is checked | What to do |\n| --- | --- | --- | --- |\n",
    );
    for rule in rules() {
        let _ = writeln!(
            out,
            "| `{}` | {} | {} | {} |",
            rule.id,
            rule.severity.word(),
            cell(rule.title),
            cell(rule.fix)
        );
    }
    out
}

const MARK: &str = "<!-- generated: rules -->\n";
const END: &str = "<!-- end -->\n";

/// `text` with the part between `<!-- generated: rules -->` and `<!-- end -->` as [`markdown`] is
/// now; all of it as it is where there are no such marks.
pub fn fill(text: &str) -> String {
    let parts = text
        .split_once(MARK)
        .and_then(|(before, after)| Some((before, after.split_once(END)?.1)));
    match parts {
        Some((before, after)) => format!("{before}{MARK}{}{END}{after}", markdown()),
        None => text.to_owned(),
    }
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

fn indented(text: &str) -> String {
    text.lines()
        .map(|line| format!("    {line}"))
        .collect::<Vec<_>>()
        .join("\n")
}

/// The rule whose id has the most characters in the same places.
fn nearest(id: &str) -> Option<&'static str> {
    let wanted = id.trim().to_ascii_uppercase();
    let same = |rule: &Rule| {
        rule.id
            .bytes()
            .zip(wanted.bytes())
            .filter(|(a, b)| a == b)
            .count()
    };
    rules()
        .map(|rule| (same(rule), rule.id))
        .filter(|(count, _)| *count >= 6)
        // The first of the best, so that the answer does not depend on the iterator.
        .fold(
            None,
            |best: Option<(usize, &'static str)>, next| match best {
                Some((count, _)) if count >= next.0 => best,
                _ => Some(next),
            },
        )
        .map(|(_, id)| id)
}
