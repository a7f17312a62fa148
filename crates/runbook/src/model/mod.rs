//! The runbook as types. Their JSON is the canonical form: it is what is frozen into a run, and
//! it is itself a valid runbook, because durations are plain seconds there.

mod http;
mod spec_kit;
mod status;
mod tries;
mod whole;
mod workflow;

pub use http::{Expect, HttpCall, HttpMethod};
pub use spec_kit::{FailOn, SpecFormat, SpecGeneration, SpecKitCall, SpecSubject, SpecValidation};
pub use status::{InvalidStatus, StatusMatch, WantedStatus};
pub use tries::{Count, InvalidPause, Pause, Probe, Retry, WaitFor};
pub use whole::{Concurrency, OnInterrupt};
pub use workflow::WorkflowCall;

use ops_core::api::ArtifactKind;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Runbook {
    /// Of the format; 1.
    pub version: u32,
    pub slug: String,
    pub title: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_lane: Option<String>,
    /// Of one attempt, in seconds.
    #[serde(rename = "timeout", default, skip_serializing_if = "Option::is_none")]
    pub timeout_seconds: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_attempts: Option<u32>,
    /// In seconds, within `ops_core::limits::LEASE_SECONDS`.
    #[serde(rename = "lease", default, skip_serializing_if = "Option::is_none")]
    pub lease_seconds: Option<u32>,
    #[serde(default, skip_serializing_if = "OnInterrupt::is_default")]
    pub on_interrupt: OnInterrupt,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub concurrency: Option<Concurrency>,
    /// JSON Schema of the parameters, always in the full form: an object schema with
    /// `properties`, `required` and `additionalProperties`.
    pub params: Value,
    /// Variables of the worker's own environment that the steps get, and whose values are masked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub secrets: Vec<String>,
    pub steps: Vec<Step>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step {
    pub id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Source of an [`crate::Expr`]; absent means `success()`.
    #[serde(rename = "if", default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
    /// Of one try, in seconds. `wait_for` has its own.
    #[serde(rename = "timeout", default, skip_serializing_if = "Option::is_none")]
    pub timeout_seconds: Option<u32>,
    /// Values may hold `{{ … }}`: interpolate before use.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub env: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Workdir::is_default")]
    pub workdir: Workdir,
    /// Files that are kept after the step.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub artifacts: Vec<ArtifactFile>,
    /// Only of `run` and `http`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry: Option<Retry>,
    /// The step's failure is not the run's: later steps go on as after a success.
    #[serde(default, skip_serializing_if = "is_false")]
    pub continue_on_error: bool,
    /// Started by one attempt at most: later ones keep what it left. Never with `retry`.
    #[serde(default, skip_serializing_if = "is_false")]
    pub once: bool,
    #[serde(flatten)]
    pub kind: StepKind,
}

/// What a step does. In JSON and YAML the name of the variant is the key: `run: …`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepKind {
    /// Shell text for `bash -euo pipefail`, or `sh -eu` where there is no bash.
    Run(String),
    /// Leaves an artifact without a shell.
    Artifact(ArtifactSpec),
    /// One HTTP request, sent by the worker itself.
    Http(Box<HttpCall>),
    /// Asks again and again until something is so.
    WaitFor(WaitFor),
    /// Starts a workflow at GitHub and follows that very run.
    Workflow(WorkflowCall),
    /// Generates or checks a bundle, in the worker itself.
    SpecKit(SpecKitCall),
}

impl StepKind {
    pub fn as_str(&self) -> &'static str {
        match self {
            StepKind::Run(_) => "run",
            StepKind::Artifact(_) => "artifact",
            StepKind::Http(_) => "http",
            StepKind::WaitFor(_) => "wait_for",
            StepKind::Workflow(_) => "workflow",
            StepKind::SpecKit(_) => "spec_kit",
        }
    }
}

fn is_false(value: &bool) -> bool {
    !value
}

/// Where a step starts.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Workdir {
    /// `run`: the run's own folder, `OPS_RUN_DIR`.
    #[default]
    Run,
    /// `workspace`: the folder in which the worker was started, `OPS_WORKSPACE`. Parallel runs
    /// share it.
    Workspace,
    /// A path below the run's own folder, without `..`.
    Below(String),
}

impl Workdir {
    fn is_default(&self) -> bool {
        *self == Workdir::Run
    }
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no folder below the run's own folder")]
pub struct InvalidWorkdir(pub String);

impl TryFrom<String> for Workdir {
    type Error = InvalidWorkdir;

    fn try_from(text: String) -> Result<Self, InvalidWorkdir> {
        match text.as_str() {
            "run" => Ok(Workdir::Run),
            "workspace" => Ok(Workdir::Workspace),
            _ if crate::names::is_path_below(&text) => Ok(Workdir::Below(text)),
            _ => Err(InvalidWorkdir(text)),
        }
    }
}

impl From<Workdir> for String {
    fn from(workdir: Workdir) -> String {
        match workdir {
            Workdir::Run => "run".into(),
            Workdir::Workspace => "workspace".into(),
            Workdir::Below(path) => path,
        }
    }
}

/// A file that is kept after a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArtifactFile {
    /// Where nothing is said, the path.
    pub name: String,
    /// Relative to the step's working folder, without `..`.
    pub path: String,
    /// Where nothing is said, by the ending: `.md`, `.diff`, `.patch`, `.json`, else a file.
    pub kind: ArtifactKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mime: Option<String>,
}

/// What an `artifact` step leaves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArtifactSpec {
    /// May hold `{{ … }}`.
    pub name: String,
    pub kind: ArtifactKind,
    #[serde(flatten)]
    pub source: ArtifactSource,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mime: Option<String>,
}

/// Where the bytes of an artifact come from. The name of the variant is the key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ArtifactSource {
    /// Text that may hold `{{ … }}`.
    Content(String),
    /// Relative to the step's working folder, without `..`.
    Path(String),
    /// May hold `{{ … }}`; after that it has to pass [`crate::is_web_url`].
    Url(String),
}
