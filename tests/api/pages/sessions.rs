use crate::common::{Browser, Room};
use serde_json::json;

const SOURCE: &str = "version: 1\nslug: hello\ntitle: Hello\nsteps:\n  - id: a\n    run: echo\n";

async fn session(room: &Room, name: &str) -> String {
    let made = room
        .post("sessions.create", json!({ "name": name }))
        .await
        .is(201);
    made["session"]["id"].as_str().expect("an id").into()
}

async fn signed_in() -> (Room, Browser, String) {
    let room = Room::new().await;
    room.post("templates.create", json!({ "source": SOURCE }))
        .await
        .is(201);
    let id = session(&room, "Release <1>").await;
    let browser = room.browser();
    (room, browser, id)
}

#[tokio::test]
async fn the_chosen_session_stays_while_somebody_moves_among_the_tabs() {
    let (_room, browser, id) = signed_in().await;
    for tab in ["chat", "templates", "runs", "spec-kit", "runboard"] {
        let page = browser.get(&format!("/{tab}?session={id}")).await.is(200);
        for other in ["chat", "templates", "runs", "spec-kit", "runboard"] {
            page.has(&format!("<a href=\"/{other}?session={id}\""));
        }
        // Choosing another one, or none, leads to the same tab.
        page.has(&format!("<a href=\"/{tab}\">all sessions</a>"));
        page.has(&format!(
            "<a href=\"/{tab}?session={id}\" aria-current=\"true\">Release &lt;1&gt;</a>"
        ));
        let free = browser.get(&format!("/{tab}")).await.is(200);
        free.has(&format!(
            "<a href=\"/{tab}\" aria-current=\"true\">all sessions</a>"
        ));
        free.has("<a href=\"/chat\"");
    }
    let list = browser.get(&format!("/templates?session={id}")).await;
    list.has(&format!("href=\"/templates/hello?session={id}\""));
}

#[tokio::test]
async fn a_run_goes_into_the_session_that_is_chosen() {
    let (room, browser, id) = signed_in().await;
    let form = browser
        .get(&format!("/templates/hello?session={id}"))
        .await
        .is(200);
    form.has(&format!(
        "<option value=\"{id}\" selected>Release &lt;1&gt;</option>"
    ));
    let here = format!("/templates/hello?session={id}");
    let fields = [("template", "hello"), ("session_id", &id), ("next", &here)];
    let made = browser.act("runs.create", &fields).await.is(303);
    let (page, query) = made.header("location").split_once('?').expect("a query");
    assert_eq!(query, format!("session={id}"));
    let run = room.run(&json!(page.trim_start_matches("/runs/"))).await;
    assert_eq!(run["session_id"], json!(id));
    // What is refused is told on the form, in the session.
    let wrong = [fields[0], fields[1], fields[2], ("priority", "soon")];
    let refused = browser.act("runs.create", &wrong).await.is(422);
    refused.has(&format!("<option value=\"{id}\" selected>"));
    refused.has(&format!("<a href=\"/chat?session={id}\""));
}

#[tokio::test]
async fn the_chat_queues_into_its_session_and_says_so() {
    let (room, browser, id) = signed_in().await;
    let page = browser.get(&format!("/chat?session={id}")).await.is(200);
    page.has(&format!(
        "Runs go into session <a href=\"/runboard?session={id}\">Release &lt;1&gt;</a>"
    ));
    page.has(&format!("href=\"/chat?line=run%20hello&amp;session={id}\""));
    page.has(&format!("data-ask=\"/ui/chat/{id}/preview\""));
    page.has(&format!("data-live=\"/ui/chat?session={id}\""));
    for address in [
        format!("/chat?line=run+hello&session={id}"),
        format!("/ui/chat/{id}/preview?line=run+hello"),
    ] {
        let preview = browser.get(&address).await.is(200);
        preview.has("<dt>session</dt><dd>Release &lt;1&gt;</dd>");
        preview.has(&format!(
            "<input type=\"hidden\" name=\"session_id\" value=\"{id}\">"
        ));
        preview.has(&format!("href=\"/templates/hello?session={id}\""));
    }
    let line = ("line", "run hello");
    let asked = browser
        .act("chat", &[line, ("session_id", &id)])
        .await
        .is(303);
    assert_eq!(
        asked.header("location"),
        format!("/chat?session={id}&line=run%20hello")
    );
    let sent = [line, ("session_id", &id), ("confirmed", "true")];
    let done = browser.act("chat", &sent).await.is(303);
    assert_eq!(done.header("location"), format!("/chat?session={id}"));
    let runs = room
        .get(&format!("runs.list?session_id={id}"))
        .await
        .is(200);
    assert_eq!(runs["runs"].as_array().expect("runs").len(), 1);
    browser.get("/chat").await.is(200).has_not("Runs go into");
}

#[tokio::test]
async fn a_session_that_is_not_there_is_a_clear_page() {
    let (room, browser, id) = signed_in().await;
    room.post("sessions.delete", json!({ "session_id": id }))
        .await
        .is(200);
    let unknown = "00000000-0000-4000-8000-000000000000";
    for session in [id.as_str(), unknown, "release", "%3Cb%3E"] {
        for page in [
            "runboard",
            "runs",
            "templates",
            "templates/hello",
            "chat",
            "spec-kit",
            "runs.csv",
        ] {
            let answer = browser
                .get(&format!("/{page}?session={session}"))
                .await
                .is(404);
            answer.has("there is no session");
            // The way on does not lead there again.
            answer.has("<a href=\"/runs\"");
            answer.has_not("<b>");
        }
    }
    browser
        .get(&format!("/ui/board?session={id}"))
        .await
        .is(404);
    let sent = [("template", "hello"), ("session_id", id.as_str())];
    let refused = browser.act("runs.create", &sent).await;
    assert!(refused.status < 500, "{refused:?}");
}

#[tokio::test]
async fn an_archived_session_is_still_shown_as_chosen() {
    let (room, browser, id) = signed_in().await;
    room.post("sessions.archive", json!({ "session_id": id }))
        .await
        .is(200);
    let page = browser
        .get(&format!("/runboard?session={id}"))
        .await
        .is(200);
    page.has("aria-current=\"true\">Release &lt;1&gt; (archived)</a>");
}
