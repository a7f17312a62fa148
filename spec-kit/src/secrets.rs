//! What looks like a secret in a text.

use crate::order::Order;
use crate::text::Span;

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Secret {
    pub what: &'static str,
    pub span: Span,
}

/// Beginnings of tokens as their issuers document them, with the least length of what follows.
const PREFIXES: &[(&str, usize, &str)] = &[
    ("ghp_", 30, "a personal access token of GitHub"),
    ("gho_", 30, "an OAuth token of GitHub"),
    ("ghu_", 30, "a user token of a GitHub App"),
    ("ghs_", 30, "an installation token of a GitHub App"),
    ("ghr_", 30, "a refresh token of GitHub"),
    ("github_pat_", 30, "a fine-grained token of GitHub"),
    ("glpat-", 20, "an access token of GitLab"),
    ("sb_secret_", 16, "a secret key of Supabase"),
    ("sbp_", 30, "an access token of Supabase"),
    ("sk_live_", 16, "a live key of Stripe"),
    ("rk_live_", 16, "a live key of Stripe"),
    ("sk-proj-", 20, "a key of OpenAI"),
    ("sk-ant-", 20, "a key of Anthropic"),
    ("xoxb-", 20, "a bot token of Slack"),
    ("xoxp-", 20, "a user token of Slack"),
    ("npm_", 30, "a token of npm"),
    ("pypi-", 40, "a token of PyPI"),
    ("dckr_pat_", 20, "a token of Docker"),
    ("AKIA", 16, "an access key of AWS"),
    ("ASIA", 16, "a session key of AWS"),
    ("AIza", 30, "a key of Google"),
];

/// Every secret, left to right.
pub(crate) fn find(text: &str) -> Vec<Secret> {
    let mut found = Vec::new();
    let bytes = text.as_bytes();
    let mut at = 0;
    // A text is looked at byte for byte, and hardly any two begin a secret.
    let begins = |pair: &[u8]| matches!(pair, [a, b] if BEGINS.0[usize::from(*a)] & BEGINS.1[usize::from(*b)] != 0);
    while let Some(next) = bytes
        .get(at..)
        .and_then(|rest| rest.windows(2).position(begins))
    {
        at += next;
        let is_start = at == 0 || bytes.get(at - 1).is_none_or(|b| !is_token(*b));
        match one(text, at, is_start) {
            Some(secret) => {
                at = secret.span.end.max(at + 1);
                found.push(secret);
            }
            None => at += 1,
        }
    }
    found
}

/// What anything begins with that [`one`] finds: the bits of a first byte, and those of a second. Each
/// beginning has a bit of its own.
const BEGINS: ([u32; 256], [u32; 256]) = {
    let mut first = [0; 256];
    let mut second = [0; 256];
    let others = [b"--", b":/", b"ey"];
    let mut at = 0;
    while at < PREFIXES.len() + others.len() {
        let pair = match at < PREFIXES.len() {
            true => PREFIXES[at].0.as_bytes(),
            false => others[at - PREFIXES.len()],
        };
        first[pair[0] as usize] |= 1 << at;
        second[pair[1] as usize] |= 1 << at;
        at += 1;
    }
    (first, second)
};

fn one(text: &str, at: usize, is_start: bool) -> Option<Secret> {
    let rest = text.get(at..)?;
    match rest.as_bytes().first()? {
        b'-' if rest.starts_with("-----BEGIN ") => private_key(rest, at),
        b':' if rest.starts_with("://") => password(text, at),
        b'e' if is_start && rest.starts_with("eyJ") => json_web_token(rest, at),
        b if is_start && b.is_ascii_alphabetic() => prefixed(rest, at),
        _ => None,
    }
}

fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

fn run(text: &str, is_part: impl Fn(u8) -> bool) -> usize {
    text.bytes().take_while(|byte| is_part(*byte)).count()
}

fn prefixed(rest: &str, at: usize) -> Option<Secret> {
    let first = *rest.as_bytes().first()?;
    let (prefix, least, what) = PREFIXES
        .iter()
        .find(|(prefix, ..)| prefix.as_bytes()[0] == first && rest.starts_with(prefix))?;
    let body = rest.get(prefix.len()..)?;
    let length = run(body, is_token);
    let value = body.get(..length)?;
    let is_aws = prefix.len() == 4 && prefix.ends_with("IA");
    let shape = !is_aws
        || (length == 16
            && value
                .bytes()
                .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()));
    (length >= *least && shape && is_random(value)).then_some(Secret {
        what,
        span: Span::new(at, at + prefix.len() + length),
    })
}

/// Not `xxxx`, not "your token here", not what a manual prints.
fn is_random(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    let words = [
        "example",
        "your",
        "placeholder",
        "redacted",
        "dummy",
        "sample",
        "token_here",
        "abcdefghij",
        "1234567890",
        "xxxx",
    ];
    let mut seen: Vec<u8> = value.bytes().collect();
    seen.order();
    seen.dedup();
    seen.len() >= 6
        && !words.iter().any(|word| lower.contains(word))
        && value.bytes().any(|b| b.is_ascii_digit())
}

/// RFC 7519: two JSON objects and a signature.
fn json_web_token(rest: &str, at: usize) -> Option<Secret> {
    let length = run(rest, |b| is_token(b) || b == b'.');
    let value = rest.get(..length)?.trim_end_matches('.');
    let parts: Vec<&str> = value.split('.').collect();
    let [head, body, signature] = parts.as_slice() else {
        return None;
    };
    let is_whole =
        head.len() > 10 && body.len() > 10 && body.starts_with("eyJ") && signature.len() > 20;
    (is_whole && is_random(signature)).then_some(Secret {
        what: "a JSON Web Token",
        span: Span::new(at, at + value.len()),
    })
}

/// RFC 7468, as far as it is written out.
fn private_key(rest: &str, at: usize) -> Option<Secret> {
    let line = rest.lines().next()?;
    let label = line.strip_prefix("-----BEGIN ")?;
    let label = label.get(..label.find("-----")?)?;
    if !label.ends_with("PRIVATE KEY") && !label.ends_with("PRIVATE KEY BLOCK") {
        return None;
    }
    let body = rest.get(line.len()..)?;
    let end = body.find("-----END ");
    // "-----BEGIN PRIVATE KEY-----…" in prose has no lines of a key.
    let inner = body.get(..end.unwrap_or(body.len()).min(400))?;
    let has_key = inner.lines().any(|line| {
        line.trim().len() >= 40
            && run(line.trim(), |b| {
                b.is_ascii_alphanumeric() || b"+/=".contains(&b)
            }) >= 40
    });
    let length = end.map_or(line.len(), |end| line.len() + end);
    has_key.then_some(Secret {
        what: "a private key",
        span: Span::new(at, at + length),
    })
}

/// A password in an address: `scheme://user:password@host`.
fn password(text: &str, at: usize) -> Option<Secret> {
    let scheme_length = text
        .get(..at)?
        .bytes()
        .rev()
        .take(20)
        .take_while(|b| b.is_ascii_alphanumeric() || *b == b'+')
        .count();
    let scheme = text.get(at - scheme_length..at)?;
    if ![
        "postgres",
        "postgresql",
        "mysql",
        "mongodb",
        "mongodb+srv",
        "redis",
        "rediss",
        "amqp",
        "amqps",
        "https",
        "http",
        "ftp",
    ]
    .contains(&scheme)
    {
        return None;
    }
    let rest = text.get(at + 3..)?;
    let authority = rest.get(
        ..run(rest, |b| {
            b.is_ascii_graphic() && !b"/`\"'<>|)?#".contains(&b)
        }),
    )?;
    let (login, _host) = authority.rsplit_once('@')?;
    let (user, value) = login.split_once(':')?;
    let lower = value.to_ascii_lowercase();
    let is_placeholder = value.len() < 8
        || value.starts_with(['$', '{', '[', '*', '%', '<'])
        || value == user
        || [
            "password",
            "secret",
            "postgres",
            "example",
            "changeme",
            "your",
            "xxxx",
            "pass",
            "****",
            "localhost",
        ]
        .iter()
        .any(|word| lower.contains(word))
        || value.bytes().all(|b| b.is_ascii_uppercase() || b == b'_');
    let start = at + 3 + user.len() + 1;
    (!is_placeholder).then_some(Secret {
        what: "an address with a password",
        span: Span::new(start, start + value.len()),
    })
}

/// A text of ours or a line of a document with every secret covered, one sign for each of its
/// characters, so that columns stay.
pub(crate) fn masked(text: &str) -> String {
    replaced(text, |_, out| out.push('•')).unwrap_or_else(|| text.to_owned())
}

/// The same with `x` for each byte of a secret, so that spans and lines stay; none where there is
/// no secret. What is covered so is taken for the placeholder that it is.
pub(crate) fn covered(text: &str) -> Option<String> {
    replaced(text, |letter, out| match letter {
        '\n' => out.push('\n'),
        other => out.extend(std::iter::repeat_n('x', other.len_utf8())),
    })
}

/// A text with other letters for those of its secrets; none where it has no secret.
fn replaced(text: &str, put: impl Fn(char, &mut String)) -> Option<String> {
    let secrets = find(text);
    if secrets.is_empty() {
        return None;
    }
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for secret in secrets {
        out.push_str(text.get(from..secret.span.start).unwrap_or(""));
        let value = text.get(secret.span.start..secret.span.end).unwrap_or("");
        value.chars().for_each(|letter| put(letter, &mut out));
        from = secret.span.end;
    }
    out.push_str(text.get(from..).unwrap_or(""));
    Some(out)
}

#[cfg(test)]
mod tests;
