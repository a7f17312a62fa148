//! The requests, in order: later ones stand on what earlier ones made.

use crate::ask::Ask;
use ops_tests::harness::database::TOKEN;
use serde_json::{Value, json};

const BASE: &str = "/functions/v1/ops-executor";
const RUNBOOK: &str = "version: 1\nslug: greet\ntitle: Greet\nparams:\n  type: object\n  properties:\n    name: {type: string}\nsteps:\n  - id: say\n    run: echo \"$name\"\n";

fn bearer(ask: Ask) -> Ask {
    ask.with("authorization", format!("Bearer {TOKEN}"))
}

fn read(verb: &str) -> Ask {
    bearer(Ask::get(format!("{BASE}/{verb}")))
}

fn write(verb: &str, body: Value) -> Ask {
    text(verb, &body.to_string())
}

fn text(verb: &str, body: &str) -> Ask {
    bearer(Ask::post(
        format!("{BASE}/{verb}"),
        "application/json",
        body,
    ))
}

fn held(more: Value) -> Value {
    let mut body = json!({ "run_id": "{run}", "worker_id": "w", "attempt": 1 });
    for (name, value) in more.as_object().into_iter().flatten() {
        body[name] = value.clone();
    }
    body
}

pub fn table() -> Vec<Ask> {
    [operators(), workers(), refusals(), forged(), pages()]
        .into_iter()
        .flatten()
        .collect()
}

/// What needs the spec kit: a component of its own.
pub fn spec_kit() -> Vec<Ask> {
    let prd = "# Search\n\n## Problem\nNobody finds anything.\n\n## Requirements\n- FR-001: A search MUST find a fast word\n";
    let more = format!("{prd}- FR-002: A title MUST be above a body\n");
    let page = |path: &str| {
        Ask::get(path)
            .with("accept", "text/html")
            .with("cookie", format!("ops_token={TOKEN}"))
    };
    let form = |action: &str, fields: &str| {
        Ask::post(
            format!("/actions/{action}"),
            "application/x-www-form-urlencoded",
            format!("csrf={{csrf}}&slug=search&{fields}"),
        )
        .with("cookie", format!("ops_token={TOKEN}"))
    };
    // Deeper than any person nests.
    let hostile = format!("{}x\n{}", "> ".repeat(3_000), "- ".repeat(3_000));
    vec![
        write("spec.generate", json!({ "slug": "search", "prd": prd })),
        write("spec.generate", json!({ "slug": "search", "prd": prd })),
        write("spec.generate", json!({ "slug": "search", "prd": more })),
        write(
            "spec.generate",
            json!({ "store": false, "request": { "slug": "a", "name": "A", "goals": ["Find a word"] } }),
        ),
        write("spec.validate", json!({ "slug": "search" })),
        write("spec.validate", json!({ "slug": "search/prd.md" })),
        write("spec.validate", json!({ "slug": "nothing" })),
        write(
            "spec.validate",
            json!({ "documents": [{ "path": "a/prd.md", "text": prd }], "config": "fail_level = \"note\"\n" }),
        ),
        write(
            "spec.validate",
            json!({ "documents": [{ "path": "prd.md", "text": hostile }] }),
        ),
        write("spec.generate", json!({ "prd": "# Nothing\n" })),
        write("spec.generate", json!({ "prd": "x".repeat(600 << 10) })),
        write("spec.generate", json!({ "prd": "x".repeat(5 << 20) })),
        text("spec.generate", "{\"prd\": "),
        Ask::post(format!("{BASE}/spec.generate"), "application/json", "{}"),
        read("spec.generate"),
        page("/spec-kit").keep("csrf", "name=\"csrf\" value=\""),
        page("/spec-kit/search"),
        page("/spec-kit/search/prd.md"),
        page("/spec-kit/search/prd.md?view=source"),
        page("/spec-kit/search/source.md"),
        page("/spec-kit/search/source.md?view=edit"),
        page("/spec-kit/search/spec-kit.json"),
        page("/spec-kit/search.zip"),
        page("/spec-kit/nothing"),
        Ask::get("/spec-kit").with("accept", "text/html"),
        form("spec.generate", "prd=%23+Nothing"),
        form("spec.generate", "only=source&prd=%23+Other%0A"),
        page("/spec-kit/search"),
        form(
            "spec.generate",
            "prd=%23+Search%0A%0A%23%23+Goals%0A%0A-+Find+a+word%0A",
        ),
        form("spec.validate", "next=/spec-kit/search"),
        Ask::post(
            "/actions/spec.generate",
            "application/x-www-form-urlencoded",
            "slug=search&prd=x",
        )
        .with("cookie", format!("ops_token={TOKEN}")),
    ]
}

fn operators() -> Vec<Ask> {
    vec![
        Ask::get(BASE),
        read("health"),
        write("sessions.create", json!({ "name": "Release" })).keep("session", "/session/id"),
        write("sessions.update", json!({ "session_id": "{session}", "name": "Release 2" })),
        read("sessions.get?session_id={session}"),
        read("sessions.list"),
        write("templates.create", json!({ "source": RUNBOOK })),
        write("templates.validate", json!({ "source": "version: 1\nslug: X" })),
        write("templates.create", json!({ "source": RUNBOOK })),
        read("templates.get?slug=greet"),
        read("templates.list"),
        write("templates.update", json!({ "slug": "greet", "version": 7, "source": RUNBOOK })),
        write("lanes.update", json!({ "name": "gpu", "concurrency_limit": 2 })),
        read("lanes.list"),
        write("tokens.create", json!({ "name": "v", "kinds": ["viewer"] })).keep("viewer", "/token"),
        read("tokens.list"),
        write(
            "runs.create",
            json!({ "template": "greet", "params": { "name": "Ann 🦀 \"x\" <b>" }, "lane": "A", "idempotency_key": "k1" }),
        )
        .keep("run", "/run_id"),
        write(
            "runs.create",
            json!({ "template": "greet", "params": { "name": "Ann 🦀 \"x\" <b>" }, "lane": "A", "idempotency_key": "k1" }),
        ),
        write("runs.create", json!({ "template": "greet", "params": { "name": 1 } })),
        write(
            "runs.create",
            json!({ "runs": [{ "template": "greet", "lane": "B", "session_id": "{session}" }, { "template": "greet", "lane": "B" }] }),
        ),
        read("runs.list?lane=B"),
        read("runs.list?limit=1"),
    ]
}

fn workers() -> Vec<Ask> {
    let claim = json!({ "worker_id": "w", "lanes": ["A"], "request_id": 1, "start": true });
    vec![
        write("runs.claim", claim.clone()),
        write("runs.claim", claim),
        write(
            "runs.claim",
            json!({ "worker_id": "w", "lanes": ["A"], "request_id": 2, "wait_seconds": 1 }),
        ),
        write(
            "runs.heartbeat",
            json!({ "worker_id": "w", "runs": [{ "run_id": "{run}", "attempt": 1 }] }),
        ),
        write(
            "events.append",
            held(
                json!({ "first_seq": 1, "events": [{ "message": "one \u{1b}[31mred\u{1b}[0m" }, { "message": "\0 two" }] }),
            ),
        ),
        write(
            "events.append",
            held(json!({ "first_seq": 9, "events": [{ "message": "gap" }] })),
        ),
        read("events.list?run_id={run}"),
        write(
            "artifacts.put",
            held(json!({ "name": "a.txt", "kind": "file", "content": "héllo" })),
        )
        .keep("artifact", "/artifact_id"),
        write(
            "artifacts.put",
            held(json!({ "name": "b.bin", "kind": "file", "content_base64": "AAH/" })),
        )
        .keep("binary", "/artifact_id"),
        multipart("whole"),
        read("artifacts.get?artifact_id={artifact}"),
        read("artifacts.get?artifact_id={artifact}&raw=true"),
        read("artifacts.get?artifact_id={binary}&raw=true"),
        read("artifacts.list?run_id={run}"),
        write(
            "spec.put",
            held(
                json!({ "bundle": "notes", "documents": [{ "name": "notes.md", "content": "# Notes" }] }),
            ),
        ),
        read("spec.get?slug=notes/notes.md"),
        read("spec.get?slug=notes&format=zip"),
        read("spec.list"),
        write(
            "runs.finish",
            held(json!({ "status": "succeeded", "last_seq": 5 })),
        ),
        write(
            "runs.finish",
            held(json!({ "status": "succeeded", "last_seq": 2 })),
        ),
        write(
            "events.append",
            held(json!({ "first_seq": 3, "events": [{ "message": "late" }] })),
        ),
        read("runs.get?run_id={run}"),
        write("runs.retry", json!({ "run_id": "{run}" })).keep("again", "/run_id"),
        write("runs.cancel", json!({ "run_id": "{again}" })),
        write("runs.cancel", json!({ "run_id": "{again}" })),
        write("runs.sweep", json!({})),
        read("workers.list"),
        write("workers.drain", json!({ "worker_id": "w" })),
        read("audit.list"),
    ]
}

fn multipart(content: &str) -> Ask {
    let mut body = String::new();
    for (name, value) in [
        ("run_id", "{run}"),
        ("worker_id", "w"),
        ("attempt", "1"),
        ("name", "c.txt"),
        ("kind", "file"),
    ] {
        body +=
            &format!("--x\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    }
    body += &format!(
        "--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"c.txt\"\r\n\r\n{content}\r\n--x--\r\n"
    );
    bearer(Ask::post(
        format!("{BASE}/artifacts.put"),
        "multipart/form-data; boundary=x",
        body,
    ))
}

fn refusals() -> Vec<Ask> {
    let nobody = "00000000-0000-4000-8000-000000000000";
    vec![
        Ask::get(format!("{BASE}/runs.list")),
        Ask::get(format!("{BASE}/runs.list")).with("authorization", "Bearer ops_unknown"),
        Ask::get(format!("{BASE}/runs.list")).with("authorization", "Basic eDp5"),
        Ask::get(format!("{BASE}/audit.list")).with("authorization", "Bearer {viewer}"),
        bearer(Ask::post(
            format!("{BASE}/runs.cancel"),
            "application/json",
            "{}",
        ))
        .with("ops-protocol", "0"),
        read(&format!("runs.get?run_id={nobody}")),
        read("runs.get?run_id=no-uuid"),
        read("runs.get"),
        read("runs.list?colour=red"),
        read("no.such"),
        bearer(Ask::of("PUT", &format!("{BASE}/runs.create"))),
        bearer(Ask::of("DELETE", &format!("{BASE}/runs.list"))),
        bearer(Ask::of("HEAD", &format!("{BASE}/runs.list"))),
        bearer(Ask::of("OPTIONS", &format!("{BASE}/runs.list"))),
        read("runs.create"),
        write("runs.list", json!({})),
        text("runs.create", "{\"template\": "),
        text("runs.create", "[]"),
        text("runs.create", ""),
        text("sessions.create", "{\"name\": \"a\\u0000b\"}"),
        bearer(Ask::post(
            format!("{BASE}/sessions.create"),
            "application/json",
            vec![b'{', 0xff, b'}'],
        )),
        bearer(Ask::post(
            format!("{BASE}/sessions.create"),
            "text/plain",
            "{}",
        )),
        text(
            "sessions.create",
            &format!("{{\"name\": \"{}\"}}", "x".repeat(5 << 20)),
        ),
        write("sessions.create", json!({ "name": "x".repeat(3 << 20) })),
    ]
}

/// What only a host may say.
fn forged() -> Vec<Ask> {
    vec![
        read("health")
            .with("spin-client-addr", "6.6.6.6:1")
            .with("spin-full-url", "https://evil.example/")
            .with("spin-path-info", "/runs.cancel"),
        write("sessions.create", json!({ "name": "forged" }))
            .with("x-forwarded-for", "6.6.6.6")
            .with("x-forwarded-host", "evil.example")
            .with("spin-client-addr", "6.6.6.6:1"),
        read("audit.list?limit=1"),
    ]
}

fn pages() -> Vec<Ask> {
    let page = |path: &str| Ask::get(path).with("accept", "text/html");
    let signed = |path: &str| page(path).with("cookie", format!("ops_token={TOKEN}"));
    vec![
        page("/"),
        page("/sign-in"),
        page(&format!("/runboard?token={TOKEN}")),
        page("/no-such-page"),
        signed("/runboard"),
        signed("/runs?lane=B"),
        signed("/runs/{run}"),
        signed("/runs/{run}?q=one"),
        signed("/runs/{run}/log.txt"),
        signed("/templates/greet"),
        signed("/templates/none"),
        signed("/chat?line=run%20greet"),
        signed("/artifacts/{artifact}"),
        signed("/ui/board"),
        signed("/ui/runs/{run}/log?after=0"),
        Ask::post(
            "/actions/theme",
            "application/x-www-form-urlencoded",
            "theme=dark&next=/",
        )
        .with("cookie", format!("ops_token={TOKEN}")),
        page("/assets/none.css"),
    ]
}
