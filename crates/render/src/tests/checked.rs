//! Rules for templates that a program can check.

use crate::registry::templates;

#[test]
fn only_html_of_ours_is_put_in_unescaped() {
    for (name, source) in templates() {
        for part in source.split("{{{").skip(1) {
            let (variable, _) = part.split_once("}}}").unwrap();
            assert!(
                variable.trim().ends_with("_html"),
                "{name}: {{{{{{{variable}}}}}}}"
            );
        }
        assert!(!source.contains("{{&"), "{name}");
    }
}

#[test]
fn nothing_is_inline() {
    for (name, source) in templates() {
        assert!(!source.contains(" style="), "{name}");
        assert!(!source.contains("<style"), "{name}");
        assert!(
            !source.contains(" on") || !source.contains("onclick"),
            "{name}"
        );
        assert_eq!(
            source.matches("<script").count(),
            usize::from(name == "layout"),
            "{name}"
        );
    }
}

#[test]
fn each_post_carries_the_token() {
    for (name, source) in templates() {
        for form in source.split("method=\"post\"").skip(1) {
            let end = form.find("</form>").unwrap_or(form.len());
            let form = &form[..end];
            let has_token = form.contains("{{> hidden}}") || form.contains("name=\"csrf\"");
            assert!(
                has_token || form.contains("{{#if is_preview}}"),
                "{name}: {form}"
            );
        }
    }
}

#[test]
fn each_attribute_is_quoted() {
    for (name, source) in templates() {
        // Hash arguments of partials come without braces; attributes never lack quotes.
        assert!(!source.contains("={{"), "{name}");
    }
}

/// Fields of views that end in `_html` have the type that only this crate can make.
#[test]
fn html_fields_are_html() {
    for source in [
        include_str!("../view/artifact.rs"),
        include_str!("../view/board.rs"),
        include_str!("../view/chat.rs"),
        include_str!("../view/log.rs"),
        include_str!("../view/run.rs"),
        include_str!("../view/spec.rs"),
        include_str!("../view/templates.rs"),
        include_str!("../pages.rs"),
    ] {
        for line in source
            .lines()
            .filter(|line| line.contains("_html:") && line.trim_start().starts_with("pub "))
        {
            assert!(
                line.ends_with(": Html,") || line.ends_with(": Option<Html>,"),
                "{line}"
            );
        }
    }
}
