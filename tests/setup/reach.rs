//! What is wrong before any SQL.

use ops_core::port::{BoxFuture, Store, StoreError};
use ops_setup::{Project, State, reach};
use serde_json::Value;

struct Answers(StoreError);

impl Store for Answers {
    fn call<'a>(
        &'a self,
        _function: &'static str,
        _p: Value,
    ) -> BoxFuture<'a, Result<Value, StoreError>> {
        Box::pin(async { Err(self.0.clone()) })
    }
}

const KEY: &str = "sb_secret_abcdefghijkl";

async fn last(error: StoreError) -> (State, String) {
    let project = Project::read("https://abc.supabase.co", KEY).expect("a project");
    let checks = reach(&project, &Answers(error)).await;
    let last = checks.last().expect("a check");
    (
        last.state,
        format!("{}: {} {}", last.title, last.found, last.mend),
    )
}

#[tokio::test]
async fn each_trouble_on_the_way_is_told_apart() {
    for (error, words) in [
        (
            StoreError::Misconfigured("HTTP 540: the project is paused".into()),
            "restore it",
        ),
        (
            StoreError::Misconfigured("HTTP 404: there is no Supabase REST at this address".into()),
            "check the URL",
        ),
        (
            StoreError::Misconfigured("HTTP 401 Invalid API key: the key is refused".into()),
            "copy it anew",
        ),
        (StoreError::unavailable("dns error"), "is the URL right"),
    ] {
        let (state, said) = last(error).await;
        assert_eq!(state, State::Failed, "{said}");
        assert!(said.contains(words), "{said}");
    }
    // No schema yet is no trouble on the way.
    let (state, said) = last(StoreError::NotInstalled("PGRST202".into())).await;
    assert_eq!(state, State::Passed, "{said}");
}

#[test]
fn what_was_pasted_wrongly_is_said_before_anything_is_sent() {
    for (url, key, words) in [
        (
            "https://supabase.com/dashboard/project/abc",
            KEY,
            "abc.supabase.co",
        ),
        ("https://abc.supabase.co/rest/v1", KEY, "must be an origin"),
        ("https://abc.supabase.co", "sb_publishable_x", "publishable"),
        ("https://abc.supabase.co", "", "empty"),
    ] {
        let check = Project::read(url, key).err().expect("a finding");
        assert!(check.found.contains(words), "{check:#?}");
    }
    let project = Project::read("https://abc.supabase.co", KEY).expect("a project");
    assert_eq!(project.reference(), Some("abc"));
}
