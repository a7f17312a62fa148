use crate::{Anything, Client, ClientError};
use ops_core::BASE_PATH;
use ops_core::api::*;
use serde::Deserialize;
use serde_json::json;
use std::time::Duration;

type Answer<T> = Result<T, ClientError>;

impl Client {
    pub async fn runs_create(&self, run: &NewRun) -> Answer<CreatedRun> {
        self.post("runs.create", run).await
    }

    /// All or none; answers in the order sent.
    pub async fn runs_create_bulk(&self, runs: &[NewRun]) -> Answer<Vec<CreatedRun>> {
        #[derive(Deserialize)]
        struct Bulk {
            runs: Vec<CreatedRun>,
        }
        Ok(self
            .post::<Bulk>("runs.create", &json!({ "runs": runs }))
            .await?
            .runs)
    }

    /// Waits for the answer as long as the server may wait, and ten seconds more.
    pub async fn runs_claim(&self, claim: &ClaimRequest) -> Answer<ClaimAnswer> {
        let patience = self.timeout + Duration::from_secs(claim.wait_seconds.unwrap_or(0).into());
        self.with_timeout(patience).post("runs.claim", claim).await
    }

    pub async fn runs_start(
        &self,
        run_id: &str,
        worker_id: &str,
        attempt: u32,
    ) -> Answer<Anything> {
        self.post(
            "runs.start",
            &json!({ "run_id": run_id, "worker_id": worker_id, "attempt": attempt }),
        )
        .await
    }

    pub async fn runs_heartbeat(&self, worker_id: &str, runs: &[Beat]) -> Answer<HeartbeatAnswer> {
        self.post(
            "runs.heartbeat",
            &json!({ "worker_id": worker_id, "runs": runs }),
        )
        .await
    }

    pub async fn runs_finish(&self, worker_id: &str, finish: &Finish) -> Answer<Finished> {
        #[derive(serde::Serialize)]
        struct Body<'a> {
            worker_id: &'a str,
            #[serde(flatten)]
            finish: &'a Finish,
        }
        #[derive(Deserialize)]
        struct Status {
            status: ops_core::RunStatus,
        }
        let answer: Status = self
            .post("runs.finish", &Body { worker_id, finish })
            .await?;
        Ok(Finished {
            run_id: finish.run_id.clone(),
            status: Some(answer.status),
            code: None,
            last_seq: None,
        })
    }

    pub async fn runs_cancel(&self, run_id: &str, reason: Option<&str>) -> Answer<CreatedRun> {
        self.post(
            "runs.cancel",
            &without_nulls(json!({ "run_id": run_id, "reason": reason })),
        )
        .await
    }

    /// A new run linked to the old one.
    pub async fn runs_retry(
        &self,
        run_id: &str,
        idempotency_key: Option<&str>,
    ) -> Answer<CreatedRun> {
        self.post(
            "runs.retry",
            &without_nulls(json!({ "run_id": run_id, "idempotency_key": idempotency_key })),
        )
        .await
    }

    pub async fn runs_get(&self, run_id: &str) -> Answer<Run> {
        #[derive(Deserialize)]
        struct One {
            run: Run,
        }
        Ok(self
            .get::<One>("runs.get", &[("run_id", run_id)])
            .await?
            .run)
    }

    /// Filters by name: `status`, `lane`, `session_id`, `template`, `after` (cursor), `limit`.
    pub async fn runs_list(&self, filters: &[(&str, &str)]) -> Answer<RunPage> {
        self.get("runs.list", filters).await
    }

    pub async fn runs_sweep(&self) -> Answer<Anything> {
        self.post("runs.sweep", &json!({})).await
    }

    pub async fn events_append(&self, append: &AppendRequest) -> Answer<AppendAnswer> {
        self.post("events.append", append).await
    }

    /// Events after a position, oldest first.
    pub async fn events_list(&self, run_id: &str, after: i64, limit: u32) -> Answer<EventPage> {
        self.get(
            "events.list",
            &[
                ("run_id", run_id),
                ("after", &after.to_string()),
                ("limit", &limit.to_string()),
            ],
        )
        .await
    }

    pub async fn artifacts_put(&self, artifact: &ArtifactPut) -> Answer<ArtifactStored> {
        self.post("artifacts.put", artifact).await
    }

    pub async fn artifacts_begin(&self, artifact: &ArtifactBegin) -> Answer<ArtifactBegun> {
        self.post("artifacts.begin", artifact).await
    }

    /// Sends the bytes to where `artifacts.begin` said, without a token. Ends after five minutes.
    pub async fn artifacts_upload(&self, to: &ArtifactUpload, bytes: Vec<u8>) -> Answer<()> {
        let method = match to.method.as_str() {
            "PUT" => "PUT",
            "POST" => "POST",
            other => return Err(ClientError::Garbled(format!("no upload by {other}"))),
        };
        let url = match to.url.starts_with('/') {
            true => format!("{}{}", self.base.trim_end_matches(BASE_PATH), to.url),
            false => to.url.clone(),
        };
        self.send_bytes(method, url, bytes).await
    }

    /// The bytes of an artifact of any size, wherever they are.
    pub async fn artifacts_download(&self, artifact_id: &str) -> Answer<Vec<u8>> {
        let query = [("artifact_id", artifact_id), ("raw", "true")];
        self.fetch_bytes("artifacts.get", &query).await
    }

    pub async fn artifacts_get(&self, artifact_id: &str) -> Answer<Artifact> {
        #[derive(Deserialize)]
        struct One {
            artifact: Artifact,
        }
        Ok(self
            .get::<One>("artifacts.get", &[("artifact_id", artifact_id)])
            .await?
            .artifact)
    }

    pub async fn artifacts_list(&self, run_id: &str) -> Answer<Vec<Artifact>> {
        #[derive(Deserialize)]
        struct All {
            artifacts: Vec<Artifact>,
        }
        Ok(self
            .get::<All>("artifacts.list", &[("run_id", run_id)])
            .await?
            .artifacts)
    }

    pub async fn sessions_create(&self, session: &NewSession) -> Answer<Session> {
        #[derive(Deserialize)]
        struct One {
            session: Session,
        }
        Ok(self.post::<One>("sessions.create", session).await?.session)
    }

    pub async fn templates_create(&self, source: &str) -> Answer<Template> {
        #[derive(Deserialize)]
        struct One {
            template: Template,
        }
        Ok(self
            .post::<One>(
                "templates.create",
                &TemplateSource {
                    source: source.into(),
                },
            )
            .await?
            .template)
    }

    pub async fn templates_list(&self) -> Answer<Vec<Template>> {
        #[derive(Deserialize)]
        struct All {
            templates: Vec<Template>,
        }
        Ok(self.get::<All>("templates.list", &[]).await?.templates)
    }

    pub async fn templates_get(&self, slug: &str) -> Answer<Template> {
        #[derive(Deserialize)]
        struct One {
            template: Template,
        }
        Ok(self
            .get::<One>("templates.get", &[("slug", slug)])
            .await?
            .template)
    }

    /// A new version of the template that the text names.
    pub async fn templates_update(&self, update: &TemplateUpdate) -> Answer<Template> {
        #[derive(Deserialize)]
        struct One {
            template: Template,
        }
        Ok(self.post::<One>("templates.update", update).await?.template)
    }

    pub async fn templates_delete(&self, slug: &str) -> Answer<Anything> {
        self.post("templates.delete", &TemplateDelete { slug: slug.into() })
            .await
    }

    pub async fn sessions_update(&self, update: &SessionUpdate) -> Answer<Session> {
        #[derive(Deserialize)]
        struct One {
            session: Session,
        }
        Ok(self.post::<One>("sessions.update", update).await?.session)
    }

    pub async fn sessions_archive(&self, archive: &SessionArchive) -> Answer<Session> {
        #[derive(Deserialize)]
        struct One {
            session: Session,
        }
        Ok(self.post::<One>("sessions.archive", archive).await?.session)
    }

    pub async fn sessions_delete(&self, session_id: &str) -> Answer<Anything> {
        self.post("sessions.delete", &json!({ "session_id": session_id }))
            .await
    }

    pub async fn runs_cancel_many(&self, chosen: &BulkRuns) -> Answer<BulkAnswer> {
        self.post("runs.cancel", chosen).await
    }

    pub async fn runs_retry_many(&self, chosen: &BulkRuns) -> Answer<BulkAnswer> {
        self.post("runs.retry", chosen).await
    }

    pub async fn workers_drain(&self, drain: &WorkerDrain) -> Answer<Anything> {
        self.post("workers.drain", drain).await
    }

    /// Filters by name: `actor`, `action`, `target`, `after` (cursor), `limit`.
    pub async fn audit_list(&self, filters: &[(&str, &str)]) -> Answer<AuditPage> {
        self.get("audit.list", filters).await
    }

    pub async fn metrics_get(&self) -> Answer<Metrics> {
        self.get("metrics.get", &[]).await
    }

    pub async fn lanes_list(&self) -> Answer<Vec<Lane>> {
        #[derive(Deserialize)]
        struct All {
            lanes: Vec<Lane>,
        }
        Ok(self.get::<All>("lanes.list", &[]).await?.lanes)
    }

    pub async fn lanes_update(&self, update: &LaneUpdate) -> Answer<Anything> {
        self.post("lanes.update", update).await
    }

    pub async fn workers_list(&self) -> Answer<Vec<Worker>> {
        #[derive(Deserialize)]
        struct All {
            workers: Vec<Worker>,
        }
        Ok(self.get::<All>("workers.list", &[]).await?.workers)
    }

    pub async fn tokens_create(&self, token: &NewToken) -> Answer<CreatedToken> {
        self.post("tokens.create", token).await
    }

    /// Of a client without a token, or with the worker's current one to renew it.
    pub async fn workers_exchange(&self, exchange: &Exchange) -> Answer<Exchanged> {
        self.post("workers.exchange", exchange).await
    }

    pub async fn trust_add(&self, rule: &NewTrustRule) -> Answer<TrustRule> {
        #[derive(Deserialize)]
        struct Added {
            rule: TrustRule,
        }
        Ok(self.post::<Added>("trust.add", rule).await?.rule)
    }

    pub async fn trust_remove(&self, rule_id: &str) -> Answer<TrustRemoved> {
        self.post("trust.remove", &json!({ "rule_id": rule_id }))
            .await
    }

    pub async fn dispatch_create(&self, new: &NewDispatch) -> Answer<Dispatch> {
        #[derive(Deserialize)]
        struct Made {
            dispatch: Dispatch,
        }
        Ok(self.post::<Made>("dispatch.create", new).await?.dispatch)
    }

    /// Of a step, by whoever holds its run. May be repeated: GitHub is asked once.
    pub async fn dispatch_create_of_step(&self, of_step: &StepDispatch) -> Answer<Dispatch> {
        #[derive(Deserialize)]
        struct Made {
            dispatch: Dispatch,
        }
        let made = self.post::<Made>("dispatch.create", of_step).await?;
        Ok(made.dispatch)
    }

    /// As GitHub has it now.
    pub async fn dispatch_get_held(&self, held: &HeldDispatch) -> Answer<Followed> {
        let attempt = held.attempt.to_string();
        let query = [
            ("dispatch_id", held.dispatch_id.as_str()),
            ("run_id", held.run_id.as_str()),
            ("worker_id", held.worker_id.as_str()),
            ("attempt", attempt.as_str()),
        ];
        self.get("dispatch.get", &query).await
    }

    /// May be repeated.
    pub async fn dispatch_cancel_held(&self, held: &HeldDispatch) -> Answer<Followed> {
        self.post("dispatch.cancel", held).await
    }

    pub async fn spec_generate(&self, wanted: &SpecGenerate) -> Answer<SpecGenerated> {
        self.post("spec.generate", wanted).await
    }

    pub async fn spec_validate(&self, wanted: &SpecValidate) -> Answer<SpecValidated> {
        self.post("spec.validate", wanted).await
    }

    /// Of a step, by whoever holds its run. May be repeated: the same texts change nothing.
    pub async fn spec_put(&self, put: &SpecPut) -> Answer<SpecStored> {
        self.post("spec.put", put).await
    }

    /// `<bundle>` or `<bundle>/<file>`.
    pub async fn spec_get(&self, slug: &str) -> Answer<SpecBundle> {
        self.get("spec.get", &[("slug", slug)]).await
    }

    /// For a step, by whoever holds its run.
    pub async fn spec_get_held(&self, held: &HeldSpec) -> Answer<SpecBundle> {
        let attempt = held.attempt.to_string();
        let query = [
            ("slug", held.slug.as_str()),
            ("run_id", held.run_id.as_str()),
            ("worker_id", held.worker_id.as_str()),
            ("attempt", attempt.as_str()),
        ];
        self.get("spec.get", &query).await
    }

    pub async fn spec_list(&self) -> Answer<Vec<SpecBundle>> {
        #[derive(Deserialize)]
        struct All {
            bundles: Vec<SpecBundle>,
        }
        Ok(self.get::<All>("spec.list", &[]).await?.bundles)
    }

    pub async fn tokens_list(&self) -> Answer<Vec<Token>> {
        #[derive(Deserialize)]
        struct All {
            tokens: Vec<Token>,
        }
        Ok(self.get::<All>("tokens.list", &[]).await?.tokens)
    }

    pub async fn tokens_revoke(&self, id: &str) -> Answer<Anything> {
        self.post("tokens.revoke", &json!({ "token_id": id })).await
    }

    pub async fn health(&self) -> Answer<Anything> {
        self.get("health", &[]).await
    }

    /// The API as the control room describes it.
    pub async fn openapi(&self) -> Answer<serde_json::Value> {
        self.get("openapi.json", &[]).await
    }
}

/// Operator verbs take no nulls for fields that are absent.
fn without_nulls(mut body: serde_json::Value) -> serde_json::Value {
    if let Some(fields) = body.as_object_mut() {
        fields.retain(|_, value| !value.is_null());
    }
    body
}
