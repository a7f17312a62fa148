//! The pages and the live regions.

use crate::assets::{icon_of, path_of};
use crate::href::Href;
use crate::html::Html;
use crate::registry::Registry;
use crate::view::*;
use serde::Serialize;

/// A template could not be rendered: a bug of ours, with the place in the template.
#[derive(Debug, thiserror::Error)]
#[error("template `{template}`: {reason}")]
pub struct RenderError {
    pub template: &'static str,
    pub reason: String,
}

/// What the forms of a page or of a region need to know.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Frame {
    pub csrf: String,
    /// Path and query of the page, where forms lead back to.
    pub here: String,
}

impl From<&Layout> for Frame {
    fn from(layout: &Layout) -> Self {
        Frame {
            csrf: layout.csrf.clone(),
            here: layout.here.clone(),
        }
    }
}

/// All templates, parsed once.
pub struct Pages {
    registry: Registry,
}

#[derive(Serialize)]
struct Body<'a, T> {
    csrf: &'a str,
    here: &'a str,
    icons: &'static str,
    /// Icon of the page by tone.
    state_icons: StateIcons,
    page: &'a T,
}

#[derive(Serialize)]
struct StateIcons {
    queued: &'static str,
    running: &'static str,
    ok: &'static str,
    bad: &'static str,
    off: &'static str,
    warn: &'static str,
    held: &'static str,
}

impl StateIcons {
    fn all() -> Self {
        let icon = |tone| path_of(icon_of(Some(tone)));
        StateIcons {
            queued: icon(Tone::Queued),
            running: icon(Tone::Running),
            ok: icon(Tone::Ok),
            bad: icon(Tone::Bad),
            off: icon(Tone::Off),
            warn: icon(Tone::Warn),
            held: icon(Tone::Held),
        }
    }
}

#[derive(Serialize)]
struct TabView {
    text: &'static str,
    href: Href,
    key: &'static str,
    icon: Tab,
    is_current: bool,
}

#[derive(Serialize)]
struct Outer<'a> {
    csrf: &'a str,
    here: &'a str,
    icons: &'static str,
    icon: &'static str,
    styles: [&'static str; 3],
    script: &'static str,
    modules: Vec<&'static str>,
    version: &'static str,
    tabs: Vec<TabView>,
    /// The Runboard and the chat.
    home: Href,
    chat: Href,
    layout: &'a Layout,
    body_html: Html,
}

impl Pages {
    pub fn new() -> Result<Self, RenderError> {
        Ok(Pages {
            registry: Registry::new()?,
        })
    }

    fn region<T: Serialize>(
        &self,
        name: &'static str,
        frame: &Frame,
        page: &T,
    ) -> Result<Html, RenderError> {
        let body = Body {
            csrf: &frame.csrf,
            here: &frame.here,
            icons: path_of("icons.svg"),
            state_icons: StateIcons::all(),
            page,
        };
        self.registry.render(name, &body).map(Html::trusted)
    }

    fn page<T: Serialize>(
        &self,
        name: &'static str,
        layout: &Layout,
        page: &T,
    ) -> Result<String, RenderError> {
        let body_html = self.region(name, &Frame::from(layout), page)?;
        let link = |path: &str| Href::path(&[path]).with("session", &layout.session);
        let tabs = Tab::ALL.into_iter().map(|(icon, text, path, key)| TabView {
            text,
            href: link(path),
            key,
            icon,
            is_current: layout.tab == Some(icon),
        });
        self.registry.render(
            "layout",
            &Outer {
                csrf: &layout.csrf,
                here: &layout.here,
                icons: path_of("icons.svg"),
                icon: path_of(icon_of(layout.state)),
                styles: ["app.css", "pages.css", "ansi.css"].map(path_of),
                script: path_of("live.mjs"),
                modules: modules_of(name),
                version: env!("CARGO_PKG_VERSION"),
                tabs: tabs.collect(),
                home: link("runboard"),
                chat: link("chat"),
                layout,
                body_html,
            },
        )
    }
}

/// What a page fetches at once, beside the script that it names: all that is imported by it, and
/// what the page is known to need.
fn modules_of(page: &str) -> Vec<&'static str> {
    let more = match page {
        "run" => Some("log.mjs"),
        _ => None,
    };
    let names = ["time.mjs", "page.mjs"].into_iter().chain(more);
    names.map(path_of).collect()
}

macro_rules! pages {
    ($($(#[$doc:meta])* $name:ident($view:ty) = $template:literal;)*) => {
        impl Pages { $(
            $(#[$doc])*
            pub fn $name(&self, layout: &Layout, view: &$view) -> Result<String, RenderError> {
                self.page($template, layout, view)
            }
        )* }
    };
}

macro_rules! regions {
    ($($(#[$doc:meta])* $name:ident($view:ty) = $template:literal;)*) => {
        impl Pages { $(
            $(#[$doc])*
            pub fn $name(&self, frame: &Frame, view: &$view) -> Result<Html, RenderError> {
                self.region($template, frame, view)
            }
        )* }
    };
}

pages! {
    runboard(Board) = "runboard";
    runs(RunsPage) = "runs";
    run(RunPage) = "run";
    artifact(ArtifactPage) = "artifact";
    templates(TemplatesPage) = "templates";
    template(TemplatePage) = "template";
    editor(EditorPage) = "editor";
    chat(ChatPage) = "chat";
    spec_kit(SpecListPage) = "spec_kit";
    spec_bundle(SpecPage) = "spec_bundle";
    github(GitHubPage) = "github";
    /// While the schema is missing.
    setup(SetupPage) = "setup";
    sign_in(SignInPage) = "sign_in";
    error(ErrorPage) = "error";
}

regions! {
    /// Answer of `GET /ui/board`.
    board_region(Board) = "board";
    /// Answer of `GET /ui/runs`.
    runs_region(RunRows) = "run_rows";
    /// Answer of `GET /ui/runs/{id}`: three parts, each with its id.
    run_region(RunRegion) = "run_region";
    /// Answer of `GET /ui/runs/{id}/log/hits?q=`.
    hits_region(LogHits) = "log_hits";
    /// Answer of `GET /ui/chat`.
    answers_region(ChatAnswers) = "answers";
    /// Answer of `GET /ui/chat/preview?line=`.
    preview_region(ChatPreview) = "chat_preview";
    /// Answer of `POST /ui/templates/check`: messages and the form that the source would give.
    validation_region(Validation) = "validation";
    /// A parameter form alone.
    form_region(RunForm) = "run_form";
    /// Answer of `GET /ui/setup`.
    setup_region(SetupPage) = "setup_checks";
}
