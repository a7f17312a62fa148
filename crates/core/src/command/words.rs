use super::CommandError;

/// Words of a line, as a shell would cut them: quotes keep spaces, a backslash keeps what follows.
pub fn split(line: &str) -> Result<Vec<String>, CommandError> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match (c, quote) {
            (c, Some(open)) if c == open => quote = None,
            ('\\', None | Some('"')) => match chars.next() {
                Some(next) => word.get_or_insert_default().push(next),
                None => word.get_or_insert_default().push('\\'),
            },
            (c, Some(_)) => word.get_or_insert_default().push(c),
            ('"' | '\'', None) => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (c, None) if c.is_whitespace() => words.extend(word.take()),
            (c, None) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    match quote {
        Some(_) => Err(CommandError::OpenQuote),
        None => Ok(words),
    }
}

/// A word that [`split`] gives back as it is.
pub fn quoted(word: &str) -> String {
    let is_plain = |c: char| !c.is_whitespace() && !['"', '\'', '\\'].contains(&c);
    match !word.is_empty() && word.chars().all(is_plain) {
        true => word.into(),
        false => format!("\"{}\"", word.replace('\\', "\\\\").replace('"', "\\\"")),
    }
}
