//! Unchanged is answered 304, by a tag of what a region shows.

use crate::common::Room;
use serde_json::json;

async fn asked(room: &Room, region: &str, tag: &str) -> (u16, String) {
    let browser = room.browser();
    let answer = browser.get_with(region, &[("if-none-match", tag)]).await;
    (answer.status, answer.header("etag").to_string())
}

/// What happens outside a list changes half of its tag, and sends nothing again.
#[tokio::test]
async fn a_list_is_sent_again_only_where_it_shows_something_else() {
    let room = Room::new().await;
    let held = room.hold("w", json!({})).await;
    let region = "/ui/runs?lane=B";
    let (status, first) = asked(&room, region, "\"none\"").await;
    assert_eq!(status, 200);
    assert_eq!(asked(&room, region, &first).await, (304, first.clone()));

    room.finish(&held, json!({ "status": "succeeded" }))
        .await
        .is(200);
    let (status, second) = asked(&room, region, &first).await;
    assert_eq!(status, 304);
    assert_ne!(second, first, "the next question is cheap again");
    assert_eq!(asked(&room, region, &second).await, (304, second.clone()));

    room.queue(json!({ "lane": "B" })).await;
    let (status, third) = asked(&room, region, &second).await;
    assert_eq!(status, 200);
    assert_ne!(third, second);
}

#[tokio::test]
async fn the_board_of_nothing_new_is_not_sent() {
    let room = Room::new().await;
    let (status, tag) = asked(&room, "/ui/board", "\"none\"").await;
    assert_eq!(status, 200);
    assert_eq!(asked(&room, "/ui/board", &tag).await, (304, tag));
}
