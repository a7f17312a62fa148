use crate::common::Room;
use serde_json::json;

const SOURCE: &str = "version: 1\nslug: hello\ntitle: Hello\nsteps:\n  - id: a\n    run: echo\n";

#[tokio::test]
async fn a_template_that_is_in_use_cannot_be_deleted_and_says_why() {
    let room = Room::new().await;
    let browser = room.browser();
    room.post("templates.create", json!({ "source": SOURCE }))
        .await
        .is(201);
    let free = browser.get("/templates/hello").await.is(200);
    free.has("<button class=\"btn danger\">Delete</button>");
    let fields = [("template", "hello"), ("next", "/templates/hello")];
    let made = browser.act("runs.create", &fields).await.is(303);
    let run = made
        .header("location")
        .trim_start_matches("/runs/")
        .to_string();
    let used = browser.get("/templates/hello").await;
    used.has("disabled title=\"1 run of it has not ended\"");
    room.post("runs.create", json!({ "template": "hello" }))
        .await
        .is(201);
    browser
        .get("/templates/hello")
        .await
        .has("disabled title=\"2 runs of it have not ended\"");
    for id in [run] {
        browser
            .act("runs.cancel", &[("run_id", &id), ("next", "/runs")])
            .await
            .is(303);
    }
    browser
        .get("/templates/hello")
        .await
        .has("disabled title=\"1 run of it has not ended\"");
}

#[tokio::test]
async fn who_only_looks_gets_no_button_that_queues() {
    let room = Room::new().await;
    room.post("templates.create", json!({ "source": SOURCE }))
        .await
        .is(201);
    let viewer = room.mint_kind("viewer").await.browser();
    let page = viewer.get("/templates/hello").await.is(200);
    page.has_not("Queue run</button>");
    page.has_not("templates.delete");
}
