use crate::common::Room;
use serde_json::json;

const GENERATE: &str = include_str!("../../../templates/runbooks/generate-spec-kit.yaml");
const PRD: &str = "# Search\n\n## Problem\n\nNobody finds a document.\n\n## Requirements\n\n- The system MUST be fast & intuitive.\n";

#[tokio::test]
async fn a_bundle_is_read_with_what_the_rules_found_beside_it() {
    let room = Room::new().await;
    let browser = room.browser();
    let empty = browser.get("/spec-kit").await.is(200);
    empty.has("No documents yet");
    empty.has_not("/templates/generate-spec-kit");

    room.post("templates.create", json!({ "source": GENERATE }))
        .await
        .is(201);
    let made = room.post("spec.generate", json!({ "prd": PRD })).await;
    let made = made.is(201);
    let findings = made["report"]["findings"].as_array().expect("findings");
    let found = findings
        .iter()
        .find(|one| one["place"]["file"] == "search/prd.md" && one["rule"] == "SK-REQ-002");
    let line = &found.expect("a vague word")["place"]["line"];

    let page = browser.get("/spec-kit/search/prd.md").await.is(200);
    page.has("<code>SK-REQ-002</code>");
    page.has(&format!("line {line}: "));
    page.has("fast &amp; intuitive");
    page.has("href=\"/templates/generate-spec-kit\"");
    for name in ["constitution.md", "plan.md", "tasks.md", "spec-kit.lock"] {
        page.has(&format!("href=\"/spec-kit/search/{name}\""));
    }
    // The links of the text lead to where the others are.
    page.has("href=\"source.md");
    // Of a document that stands in no bundle's report nothing is said.
    let plan = browser.get("/spec-kit/search%2Fplan.md").await.is(200);
    plan.has_not("<code>SK-REQ-002</code>");
}
