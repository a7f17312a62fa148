//! Stands where this build cannot sign with the key of a GitHub App.

use super::{Calls, GitHubError, RepoName};

pub enum App {}

impl App {
    pub fn read(_id: String, _pem: &str) -> Result<Self, GitHubError> {
        Err(GitHubError::Invalid(
            "this build has no GitHub Apps, which would make it too large; give it a token".into(),
        ))
    }

    pub async fn token(&self, _calls: &Calls<'_>, _repo: &RepoName) -> Result<String, GitHubError> {
        match *self {}
    }

    pub fn forget(&self, _repo: &RepoName) {
        match *self {}
    }
}
