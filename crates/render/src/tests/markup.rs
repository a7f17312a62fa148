//! Reads HTML as a browser does and says what in it is not allowed.

use html5gum::{StartTag, Token, Tokenizer};

const VOID: [&str; 14] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track",
    "wbr", "param",
];
const TAGS: [&str; 84] = [
    "a",
    "article",
    "aside",
    "b",
    "blockquote",
    "body",
    "br",
    "button",
    "circle",
    "code",
    "col",
    "colgroup",
    "datalist",
    "dd",
    "del",
    "details",
    "dialog",
    "div",
    "dl",
    "dt",
    "em",
    "fieldset",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "hr",
    "html",
    "img",
    "input",
    "kbd",
    "label",
    "legend",
    "li",
    "line",
    "link",
    "main",
    "meta",
    "nav",
    "noscript",
    "ol",
    "option",
    "p",
    "path",
    "pre",
    "progress",
    "rect",
    "script",
    "section",
    "select",
    "small",
    "span",
    "strong",
    "summary",
    "svg",
    "table",
    "tbody",
    "td",
    "text",
    "textarea",
    "th",
    "thead",
    "time",
    "title",
    "tr",
    "ul",
    "use",
    "symbol",
    "sup",
    "sub",
    "s",
    "i",
    "u",
    "tfoot",
    "caption",
    "figure",
    "footer",
    "output",
    "style-is-never-here",
];
const ADDRESSES: [&str; 8] = [
    "href",
    "src",
    "action",
    "formaction",
    "xlink:href",
    "data-live",
    "data-ask",
    "data-log",
];

/// What is wrong with `html`; empty where nothing is.
pub(crate) fn problems(html: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut open: Vec<String> = Vec::new();
    for token in Tokenizer::new(html) {
        let Ok(token) = token;
        match token {
            Token::StartTag(tag) => start(&tag, &mut open, &mut wrong),
            Token::EndTag(tag) => {
                let name = String::from_utf8_lossy(&tag.name).into_owned();
                if open.pop().as_deref() != Some(name.as_str()) {
                    wrong.push(format!("</{name}> closes nothing"));
                }
            }
            Token::Comment(_) => wrong.push("a comment".into()),
            // Characters that no document should have are the text's own affair.
            Token::Error(error) if format!("{error:?}").contains("Noncharacter") => {}
            Token::Error(error) => wrong.push(format!("{error:?}")),
            _ => {}
        }
    }
    wrong.extend(
        open.into_iter()
            .map(|name| format!("<{name}> is never closed")),
    );
    wrong
}

fn start(tag: &StartTag<()>, open: &mut Vec<String>, wrong: &mut Vec<String>) {
    let name = String::from_utf8_lossy(&tag.name).into_owned();
    if !TAGS.contains(&name.as_str()) {
        wrong.push(format!("<{name}>"));
    }
    for (key, value) in &tag.attributes {
        let key = String::from_utf8_lossy(key).to_ascii_lowercase();
        let value = String::from_utf8_lossy(value).into_owned();
        if key.starts_with("on")
            || key == "style"
            || key == "srcdoc"
            || key.contains(['<', '"', '\''])
        {
            wrong.push(format!("<{name} {key}={value:?}>"));
        }
        if ADDRESSES.contains(&key.as_str()) && !is_safe(&value) {
            wrong.push(format!("<{name} {key}={value:?}>"));
        }
        if name == "script" && key == "src" && !value.starts_with("/assets/") {
            wrong.push(format!("script from {value:?}"));
        }
    }
    if name == "script" && !tag.attributes.keys().any(|key| key.as_slice() == b"src") {
        wrong.push("an inline script".into());
    }
    if !VOID.contains(&name.as_str()) && !tag.self_closing {
        open.push(name);
    }
}

fn is_safe(address: &str) -> bool {
    let plain: String = address
        .chars()
        .filter(|c| !c.is_control() && !c.is_whitespace())
        .collect();
    let plain = plain.to_ascii_lowercase();
    let end = plain.find([':', '/', '?', '#']).unwrap_or(plain.len());
    !plain[end..].starts_with(':') || ["http", "https", "mailto"].contains(&&plain[..end])
}

#[test]
fn it_sees_what_it_should() {
    for bad in [
        "<script>x</script>",
        "<b onclick=x>y</b>",
        "<a href=' java\tscript:x'>y</a>",
        "<p style='x'></p>",
        "<p>",
        "</p>",
        "<iframe></iframe>",
        "<!-- x -->",
        "<script src='https://evil.example'></script>",
    ] {
        assert!(!problems(bad).is_empty(), "{bad}");
    }
    assert_eq!(
        problems("<p class=\"a\">x &lt;b&gt; <a href=\"/x\">y</a><br></p>"),
        Vec::<String>::new()
    );
}
