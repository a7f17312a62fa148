use crate::common::Room;
use serde_json::{Value, json};

/// `count` runs that have ended, straight into the table.
async fn ended(room: &Room, count: u32, lane: &str) {
    let sql = format!(
        "insert into public.runs (title, runbook, lane, status, lease_seconds, timeout_seconds, created_by, finished_at)
         select 'Run ' || n, '{{\"steps\": []}}', '{lane}', 'succeeded', 15, 60, 'test', clock_timestamp()
         from generate_series(1, {count}) n"
    );
    room.db.admin.batch_execute(&sql).await.expect("runs");
}

#[tokio::test]
async fn all_rows_of_a_filter_come_as_csv_and_as_json() {
    let room = Room::new().await;
    let browser = room.browser();
    ended(&room, 450, "B").await;
    room.queue(json!({ "intent": "=cmd|' /C calc'!A0", "repo": "acme/\"infra\", eu" }))
        .await;
    let page = browser.get("/runs?lane=B&status=succeeded").await.is(200);
    page.has("href=\"/runs.csv?status=succeeded&amp;lane=B\"");
    page.has("href=\"/runs.json?status=succeeded&amp;lane=B\"");

    let csv = browser
        .get("/runs.csv?lane=B&status=succeeded")
        .await
        .is(200);
    assert_eq!(
        csv.header("content-type"),
        "text/csv; charset=utf-8; header=present"
    );
    let disposition = csv.header("content-disposition").to_string();
    assert!(
        disposition.starts_with("attachment; filename=\"runs-2") && disposition.ends_with(".csv\""),
        "{disposition}"
    );
    assert_eq!(csv.header("x-content-type-options"), "nosniff");
    let lines: Vec<&str> = csv.text.split("\r\n").collect();
    assert!(lines[0].starts_with("id,title,status,"), "{}", lines[0]);
    assert_eq!((lines.len(), lines[451]), (452, ""));
    let titles: Vec<&str> = lines[1..451]
        .iter()
        .map(|line| line.split(',').nth(1).expect("a title"))
        .collect();
    let newest_first: Vec<String> = (1..=450).rev().map(|n| format!("Run {n}")).collect();
    assert_eq!(titles, newest_first, "none twice, none left out");

    let file = browser.get("/runs.json?lane=B").await.is(200);
    let file: Value = serde_json::from_str(&file.text).expect("JSON");
    assert_eq!(file["runs"].as_array().expect("rows").len(), 450);
    assert_eq!(
        (&file["count"], &file["truncated"], &file["rest"]),
        (&json!(450), &json!(false), &json!(null))
    );

    let other = browser.get("/runs.csv?lane=A").await;
    other.has(",'=cmd|' /C calc'!A0,");
    other.has(",\"acme/\"\"infra\"\", eu\",");
    let none = browser.get("/runs.csv?lane=D").await.is(200);
    assert_eq!(none.text.lines().count(), 1);
}

#[tokio::test]
async fn a_file_that_is_cut_leads_to_the_rest() {
    let room = Room::new().await;
    let browser = room.browser();
    ended(&room, 10_003, "A").await;
    let csv = browser.get("/runs.csv").await.is(200);
    assert_eq!(csv.header("ops-row-limit"), "10000");
    let last = csv.text.lines().last().expect("a line");
    assert!(
        last.starts_with(",\"cut after 10,000 runs; the rest: /runs.csv?after="),
        "{last}"
    );
    assert_eq!(csv.text.lines().count(), 10_002);
    let file = browser.get("/runs.json").await.is(200);
    let file: Value = serde_json::from_str(&file.text).expect("JSON");
    assert_eq!(
        (&file["count"], &file["truncated"]),
        (&json!(10_000), &json!(true))
    );
    let rest = browser
        .get(file["rest"].as_str().expect("an address"))
        .await;
    let rest: Value = serde_json::from_str(&rest.text).expect("JSON");
    assert_eq!(
        (&rest["count"], &rest["truncated"]),
        (&json!(3), &json!(false))
    );
    assert_eq!(rest["runs"][2]["title"], "Run 1");
    // As many as there is room for is not cut.
    room.db
        .admin
        .batch_execute("delete from public.runs where title in ('Run 1', 'Run 2', 'Run 3')")
        .await
        .expect("fewer");
    let file = browser.get("/runs.json").await;
    let file: Value = serde_json::from_str(&file.text).expect("JSON");
    assert_eq!(
        (&file["count"], &file["truncated"]),
        (&json!(10_000), &json!(false))
    );
}

#[tokio::test]
async fn who_is_not_signed_in_gets_no_file() {
    let room = Room::new().await;
    let nobody = room.with_token("ops_nobody").browser();
    let answer = nobody.get("/runs.csv?lane=A").await.is(303);
    assert!(answer.header("location").starts_with("/sign-in?next="));
}
