use super::{Badge, Link, Stamp};
use serde::Serialize;

/// Workers that GitHub starts: which lane by which workflow, what was started, whose jobs are believed.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct GitHubPage {
    pub lanes: Vec<StartRow>,
    pub dispatches: Vec<DispatchRow>,
    pub rules: Vec<TrustRow>,
    /// Rules are for operators' eyes.
    pub shows_rules: bool,
    /// Who may not act sees no forms.
    pub can_act: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StartRow {
    pub lane: String,
    /// For ids of the page.
    pub key: String,
    /// `octo/infra/worker.yml@main`; nothing where the lane has no rule.
    pub target: Option<Link>,
    /// `octo/infra/worker.yml`
    pub workflow: String,
    pub git_ref: String,
    /// `at most 20 in an hour`
    pub limit: String,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DispatchRow {
    pub badge: Badge,
    pub workflow: String,
    pub lane: String,
    pub at: Stamp,
    pub by: String,
    pub run: Option<Link>,
    pub error: String,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TrustRow {
    pub id: String,
    pub key: String,
    pub repository: String,
    /// `.github/workflows/worker.yml, refs/heads/main`
    pub only: String,
    pub lanes: String,
    pub by: String,
}
