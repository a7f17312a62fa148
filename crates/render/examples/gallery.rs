//! Writes every page with fixture data as static files, to be looked at:
//! `cargo run -p ops-render --example gallery -- DIR`, then serve DIR over HTTP.

#[path = "../fixtures/mod.rs"]
mod fixtures;

use fixtures as f;
use ops_render::view::{Tab, Theme};
use ops_render::{Pages, assets};
use std::error::Error;
use std::fs;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let out = std::env::args().nth(1).ok_or("usage: gallery DIR")?;
    let out = Path::new(&out);
    fs::create_dir_all(out.join("assets"))?;
    for asset in assets() {
        fs::write(out.join(asset.path.trim_start_matches('/')), &asset.bytes)?;
    }
    let pages = Pages::new()?;
    for (theme, word) in [(Theme::Light, "light"), (Theme::Dark, "dark")] {
        let at = |title, tab| f::layout(title, tab, theme);
        let mut outside = at("Sign in", Tab::Runboard);
        outside.user = None;
        let mut all = vec![
            (
                "board",
                pages.runboard(&at("Runboard", Tab::Runboard), &f::board_busy())?,
            ),
            (
                "board-empty",
                pages.runboard(&at("Runboard", Tab::Runboard), &f::board_empty())?,
            ),
            (
                "board-huge",
                pages.runboard(&at("Runboard", Tab::Runboard), &f::board_huge())?,
            ),
            ("runs", pages.runs(&at("Runs", Tab::Runs), &f::runs_busy())?),
            (
                "runs-empty",
                pages.runs(&at("Runs", Tab::Runs), &f::runs_empty())?,
            ),
            (
                "run",
                pages.run(&at("Deploy api", Tab::Runs), &f::run_running())?,
            ),
            (
                "run-failed",
                pages.run(&at("Deploy api", Tab::Runs), &f::run_failed())?,
            ),
            (
                "run-queued",
                pages.run(&at("Deploy api", Tab::Runs), &f::run_queued())?,
            ),
            (
                "templates",
                pages.templates(&at("Templates", Tab::Templates), &f::templates_page())?,
            ),
            (
                "template",
                pages.template(
                    &at("Deploy check", Tab::Templates),
                    &f::template_page(false),
                )?,
            ),
            (
                "template-wrong",
                pages.template(&at("Deploy check", Tab::Templates), &f::template_page(true))?,
            ),
            (
                "editor",
                pages.editor(&at("Deploy check", Tab::Templates), &f::editor_page())?,
            ),
            ("chat", pages.chat(&at("Chat", Tab::Chat), &f::chat_page())?),
            (
                "chat-empty",
                pages.chat(&at("Chat", Tab::Chat), &f::chat_empty())?,
            ),
            (
                "chat-wrong",
                pages.chat(&at("Chat", Tab::Chat), &f::chat_wrong())?,
            ),
            (
                "spec",
                pages.spec_bundle(&at("Spec Kit", Tab::SpecKit), &f::spec_page())?,
            ),
            (
                "spec-source",
                pages.spec_bundle(&at("Spec Kit", Tab::SpecKit), &f::spec_source())?,
            ),
            (
                "spec-bundle",
                pages.spec_bundle(&at("Spec Kit", Tab::SpecKit), &f::spec_overview())?,
            ),
            (
                "spec-edit",
                pages.spec_bundle(&at("Spec Kit", Tab::SpecKit), &f::spec_edit())?,
            ),
            (
                "spec-list",
                pages.spec_kit(&at("Spec Kit", Tab::SpecKit), &f::spec_list())?,
            ),
            ("setup", pages.setup(&outside, &f::setup_page())?),
            ("sign-in", pages.sign_in(&outside, &f::sign_in(true))?),
            (
                "error",
                pages.error(&at("Not valid", Tab::Runs), &f::error_page())?,
            ),
        ];
        let names = [
            "diff", "split", "markdown", "json", "text", "image", "link", "bad-link", "note",
        ];
        for (artifact, name) in f::artifacts().iter().zip(names) {
            all.push((name, pages.artifact(&at("Artifact", Tab::Runs), artifact)?));
        }
        for (name, html) in all {
            fs::write(out.join(format!("{name}-{word}.html")), html)?;
        }
    }
    Ok(())
}
