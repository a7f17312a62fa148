//! Bulk forms of `runs.cancel` and `runs.retry`: ids or a filter in place of one `run_id`.

use super::{Answer, ok};
use crate::app::App;
use crate::body;
use crate::refusal::Refusal;
use crate::wrong::Wrong;
use ops_core::api::BulkRuns;
use ops_core::{limits, text};
use serde_json::Value;

pub fn is_bulk(body: &Value) -> bool {
    ["run_ids", "filter"]
        .iter()
        .any(|name| body.get(*name).is_some())
}

pub async fn call(app: &App, function: &'static str, auth: &Value, body: Value) -> Answer {
    let chosen: BulkRuns = body::typed(body, "")?;
    check(&chosen)?;
    let p =
        serde_json::to_value(&chosen).map_err(|e| Refusal::internal(function, &e.to_string()))?;
    let answer = app.call(function, auth, p).await?;
    for run in answer
        .get("runs")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        app.wake.log(run["run_id"].as_str().unwrap_or_default());
    }
    ok(answer)
}

fn check(chosen: &BulkRuns) -> Result<(), Refusal> {
    let mut wrong = Wrong::default();
    wrong.unless(
        chosen.run_ids.is_some() != chosen.filter.is_some(),
        "/run_ids",
        "give either `run_ids` or `filter`",
    );
    let ids = chosen.run_ids.as_deref().unwrap_or_default();
    wrong.unless(
        ids.len() <= limits::BULK_CHANGES,
        "/run_ids",
        format!("at most {}", limits::BULK_CHANGES),
    );
    for (i, id) in ids.iter().enumerate() {
        wrong.uuid(Some(id), format!("/run_ids/{i}"));
    }
    if let Some(filter) = &chosen.filter {
        wrong.uuid(filter.session_id.as_deref(), "/filter/session_id");
        wrong.unless(
            filter.lane.as_deref().is_none_or(text::is_lane),
            "/filter/lane",
            "this is no name of a lane",
        );
        let any = filter.status.is_some()
            || filter.lane.is_some()
            || filter.template.is_some()
            || filter.session_id.is_some();
        wrong.unless(
            any,
            "/filter",
            "an empty filter would mean every run; name at least one field",
        );
    }
    wrong.unless(
        chosen
            .reason
            .as_ref()
            .is_none_or(|r| (1..=2_000).contains(&r.len())),
        "/reason",
        "must be 1 to 2000 bytes",
    );
    wrong.done()
}
