//! A claim whose answer was lost.

use crate::story::Story;
use crate::world::{World, in_every_world};
use serde_json::{Value, json};

in_every_world!(
    a_repeated_claim_gets_the_same_still_held_and_renewed,
    a_repeated_claim_takes_nothing_new_while_it_took_something,
    a_repeated_claim_that_took_nothing_claims_anew,
    a_repeated_claim_leaves_out_what_is_not_held_any_more,
    a_repeated_claim_repeats_what_became_of_its_finishes,
    a_lower_number_is_stale_yet_its_finish_is_answered,
    request_numbers_belong_to_a_worker,
);

fn ids(answer: &Value) -> Vec<(Value, Value)> {
    let runs = answer["runs"].as_array().expect("runs");
    runs.iter()
        .map(|run| (run["run_id"].clone(), run["attempt"].clone()))
        .collect()
}

async fn a_repeated_claim_gets_the_same_still_held_and_renewed<W: World>() {
    let s = Story::<W>::new().await;
    s.create(json!({})).await;
    s.create(json!({})).await;
    let claim = json!({ "request_id": 7, "limit": 2 });
    let first = s.claim("w", claim.clone()).await;
    assert_eq!(ids(&first).len(), 2);
    s.advance(10).await;
    let again = s.claim("w", claim).await;
    assert_eq!(ids(&again), ids(&first));
    assert_eq!(again["runs"][0]["lease_seconds"], 15);
    // Renewed: it outlives the first grant.
    s.advance(10).await;
    s.sweep().await;
    let run = again["runs"][0]["run_id"].as_str().unwrap();
    assert_eq!(s.status(run).await, "claimed");
}

async fn a_repeated_claim_takes_nothing_new_while_it_took_something<W: World>() {
    let s = Story::<W>::new().await;
    s.create(json!({})).await;
    let claim = json!({ "request_id": 7, "limit": 5, "start": true });
    let first = s.claim("w", claim.clone()).await;
    s.create(json!({})).await;
    assert_eq!(ids(&s.claim("w", claim.clone()).await), ids(&first));
    // Also when it has ended since: it took something.
    let held =
        json!([{ "run_id": first["runs"][0]["run_id"], "attempt": 1, "status": "succeeded" }]);
    s.call("runs_finish", json!({ "worker_id": "w", "finish": held }))
        .await;
    assert!(ids(&s.claim("w", claim).await).is_empty());
}

async fn a_repeated_claim_that_took_nothing_claims_anew<W: World>() {
    let s = Story::<W>::new().await;
    let claim = json!({ "request_id": 7 });
    assert!(ids(&s.claim("w", claim.clone()).await).is_empty());
    let run = s.create(json!({})).await;
    let got = s.claim("w", claim.clone()).await;
    assert_eq!(ids(&got), [(json!(run), json!(1))]);
    assert_eq!(ids(&s.claim("w", claim).await), ids(&got));
}

async fn a_repeated_claim_leaves_out_what_is_not_held_any_more<W: World>() {
    let s = Story::<W>::new().await;
    let lost = s.create(json!({ "lease_seconds": 10 })).await;
    let kept = s.create(json!({ "lease_seconds": 60 })).await;
    let claim = json!({ "request_id": 7, "limit": 2 });
    assert_eq!(ids(&s.claim("w", claim.clone()).await).len(), 2);
    s.advance(20).await;
    s.sweep().await;
    assert_eq!(ids(&s.claim("w", claim).await), [(json!(kept), json!(1))]);
    assert_eq!(s.status(&lost).await, "queued");
}

async fn a_repeated_claim_repeats_what_became_of_its_finishes<W: World>() {
    let s = Story::<W>::new().await;
    let held = s.running("w", json!({})).await;
    let next = s.create(json!({})).await;
    let finish = json!([{ "run_id": held.run, "attempt": 1, "status": "succeeded" }]);
    let claim = json!({ "request_id": 7, "finish": finish });
    let first = s.claim("w", claim.clone()).await;
    let again = s.claim("w", claim).await;
    assert_eq!(again["finished"], first["finished"]);
    assert_eq!(ids(&again), [(json!(next), json!(1))]);
    assert_eq!(s.get(&held.run).await["refused_writes"], 0);
}

async fn a_lower_number_is_stale_yet_its_finish_is_answered<W: World>() {
    let s = Story::<W>::new().await;
    s.create(json!({})).await;
    let first = s.claim("w", json!({ "request_id": 7 })).await;
    let waiting = s.create(json!({})).await;
    let run = &first["runs"][0]["run_id"];
    let finish = json!([{ "run_id": run, "attempt": 1, "status": "succeeded" }]);
    let stale = s
        .claim(
            "w",
            json!({ "request_id": 6, "limit": 5, "finish": finish }),
        )
        .await;
    assert_eq!(stale["code"], "stale_request");
    assert_eq!(
        stale["finished"],
        json!([{ "run_id": run, "status": "succeeded" }])
    );
    assert_eq!(s.status(&waiting).await, "queued");
    assert_eq!(s.status(run.as_str().unwrap()).await, "succeeded");
    // The number remembered is still the higher one.
    let stale = s.claim("w", json!({ "request_id": 6 })).await;
    assert_eq!(stale["code"], "stale_request");
}

async fn request_numbers_belong_to_a_worker<W: World>() {
    let s = Story::<W>::new().await;
    s.create(json!({})).await;
    s.create(json!({})).await;
    let first = s.claim("w", json!({ "request_id": 7 })).await;
    let other = s.claim("v", json!({ "request_id": 7 })).await;
    assert_eq!(ids(&other).len(), 1);
    assert_ne!(ids(&first), ids(&other));
    assert_eq!(
        ids(&s.claim("w", json!({ "request_id": 7 })).await),
        ids(&first)
    );
}
