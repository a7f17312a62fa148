//! What an operator does to bundles of the spec kit.

use super::ask::Sent;
use super::flash;
use super::halt::{Halt, Shown};
use super::spec;
use crate::api::spec::{bundle_of, keep_report, keep_source};
use crate::app::App;
use crate::refusal::Refusal;
use axum::extract::State;
use axum::http::StatusCode;
use ops_core::api::{SpecGenerate, SpecOverwrite};
use ops_core::{Code, Problem};
use ops_render::view::SpecForm;
use ops_render::words::counted;
use serde_json::{Value, json};

/// From the text, the file, or the source that is stored; or only keeps the text as the source.
pub async fn generate(State(app): State<App>, sent: Sent) -> Shown {
    let slug = sent.get("slug").map(str::trim).unwrap_or_default();
    let made = match sent.get("only") {
        Some(_) => keep_source(&app, &sent.ask.auth, slug, text(&sent))
            .await
            .map(|counts| Done {
                bundle: slug.into(),
                words: format!("The source of `{slug}` is saved; its documents are as they were"),
                counts,
            }),
        None => generated(&app, &sent, slug).await,
    };
    match made {
        Ok(done) => Ok(done.shown(&sent)),
        Err(refusal) => again(&app, &sent, refusal.into_problem()).await,
    }
}

/// Checks a bundle anew, and keeps what was found.
pub async fn validate(State(app): State<App>, sent: Sent) -> Shown {
    let slug = sent.get("slug").unwrap_or_default();
    match keep_report(&app, &sent.ask.auth, slug).await {
        Ok(counts) => {
            let words = format!("`{slug}` is checked: {}.", in_words(&counts));
            Ok(flash::done(&sent, sent.back(), &words))
        }
        Err(refusal) => flash::failed(&app, &sent, sent.back(), refusal),
    }
}

struct Done {
    bundle: String,
    words: String,
    counts: Value,
}

impl Done {
    fn shown(&self, sent: &Sent) -> axum::response::Response {
        let session = sent.ask.session_or_none();
        let to = ops_render::Href::path(&["spec-kit", &self.bundle]).with("session", session);
        let words = format!("{}: {}.", self.words, in_words(&self.counts));
        flash::done(sent, to.as_str(), &words)
    }
}

fn in_words(counts: &Value) -> String {
    let count = |name: &str| counts[name].as_u64().unwrap_or_default();
    format!(
        "{}, {}",
        counted(count("errors"), "error", "errors"),
        counted(count("warnings"), "warning", "warnings")
    )
}

/// Browsers send line ends as CRLF. A file is meant where there is one.
fn text(sent: &Sent) -> String {
    let text = sent.get("file").or(sent.get("prd")).unwrap_or_default();
    text.replace("\r\n", "\n")
}

async fn generated(app: &App, sent: &Sent, slug: &str) -> Result<Done, Refusal> {
    let text = match sent.get("stored") {
        Some(_) => stored(app, &sent.ask.auth, slug).await?,
        None => text(sent),
    };
    let mut wanted = SpecGenerate {
        slug: Some(slug)
            .filter(|slug| !slug.is_empty())
            .map(str::to_string),
        overwrite: (sent.get("overwrite") == Some("edited")).then_some(SpecOverwrite::Edited),
        ..SpecGenerate::default()
    };
    // A bundle that was made from a request keeps the request as its source.
    match serde_json::from_str(&text) {
        Ok(request) => wanted.request = Some(request),
        Err(_) => wanted.prd = Some(text),
    }
    let answer = bundle_of(app, &sent.ask.auth, &wanted).await?;
    let bundle = answer["bundle"].as_str().unwrap_or_default().to_string();
    Ok(Done {
        words: format!("`{bundle}` is generated"),
        counts: answer["report"]["counts"].clone(),
        bundle,
    })
}

async fn stored(app: &App, auth: &Value, slug: &str) -> Result<String, Refusal> {
    let p = json!({ "slug": format!("{slug}/{}", super::view_spec::SOURCE) });
    let answer = app.call("spec_docs_get", auth, p).await?;
    let content = answer.get("document").and_then(|d| d["content"].as_str());
    Ok(content.unwrap_or_default().to_string())
}

/// Whatever was typed stays, with what is wrong above it.
async fn again(app: &App, sent: &Sent, problem: Problem) -> Shown {
    if matches!(
        problem.code,
        Code::Forbidden | Code::Unauthenticated | Code::NotInstalled | Code::NotConfigured
    ) {
        return Err(Halt::refused(problem.into(), sent.ask.bare_layout(app)));
    }
    let slug = sent.get("slug").unwrap_or_default();
    let is_named = sent.get("stored").is_some() || sent.get("only").is_some();
    let prd = match sent.get("stored") {
        Some(_) => stored(app, &sent.ask.auth, slug).await.unwrap_or_default(),
        None => text(sent),
    };
    let errors = problem.errors.iter().map(|error| error.message.clone());
    let errors: Vec<String> = errors.collect();
    let form = SpecForm {
        bundle: if is_named { slug.into() } else { String::new() },
        slug: slug.into(),
        prd,
        asks_overwrite: problem.errors.iter().any(|e| e.field == "/overwrite"),
        errors: match errors.is_empty() {
            true => vec![flash::in_words(&problem)],
            false => errors,
        },
        ..spec::blank()
    };
    spec::list(app, &sent.ask, form, StatusCode::UNPROCESSABLE_ENTITY).await
}
