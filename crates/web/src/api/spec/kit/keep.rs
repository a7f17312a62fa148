//! What a page changes of a stored bundle without generating it.

use super::{Files, REPORT, SOURCE, check, report_of, stored};
use crate::app::App;
use crate::refusal::Refusal;
use crate::wrong::Wrong;
use ops_core::{Code, Problem, limits};
use serde_json::{Value, json};

/// Keeps another source with the bundle, and what the rules say of the documents beside it: they are
/// of the one before until somebody generates them again.
pub async fn keep_source(
    app: &App,
    auth: &Value,
    slug: &str,
    text: String,
) -> Result<Value, Refusal> {
    let mut wrong = Wrong::default();
    wrong.unless(
        (1..=limits::SPEC_SOURCE_BYTES).contains(&text.len()),
        "/prd",
        format!("must be 1 to {} bytes", limits::SPEC_SOURCE_BYTES),
    );
    wrong.done()?;
    let mut files = there(app, auth, slug).await?;
    files.retain(|(name, _)| name != SOURCE);
    files.push((SOURCE.into(), text.clone()));
    keep(app, auth, slug, &files, Some(text)).await
}

/// Checks a bundle as it is stored, and keeps what was found.
pub async fn keep_report(app: &App, auth: &Value, slug: &str) -> Result<Value, Refusal> {
    let files = there(app, auth, slug).await?;
    keep(app, auth, slug, &files, None).await
}

async fn there(app: &App, auth: &Value, slug: &str) -> Result<Files, Refusal> {
    if !check::is_bundle(slug) {
        return Err(no_such(slug));
    }
    let files = stored(app, auth, slug).await?;
    match files.is_empty() {
        true => Err(no_such(slug)),
        false => Ok(files),
    }
}

fn no_such(slug: &str) -> Refusal {
    Problem::new(Code::NotFound, format!("there is no bundle `{slug}`")).into()
}

async fn keep(
    app: &App,
    auth: &Value,
    slug: &str,
    files: &Files,
    source: Option<String>,
) -> Result<Value, Refusal> {
    let report = report_of(slug, files, None);
    let mut documents =
        vec![json!({ "name": REPORT, "content": ops_spec_kit::report::json(&report) })];
    let keeps = match source {
        Some(text) => {
            documents.push(json!({ "name": SOURCE, "content": text }));
            "source"
        }
        None => "report",
    };
    let p = json!({ "bundle": slug, "keeps": keeps, "documents": documents });
    app.call("spec_keep", auth, p).await?;
    Ok(json!(report.counts))
}
