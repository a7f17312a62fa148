//! Addresses of our own, from words that came from outside.

/// A path of ours to go on to; anything that could lead elsewhere is the Runboard.
pub fn next(text: &str) -> &str {
    let is_plain = |c: char| c.is_ascii_graphic() && c != '\\';
    let is_local = text.starts_with('/') && !text.starts_with("//") && text.chars().all(is_plain);
    // The pages of signing in are no place to come back to.
    if is_local
        && text.len() <= 2_000
        && !text.starts_with("/sign-")
        && !text.starts_with("/ui/")
        && !text.starts_with("/actions/")
    {
        text
    } else {
        "/runboard"
    }
}

/// `path?query` without the parts of the query that are named.
pub fn without(path: &str, query: &[(String, String)], names: &[&str]) -> String {
    let mut rest = form_urlencoded::Serializer::new(String::new());
    let kept = query
        .iter()
        .filter(|(name, _)| !names.contains(&name.as_str()));
    rest.extend_pairs(kept);
    match rest.finish() {
        rest if rest.is_empty() => path.into(),
        rest => format!("{path}?{rest}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_leads_to_another_site() {
        for bad in [
            "",
            "https://evil.example",
            "//evil.example",
            "/\\evil.example",
            "/a\nb",
            "/\t/evil.example",
            "javascript:alert(1)",
            "/sign-in?next=/",
            "/ui/board",
            "runs",
        ] {
            assert_eq!(next(bad), "/runboard", "{bad:?}");
        }
        for good in ["/", "/runs?status=failed&q=a%20b", "/runs/8#L1"] {
            assert_eq!(next(good), good);
        }
    }

    #[test]
    fn a_query_loses_what_is_named() {
        let query = [
            ("token".to_string(), "x".to_string()),
            ("q".into(), "a b&c".into()),
        ];
        assert_eq!(without("/runs", &query, &["token"]), "/runs?q=a+b%26c");
        assert_eq!(without("/runs", &query[..1], &["token"]), "/runs");
    }
}
