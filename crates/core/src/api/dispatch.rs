use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// GitHub's own limit for `workflow_dispatch`.
pub const DISPATCH_INPUTS: usize = 25;

/// Scale from zero: the workflow that is started when runs are queued in a lane that no worker serves.
/// What is not said stays as it was; empty: the lane has no such rule any more.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DispatchRule {
    /// `owner/name`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repository: Option<String>,
    /// File name below `.github/workflows`, such as `worker.yml`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workflow: Option<String>,
    /// Branch or tag; `main` where nothing is said.
    #[serde(default, rename = "ref", skip_serializing_if = "Option::is_none")]
    pub git_ref: Option<String>,
    /// At most so many in any hour, 1 to 100; 20 where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_hour: Option<u32>,
    /// Beside `lanes`, which names the lane.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub inputs: BTreeMap<String, String>,
}

impl DispatchRule {
    /// Of `octo/infra/worker.yml`; `None` where it has not these three parts.
    pub fn of(workflow: &str) -> Option<Self> {
        let parts: Vec<_> = workflow.split('/').collect();
        let [owner, name, file] = parts[..] else {
            return None;
        };
        Some(DispatchRule {
            repository: Some(format!("{owner}/{name}")),
            workflow: Some(file.into()),
            ..DispatchRule::default()
        })
    }

    pub fn is_empty(&self) -> bool {
        *self == DispatchRule::default()
    }
}

/// `dispatch.create`: by the rule of a lane, or of a workflow in a repository that some rule names.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct NewDispatch {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lane: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repository: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workflow: Option<String>,
    #[serde(default, rename = "ref", skip_serializing_if = "Option::is_none")]
    pub git_ref: Option<String>,
    /// At most 25, all text.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub inputs: BTreeMap<String, String>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
pub struct Dispatch {
    pub id: String,
    pub lane: Option<String>,
    pub cause: DispatchCause,
    pub repository: String,
    pub workflow: String,
    #[serde(rename = "ref")]
    pub git_ref: String,
    pub inputs: BTreeMap<String, String>,
    pub status: DispatchStatus,
    pub github_run_id: Option<String>,
    /// Page of the workflow run.
    pub url: Option<String>,
    pub error: Option<String>,
    pub requested_by: String,
    pub requested_at: String,
    pub answered_at: Option<String>,
    pub closed_at: Option<String>,
    /// Where a step of a run asked for it.
    #[serde(default)]
    pub run_id: Option<String>,
    #[serde(default)]
    pub step: Option<String>,
    /// The first attempt that asked.
    #[serde(default)]
    pub attempt: Option<u32>,
    /// Of one that is `refused` for a while: the same call after so many seconds sends it again.
    #[serde(default)]
    pub retry_after_seconds: Option<u32>,
    /// Of a step's: what GitHub said at its end, such as `success`.
    #[serde(default)]
    pub conclusion: Option<String>,
    /// Somebody asked GitHub to cancel it.
    #[serde(default)]
    pub cancel_at: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum DispatchCause {
    Operator,
    /// Runs were queued, and nobody was there.
    Queue,
    /// A step of kind `workflow`.
    Step,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum DispatchStatus {
    Sending,
    /// GitHub took it.
    Sent,
    /// A worker of the lane was heard of.
    Arrived,
    /// None was within ten minutes.
    Absent,
    Refused,
    /// Whether GitHub took it is not known.
    Unknown,
}
