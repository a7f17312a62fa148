//! What generated documents say at the end of a line: `(serves G-02) ‹L12›`.

use crate::manifest::Relation;

/// The words of a line without source mark and edges, and the edges.
pub(crate) fn tail(text: &str) -> (String, Vec<(Relation, String)>) {
    let mut words = text.trim();
    if words.ends_with('›')
        && let Some((before, _)) = words.rsplit_once('‹')
    {
        words = before.trim_end();
    }
    let mut named = Vec::new();
    while let Some((before, inside)) = words
        .strip_suffix(')')
        .and_then(|rest| rest.rsplit_once('('))
    {
        let found = [
            ("serves ", Some(Relation::Serves)),
            ("validates ", Some(Relation::Validates)),
            ("depends on ", None),
            ("per ", None),
        ]
        .into_iter()
        .find_map(|(verb, relation)| Some((inside.strip_prefix(verb)?, relation)));
        let Some((ids, relation)) = found else {
            break;
        };
        if !ids.split(", ").all(is_id) {
            break;
        }
        if let Some(relation) = relation {
            named.extend(ids.split(", ").map(|id| (relation, id.to_owned())));
        }
        words = before.trim_end();
    }
    let asked = words
        .strip_prefix("[NEEDS CLARIFICATION: ")
        .and_then(|rest| rest.strip_suffix(']'));
    (asked.unwrap_or(words).to_owned(), named)
}

/// The words alone, without what stands between a criterion's id and them.
pub(crate) fn without_edges(text: String) -> String {
    let text = match text.strip_prefix("(hard): ") {
        Some(words) => words.to_owned(),
        None => text,
    };
    match text.ends_with(')') && (text.contains("(serves ") || text.contains("(validates ")) {
        true => tail(&text).0,
        false => text,
    }
}

pub(crate) fn is_id(word: &str) -> bool {
    !word.starts_with("SK-")
        && word.starts_with(|c: char| c.is_ascii_uppercase())
        && word.ends_with(|c: char| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_names_ids_is_an_edge() {
        let words = |text: &str| without_edges(text.to_owned());
        assert_eq!(words("Runs list (serves G-01, US2)"), "Runs list");
        assert_eq!(
            words("Show it (a note) (validates FR-1)"),
            "Show it (a note)"
        );
        assert_eq!(words("It (serves all)"), "It (serves all)");
        assert_eq!(
            words("It (serves G-01) at once"),
            "It (serves G-01) at once"
        );
    }
}
