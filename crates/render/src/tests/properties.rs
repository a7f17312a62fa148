use super::markup::problems;
use proptest::prelude::*;

/// Text with many of the characters that could break something.
fn wild() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[a-z <>&\"'`\\[\\]()!#*_~|\\-+@:/\\\\]{0,12}",
        "\u{1b}\\[[0-9;:]{0,12}[a-zA-Z]?",
        "\u{1b}[\\]PX^_][a-z;:/]{0,8}(\u{7}|\u{1b}\\\\)?",
        Just("\u{9b}38;2;1;2;3m".to_string()),
        Just("\r".to_string()),
        Just("\n".to_string()),
        Just("\n@@ -1,3 +2,4 @@\n".to_string()),
        Just("\n| a | b |\n|:-|-:|\n".to_string()),
        Just("\n```x\n".to_string()),
        any::<String>(),
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn ansi_is_balanced_and_keeps_the_text(text in wild()) {
        let html = crate::ansi(&text);
        prop_assert_eq!(problems(html.as_str()), Vec::<String>::new());
        let is_clean = !html.as_str().contains('\u{1b}');
        prop_assert!(is_clean);
    }

    #[test]
    fn markdown_is_balanced(text in wild()) {
        let html = crate::markdown(&text);
        prop_assert_eq!(problems(html.as_str()), Vec::<String>::new(), "{}", html);
    }

    #[test]
    fn diffs_are_balanced(text in wild()) {
        prop_assert_eq!(problems(crate::diff(&text).as_str()), Vec::<String>::new());
        prop_assert_eq!(problems(crate::diff_split(&text).as_str()), Vec::<String>::new());
    }

    #[test]
    fn links_are_safe(text in any::<String>()) {
        if let Some(href) = crate::Href::untrusted(&text) {
            let lower = href.as_str().to_ascii_lowercase();
            let end = lower.find([':', '/', '?', '#']).unwrap_or(lower.len());
            prop_assert!(!lower[end..].starts_with(':') || ["http", "https", "mailto"].contains(&&lower[..end]));
        }
    }

    #[test]
    fn durations_never_panic(ms in any::<i64>(), now in any::<i64>()) {
        crate::words::duration(ms);
        crate::words::age(ms);
        crate::words::Freshness::of(ms, now, ms ^ now);
    }

    #[test]
    fn times_go_there_and_back(ms in -60_000_000_000_000i64..250_000_000_000_000) {
        prop_assert_eq!(crate::words::parse_iso(&crate::words::iso(ms)), Some(ms));
    }
}
