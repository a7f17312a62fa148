use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What starts a workflow without letting a stranger's code in; the events of a rule that names none.
pub const TRUSTED_EVENTS: [&str; 4] = [
    "workflow_dispatch",
    "repository_dispatch",
    "schedule",
    "push",
];

/// `workers.exchange`: the identity token of a workflow job for a worker's token. With the current
/// worker's token as the bearer, the same worker gets its next one.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
pub struct Exchange {
    /// At most 16 KiB; made for the audience of this control room, good once.
    pub oidc_token: String,
    /// Empty: all that the rule allows. Not looked at where a token is renewed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lanes: Vec<String>,
    /// The beginning of the worker's id; the repository's name where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
pub struct Exchanged {
    pub token: String,
    /// The only worker that the token may act as.
    pub worker_id: String,
    pub lanes: Vec<String>,
    pub expires_at: String,
    pub expires_in_seconds: u64,
}

/// What an issuer said of a job: `repository`, `repository_id`, `repository_owner_id`, `workflow`, `ref`,
/// `sha`, `environment`, `event`, `runner`, `run_id`, `run_attempt`, `actor`, and `url`, the job's page.
pub type Identity = Map<String, Value>;

/// `trust.add`. Absent: anything goes.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct NewTrustRule {
    /// `owner/name`; its ids are looked up once, where they are not given.
    pub repository: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repository_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repository_owner_id: Option<String>,
    /// GitHub's where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// Path of the workflow that runs, such as `.github/workflows/worker.yml`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workflow: Option<String>,
    /// The reusable workflow that the job is of, such as `octo/shared/.github/workflows/worker.yml`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub job_workflow: Option<String>,
    /// Whole, such as `refs/heads/main`.
    #[serde(default, rename = "ref", skip_serializing_if = "Option::is_none")]
    pub git_ref: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// Empty: `workflow_dispatch`, `repository_dispatch`, `schedule` and `push`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runner: Option<RunnerKind>,
    /// Empty: all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lanes: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum RunnerKind {
    GithubHosted,
    SelfHosted,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
pub struct TrustRule {
    pub id: String,
    pub issuer: String,
    /// As it was called when the rule was made.
    pub repository: String,
    pub repository_id: String,
    pub repository_owner_id: String,
    pub workflow: Option<String>,
    pub job_workflow: Option<String>,
    #[serde(rename = "ref")]
    pub git_ref: Option<String>,
    pub environment: Option<String>,
    pub events: Vec<String>,
    pub runner: Option<RunnerKind>,
    /// Empty: all.
    pub lanes: Vec<String>,
    pub created_by: String,
    pub created_at: String,
}

/// `trust.remove`: tokens that came by the rule end with it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
pub struct TrustRemoved {
    pub id: String,
    /// Tokens that were still good.
    pub revoked: u64,
}
