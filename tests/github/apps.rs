//! As a GitHub App: its key signs, and GitHub gives tokens for an hour.

use crate::*;
use ops_tests::harness::issuer::TEST_KEY;

fn app_of(server: &GitHubServer, id: &str, key: &str) -> Result<GitHub, GitHubError> {
    let credentials = Credentials::App {
        app_id: id.into(),
        private_key_pem: key.into(),
    };
    GitHub::new(transport(), credentials, &server.base)
}

async fn server_with_app() -> GitHubServer {
    let server = server().await;
    server.app("12345", &["opsco/deploys"]);
    server
}

fn tokens_given(server: &GitHubServer) -> usize {
    let asked = server.asked();
    asked
        .iter()
        .filter(|path| path.ends_with("/access_tokens"))
        .count()
}

#[tokio::test]
async fn a_token_of_an_app_serves_until_five_minutes_before_its_end() {
    let server = server_with_app().await;
    let github = app_of(&server, "12345", TEST_KEY).expect("an app");
    for (later, given) in [
        (0, 1),
        (1, 1),
        (3_299, 1),
        (3_300, 2),
        (3_400, 2),
        (9_000, 3),
    ] {
        let found = github.at(NOW + later).repository(&deploys()).await;
        assert_eq!(found.expect("a repository").id, 9001);
        assert_eq!(tokens_given(&server), given, "after {later} s");
    }
}

#[tokio::test]
async fn a_token_that_was_revoked_is_asked_for_anew() {
    let server = server_with_app().await;
    let github = app_of(&server, "12345", TEST_KEY).expect("an app");
    assert!(github.at(NOW).repository(&deploys()).await.is_ok());
    server.revoke_all();
    let refused = github.at(NOW).repository(&deploys()).await;
    assert!(
        matches!(refused, Err(GitHubError::Unauthorized(_))),
        "{refused:?}"
    );
    assert!(github.at(NOW).repository(&deploys()).await.is_ok());
    assert_eq!(tokens_given(&server), 2);
}

#[tokio::test]
async fn an_app_sees_what_it_is_installed_in() {
    let server = server_with_app().await;
    server.repository("opsco/secrets", 9002, 4001);
    let github = app_of(&server, "12345", TEST_KEY).expect("an app");
    let other = RepoName::parse("opsco/secrets").expect("a name");
    let refused = github.at(NOW).repository(&other).await;
    assert!(
        matches!(refused, Err(GitHubError::NotFound(_))),
        "{refused:?}"
    );
    let unknown = app_of(&server, "999", TEST_KEY).expect("an app");
    let refused = unknown.at(NOW).repository(&deploys()).await;
    assert!(
        matches!(refused, Err(GitHubError::Unauthorized(_))),
        "{refused:?}"
    );
}

#[tokio::test]
async fn keys_may_come_in_one_line_and_are_never_shown() {
    let server = server_with_app().await;
    let line = TEST_KEY.replace('\n', "\\n");
    let github = app_of(&server, "12345", &line).expect("an app");
    assert!(github.at(NOW).repository(&deploys()).await.is_ok());
    for (id, key) in [
        ("12345", "no key"),
        ("12345", ""),
        ("", TEST_KEY),
        ("a b", TEST_KEY),
    ] {
        let refused = app_of(&server, id, key).err().expect("refused");
        assert!(matches!(refused, GitHubError::Invalid(_)), "{refused:?}");
    }
    let credentials = Credentials::App {
        app_id: "12345".into(),
        private_key_pem: TEST_KEY.into(),
    };
    assert_eq!(format!("{credentials:?}"), "App(\"12345\", …)");
}
