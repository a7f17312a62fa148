use serde::Serialize;
use std::fmt;

/// HTML that this crate wrote and that is therefore safe to put into a page as it stands. Nobody
/// else can make one, and it cannot be read back from JSON.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Html(String);

impl Html {
    /// Every byte of `html` must come from this crate or have gone through [`escape_into`].
    pub(crate) fn trusted(html: String) -> Self {
        Html(html)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn into_string(self) -> String {
        self.0
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Html {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Plain text as HTML, for content and for quoted attributes.
pub fn text(text: &str) -> Html {
    let mut out = String::with_capacity(text.len() + 8);
    escape_into(&mut out, text);
    Html(out)
}

pub(crate) fn escape_into(out: &mut String, text: &str) {
    for c in text.chars() {
        push_escaped(out, c);
    }
}

/// Text without characters that a page must not have, for a writer that escapes by itself.
pub(crate) fn clean(text: &str) -> std::borrow::Cow<'_, str> {
    let is_odd = |c: char| {
        c.is_control() && !matches!(c, '\t' | '\n' | '\r')
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    if !text.contains(is_odd) {
        return text.into();
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match is_odd(c) {
            true => push_escaped(&mut out, c),
            false => out.push(c),
        }
    }
    out.into()
}

/// One character. Characters that reorder what is read are shown instead of obeyed, so that a
/// log line cannot look like another one.
pub(crate) fn push_escaped(out: &mut String, c: char) {
    match c {
        '&' => out.push_str("&amp;"),
        '<' => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        '"' => out.push_str("&quot;"),
        '\'' => out.push_str("&#x27;"),
        '`' => out.push_str("&#x60;"),
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            out.push_str(&format!("\u{27e6}U+{:04X}\u{27e7}", c as u32));
        }
        '\t' | '\n' | '\r' => out.push(c),
        _ if c.is_control() => out.push('\u{fffd}'),
        _ => out.push(c),
    }
}

/// Text in which what stands between backticks is code.
pub fn with_code(text: &str) -> Html {
    let mut out = String::with_capacity(text.len() + 16);
    let parts: Vec<&str> = text.split('`').collect();
    for (index, part) in parts.iter().enumerate() {
        // A backtick without a partner is itself.
        match (index % 2 == 1, index + 1 == parts.len()) {
            (true, false) => {
                out.push_str("<code>");
                escape_into(&mut out, part);
                out.push_str("</code>");
            }
            (true, true) => {
                out.push('`');
                escape_into(&mut out, part);
            }
            (false, _) => escape_into(&mut out, part),
        }
    }
    Html::trusted(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_leaves_a_text_or_an_attribute() {
        assert_eq!(
            text("<b a=\"1\" c='2'>&`").as_str(),
            "&lt;b a=&quot;1&quot; c=&#x27;2&#x27;&gt;&amp;&#x60;"
        );
        assert_eq!(text("a\u{202e}b\0").as_str(), "a⟦U+202E⟧b\u{fffd}");
    }

    #[test]
    fn code_stands_between_two_backticks() {
        assert_eq!(
            with_code("as `make <x>`; or `").as_str(),
            "as <code>make &lt;x&gt;</code>; or `"
        );
    }
}
