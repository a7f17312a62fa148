use super::check;
use crate::api::artifacts::download;
use crate::api::runs::without_nulls;
use crate::api::{Answer, ok, read_call};
use crate::app::App;
use crate::wrong::Wrong;
use axum::extract::{Request, State};
use ops_core::Problem;
use serde_json::{Value, json};

enum Format {
    Json,
    Zip,
}

/// One document or a whole bundle, by an operator, a viewer, or whoever holds the run that is named.
pub async fn read(State(app): State<App>, request: Request) -> Answer {
    let known = ["slug", "format", "run_id", "worker_id", "attempt"];
    let (auth, query) = read_call(request, &known)?;
    let slug = query.require("slug")?;
    let mut wrong = Wrong::default();
    check::slug(&mut wrong, slug);
    wrong.done()?;
    let format = match query.get("format") {
        None | Some("json") => Format::Json,
        Some("zip") => Format::Zip,
        Some(_) => return Err(Problem::invalid("/format", "must be json or zip").into()),
    };
    let holder = query.uuid("run_id")?;
    if holder.is_some() {
        query.require("worker_id")?;
        query.require("attempt")?;
    }
    let p = json!({
        "slug": slug, "run_id": holder, "worker_id": query.get("worker_id"),
        "attempt": query.number("attempt", 0..=i32::MAX.into())?,
    });
    let answer = app.call("spec_get", &auth, without_nulls(p)).await?;
    match format {
        Format::Json => ok(answer),
        Format::Zip => {
            let name = format!("{}.zip", slug.replace('/', "-"));
            Ok(download(zip(answer.get("documents")), &name))
        }
    }
}

/// All of a bundle, by its paths.
pub fn zip(documents: Option<&Value>) -> Vec<u8> {
    let documents = documents.and_then(Value::as_array);
    let files: Vec<(String, &[u8])> = documents
        .into_iter()
        .flatten()
        .filter_map(|one| {
            let slug = one["slug"].as_str()?.to_owned();
            Some((slug, one["content"].as_str()?.as_bytes()))
        })
        .collect();
    ops_spec_kit::archive::zip(&files)
}

pub async fn list(State(app): State<App>, request: Request) -> Answer {
    let (auth, query) = read_call(request, &["after", "limit"])?;
    let p = json!({ "after": query.get("after"), "limit": query.limit()? });
    ok(app.call("spec_list", &auth, without_nulls(p)).await?)
}
