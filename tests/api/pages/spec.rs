//! The Spec Kit tab: a PRD goes in by a form, and what comes out is read with what was found.

use crate::common::{Browser, Room};
use serde_json::{Value, json};

const GENERATE: &str = include_str!("../../../templates/runbooks/generate-spec-kit.yaml");
/// Its fifth line is a goal, its ninth a requirement that is vague.
const PRD: &str = "# Search\n\n## Goals\n\n- Find a document by a word of it.\n\n## Requirements\n\n- The system MUST be fast & intuitive.\n- The system MUST rank titles above bodies.\n";

async fn generated(browser: &Browser, fields: &[(&str, &str)]) {
    let page = browser.act("spec.generate", fields).await.is(303);
    assert_eq!(page.header("location"), "/spec-kit/search", "{}", page.text);
    let said = page.flash();
    assert!(
        said.starts_with("ok:`search` is generated: 0 errors, "),
        "{said}"
    );
}

async fn document(room: &Room, name: &str) -> Value {
    let answer = room.get(&format!("spec.get?slug=search/{name}")).await;
    answer.is(200)["documents"][0].clone()
}

/// The node of the manifest that was made of a line of the source.
async fn node_of_line(room: &Room, line: u64) -> Value {
    let stored = document(room, "spec-kit.json").await;
    let text = stored["content"].as_str().expect("a text");
    let manifest: Value = serde_json::from_str(text).expect("JSON");
    let mut nodes = manifest["nodes"].as_array().expect("nodes").iter();
    let found = nodes.find(|one| one["source"]["line"] == line && one["document"] == "prd.md");
    found.expect("a node").clone()
}

#[tokio::test]
async fn a_form_makes_a_bundle_and_says_what_became_of_each_file() {
    let room = Room::new().await;
    let browser = room.browser();
    let empty = browser.get("/spec-kit").await.is(200);
    empty.has("No bundles yet");
    empty.has("enctype=\"multipart/form-data\"");
    empty.has_not("/templates/generate-spec-kit");
    room.post("templates.create", json!({ "source": GENERATE }))
        .await
        .is(201);

    // Browsers send line ends as CRLF; the name is made of the title.
    let sent = PRD.replace('\n', "\r\n");
    generated(&browser, &[("prd", &sent), ("slug", "")]).await;
    assert_eq!(document(&room, "source.md").await["content"], PRD);
    let page = browser.get("/spec-kit/search").await.is(200);
    for part in [
        "4 documents from source.md · 0 errors, ",
        "source unchanged",
        "#i-ok\"/></svg>new</span>",
        "<table class=\"matrix\">",
        "3 of 3 requirements have a task",
        "href=\"/spec-kit/search.zip\"",
    ] {
        page.has(part);
    }
    let digest = document(&room, "plan.md").await["sha256"].clone();
    page.has(&format!("title=\"{}\"", digest.as_str().expect("a digest")));
    page.has_not(">unchanged</span>");

    let longer = format!("{PRD}- The system MUST log every search.\n");
    generated(&browser, &[("prd", &longer), ("slug", "search")]).await;
    let page = browser.get("/spec-kit/search").await.is(200);
    page.has(">changed</span>");
    page.has_not(">new</span>");
    // The same once more.
    generated(&browser, &[("stored", "1"), ("slug", "search")]).await;
    let page = browser.get("/spec-kit/search").await.is(200);
    page.has(">unchanged</span>");
    page.has_not(">changed</span>");

    let list = browser.get("/spec-kit").await.is(200);
    list.has("href=\"/spec-kit/search\"");
    list.has("href=\"/templates/generate-spec-kit\"");
    list.has_not("source changed");
    browser.get("/spec-kit/nothing").await.is(404);
    browser.get("/spec-kit/nothing.zip").await.is(404);
    browser.get("/spec-kit/search/nothing.md").await.is(404);
}

#[tokio::test]
async fn ids_and_lines_lead_to_each_other_and_findings_stand_beside_them() {
    let room = Room::new().await;
    let browser = room.browser();
    generated(&browser, &[("prd", PRD)]).await;
    let node = node_of_line(&room, 9).await;
    let id = node["id"].as_str().expect("an id");

    let page = browser.get("/spec-kit/search/prd.md").await.is(200);
    page.has(&format!(
        "<a class=\"id\" id=\"{id}\" href=\"/spec-kit/search/source.md#L9\">{id}</a>"
    ));
    page.has("fast &amp; intuitive");
    let source = browser.get("/spec-kit/search/source.md").await.is(200);
    let line = source.between("<li id=\"L9\">", "</li>");
    assert!(
        line.contains(&format!(
            "<a class=\"ref\" href=\"/spec-kit/search/prd.md#{id}\""
        )),
        "{line}"
    );

    // The finding is at its line, in the list, and at the line of the source that it goes back to.
    let report = document(&room, "report.json").await;
    let report: Value = serde_json::from_str(report["content"].as_str().unwrap()).unwrap();
    let findings = report["findings"].as_array().expect("findings");
    let vague: Vec<_> = findings
        .iter()
        .filter(|f| f["rule"] == "SK-REQ-002")
        .collect();
    assert!(!vague.is_empty(), "{report}");
    assert!(
        vague.iter().all(|f| f["place"]["file"] == "search/prd.md"),
        "the source is no document of its own: {vague:?}"
    );
    let at = vague[0]["place"]["line"].as_u64().expect("a line");
    page.has(&format!(
        "href=\"/spec-kit/search/prd.md#L{at}\">prd.md line {at}</a>"
    ));
    let item = page.between(&format!("<span id=\"L{at}\" class=\"at\"></span>"), "</li>");
    assert!(
        item.contains("class=\"beside t-warn\"") && item.contains("SK-REQ-002"),
        "{item}"
    );
    assert!(line.contains("SK-REQ-002"), "{line}");

    let lines = browser
        .get("/spec-kit/search/prd.md?view=source")
        .await
        .is(200);
    let item = lines.between(&format!("<li id=\"L{at}\">"), "</li>");
    assert!(item.contains("SK-REQ-002"), "{item}");
    // Of a document that stands in no bundle's report nothing is said.
    let plan = browser.get("/spec-kit/search%2Fplan.md").await.is(200);
    plan.has_not("<code>SK-REQ-002</code>");
    for name in ["constitution.md", "plan.md", "tasks.md", "spec-kit.lock"] {
        page.has(&format!("href=\"/spec-kit/search/{name}\""));
    }
    browser
        .get("/spec-kit/search/spec-kit.json")
        .await
        .is(200)
        .has("class=\"j-key\"");
}

#[tokio::test]
async fn a_source_that_changed_says_so_until_it_is_generated_again() {
    let room = Room::new().await;
    let browser = room.browser();
    generated(&browser, &[("prd", PRD)]).await;
    let id = node_of_line(&room, 10).await["id"].clone();
    let id = id.as_str().expect("an id");
    let edit = browser
        .get("/spec-kit/search/source.md?view=edit")
        .await
        .is(200);
    edit.has("Save the source only");
    edit.has("- The system MUST be fast &amp; intuitive.");

    let other = PRD.replace("titles above bodies", "newer above older documents");
    let fields = [
        ("prd", other.as_str()),
        ("slug", "search"),
        ("only", "source"),
    ];
    let page = browser.act("spec.generate", &fields).await.is(303);
    assert!(page.flash().contains("is saved"), "{}", page.flash());
    assert_eq!(document(&room, "source.md").await["content"], other);
    assert_eq!(
        document(&room, "source.md").await["title"],
        "Search · source.md"
    );
    let audit = room.get("audit.list?action=spec.source").await.is(200);
    assert_eq!(audit["entries"][0]["target"], "search", "{audit}");

    let page = browser.get("/spec-kit/search").await.is(200);
    page.has("source changed");
    page.has("changed after the documents were generated");
    let affected = page.between("as they were:", "</p>");
    assert!(affected.contains(&format!(">{id}</a>")), "{affected}");
    page.has("changed since</span>");
    let list = browser.get("/spec-kit").await.is(200);
    list.has("source changed</span>");
    browser
        .get("/spec-kit/search/plan.md")
        .await
        .is(200)
        .has("source changed");

    let again = [("stored", "1"), ("slug", "search")];
    generated(&browser, &again).await;
    let page = browser.get("/spec-kit/search").await.is(200);
    page.has("source unchanged");
    page.has_not("changed after the documents");
    let prd = document(&room, "prd.md").await;
    assert!(
        prd["content"]
            .as_str()
            .unwrap()
            .contains("newer above older")
    );
}

#[tokio::test]
async fn what_is_refused_is_said_above_what_was_typed() {
    let room = Room::new().await;
    let browser = room.browser();
    let typed = "# <b>Nothing</b>\n";
    let page = browser
        .act("spec.generate", &[("prd", typed)])
        .await
        .is(422);
    page.has("Nothing was generated.");
    page.has("# &lt;b&gt;Nothing&lt;/b&gt;");
    let bad = [("prd", PRD), ("slug", "Not A Slug")];
    let page = browser.act("spec.generate", &bad).await.is(422);
    page.has("lower-case letters, digits and single hyphens");
    page.has("value=\"Not A Slug\"");
    let nothing = [("slug", "nothing"), ("stored", "1")];
    browser.act("spec.generate", &nothing).await.is(422);
    let nothing = [("slug", "nothing"), ("only", "source"), ("prd", PRD)];
    browser.act("spec.generate", &nothing).await.is(422);
    assert_eq!(room.get("spec.list").await.is(200)["bundles"], json!([]));

    // A document that somebody edited is asked for before it is written over.
    generated(&browser, &[("prd", PRD)]).await;
    let plan = document(&room, "plan.md").await;
    let edited = format!("{}\nBy hand.\n", plan["content"].as_str().unwrap());
    let held = room.hold("w", json!({})).await;
    let documents = json!([{ "name": "plan.md", "content": edited }]);
    let put = json!({ "bundle": "search", "documents": documents });
    room.post("spec.put", crate::common::with(held, put))
        .await
        .is(200);
    let again = [("slug", "search"), ("stored", "1")];
    let page = browser.act("spec.generate", &again).await.is(422);
    page.has("plan.md was edited");
    page.has("name=\"overwrite\"");
    page.has("- The system MUST be fast &amp; intuitive.");
    let over = [("slug", "search"), ("prd", PRD), ("overwrite", "edited")];
    generated(&browser, &over).await;
    assert_eq!(document(&room, "plan.md").await["content"], plan["content"]);
}

#[tokio::test]
async fn a_file_is_taken_instead_of_the_text() {
    let room = Room::new().await;
    let browser = room.browser();
    let page = browser
        .upload(
            "spec.generate",
            &[("prd", "typed"), ("slug", "")],
            "prd.md",
            PRD.as_bytes(),
        )
        .await
        .is(303);
    assert_eq!(page.header("location"), "/spec-kit/search");
    assert_eq!(document(&room, "source.md").await["content"], PRD);
    // No file was chosen.
    let page = browser
        .upload(
            "spec.generate",
            &[("prd", PRD), ("slug", "second")],
            "",
            b"",
        )
        .await
        .is(303);
    assert_eq!(page.header("location"), "/spec-kit/second");
    let bytes = b"# Search\n\ncaf\xe9\n";
    let page = browser
        .upload("spec.generate", &[("slug", "third")], "prd.md", bytes)
        .await
        .is(422);
    page.has("line 3 of the file is not UTF-8");
}

#[tokio::test]
async fn a_check_is_kept_and_a_bundle_is_downloaded() {
    let room = Room::new().await;
    let browser = room.browser();
    generated(&browser, &[("prd", PRD)]).await;
    let fields = [("slug", "search"), ("next", "/spec-kit/search/prd.md")];
    let page = browser.act("spec.validate", &fields).await.is(303);
    assert_eq!(page.header("location"), "/spec-kit/search/prd.md");
    let said = page.flash();
    assert!(
        said.starts_with("ok:`search` is checked: 0 errors, "),
        "{said}"
    );
    let audit = room.get("audit.list?action=spec.report").await.is(200);
    // The same report again is none that changed.
    assert_eq!(audit["entries"][0]["detail"]["changed"], 0, "{audit}");
    let zip = browser.get("/spec-kit/search.zip").await.is(200);
    assert_eq!(
        zip.header("content-disposition"),
        "attachment; filename=\"search.zip\""
    );
    assert_eq!(zip.header("content-type"), "application/octet-stream");
}

#[tokio::test]
async fn a_viewer_reads_and_makes_nothing() {
    let room = Room::new().await;
    generated(&room.browser(), &[("prd", PRD)]).await;
    let viewer = room.mint_kind("viewer").await.browser();
    let list = viewer.get("/spec-kit").await.is(200);
    list.has("this token only reads");
    list.has_not("/actions/spec.generate");
    let page = viewer.get("/spec-kit/search").await.is(200);
    for action in [
        "/actions/spec.generate",
        "/actions/spec.validate",
        "view=edit",
    ] {
        page.has_not(action);
    }
    let edit = viewer.get("/spec-kit/search/source.md?view=edit").await;
    edit.is(200).has_not("<textarea");
    viewer.get("/spec-kit/search.zip").await.is(200);
    for fields in [
        &[("prd", PRD), ("slug", "search")][..],
        &[("prd", PRD), ("slug", "search"), ("only", "source")],
        &[("slug", "search"), ("stored", "1")],
    ] {
        viewer.act("spec.generate", fields).await.is(403);
    }
    viewer
        .act("spec.validate", &[("slug", "search")])
        .await
        .is(403);
}
