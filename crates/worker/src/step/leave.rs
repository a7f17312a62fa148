//! What a step leaves behind.

use super::artifacts::{self, ArtifactError, Content, NewArtifact};
use super::attempt::Attempt;
use super::step_end::StepEnd;
use crate::control::Stop;
use ops_core::api::Level;
use ops_runbook::{ArtifactSource, ArtifactSpec, Step};
use std::path::Path;

impl Attempt<'_> {
    /// The step's `artifacts`, also after a failure: they may tell why.
    pub(super) async fn keep_files(&self, step: &Step, end: &mut StepEnd) {
        for file in &step.artifacts {
            let kept = match self.read(step, &file.path) {
                Ok(bytes) => {
                    let artifact = NewArtifact {
                        name: file.name.clone(),
                        kind: file.kind,
                        mime: file.mime.clone(),
                        content: Content::Bytes(bytes),
                    };
                    artifacts::put(self.job, &self.masker, artifact).await
                }
                Err(error) => Err(error),
            };
            let Err(error) = kept else { continue };
            self.note(Level::Warn, &step.id, &error.to_string()).await;
            if error.fails_the_step() && end.outcome.is_none() {
                let failed = StepEnd::failed("step_failed", format!("step {}: {error}", step.id));
                (end.status, end.outcome) = (failed.status, failed.outcome);
            }
        }
    }

    pub(super) async fn leave_artifact(&self, step: &Step, spec: &ArtifactSpec) -> StepEnd {
        let failed = |error: &dyn std::fmt::Display| {
            StepEnd::failed("step_failed", format!("step {}: {error}", step.id))
        };
        let text = |text: &str| ops_runbook::interpolate(text, &self.values);
        let content = match &spec.source {
            ArtifactSource::Content(source) => match text(source) {
                Ok(content) => Content::Bytes(content.into_bytes()),
                Err(error) => return failed(&error),
            },
            ArtifactSource::Path(path) => match self.read(step, path) {
                Ok(bytes) => Content::Bytes(bytes),
                Err(error) => return failed(&error),
            },
            ArtifactSource::Url(source) => match text(source) {
                Ok(url) if ops_runbook::is_web_url(&url) => Content::Url(url),
                Ok(url) => return failed(&format!("`{url}` is no web address")),
                Err(error) => return failed(&error),
            },
        };
        let name = match text(&spec.name) {
            Ok(name) => name,
            Err(error) => return failed(&error),
        };
        let artifact = NewArtifact {
            name,
            kind: spec.kind,
            mime: spec.mime.clone(),
            content,
        };
        match artifacts::put(self.job, &self.masker, artifact).await {
            Ok(()) => StepEnd::succeeded(),
            Err(ArtifactError::Stopped) => {
                let stop = self.job.control.stopped().unwrap_or(Stop::Now);
                StepEnd::stopped(stop)
            }
            Err(error) => failed(&error),
        }
    }

    fn read(&self, step: &Step, path: &str) -> Result<Vec<u8>, ArtifactError> {
        let allowed: [&Path; 2] = [self.folder.path(), &self.executor.workspace];
        artifacts::read(&self.workdir(step), path, &allowed)
    }
}
