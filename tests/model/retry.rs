//! A new run linked to an old one; one, or many, each answered for itself.

use super::access::Caller;
use super::cancel::chosen;
use super::state::{Frozen, Session, State};
use super::{Reply, Stop, create};
use ops_core::RunStatus;
use serde_json::{Value, json};

pub fn retry(s: &mut State, who: &Caller, p: Value) -> Reply {
    let key = p["idempotency_key"].as_str();
    if let Some(id) = p["run_id"].as_str() {
        let mut answer = one(s, who, id, key)?;
        answer["retry_of"] = id.into();
        return Ok(json!({ "runs": [answer], "count": 1 }));
    }
    let ended_badly = |status: RunStatus| status.is_terminal() && status != RunStatus::Succeeded;
    let ids = chosen(s, &p, ended_badly);
    if p["dry_run"] == true {
        return Ok(json!({ "count": ids.len(), "dry_run": true }));
    }
    let mut answers = Vec::new();
    for id in &ids {
        let mut answer = match one(s, who, id, key) {
            Ok(answer) | Err(Stop::Refused(answer)) => answer,
            Err(other) => return Err(other),
        };
        answer["retry_of"] = id.as_str().into();
        if let Some(fields) = answer.as_object_mut() {
            fields.remove("run");
        }
        answers.push(answer);
    }
    Ok(json!({ "runs": answers, "count": ids.len() }))
}

fn one(s: &mut State, who: &Caller, id: &str, key: Option<&str>) -> Reply {
    let refuse = |code: &str, why: &str| Err(super::refuse(code, why));
    let Some(place) = s.find(id) else {
        return refuse("not_found", "there is no such run");
    };
    let old = &s.runs[place];
    if !old.status.is_terminal() {
        return refuse("conflict", "the run has not ended");
    }
    let archived = |session: &&Session| {
        session.status == "archived" && old.frozen.session.as_ref() == Some(&session.id)
    };
    if s.sessions.iter().any(|session| archived(&session)) {
        return refuse("conflict", "its session is archived and takes no new runs");
    }
    let lane = &old.frozen.lane;
    let is_repeat = key.is_some() && s.runs.iter().any(|run| run.frozen.key.as_deref() == key);
    if s.lanes[lane].queue_full && !is_repeat {
        return refuse("queue_full", "the lane is full");
    }
    let frozen = Frozen {
        not_before: None,
        key: key.map(String::from),
        body: Some(format!("a retry of {id}")),
        retry_of: Some(id.into()),
        ..(*old.frozen).clone()
    };
    match create::insert(s, who, vec![(frozen, None, Vec::new())]) {
        Ok(mut answer) => Ok(answer["runs"][0].take()),
        // There is one entry; its place says nothing.
        Err(Stop::Refused(_)) => refuse("idempotency_mismatch", "the key was used for another run"),
        Err(other) => Err(other),
    }
}
