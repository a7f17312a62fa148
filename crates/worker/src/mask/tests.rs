use super::*;
use proptest::prelude::*;

fn masker(secrets: &[&str]) -> Masker {
    Masker::new(secrets.iter().map(|s| ("S", *s))).unwrap()
}

fn in_pieces(masker: &Masker, pieces: &[&[u8]]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut stream = masker.stream();
    for piece in pieces {
        stream.push(piece, &mut out);
    }
    stream.finish(&mut out);
    out
}

#[test]
fn secrets_with_repeating_starts_are_found() {
    let masker = masker(&["AAAA-secret"]);
    assert_eq!(
        in_pieces(&masker, &[b"AAA", b"AA-secret."]),
        b"A***.",
        "the first A is none of it"
    );
}

#[test]
fn overlapping_and_nested_secrets_become_one_replacement() {
    let masker = masker(&["abcdef", "defghi", "cdef"]);
    assert_eq!(masker.text("xabcdefghix"), "x***x");
    assert_eq!(masker.text("abcdefabcdef"), "******");
}

#[test]
fn an_endless_chain_of_matches_is_not_held_back() {
    let masker = masker(&["aaaa"]);
    let mut stream = masker.stream();
    let mut out = Vec::new();
    for _ in 0..1_000 {
        stream.push(b"aaaaaaa", &mut out);
    }
    assert_eq!(out, b"***");
    stream.push(b"b", &mut out);
    assert_eq!(out, b"***b");
}

#[test]
fn what_is_no_beginning_of_a_secret_goes_on_at_once() {
    let masker = masker(&["hunter22"]);
    let mut stream = masker.stream();
    let mut out = Vec::new();
    stream.push(b"password: hunt", &mut out);
    assert_eq!(out, b"password: ");
    stream.push(b"ing", &mut out);
    assert_eq!(out, b"password: hunting");
}

#[test]
fn lines_and_encoded_forms_are_found() {
    let key = "-----BEGIN-----\nabc def/ghi+jkl\nxyz\n-----END-----\n";
    let masker = masker(&[key, "pä\"ss/word"]);
    assert_eq!(masker.text("got abc def/ghi+jkl here"), "got *** here");
    assert_eq!(masker.text("xyz"), "xyz", "a short line is too common");
    assert_eq!(masker.text(r#"{"p":"pä\"ss/word"}"#), r#"{"p":"***"}"#);
    assert_eq!(masker.text("?p=p%C3%A4%22ss%2Fword&"), "?p=***&");
    assert_eq!(masker.text("?p=p%c3%a4%22ss%2fword&"), "?p=***&");
    use base64::Engine;
    for before in ["", "a", "ab", "abc", "user:"] {
        let encoded =
            base64::engine::general_purpose::STANDARD.encode(format!("{before}pä\"ss/word tail"));
        assert!(masker.text(&encoded).contains(REPLACEMENT), "{encoded}");
    }
}

#[test]
fn short_secrets_are_refused_by_name() {
    let error = Masker::new([("PIN", "123")]).err().unwrap();
    assert!(error.to_string().contains("PIN"), "{error}");
}

#[test]
fn values_are_masked_everywhere_inside() {
    let masker = masker(&["s3cr3t"]);
    assert_eq!(
        masker.value(&serde_json::json!({"a": ["xs3cr3tx", 3], "s3cr3t": null})),
        serde_json::json!({"a": ["x***x", 3], "***": null})
    );
}

/// The definition: all bytes of all matches, each stretch of overlapping ones replaced.
fn by_definition(text: &[u8], patterns: &[Vec<u8>]) -> Vec<u8> {
    let mut matches: Vec<(usize, usize)> = Vec::new();
    for pattern in patterns {
        for start in 0..text.len() {
            if text[start..].starts_with(pattern) {
                matches.push((start, start + pattern.len()));
            }
        }
    }
    matches.sort_unstable();
    let mut merged: Vec<(usize, usize)> = Vec::new();
    for (start, end) in matches {
        match merged.last_mut() {
            Some(last) if start < last.1 => last.1 = last.1.max(end),
            _ => merged.push((start, end)),
        }
    }
    let (mut out, mut done) = (Vec::new(), 0);
    for (start, end) in merged {
        out.extend_from_slice(&text[done..start]);
        out.extend_from_slice(REPLACEMENT.as_bytes());
        done = end;
    }
    out.extend_from_slice(&text[done..]);
    out
}

fn holds(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

proptest! {
    #[test]
    fn every_way_to_cut_gives_the_same_and_never_a_secret(
        secrets in prop::collection::vec("[abc]{4,9}|[ab]{3}-[ab]{3}\n[abc]{6,8}", 1..4),
        words in prop::collection::vec(prop_oneof![
            Just(None), "[abc\n-]{0,6}".prop_map(Some)
        ], 0..20),
        picks in prop::collection::vec(any::<prop::sample::Index>(), 20),
        cuts in prop::collection::vec(1usize..7, 0..60),
    ) {
        let mut text = Vec::new();
        for (word, pick) in words.iter().zip(&picks) {
            match word {
                Some(word) => text.extend_from_slice(word.as_bytes()),
                None => text.extend_from_slice(pick.get(&secrets).as_bytes()),
            }
        }
        let masker = Masker::new(secrets.iter().map(|s| ("S", s.as_str()))).unwrap();
        let mut pieces = Vec::new();
        let mut rest = &text[..];
        for cut in cuts {
            let (piece, behind) = rest.split_at(cut.min(rest.len()));
            pieces.push(piece);
            rest = behind;
        }
        pieces.push(rest);
        let out = in_pieces(&masker, &pieces);
        let patterns: Vec<_> = secrets.iter().flat_map(|s| forms::of(s)).collect();
        prop_assert_eq!(&out, &by_definition(&text, &patterns));
        for secret in &secrets {
            prop_assert!(!holds(&out, secret.as_bytes()));
        }
    }
}
