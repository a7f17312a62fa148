//! The Spec Kit tab: the stored documents.

use super::ask::Ask;
use super::halt::Shown;
use super::html;
use super::json::{list, some_text, text};
use super::read::Title;
use super::view_spec::{Report, document, row, summary};
use crate::app::App;
use axum::extract::{Path, State};
use ops_render::Href;
use ops_render::view::{SpecKitPage, Tab};
use serde_json::{Value, json};

/// The runbooks that every installation is given.
const GENERATE: &str = "generate-spec-kit";
const VALIDATE: &str = "validate-spec-kit";

pub async fn page(State(app): State<App>, ask: Ask) -> Shown {
    show(&app, &ask, "").await
}

pub async fn page_of(State(app): State<App>, Path(slug): Path<String>, ask: Ask) -> Shown {
    show(&app, &ask, &slug).await
}

async fn show(app: &App, ask: &Ask, slug: &str) -> Shown {
    let mut reads = json!({
        "documents": { "of": "spec_docs_list" },
        "generate": { "of": "templates_get", "slug": GENERATE },
        "validate": { "of": "templates_get", "slug": VALIDATE },
    });
    if !slug.is_empty() {
        reads["document"] = json!({ "of": "spec_docs_get", "slug": slug });
    }
    if let Some((bundle, _)) = slug.split_once('/') {
        reads["report"] = json!({ "of": "spec_docs_get", "slug": format!("{bundle}/report.json") });
    }
    let mut read = ask.read(app, reads).await?;
    // Where an installation has not got the template, there is no button.
    let mut button = |name: &str, template: &str| {
        let href = Href::path(&["templates", template]).with("session", ask.session_or_none());
        read.take_if_any(name).map(|_| href)
    };
    let (generate, validate) = (button("generate", GENERATE), button("validate", VALIDATE));
    let report = Report::of(read.take_if_any("report").as_ref());
    let all = read.take("documents")?;
    let chosen = if slug.is_empty() {
        Value::Null
    } else {
        read.take("document")?
    };
    let current = &chosen["document"];
    let documents = list(&all, "documents");
    let page = SpecKitPage {
        title: some_text(current, "title").unwrap_or("Spec Kit").into(),
        summary: summary(documents.len()),
        documents: documents
            .iter()
            .map(|one| {
                row(
                    one,
                    text(current, "slug"),
                    report.as_ref(),
                    ask.session_or_none(),
                )
            })
            .collect(),
        current: (!current.is_null()).then(|| {
            document(
                current,
                ask.get("view") == Some("source"),
                ask.session_or_none(),
            )
        }),
        findings: report
            .map(|report| report.findings(text(current, "slug")))
            .unwrap_or_default(),
        generate,
        validate,
        ..SpecKitPage::default()
    };
    let layout = read.layout(&Title::of(&page.title, Tab::SpecKit));
    Ok(html::page(ask, &layout, html::Body::SpecKit(&page)))
}
