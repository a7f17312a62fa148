use super::access::Caller;
use super::state::{State, Token};
use super::{Reply, refuse};
use ops_core::api::TokenKind;
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct New {
    name: String,
    kinds: Vec<TokenKind>,
    token_sha256: String,
    #[serde(default)]
    lanes: Option<Vec<String>>,
    #[serde(default)]
    expires_in_seconds: Option<i64>,
}

fn add(s: &mut State, new: New) -> Value {
    let id = s.new_id();
    s.tokens.push(Token {
        id: id.clone(),
        name: new.name,
        kinds: new.kinds,
        sha256: new.token_sha256,
        lanes: new.lanes.unwrap_or_default(),
        created_at: s.now,
        expires_at: new.expires_in_seconds.map(|seconds| s.now.plus(seconds)),
        revoked_at: None,
        last_used_at: None,
    });
    json!({ "id": id })
}

/// Made, or made good again.
pub fn first(s: &mut State, p: Value) -> Reply {
    let new: New = serde_json::from_value(p)?;
    let known = s.tokens.iter_mut().find(|t| t.sha256 == new.token_sha256);
    let Some(token) = known else {
        return Ok(add(s, new));
    };
    token.name = new.name;
    token.kinds = new.kinds;
    token.revoked_at = None;
    Ok(json!({ "id": token.id }))
}

pub fn create(s: &mut State, _: &Caller, p: Value) -> Reply {
    let new = serde_json::from_value(p)?;
    Ok(add(s, new))
}

pub fn list(s: &mut State, _: &Caller, _: Value) -> Reply {
    let text = |at: Option<super::Time>| at.map(|at| at.to_string());
    let row = |t: &Token| {
        json!({
            "id": t.id, "name": t.name, "kinds": t.kinds, "lanes": t.lanes, "created_at": t.created_at.to_string(),
            "expires_at": text(t.expires_at), "revoked_at": text(t.revoked_at), "last_used_at": text(t.last_used_at),
        })
    };
    Ok(json!({ "tokens": s.tokens.iter().map(row).collect::<Vec<_>>() }))
}

pub fn revoke(s: &mut State, _: &Caller, p: Value) -> Reply {
    let now = s.now;
    let token = s.tokens.iter_mut().find(|t| p["token_id"] == t.id);
    let token = token.ok_or_else(|| refuse("not_found", "there is no such token"))?;
    token.revoked_at.get_or_insert(now);
    Ok(json!({ "id": token.id, "revoked": true }))
}
