//! The environment of a step. Nothing of the worker's own is inherited unless it is listed here
//! or named by the runbook's `secrets`.

use super::folder::RunFolder;
use ops_core::api::{ClaimedRun, Object};
use ops_runbook::{env_text, param_env_name, step_env_name};
use std::collections::{BTreeMap, HashMap};
use std::path::Path;

/// What programs need to work at all. Not here, on purpose: `ACTIONS_*`, `GITHUB_*`, `RUNNER_*`,
/// `OPS_*` (tokens and file-command paths) and everything unknown.
const INHERITED: [&str; 23] = [
    "PATH",
    "HOME",
    "USER",
    "LOGNAME",
    "SHELL",
    "LANG",
    "LANGUAGE",
    "TZ",
    "TMPDIR",
    "TERM",
    "COLORTERM",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "ALL_PROXY",
    "http_proxy",
    "https_proxy",
    "no_proxy",
    "all_proxy",
    "LD_LIBRARY_PATH",
    "CI",
];
const INHERITED_PREFIX: &str = "LC_";

pub type Variables = BTreeMap<String, String>;

/// Values of the named variables of the worker's environment; or the names that are missing.
pub fn secrets(
    environment: &HashMap<String, String>,
    names: &[String],
) -> Result<Variables, Vec<String>> {
    let present = |name: &&String| {
        environment
            .get(*name)
            .is_some_and(|value| !value.is_empty())
    };
    let missing: Vec<String> = names.iter().filter(|n| !present(n)).cloned().collect();
    if !missing.is_empty() {
        return Err(missing);
    }
    Ok(names
        .iter()
        .filter_map(|name| Some((name.clone(), environment.get(name)?.clone())))
        .collect())
}

/// What is the same for all steps of a run.
pub fn of_run(
    environment: &HashMap<String, String>,
    run: &ClaimedRun,
    secrets: &Variables,
    worker_id: &str,
    folder: &RunFolder,
    workspace: &Path,
) -> Variables {
    let mut variables: Variables = environment
        .iter()
        .filter(|(name, _)| {
            INHERITED.contains(&name.as_str()) || name.starts_with(INHERITED_PREFIX)
        })
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    for (name, value) in &run.params {
        variables.insert(param_env_name(name), env_text(value));
    }
    variables.extend(secrets.clone());
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    variables.extend(
        [
            ("OPS_RUN_ID", run.run_id.clone()),
            ("OPS_ATTEMPT", run.attempt.to_string()),
            ("OPS_LANE", run.lane.clone()),
            ("OPS_ENV", text(&run.env)),
            ("OPS_REPO", text(&run.repo)),
            ("OPS_INTENT", text(&run.intent)),
            ("OPS_RUN_DIR", folder.path().to_string_lossy().into_owned()),
            ("OPS_WORKSPACE", workspace.to_string_lossy().into_owned()),
            ("OPS_WORKER_ID", worker_id.to_string()),
        ]
        .map(|(name, value)| (name.to_string(), value)),
    );
    variables
}

/// The outputs of one step, for those after it.
pub fn add_outputs(variables: &mut Variables, step: &str, outputs: &Object) {
    for (key, value) in outputs {
        variables.insert(step_env_name(step, key), env_text(value));
    }
}

/// A NUL cannot stand in an environment; a parameter may hold one.
pub fn to_list(variables: Variables) -> Vec<(String, String)> {
    variables
        .into_iter()
        .map(|(name, value)| (name, value.replace('\0', "\u{fffd}")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_secret_is_named() {
        let environment = HashMap::from([("A".into(), "x".into()), ("EMPTY".into(), "".into())]);
        let names = ["A", "B", "EMPTY"].map(str::to_string);
        assert_eq!(
            secrets(&environment, &names),
            Err(vec!["B".to_string(), "EMPTY".to_string()])
        );
    }
}
