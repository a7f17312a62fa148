//! On a pull request only what it touches is checked: the bundles of which a file, or the document that
//! they were made from, differs from the base.

use crate::environment::Environment;
use ops_spec_kit::bundle::Bundle;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What there is to check.
#[derive(Debug, PartialEq, Eq)]
pub enum Scope {
    /// No pull request.
    Workspace,
    /// One of which nobody can say what it changes, with the reason.
    Unknown(String),
    /// Folders of bundles, of so many that there are.
    Changed { folders: Vec<PathBuf>, of: usize },
}

/// The configuration of all bundles.
const CONFIGURATION: &str = "spec-kit.toml";

pub fn scope(environment: &Environment, root: &Path) -> Scope {
    let Some(base) = base(environment) else {
        return Scope::Workspace;
    };
    match files(root, &base) {
        Err(why) => Scope::Unknown(why),
        Ok(files) if files.contains(CONFIGURATION) => {
            Scope::Unknown(format!("{CONFIGURATION} changed, which is for all of them"))
        }
        Ok(files) => {
            // What cannot be read is told by the check itself.
            let all = ops_spec_files::bundles(root, &[PathBuf::from(".")], &[]);
            let all = all.unwrap_or_default();
            let folders = touched(&all, &files);
            match folders.iter().any(String::is_empty) {
                true => Scope::Unknown("the workspace itself is a bundle".into()),
                false => Scope::Changed {
                    folders: folders.into_iter().map(PathBuf::from).collect(),
                    of: all.len(),
                },
            }
        }
    }
}

/// The commit that a pull request starts from.
fn base(environment: &Environment) -> Option<String> {
    let name = environment.get("GITHUB_EVENT_NAME")?;
    if !matches!(name, "pull_request" | "pull_request_target") {
        return None;
    }
    let event = std::fs::read(environment.get("GITHUB_EVENT_PATH")?).ok()?;
    let event: serde_json::Value = serde_json::from_slice(&event).ok()?;
    let sha = event["pull_request"]["base"]["sha"].as_str()?;
    let is_sha = sha.len() >= 40 && sha.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_sha.then(|| sha.to_string())
}

/// Paths that differ between two trees, deleted ones too, seen from the root.
fn files(root: &Path, base: &str) -> Result<BTreeSet<String>, String> {
    if git(root, &["cat-file", "-e", &format!("{base}^{{commit}}")]).is_err() {
        let short = base.get(..12).unwrap_or(base);
        return Err(format!(
            "the checkout has not the base of the pull request, {short}; \
             `fetch-depth: 0` of actions/checkout brings it"
        ));
    }
    // `--relative`: the workspace may be a folder of the repository.
    let named = git(
        root,
        &[
            "diff",
            "--name-only",
            "--no-renames",
            "--relative",
            "-z",
            base,
            "HEAD",
            "--",
        ],
    )?;
    let paths = named
        .split(|byte| *byte == 0)
        .filter(|path| !path.is_empty());
    Ok(paths
        .map(|path| String::from_utf8_lossy(path).into_owned())
        .collect())
}

fn git(root: &Path, arguments: &[&str]) -> Result<Vec<u8>, String> {
    // The checkout belongs to another user where the job runs in a container.
    let safe = format!("safe.directory={}", root.display());
    let output = Command::new("git")
        .arg("-C")
        .arg(root)
        .args(["-c", &safe])
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("git does not start: {error}"))?;
    match output.status.success() {
        true => Ok(output.stdout),
        false => {
            let said = String::from_utf8_lossy(&output.stderr);
            let said = said.lines().next().unwrap_or_default().trim();
            Err(format!("git says: {said}"))
        }
    }
}

/// Folders of the bundles that a change touches, each once.
fn touched(bundles: &[Bundle], files: &BTreeSet<String>) -> BTreeSet<String> {
    let is_touched = |bundle: &&Bundle| {
        let own = format!("{}/", bundle.directory);
        let source = bundle.source.as_ref().map(|source| source.source.file());
        // A file that was deleted stands in no bundle any more, but in its folder.
        files.iter().any(|file| {
            bundle.files.contains(file) || source == Some(file) || file.starts_with(&own)
        })
    };
    let touched = bundles.iter().filter(is_touched);
    touched.map(|bundle| bundle.directory.clone()).collect()
}
