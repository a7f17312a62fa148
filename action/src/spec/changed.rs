//! On a pull request only what it touches is checked: the bundles of which a file, or the document that
//! they were made from, differs from the base.

use crate::environment::Environment;
use ops_spec_kit::bundle::{Bundle, Scope as Kind};
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
    /// Folders of bundles and documents on their own; so many, of so many that there are.
    Changed {
        paths: Vec<PathBuf>,
        of: (usize, usize),
    },
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
            let all = ops_spec_files::bundles(root, &[PathBuf::from(".")]);
            let all = all.unwrap_or_default();
            let touched: Vec<&Bundle> =
                all.iter().filter(|b| is_touched(b, &all, &files)).collect();
            let of_root =
                |bundle: &&Bundle| bundle.directory.is_empty() && bundle.scope == Kind::Bundle;
            match touched.iter().any(of_root) {
                true => Scope::Unknown("the workspace itself is a bundle".into()),
                false => Scope::Changed {
                    paths: touched.iter().flat_map(|bundle| paths(bundle)).collect(),
                    of: (touched.len(), all.len()),
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

/// What stands at these paths in the base of a pull request, laid out below a folder, for rules that
/// compare with it. None where there is no pull request.
pub fn lay_out(
    environment: &Environment,
    root: &Path,
    paths: &[PathBuf],
    folder: &Path,
) -> Result<Option<()>, String> {
    let Some(base) = base(environment) else {
        return Ok(None);
    };
    let fault = |error: std::io::Error| format!("{}: {error}", folder.display());
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(fault(error)),
        _ => std::fs::create_dir_all(folder).map_err(fault)?,
    }
    let mut list = vec!["ls-tree", "-r", "-z", "--name-only", &base, "--"];
    let paths: Vec<String> = paths
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    list.extend(paths.iter().map(String::as_str));
    for name in git(root, &list)?.split(|byte| *byte == 0) {
        let name = String::from_utf8_lossy(name);
        let is_read = name
            .rsplit('/')
            .next()
            .is_some_and(ops_spec_files::is_wanted);
        if !is_read || Path::new(name.as_ref()).is_absolute() || name.contains("..") {
            continue;
        }
        let path = folder.join(name.as_ref());
        let text = git(root, &["show", &format!("{base}:./{name}")])?;
        let within = path.parent().unwrap_or(folder);
        std::fs::create_dir_all(within).map_err(fault)?;
        std::fs::write(&path, text).map_err(fault)?;
    }
    Ok(Some(()))
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

fn is_touched(bundle: &Bundle, all: &[Bundle], files: &BTreeSet<String>) -> bool {
    let source = bundle.source.as_ref().map(|source| source.source.file());
    files.iter().any(|file| {
        bundle.files.contains(file)
            || source == Some(file)
            || home(file, all) == Some(&bundle.directory)
    })
}

/// The folder of a bundle that a file is in, or was: one that was deleted stands in no bundle any more.
fn home<'a>(file: &str, all: &'a [Bundle]) -> Option<&'a String> {
    let folders = all.iter().filter(|bundle| bundle.scope == Kind::Bundle);
    let above = folders.map(|bundle| &bundle.directory).filter(|folder| {
        let rest = file.strip_prefix(folder.as_str());
        rest.is_some_and(|rest| rest.starts_with('/'))
    });
    above.max_by_key(|folder| folder.len())
}

/// The folder of a bundle; of a document on its own, the document: others may be below its folder.
fn paths(bundle: &Bundle) -> Vec<PathBuf> {
    match bundle.scope {
        Kind::Bundle => vec![PathBuf::from(&bundle.directory)],
        Kind::Single => bundle
            .documents()
            .map(|document| PathBuf::from(document.source.file()))
            .collect(),
    }
}
