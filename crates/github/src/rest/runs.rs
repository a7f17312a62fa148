use super::exchange::{Ask, Fields, read, unreadable, value};
use super::{Calls, GitHubError, RepoName};
use serde::Serialize;
use serde_json::Value;

/// A run of a workflow. Words are GitHub's, and there may be new ones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WorkflowRun {
    pub id: u64,
    /// `queued`, `in_progress`, `completed`, `waiting`, `requested`, `pending`
    pub status: Option<String>,
    /// Of a completed one: `success`, `failure`, `cancelled`, `skipped`, `timed_out`, `neutral`,
    /// `action_required`, `stale`, `startup_failure`
    pub conclusion: Option<String>,
    pub html_url: String,
    pub event: String,
    pub head_branch: Option<String>,
    pub head_sha: String,
    /// From 1.
    pub run_attempt: Option<u64>,
    pub display_title: Option<String>,
    /// RFC 3339, as the next one.
    pub created_at: String,
    pub updated_at: String,
}

impl WorkflowRun {
    pub fn is_over(&self) -> bool {
        self.status.as_deref() == Some("completed")
    }

    pub fn is_success(&self) -> bool {
        self.is_over() && self.conclusion.as_deref() == Some("success")
    }
}

/// The jobs of a run's latest attempt: the first hundred, and how many there are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Jobs {
    pub total_count: u64,
    pub jobs: Vec<Job>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Job {
    pub id: u64,
    pub name: String,
    /// As of a run.
    pub status: String,
    pub conclusion: Option<String>,
    pub html_url: Option<String>,
    pub started_at: Option<String>,
    pub completed_at: Option<String>,
    pub runner_name: Option<String>,
}

/// What became of a wish to cancel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cancel {
    /// It will end, if its jobs let themselves be ended.
    Asked,
    /// It had ended before.
    AlreadyOver,
}

impl Calls<'_> {
    pub async fn workflow_run(&self, repo: &RepoName, id: u64) -> Result<WorkflowRun, GitHubError> {
        let path = format!("/repos/{repo}/actions/runs/{id}");
        let (run, id) = read(&self.exchange(repo, Ask::get(path)).await?)?;
        let fields = Fields(&run);
        Ok(WorkflowRun {
            id,
            status: fields.maybe("status"),
            conclusion: fields.maybe("conclusion"),
            html_url: fields.text("html_url"),
            event: fields.text("event"),
            head_branch: fields.maybe("head_branch"),
            head_sha: fields.text("head_sha"),
            run_attempt: fields.number("run_attempt"),
            display_title: fields.maybe("display_title"),
            created_at: fields.text("created_at"),
            updated_at: fields.text("updated_at"),
        })
    }

    pub async fn workflow_jobs(&self, repo: &RepoName, id: u64) -> Result<Jobs, GitHubError> {
        let path = format!("/repos/{repo}/actions/runs/{id}/jobs?per_page=100");
        let answer = self.exchange(repo, Ask::get(path)).await?;
        let value = value(&answer)?;
        let jobs = value.get("jobs").and_then(Value::as_array);
        let jobs: Option<Vec<Job>> = jobs.and_then(|jobs| jobs.iter().map(job).collect());
        Ok(Jobs {
            total_count: Fields(&value).number("total_count").unwrap_or_default(),
            jobs: jobs.ok_or_else(|| unreadable(&answer))?,
        })
    }

    /// May be repeated without harm.
    pub async fn cancel_run(&self, repo: &RepoName, id: u64) -> Result<Cancel, GitHubError> {
        let ask = Ask {
            method: "POST",
            path: format!("/repos/{repo}/actions/runs/{id}/cancel"),
            body: None,
        };
        match self.exchange(repo, ask).await {
            Ok(_) => Ok(Cancel::Asked),
            Err(GitHubError::Conflict(_)) => Ok(Cancel::AlreadyOver),
            Err(error) => Err(error),
        }
    }
}

fn job(value: &Value) -> Option<Job> {
    let fields = Fields(value);
    Some(Job {
        id: fields.number("id")?,
        name: fields.text("name"),
        status: fields.text("status"),
        conclusion: fields.maybe("conclusion"),
        html_url: fields.maybe("html_url"),
        started_at: fields.maybe("started_at"),
        completed_at: fields.maybe("completed_at"),
        runner_name: fields.maybe("runner_name"),
    })
}
