use crate::common::Room;
use ops_core::Code;
use serde_json::{Value, json};

const HELLO: &str = include_str!("../../../templates/runbooks/hello.yaml");
const FAULTY: &str = "version: 1\nslug: t\ntitle: T\nsteps:\n  - id: a\n    runn: echo\n";

#[tokio::test]
async fn a_template_is_kept_as_it_was_written() {
    let room = Room::new().await;
    let made = room
        .post("templates.create", json!({ "source": HELLO }))
        .await
        .is(201);
    let template = &made["template"];
    assert_eq!(
        (
            &template["slug"],
            &template["version"],
            &template["default_lane"]
        ),
        (&json!("hello"), &json!(1), &json!("A"))
    );
    assert_eq!(template["title"], "Say hello");
    assert_eq!(template["params"]["properties"]["name"]["default"], "world");
    let got = room.get("templates.get?slug=hello").await.is(200);
    assert_eq!(got["template"]["source"], HELLO);
    assert_eq!(got["template"]["runbook"]["steps"][0]["id"], "greet");
    let list = room.get("templates.list").await.is(200);
    assert_eq!(list["templates"], json!([template]));
    assert_eq!(list["next"], json!(null));
}

#[tokio::test]
async fn templates_are_listed_by_slug() {
    let room = Room::new().await;
    for slug in ["b", "a-1", "c", "a", "a1"] {
        let source = crate::common::with(crate::common::runbook(), json!({ "slug": slug }));
        room.post("templates.create", json!({ "source": source.to_string() }))
            .await
            .is(201);
    }
    let mut seen = Vec::new();
    let mut after = String::new();
    loop {
        let page = room
            .get(&format!("templates.list?limit=2&after={after}"))
            .await
            .is(200);
        seen.extend(
            page["templates"]
                .as_array()
                .unwrap()
                .iter()
                .map(|t| t["slug"].as_str().unwrap().to_string()),
        );
        match page["next"].as_str() {
            Some(next) => after = next.to_string(),
            None => break,
        }
    }
    assert_eq!(seen, ["a", "a-1", "a1", "b", "c"]);
}

#[tokio::test]
async fn a_faulty_text_is_told_with_places() {
    let room = Room::new().await;
    let report = room
        .post("templates.validate", json!({ "source": FAULTY }))
        .await
        .is(200);
    assert_eq!(report["valid"], false);
    let mut all = report["diagnostics"].as_array().unwrap().iter();
    let first = all
        .find(|d| d["path"] == "/steps/0/runn")
        .expect("the typo");
    assert_eq!((&first["line"], &first["column"]), (&json!(6), &json!(5)));
    assert_eq!(first["code"], "unknown_key");
    assert_eq!(first["file"], "runbook.yaml");
    assert!(first["hint"].as_str().unwrap().contains("run"));
    let fine = room
        .post("templates.validate", json!({ "source": HELLO }))
        .await
        .is(200);
    assert_eq!(
        (&fine["valid"], &fine["diagnostics"]),
        (&json!(true), &json!([]))
    );
    assert_eq!(fine["runbook"]["slug"], "hello");
    // Nothing was kept.
    assert_eq!(
        room.get("templates.list").await.is(200)["templates"],
        json!([])
    );

    let problem = room
        .post("templates.create", json!({ "source": FAULTY }))
        .await;
    let problem = problem.refused(Code::Invalid);
    let message = problem.message("/source/steps/0/runn");
    assert!(message.starts_with("line 6, column 5: "), "{message}");
}

#[tokio::test]
async fn an_edit_is_a_version_and_never_overwrites_another() {
    let room = Room::new().await;
    room.post("templates.create", json!({ "source": HELLO }))
        .await
        .is(201);
    let edited = HELLO.replace("Say hello", "Greet");
    let update = |source: &str, expected: Value| {
        let body = json!({ "source": source, "expected_version": expected });
        room.post("templates.update", body)
    };
    let made = update(&edited, json!(1)).await.is(200);
    assert_eq!(
        (&made["template"]["version"], &made["template"]["title"]),
        (&json!(2), &json!("Greet"))
    );
    let problem = update(HELLO, json!(1)).await.refused(Code::Conflict);
    assert_eq!(problem.0["version"], 2);
    assert_eq!(
        update(&edited, json!(null)).await.is(200)["template"]["version"],
        2
    );
    update(FAULTY, json!(2)).await.refused(Code::Invalid);
    let far = update(&edited, json!(4_000_000_000_u32)).await;
    far.refused(Code::Invalid).names(&["/expected_version"]);
    let old = room.get("templates.get?slug=hello&version=1").await.is(200);
    assert_eq!(old["template"]["source"], HELLO);
    assert_eq!(old["template"]["versions"].as_array().unwrap().len(), 2);
    room.get("templates.get?slug=hello&version=3")
        .await
        .refused(Code::NotFound);

    room.post("runs.create", json!({ "template": "hello" }))
        .await
        .is(201);
    let delete = json!({ "slug": "hello" });
    room.post("templates.delete", delete.clone())
        .await
        .refused(Code::Conflict);
    let cancel = json!({ "filter": { "template": "hello" } });
    room.post("runs.cancel", cancel).await.is(200);
    assert_eq!(
        room.post("templates.delete", delete).await.is(200)["deleted"],
        true
    );
    let run = room
        .post("runs.create", json!({ "template": "hello" }))
        .await;
    run.refused(Code::Invalid).names(&["/template"]);
}
