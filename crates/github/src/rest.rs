//! GitHub's REST API, as far as runs need it: what a repository is, start a workflow, watch it, end it.
//!
//! Nothing is repeated here, except what was certainly not done: whoever calls knows whether a repeat
//! is harmless.

#[cfg(feature = "app")]
mod app;
#[cfg(not(feature = "app"))]
#[path = "rest/no_app.rs"]
mod app;
mod credentials;
mod dispatch;
mod error;
mod exchange;
mod names;
mod repository;
mod runs;

pub use credentials::Credentials;
pub use dispatch::{Dispatched, INPUT_BYTES, INPUTS};
pub use error::{Effect, GitHubError};
pub use names::{GitRef, RepoName, WorkflowName};
pub use repository::Repository;
pub use runs::{Cancel, Job, Jobs, WorkflowRun};

use crate::text::is_base;
use credentials::Keeper;
use ops_core::port::Transport;
use std::sync::Arc;

/// The API of github.com.
pub const GITHUB_API: &str = "https://api.github.com";

/// One GitHub, and what we may do there. Cheap to share; a value of it keeps tokens it was given.
pub struct GitHub {
    transport: Arc<dyn Transport>,
    base: String,
    keeper: Keeper,
}

impl GitHub {
    /// `api_base` is `https://api.github.com`, or `https://HOST/api/v3` of an Enterprise Server. What is
    /// wrong with an argument is `GitHubError::Invalid`.
    pub fn new(
        transport: Arc<dyn Transport>,
        credentials: Credentials,
        api_base: &str,
    ) -> Result<Self, GitHubError> {
        if !is_base(api_base) {
            let said = crate::text::quoted(api_base);
            return Err(GitHubError::Invalid(format!(
                "{said} is no address of an API: https, a host, no slash at the end"
            )));
        }
        Ok(GitHub {
            transport,
            base: api_base.into(),
            keeper: Keeper::new(credentials)?,
        })
    }

    /// The calls, as of now: tokens end, and GitHub tells by its clock when it wants to be asked again.
    pub fn at(&self, now_unix_seconds: i64) -> Calls<'_> {
        Calls {
            github: self,
            now: now_unix_seconds,
        }
    }
}

/// The calls of one moment. Each is one request of at most ten seconds; with credentials of an app up
/// to two more, where there is no token yet.
#[derive(Clone, Copy)]
pub struct Calls<'a> {
    github: &'a GitHub,
    now: i64,
}
