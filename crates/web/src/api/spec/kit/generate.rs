use super::{Files, LOCK, REPORT, SOURCE, check, fields, report_of, stored};
use crate::api::{Answer, created, ok, operator_call};
use crate::app::App;
use crate::body;
use crate::call::sha256_hex;
use crate::refusal::Refusal;
use crate::wrong::Wrong;
use axum::extract::{Request, State};
use ops_core::api::{SpecGenerate, SpecOverwrite};
use ops_core::{Problem, limits};
use ops_spec_kit::facts::Document;
use ops_spec_kit::generate as kit;
use serde_json::{Value, json};

/// Notes that are kept with a bundle; the answer has all.
const NOTES: usize = 50;

pub async fn generate(State(app): State<App>, request: Request) -> Answer {
    let (auth, body) = operator_call(request).await?;
    let wanted: SpecGenerate = body::typed(body, "")?;
    let answer = bundle_of(&app, &auth, &wanted).await?;
    match answer["stored"] == true {
        true => created(answer),
        false => ok(answer),
    }
}

/// What the verb answers: the files of the bundle, what was noted, and what the rules found in it.
pub async fn bundle_of(app: &App, auth: &Value, wanted: &SpecGenerate) -> Result<Value, Refusal> {
    check_wanted(wanted)?;
    let (named, text, source) = source(wanted)?;
    let slug = wanted.slug.clone().unwrap_or(named);
    // A bundle that is not stored stands alone; who calls is asked all the same.
    let stores = wanted.store.unwrap_or(true);
    let before = stored(app, auth, &slug).await?;
    let existing = stores.then_some(&before).filter(|files| !files.is_empty());
    let made = make(wanted, &slug, &source, existing)?;
    let mut files = made.files;
    files.push((SOURCE.into(), text));
    let report = report_of(&slug, &files, wanted.date.as_deref());
    let mut answer = json!({ "bundle": slug, "stored": stores, "notes": made.notes });
    files.push((REPORT.into(), ops_spec_kit::report::json(&report)));
    answer["report"] = json!(report);
    if stores {
        let p = to_store(&slug, &files, &before, &made.title, &made.notes)?;
        app.call("spec_generate", auth, p).await?;
    }
    answer["files"] = files
        .into_iter()
        .map(|(name, content)| {
            json!({ "name": name, "sha256": sha256_hex(content.as_bytes()), "content": content })
        })
        .collect();
    Ok(answer)
}

fn check_wanted(wanted: &SpecGenerate) -> Result<(), Refusal> {
    let mut wrong = Wrong::default();
    wrong.unless(
        wanted.prd.is_some() != wanted.request.is_some(),
        "/prd",
        "exactly one of `prd` and `request` is needed",
    );
    let slug = wanted.slug.as_deref();
    wrong.unless(
        slug.is_none_or(check::is_bundle),
        "/slug",
        "lower-case letters, digits and single hyphens are expected, such as `ops-control-room`",
    );
    fields::date(&mut wrong, wanted.date.as_deref());
    let size = wanted.prd.as_ref().map_or(0, String::len);
    wrong.unless(
        size <= limits::SPEC_SOURCE_BYTES,
        "/prd",
        format!(
            "{size} bytes; at most {} are taken: split it, or run `ops spec generate` where the file is",
            limits::SPEC_SOURCE_BYTES
        ),
    );
    wrong.done()
}

/// The slug that the source asks for, its text, and the text as it was understood.
fn source(wanted: &SpecGenerate) -> Result<(String, String, Document), Refusal> {
    if let Some(request) = &wanted.request {
        let text = serde_json::to_string_pretty(request)
            .map_err(|e| Refusal::internal("spec.generate", &e.to_string()))?;
        let (slug, document) = ops_spec_kit::model::request(SOURCE, text.as_bytes())
            .map_err(|e| Problem::invalid("/request", e.to_string()))?;
        return Ok((slug, text, document));
    }
    let text = wanted.prd.clone().unwrap_or_default();
    let document = ops_spec_kit::read::document(SOURCE, text.as_bytes())
        .map_err(|e| Problem::invalid("/prd", e.to_string()))?;
    let title = document.title.as_ref().map(|title| title.text.as_str());
    let slug = kit::slug_of(title.unwrap_or_default());
    Ok((slug, text, document))
}

struct Made {
    files: Files,
    notes: Vec<String>,
    title: String,
}

fn make(
    wanted: &SpecGenerate,
    slug: &str,
    source: &Document,
    existing: Option<&Files>,
) -> Result<Made, Refusal> {
    let existing = existing.map(|files| {
        kit::Existing::of(
            files
                .iter()
                .map(|(name, text)| (name.as_str(), text.as_str())),
        )
    });
    let mut request = kit::Request::new(source, slug);
    request.existing = existing.as_ref();
    request.date = wanted.date.as_deref();
    request.link = Some(SOURCE);
    request.overwrite = match wanted.overwrite {
        Some(SpecOverwrite::Edited) => kit::Overwrite::Edited,
        Some(SpecOverwrite::Untouched) | None => kit::Overwrite::Untouched,
    };
    let output = kit::generate(&request).map_err(|refusal| {
        let text = match wanted.request {
            Some(_) => "/request",
            None => "/prd",
        };
        let field = match &refusal {
            kit::Refusal::Slug { .. } => "/slug",
            kit::Refusal::Date { .. } => "/date",
            kit::Refusal::Edited { .. } => "/overwrite",
            kit::Refusal::Lacking(_)
            | kit::Refusal::Manifest(_)
            | kit::Refusal::Lock(_)
            | kit::Refusal::TooLarge { .. } => text,
        };
        Problem::invalid(field, refusal.to_string())
    })?;
    let title = source.title.as_ref().map(|title| title.text.clone());
    Ok(Made {
        files: output.files,
        notes: output.notes,
        title: title.unwrap_or_else(|| slug.to_owned()),
    })
}

/// A lock goes over the one that the ids were minted from.
fn to_store(
    slug: &str,
    files: &Files,
    before: &Files,
    title: &str,
    notes: &[String],
) -> Result<Value, Refusal> {
    let mut wrong = Wrong::default();
    let bytes = files.iter().map(|(_, text)| text.len()).sum();
    check::total(&mut wrong, bytes, "/prd");
    wrong.done()?;
    let lock = before.iter().find(|(name, _)| name == LOCK);
    let documents: Vec<Value> = files
        .iter()
        .map(|(name, content)| json!({ "name": name, "content": content }))
        .collect();
    let kept = notes.get(..NOTES).unwrap_or(notes);
    Ok(json!({
        "bundle": slug, "title": title, "documents": documents, "notes": kept,
        "lock_sha256": lock.map(|(_, text)| sha256_hex(text.as_bytes())),
    }))
}
