//! From views to answers: the only place that draws.

use super::ask::Ask;
use super::cookie::{self, Channel};
use super::halt::with_cookies;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use ops_core::{Code, Problem};
use ops_render::view::*;
use ops_render::{Frame, Html, Pages, RenderError};
use std::sync::LazyLock;

/// Parsed once a process. That they parse is shown by the tests of the crate that has them.
static PAGES: LazyLock<Result<Pages, RenderError>> = LazyLock::new(Pages::new);

pub enum Body<'a> {
    Board(&'a Board),
    Runs(&'a RunsPage),
    Run(&'a RunPage),
    Artifact(&'a ArtifactPage),
    Templates(&'a TemplatesPage),
    Template(&'a TemplatePage),
    Editor(&'a EditorPage),
    Chat(&'a ChatPage),
    GitHub(&'a GitHubPage),
    Setup(&'a SetupPage),
    SignIn(&'a SignInPage),
}

pub enum Region<'a> {
    Board(&'a Board),
    Runs(&'a RunRows),
    Run(&'a RunRegion),
    Log(Html),
    Hits(&'a LogHits),
    Answers(&'a ChatAnswers),
    Preview(&'a ChatPreview),
    Validation(&'a Validation),
    Setup(&'a SetupPage),
}

/// A page for somebody who is signed in. What the last form came to is said once.
pub fn page(ask: &Ask, layout: &Layout, body: Body) -> Response {
    page_with(StatusCode::OK, ask, layout, body)
}

pub fn page_with(status: StatusCode, ask: &Ask, layout: &Layout, body: Body) -> Response {
    page_drawn(status, ask, layout, |pages| body.draw(pages, layout))
}

/// The same of a view that is not one of [`Body`]: a host that serves some pages alone carries no others.
pub fn page_drawn(
    status: StatusCode,
    ask: &Ask,
    layout: &Layout,
    draw: impl FnOnce(&Pages) -> Result<String, RenderError>,
) -> Response {
    let response = drawn(status, draw);
    match layout.flash {
        Some(_) => with_cookies(response, [cookie::clear(cookie::FLASH, ask.channel)]),
        None => response,
    }
}

pub fn bare_page(status: StatusCode, layout: &Layout, body: Body) -> Response {
    drawn(status, |pages| body.draw(pages, layout))
}

impl Body<'_> {
    fn draw(self, pages: &Pages, layout: &Layout) -> Result<String, RenderError> {
        match self {
            Body::Board(view) => pages.runboard(layout, view),
            Body::Runs(view) => pages.runs(layout, view),
            Body::Run(view) => pages.run(layout, view),
            Body::Artifact(view) => pages.artifact(layout, view),
            Body::Templates(view) => pages.templates(layout, view),
            Body::Template(view) => pages.template(layout, view),
            Body::Editor(view) => pages.editor(layout, view),
            Body::Chat(view) => pages.chat(layout, view),
            Body::GitHub(view) => pages.github(layout, view),
            Body::Setup(view) => pages.setup(layout, view),
            Body::SignIn(view) => pages.sign_in(layout, view),
        }
    }
}

pub fn drawn(
    status: StatusCode,
    draw: impl FnOnce(&Pages) -> Result<String, RenderError>,
) -> Response {
    let drawn = PAGES
        .as_ref()
        .map_err(ToString::to_string)
        .and_then(|pages| draw(pages).map_err(|error| error.to_string()));
    answer(status, drawn)
}

pub fn region(layout: &Layout, region: Region) -> Response {
    let frame = Frame {
        csrf: layout.csrf.clone(),
        here: page_of(&layout.here),
    };
    let poll_ms = match region {
        Region::Board(view) => Some(view.poll_ms),
        Region::Runs(view) => Some(view.poll_ms),
        Region::Run(view) => Some(view.poll_ms),
        Region::Answers(view) => Some(view.poll_ms),
        Region::Setup(view) => Some(view.poll_ms),
        Region::Log(_) | Region::Hits(_) | Region::Preview(_) | Region::Validation(_) => None,
    };
    let drawn = PAGES
        .as_ref()
        .map_err(ToString::to_string)
        .and_then(|pages| {
            match region {
                Region::Board(view) => pages.board_region(&frame, view),
                Region::Runs(view) => pages.runs_region(&frame, view),
                Region::Run(view) => pages.run_region(&frame, view),
                Region::Log(lines) => Ok(lines),
                Region::Hits(view) => pages.hits_region(&frame, view),
                Region::Answers(view) => pages.answers_region(&frame, view),
                Region::Preview(view) => pages.preview_region(&frame, view),
                Region::Validation(view) => pages.validation_region(&frame, view),
                Region::Setup(view) => pages.setup_region(&frame, view),
            }
            .map(Html::into_string)
            .map_err(|error| error.to_string())
        });
    let mut response = answer(StatusCode::OK, drawn);
    if let Some(ms) = poll_ms {
        // A region that has become busy is asked for more often.
        let headers = response.headers_mut();
        headers.insert(HeaderName::from_static("ops-poll"), HeaderValue::from(ms));
    }
    response
}

/// The page of which a region is a part: forms of a region lead back there.
fn page_of(here: &str) -> String {
    let page = here.strip_prefix("/ui").unwrap_or(here);
    match page.strip_prefix("/board") {
        Some(rest) => format!("/runboard{rest}"),
        None => page.into(),
    }
}

fn answer(status: StatusCode, drawn: Result<String, String>) -> Response {
    match drawn {
        Ok(text) => {
            let kind = HeaderValue::from_static("text/html; charset=utf-8");
            (status, [(header::CONTENT_TYPE, kind)], text).into_response()
        }
        Err(why) => {
            crate::journal::failure("pages", why);
            let words = "The page cannot be drawn; the server's log says why.\n";
            (StatusCode::INTERNAL_SERVER_ERROR, words).into_response()
        }
    }
}

/// A refusal as a page, with a way on.
pub fn problem(layout: &Layout, problem: &Problem) -> Response {
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if layout.here.starts_with("/ui/") {
        // A script has no use for a page.
        return (status, problem.detail.clone()).into_response();
    }
    if problem.code == Code::NotInstalled {
        return super::setup::not_installed(layout);
    }
    let mut view = ErrorPage::from(problem);
    if problem.code == Code::Forbidden {
        view.hint = "Sign in with a token of kind operator to change something.".into();
    }
    let layout = Layout {
        title: view.title.clone(),
        flash: None,
        ..layout.clone()
    };
    let response = drawn(status, |pages| pages.error(&layout, &view));
    with_cookies(response, [cookie::clear(cookie::FLASH, Channel::Plain)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_leads_back_to_its_page() {
        assert_eq!(page_of("/ui/board?session=x"), "/runboard?session=x");
        assert_eq!(page_of("/ui/runs/1?attempt=2"), "/runs/1?attempt=2");
        assert_eq!(page_of("/runs"), "/runs");
    }
}
