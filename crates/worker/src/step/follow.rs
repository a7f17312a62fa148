//! Following one workflow run at GitHub, through the control room: a look every few seconds, until it is
//! over or somebody wants it to be.

use super::artifacts::{self, Content, NewArtifact};
use super::attempt::Attempt;
use super::jobs::{self, Board};
use super::step_end::StepEnd;
use super::workflow::{Trouble, failed};
use crate::backoff::Backoff;
use crate::clock::Moment;
use ops_core::api::{ArtifactKind, Dispatch, Followed, HeldDispatch, Level, Object, WorkflowRun};
use ops_runbook::Step;
use std::time::Duration;

/// Looks come ever more seldom: each costs two of GitHub's calls, of which a token has 5,000 an hour.
pub(super) const FIRST_LOOK: Duration = Duration::from_secs(2);
const LAST_LOOKS: Duration = Duration::from_secs(15);
/// GitHub may know nothing of a run in the first seconds, and a token may be replaced by a better one.
const MOST_REFUSALS: u32 = 6;

impl Attempt<'_> {
    pub(super) async fn follow(
        &self,
        step: &Step,
        dispatch: Dispatch,
        over: Option<Moment>,
    ) -> StepEnd {
        let held = HeldDispatch {
            run_id: self.job.run.run_id.clone(),
            worker_id: self.job.worker_id.to_string(),
            attempt: self.job.run.attempt,
            dispatch_id: dispatch.id.clone(),
        };
        self.announce(step, &dispatch).await;
        let mut board = Board::default();
        let mut backoff = Backoff::new(FIRST_LOOK, LAST_LOOKS);
        let (mut told, mut refusals) = (String::new(), 0);
        loop {
            let answer = tokio::select! {
                biased;
                interrupt = self.interrupted(over) => {
                    return self.leave(step, &held, &dispatch, interrupt).await;
                }
                answer = self.job.client.dispatch_get_held(&held) => answer,
            };
            let mut wait = backoff.next_wait();
            match answer {
                Ok(Followed {
                    workflow_run: Some(run),
                    ..
                }) => {
                    refusals = 0;
                    for change in board.changes(&run) {
                        self.note(Level::Info, &step.id, &change).await;
                    }
                    if run.is_over() {
                        return self.workflow_ended(step, &dispatch, &run).await;
                    }
                }
                Ok(answer) => {
                    let why = answer.trouble.unwrap_or_default();
                    match answer.retry_after_seconds {
                        Some(seconds) => wait = wait.max(Duration::from_secs(seconds.into())),
                        None => refusals += 1,
                    }
                    if refusals == MOST_REFUSALS {
                        let error = format!("its workflow run cannot be followed: {why}");
                        return with(failed(step, &error), &dispatch, None);
                    }
                    if told != why {
                        self.note(Level::Warn, &step.id, &why).await;
                        told = why;
                    }
                }
                Err(error) => match self.judge_refusal(step, "dispatch.get", &error) {
                    Trouble::AskAgain => {}
                    Trouble::Ends(end) => return with(*end, &dispatch, None),
                },
            }
            tokio::select! {
                interrupt = self.interrupted(over) => {
                    return self.leave(step, &held, &dispatch, interrupt).await;
                }
                () = Moment::now().after(wait).reached() => {}
            }
        }
    }

    async fn announce(&self, step: &Step, dispatch: &Dispatch) {
        let (file, repository) = (&dispatch.workflow, &dispatch.repository);
        let url = dispatch.url.as_deref().unwrap_or_default();
        let told = match dispatch.attempt {
            Some(first) if first != self.job.run.attempt => {
                format!("follows the run of {file} that attempt {first} started: {url}")
            }
            _ => format!(
                "dispatched {file} of {repository} at {}: {url}",
                dispatch.git_ref
            ),
        };
        self.note(Level::Info, &step.id, &told).await;
        if ops_runbook::is_web_url(url) {
            let link = NewArtifact {
                name: format!("{} workflow run", step.id),
                kind: ArtifactKind::Link,
                mime: None,
                content: Content::Url(url.into()),
            };
            self.keep(step, link).await;
        }
    }

    async fn workflow_ended(&self, step: &Step, dispatch: &Dispatch, run: &WorkflowRun) -> StepEnd {
        let conclusion = run.conclusion.as_deref().unwrap_or("unknown");
        for row in jobs::rows(run) {
            self.note(Level::Info, &step.id, &row).await;
        }
        let title = step.title.as_deref().unwrap_or(&step.id);
        let table = NewArtifact {
            name: format!("{}-jobs.md", step.id),
            kind: ArtifactKind::Markdown,
            mime: None,
            content: Content::Bytes(jobs::markdown(title, conclusion, run).into_bytes()),
        };
        self.keep(step, table).await;
        let end = match conclusion {
            "success" => StepEnd::succeeded(),
            other => {
                let url = dispatch.url.as_deref().unwrap_or(&run.url);
                failed(step, &format!("the workflow run ended as `{other}`: {url}"))
            }
        };
        with(end, dispatch, Some(run))
    }

    /// What the workflow did counts, whether or not an artifact could be kept.
    async fn keep(&self, step: &Step, artifact: NewArtifact) {
        if let Err(error) = artifacts::put(self.job, &self.masker, artifact).await {
            self.note(Level::Warn, &step.id, &error.to_string()).await;
        }
    }
}

/// The end of the step, with what is known of its workflow run.
pub(super) fn with(end: StepEnd, dispatch: &Dispatch, run: Option<&WorkflowRun>) -> StepEnd {
    let mut outputs = Object::new();
    let url = dispatch.url.as_ref().or(run.map(|run| &run.url));
    let conclusion = run.and_then(|run| run.conclusion.as_ref());
    for (name, value) in [
        ("run_id", dispatch.github_run_id.as_ref()),
        ("url", url),
        ("conclusion", conclusion),
    ] {
        if let Some(value) = value {
            outputs.insert(name.into(), value.clone().into());
        }
    }
    StepEnd { outputs, ..end }
}
