//! Bundles that the control room keeps, read and written for the run that is held.

use super::attempt::Attempt;
use super::spec_kit::SpecError;
use crate::backoff::Backoff;
use crate::clock::Moment;
use crate::control::Stop;
use ops_client::ClientError;
use ops_core::Code;
use ops_core::api::{HeldSpec, SpecDocumentText, SpecPut};
use ops_runbook::Step;
use sha2::Digest;

const LOCK: &str = "spec-kit.lock";

impl Attempt<'_> {
    /// Names and texts of the bundle as it is stored; none where there is none.
    pub(super) async fn stored_spec(
        &self,
        step: &Step,
        slug: &str,
    ) -> Result<Vec<(String, String)>, SpecError> {
        let held = HeldSpec {
            run_id: self.job.run.run_id.clone(),
            worker_id: self.job.worker_id.to_string(),
            attempt: self.job.run.attempt,
            slug: slug.to_owned(),
        };
        let client = &self.job.client;
        let answer = self.until_answered(step, "spec.get", || client.spec_get_held(&held));
        let bundle = match answer.await {
            Err(SpecError::Stored(error)) if error.code() == Some(Code::NotFound) => {
                return Ok(Vec::new());
            }
            other => other?,
        };
        let documents = bundle.documents.into_iter();
        Ok(documents
            .filter_map(|one| {
                let (_, name) = one.slug.split_once('/')?;
                Some((name.to_owned(), one.content?))
            })
            .collect())
    }

    /// May be repeated by whoever comes after: the same texts change nothing.
    pub(super) async fn store_spec(
        &self,
        step: &Step,
        bundle: &str,
        mut documents: Vec<SpecDocumentText>,
        before: &[(String, String)],
    ) -> Result<(), SpecError> {
        for document in &mut documents {
            document.content = self.masker.text(&document.content);
        }
        let lock = before.iter().find(|(name, _)| name == LOCK);
        let put = SpecPut {
            run_id: self.job.run.run_id.clone(),
            worker_id: self.job.worker_id.to_string(),
            attempt: self.job.run.attempt,
            bundle: bundle.to_owned(),
            documents,
            lock_sha256: lock.map(|(_, text)| sha256(text)),
        };
        let client = &self.job.client;
        let stored = self.until_answered(step, "spec.put", || client.spec_put(&put));
        stored.await.map(|_| ())
    }

    async fn until_answered<A, F: Future<Output = Result<A, ClientError>>>(
        &self,
        step: &Step,
        call: &str,
        ask: impl Fn() -> F,
    ) -> Result<A, SpecError> {
        let control = &self.job.control;
        let seconds = step.timeout_seconds.map(u64::from);
        let over = seconds.map(|s| Moment::now().after(std::time::Duration::from_secs(s)));
        let mut backoff = Backoff::usual();
        loop {
            let error = tokio::select! {
                biased;
                _ = control.when_stopped() => return Err(SpecError::Stopped),
                answer = ask() => match answer {
                    Ok(answer) => return Ok(answer),
                    Err(error) => error,
                },
            };
            if matches!(error.code(), Some(Code::LeaseLost | Code::AlreadyFinished)) {
                control.stop(Stop::LeaseLost);
                return Err(SpecError::Stopped);
            }
            if !error.is_transient() || over.is_some_and(|over| over.has_passed()) {
                return Err(SpecError::Stored(error));
            }
            self.job.observer.retrying(call, &error.to_string());
            tokio::select! {
                _ = control.when_stopped() => return Err(SpecError::Stopped),
                () = Moment::now().after(backoff.next_wait()).reached() => {}
            }
        }
    }
}

fn sha256(text: &str) -> String {
    let digest = sha2::Sha256::digest(text.as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
