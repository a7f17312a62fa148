use crate::*;
use ops_github::rest::INPUTS;
use ops_tests::harness::github::Trouble;
use serde_json::{Map, Value, json};

#[tokio::test]
async fn what_the_workflow_does_not_know_is_unprocessable() {
    let server = server().await;
    let github = github(&server);
    for (given, words) in [
        (
            json!({ "lane": "A", "colour": "red" }),
            "Unexpected inputs provided: [\"colour\"]",
        ),
        (json!({}), "Required input 'lane' not provided"),
    ] {
        let refused = dispatch(&github, given).await;
        assert_eq!(refused, Err(GitHubError::Unprocessable(words.into())));
    }
    let lane = json!({ "lane": "A" })
        .as_object()
        .cloned()
        .expect("an object");
    let calls = github.at(NOW);
    let elsewhere = GitRef::parse("refs/heads/nowhere").expect("a ref");
    let refused = calls
        .dispatch_workflow(&deploys(), &worker(), &elsewhere, &lane)
        .await;
    let words = "No ref found for: refs/heads/nowhere";
    assert_eq!(refused, Err(GitHubError::Unprocessable(words.into())));
    let other = WorkflowName::parse("other.yml").expect("a file");
    let refused = calls
        .dispatch_workflow(&deploys(), &other, &main_branch(), &lane)
        .await;
    assert!(
        matches!(refused, Err(GitHubError::NotFound(_))),
        "{refused:?}"
    );
    assert!(server.runs().is_empty());
}

#[tokio::test]
async fn a_limit_says_when_to_come_again_and_starts_nothing() {
    let server = server().await;
    let github = github(&server);
    for (trouble, seconds) in [
        (Trouble::SecondaryLimit { retry_after: 17 }, 17),
        (Trouble::TooMany { retry_after: 3 }, 3),
        (Trouble::PrimaryLimit { reset: NOW + 1_200 }, 1_200),
        (
            Trouble::PrimaryLimit {
                reset: NOW + 90_000,
            },
            3_600,
        ),
        (Trouble::PrimaryLimit { reset: NOW - 5 }, 1),
        (Trouble::SecondaryLimitWithoutHeader, 60),
    ] {
        server.trouble(trouble);
        let refused = dispatch(&github, json!({ "lane": "A" }))
            .await
            .expect_err("a limit");
        let retry_after_seconds = seconds;
        assert_eq!(
            refused,
            GitHubError::RateLimited {
                retry_after_seconds
            }
        );
        assert!(refused.is_passing() && !refused.is_unknown());
    }
    assert!(server.runs().is_empty());
    assert!(dispatch(&github, json!({ "lane": "A" })).await.is_ok());
}

#[tokio::test]
async fn whether_a_dispatch_was_done_may_be_unknown_and_is_said_to_be() {
    let server = server().await;
    let github = github(&server);
    for (trouble, runs) in [
        (Trouble::Fails(500), 0),
        (Trouble::Fails(503), 0),
        (Trouble::DoneButFails(502), 1),
        (Trouble::DoneButSilent, 2),
    ] {
        server.trouble(trouble);
        let failed = dispatch(&github, json!({ "lane": "A" }))
            .await
            .expect_err("no answer");
        assert!(failed.is_unknown() && failed.is_passing(), "{failed:?}");
        assert_eq!(server.runs().len(), runs, "nothing is repeated");
    }
    for trouble in [Trouble::Fails(502), Trouble::DoneButSilent] {
        server.trouble(trouble);
        let failed = github
            .at(NOW)
            .repository(&deploys())
            .await
            .expect_err("no answer");
        assert!(
            failed.is_passing() && !failed.is_unknown(),
            "a question does nothing: {failed:?}"
        );
    }
}

#[tokio::test]
async fn no_redirect_takes_the_token_elsewhere() {
    let (server, other) = (server().await, GitHubServer::start().await);
    let github = github(&server);
    let own = server.base.clone();
    for there in [
        format!("{}/repositories/9001", other.base),
        format!("{own}.example.com/repositories/9001"),
        format!("{own}@example.com/repositories/9001"),
        format!("{own}/repositories/../user"),
        "/repositories/9001".into(),
        String::new(),
    ] {
        server.trouble(Trouble::MovesTo(there.clone()));
        let refused = github.at(NOW).repository(&deploys()).await;
        assert!(
            matches!(refused, Err(GitHubError::NotFound(_))),
            "{there}: {refused:?}"
        );
    }
    assert!(other.asked().is_empty());
    // Nor in circles.
    for _ in 0..2 {
        server.trouble(Trouble::MovesTo(format!("{own}/repositories/9001")));
    }
    let refused = dispatch(&github, json!({ "lane": "A" })).await;
    assert!(
        matches!(refused, Err(GitHubError::NotFound(_))),
        "{refused:?}"
    );
    assert!(server.runs().is_empty());
}

#[tokio::test]
async fn nobody_listening_is_unavailable() {
    let server = server().await;
    let github = github(&server);
    drop(server);
    let failed = dispatch(&github, json!({ "lane": "A" }))
        .await
        .expect_err("nobody");
    assert!(failed.is_passing(), "{failed:?}");
}

#[tokio::test]
async fn tokens_are_refused_and_never_shown() {
    let server = server().await;
    let secret = "github_pat_that_was_revoked";
    let github = by_token(&server, secret);
    let refused = dispatch(&github, json!({ "lane": "A" }))
        .await
        .expect_err("revoked");
    assert_eq!(refused, GitHubError::Unauthorized("Bad credentials".into()));
    assert!(!format!("{refused} {refused:?}").contains(secret));
    let credentials = Credentials::Token(secret.into());
    assert!(!format!("{credentials:?}").contains(secret));
    for broken in ["", " ", "two words", "line\nbreak", "ключ"] {
        let credentials = Credentials::Token(broken.into());
        let refused = GitHub::new(transport(), credentials, &server.base).err();
        assert!(
            matches!(refused, Some(GitHubError::Invalid(_))),
            "{broken:?}"
        );
    }
}

#[tokio::test]
async fn what_cannot_be_right_is_not_sent() {
    let server = server().await;
    let github = github(&server);
    let many: Map<String, Value> = (0..=INPUTS)
        .map(|number| (format!("i{number}"), json!("x")))
        .collect();
    for given in [
        json!(many),
        json!({ "lane": "x".repeat(65_536) }),
        json!({ "lane": ["A"] }),
        json!({ "lane": null }),
        json!({ "lane": {} }),
    ] {
        let refused = dispatch(&github, given).await;
        assert!(
            matches!(refused, Err(GitHubError::Invalid(_))),
            "{refused:?}"
        );
    }
    assert!(server.asked().is_empty());
    for base in [
        "http://api.github.com",
        "https://api.github.com/",
        "https://u@h",
        "ftp://h",
        "",
    ] {
        let credentials = Credentials::Token(TOKEN.into());
        assert!(
            GitHub::new(transport(), credentials, base).is_err(),
            "{base}"
        );
    }
}

#[test]
fn names_cannot_lead_elsewhere() {
    for fine in ["opsco/deploys", "o/.github", "acme_corp/a.b-c_d", "O-1/x"] {
        assert_eq!(RepoName::parse(fine).expect(fine).to_string(), fine);
    }
    for wrong in [
        "",
        "/",
        "opsco",
        "opsco/",
        "/deploys",
        "opsco/..",
        "opsco/.",
        "../x",
        "a/b/c",
        "a/b?c",
        "a/b#c",
        "a/b%2fc",
        "a /b",
        "a/b\n",
        "ö/b",
        "a.b/c",
        "opsco/deploys/../../user",
    ] {
        assert!(RepoName::parse(wrong).is_err(), "{wrong}");
    }
    assert_eq!(worker().to_string(), "worker.yml");
    for wrong in [
        "",
        ".yml",
        "worker",
        "../worker.yml",
        "a/b.yml",
        "a?.yml",
        "a b.yml",
        "a%2f.yml",
    ] {
        assert!(WorkflowName::parse(wrong).is_err(), "{wrong}");
    }
    for fine in ["main", "refs/heads/main", "v1.2.3", "feature/a@b", "ünder"] {
        assert!(GitRef::parse(fine).is_ok(), "{fine}");
    }
    for wrong in [
        "", "-x", "a b", "a..b", "a~1", "a^", "a:b", "a?", "a*", "a[b", "a\\b", "a@{1}", "/a",
        "a/", "a//b", "a.", ".a", "a/.b", "a\tb", "a\u{7f}",
    ] {
        assert!(GitRef::parse(wrong).is_err(), "{wrong}");
    }
    assert!(GitRef::parse(&"a".repeat(256)).is_err());
}
