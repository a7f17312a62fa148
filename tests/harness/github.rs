//! GitHub's API as far as we use it: a real server on loopback that holds state and refuses what GitHub
//! refuses. Each of its answers, and each body that it is sent, is held against GitHub's own description;
//! whatever differs fails the test at its end.

mod answers;
pub mod schema;
mod state;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State as Shared;
use axum::http::{HeaderMap, Method, Uri};
use axum::response::Response;
use state::{App, Repository, State, Workflow};
pub use state::{Input, Is, Job, Run, Trouble};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub struct GitHubServer {
    /// `http://127.0.0.1:PORT`, what `OPS_GITHUB_API` is set to.
    pub base: String,
    state: Arc<Mutex<State>>,
    serving: JoinHandle<()>,
}

impl GitHubServer {
    /// Knows nobody and nothing.
    pub async fn start() -> Self {
        let state = Arc::new(Mutex::new(State::default()));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let base = format!("http://{}", listener.local_addr().expect("an address"));
        let shared = (base.clone(), state.clone());
        let router = Router::new().fallback(serve).with_state(shared);
        let serving =
            tokio::spawn(async move { axum::serve(listener, router).await.expect("serves") });
        GitHubServer {
            base,
            state,
            serving,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A token that may do everything.
    pub fn accept(&self, token: &str) {
        self.state().tokens.push(token.into());
    }

    pub fn revoke_all(&self) {
        self.state().tokens.clear();
    }

    /// With the branch `main`. Ids as in the tokens of `OidcIssuer`: 9001 and 4001 for `opsco/deploys`.
    pub fn repository(&self, full_name: &str, id: u64, owner_id: u64) {
        self.state().repositories.push(Repository {
            full_name: full_name.into(),
            id,
            owner_id,
            default_branch: "main".into(),
            refs: vec!["main".into()],
            workflows: Vec::new(),
        });
    }

    pub fn rename(&self, from: &str, to: &str) {
        let mut state = self.state();
        let mut all = state.repositories.iter_mut();
        let repo = all.find(|repo| repo.full_name == from);
        repo.expect("a repository").full_name = to.into();
        state.moved.insert(from.into(), to.into());
    }

    /// A file in `.github/workflows` that has `workflow_dispatch`.
    pub fn workflow(&self, repo: &str, file: &str, inputs: &[Input], jobs: &[&str]) {
        let mut state = self.state();
        let mut all = state.repositories.iter_mut();
        let repo = all.find(|known| known.full_name == repo);
        repo.expect("a repository").workflows.push(Workflow {
            file: file.into(),
            inputs: inputs.to_vec(),
            jobs: jobs.iter().map(|name| name.to_string()).collect(),
        });
    }

    /// An app whose key is [`TEST_KEY`](super::issuer::TEST_KEY), installed in these repositories.
    pub fn app(&self, id: &'static str, repositories: &[&str]) {
        let installation = 77;
        self.state().apps.push(App {
            id,
            installation,
            repositories: repositories.iter().map(|name| name.to_string()).collect(),
            given: 0,
        });
    }

    /// Answers as an Enterprise Server before 3.21: it refuses `return_run_details`, and says no run id.
    pub fn become_old(&self) {
        self.state().is_old = true;
    }

    /// Of the next request; several stand in line.
    pub fn trouble(&self, trouble: Trouble) {
        self.state().troubles.push_back(trouble);
    }

    pub fn runs(&self) -> Vec<Run> {
        self.state().runs.clone()
    }

    /// `POST /repos/…`, in order.
    pub fn asked(&self) -> Vec<String> {
        self.state().asked.clone()
    }

    /// A runner takes the job.
    pub fn begin_job(&self, run: u64, job: &str) {
        self.change_job(run, job, "in_progress", None);
    }

    /// `success`, `failure`, `cancelled`, …
    pub fn end_job(&self, run: u64, job: &str, conclusion: &'static str) {
        self.change_job(run, job, "completed", Some(conclusion));
    }

    /// What a cancel asked for comes true.
    pub fn end_cancelled(&self, run: u64) {
        let mut state = self.state();
        let run = state.run(run);
        assert!(run.is_cancelling, "nobody asked for it");
        for job in run.jobs.iter_mut().filter(|job| job.status != "completed") {
            (job.status, job.conclusion) = ("completed", Some("cancelled"));
        }
        run.settle();
    }

    fn change_job(
        &self,
        run: u64,
        job: &str,
        status: &'static str,
        conclusion: Option<&'static str>,
    ) {
        let mut state = self.state();
        let run = state.run(run);
        let found = run.jobs.iter_mut().find(|own| own.name == job);
        let found = found.unwrap_or_else(|| panic!("no job {job}"));
        assert_ne!(found.status, "completed", "{job} is over");
        (found.status, found.conclusion) = (status, conclusion);
        run.settle();
    }
}

impl Drop for GitHubServer {
    fn drop(&mut self) {
        self.serving.abort();
        let faults = std::mem::take(&mut self.state().faults);
        if !std::thread::panicking() {
            assert!(
                faults.is_empty(),
                "GitHub would not have it so: {faults:#?}"
            );
        }
    }
}

async fn serve(
    Shared((base, state)): Shared<(String, Arc<Mutex<State>>)>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
    let request = answers::Request {
        base: &base,
        method: method.as_str(),
        path: uri.path(),
        headers: &headers,
        body: &body,
    };
    answers::answer(&mut state, &request)
}
