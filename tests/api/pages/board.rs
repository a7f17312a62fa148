use crate::common::{Browser, Room};
use serde_json::{Value, json};

async fn lane(room: &Room) -> Value {
    room.get("lanes.list").await.is(200)["lanes"][0].take()
}

/// The tag of the board, which changes with what is shown and with nothing else.
async fn tag(browser: &Browser) -> String {
    browser.get("/ui/board").await.is(200).header("etag").into()
}

#[tokio::test]
async fn a_lane_is_limited_paused_and_drained_from_its_menu() {
    let room = Room::new().await;
    let browser = room.browser();
    let act = async |field, value, more: &[(&str, &str)]| {
        let mut fields = vec![("name", "A"), ("next", "/runboard"), (field, value)];
        fields.extend(more);
        let answer = browser.act("lanes.update", &fields).await.is(303);
        assert_eq!(answer.header("location"), "/runboard");
        answer.flash()
    };
    assert_eq!(
        act("concurrency_limit", "2", &[]).await,
        "ok:Lane A takes up to 2 runs at a time."
    );
    act("paused", "true", &[("reason", "heat <b>")]).await;
    act("draining", "true", &[]).await;
    let a = lane(&room).await;
    assert_eq!(
        (
            &a["concurrency_limit"],
            &a["paused"],
            &a["paused_reason"],
            &a["draining"]
        ),
        (&json!(2), &json!(true), &json!("heat <b>"), &json!(true))
    );
    let page = browser.get("/runboard").await.is(200);
    page.has("id=\"lane-A-limit-field\" min=\"1\" max=\"10000\" value=\"2\"");
    page.has("Paused: heat &lt;b&gt;");
    page.has("name=\"draining\" value=\"false\"");
    act("concurrency_limit", "", &[]).await;
    act("paused", "false", &[]).await;
    act("draining", "false", &[]).await;
    let a = lane(&room).await;
    assert_eq!(
        (
            &a["concurrency_limit"],
            &a["paused"],
            &a["paused_reason"],
            &a["draining"]
        ),
        (&json!(null), &json!(false), &json!(null), &json!(false))
    );
    let flash = act("concurrency_limit", "many", &[]).await;
    assert_eq!(
        flash,
        "error:A limit is a number from 1 to 10,000, or nothing for no limit."
    );
    assert_eq!(lane(&room).await["concurrency_limit"], json!(null));
}

#[tokio::test]
async fn workers_are_seen_drained_and_silent() {
    let room = Room::new().await;
    let browser = room.browser();
    browser
        .get("/runboard")
        .await
        .has("None has asked for ten minutes");
    room.hold("w <1>", json!({})).await;
    let page = browser.get("/runboard").await.is(200);
    page.has("1 ask · 1 busy");
    page.has("href=\"/runs?worker=w%20%3C1%3E\">w &lt;1&gt;</a>");
    page.has("just now");

    let worker = [("worker_id", "w <1>"), ("next", "/runboard")];
    let drained = browser
        .act("workers.drain", &[worker[0], worker[1], ("drain", "true")])
        .await;
    assert!(drained.flash().starts_with("ok:w <1> takes no more runs"));
    browser
        .get("/runboard")
        .await
        .has("1 ask · 1 busy · 1 draining");
    browser
        .act("workers.drain", &[worker[0], worker[1], ("drain", "false")])
        .await;
    browser.get("/runboard").await.has_not("draining ·");
    let unknown = browser
        .act("workers.drain", &[("worker_id", "none"), worker[1]])
        .await;
    assert_eq!(unknown.flash(), "error:there is no such worker");

    room.db.advance(240).await;
    let page = browser.get("/runboard").await;
    page.has("1 busy · 1 silent");
    page.has(">4 m</span>");
    room.db.advance(400).await;
    browser
        .get("/runboard")
        .await
        .has("None has asked for ten minutes");
}

#[tokio::test]
async fn a_worker_that_asks_again_is_no_news_and_one_that_falls_silent_is() {
    let room = Room::new().await;
    let browser = room.browser();
    let last_seen = async |earlier: u32| {
        let sql =
            format!("update public.workers set last_seen = last_seen - interval '{earlier} s'");
        room.db.admin.batch_execute(&sql).await.expect("moved");
    };
    room.claim("w", json!({})).await;
    let first = tag(&browser).await;
    last_seen(15).await;
    assert_eq!(
        tag(&browser).await,
        first,
        "it asked a quarter of a minute ago"
    );
    room.claim("w", json!({})).await;
    assert_eq!(tag(&browser).await, first, "it asked again");
    let same = browser
        .get_with("/ui/board", &[("if-none-match", &first)])
        .await;
    assert_eq!((same.status, same.text.as_str()), (304, ""));
    last_seen(40).await;
    let silent = tag(&browser).await;
    assert_ne!(silent, first);
    last_seen(1).await;
    room.post("workers.drain", json!({ "worker_id": "w" }))
        .await
        .is(200);
    assert_ne!(tag(&browser).await, silent);
    room.claim("v", json!({})).await;
    browser
        .get("/runboard")
        .await
        .has("1 ask · 1 draining · 1 silent");
}

#[tokio::test]
async fn who_only_looks_gets_a_board_without_buttons() {
    let room = Room::new().await;
    room.hold("w", json!({})).await;
    let viewer = room.mint_kind("viewer").await.browser();
    let page = viewer.get("/runboard").await.is(200);
    page.has("1 ask · 1 busy");
    for action in ["lanes.update", "workers.drain", "runs.cancel", "sessions."] {
        page.has_not(&format!("/actions/{action}"));
    }
    viewer
        .act("workers.drain", &[("worker_id", "w")])
        .await
        .is(403);
}
