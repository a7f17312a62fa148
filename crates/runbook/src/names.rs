//! Which names are allowed where.

/// Prefixes of the variables that the worker sets itself.
pub const RESERVED_ENV_PREFIXES: [&str; 3] = ["PARAM_", "OPS_", "STEP_"];

const MAX_CHARS: usize = 64;

/// A slug: `^[a-z0-9][a-z0-9-]{0,63}$`.
pub fn is_slug(text: &str) -> bool {
    shaped(
        text,
        |b| b.is_ascii_lowercase() || b.is_ascii_digit(),
        |b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-',
    )
}

/// A lane: `^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$`.
pub fn is_lane(text: &str) -> bool {
    shaped(
        text,
        |b| b.is_ascii_alphanumeric(),
        |b| b.is_ascii_alphanumeric() || b"_.-".contains(&b),
    )
}

/// The input of a workflow, as the control room takes it: of the shape of a lane.
pub fn is_input_name(text: &str) -> bool {
    is_lane(text)
}

/// A repository at GitHub: `owner/name`.
pub fn is_repository(text: &str) -> bool {
    text.split_once('/').is_some_and(|(owner, name)| {
        is_made_of(owner, 39, b"-_") && is_made_of(name, 100, b"-_.") && !matches!(name, "." | "..")
    })
}

/// The file of a workflow in `.github/workflows`: `deploy.yml`.
pub fn is_workflow_file(text: &str) -> bool {
    let stem = text.strip_suffix(".yml").or(text.strip_suffix(".yaml"));
    stem.is_some_and(|stem| is_made_of(stem, 200, b"-_."))
}

fn is_made_of(text: &str, most: usize, marks: &[u8]) -> bool {
    (1..=most).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || marks.contains(&b))
}

/// The `id` of a step: `^[a-z][a-z0-9_-]{0,63}$`.
pub fn is_step_id(text: &str) -> bool {
    shaped(
        text,
        |b| b.is_ascii_lowercase(),
        |b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_-".contains(&b),
    )
}

/// A parameter: `^[A-Za-z_][A-Za-z0-9_.-]{0,63}$`.
pub fn is_param(text: &str) -> bool {
    shaped(
        text,
        |b| b.is_ascii_alphabetic() || b == b'_',
        |b| b.is_ascii_alphanumeric() || b"_.-".contains(&b),
    )
}

/// The key of a step's output: `^[A-Za-z_][A-Za-z0-9_-]{0,63}$`.
pub fn is_output_key(text: &str) -> bool {
    shaped(
        text,
        |b| b.is_ascii_alphabetic() || b == b'_',
        |b| b.is_ascii_alphanumeric() || b"_-".contains(&b),
    )
}

/// An environment variable: `^[A-Za-z_][A-Za-z0-9_]*$`.
pub fn is_env_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// The reserved prefix of an environment variable, if it has one.
pub fn reserved_prefix(name: &str) -> Option<&'static str> {
    RESERVED_ENV_PREFIXES
        .into_iter()
        .find(|prefix| name.starts_with(prefix))
}

/// Whether a path stays below the folder it is relative to: not empty, not absolute, no `..`,
/// no control characters, no `\`.
pub fn is_path_below(text: &str) -> bool {
    !text.is_empty()
        && !text.starts_with(['/', '~'])
        && !text.contains('\\')
        && !text.chars().any(char::is_control)
        && text.split('/').all(|part| part != "..")
}

/// Whether a text is a link that a browser may follow: `http://` or `https://`, a host, and no
/// white space or control characters.
pub fn is_web_url(text: &str) -> bool {
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|rest| {
        !rest.is_empty()
            && !rest.starts_with(['/', '?', '#'])
            && !rest.chars().any(|c| c.is_whitespace() || c.is_control())
    })
}

/// A JSON pointer (RFC 6901): empty, or `/` before each part, `~` only as `~0` and `~1`.
pub fn is_pointer(text: &str) -> bool {
    (text.is_empty() || text.starts_with('/'))
        && text
            .split('~')
            .skip(1)
            .all(|rest| rest.starts_with(['0', '1']))
}

/// The name of an HTTP header: a token of RFC 9110.
pub(crate) fn is_header_name(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 100
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b))
}

fn shaped(text: &str, first: impl Fn(u8) -> bool, rest: impl Fn(u8) -> bool) -> bool {
    text.len() <= MAX_CHARS
        && text.bytes().next().is_some_and(first)
        && text.bytes().skip(1).all(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_their_shapes() {
        assert!(is_slug("deploy-web-2") && is_slug("0") && is_slug(&"a".repeat(64)));
        assert!(!is_slug("") && !is_slug("-a") && !is_slug("Deploy") && !is_slug("a_b"));
        assert!(!is_slug(&"a".repeat(65)));
        assert!(is_lane("gpu_1.eu-west") && is_lane("A") && !is_lane(".a") && !is_lane("a b"));
        assert!(is_step_id("build-it_2") && !is_step_id("2build") && !is_step_id("Build"));
        assert!(is_param("my-x") && is_param("a.b") && !is_param("1a") && !is_param("é"));
        assert!(is_output_key("url-2") && !is_output_key("-a") && !is_output_key("a b"));
        assert!(is_env_name("_A1") && !is_env_name("1A") && !is_env_name("A-B"));
        assert!(!is_env_name(""));
    }

    #[test]
    fn a_path_never_leaves_its_folder() {
        for path in ["a", "a/b.md", "./a", "..a/b", "a/./b"] {
            assert!(is_path_below(path), "{path}");
        }
        for path in ["", "/etc", "..", "a/../..", "~/x", "a\\..\\b", "a\nb"] {
            assert!(!is_path_below(path), "{path:?}");
        }
    }

    #[test]
    fn a_pointer_leads_into_json() {
        for text in ["", "/", "/a/0/b", "/a~1b~0c", "//"] {
            assert!(is_pointer(text), "{text}");
        }
        for text in ["a", "a/b", "/a~", "/a~2", "$.a"] {
            assert!(!is_pointer(text), "{text}");
        }
        assert!(is_header_name("X-Api-Key") && !is_header_name("a b") && !is_header_name("é"));
    }

    #[test]
    fn a_link_is_a_web_address() {
        assert!(is_web_url("https://example.org/a?b") && is_web_url("http://localhost:8000"));
        for url in [
            "javascript:alert(1)",
            "https://",
            "http:///x",
            "https://a b",
            "ftp://a",
        ] {
            assert!(!is_web_url(url), "{url}");
        }
    }
}
