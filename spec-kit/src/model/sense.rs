//! Whether a sentence says that something is not to be.

/// What such a sentence begins with, in the languages that are read.
const LEADS: &[&str] = &[
    "no ",
    "not ",
    "none",
    "never ",
    "without ",
    "don't ",
    "do not ",
    "does not ",
    "must not ",
    "shall not ",
    "should not ",
    "cannot ",
    "kein ",
    "keine ",
    "keinen ",
    "nicht ",
    "ohne ",
    "nie ",
    "pas de ",
    "pas d'",
    "pas d’",
    "ne pas ",
    "aucun ",
    "aucune ",
    "sans ",
    "jamais ",
    "sin ",
    "ningún ",
    "ninguna ",
    "nunca ",
    "sem ",
    "nenhum ",
    "nenhuma ",
    "não ",
    "nao ",
    "senza ",
    "nessun ",
    "nessuna ",
    "不",
    "无",
    "無",
    "没有",
];

/// What the first clause of one says of its subject.
const ENDS: &[&str] = &[
    "not required",
    "not needed",
    "not necessary",
    "not planned",
    "not used",
    "not part of",
    "not in scope",
    "not supported",
    "non requis",
    "pas requis",
    "pas nécessaire",
    "non nécessaire",
    "pas prévu",
    "non prévu",
    "nicht erforderlich",
    "nicht notwendig",
    "nicht nötig",
    "nicht geplant",
    "nicht benötigt",
    "no requerid",
    "no es necesari",
    "no se requiere",
    "não é necessári",
    "nao e necessari",
    "não necessári",
    "não requerid",
    "不需要",
    "不要",
    "필요 없",
];

/// `No CI/CD at first`, `CI/CD: none for now`, `Image multi-arch non requise`: by its first words,
/// or by what its first clause says of its subject.
pub fn denies(text: &str) -> bool {
    let text = text.trim_start_matches(|c: char| !c.is_alphanumeric());
    let clause = text.split([';', '.', '—', '–', '(']).next();
    let clause = clause.unwrap_or(text).to_lowercase();
    let said = clause
        .split_once(": ")
        .map_or("", |(_, said)| said.trim_start());
    let begins = |part: &str| LEADS.iter().any(|lead| part.starts_with(lead));
    begins(&clause) || begins(said) || ENDS.iter().any(|end| clause.contains(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_to_be_is_known_by_its_first_words_or_its_predicate() {
        for text in [
            "No CI/CD at first",
            "**CI/CD**: none for now",
            "Pas de CI/CD initialement ; exécution locale WSL.",
            "Image multi-arch non requise pour le moment.",
            "Do not execute repository code",
            "Kein Kubernetes",
            "不需要 Docker",
        ] {
            assert!(denies(text), "{text}");
        }
        for text in [
            "CI/CD: GitHub Actions",
            "Notify the team of each release",
            "Workers: DO Droplet; no Kubernetes yet",
            "Node.js on Fly.io",
            "Nonstop restarts",
        ] {
            assert!(!denies(text), "{text}");
        }
    }
}
