//! Every template with every fixture, also where each text of it is hostile.

mod checked;
mod hostile;
pub(crate) mod markup;
mod properties;
mod rendered;

use crate::fixtures as f;
use crate::view::*;
use serde_json::{Value, json, to_value};

/// Template and view of everything that can be rendered.
fn all_views() -> Vec<(&'static str, Value)> {
    let run = f::run_running();
    let mut views: Vec<(&'static str, Value)> = Vec::new();
    for board in [f::board_busy(), f::board_empty(), f::board_huge()] {
        views.push(("runboard", to_value(&board).unwrap()));
        views.push(("board", to_value(&board).unwrap()));
    }
    for runs in [f::runs_busy(), f::runs_empty(), RunsPage::default()] {
        views.push(("runs", to_value(&runs).unwrap()));
        views.push(("run_rows", to_value(&runs.rows).unwrap()));
    }
    for page in [
        f::run_running(),
        f::run_failed(),
        f::run_queued(),
        RunPage::default(),
    ] {
        views.push(("run", to_value(&page).unwrap()));
        views.push(("run_region", to_value(&page.region).unwrap()));
    }
    views.push(("log_hits", to_value(&run.log.hits).unwrap()));
    for artifact in f::artifacts() {
        views.push(("artifact", to_value(&artifact).unwrap()));
    }
    views.push(("templates", to_value(f::templates_page()).unwrap()));
    views.push(("templates", to_value(TemplatesPage::default()).unwrap()));
    views.push(("template", to_value(f::template_page(false)).unwrap()));
    views.push(("template", to_value(f::template_page(true)).unwrap()));
    views.push(("template", to_value(TemplatePage::default()).unwrap()));
    views.push(("run_form", to_value(f::run_form(&[])).unwrap()));
    for editor in [f::editor_page(), f::editor_new()] {
        views.push(("editor", to_value(&editor).unwrap()));
        views.push(("validation", to_value(&editor.validation).unwrap()));
    }
    for chat in [f::chat_page(), f::chat_empty(), f::chat_wrong()] {
        views.push(("chat", to_value(&chat).unwrap()));
        views.push(("chat_preview", to_value(&chat.preview).unwrap()));
        views.push(("answers", to_value(&chat.answers).unwrap()));
    }
    views.push(("spec_kit", to_value(f::spec_list()).unwrap()));
    views.push(("spec_kit", to_value(SpecListPage::default()).unwrap()));
    for spec in [
        f::spec_page(),
        f::spec_source(),
        f::spec_overview(),
        f::spec_edit(),
        SpecPage::default(),
    ] {
        views.push(("spec_bundle", to_value(spec).unwrap()));
    }
    for setup in [
        f::setup_page(),
        SetupPage {
            is_installed: true,
            live: String::new(),
            ..f::setup_page()
        },
    ] {
        views.push(("setup", to_value(&setup).unwrap()));
        views.push(("setup_checks", to_value(&setup).unwrap()));
    }
    views.push(("github", to_value(f::github_page()).unwrap()));
    views.push(("github", to_value(GitHubPage::default()).unwrap()));
    views.push(("sign_in", to_value(f::sign_in(true)).unwrap()));
    views.push(("sign_in", to_value(f::sign_in(false)).unwrap()));
    for error in [f::error_page(), f::not_found(), ErrorPage::default()] {
        views.push(("error", to_value(&error).unwrap()));
    }
    views
}

/// A view as a template gets it.
fn body(page: Value) -> Value {
    let icon = "/assets/icon.svg";
    json!({
        "csrf": "token", "here": "/runs", "icons": "/assets/icons.svg", "page": page,
        "state_icons": {"queued": icon, "running": icon, "ok": icon, "bad": icon, "off": icon, "warn": icon, "held": icon},
    })
}
