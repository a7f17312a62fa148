use super::{REPORT, check, fields, report_on};
use crate::api::{Answer, ok, operator_call};
use crate::app::App;
use crate::body;
use crate::refusal::Refusal;
use crate::wrong::Wrong;
use axum::extract::{Request, State};
use ops_core::api::SpecValidate;
use ops_core::limits;
use ops_spec_kit::bundle::Bundle;
use ops_spec_kit::report::Exit;
use serde_json::{Value, json};

/// 200 whatever is found: findings are what this verb is for.
pub async fn validate(State(app): State<App>, request: Request) -> Answer {
    let (auth, body) = operator_call(request).await?;
    let wanted: SpecValidate = body::typed(body, "")?;
    check_wanted(&wanted)?;
    let files = match (wanted.slug, wanted.documents) {
        (Some(slug), _) => stored(&app, &auth, &slug).await?,
        (None, documents) => {
            app.call("spec_list", &auth, json!({ "limit": 1 })).await?;
            let given = documents.into_iter().flatten();
            given.map(|one| (one.path, one.text)).collect()
        }
    };
    let report = report_on(&Bundle::group(files), wanted.date.as_deref());
    ok(json!({ "passed": report.exit() == Exit::Ok, "report": report }))
}

fn check_wanted(wanted: &SpecValidate) -> Result<(), Refusal> {
    let mut wrong = Wrong::default();
    wrong.unless(
        wanted.slug.is_some() != wanted.documents.is_some(),
        "/slug",
        "exactly one of `slug` and `documents` is needed",
    );
    if let Some(slug) = &wanted.slug {
        check::slug(&mut wrong, slug);
    }
    fields::date(&mut wrong, wanted.date.as_deref());
    let documents = wanted.documents.as_deref().unwrap_or_default();
    wrong.unless(
        documents.len() <= limits::SPEC_DOCUMENTS,
        "/documents",
        format!("at most {} at once", limits::SPEC_DOCUMENTS),
    );
    for (i, document) in documents.iter().enumerate() {
        fields::path(&mut wrong, &document.path, format!("/documents/{i}/path"));
        let size = document.text.len();
        wrong.unless(
            size <= limits::SPEC_SOURCE_BYTES,
            format!("/documents/{i}/text"),
            format!(
                "{size} bytes; at most {} are taken",
                limits::SPEC_SOURCE_BYTES
            ),
        );
    }
    wrong.done()
}

async fn stored(app: &App, auth: &Value, slug: &str) -> Result<Vec<(String, String)>, Refusal> {
    let answer = app.call("spec_get", auth, json!({ "slug": slug })).await?;
    let text = |one: &Value, field: &str| one[field].as_str().unwrap_or_default().to_owned();
    let documents = answer.get("documents").and_then(Value::as_array);
    Ok(documents
        .into_iter()
        .flatten()
        .map(|one| (text(one, "slug"), text(one, "content")))
        .filter(|(slug, _)| !slug.ends_with(&format!("/{REPORT}")))
        .collect())
}
