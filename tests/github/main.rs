//! `ops-github` over real sockets: against a GitHub that holds state and is held against GitHub's own
//! description, and against an issuer of tokens.

mod apps;
mod described;
mod dispatches;
mod refusals;
mod tokens;

use ops_client::NativeTransport;
use ops_github::rest::{
    Credentials, Dispatched, GitHub, GitHubError, GitRef, RepoName, WorkflowName,
};
use ops_tests::harness::github::{GitHubServer, Input, Is};
use std::sync::Arc;

/// When all of it happens, in Unix seconds.
const NOW: i64 = 1_800_000_000;
const TOKEN: &str = "github_pat_of_the_tests";

/// A GitHub with one repository, one workflow of two jobs, and one token.
async fn server() -> GitHubServer {
    let server = GitHubServer::start().await;
    server.accept(TOKEN);
    server.repository("opsco/deploys", 9001, 4001);
    let inputs = [
        Input {
            name: "lane",
            is: Is::Required,
        },
        Input {
            name: "dry_run",
            is: Is::Optional,
        },
    ];
    server.workflow("opsco/deploys", "worker.yml", &inputs, &["build", "work"]);
    server
}

fn transport() -> Arc<NativeTransport> {
    Arc::new(NativeTransport::new().expect("a transport"))
}

fn by_token(server: &GitHubServer, token: &str) -> GitHub {
    let credentials = Credentials::Token(token.into());
    GitHub::new(transport(), credentials, &server.base).expect("a client")
}

fn github(server: &GitHubServer) -> GitHub {
    by_token(server, TOKEN)
}

fn deploys() -> RepoName {
    RepoName::parse("opsco/deploys").expect("a name")
}

fn worker() -> WorkflowName {
    WorkflowName::parse(".github/workflows/worker.yml").expect("a file")
}

fn main_branch() -> GitRef {
    GitRef::parse("main").expect("a ref")
}

/// Starts the workflow with these inputs.
async fn dispatch(github: &GitHub, given: serde_json::Value) -> Result<Dispatched, GitHubError> {
    let inputs = given.as_object().cloned().expect("an object");
    let (repo, file, branch) = (deploys(), worker(), main_branch());
    let calls = github.at(NOW);
    calls
        .dispatch_workflow(&repo, &file, &branch, &inputs)
        .await
}
