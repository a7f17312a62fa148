//! Lanes, dispatches and trust rules as views.

use super::json::{list, number, some_text, text, time};
use ops_render::Href;
use ops_render::view::{Badge, DispatchRow, Link, Stamp, StartRow, Tone, TrustRow};
use serde_json::Value;

pub fn starts(answer: &Value) -> Vec<StartRow> {
    let lanes = list(answer, "lanes").iter();
    lanes
        .map(|lane| {
            let rule = &lane["dispatch"];
            let name = text(lane, "name");
            let (repository, workflow) = (text(rule, "repository"), text(rule, "workflow"));
            let git_ref = text(rule, "ref");
            let is_set = !repository.is_empty();
            StartRow {
                lane: name.into(),
                key: name.replace('.', "-"),
                target: is_set.then(|| {
                    let words = format!("{repository}/{workflow}@{git_ref}");
                    let page =
                        format!("https://github.com/{repository}/actions/workflows/{workflow}");
                    outside(&words, &page)
                }),
                workflow: if is_set {
                    format!("{repository}/{workflow}")
                } else {
                    String::new()
                },
                git_ref: git_ref.into(),
                limit: if is_set {
                    format!("at most {} in an hour", number(rule, "per_hour"))
                } else {
                    String::new()
                },
            }
        })
        .collect()
}

pub fn dispatches(answer: &Value) -> Vec<DispatchRow> {
    let all = list(answer, "dispatches").iter();
    all.map(|one| DispatchRow {
        badge: match some_text(one, "conclusion") {
            Some("success") => Badge::new(Tone::Ok, "success"),
            Some(conclusion) => Badge::new(Tone::Bad, conclusion.to_string()),
            None => state(text(one, "status")),
        },
        workflow: format!(
            "{}/{}@{}",
            text(one, "repository"),
            text(one, "workflow"),
            text(one, "ref")
        ),
        lane: match some_text(one, "step") {
            Some(step) => format!("step {step}"),
            None => text(one, "lane").into(),
        },
        at: time(one, "requested_at").map(Stamp::at).unwrap_or_default(),
        by: text(one, "requested_by").into(),
        run: some_text(one, "url")
            .map(|url| outside(some_text(one, "github_run_id").unwrap_or("its page"), url)),
        error: text(one, "error").into(),
    })
    .collect()
}

fn state(status: &str) -> Badge {
    match status {
        "sending" => Badge::new(Tone::Queued, "sending"),
        "sent" => Badge::new(Tone::Running, "sent"),
        "arrived" => Badge::new(Tone::Ok, "arrived"),
        "absent" => Badge::new(Tone::Warn, "no worker came"),
        "refused" => Badge::new(Tone::Bad, "refused"),
        _ => Badge::new(Tone::Warn, "unknown"),
    }
}

pub fn rules(answer: &Value) -> Vec<TrustRow> {
    let all = list(answer, "rules").iter();
    all.map(|rule| {
        let named = ["workflow", "job_workflow", "ref", "environment", "runner"];
        let only: Vec<_> = named
            .iter()
            .filter_map(|name| some_text(rule, name))
            .collect();
        let lanes: Vec<_> = list(rule, "lanes")
            .iter()
            .filter_map(Value::as_str)
            .collect();
        TrustRow {
            id: text(rule, "id").into(),
            key: text(rule, "id").into(),
            repository: text(rule, "repository").into(),
            only: if only.is_empty() {
                "any workflow".into()
            } else {
                only.join(", ")
            },
            lanes: if lanes.is_empty() {
                "all".into()
            } else {
                lanes.join(", ")
            },
            by: text(rule, "created_by").into(),
        }
    })
    .collect()
}

fn outside(words: &str, address: &str) -> Link {
    Link {
        text: words.into(),
        href: Href::web(address),
        is_outside: true,
    }
}
