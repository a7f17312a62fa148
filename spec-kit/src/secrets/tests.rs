use super::*;

/// Put together here, so that no scanner takes this file for a leak.
fn fake(prefix: &str) -> String {
    format!(
        "{prefix}{}",
        "aB3dE9gH2jK5mN7pQ4sT6vW8yZ1cF0xR3uL5"
            .get(..36)
            .expect("ascii")
    )
}

#[test]
fn tokens_of_issuers_are_found_with_their_span() {
    for (prefix, what) in [
        ("ghp_", "GitHub"),
        ("sb_secret_", "Supabase"),
        ("npm_", "npm"),
    ] {
        let token = fake(prefix);
        let text = format!("key: `{token}`, and more");
        let found = find(&text);
        assert_eq!(found.len(), 1, "{prefix}");
        assert!(found[0].what.contains(what));
        assert_eq!(
            text.get(found[0].span.start..found[0].span.end),
            Some(token.as_str())
        );
        let hidden = masked(&text);
        assert!(
            !hidden.contains(token.get(4..12).expect("ascii")),
            "{hidden}"
        );
        assert_eq!(hidden.chars().count(), text.chars().count());
    }
}

#[test]
fn keys_addresses_and_web_tokens_are_found() {
    let body = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7".to_owned();
    let key = format!(
        "-----BEGIN RSA PRIVATE {}-----\n{body}\n-----END RSA PRIVATE KEY-----",
        "KEY"
    );
    assert_eq!(find(&key).len(), 1);
    let jwt = format!(
        "{}.{}.{}",
        "eyJhbGciOiJIUzI1NiJ9",
        "eyJzdWIiOiJhYmMifQabc",
        fake("s")
    );
    assert_eq!(find(&jwt)[0].what, "a JSON Web Token");
    let address = format!("postgres://app:{}@db.internal/app", "kT9vQ2xLm4");
    assert_eq!(find(&address)[0].what, "an address with a password");
    assert!(!masked(&address).contains("kT9"));
}

#[test]
fn placeholders_and_prose_are_none() {
    for text in [
        "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        "AKIAIOSFODNN7EXAMPLE",
        "tokens that begin with ghp_ or sb_secret_",
        "postgres://user:password@localhost:5432/app",
        "postgres://app:$PASSWORD@db/app",
        "https://docs.example.org/a:b@c",
        "-----BEGIN PRIVATE KEY----- … -----END PRIVATE KEY-----",
        "eyJhbGciOiJIUzI1NiJ9.eyJ.sig",
        "GITHUB_TOKEN=${{ secrets.GITHUB_TOKEN }}",
        "é-----BEGIN ",
        "://",
    ] {
        assert_eq!(find(text), [], "{text}");
    }
}
