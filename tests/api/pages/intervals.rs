use crate::common::Room;
use serde_json::json;

#[tokio::test]
async fn a_region_is_asked_for_sooner_while_something_runs() {
    let room = Room::new().await;
    let browser = room.browser();
    let held = room.hold("w", json!({})).await;
    let id = held["run_id"].as_str().expect("an id");
    let run = format!("/ui/runs/{id}");
    let regions = ["/ui/board", "/ui/runs", run.as_str()];
    let mut tags = Vec::new();
    for region in regions {
        let answer = browser.get(region).await.is(200);
        assert_eq!(answer.header("ops-poll"), "1000", "{region}");
        tags.push(answer.header("etag").to_string());
    }
    room.finish(&held, json!({ "status": "succeeded" }))
        .await
        .is(200);
    for (region, tag) in regions.into_iter().zip(&tags) {
        let answer = browser
            .get_with(region, &[("if-none-match", tag)])
            .await
            .is(200);
        assert_eq!(answer.header("ops-poll"), "3000", "{region}");
    }
}
