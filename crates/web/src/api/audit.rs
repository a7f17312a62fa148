use super::runs::without_nulls;
use super::{Answer, ok, read_call};
use crate::app::App;
use axum::extract::{Request, State};
use serde_json::json;

pub async fn list(State(app): State<App>, request: Request) -> Answer {
    let (auth, query) = read_call(request, &["actor", "action", "target", "after", "limit"])?;
    let p = json!({
        "actor": query.get("actor"), "action": query.get("action"), "target": query.get("target"),
        "after": query.number("after", 1..=i64::MAX)?, "limit": query.limit()?,
    });
    ok(app.call("audit_list", &auth, without_nulls(p)).await?)
}
