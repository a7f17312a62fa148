use super::markup::problems;
use super::*;
use crate::Pages;
use crate::registry::{Registry, templates};
use std::collections::BTreeSet;

#[test]
fn every_view_renders_and_is_well_formed() {
    let registry = Registry::new().unwrap();
    for (template, view) in all_views() {
        let html = registry.render(template, &body(view)).unwrap();
        let wrong = problems(&html);
        assert!(wrong.is_empty(), "{template}: {wrong:#?}");
    }
}

#[test]
fn ids_are_unique() {
    let pages = Pages::new().unwrap();
    let layout = f::layout("Runs", Tab::Runs, Theme::Auto);
    for html in [
        pages.runboard(&layout, &f::board_busy()).unwrap(),
        pages.runs(&layout, &f::runs_busy()).unwrap(),
        pages.run(&layout, &f::run_running()).unwrap(),
        pages.template(&layout, &f::template_page(true)).unwrap(),
        pages.editor(&layout, &f::editor_page()).unwrap(),
        pages.chat(&layout, &f::chat_page()).unwrap(),
        pages.spec_kit(&layout, &f::spec_list()).unwrap(),
        pages.spec_bundle(&layout, &f::spec_page()).unwrap(),
        pages.spec_bundle(&layout, &f::spec_source()).unwrap(),
        pages.spec_bundle(&layout, &f::spec_overview()).unwrap(),
        pages.spec_bundle(&layout, &f::spec_edit()).unwrap(),
    ] {
        let mut seen = BTreeSet::new();
        for part in html.split(" id=\"").skip(1) {
            let id = part.split('"').next().unwrap();
            assert!(seen.insert(id), "{id} twice");
        }
        assert_eq!(html.matches("<h1").count(), 1);
        assert!(html.starts_with("<!doctype html>"));
    }
}

#[test]
fn a_missing_variable_is_an_error() {
    let registry = Registry::new().unwrap();
    let error = registry
        .render("sign_in", &body(json!({"next": "/"})))
        .unwrap_err();
    assert_eq!(error.template, "sign_in");
    assert!(error.reason.contains("\"error\""), "{error}");
}

#[test]
fn every_template_of_the_folder_is_part_of_the_program() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../templates/ui");
    let files: BTreeSet<String> = std::fs::read_dir(folder)
        .unwrap()
        .filter_map(|entry| {
            entry
                .unwrap()
                .file_name()
                .to_str()?
                .strip_suffix(".hbs")
                .map(str::to_string)
        })
        .collect();
    let known: BTreeSet<String> = templates().map(|(name, _)| name.to_string()).collect();
    assert_eq!(files, known);
}

#[test]
fn a_page_tells_the_state_and_the_way_on() {
    let pages = Pages::new().unwrap();
    let layout = f::layout("Runboard", Tab::Runboard, Theme::Dark);
    let html = pages.runboard(&layout, &f::board_busy()).unwrap();
    for part in [
        "<html lang=\"en\" data-theme=\"dark\">",
        "aria-current=\"page\"",
        "beat 9 s ago · stale in 6 s",
        "<code tabindex=\"0\">ops worker --lanes D</code>",
        "data-live=\"/ui/board?session=s1\"",
        "name=\"csrf\" value=\"d1a5c5b0\"",
        "data-events=\"/ui/events\"",
    ] {
        assert!(html.contains(part), "{part}");
    }
}

#[test]
fn markdown_as_expected() {
    for (text, html) in [
        ("# A", "<h2>A</h2>\n"),
        ("a <b>c</b>", "<p>a &lt;b&gt;c&lt;/b&gt;</p>\n"),
        ("<div>x</div>", "<p>&lt;div&gt;x&lt;/div&gt;</p>\n"),
        (
            "[a](https://b.example)",
            "<p><a href=\"https://b.example\" rel=\"noopener noreferrer nofollow\">a</a></p>\n",
        ),
        (
            "![alt](x.png)",
            "<p><a href=\"x.png\" rel=\"noopener noreferrer nofollow\">image: alt</a></p>\n",
        ),
        (
            "[a](javascript:x)",
            "<p><span class=\"dead-link\" title=\"This link leads nowhere safe\">a</span></p>\n",
        ),
        (
            "- [x] y",
            "<ul>\n<li><span class=\"task\">☑ </span>y</li>\n</ul>\n",
        ),
    ] {
        assert_eq!(crate::markdown(text).as_str(), html, "{text}");
    }
    assert!(
        !crate::markdown("|a|\n|:-:|\n|b|")
            .as_str()
            .contains("style")
    );
}
