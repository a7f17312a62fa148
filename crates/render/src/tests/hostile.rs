//! Text of runs is hostile: whatever stands in a field of a view must come out as text.

use super::markup::problems;
use super::*;
use crate::registry::Registry;

const CORPUS: [&str; 22] = [
    "<script>alert(1)</script>",
    "\"><script>alert(1)</script>",
    "'><img src=x onerror=alert(1)>",
    "\" onmouseover=\"alert(1)",
    "' onfocus='alert(1)' autofocus='",
    "` onload=`alert(1)",
    "x onclick=alert(1) y",
    "</textarea><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "</pre><svg/onload=alert(1)>",
    "<svg><style>*{x:expression(alert(1))}</style></svg>",
    "<!--<img src=\"--><img src=x onerror=alert(1)//\">",
    "<iframe srcdoc=\"<script>alert(1)</script>\">",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    "{{csrf}}{{{csrf}}}{{#each this}}",
    "<a href=\"javascript:alert(1)\">x</a>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#x3c;script&#x3e;alert(1)&#x3c;/script&#x3e;",
    "]]><!DOCTYPE html><script>alert(1)</script>",
    "<plaintext>",
    "\u{202e}txt.<b>\u{0}\u{fffe}",
];

/// Fields that a type of this crate protects: [`crate::Html`], [`crate::Href`].
fn is_protected(key: &str, value: &str) -> bool {
    key.ends_with("_html")
        || matches!(
            key,
            "href" | "next" | "newest" | "dispatch" | "new_run" | "first_error" | "earlier" | "later" | "raw" | "previous"
                | "following" | "replay" | "download" | "image" | "edit" | "back" | "form" | "generate" | "validate"
                | "events" | "ask" | "leave" | "clear" | "csv" | "json" | "home" | "list"
        ) && value.starts_with(['/', 'h', '#'])
        // Addresses of regions come from the server's own router.
        || matches!(key, "live" | "earlier_live" | "path")
}

fn poison(value: &mut Value, key: &str, with: &str) {
    match value {
        Value::String(text) if !is_protected(key, text) => *text = with.to_string(),
        Value::Array(items) => items.iter_mut().for_each(|item| poison(item, key, with)),
        Value::Object(entries) => {
            entries
                .iter_mut()
                .for_each(|(key, item)| poison(item, key, with));
        }
        _ => {}
    }
}

#[test]
fn every_field_of_every_view_comes_out_as_text() {
    let registry = Registry::new().unwrap();
    let all_at_once = CORPUS.concat();
    // The huge board has no field that the busy one lacks.
    let views = all_views().into_iter();
    for (template, view) in views.filter(|(_, view)| view.to_string().len() < 80_000) {
        // Each text alone tells more, and is too slow for the long pages.
        let is_long = view.to_string().len() > 12_000;
        let each = CORPUS.iter().copied().filter(|_| !is_long);
        for text in each.chain([all_at_once.as_str()]) {
            let mut view = view.clone();
            poison(&mut view, "", text);
            let mut body = body(view);
            // The icon is looked up by the tone, which is an enum.
            if let Some(tone) = body.pointer_mut("/page/region/head/badge/tone") {
                *tone = "ok".into();
            }
            if let Some(tone) = body.pointer_mut("/page/head/badge/tone") {
                *tone = "ok".into();
            }
            body["csrf"] = text.into();
            body["here"] = text.into();
            let html = registry.render(template, &body).unwrap();
            let wrong = problems(&html);
            assert!(wrong.is_empty(), "{template} with {text:?}: {wrong:#?}");
            assert!(!html.contains("<script>"), "{template} with {text:?}");
        }
    }
}

#[test]
fn the_frame_is_safe_too() {
    let registry = Registry::new().unwrap();
    let layout = f::layout("Runs", Tab::Runs, Theme::Dark);
    for text in CORPUS {
        let mut view = to_value(&layout).unwrap();
        poison(&mut view, "", text);
        view["flash"] = json!({"is_error": true, "text": text});
        let outer = json!({
            "csrf": text, "here": text, "home": "/runboard", "chat": "/chat", "icons": "/assets/icons.svg", "icon": "/assets/icon.svg",
            "styles": ["/assets/app.css"], "script": "/assets/live.mjs", "modules": ["/assets/page.mjs"],
            "version": text, "layout": view, "body_html": "",
            "tabs": [{"text": text, "href": "/runs", "key": text, "icon": text, "is_current": true}],
        });
        let html = registry.render("layout", &outer).unwrap();
        let wrong = problems(&html);
        assert!(wrong.is_empty(), "{text:?}: {wrong:#?}");
    }
}

#[test]
fn markdown_diff_json_and_ansi_are_safe() {
    for text in CORPUS {
        for html in [
            crate::markdown(text),
            crate::markdown(&format!(
                "[x]({text}) ![y]({text} \"{text}\") <{text}> `{text}`\n\n{text}\n\n    {text}"
            )),
            crate::markdown(&format!(
                "| a |\n|:-:|\n| {text} |\n\n```{text}\n{text}\n```\n# {text}"
            )),
            crate::diff(&format!(
                "@@ -1,2 +1,2 @@ {text}\n-{text}\n+{text}\n {text}\n{text}"
            )),
            crate::diff_split(&format!(
                "@@ -1,2 +1,2 @@ {text}\n-{text}\n+{text}\n {text}\n{text}"
            )),
            crate::json_text(text),
            crate::json(&json!({text: [text]})),
            crate::ansi(&format!("\x1b[31m{text}\x1b]8;;{text}\x07{text}")),
            crate::sparkline(&[1], text),
            crate::text(text),
        ] {
            let wrong = problems(html.as_str());
            assert!(wrong.is_empty(), "{text:?}: {wrong:#?} in {html}");
        }
    }
}

#[test]
fn what_markdown_writes_as_a_reference_is_cleaned_too() {
    let html = crate::markdown("a&#7;b&#x202e;c `d&#7;`");
    let expected = "<p>a\u{fffd}b\u{27e6}U+202E\u{27e7}c <code>d&amp;#7;</code></p>\n";
    assert_eq!(html.as_str(), expected);
}

#[test]
fn addresses_of_markdown_are_safe() {
    for target in [
        "javascript:alert(1)",
        "JAVASCRIPT:alert(1)",
        "java&#x09;script:alert(1)",
        "&#x6a;avascript:alert(1)",
        "data:text/html;base64,PHNjcmlwdD4=",
        "vbscript:x",
        "//evil.example/x",
        "\\\\evil.example",
    ] {
        let html = crate::markdown(&format!(
            "[x]({target}) ![y]({target}) <{target}>\n\n[z]: {target}\n[z]"
        ));
        assert!(!html.as_str().contains("<a "), "{target}: {html}");
        assert!(problems(html.as_str()).is_empty());
    }
}
