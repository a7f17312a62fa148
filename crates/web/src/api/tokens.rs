use super::{Answer, created, ok, only_id, operator_call, read_call};
use crate::app::App;
use crate::body;
use crate::call::sha256_hex;
use crate::refusal::Refusal;
use crate::wrong::Wrong;
use axum::extract::{Request, State};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ops_core::api::NewToken;
use ops_core::text;
use serde_json::json;

/// 256 random bits. Only their SHA-256 reaches the database.
pub(super) fn new_token(verb: &str) -> Result<String, Refusal> {
    let mut secret = [0; 32];
    getrandom::fill(&mut secret).map_err(|e| Refusal::internal(verb, &e.to_string()))?;
    Ok(format!("ops_{}", URL_SAFE_NO_PAD.encode(secret)))
}

pub async fn create(State(app): State<App>, request: Request) -> Answer {
    let (auth, body) = operator_call(request).await?;
    let new: NewToken = body::typed(body, "")?;
    let mut wrong = Wrong::default();
    wrong.unless(
        (1..=200).contains(&new.name.len()),
        "/name",
        "must be 1 to 200 bytes",
    );
    wrong.unless(
        !new.kinds.is_empty(),
        "/kinds",
        "must name at least one of operator, viewer, worker",
    );
    for (i, lane) in new.lanes.iter().enumerate() {
        wrong.unless(
            text::is_lane(lane),
            format!("/lanes/{i}"),
            "this is no name of a lane",
        );
    }
    let years = 10 * 366 * 86_400;
    wrong.unless(
        new.expires_in_seconds
            .is_none_or(|s| (60..=years).contains(&s)),
        "/expires_in_seconds",
        "must be a minute to ten years",
    );
    wrong.done()?;
    let token = new_token("tokens.create")?;
    let p = json!({
        "name": new.name, "kinds": new.kinds, "lanes": new.lanes, "expires_in_seconds": new.expires_in_seconds,
        "token_sha256": sha256_hex(token.as_bytes()),
    });
    let mut answer = app.call("tokens_create", &auth, p).await?;
    answer.insert("token".into(), token.into());
    created(answer)
}

pub async fn list(State(app): State<App>, request: Request) -> Answer {
    let (auth, _) = read_call(request, &[])?;
    ok(app.call("tokens_list", &auth, json!({})).await?)
}

pub async fn revoke(State(app): State<App>, request: Request) -> Answer {
    let (auth, body) = operator_call(request).await?;
    let fields = only_id(&body, "token_id", &[])?.clone();
    ok(app.call("tokens_revoke", &auth, fields.into()).await?)
}
