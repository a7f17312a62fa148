use super::exchange::{Ask, Fields, read, unreadable};
use super::{Calls, GitHubError, RepoName};

/// What a rule of trust is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repository {
    pub id: u64,
    pub owner_id: u64,
    /// As it is called now.
    pub full_name: String,
    pub default_branch: String,
}

impl Calls<'_> {
    /// `NotFound` also where the credentials may not see it.
    pub async fn repository(&self, repo: &RepoName) -> Result<Repository, GitHubError> {
        let answer = self
            .exchange(repo, Ask::get(format!("/repos/{repo}")))
            .await?;
        let (found, id) = read(&answer)?;
        let owner = found
            .get("owner")
            .and_then(|owner| Fields(owner).number("id"));
        let fields = Fields(&found);
        Ok(Repository {
            id,
            // Without an owner it would be a rule that trusts whoever gets the repository.
            owner_id: owner.ok_or_else(|| unreadable(&answer))?,
            full_name: fields.text("full_name"),
            default_branch: fields.text("default_branch"),
        })
    }
}
