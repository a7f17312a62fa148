//! Names of people, checked before they become part of an address: none of them can lead elsewhere.

use super::GitHubError;
use crate::text::quoted;
use std::fmt;

/// `owner/name`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RepoName {
    owner: String,
    name: String,
}

impl RepoName {
    pub fn new(owner: &str, name: &str) -> Result<Self, GitHubError> {
        // Logins have letters, digits and hyphens; those of an enterprise an underscore too.
        if !is_made_of(owner, 39, b"-_") {
            return Err(invalid(owner, "no owner of a repository"));
        }
        if !is_made_of(name, 100, b"-_.") || matches!(name, "." | "..") {
            return Err(invalid(name, "no name of a repository"));
        }
        Ok(RepoName {
            owner: owner.into(),
            name: name.into(),
        })
    }

    pub fn parse(text: &str) -> Result<Self, GitHubError> {
        let parts = text.split_once('/');
        let (owner, name) = parts.ok_or_else(|| invalid(text, "no owner/name"))?;
        Self::new(owner, name)
    }

    pub fn owner(&self) -> &str {
        &self.owner
    }

    pub fn name(&self) -> &str {
        &self.name
    }
}

impl fmt::Display for RepoName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.owner, self.name)
    }
}

/// The file of a workflow: `worker.yml`, also given as `.github/workflows/worker.yml`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkflowName(String);

impl WorkflowName {
    pub fn parse(text: &str) -> Result<Self, GitHubError> {
        let file = text.strip_prefix(".github/workflows/").unwrap_or(text);
        let stem = file.strip_suffix(".yml").or(file.strip_suffix(".yaml"));
        match stem.is_some_and(|stem| is_made_of(stem, 200, b"-_.")) {
            true => Ok(WorkflowName(file.into())),
            false => Err(invalid(text, "no file of a workflow such as worker.yml")),
        }
    }
}

impl fmt::Display for WorkflowName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A branch or a tag: `main`, `refs/heads/main`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GitRef(String);

impl GitRef {
    /// By the rules of `git check-ref-format`, as far as they keep texts apart that are no refs.
    pub fn parse(text: &str) -> Result<Self, GitHubError> {
        let is_wrong = |c: char| c.is_control() || c.is_whitespace() || "~^:?*[\\".contains(c);
        let is_part = |part: &str| !part.is_empty() && !part.starts_with('.');
        let is_fine = (1..=255).contains(&text.len())
            && !text.contains(is_wrong)
            && !text.contains("..")
            && !text.contains("@{")
            && !text.starts_with('-')
            && !text.ends_with('.')
            && text.split('/').all(is_part);
        match is_fine {
            true => Ok(GitRef(text.into())),
            false => Err(invalid(text, "no branch or tag")),
        }
    }
}

impl fmt::Display for GitRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn is_made_of(text: &str, most: usize, marks: &[u8]) -> bool {
    (1..=most).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || marks.contains(&b))
}

fn invalid(text: &str, why: &str) -> GitHubError {
    GitHubError::Invalid(format!("{} is {why}", quoted(text)))
}
