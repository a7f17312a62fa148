//! Where a link may lead.

use serde::Serialize;

/// The target of a link: a path of ours, or a web or mail address. A text that a browser would run
/// or that hides its scheme cannot become one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Href(String);

impl Href {
    /// A target from outside: `http`, `https`, `mailto`, or relative to the page.
    pub fn untrusted(text: &str) -> Option<Href> {
        let is_plain = |c: char| !c.is_control() && !c.is_whitespace() && c != '\\';
        if text.is_empty() || !text.chars().all(is_plain) {
            return None;
        }
        let end = text.find([':', '/', '?', '#']).unwrap_or(text.len());
        let is_scheme = text[end..].starts_with(':');
        let allowed = if is_scheme {
            let scheme = text[..end].to_ascii_lowercase();
            let has_host = text[end..].starts_with("://") && text.len() > end + 3;
            matches!(scheme.as_str(), "http" | "https") && has_host || scheme == "mailto"
        } else {
            // `//host` and `///host` are other places that look like ours.
            !text.starts_with("//")
        };
        allowed.then(|| Href(text.to_string()))
    }

    /// An absolute web address, such as a worker's job or an artifact of kind `link`.
    pub fn web(text: &str) -> Option<Href> {
        Href::untrusted(text).filter(|href| href.is_outside() && !href.0.starts_with("mailto"))
    }

    /// Whether it leads away from the product.
    pub fn is_outside(&self) -> bool {
        let end = self.0.find([':', '/', '?', '#']).unwrap_or(0);
        self.0[end..].starts_with(':')
    }

    /// A path of ours; every segment is encoded.
    pub fn path(segments: &[&str]) -> Href {
        let mut path = String::new();
        for segment in segments {
            path.push('/');
            encode_into(&mut path, segment);
        }
        if path.is_empty() {
            path.push('/');
        }
        Href(path)
    }

    /// The same with one more value of the query; empty values are left out.
    pub fn with(mut self, name: &str, value: &str) -> Href {
        if value.is_empty() {
            return self;
        }
        self.0.push(if self.0.contains('?') { '&' } else { '?' });
        encode_into(&mut self.0, name);
        self.0.push('=');
        encode_into(&mut self.0, value);
        self
    }

    /// The same with a fragment.
    pub fn at(mut self, fragment: &str) -> Href {
        self.0.push('#');
        encode_into(&mut self.0, fragment);
        self
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

pub(crate) fn encode_into(out: &mut String, text: &str) {
    // A segment of dots would climb out of its path.
    if !text.is_empty() && text.bytes().all(|byte| byte == b'.') {
        text.bytes().for_each(|_| out.push_str("%2E"));
        return;
    }
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_browser_would_run_is_no_target() {
        for bad in [
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            "java\tscript:alert(1)",
            " javascript:alert(1)",
            "\u{1}javascript:alert(1)",
            "data:text/html,x",
            "vbscript:x",
            "blob:x",
            "file:///etc/passwd",
            "//evil.example",
            "/\\evil.example",
            "http:evil.example",
            "https://",
            "",
        ] {
            assert_eq!(Href::untrusted(bad), None, "{bad:?}");
        }
        for good in [
            "https://a.example/x?y=z#w",
            "HTTP://a.example",
            "mailto:a@b.example",
            "/runs/1",
            "notes.md#part:2",
            "#L1",
            "?q=a:b",
        ] {
            assert!(Href::untrusted(good).is_some(), "{good}");
        }
        assert_eq!(Href::web("/runs"), None);
        assert!(Href::web("https://ci.example/1").is_some());
    }

    #[test]
    fn paths_of_ours_are_encoded() {
        assert_eq!(
            Href::path(&["runs", "a/b?c", ".."]).as_str(),
            "/runs/a%2Fb%3Fc/%2E%2E"
        );
        assert_eq!(Href::path(&[]).as_str(), "/");
        assert_eq!(
            Href::path(&["runs"])
                .with("q", "a b&c")
                .with("x", "")
                .with("y", "1")
                .at("L1")
                .as_str(),
            "/runs?q=a%20b%26c&y=1#L1"
        );
    }
}
