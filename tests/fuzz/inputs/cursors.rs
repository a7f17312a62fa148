//! Cursors of lists, and what a page of a log hands to the next: whatever is sent, the answer is a page of
//! what its caller may see, or a refusal.

use crate::over_text;
use ops_core::BASE_PATH;
use ops_core::port::Store;
use ops_render::LogState;
use ops_tests::harness::database::{TOKEN, sha256_hex};
use ops_tests::harness::{RunShape, run};
use ops_tests::model::Model;
use ops_web::{App, Host};
use reqwest::Url;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use tower::ServiceExt;

/// In a room of its own, without a socket.
pub struct Room {
    pub model: Arc<Model>,
    router: axum::Router,
    pub runtime: tokio::runtime::Runtime,
}

impl Room {
    pub fn new() -> Self {
        let model = Arc::new(Model::new());
        let router = ops_web::router(App::new(model.clone(), Host::NATIVE));
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        let room = Room {
            model,
            router,
            runtime: runtime.expect("a runtime"),
        };
        let p = json!({ "name": "test", "kinds": ["operator", "worker"], "token_sha256": sha256_hex(TOKEN) });
        room.call("ops_first_token", p);
        room
    }

    pub fn call(&self, function: &'static str, mut p: Value) -> Value {
        p["auth"] = json!({ "token_sha256": sha256_hex(TOKEN) });
        let answer = self.runtime.block_on(self.model.call(function, p));
        answer.unwrap_or_else(|e| panic!("{function}: {e}"))
    }

    /// Status and body of the answer.
    pub fn ask(&self, request: axum::http::request::Builder, body: Vec<u8>) -> (u16, Vec<u8>) {
        let request = request
            .header("authorization", format!("Bearer {TOKEN}"))
            .body(axum::body::Body::from(body))
            .expect("a request");
        self.runtime.block_on(async {
            let Ok(answer) = self.router.clone().oneshot(request).await;
            let status = answer.status().as_u16();
            let body = axum::body::to_bytes(answer.into_body(), usize::MAX).await;
            (status, body.expect("a body").to_vec())
        })
    }
}

/// Encoded it is three times as long, and an address ends at 64 KiB.
const LONGEST: usize = 16 * 1024;

/// Verb, name of the list, and its other query.
const LISTS: [(&str, &str, &str); 4] = [
    ("runs.list", "runs", "&status=queued"),
    ("sessions.list", "sessions", ""),
    ("templates.list", "templates", ""),
    ("events.list", "events", "&run_id="),
];

#[test]
fn a_cursor_of_any_bytes_gives_a_page_of_ones_own_or_a_refusal() {
    let room = Room::new();
    let three = vec![run(RunShape::default()); 3];
    let made = room.call("runs_create", json!({ "runs": three }));
    let ids: BTreeSet<String> = made["runs"]
        .as_array()
        .expect("runs")
        .iter()
        .map(|run| run["run_id"].to_string())
        .collect();
    let first = made["runs"][0]["run_id"]
        .as_str()
        .expect("an id")
        .to_owned();
    let seeds = [
        "0",
        "1",
        "2",
        "9223372036854775807",
        "-1",
        &first,
        "hello",
        "{\"attempt\":1,\"step\":\"s\",\"is_in_group\":true}",
    ];
    let words = [
        "%00",
        "&",
        "after=",
        "limit=",
        "'",
        "\"",
        ";--",
        "1e3",
        "+",
        " ",
        "0x",
        "null",
        "\u{0}",
        "{\"looks\":{",
    ];
    over_text("cursors", &seeds, &words, |cursor| {
        // No server reads a longer line.
        if cursor.len() > LONGEST {
            return Ok(());
        }
        for (verb, name, more) in LISTS {
            let run = if verb == "events.list" {
                first.as_str()
            } else {
                ""
            };
            let mut url = Url::parse("http://x").map_err(|e| e.to_string())?;
            url.query_pairs_mut().append_pair("after", cursor);
            let query = url.query().unwrap_or_default();
            let uri = format!("{BASE_PATH}/{verb}?{query}{more}{run}");
            let (status, body) = room.ask(axum::http::Request::get(uri), Vec::new());
            is_a_page(verb, name, status, &body, &ids)?;
        }
        // What one page of a log hands to the next is text that a browser kept.
        if let Some(state) = LogState::read(cursor) {
            let mut url = Url::parse("http://x").map_err(|e| e.to_string())?;
            url.set_query(Some(&format!("state={}", state.to_query())));
            let kept = url.query_pairs().next().map(|(_, kept)| kept.into_owned());
            let again = kept.and_then(|kept| LogState::read(&kept));
            crate::same("the state of a log", &Some(state), &again)?;
        }
        Ok(())
    });
}

fn is_a_page(
    verb: &str,
    name: &str,
    status: u16,
    body: &[u8],
    ids: &BTreeSet<String>,
) -> Result<(), String> {
    let answer: Value = serde_json::from_slice(body).map_err(|e| format!("{verb}: {e}"))?;
    match status {
        200 => {
            let rows = answer[name]
                .as_array()
                .ok_or(format!("{verb}: no {name}: {answer}"))?;
            let strange = rows
                .iter()
                .find(|row| name == "runs" && !ids.contains(&row["id"].to_string()));
            strange.map_or(Ok(()), |row| Err(format!("{verb} shows {row}")))
        }
        // The last where a machine is quick enough to ask too often.
        400 | 422 | 429 if answer["code"].is_string() => Ok(()),
        _ => Err(format!("{verb}: {status} {answer}")),
    }
}
