//! A control room over a store in memory: two tokens, one of each thing, every text of it hostile.

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, Response};
use http_body_util::BodyExt;
use ops_core::port::{BoxFuture, Store, StoreError};
use ops_web::{App, Host, router};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use std::sync::{Arc, Mutex};
use tower::ServiceExt;

pub const OPERATOR: &str = "ops_operator";
pub const VIEWER: &str = "ops_viewer";
pub const RUN: &str = "8dfdee46-0f3f-4305-aba3-c316f6576a6f";
const EVIL: &str =
    "\"'><script>alert(1)</script><img src=x onerror=alert(1)>[x](javascript:alert(1))";
const NOW: &str = "2026-11-24T22:30:00Z";

#[derive(Default)]
struct Script {
    calls: Mutex<Vec<(&'static str, Value)>>,
}

fn kind(p: &Value) -> Option<&'static str> {
    let sent = p["auth"]["token_sha256"].as_str()?.to_string();
    let digest = |token: &str| -> String {
        Sha256::digest(token.as_bytes())
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    };
    [(OPERATOR, "operator"), (VIEWER, "viewer")]
        .into_iter()
        .find(|(token, _)| digest(token) == sent)
        .map(|(_, kind)| kind)
}

fn runbook() -> Value {
    json!({ "version": 1, "slug": "hello", "title": EVIL,
        "params": { "type": "object", "additionalProperties": false,
            "properties": { "name": { "type": "string", "description": EVIL }, "count": { "type": "integer" } } },
        "steps": [{ "id": "greet", "title": EVIL, "run": "echo" }] })
}

fn run() -> Value {
    json!({ "id": RUN, "seq": 1, "title": EVIL, "status": "running", "lane": "A", "priority": 100, "attempt": 1,
        "attempts_used": 0, "max_attempts": 3, "template": "hello", "template_version": 1, "intent": EVIL, "reason": EVIL,
        "error": EVIL, "claimed_by": EVIL, "worker_id": EVIL, "created_at": NOW, "started_at": NOW, "refused_writes": 0,
        "heartbeat_at": NOW, "lease_expires_at": "2026-11-24T22:30:15Z", "created_by": EVIL, "params": { "name": EVIL },
        "runbook": runbook(), "log": { "last_pos": 1 }, "running_step": EVIL, "step_count": 1, "steps_done": 0,
        "lines": [{ "pos": 1, "level": "info", "message": EVIL }],
        "steps": [{ "attempt": 1, "step": "greet", "status": "running", "started_at": NOW, "outputs": { "x": EVIL } }],
        "attempts": [{ "attempt": 1, "worker_id": EVIL, "claimed_at": NOW }] })
}

fn template() -> Value {
    json!({ "slug": "hello", "version": 1, "title": EVIL, "description": EVIL, "default_lane": "A", "created_by": EVIL,
        "params": runbook()["params"], "runbook": runbook(), "source": EVIL, "steps": 1, "last": run(),
        "created_at": NOW, "updated_at": NOW, "versions": [{ "version": 1, "created_by": EVIL, "created_at": NOW }] })
}

fn event() -> Value {
    json!({ "pos": 1, "attempt": 1, "ts": NOW, "level": "error", "message": EVIL, "step": EVIL, "source": "stdout" })
}

fn read(read: &Value) -> Value {
    match read["of"].as_str().unwrap_or_default() {
        "ui_board" if read["known"] == "board1" => json!({ "unchanged": true, "tag": "board1" }),
        "ui_board" => {
            json!({ "tag": "board1", "now": NOW, "session": null, "ends": { "succeeded": 1, "failed": 0, "buckets": [1] },
            "lanes": [{ "name": "A", "held": 1, "queued": 0, "workers": 1, "paused": true, "paused_reason": EVIL,
                "active": [run()], "queue": [run()], "recent": [run()] }] })
        }
        "ui_runs" => json!({ "now": NOW, "upto": 1, "runs": [run()], "next": null, "newer": 0 }),
        "ui_templates" => json!({ "now": NOW, "templates": [template()] }),
        "ui_log" => {
            json!({ "events": [event()], "status": "running", "held": true, "first": 1, "next": 1,
            "earlier": false, "later": false, "lines": 1, "errors": 1, "first_error": 1, "dropped": 0, "lead": [] })
        }
        "runs_get" => json!({ "run": run() }),
        "artifacts_list" => {
            json!({ "artifacts": [{ "id": RUN, "name": EVIL, "kind": "file", "mime": "text/html", "size": 9 }] })
        }
        "artifacts_get" => {
            json!({ "artifact": { "id": RUN, "run_id": RUN, "name": EVIL, "kind": "file", "mime": "image/svg+xml",
            "size": 9, "attempt": 1, "content_base64": "PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==" } })
        }
        "templates_get" => json!({ "template": template() }),
        "spec_docs_list" => {
            let row = |slug: &str| {
                json!({ "slug": slug, "title": EVIL, "meta": { "made": { "notes": [EVIL], "by": EVIL } },
                "size": 1, "sha256": EVIL, "updated_by": EVIL })
            };
            let files = ["prd.md", "report.json", "source.md", "spec-kit.json"];
            let rows: Vec<Value> = files.iter().map(|file| row(&format!("b/{file}"))).collect();
            json!({ "documents": rows })
        }
        "spec_docs_get" => {
            let slug = read["slug"].as_str().expect("a slug");
            json!({ "document": { "slug": slug, "title": EVIL, "content": spec_text(slug), "meta": {}, "size": 9,
                "sha256": EVIL } })
        }
        other => panic!("no read `{other}`"),
    }
}

/// Manifest and report come from whoever made the bundle, and say what they like.
fn spec_text(slug: &str) -> String {
    let place = json!({ "file": "b/prd.md", "line": 1 });
    match slug.rsplit('/').next() {
        Some("spec-kit.json") => json!({ "source": { "file": EVIL, "sha256": EVIL },
            "nodes": [{ "id": "FR-001", "kind": "requirement", "text": EVIL, "document": "prd.md", "source": { "line": 1 } },
                { "id": EVIL, "kind": EVIL, "text": EVIL, "document": EVIL }],
            "edges": [{ "from": "FR-001", "to": EVIL, "relation": "validates" }] })
        .to_string(),
        Some("report.json") => json!({ "counts": { "errors": 1, "warnings": 0 },
            "findings": [{ "rule": EVIL, "message": EVIL, "hint": EVIL, "severity": "error", "place": place, "line_text": EVIL,
                "related": [{ "message": EVIL, "place": { "file": EVIL, "line": 1 } }] }],
            "coverage": [{ "rows": [{ "id": EVIL, "kind": "requirement", "text": EVIL, "tasks": [EVIL, "T001"] }],
                "tasks_without": [EVIL] }] })
        .to_string(),
        _ => format!("{EVIL}\n\n- **FR-001**: {EVIL} ‹[L1]({EVIL}#L1)›\n"),
    }
}

fn answer(function: &str, p: &Value) -> Value {
    let Some(kind) = kind(p) else {
        return json!({ "code": "unauthenticated", "detail": "this token is unknown" });
    };
    match function {
        "ui_read" => {
            let reads = p["reads"].as_object().into_iter().flatten();
            let answers: Map<String, Value> =
                reads.map(|(name, one)| (name.clone(), read(one))).collect();
            let frame = json!({ "actor": EVIL, "sessions": [{ "id": RUN, "name": EVIL }], "lanes": ["A"],
                "templates": [{ "slug": "hello", "title": EVIL }] });
            let frame = if p["frame"] == false {
                Value::Null
            } else {
                frame
            };
            json!({ "now": NOW, "may_act": kind == "operator", "reads": answers, "frame": frame })
        }
        _ if kind != "operator" => {
            json!({ "code": "forbidden", "detail": "this token is of kind viewer" })
        }
        "runs_create" if p["runs"][0].get("template_version").is_none() => {
            json!({ "code": "template_changed", "templates": [{ "slug": "hello", "version": 1, "runbook": runbook() }] })
        }
        "runs_create" => {
            json!({ "runs": [{ "run_id": RUN, "status": "queued" }], "wake": { "A": 1 } })
        }
        "runs_cancel" => json!({ "run_id": RUN, "status": "cancelled" }),
        other => panic!("no function `{other}`"),
    }
}

impl Store for Script {
    fn call<'a>(
        &'a self,
        function: &'static str,
        p: Value,
    ) -> BoxFuture<'a, Result<Value, StoreError>> {
        let answer = answer(function, &p);
        self.calls.lock().unwrap().push((function, p));
        Box::pin(async move { Ok(answer) })
    }
}

pub struct Room {
    script: Arc<Script>,
    router: Router,
}

impl Room {
    pub fn new() -> Self {
        let script = Arc::new(Script::default());
        let router = router(App::new(script.clone(), Host::NATIVE));
        Room { script, router }
    }

    pub fn calls(&self) -> usize {
        self.script.calls.lock().unwrap().len()
    }

    /// How often a function was called to an end.
    pub fn called(&self, function: &str) -> usize {
        let calls = self.script.calls.lock().unwrap();
        calls.iter().filter(|(name, _)| *name == function).count()
    }

    pub fn last(&self, function: &str) -> Value {
        let calls = self.script.calls.lock().unwrap();
        let last = calls.iter().rev().find(|(name, _)| *name == function);
        last.map(|(_, p)| p.clone()).expect("a call")
    }

    async fn send(&self, request: Request<Body>) -> Response<Body> {
        self.router
            .clone()
            .oneshot(request)
            .await
            .expect("an answer")
    }

    pub async fn get(&self, path: &str) -> Response<Body> {
        self.get_as(Some(OPERATOR), path).await
    }

    pub async fn get_as(&self, token: Option<&str>, path: &str) -> Response<Body> {
        self.get_with(token.unwrap_or_default(), path, &[]).await
    }

    pub async fn get_with(
        &self,
        token: &str,
        path: &str,
        headers: &[(&str, &str)],
    ) -> Response<Body> {
        let path = path.replace('\\', "%5C");
        let mut request = Request::builder().uri(path).header("accept", "text/html");
        let has_cookie = headers.iter().any(|(name, _)| *name == "cookie");
        if !token.is_empty() && !has_cookie {
            request = request.header("cookie", format!("ops_token={token}"));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(Body::empty()).expect("a request"))
            .await
    }

    pub async fn post_as(
        &self,
        token: Option<&str>,
        path: &str,
        fields: &[(&str, &str)],
    ) -> Response<Body> {
        self.post(token.unwrap_or_default(), path, fields, &[])
            .await
    }

    async fn post(
        &self,
        token: &str,
        path: &str,
        fields: &[(&str, &str)],
        headers: &[(&str, &str)],
    ) -> Response<Body> {
        let text = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let mut request = Request::builder().method(Method::POST).uri(path);
        if !token.is_empty() {
            request = request.header("cookie", format!("ops_token={token}"));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(Body::from(text)).expect("a request"))
            .await
    }

    /// A cancel as it is sent, nothing added.
    pub async fn post_bare(
        &self,
        token: &str,
        fields: &[(&str, &str)],
        headers: &[(&str, &str)],
    ) -> Response<Body> {
        self.post(token, "/actions/runs.cancel", fields, headers)
            .await
    }

    /// A form as a page of ours sends it.
    pub async fn act(&self, token: &str, path: &str, fields: &[(&str, &str)]) -> Response<Body> {
        let csrf = self.csrf(token).await;
        let all: Vec<_> = fields
            .iter()
            .copied()
            .chain([("csrf", csrf.as_str())])
            .collect();
        self.post(token, path, &all, &[]).await
    }

    pub async fn csrf(&self, token: &str) -> String {
        let page = body(self.get_as(Some(token), "/spec-kit").await).await;
        let (_, rest) = page.split_once("name=\"csrf\" value=\"").expect("a form");
        rest.chars().take_while(char::is_ascii_hexdigit).collect()
    }
}

pub fn header(response: &Response<Body>, name: &str) -> String {
    response
        .headers()
        .get(name)
        .map(|value| value.to_str().expect("ASCII").into())
        .unwrap_or_default()
}

/// The whole of a cookie that is set; empty where it is not.
pub fn cookie_of(response: &Response<Body>, name: &str) -> String {
    let all = response.headers().get_all("set-cookie").iter();
    let mut all = all.map(|value| value.to_str().expect("ASCII"));
    all.find(|text| text.starts_with(&format!("{name}=")) && !text.contains("Max-Age=0"))
        .unwrap_or_default()
        .into()
}

pub async fn body(response: Response<Body>) -> String {
    let bytes = response
        .into_body()
        .collect()
        .await
        .expect("a body")
        .to_bytes();
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}
