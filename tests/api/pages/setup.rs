use crate::common::Room;
use ops_core::port::Store;
use ops_schema::{SQL_TO_PASTE_GZIP, sql_to_paste};
use ops_tests::harness::TestDatabase;
use serde_json::json;

async fn room_without_schema() -> Room {
    let config = TestDatabase::empty("template0").await;
    Room::over(TestDatabase::of(&config).await).await
}

#[tokio::test]
async fn a_person_pastes_the_schema_while_the_page_watches_and_verifies_it_afterwards() {
    let room = room_without_schema().await;
    let browser = room.browser();
    let page = browser.get("/setup").await.is(200);
    for part in [
        "it answers",
        "a version of ours",
        "href=\"/setup/schema.sql\"",
        "data-live=\"/ui/setup\"",
    ] {
        page.has(part);
    }
    // Any other page says the same.
    browser
        .get("/runboard")
        .await
        .is(503)
        .has("/setup/schema.sql");

    room.db
        .admin
        .batch_execute(&sql_to_paste())
        .await
        .expect("pasted");
    let region = browser.get("/ui/setup").await.is(200);
    region.has("The schema is there.");
    region.has_not("/setup/schema.sql");

    // Whoever has not signed in goes on from here.
    let stranger = room.with_token("").browser();
    let on = stranger.get("/setup").await.is(303);
    assert_eq!(on.header("location"), "/runboard");

    let token = ops_tests::harness::database::sha256_hex(room.token());
    let first = json!({ "name": "first", "kinds": ["operator"], "token_sha256": token });
    let first = room.db.store.call("ops_first_token", first).await;
    first.expect("a token");
    let page = browser.get("/setup").await.is(200);
    for part in [
        "The installation is whole.",
        "Everything is as we made it",
        "A run lives from queue to end",
        "no pg_cron",
    ] {
        page.has(part);
    }
    page.has_not("data-live");
    let left = "select count(*) from public.runs";
    let row = room.db.admin.query_one(left, &[]).await.expect("counts");
    assert_eq!(row.get::<_, i64>(0), 0);
}

#[tokio::test]
async fn what_differs_is_shown_to_operators_alone() {
    let room = Room::new().await;
    let breaks = "alter table public.runs disable row level security";
    room.db.admin.batch_execute(breaks).await.expect("breaks");
    let page = room.browser().get("/setup").await.is(200);
    page.has("1 problem.");
    page.has("Row Level Security of");
    page.has("is off: whoever has a right to the table reads all of it");
    page.has("is on");
    // Tried only where all parts are there.
    page.has_not("A run lives from queue to end");

    let viewer = room.mint_kind("viewer").await.browser();
    viewer
        .get("/setup")
        .await
        .is(403)
        .has_not("Row Level Security");
    let nobody = room.with_token("ops_unknown").browser();
    let answer = nobody.get("/setup").await;
    assert_ne!(answer.status, 200);
    answer.has_not("Row Level Security");
}

#[tokio::test]
async fn the_sql_to_paste_is_the_one_of_ops_setup() {
    let room = room_without_schema().await;
    let url = format!("{}/setup/schema.sql", room.url());
    let http = reqwest::Client::new();
    let packed = http.get(&url).header("accept-encoding", "br, gzip");
    let packed = packed.send().await.expect("an answer");
    assert_eq!(packed.status(), 200);
    assert_eq!(packed.headers()["content-encoding"], "gzip");
    assert_eq!(
        packed.headers()["content-type"],
        "text/plain; charset=utf-8"
    );
    let bytes = packed.bytes().await.expect("bytes");
    assert_eq!(&bytes[..], SQL_TO_PASTE_GZIP);

    let plain = http.get(&url).header("accept-encoding", "identity");
    let plain = plain.send().await.expect("an answer");
    assert_eq!(plain.status(), 406);
    let why = plain.text().await.expect("a text");
    assert!(why.contains("curl --compressed"), "{why}");
}
