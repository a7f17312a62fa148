//! Words in a form in which they can be compared.

/// Lower case, without accents on Latin letters, one blank between words.
pub(super) fn fold(text: &str) -> String {
    if text.is_ascii() {
        return fold_ascii(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    // Most of a text with a few other letters is ASCII all the same.
    loop {
        let length = rest.bytes().position(|byte| !byte.is_ascii());
        let (ascii, other) = rest.split_at(length.unwrap_or(rest.len()));
        fold_words(ascii, &mut out);
        let Some(letter) = other.chars().next() else {
            break;
        };
        rest = other.get(letter.len_utf8()..).unwrap_or("");
        if letter.is_whitespace() {
            fold_words(" ", &mut out);
            continue;
        }
        for lower in letter.to_lowercase() {
            match plain(lower) {
                Some(letters) => out.push_str(letters),
                None => out.push(lower),
            }
        }
    }
    out.make_ascii_lowercase();
    out.truncate(out.trim_end().len());
    out
}

/// Words of ASCII with one blank between them, and one at either end where the text has some there.
fn fold_words(ascii: &str, out: &mut String) {
    let mut from = 0;
    let mut is_blank = out.is_empty() || out.ends_with(' ');
    for (at, byte) in ascii.bytes().enumerate() {
        let was_blank = is_blank;
        is_blank = matches!(byte, b' ' | b'\t'..=b'\r');
        // Most blanks stand alone, and so with the words around them.
        if !is_blank || byte == b' ' && !was_blank {
            continue;
        }
        out.push_str(ascii.get(from..at).unwrap_or(""));
        from = at + 1;
        if !was_blank {
            out.push(' ');
        }
    }
    out.push_str(ascii.get(from..).unwrap_or(""));
}

/// Most of what is folded, many times for each line.
fn fold_ascii(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    fold_words(text, &mut out);
    out.truncate(out.trim_end().len());
    out.make_ascii_lowercase();
    out
}

fn plain(letter: char) -> Option<&'static str> {
    Some(match letter {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ą' => "a",
        'ç' | 'ć' | 'č' => "c",
        'è' | 'é' | 'ê' | 'ë' | 'ę' => "e",
        'ì' | 'í' | 'î' | 'ï' => "i",
        'ñ' | 'ń' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' => "o",
        'ù' | 'ú' | 'û' | 'ü' => "u",
        'ý' | 'ÿ' => "y",
        'ś' | 'š' => "s",
        'ź' | 'ż' | 'ž' => "z",
        'ł' => "l",
        'ß' => "ss",
        'œ' => "oe",
        'æ' => "ae",
        '\u{2019}' => "'",
        '\u{2010}' | '\u{2011}' => "-",
        // Marks that combine with the letter before, and what has no width.
        '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200d}' | '\u{fe0f}' => "",
        _ => return None,
    })
}

/// A letter that joins words of scripts with blanks. Han, kana and hangul need none between words.
pub(super) fn joins(letter: char) -> bool {
    match letter.is_ascii() {
        true => letter == '_' || letter.is_ascii_alphanumeric(),
        false => letter.is_alphanumeric() && !is_cjk(letter),
    }
}

/// Where a word may begin: at letters that go on with none, and so not at signs of ASCII.
pub(super) fn word_starts(text: &str) -> impl Iterator<Item = usize> {
    let mut is_inside = false;
    text.bytes().enumerate().filter_map(move |(at, byte)| {
        let joins_here = match byte {
            0x80..0xc0 => return None,
            0xc0.. => text.get(at..)?.starts_with(joins),
            _ => byte == b'_' || byte.is_ascii_alphanumeric(),
        };
        let was_inside = std::mem::replace(&mut is_inside, joins_here);
        let begins = match joins_here {
            true => !was_inside,
            false => !byte.is_ascii(),
        };
        begins.then_some(at)
    })
}

pub(super) fn is_cjk(letter: char) -> bool {
    matches!(letter, '\u{2e80}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ffef}')
}

/// Whether `needle` stands in `text` with word boundaries where its script has them. Both folded.
pub(super) fn has_word(text: &str, needle: &str) -> bool {
    find_word(text, needle).is_some()
}

pub(super) fn find_word(text: &str, needle: &str) -> Option<usize> {
    let first = *needle.as_bytes().first()?;
    let starts = needle.chars().next().is_some_and(joins);
    let ends = needle.chars().next_back().is_some_and(joins);
    let mut from = 0;
    // The search of the standard library looks at the needle first, which takes longer than a line.
    while let Some(at) = text
        .as_bytes()
        .get(from..)?
        .iter()
        .position(|byte| *byte == first)
    {
        let at = from + at;
        from = at + 1;
        // Inside of a word, which is where most of them are.
        let is_inside = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
        let before = at.checked_sub(1).and_then(|at| text.as_bytes().get(at));
        if starts && before.is_some_and(is_inside)
            || !text.as_bytes().get(at..)?.starts_with(needle.as_bytes())
        {
            continue;
        }
        let before = text.get(..at)?.chars().next_back();
        let after = text.get(at + needle.len()..)?.chars().next();
        let goes_on = (starts && before.is_some_and(joins)) || (ends && after.is_some_and(joins));
        if !goes_on {
            return Some(at);
        }
    }
    None
}

/// A title without its number: `13) Goals`, `1.2 Goals`, `§3 Goals`, `IV. Goals`.
pub(super) fn unnumbered(title: &str) -> (Option<u64>, &str) {
    let text = title.trim_start();
    let text = text.strip_prefix('§').unwrap_or(text).trim_start();
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if digits > 0 && digits < 10 {
        let number = text.get(..digits).and_then(|n| n.parse().ok());
        let mut rest = text.get(digits..).unwrap_or("");
        let mut parts = 0;
        while let Some(next) = rest.strip_prefix('.') {
            let more = next.bytes().take_while(u8::is_ascii_digit).count();
            if more == 0 {
                break;
            }
            rest = next.get(more..).unwrap_or("");
            parts += 1;
        }
        let marked = rest
            .strip_prefix([')', '.', ':', '、', '．', '）'])
            .or_else(|| rest.strip_prefix(" -"))
            .or_else(|| rest.strip_prefix(" –"))
            .or_else(|| rest.strip_prefix(" —"));
        if let Some(rest) = marked
            && (rest.is_empty()
                || rest.starts_with([' ', '*'])
                || rest.chars().next().is_some_and(is_cjk))
        {
            return (number, rest.trim_start());
        }
        // `3 Goals`, but not `3 personas`, which is a title of its own.
        let upper = rest
            .trim_start()
            .chars()
            .next()
            .is_some_and(|c| c.is_uppercase() || is_cjk(c));
        if rest.starts_with(' ') && (parts > 0 || upper) {
            return (number, rest.trim_start());
        }
        return (None, text);
    }
    let han = text
        .chars()
        .take_while(|c| "一二三四五六七八九十第章".contains(*c))
        .count();
    let rest = text.trim_start_matches(|c| "一二三四五六七八九十第章".contains(c));
    if han > 0
        && let Some(rest) = rest.strip_prefix(['、', '．', '.', ' ', '：', ':'])
    {
        return (None, rest.trim_start());
    }
    let roman = text.bytes().take_while(|b| b"IVX".contains(b)).count();
    if roman > 0
        && let Some(rest) = text.get(roman..).and_then(|r| r.strip_prefix(['.', ')']))
        && rest.starts_with(' ')
    {
        let number = text.get(..roman).map(roman_number);
        return (number, rest.trim_start());
    }
    (None, text)
}

fn roman_number(letters: &str) -> u64 {
    let value = |letter| match letter {
        b'X' => 10,
        b'V' => 5,
        _ => 1,
    };
    let bytes = letters.as_bytes();
    let mut sum: i64 = 0;
    for (at, letter) in bytes.iter().enumerate() {
        let own = value(*letter);
        if bytes.get(at + 1).is_some_and(|next| value(*next) > own) {
            sum -= own;
        } else {
            sum += own;
        }
    }
    u64::try_from(sum).unwrap_or(0)
}

/// Without blanks and the punctuation that joins a lead to what follows.
pub(super) fn after_joint(text: &str) -> &str {
    text.trim_start_matches([
        ' ', '\t', ':', '：', '.', ')', '|', '–', '—', '-', '→', '\u{3000}',
    ])
}

/// What is said of a thing behind its name. A hyphen at a word is of that word: `-v`.
pub(crate) fn after_name(text: &str) -> &str {
    let mut rest = text.trim_start();
    while let Some(after) = rest.strip_prefix(['-', '–', '—', ':', '.', ')', '|', '→']) {
        if rest.starts_with('-') && after.starts_with(char::is_alphanumeric) {
            break;
        }
        rest = after.trim_start();
    }
    rest
}

/// Singular and folded, for words that are compared: `updates` is `update`.
pub(super) fn singular(word: &str) -> String {
    let mut word = fold(word);
    let (stem, end) = singular_parts(&word);
    let length = stem.len();
    word.truncate(length);
    word.push_str(end);
    word
}

/// What stays of a folded word, or of one in capitals, and what comes after it in the singular.
pub(super) fn singular_parts(word: &str) -> (&str, &'static str) {
    if !word.is_ascii() || word.len() < 4 {
        return (word, "");
    }
    let last = word.as_bytes()[word.len() - 1].to_ascii_lowercase();
    if !matches!(last, b's' | b'a') {
        return (word, "");
    }
    if matches!(word.len(), 7 | 8) {
        for (many, one) in [
            ("indices", "index"),
            ("indexes", "index"),
            ("criteria", "criterion"),
            ("statuses", "status"),
        ] {
            if word.eq_ignore_ascii_case(many) {
                return ("", one);
            }
        }
    }
    let without = |many: usize| &word[..word.len() - many];
    let ends = |end: &str| {
        word.len() >= end.len()
            && word.as_bytes()[word.len() - end.len()..].eq_ignore_ascii_case(end.as_bytes())
    };
    if last != b's' {
        return (word, "");
    }
    if ends("ies") {
        return (without(3), "y");
    }
    if ["sses", "xes", "ches", "shes"].iter().any(|end| ends(end)) {
        return (without(2), "");
    }
    if !ends("ss") && !ends("us") && !ends("is") {
        return (without(1), "");
    }
    (word, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_lose_their_numbers_and_keep_what_is_none() {
        for (title, number, rest) in [
            (
                "13) MVP Functional Requirements",
                Some(13),
                "MVP Functional Requirements",
            ),
            ("1.2 Ziele", Some(1), "Ziele"),
            ("3. Goals", Some(3), "Goals"),
            ("IV. Test-First", Some(4), "Test-First"),
            ("§4 Scope", Some(4), "Scope"),
            ("1、目标", Some(1), "目标"),
            ("3 personas", None, "3 personas"),
            ("In scope", None, "In scope"),
            ("5", None, "5"),
        ] {
            assert_eq!(unnumbered(title), (number, rest), "{title}");
        }
    }

    #[test]
    fn words_are_found_whole() {
        assert!(has_word("it must run", "must"));
        assert!(!has_word("mustard", "must"));
        assert!(has_word("系统必须快", "必须"));
        assert_eq!(fold("  Öffentliche\u{a0} Größe "), "offentliche grosse");
        assert_eq!(singular("Entries"), "entry");
        assert_eq!(singular("status"), "status");
    }
}
