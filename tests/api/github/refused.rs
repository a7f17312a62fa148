//! A job that nobody trusts hears one sentence; the audit trail has the reason.

use super::{AUDIENCE, World};
use crate::common::{Reply, send};
use ops_core::Code;
use ops_github::oidc::Refused;
use serde_json::{Value, json};

async fn exchange(world: &World, token: &str, lanes: &[&str]) -> Reply {
    let request = world.room.bare(reqwest::Method::POST, "workers.exchange");
    send(request.json(&json!({ "oidc_token": token, "lanes": lanes }))).await
}

/// Refused with the one text, for this reason.
async fn refused(world: &World, token: &str, reason: &str) {
    let answer = exchange(world, token, &["A"]).await;
    assert_eq!(
        answer.refused(Code::Unauthenticated).detail(),
        Refused::PUBLIC
    );
    assert_eq!(world.reason().await, reason);
}

#[tokio::test]
async fn a_rule_takes_what_it_names_and_nothing_else() {
    let world = World::new().await;
    let token = |changes: Value| world.issuer.token(AUDIENCE, changes);
    refused(
        &world,
        &token(json!({})),
        "there is no rule for repository id 9001",
    )
    .await;
    world
        .trust(json!({
            "workflow": ".github/workflows/worker.yml", "ref": "refs/heads/main", "environment": "production",
            "runner": "github-hosted",
        }))
        .await;
    let good = json!({ "environment": "Production" });
    exchange(&world, &token(good), &["A"]).await.is(200);
    let other = "opsco/deploys/.github/workflows/other.yml@refs/heads/main";
    for (changes, reason) in [
        (json!({}), "the rule is for environment production"),
        (
            json!({ "repository_owner_id": "6" }),
            "the repository belongs to owner 6 now",
        ),
        (
            json!({ "workflow_ref": other }),
            "the rule is for workflow .github/workflows/worker.yml",
        ),
        (
            json!({ "ref": "refs/heads/mine" }),
            "the rule is for ref refs/heads/main",
        ),
        (
            json!({ "environment": "production", "event_name": "pull_request" }),
            "the rule is for events workflow_dispatch, repository_dispatch, schedule, push",
        ),
        (
            json!({ "environment": "production", "runner_environment": "self-hosted" }),
            "the rule is for github-hosted runners",
        ),
        // A renamed one would have the id; whoever took over the name has not.
        (
            json!({ "repository_id": "9002" }),
            "there is no rule for repository id 9002",
        ),
        (
            json!({ "event_name": "pull_request_target" }),
            "jobs of the event `pull_request_target` are never trusted",
        ),
    ] {
        refused(&world, &token(changes), reason).await;
    }
    let known = exchange(
        &world,
        &token(json!({ "environment": "production" })),
        &["B"],
    )
    .await;
    assert_eq!(
        known.refused(Code::Forbidden).detail(),
        "the rule is for lanes A"
    );
}

#[tokio::test]
async fn a_reusable_workflow_can_be_what_is_trusted() {
    let world = World::new().await;
    let shared = "opsco/shared/.github/workflows/worker.yml";
    world.trust(json!({ "job_workflow": shared })).await;
    let reason = format!("the rule is for jobs of workflow {shared}");
    let token = |changes| world.issuer.token(AUDIENCE, changes);
    refused(&world, &token(json!({})), &reason).await;
    let called = json!({ "job_workflow_ref": format!("{shared}@refs/tags/v1") });
    exchange(&world, &token(called), &["A"]).await.is(200);
}

#[tokio::test]
async fn an_identity_token_is_good_once() {
    let world = World::new().await;
    world.trust(json!({})).await;
    let token = world.issuer.token(AUDIENCE, json!({}));
    exchange(&world, &token, &["A"]).await.is(200);
    refused(&world, &token, "this identity token was used before").await;
    // The database remembers, whichever process is asked.
    let again = world.issuer.token(AUDIENCE, json!({ "jti": "fixed" }));
    exchange(&world, &again, &["A"]).await.is(200);
    let same = world.issuer.token(AUDIENCE, json!({ "jti": "fixed" }));
    refused(&world, &same, "this identity token was used before").await;
}

#[tokio::test]
async fn what_is_no_token_of_the_issuer_gets_the_same_sentence() {
    let world = World::new().await;
    world.trust(json!({})).await;
    let good = world.issuer.token(AUDIENCE, json!({}));
    let elsewhere = world.issuer.token("https://other.example.com", json!({}));
    let mut cut = good.clone();
    cut.truncate(good.len() - 4);
    for token in ["", "x", "a.b.c", &cut, &elsewhere, &"x".repeat(20_000)] {
        let answer = exchange(&world, token, &["A"]).await;
        assert_eq!(
            answer.refused(Code::Unauthenticated).detail(),
            Refused::PUBLIC
        );
        assert!(!world.reason().await.is_empty());
    }
    exchange(&world, &good, &["A"]).await.is(200);
}

#[tokio::test]
async fn a_flood_of_refusals_fills_no_audit_trail() {
    let world = World::new().await;
    for _ in 0..80 {
        exchange(&world, "x", &["A"])
            .await
            .refused(Code::Unauthenticated);
    }
    let verb = "audit.list?action=workers.exchange_refused&limit=200";
    let entries = world.room.get(verb).await.is(200);
    assert_eq!(entries["entries"].as_array().map(Vec::len), Some(60));
}

#[tokio::test]
async fn rules_that_would_let_strangers_in_cannot_be_made() {
    let world = World::new().await;
    for (rule, field) in [
        (json!({ "repository": "opsco" }), "/repository"),
        (json!({ "repository": "opsco/none" }), "/repository"),
        (
            json!({ "repository": "a/b", "repository_id": "1" }),
            "/repository_owner_id",
        ),
        (
            json!({ "repository": "opsco/deploys", "events": ["pull_request_target"] }),
            "/events/0",
        ),
        (
            json!({ "repository": "opsco/deploys", "workflow": "worker.yml" }),
            "/workflow",
        ),
        (
            json!({ "repository": "opsco/deploys", "ref": "main" }),
            "/ref",
        ),
        (
            json!({ "repository": "opsco/deploys", "lanes": ["none"] }),
            "/lanes",
        ),
    ] {
        let answer = world.room.post("trust.add", rule.clone()).await;
        assert_eq!(answer.refused(Code::Invalid).fields(), [field], "{rule}");
    }
}
