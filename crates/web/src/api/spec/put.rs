use super::check;
use crate::api::runs::without_nulls;
use crate::api::{Answer, ok, worker_call};
use crate::app::App;
use crate::body;
use crate::refusal::Refusal;
use crate::wrong::Wrong;
use axum::extract::{Request, State};
use ops_core::api::SpecPut;
use ops_core::limits;
use serde_json::json;

/// What a step made, from whoever holds its run.
pub async fn put(State(app): State<App>, request: Request) -> Answer {
    let (auth, body) = worker_call(request).await?;
    let put: SpecPut = body::typed(body, "")?;
    check_put(&put)?;
    ok(app
        .call("spec_put", &auth, without_nulls(json!(put)))
        .await?)
}

fn check_put(put: &SpecPut) -> Result<(), Refusal> {
    let mut wrong = Wrong::default();
    wrong.uuid(Some(&put.run_id), "/run_id");
    wrong.attempt(put.attempt, "/attempt");
    wrong.unless(
        check::is_bundle(&put.bundle),
        "/bundle",
        "lower-case letters, digits and single hyphens are expected, such as `ops-control-room`",
    );
    wrong.unless(
        (1..=limits::SPEC_DOCUMENTS).contains(&put.documents.len()),
        "/documents",
        format!("must be 1 to {}", limits::SPEC_DOCUMENTS),
    );
    for (i, document) in put.documents.iter().enumerate() {
        let mut first = put.documents.iter().take(i);
        let is_new = first.all(|other| other.name != document.name);
        wrong.unless(
            check::is_file(&document.name) && is_new,
            format!("/documents/{i}/name"),
            "must be the name of a file such as `plan.md`, each once",
        );
    }
    let bytes = put.documents.iter().map(|one| one.content.len()).sum();
    check::total(&mut wrong, bytes, "/documents");
    wrong.done()
}
