//! Whatever comes in, the server answers, and it is never its own fault.

use crate::common::{Room, send};
use reqwest::Method;
use serde_json::{Value, json};

/// xorshift: the same requests in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % most as u64) as usize
    }

    fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}

const VERBS: [&str; 41] = [
    "sessions.update",
    "sessions.archive",
    "sessions.delete",
    "templates.update",
    "templates.delete",
    "workers.drain",
    "audit.list",
    "spec.generate",
    "spec.validate",
    "spec.put",
    "spec.get",
    "spec.list",
    "runs.create",
    "runs.claim",
    "runs.start",
    "runs.heartbeat",
    "runs.finish",
    "runs.cancel",
    "runs.retry",
    "runs.sweep",
    "runs.get",
    "runs.list",
    "events.append",
    "events.list",
    "artifacts.put",
    "artifacts.get",
    "artifacts.list",
    "sessions.create",
    "sessions.get",
    "sessions.list",
    "templates.create",
    "templates.validate",
    "templates.get",
    "templates.list",
    "lanes.list",
    "lanes.update",
    "workers.list",
    "tokens.create",
    "tokens.list",
    "health",
    "no.verb",
];

const NAMES: [&str; 43] = [
    "run_ids",
    "filter",
    "dry_run",
    "members",
    "expected_version",
    "slug",
    "version",
    "run_id",
    "worker_id",
    "attempt",
    "status",
    "runs",
    "finish",
    "lanes",
    "lane",
    "name",
    "kinds",
    "source",
    "runbook",
    "template",
    "params",
    "first_seq",
    "events",
    "steps",
    "message",
    "level",
    "step",
    "data",
    "ts",
    "content",
    "content_base64",
    "kind",
    "url",
    "mime",
    "limit",
    "request_id",
    "not_before",
    "priority",
    "idempotency_key",
    "session_id",
    "last_seq",
    "meta",
    "typo",
];

fn value(dice: &mut Dice, ids: &[String], depth: usize) -> Value {
    let text = [
        "",
        "A",
        "w",
        "true",
        "failed",
        "running",
        "info",
        "file",
        "a\0b",
        "\u{202e}é",
        "../..",
        "'; drop table runs; --",
        "2026-11-24T22:30:00Z",
        "0001-01-01T00:00:00-15:59",
        "AP/+",
        "https://a",
        "{{ x }}",
        "version: 1",
    ];
    match dice.below(if depth > 3 { 8 } else { 12 }) {
        0 => json!(null),
        1 => json!(dice.below(2) == 0),
        2 => json!(*dice.of(&[
            0,
            1,
            -1,
            5,
            i64::MAX,
            i64::MIN,
            2_147_483_648,
            4_294_967_295
        ])),
        3 => json!(*dice.of(&[0.5, -0.0, 1e308, 1e-300])),
        4 => json!(dice.of(ids)),
        5 => json!("x".repeat(dice.below(3_000))),
        6 | 7 => json!(dice.of(&text)),
        8 | 9 => (0..dice.below(4))
            .map(|_| value(dice, ids, depth + 1))
            .collect(),
        _ => object(dice, ids, depth + 1),
    }
}

fn object(dice: &mut Dice, ids: &[String], depth: usize) -> Value {
    let mut fields = serde_json::Map::new();
    for _ in 0..dice.below(8) {
        fields.insert((*dice.of(&NAMES)).into(), value(dice, ids, depth));
    }
    fields.into()
}

/// A request that is right but for one field: it gets further than pure noise.
fn nearly(dice: &mut Dice, ids: &[String], verb: &str) -> Value {
    let holder = json!({ "run_id": dice.of(ids), "worker_id": "w", "attempt": 1 });
    let more = match verb {
        "runs.create" => crate::common::inline(json!({})),
        "runs.claim" => json!({ "lanes": ["A"], "limit": 1 }),
        "runs.finish" => json!({ "status": "released" }),
        "events.append" => {
            json!({ "first_seq": 1, "events": [{ "message": "m" }], "steps": [{ "step": "a", "status": "running" }] })
        }
        "artifacts.put" => json!({ "name": "n", "kind": "file", "content": "c" }),
        "lanes.update" => return json!({ "name": "Z", "paused": value(dice, ids, 3) }),
        "tokens.create" => return json!({ "name": value(dice, ids, 4), "kinds": ["viewer"] }),
        _ => json!({}),
    };
    let mut body = match verb {
        "runs.create" => more,
        _ => crate::common::with(holder, more),
    };
    body[*dice.of(&NAMES)] = value(dice, ids, 1);
    body
}

#[tokio::test]
async fn garbage_is_refused_and_never_breaks_the_server() {
    let room = Room::new().await;
    let held = room.hold("w", json!({ "max_attempts": 20 })).await;
    let ids = [
        held["run_id"].as_str().unwrap().to_string(),
        room.queue(json!({})).await,
        "00000000-0000-4000-8000-000000000000".into(),
    ];
    let mut dice = Dice(0x5EED_0F0B_5CA7_7E12);
    let methods = [
        Method::POST,
        Method::POST,
        Method::POST,
        Method::GET,
        Method::GET,
        Method::PUT,
        Method::HEAD,
    ];
    let kinds = [
        "application/json",
        "application/json",
        "application/json",
        "text/plain",
        "multipart/form-data; boundary=x",
        "é;;",
    ];
    for round in 0..600 {
        let verb = *dice.of(&VERBS);
        let method = dice.of(&methods).clone();
        let mut path = verb.to_string();
        for i in 0..dice.below(4) {
            let value = value(&mut dice, &ids, 4).to_string();
            let odd = *dice.of(&["", "%00", "%", "%zz", "&&", "%F0%9F"]);
            let name = *dice.of(&NAMES);
            path += &format!(
                "{}{name}={}{odd}",
                if i == 0 { "?" } else { "&" },
                value.trim_matches('"')
            );
        }
        let body = match dice.below(4) {
            0 => object(&mut dice, &ids, 0).to_string().into_bytes(),
            1 => (0..dice.below(300))
                .map(|_| dice.below(256) as u8)
                .collect(),
            _ => nearly(&mut dice, &ids, verb).to_string().into_bytes(),
        };
        let shown = String::from_utf8_lossy(&body)
            .chars()
            .take(2_000)
            .collect::<String>();
        let request = room
            .request(method.clone(), &path)
            .header("content-type", dice.of(&kinds).as_bytes());
        let reply = send(request.body(body)).await;
        assert!(
            reply.status < 500,
            "{round}: {method} {path} {shown}: {}",
            reply.text()
        );
    }
    room.get("health").await.is(200);
}
