//! What GitHub is asked to do, by requests that the database has decided on: start a workflow, look at its
//! run, cancel that.

use crate::app::App;
use ops_github::rest::{
    Calls, GitHubError, GitRef, Job, Jobs, RepoName, WorkflowName, WorkflowRun,
};
use serde_json::{Value, json};

/// Before the next request to a GitHub that does not answer, in seconds.
const USUAL_PAUSE: u32 = 5;

impl App {
    pub(crate) fn may_ask_github(&self) -> Result<Calls<'_>, &str> {
        match &self.github {
            Some(github) => github.rest(),
            None => Err("this host does not speak with GitHub"),
        }
    }

    /// A dispatch with its workflow run as GitHub has it now. What has ended is told to the database.
    pub(crate) async fn follow(&self, dispatch: Value) -> Value {
        let seen = match (self.may_ask_github(), workflow_run(&dispatch)) {
            (Ok(github), Some((repository, id))) => look(&github, &repository, id).await,
            // Not started, or nobody knows which it is: there is nothing to ask for.
            (_, None) => return json!({ "dispatch": dispatch }),
            (Err(why), _) => return json!({ "dispatch": dispatch, "trouble": why }),
        };
        let (run, jobs) = match seen {
            Ok(seen) => seen,
            Err(error) => return troubled(dispatch, &error),
        };
        let conclusion = run.conclusion.clone();
        let is_news = run.is_over() && dispatch["conclusion"].as_str() != conclusion.as_deref();
        let dispatch = match is_news {
            true => {
                self.workflow_told(dispatch, json!({ "conclusion": conclusion }))
                    .await
            }
            false => dispatch,
        };
        json!({ "dispatch": dispatch, "workflow_run": shown(&run, &jobs) })
    }

    /// Asks GitHub to cancel, and tells the database whether it will.
    pub(crate) async fn cancel_workflow(&self, dispatch: Value) -> Value {
        let (github, (repository, id)) = match (self.may_ask_github(), workflow_run(&dispatch)) {
            (Ok(github), Some(run)) => (github, run),
            (Ok(_), None) => return json!({ "dispatch": dispatch }),
            (Err(why), _) => return json!({ "dispatch": dispatch, "trouble": why }),
        };
        match github.cancel_run(&repository, id).await {
            // Cancelled, or over already.
            Ok(_) => {
                let dispatch = self.workflow_told(dispatch, json!({})).await;
                json!({ "dispatch": dispatch })
            }
            Err(error) => {
                let told = json!({ "error": format!("it could not be cancelled: {error}") });
                troubled(self.workflow_told(dispatch, told).await, &error)
            }
        }
    }

    /// The dispatch as it is now; as it was, where that could not be told: the next one who looks tells it.
    async fn workflow_told(&self, dispatch: Value, mut p: Value) -> Value {
        p["id"] = dispatch["id"].clone();
        match self.store.call("ops_workflow_told", p).await {
            Ok(mut told) if told["dispatch"].is_object() => told["dispatch"].take(),
            Ok(_) => dispatch,
            Err(error) => {
                crate::journal::failure("dispatch", format_args!("{}: {error}", dispatch["id"]));
                dispatch
            }
        }
    }

    /// Asks GitHub for a workflow run that the database has decided on, and tells what came of it.
    /// `None`: it could not be told; a sweep closes it as `unknown`.
    pub(crate) async fn dispatch(&self, dispatch: &Value) -> Option<Value> {
        let mut p = match self.may_ask_github() {
            Ok(github) => send(&github, dispatch).await,
            Err(why) => json!({ "status": "refused", "error": why }),
        };
        p["id"] = dispatch["id"].clone();
        match self.store.call("ops_dispatched", p).await {
            Ok(mut told) if told["dispatch"].is_object() => Some(told["dispatch"].take()),
            Ok(_) => None,
            Err(error) => {
                crate::journal::failure("dispatch", format_args!("{}: {error}", dispatch["id"]));
                None
            }
        }
    }
}

async fn send(github: &Calls<'_>, dispatch: &Value) -> Value {
    let text = |name: &str| dispatch[name].as_str().unwrap_or_default();
    let asked = async {
        let repository = RepoName::parse(text("repository"))?;
        let workflow = WorkflowName::parse(text("workflow"))?;
        let git_ref = GitRef::parse(text("ref"))?;
        let inputs = dispatch["inputs"].as_object().cloned().unwrap_or_default();
        github
            .dispatch_workflow(&repository, &workflow, &git_ref, &inputs)
            .await
    };
    match asked.await {
        Ok(started) => json!({
            "status": "sent", "github_run_id": started.run_id.map(|id| id.to_string()),
            "url": started.html_url,
        }),
        Err(error) => json!({
            "status": outcome(&error), "error": error.to_string(),
            "retry_after_seconds": passes_after(&error),
        }),
    }
}

fn outcome(error: &GitHubError) -> &'static str {
    match error.is_unknown() {
        true => "unknown",
        false => "refused",
    }
}

/// Seconds after which the same call may be sent: only where it is certain that nothing was done.
fn passes_after(error: &GitHubError) -> Option<u32> {
    match error {
        GitHubError::RateLimited {
            retry_after_seconds,
        } => Some(*retry_after_seconds),
        _ if error.is_passing() && !error.is_unknown() => Some(USUAL_PAUSE),
        _ => None,
    }
}

fn troubled(dispatch: Value, error: &GitHubError) -> Value {
    let mut answer = json!({ "dispatch": dispatch, "trouble": error.to_string() });
    // Looking and cancelling may be repeated, whatever came of it.
    let pause = match error {
        GitHubError::RateLimited {
            retry_after_seconds,
        } => Some(*retry_after_seconds),
        _ => error.is_passing().then_some(USUAL_PAUSE),
    };
    if let Some(seconds) = pause {
        answer["retry_after_seconds"] = seconds.into();
    }
    answer
}

/// Which workflow run came of a dispatch, where that is known.
fn workflow_run(dispatch: &Value) -> Option<(RepoName, u64)> {
    let id = dispatch["github_run_id"].as_str()?.parse().ok()?;
    let repository = RepoName::parse(dispatch["repository"].as_str()?).ok()?;
    Some((repository, id))
}

/// The run first: where that is over, its jobs are too.
async fn look(
    github: &Calls<'_>,
    repository: &RepoName,
    id: u64,
) -> Result<(WorkflowRun, Jobs), GitHubError> {
    let run = github.workflow_run(repository, id).await?;
    Ok((run, github.workflow_jobs(repository, id).await?))
}

fn shown(run: &WorkflowRun, jobs: &Jobs) -> Value {
    let one = |job: &Job| {
        json!({
            "id": job.id, "name": job.name, "status": job.status, "conclusion": job.conclusion,
            "url": job.html_url, "started_at": job.started_at, "completed_at": job.completed_at,
        })
    };
    json!({
        "status": run.status, "conclusion": run.conclusion, "url": run.html_url,
        "total_jobs": jobs.total_count, "jobs": jobs.jobs.iter().map(one).collect::<Vec<_>>(),
    })
}
