//! What people look at.

use crate::story::{Story, text};
use crate::world::{World, in_every_world};
use serde_json::{Value, json};

in_every_world!(
    runs_are_listed_newest_first_and_filtered,
    runs_page_by_cursor,
    sessions_are_kept_with_counts,
    sessions_page_by_cursor,
    templates_are_kept_by_slug,
    workers_are_listed,
    health_names_the_schema,
);

fn ids(answer: &Value, list: &str, id: &str) -> Vec<String> {
    let rows = answer[list].as_array().expect("rows");
    rows.iter().map(|row| text(&row[id])).collect()
}

/// Every page of a list, one after the other.
async fn pages<W: World>(s: &Story<W>, verb: &'static str, list: &str, id: &str) -> Vec<String> {
    let (mut all, mut after) = (Vec::new(), Value::Null);
    loop {
        let page = s.call(verb, json!({ "limit": 2, "after": after })).await;
        let rows = ids(&page, list, id);
        assert!(rows.len() <= 2);
        all.extend(rows);
        after = page["next"].clone();
        if after.is_null() {
            return all;
        }
    }
}

async fn runs_are_listed_newest_first_and_filtered<W: World>() {
    let s = Story::<W>::new().await;
    let session = s.call("sessions_create", json!({ "name": "s" })).await["session"]["id"].clone();
    let a = s.create(json!({})).await;
    let b = s.create(json!({ "lane": "B" })).await;
    let c = s
        .create(json!({ "lane": "B", "session_id": session }))
        .await;
    s.cancel(&b).await;
    let list = async |filter: Value| ids(&s.call("runs_list", filter).await, "runs", "id");
    assert_eq!(list(json!({})).await, [c.clone(), b.clone(), a.clone()]);
    assert_eq!(list(json!({ "lane": "B" })).await, [c.clone(), b.clone()]);
    assert_eq!(list(json!({ "status": "queued" })).await, [c.clone(), a]);
    assert_eq!(
        list(json!({ "status": "cancelled", "lane": "B" })).await,
        [b]
    );
    assert_eq!(list(json!({ "session_id": session })).await, [c]);
    assert!(list(json!({ "template": "none" })).await.is_empty());
}

async fn runs_page_by_cursor<W: World>() {
    let s = Story::<W>::new().await;
    let mut expected = Vec::new();
    for n in 1..=5 {
        expected.insert(0, s.create(json!({})).await);
        assert_eq!(
            pages(&s, "runs_list", "runs", "id").await,
            expected,
            "{n} runs"
        );
    }
}

async fn sessions_are_kept_with_counts<W: World>() {
    let s = Story::<W>::new().await;
    let answer = s
        .call(
            "sessions_create",
            json!({ "name": "night", "meta": { "k": 1 } }),
        )
        .await;
    let session = &answer["session"];
    assert_eq!(
        (
            &session["name"],
            &session["status"],
            &session["meta"],
            &session["counts"]
        ),
        (
            &json!("night"),
            &json!("active"),
            &json!({ "k": 1 }),
            &json!({})
        )
    );
    for n in 0..3 {
        let run = s.create(json!({ "session_id": session["id"] })).await;
        if n == 0 {
            s.cancel(&run).await;
        }
    }
    let got = s
        .call("sessions_get", json!({ "session_id": session["id"] }))
        .await;
    assert_eq!(
        got["session"]["counts"],
        json!({ "queued": 2, "cancelled": 1 })
    );
    let archived = s
        .call("sessions_list", json!({ "status": "archived" }))
        .await;
    assert_eq!(archived["sessions"], json!([]));
    let none = json!({ "session_id": "00000000-0000-4000-8000-00000000dead" });
    assert_eq!(s.call("sessions_get", none).await["code"], "not_found");
}

async fn sessions_page_by_cursor<W: World>() {
    let s = Story::<W>::new().await;
    let mut expected = Vec::new();
    for name in ["a", "b", "c", "d", "e"] {
        s.call("sessions_create", json!({ "name": name })).await;
        expected.insert(0, name.to_string());
        assert_eq!(
            pages(&s, "sessions_list", "sessions", "name").await,
            expected
        );
    }
}

async fn templates_are_kept_by_slug<W: World>() {
    let s = Story::<W>::new().await;
    for slug in ["b", "a", "c-1", "c"] {
        let runbook =
            json!({ "slug": slug, "title": slug, "steps": [], "params": { "type": "object" } });
        let p = json!({ "source": format!("slug: {slug}"), "runbook": runbook });
        let answer = s.call("templates_create", p.clone()).await;
        assert_eq!(answer["template"]["slug"], slug);
        assert_eq!(s.call("templates_create", p).await["code"], "slug_taken");
    }
    assert_eq!(
        pages(&s, "templates_list", "templates", "slug").await,
        ["a", "b", "c", "c-1"]
    );
    let got = s.call("templates_get", json!({ "slug": "a" })).await;
    let template = &got["template"];
    assert_eq!(
        (&template["version"], &template["source"]),
        (&json!(1), &json!("slug: a"))
    );
    assert_eq!(template["params"], json!({ "type": "object" }));
    assert_eq!(template["runbook"]["slug"], "a");
    let none = s.call("templates_get", json!({ "slug": "none" })).await;
    assert_eq!(none["code"], "not_found");
}

async fn workers_are_listed<W: World>() {
    let s = Story::<W>::new().await;
    s.create(json!({})).await;
    s.claim(
        "w",
        json!({ "name": "box 1", "version": "0.1.0", "lanes": ["A", "B"] }),
    )
    .await;
    s.advance(10).await;
    s.claim("v", json!({})).await;
    let answer = s.call("workers_list", json!({})).await;
    assert_eq!(ids(&answer, "workers", "id"), ["v", "w"]);
    let worker = &answer["workers"][1];
    for (name, value) in [
        ("name", json!("box 1")),
        ("version", json!("0.1.0")),
        ("lanes", json!(["A", "B"])),
        ("held", json!(1)),
        ("drain", json!(false)),
    ] {
        assert_eq!(worker[name], value, "{name}");
    }
    assert!(worker["seen_ms_ago"].as_i64().unwrap() >= 10_000);
    s.advance(86_400).await;
    let answer = s.call("workers_list", json!({})).await;
    assert_eq!(answer["workers"], json!([]));
}

async fn health_names_the_schema<W: World>() {
    let s = Story::<W>::new().await;
    let answer = s.world.store().call("ops_health", json!({})).await.unwrap();
    assert!(answer["schema"].is_string() && answer["now"].is_string());
}
