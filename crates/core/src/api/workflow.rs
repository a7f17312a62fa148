//! A workflow that a step of a run starts, and follows to its end.

use super::Dispatch;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// `dispatch.create` by whoever holds the run: the workflow of one step of it. Every attempt that asks gets
/// the same dispatch, and GitHub is asked once.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
pub struct StepDispatch {
    pub run_id: String,
    pub worker_id: String,
    pub attempt: u32,
    /// Its id, of at most 64 characters.
    pub step: String,
    /// `owner/name`; some lane's dispatch rule or some trust rule has to name it.
    pub repository: String,
    /// File name below `.github/workflows`, such as `deploy.yml`.
    pub workflow: String,
    /// Branch or tag.
    #[serde(rename = "ref")]
    pub git_ref: String,
    /// At most 25, each of at most 4,096 bytes.
    #[serde(default)]
    pub inputs: BTreeMap<String, String>,
}

/// Who holds the run of a step, and the step's dispatch: `dispatch.get` and `dispatch.cancel` of a worker.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
pub struct HeldDispatch {
    pub run_id: String,
    pub worker_id: String,
    pub attempt: u32,
    pub dispatch_id: String,
}

/// What became of a dispatch. With `workflow_run` only for whoever holds the run.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
pub struct Followed {
    pub dispatch: Dispatch,
    /// As GitHub has it now; absent where GitHub was not asked, or `trouble` says why it is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workflow_run: Option<WorkflowRun>,
    /// Why GitHub did not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trouble: Option<String>,
    /// Beside a `trouble` that passes: when to ask again, 1 to 3,600.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_seconds: Option<u32>,
}

/// A run of a workflow. Words are GitHub's, and there may be new ones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
pub struct WorkflowRun {
    /// `queued`, `in_progress`, `completed`, `waiting`, `requested`, `pending`
    pub status: Option<String>,
    /// Of a completed one: `success`, `failure`, `cancelled`, `skipped`, `timed_out`, …
    pub conclusion: Option<String>,
    /// Its page.
    pub url: String,
    /// Of its latest attempt; `jobs` has the first hundred.
    pub total_jobs: u64,
    pub jobs: Vec<WorkflowJob>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
pub struct WorkflowJob {
    pub id: u64,
    pub name: String,
    /// As of a run, and so is the conclusion.
    pub status: String,
    pub conclusion: Option<String>,
    pub url: Option<String>,
    /// RFC 3339, as the next one.
    pub started_at: Option<String>,
    pub completed_at: Option<String>,
}

impl WorkflowRun {
    pub fn is_over(&self) -> bool {
        self.status.as_deref() == Some("completed")
    }
}
