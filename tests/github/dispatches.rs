use crate::*;
use ops_github::rest::Cancel;
use serde_json::json;

#[tokio::test]
async fn a_dispatch_says_its_run_and_the_run_its_end() {
    let server = server().await;
    let github = github(&server);
    let calls = github.at(NOW);
    let lane = json!({ "lane": "B", "dry_run": true });
    let started = dispatch(&github, lane.clone());
    let started = started.await.expect("started");
    let id = started.run_id.expect("a run");
    let url = format!("https://github.com/opsco/deploys/actions/runs/{id}");
    assert_eq!(started.html_url.as_ref(), Some(&url));
    let [run] = server.runs().try_into().ok().expect("one run");
    assert_eq!(
        (run.git_ref.as_str(), json!(run.inputs)),
        ("main", json!({ "lane": "B", "dry_run": "true" }))
    );

    let seen = calls.workflow_run(&deploys(), id).await.expect("a run");
    assert_eq!(seen.status.as_deref(), Some("queued"));
    assert_eq!((seen.conclusion.as_deref(), seen.is_over()), (None, false));
    assert_eq!(
        (seen.event.as_str(), seen.html_url),
        ("workflow_dispatch", url)
    );

    server.begin_job(id, "build");
    let seen = calls.workflow_run(&deploys(), id).await.expect("a run");
    assert_eq!(seen.status.as_deref(), Some("in_progress"));
    server.end_job(id, "build", "success");
    server.begin_job(id, "work");
    let jobs = calls.workflow_jobs(&deploys(), id).await.expect("jobs");
    let told: Vec<_> = jobs
        .jobs
        .iter()
        .map(|j| (j.name.as_str(), j.status.as_str()))
        .collect();
    assert_eq!(told, [("build", "completed"), ("work", "in_progress")]);
    assert_eq!(jobs.total_count, 2);
    assert_eq!(jobs.jobs[0].conclusion.as_deref(), Some("success"));
    assert_eq!(jobs.jobs[1].completed_at, None);

    server.end_job(id, "work", "failure");
    let seen = calls.workflow_run(&deploys(), id).await.expect("a run");
    assert!(seen.is_over() && !seen.is_success());
    assert_eq!(seen.conclusion.as_deref(), Some("failure"));
}

#[tokio::test]
async fn a_run_that_went_well_is_a_success() {
    let server = server().await;
    let github = github(&server);
    let calls = github.at(NOW);
    let lane = json!({ "lane": "A" });
    let started = dispatch(&github, lane.clone());
    let id = started.await.expect("started").run_id.expect("a run");
    for job in ["build", "work"] {
        server.end_job(id, job, "success");
    }
    let seen = calls.workflow_run(&deploys(), id).await.expect("a run");
    assert!(seen.is_success());
}

#[tokio::test]
async fn an_older_server_starts_it_without_saying_which() {
    let server = server().await;
    server.become_old();
    let github = github(&server);
    let lane = json!({ "lane": "A" });
    let started = dispatch(&github, lane).await.expect("started");
    assert_eq!((started.run_id, started.html_url), (None, None));
    assert_eq!(server.runs().len(), 1);
    assert_eq!(
        server.asked().len(),
        2,
        "once with the wish, and once without"
    );
}

#[tokio::test]
async fn a_cancel_is_asked_for_and_may_come_too_late() {
    let server = server().await;
    let github = github(&server);
    let calls = github.at(NOW);
    let lane = json!({ "lane": "A" });
    let started = dispatch(&github, lane.clone());
    let id = started.await.expect("started").run_id.expect("a run");
    server.begin_job(id, "build");
    for _ in 0..2 {
        assert_eq!(calls.cancel_run(&deploys(), id).await, Ok(Cancel::Asked));
    }
    let seen = calls.workflow_run(&deploys(), id).await.expect("a run");
    assert!(!seen.is_over(), "jobs take their time");
    server.end_cancelled(id);
    let seen = calls.workflow_run(&deploys(), id).await.expect("a run");
    assert_eq!(seen.conclusion.as_deref(), Some("cancelled"));
    assert_eq!(
        calls.cancel_run(&deploys(), id).await,
        Ok(Cancel::AlreadyOver)
    );
    let nobody = calls.cancel_run(&deploys(), 1).await;
    assert!(
        matches!(nobody, Err(GitHubError::NotFound(_))),
        "{nobody:?}"
    );
}

#[tokio::test]
async fn a_repository_has_ids_and_keeps_them_when_it_is_renamed() {
    let server = server().await;
    let github = github(&server);
    let calls = github.at(NOW);
    let before = calls.repository(&deploys()).await.expect("a repository");
    assert_eq!((before.id, before.owner_id), (9001, 4001));
    assert_eq!(
        (before.full_name.as_str(), before.default_branch.as_str()),
        ("opsco/deploys", "main")
    );
    server.rename("opsco/deploys", "opsco/rollouts");
    let after = calls.repository(&deploys()).await.expect("by its redirect");
    assert_eq!(
        (after.id, after.full_name.as_str()),
        (9001, "opsco/rollouts")
    );
    let lane = json!({ "lane": "A" });
    let started = dispatch(&github, lane.clone());
    assert!(started.await.expect("started").run_id.is_some());
    let unknown = RepoName::parse("opsco/other").expect("a name");
    let missing = calls.repository(&unknown).await;
    assert!(
        matches!(missing, Err(GitHubError::NotFound(_))),
        "{missing:?}"
    );
}
