//! What an operator watches.

use crate::common::Room;
use ops_core::Code;
use serde_json::json;

#[tokio::test]
async fn lanes_and_sweeps_are_told() {
    let room = Room::new().await;
    room.hold("w", json!({})).await;
    room.queue(json!({})).await;
    room.queue(json!({ "not_before": "2099-01-01T00:00:00Z" }))
        .await;
    let admin = &room.db.admin;
    let late = "update public.runs set created_at = created_at - interval '90 seconds';
        update public.run_leases set expires_at = expires_at - interval '5 minutes'";
    admin.batch_execute(late).await.expect("aged");

    let viewer = room.mint_kind("viewer").await;
    let told = viewer.get("metrics.get").await.is(200);
    let lane = &told["lanes"][0];
    assert_eq!(
        (
            &lane["name"],
            &lane["queued"],
            &lane["parked"],
            &lane["held"],
            &lane["workers"]
        ),
        (&json!("A"), &json!(1), &json!(1), &json!(1), &json!(1))
    );
    assert!((90..600).contains(&lane["next_waits_seconds"].as_i64().expect("a wait")));
    assert_eq!(told["runs_created"], 3);
    assert_eq!(told["expired_leases"]["count"], 1);
    assert!(told["expired_leases"]["oldest_seconds"].as_i64() > Some(200));
    assert_eq!(
        told["overdue_runs"],
        json!({ "count": 0, "oldest_seconds": null })
    );
    assert!(told["database"]["bytes"].as_u64() > Some(1_000_000));

    room.post("runs.sweep", json!({})).await.is(200);
    let told = room.get("metrics.get").await.is(200);
    assert_eq!(
        told["expired_leases"],
        json!({ "count": 0, "oldest_seconds": null })
    );
    assert_eq!(told["lanes"][0]["queued"], 2);
}

#[tokio::test]
async fn whoever_holds_vacuum_back_is_named() {
    let room = Room::new().await;
    let other = ops_store_postgres::connect(&room.db.config)
        .await
        .expect("a connection");
    let open = "set application_name = 'nightly report'; begin isolation level repeatable read; select 1 from public.runs";
    other.batch_execute(open).await.expect("a snapshot");
    // Transactions that begin since, so that it is the oldest.
    for _ in 0..3 {
        room.queue(json!({})).await;
    }
    let told = room.get("metrics.get").await.is(200);
    let oldest = &told["database"]["oldest_snapshot"];
    let holder = oldest["holder"].as_str().expect("a holder");
    assert!(
        holder.starts_with("session ") && holder.ends_with("(nightly report)"),
        "{oldest}"
    );
    assert_eq!(oldest["state"], "idle in transaction");
    assert!(oldest["transactions"].as_u64() >= Some(3), "{oldest}");
}

#[tokio::test]
async fn prometheus_reads_it_line_by_line() {
    let room = Room::new().await;
    room.queue(json!({ "lane": "B" })).await;
    let call = room.request(reqwest::Method::GET, "metrics.get?format=prometheus");
    let answer = call.send().await.expect("an answer");
    assert_eq!(
        answer.headers()["content-type"],
        "text/plain; version=0.0.4; charset=utf-8"
    );
    let text = answer.text().await.expect("text");
    assert!(
        text.contains("\nops_lane_queued_runs{lane=\"B\"} 1\n"),
        "{text}"
    );
    assert!(text.contains("# TYPE ops_runs_created_total counter\nops_runs_created_total 1\n"));
    let mut family = String::new();
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("# TYPE ") {
            family = name.split(' ').next().expect("a name").to_string();
        } else if !line.starts_with('#') {
            let (name, value) = line.rsplit_once(' ').expect("a value");
            assert_eq!(name.split('{').next(), Some(&family[..]), "{line}");
            value.parse::<f64>().unwrap_or_else(|_| panic!("{line}"));
        }
    }
    room.get("metrics.get?format=xml")
        .await
        .refused(Code::Invalid);
}
