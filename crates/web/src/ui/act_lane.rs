//! What an operator does to lanes and workers.

use super::ask::Sent;
use super::flash;
use super::halt::Shown;
use crate::api::dispatch::check_rule;
use crate::app::App;
use crate::refusal::Refusal;
use crate::wrong::Wrong;
use axum::extract::State;
use ops_core::api::DispatchRule;
use ops_core::{Problem, text::is_lane};
use serde_json::{Value, json};

/// As the verb: fields that the form has are changed, the others stay.
pub async fn update(State(app): State<App>, sent: Sent) -> Shown {
    let (p, words) = match changes(&sent.fields) {
        Ok(changed) => changed,
        Err(refusal) => return flash::failed(&app, &sent, sent.back(), refusal),
    };
    match app.call("lanes_update", &sent.ask.auth, p).await {
        Ok(_) => Ok(flash::done(&sent, sent.back(), &words)),
        Err(refusal) => flash::failed(&app, &sent, sent.back(), refusal),
    }
}

/// Arguments of `lanes_update`, and what to say afterwards.
fn changes(fields: &[(String, String)]) -> Result<(Value, String), Refusal> {
    let get = |name: &str| {
        let found = fields.iter().find(|(field, _)| field == name);
        found.map(|(_, value)| value.trim())
    };
    let name = get("name").unwrap_or_default();
    if !is_lane(name) {
        return Err(wrong("name", "This is no name of a lane."));
    }
    let mut p = json!({ "name": name });
    let mut words = Vec::new();
    if let Some(paused) = get("paused") {
        let paused = yes_or_no("paused", paused)?;
        p["paused"] = paused.into();
        words.push(match paused {
            true => "is paused: nothing new is claimed".to_string(),
            false => "is open again".into(),
        });
        let reason = get("reason").filter(|reason| paused && !reason.is_empty());
        if let Some(reason) = reason {
            if reason.len() > 2_000 {
                return Err(wrong("reason", "A reason has at most 2,000 bytes."));
            }
            p["reason"] = reason.into();
        }
    }
    if let Some(draining) = get("draining") {
        let draining = yes_or_no("draining", draining)?;
        p["draining"] = draining.into();
        words.push(match draining {
            true => "drains: its workers end when they are done".into(),
            false => "no longer drains".into(),
        });
    }
    // An emptied field takes the limit away.
    if let Some(limit) = get("concurrency_limit") {
        let number = match limit {
            "" => Some(0),
            limit => limit.parse::<u32>().ok().filter(|n| *n <= 10_000),
        };
        let Some(number) = number else {
            return Err(wrong(
                "concurrency_limit",
                "A limit is a number from 1 to 10,000, or nothing for no limit.",
            ));
        };
        p["concurrency_limit"] = number.into();
        words.push(match number {
            0 => "has no limit any more".into(),
            1 => "takes one run at a time".into(),
            number => format!("takes up to {number} runs at a time"),
        });
    }
    // An emptied field takes the rule away.
    if let Some(workflow) = get("workflow") {
        p["dispatch"] = rule(workflow, get("ref").unwrap_or_default())?;
        words.push(match workflow {
            "" => "starts no workflow".into(),
            workflow => format!("starts {workflow} when nobody works for it"),
        });
    }
    match words.is_empty() {
        true => Err(wrong("", "Nothing was said to change.")),
        false => Ok((p, format!("Lane {name} {}.", words.join(", ")))),
    }
}

fn rule(workflow: &str, git_ref: &str) -> Result<Value, Refusal> {
    if workflow.is_empty() {
        return Ok(json!({}));
    }
    let Some(mut rule) = DispatchRule::of(workflow) else {
        return Err(wrong(
            "workflow",
            "A workflow is such as octo/infra/worker.yml.",
        ));
    };
    rule.git_ref = Some(git_ref.to_string()).filter(|git_ref| !git_ref.is_empty());
    let mut found = Wrong::default();
    check_rule(&mut found, &rule);
    found.done()?;
    serde_json::to_value(rule).map_err(|e| Refusal::internal("lanes.update", &e.to_string()))
}

fn yes_or_no(field: &str, word: &str) -> Result<bool, Refusal> {
    word.parse()
        .map_err(|_| wrong(field, format!("`{field}` is true or false.")))
}

fn wrong(field: &str, words: impl Into<String>) -> Refusal {
    let words = words.into();
    let mut problem = Problem::invalid(format!("/{field}"), words.clone());
    problem.detail = words;
    problem.into()
}

pub async fn drain_worker(State(app): State<App>, sent: Sent) -> Shown {
    let worker = sent.get("worker_id").unwrap_or_default();
    let drain = match yes_or_no("drain", sent.get("drain").unwrap_or("true")) {
        Ok(drain) => drain,
        Err(refusal) => return flash::failed(&app, &sent, sent.back(), refusal),
    };
    let p = json!({ "worker_id": worker, "drain": drain });
    let words = if drain {
        "takes no more runs, and ends after those that it holds"
    } else {
        "takes runs again"
    };
    match app.call("workers_drain", &sent.ask.auth, p).await {
        Ok(_) => Ok(flash::done(
            &sent,
            sent.back(),
            &format!("{worker} {words}."),
        )),
        Err(refusal) => flash::failed(&app, &sent, sent.back(), refusal),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changes_of(query: &str) -> Result<(Value, String), String> {
        changes(&super::super::ask::pairs(query.as_bytes()))
            .map_err(|refusal| refusal.into_problem().detail)
    }

    #[test]
    fn only_what_the_form_has_is_changed() {
        for (form, p, words) in [
            (
                "name=A&concurrency_limit=4",
                json!({ "name": "A", "concurrency_limit": 4 }),
                "Lane A takes up to 4 runs at a time.",
            ),
            (
                "name=A&concurrency_limit=+",
                json!({ "name": "A", "concurrency_limit": 0 }),
                "Lane A has no limit any more.",
            ),
            (
                "name=A&paused=true&reason=+heat+",
                json!({ "name": "A", "paused": true, "reason": "heat" }),
                "Lane A is paused: nothing new is claimed.",
            ),
            (
                "name=A&paused=false&reason=heat",
                json!({ "name": "A", "paused": false }),
                "Lane A is open again.",
            ),
            (
                "name=A&draining=true",
                json!({ "name": "A", "draining": true }),
                "Lane A drains: its workers end when they are done.",
            ),
        ] {
            assert_eq!(changes_of(form), Ok((p, words.into())), "{form}");
        }
    }

    #[test]
    fn what_means_nothing_is_refused_in_words() {
        let long = format!("name=A&paused=true&reason={}", "x".repeat(2_001));
        for (form, words) in [
            ("paused=true", "This is no name of a lane."),
            ("name=A", "Nothing was said to change."),
            ("name=A&paused=perhaps", "`paused` is true or false."),
            (
                "name=A&concurrency_limit=many",
                "A limit is a number from 1 to 10,000, or nothing for no limit.",
            ),
            (
                "name=A&concurrency_limit=10001",
                "A limit is a number from 1 to 10,000, or nothing for no limit.",
            ),
            (long.as_str(), "A reason has at most 2,000 bytes."),
        ] {
            assert_eq!(changes_of(form), Err(words.to_string()), "{form}");
        }
    }
}
