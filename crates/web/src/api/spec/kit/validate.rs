use super::{REPORT, check, fields};
use crate::api::{Answer, ok, operator_call};
use crate::app::App;
use crate::body;
use crate::refusal::Refusal;
use crate::wrong::Wrong;
use axum::extract::{Request, State};
use ops_core::api::SpecValidate;
use ops_core::{Problem, limits};
use ops_spec_kit::bundle::Bundle;
use ops_spec_kit::check::Options;
use ops_spec_kit::config::{Baseline, Config, Date};
use ops_spec_kit::report::{Exit, Report};
use ops_spec_kit::text::Source;
use serde_json::{Value, json};

/// 200 whatever is found: findings are what this verb is for.
pub async fn validate(State(app): State<App>, request: Request) -> Answer {
    let (auth, body) = operator_call(request).await?;
    let wanted: SpecValidate = body::typed(body, "")?;
    check_wanted(&wanted)?;
    let files = match (&wanted.slug, &wanted.documents) {
        (Some(slug), _) => stored(&app, &auth, slug).await?,
        (None, documents) => {
            app.call("spec_list", &auth, json!({ "limit": 1 })).await?;
            let given = documents.iter().flatten();
            given
                .map(|one| (one.path.clone(), one.text.clone()))
                .collect()
        }
    };
    let report = report_on(Bundle::group(files), &wanted)?;
    ok(json!({ "passed": report.exit() == Exit::Ok, "report": report }))
}

/// As the request, or a `spec-kit.toml` among the documents, wants it.
fn report_on(mut bundles: Vec<Bundle>, wanted: &SpecValidate) -> Result<Report, Refusal> {
    if let Some(text) = &wanted.config {
        let source = Source::decode("spec-kit.toml", text.as_bytes())
            .map_err(|e| Problem::invalid("/config", e.to_string()))?;
        for bundle in &mut bundles {
            bundle.config = Some(source.clone());
        }
    }
    let config = match one_config(&bundles)? {
        Some(source) => Config::parse(source.file(), source.text())
            .map_err(|e| Problem::invalid(config_field(wanted), e.to_string()))?,
        None => Config::default(),
    };
    let baseline = match &wanted.baseline {
        Some(text) => Some(
            Baseline::parse("baseline", text)
                .map_err(|e| Problem::invalid("/baseline", e.to_string()))?,
        ),
        None => None,
    };
    let mut options = Options::new(&config);
    options.baseline = baseline.as_ref();
    options.date = wanted.date.as_deref().and_then(Date::parse);
    Ok(ops_spec_kit::check::check(&bundles, &options))
}

fn config_field(wanted: &SpecValidate) -> &'static str {
    match (&wanted.config, &wanted.documents) {
        (Some(_), _) => "/config",
        (None, Some(_)) => "/documents",
        (None, None) => "/slug",
    }
}

/// One check has one configuration.
fn one_config(bundles: &[Bundle]) -> Result<Option<&Source>, Refusal> {
    let mut all = bundles.iter().filter_map(|bundle| bundle.config.as_ref());
    let first = all.next();
    match all.find(|other| Some(other.text()) != first.map(Source::text)) {
        None => Ok(first),
        Some(other) => Err(Problem::invalid(
            "/documents",
            format!(
                "{} says something else than the configuration before it: give one as `config`",
                other.file()
            ),
        )
        .into()),
    }
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
