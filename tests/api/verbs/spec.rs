//! Bundles of the spec kit.

use crate::common::{Room, with};
use ops_core::{Code, limits};
use serde_json::{Value, json};

const PRD: &str = "# Search\n\n## Problem\n\nNobody finds a document.\n\n## Goals\n\n- Find a document by a word of it.\n\n## Requirements\n\n- The system MUST answer a search within 200 ms.\n- The system MUST rank titles above bodies.\n";
const NAMES: [&str; 8] = [
    "constitution.md",
    "prd.md",
    "plan.md",
    "tasks.md",
    "spec-kit.json",
    "spec-kit.lock",
    "source.md",
    "report.json",
];

fn file<'a>(answer: &'a Value, name: &str) -> &'a str {
    let mut files = answer["files"].as_array().expect("files").iter();
    let file = files.find(|file| file["name"] == name).expect(name);
    file["content"].as_str().expect("a text")
}

/// Ids of requirements and the words that follow them, as `prd.md` has them.
fn requirement<'a>(prd: &'a str, words: &str) -> &'a str {
    let line = prd.lines().find(|line| line.contains(words)).expect(words);
    let at = line.find("FR-").expect("an id");
    &line[at..at + 6]
}

#[tokio::test]
async fn a_prd_becomes_a_stored_bundle_that_is_read_back() {
    let room = Room::new().await;
    let made = room.post("spec.generate", json!({ "prd": PRD })).await;
    let made = made.is(201);
    assert_eq!(
        (&made["bundle"], &made["stored"]),
        (&json!("search"), &json!(true))
    );
    let names = made["files"].as_array().unwrap().iter();
    let names: Vec<_> = names.map(|f| f["name"].as_str().unwrap()).collect();
    assert_eq!(names, NAMES);
    assert_eq!(made["report"]["counts"]["errors"], 0, "{}", made["report"]);

    let got = room.get("spec.get?slug=search/tasks.md").await.is(200);
    assert_eq!(got["documents"][0]["content"], file(&made, "tasks.md"));
    assert_eq!(got["documents"].as_array().unwrap().len(), 1);
    let all = room.get("spec.get?slug=search").await.is(200);
    assert_eq!(all["documents"].as_array().unwrap().len(), NAMES.len());
    let list = room.get("spec.list").await.is(200);
    assert_eq!(list["bundles"][0]["bundle"], "search");
    assert!(list["bundles"][0]["documents"][0].get("content").is_none());
    let zip = room.get("spec.get?slug=search&format=zip").await;
    assert!(zip.status == 200 && zip.bytes.starts_with(b"PK\x03\x04"));
    assert_eq!(
        zip.header("content-disposition"),
        "attachment; filename=\"search.zip\""
    );
    let report = room
        .post("spec.validate", json!({ "slug": "search" }))
        .await;
    assert_eq!(report.is(200)["passed"], true);
    let audit = room.get("audit.list?action=spec.generate").await.is(200);
    assert_eq!(audit["entries"][0]["target"], "search", "{audit}");
}

#[tokio::test]
async fn ids_survive_a_second_generation_and_the_same_text_changes_nothing() {
    let room = Room::new().await;
    let generate = async |prd: &str| {
        let body = json!({ "slug": "search", "prd": prd });
        room.post("spec.generate", body).await.is(201)
    };
    let first = generate(PRD).await;
    let again = generate(PRD).await;
    assert_eq!(first["files"], again["files"]);
    let audit = room
        .get("audit.list?action=spec.generate&limit=1")
        .await
        .is(200);
    assert_eq!(audit["entries"][0]["detail"]["changed"], 0, "{audit}");

    // A new first requirement moves the others, and takes none of their ids.
    let longer = PRD.replace(
        "- The system MUST answer",
        "- The system MUST log every search.\n- The system MUST answer",
    );
    let third = generate(&longer).await;
    for words in ["200 ms", "titles above bodies"] {
        assert_eq!(
            requirement(file(&first, "prd.md"), words),
            requirement(file(&third, "prd.md"), words)
        );
    }
}

#[tokio::test]
async fn a_request_is_enough_and_nothing_is_stored_where_nobody_asks_for_it() {
    let room = Room::new().await;
    let request = json!({ "slug": "search", "name": "Search", "description": "Nobody finds a document.",
        "goals": ["Find a document by a word of it", "Answer within 200 ms"] });
    let body = json!({ "request": request, "store": false, "date": "2026-01-31" });
    let made = room.post("spec.generate", body).await.is(200);
    assert_eq!(made["stored"], false);
    assert!(file(&made, "prd.md").contains("200 ms"));
    assert_eq!(room.get("spec.list").await.is(200)["bundles"], json!([]));
    room.get("spec.get?slug=search")
        .await
        .refused(Code::NotFound);
    let missing = room
        .post("spec.validate", json!({ "slug": "search" }))
        .await;
    missing.refused(Code::NotFound);
}

#[tokio::test]
async fn what_cannot_be_generated_is_told_in_a_sentence() {
    let room = Room::new().await;
    let refused = async |body: Value, field: &str| {
        let problem = room.post("spec.generate", body).await;
        let problem = problem.refused(Code::Invalid);
        problem.names(&[field]);
        problem.message(field).to_string()
    };
    refused(json!({}), "/prd").await;
    refused(
        json!({ "prd": PRD, "request": { "slug": "a", "name": "A" } }),
        "/prd",
    )
    .await;
    refused(json!({ "prd": "# Nothing\n" }), "/prd").await;
    refused(json!({ "prd": PRD, "slug": "Not A Slug" }), "/slug").await;
    refused(json!({ "prd": PRD, "slug": "../x" }), "/slug").await;
    refused(json!({ "prd": PRD, "date": "2026-02-30" }), "/date").await;
    refused(json!({ "prd": PRD, "typo": 1 }), "/typo").await;
    refused(json!({ "prd": "" }), "/prd").await;
    let huge = "x".repeat(limits::SPEC_SOURCE_BYTES + 1);
    let said = refused(json!({ "prd": huge }), "/prd").await;
    assert!(said.contains("ops spec generate"), "{said}");
    assert_eq!(room.get("spec.list").await.is(200)["bundles"], json!([]));
}

#[tokio::test]
async fn documents_are_checked_without_being_stored() {
    let room = Room::new().await;
    let vague = "# Search\n\n## Requirements\n\n- **FR-001**: The system MUST be fast.\n- **FR-001**: Twice.\n";
    let validate = async |documents: Value| {
        let body = json!({ "documents": documents });
        room.post("spec.validate", body).await
    };
    let found = validate(json!([{ "path": "search/prd.md", "text": vague }])).await;
    let found = found.is(200);
    assert_eq!(found["passed"], false);
    let first = &found["report"]["findings"][0];
    assert_eq!(first["place"]["file"], "search/prd.md");
    assert!(!first["hint"].as_str().unwrap().is_empty());
    assert_eq!(validate(json!([])).await.is(200)["passed"], true);

    let hostile = "<script>\u{202e}`\n| a |\n|--\n".repeat(5_000);
    validate(json!([{ "path": "prd.md", "text": hostile }]))
        .await
        .is(200);
    for path in ["", "../prd.md", "/etc/prd.md", "a//b.md"] {
        let reply = validate(json!([{ "path": path, "text": "" }])).await;
        reply.refused(Code::Invalid).names(&["/documents/0/path"]);
    }
    let huge = "x".repeat(limits::SPEC_SOURCE_BYTES + 1);
    let reply = validate(json!([{ "path": "prd.md", "text": huge }])).await;
    reply.refused(Code::Invalid).names(&["/documents/0/text"]);
    let reply = validate(json!([{ "path": "prd.md", "text": "\u{0}" }])).await;
    reply.refused(Code::Invalid).names(&["/documents/0/text"]);
}

#[tokio::test]
async fn viewers_read_workers_put_and_nobody_does_more() {
    let room = Room::new().await;
    let viewer = room.mint_kind("viewer").await;
    let worker = room.mint_kind("worker").await;
    let body = json!({ "prd": PRD });
    for caller in [&viewer, &worker] {
        let reply = caller.post("spec.generate", body.clone()).await;
        reply.refused(Code::Forbidden);
        // Not even what is there is told by it.
        let reply = caller.post(
            "spec.generate",
            with(body.clone(), json!({ "store": false })),
        );
        reply.await.refused(Code::Forbidden);
    }
    room.post("spec.generate", body).await.is(201);
    viewer.get("spec.get?slug=search").await.is(200);
    viewer.get("spec.list").await.is(200);
    viewer
        .post("spec.validate", json!({ "slug": "search" }))
        .await
        .is(200);
    worker
        .get("spec.get?slug=search")
        .await
        .refused(Code::Forbidden);
    worker.get("spec.list").await.refused(Code::Forbidden);
    let reply = worker
        .post("spec.validate", json!({ "slug": "search" }))
        .await;
    reply.refused(Code::Forbidden);
}

#[tokio::test]
async fn only_the_holder_puts_and_a_lock_goes_over_the_one_that_was_read() {
    let room = Room::new().await;
    room.post("spec.generate", json!({ "prd": PRD }))
        .await
        .is(201);
    let held = room.hold("w", json!({})).await;
    let run_id = held["run_id"].as_str().unwrap();
    let query = format!("spec.get?slug=search/spec-kit.lock&run_id={run_id}&worker_id=w&attempt=1");
    let lock = room.get(&query).await.is(200)["documents"][0].take();

    let put = async |more: Value| {
        let documents = json!([{ "name": "spec-kit.lock", "content": "new" }]);
        let body =
            json!({ "bundle": "search", "documents": documents, "lock_sha256": lock["sha256"] });
        room.post("spec.put", with(with(held.clone(), body), more))
            .await
    };
    put(json!({ "attempt": 2 })).await.refused(Code::LeaseLost);
    put(json!({ "worker_id": "v" }))
        .await
        .refused(Code::LeaseLost);
    put(json!({ "lock_sha256": "0".repeat(64) }))
        .await
        .refused(Code::Conflict);
    let reply = put(json!({ "documents": [{ "name": "../x", "content": "" }] })).await;
    reply.refused(Code::Invalid).names(&["/documents/0/name"]);
    assert_eq!(put(json!({})).await.is(200)["changed"], 1);
    let kept = room.get("spec.get?slug=search/spec-kit.lock").await.is(200);
    assert_eq!(kept["documents"][0]["updated_by"], "w");
    assert_eq!(kept["documents"][0]["meta"]["run_id"], run_id);
    // What was read before is no longer what is there.
    put(json!({})).await.refused(Code::Conflict);

    room.finish(&held, json!({ "status": "succeeded" }))
        .await
        .is(200);
    put(json!({})).await.refused(Code::AlreadyFinished);
    room.get(&query).await.refused(Code::AlreadyFinished);
}

/// Its ninth line says "fast" and no number.
const VAGUE: &str = "# Search\n\n## Problem\n\nNobody finds a document.\n\n## Requirements\n\n- The system MUST be fast.\n";

#[tokio::test]
async fn what_the_source_says_wrongly_is_counted_once() {
    let room = Room::new().await;
    let made = room.post("spec.generate", json!({ "prd": VAGUE })).await;
    let made = made.is(201);
    let of = |report: &Value| -> Vec<(String, String)> {
        let findings = report["findings"].as_array().expect("findings").iter();
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        let found = findings.map(|one| (text(&one["rule"]), text(&one["place"]["file"])));
        found.collect()
    };
    let found = of(&made["report"]);
    let vague: Vec<_> = found
        .iter()
        .filter(|(rule, _)| rule == "SK-REQ-002")
        .collect();
    assert!(!vague.is_empty(), "{found:?}");
    for (rule, file) in &found {
        assert_ne!(
            file, "search/source.md",
            "{rule}: the source is no document of the bundle"
        );
    }
    // The same of the bundle as it is stored.
    let body = json!({ "slug": "search" });
    let checked = room.post("spec.validate", body).await.is(200);
    assert_eq!(of(&checked["report"]), found);
    // The link to the source leads somewhere.
    assert!(
        found.iter().all(|(rule, _)| rule != "SK-STR-009"),
        "{found:?}"
    );
}

#[tokio::test]
async fn a_check_takes_a_configuration_and_a_baseline() {
    let room = Room::new().await;
    let documents = json!([{ "path": "search/prd.md", "text": VAGUE }]);
    let check = async |more: Value| {
        let body = with(json!({ "documents": documents }), more);
        room.post("spec.validate", body).await
    };
    let has_vague = |answer: &Value| {
        let findings = answer["report"]["findings"].as_array().expect("findings");
        findings.iter().any(|one| one["rule"] == "SK-REQ-002")
    };
    let plain = check(json!({})).await.is(200);
    assert!(has_vague(&plain), "{plain}");

    let off = "[rules]\nSK-REQ-002 = \"off\"\n";
    assert!(!has_vague(&check(json!({ "config": off })).await.is(200)));
    // One among the documents counts, and the request goes over it.
    let file = json!({ "path": "search/spec-kit.toml", "text": off });
    let beside = json!([{ "path": "search/prd.md", "text": VAGUE }, file]);
    let answer = check(json!({ "documents": beside })).await.is(200);
    assert!(!has_vague(&answer), "{answer}");
    let loud = "fail_level = \"note\"\n";
    let answer = check(json!({ "documents": beside, "config": loud }))
        .await
        .is(200);
    assert!(has_vague(&answer) && answer["passed"] == false, "{answer}");

    let findings = plain["report"]["findings"]
        .as_array()
        .expect("findings")
        .iter();
    let known: Vec<Value> = findings
        .map(|one| {
            json!({ "rule": one["rule"], "fingerprint": one["fingerprint"], "file": one["place"]["file"],
                "message": one["message"], "reason": "known" })
        })
        .collect();
    let baseline = json!({ "version": 1, "findings": known }).to_string();
    let answer = check(json!({ "baseline": baseline })).await.is(200);
    assert_eq!(answer["passed"], true, "{answer}");
    assert_eq!(answer["report"]["findings"], json!([]), "{answer}");
    assert_eq!(answer["report"]["counts"]["suppressed"], known.len());

    for (more, field, word) in [
        (
            json!({ "config": "typo = 1" }),
            "/config",
            "spec-kit.toml:1",
        ),
        (json!({ "baseline": "{}" }), "/baseline", "version"),
    ] {
        let problem = check(more).await.refused(Code::Invalid);
        problem.names(&[field]);
        assert!(
            problem.message(field).contains(word),
            "{}",
            problem.message(field)
        );
    }
    let two = json!([{ "path": "a/prd.md", "text": VAGUE }, { "path": "a/spec-kit.toml", "text": off },
        { "path": "b/prd.md", "text": VAGUE }, { "path": "b/spec-kit.toml", "text": loud }]);
    let problem = check(json!({ "documents": two }))
        .await
        .refused(Code::Invalid);
    problem.names(&["/documents"]);
}
