use super::app::App;
use super::{Calls, GitHubError, RepoName};
use std::fmt;

/// By what right we ask. Not shown by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub enum Credentials {
    /// A personal access token, best a fine-grained one with `actions: write` for one repository, or
    /// the token of a job.
    Token(String),
    /// An app, whose tokens live for an hour and are for one repository each. Builds without the feature
    /// `app` refuse it.
    App {
        /// The app's id or its client id.
        app_id: String,
        /// As GitHub gives it, PKCS #1 or PKCS #8.
        private_key_pem: String,
    },
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Credentials::Token(_) => f.write_str("Token(…)"),
            Credentials::App { app_id, .. } => write!(f, "App({app_id:?}, …)"),
        }
    }
}

/// Credentials that were read.
pub enum Keeper {
    Token(String),
    App(Box<App>),
}

impl Keeper {
    pub fn new(credentials: Credentials) -> Result<Self, GitHubError> {
        match credentials {
            Credentials::Token(token) => {
                // Pasted with a line break, mostly.
                let token = token.trim();
                let is_fine = !token.is_empty() && token.bytes().all(|b| b.is_ascii_graphic());
                match is_fine {
                    true => Ok(Keeper::Token(token.into())),
                    false => Err(GitHubError::Invalid(
                        "the token of GitHub is empty, or has characters that no token has".into(),
                    )),
                }
            }
            Credentials::App {
                app_id,
                private_key_pem,
            } => {
                let app = App::read(app_id, &private_key_pem)?;
                Ok(Keeper::App(Box::new(app)))
            }
        }
    }
}

impl Calls<'_> {
    /// A token that is good for this repository.
    pub(super) async fn token(&self, repo: &RepoName) -> Result<String, GitHubError> {
        match &self.github.keeper {
            Keeper::Token(token) => Ok(token.clone()),
            Keeper::App(app) => app.token(self, repo).await,
        }
    }

    /// GitHub refuses this token: the next call gets another one, where there can be one.
    pub(super) fn forget(&self, repo: &RepoName) {
        match &self.github.keeper {
            Keeper::Token(_) => {}
            Keeper::App(app) => app.forget(repo),
        }
    }
}
