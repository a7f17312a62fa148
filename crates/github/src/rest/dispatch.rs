use super::exchange::{Ask, Fields, value};
use super::{Calls, GitHubError, GitRef, RepoName, WorkflowName};
use serde_json::{Map, Value};

/// Inputs of one dispatch.
pub const INPUTS: usize = 25;
/// All of them as JSON.
pub const INPUT_BYTES: usize = 65_535;

/// A workflow was started.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dispatched {
    /// Of the run. GitHub Enterprise Server may not say.
    pub run_id: Option<u64>,
    /// Of the run, for people. A stranger's text as all others: check it before it becomes a link.
    pub html_url: Option<String>,
}

impl Calls<'_> {
    /// Starts a workflow that has `workflow_dispatch`. Values are texts, numbers or booleans, and travel
    /// as texts, which is what the forms of GitHub send.
    ///
    /// Where the error is [`is_unknown`](GitHubError::is_unknown), a run may have been started all the
    /// same, and nobody knows which.
    pub async fn dispatch_workflow(
        &self,
        repo: &RepoName,
        workflow: &WorkflowName,
        git_ref: &GitRef,
        inputs: &Map<String, Value>,
    ) -> Result<Dispatched, GitHubError> {
        let inputs = texts(inputs)?;
        let mut body = Map::new();
        body.insert("ref".into(), git_ref.to_string().into());
        body.insert("inputs".into(), inputs.into());
        let older = Value::Object(body.clone());
        body.insert("return_run_details".into(), true.into());
        let body = Value::Object(body);
        let ask = |body| Ask {
            method: "POST",
            path: format!("/repos/{repo}/actions/workflows/{workflow}/dispatches"),
            body: Some(body),
        };
        let answer = match self.exchange(repo, ask(&body)).await {
            // An older Enterprise Server refuses a field that it does not know, and has done nothing.
            Err(GitHubError::Malformed(_)) => self.exchange(repo, ask(&older)).await?,
            answer => answer?,
        };
        // It is started: an answer that cannot be read is no reason to say that it is not.
        let said = value(&answer).unwrap_or_default();
        let said = Fields(&said);
        Ok(Dispatched {
            run_id: said.number("workflow_run_id"),
            html_url: said.maybe("html_url"),
        })
    }
}

fn texts(inputs: &Map<String, Value>) -> Result<Map<String, Value>, GitHubError> {
    if inputs.len() > INPUTS {
        let count = inputs.len();
        return invalid(format!("{count} inputs; GitHub takes {INPUTS}"));
    }
    let mut texts = Map::new();
    for (name, value) in inputs {
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Bool(_) | Value::Number(_) => value.to_string(),
            _ => {
                let name = crate::text::quoted(name);
                return invalid(format!("the input {name} is no text, number or boolean"));
            }
        };
        texts.insert(name.clone(), text.into());
    }
    let bytes = serde_json::to_vec(&texts).map_or(0, |json| json.len());
    match bytes > INPUT_BYTES {
        true => invalid(format!(
            "inputs of {bytes} bytes; GitHub takes {INPUT_BYTES}"
        )),
        false => Ok(texts),
    }
}

fn invalid<T>(why: String) -> Result<T, GitHubError> {
    Err(GitHubError::Invalid(why))
}
