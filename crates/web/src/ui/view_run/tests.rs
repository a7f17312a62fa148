use super::*;
use ops_render::words::iso;
use serde_json::json;

const NOW: UnixMs = 1_764_023_400_000;

fn run() -> Value {
    json!({
        "id": "8dfdee46-0f3f-4305-aba3-c316f6576a6f", "title": "Deploy <img>", "status": "running", "lane": "A",
        "template": "deploy", "template_version": 7, "attempt": 2, "attempts_used": 1, "max_attempts": 3,
        "created_at": iso(NOW - 300_000), "claimed_at": iso(NOW - 200_000), "started_at": iso(NOW - 200_000),
        "heartbeat_at": iso(NOW - 9_000), "lease_expires_at": iso(NOW + 6_000), "claimed_by": "w-2",
        "params": { "region": "us", "token": "hunter2", "list": [1, 2] },
        "runbook": {
            "params": { "properties": { "token": { "type": "string", "writeOnly": true } } },
            "steps": [{ "id": "build", "title": "Build" }, { "id": "apply", "run": "x" }, { "id": "wait" }]
        },
        "steps": [
            { "attempt": 1, "step": "build", "status": "lost", "started_at": iso(NOW - 290_000), "finished_at": iso(NOW - 270_000) },
            { "attempt": 2, "step": "build", "status": "succeeded", "outputs": { "tag": "4.12" },
              "started_at": iso(NOW - 200_000), "finished_at": iso(NOW - 128_000) },
            { "attempt": 2, "step": "apply", "status": "running", "started_at": iso(NOW - 108_000) }
        ],
        "attempts": [
            { "attempt": 1, "worker_id": "w-1", "claimed_at": iso(NOW - 295_000), "ended_at": iso(NOW - 270_000), "ended_as": "lost" },
            { "attempt": 2, "worker_id": "w-2", "claimed_at": iso(NOW - 200_000) }
        ],
        "log": { "last_pos": 1198 }
    })
}

fn looker(attempt: Option<u32>) -> Looker<'static> {
    Looker {
        attempt,
        may_act: true,
        sessions: Vec::new(),
    }
}

#[test]
fn the_newest_attempt_is_shown_and_an_older_one_on_request() {
    let newest = region(&run(), &[], &looker(None), NOW);
    let words: Vec<_> = newest
        .steps
        .iter()
        .map(|step| step.badge.word.as_str())
        .collect();
    assert_eq!(words, ["done", "running", "waits"]);
    assert_eq!(
        (newest.head.attempt.as_str(), newest.head.step.as_str()),
        ("2 of 3", "2 of 3")
    );
    assert_eq!(newest.outputs[0], Pair::new("build.tag", "4.12"));
    assert!(newest.attempts[1].is_current);
    let older = region(&run(), &[], &looker(Some(1)), NOW);
    assert_eq!(older.steps[0].badge.word, "lost");
    assert!(older.attempts[0].is_current && older.live.ends_with("?attempt=1"));
}

#[test]
fn a_secret_parameter_is_not_shown() {
    let shown = params(&run());
    let token = shown
        .iter()
        .find(|pair| pair.key == "token")
        .expect("a token");
    assert_eq!((token.value.as_str(), token.title.as_str()), ("••••••", ""));
    assert!(shown.iter().any(|pair| pair.value == "[1,2]"));
}

#[test]
fn who_only_looks_can_neither_cancel_nor_replay() {
    let region = region(
        &run(),
        &[],
        &Looker {
            attempt: None,
            may_act: false,
            sessions: Vec::new(),
        },
        NOW,
    );
    assert!(!region.head.can_cancel && !region.head.can_retry && region.head.replay.is_none());
}

#[test]
fn a_run_that_waits_for_a_worker_names_the_command() {
    let queued = json!({ "id": "r", "status": "queued", "lane": "D", "created_at": iso(NOW - 60_000),
        "waiting": { "reason": "no_worker", "detail": "no worker asks for lane D; start one with `ops worker --lanes D`" } });
    let region = region(&queued, &[], &looker(None), NOW);
    assert_eq!(region.head.waiting, "no worker asks for lane D");
    assert_eq!(region.head.command, "ops worker --lanes D");
    assert_eq!(
        (
            region.head.span_word.as_str(),
            region.head.span.text.as_str()
        ),
        ("waiting for", "1 m")
    );
}
