//! The step kind `workflow`.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One run of a workflow at GitHub, started by the control room and followed to its end. Repository and
/// file are as they are written, so that whoever reads the runbook sees what it may start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkflowCall {
    /// `owner/name`.
    pub repository: String,
    /// File name below `.github/workflows`, such as `deploy.yml`.
    pub workflow: String,
    /// Branch or tag; may hold `{{ … }}`.
    #[serde(rename = "ref", default = "usual_ref", skip_serializing_if = "is_main")]
    pub git_ref: String,
    /// At most 25; values may hold `{{ … }}`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub inputs: BTreeMap<String, String>,
}

impl WorkflowCall {
    /// The branch where nothing is said.
    pub const REF: &'static str = "main";
}

fn usual_ref() -> String {
    WorkflowCall::REF.into()
}

fn is_main(git_ref: &str) -> bool {
    git_ref == WorkflowCall::REF
}
