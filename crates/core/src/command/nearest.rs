/// The word of a list that was probably meant: it begins with what was typed, or few letters differ.
pub fn nearest<'a>(typed: &str, words: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let typed: Vec<char> = typed.to_lowercase().chars().take(64).collect();
    let most = (typed.len() / 3).clamp(1, 3);
    let mut best: Option<(usize, &str)> = None;
    for word in words {
        let letters: Vec<char> = word.to_lowercase().chars().take(64).collect();
        let begins = typed.len() >= 2 && letters.starts_with(&typed);
        // `deply` is nearer to `deploy-check` than it looks: only the beginning was typed.
        let beginning = letters
            .get(..(typed.len() + 1).min(letters.len()))
            .unwrap_or_default();
        let distance = match begins {
            true => 0,
            false => distance(&typed, &letters).min(distance(&typed, beginning)),
        };
        if distance <= most && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, word));
        }
    }
    best.map(|(_, word)| word)
}

/// Letters to put in, take out, change, or swap with their neighbour.
fn distance(a: &[char], b: &[char]) -> usize {
    let width = b.len() + 1;
    let mut rows = vec![0; (a.len() + 1) * width];
    let at = |i: usize, j: usize| i * width + j;
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            rows[at(i, j)] = match (i, j) {
                (0, j) => j,
                (i, 0) => i,
                (i, j) => {
                    let change = usize::from(a[i - 1] != b[j - 1]);
                    let mut least = (rows[at(i - 1, j)] + 1)
                        .min(rows[at(i, j - 1)] + 1)
                        .min(rows[at(i - 1, j - 1)] + change);
                    if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                        least = least.min(rows[at(i - 2, j - 2)] + 1);
                    }
                    least
                }
            };
        }
    }
    rows[at(a.len(), b.len())]
}
