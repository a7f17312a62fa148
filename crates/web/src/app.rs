use crate::github::GitHub;
use crate::journal::{self, Context};
use crate::limits::{Caller, Limiter, Limits, Verdict, Wait};
use crate::refusal::Refusal;
use crate::templates::TemplateCache;
use crate::wake::Wake;
use ops_core::blobs::Blobs;
use ops_core::port::{Store, StoreError};
use ops_core::{Code, Problem};
use serde_json::{Map, Value};
use std::future::Future;
use std::sync::Arc;
use std::time::Instant;

/// What a host can do, and what it grants where nobody says otherwise.
#[derive(Debug, Clone, Copy)]
pub struct Host {
    /// Whether a claim may wait. Serverless hosts answer at once.
    pub long_poll: bool,
    /// How often a waiting call looks for what another process changed, in milliseconds.
    pub recheck_ms: u64,
    pub lease_seconds: u32,
    /// Longest pause between two heartbeats, in milliseconds; the PRD wants 2–5 s.
    pub heartbeat_ms: u64,
    /// When an idle worker should ask again, in milliseconds.
    pub poll_after_ms: u64,
    /// Log of one run before only its tail is kept, in bytes.
    pub log_bytes: u64,
    /// Whether a proxy in front sets `X-Forwarded-Proto`: then cookies of an `https` page are `Secure`.
    pub trusts_proxy: bool,
    pub limits: Limits,
}

impl Host {
    pub const NATIVE: Host = Host {
        long_poll: true,
        recheck_ms: 500,
        lease_seconds: ops_core::limits::LEASE_SECONDS_NATIVE,
        heartbeat_ms: 3_000,
        poll_after_ms: 0,
        log_bytes: ops_core::limits::LOG_BYTES,
        trusts_proxy: false,
        limits: Limits::GENEROUS,
    };

    /// The native server where each look at the database is a request over the internet, and costs
    /// a project's quota.
    pub const NATIVE_BEFORE_SUPABASE: Host = Host {
        recheck_ms: 2_000,
        ..Host::NATIVE
    };

    /// A function that lives as long as one request, in front of Supabase.
    pub const SERVERLESS: Host = Host {
        long_poll: false,
        recheck_ms: 0,
        lease_seconds: ops_core::limits::LEASE_SECONDS_SERVERLESS,
        heartbeat_ms: 5_000,
        poll_after_ms: 1_000,
        log_bytes: ops_core::limits::LOG_BYTES,
        // The host's own front ends TLS, and the only way in leads through it.
        trusts_proxy: true,
        limits: Limits::GENEROUS,
    };
}

impl Host {
    pub(crate) fn recheck(&self) -> std::time::Duration {
        std::time::Duration::from_millis(self.recheck_ms)
    }
}

/// What handlers share. Cheap to clone.
#[derive(Clone)]
pub struct App {
    pub(crate) store: Arc<dyn Store>,
    /// `None`: every artifact is in its row.
    pub(crate) blobs: Option<Arc<dyn Blobs>>,
    pub(crate) host: Host,
    keep_days: Option<u32>,
    pub(crate) wake: Arc<Wake>,
    pub(crate) templates: Arc<TemplateCache>,
    /// `None`: no workflow job can be a worker without a token.
    pub(crate) github: Option<Arc<GitHub>>,
    limiter: Arc<Limiter>,
}

impl App {
    pub fn new(store: Arc<dyn Store>, host: Host) -> Self {
        App {
            store,
            blobs: None,
            host,
            keep_days: None,
            wake: Arc::default(),
            templates: Arc::default(),
            github: None,
            limiter: Arc::new(Limiter::new(host.limits)),
        }
    }

    /// The same with a place for artifacts that are too large for a row.
    pub fn with_blobs(self, blobs: Arc<dyn Blobs>) -> Self {
        App {
            blobs: Some(blobs),
            ..self
        }
    }

    /// The same whose sweeps delete runs that ended so many days ago.
    pub fn keeping(self, days: Option<u32>) -> Self {
        App {
            keep_days: days,
            ..self
        }
    }

    /// The same that believes GitHub's identity tokens.
    pub fn with_github(self, github: GitHub) -> Self {
        App {
            github: Some(Arc::new(github)),
            ..self
        }
    }

    /// Ends the streams of open pages, which would otherwise hold up a host that closes.
    pub fn close(&self) {
        self.wake.close();
    }

    /// A sweep by the host itself, with its own token's SHA-256. Answers how many rows it handled, so
    /// that a timer repeats a full one at once.
    pub async fn sweep(&self, token_sha256: &str) -> Result<u64, Problem> {
        let auth = serde_json::json!({ "token_sha256": token_sha256 });
        // Not limited: it is the host's own, whatever callers do with the same token.
        let answer = self.ask("runs_sweep", &auth, self.sweeping()).await;
        let counts = answer.and_then(accepted).map_err(Refusal::into_problem)?;
        Ok(counts.values().filter_map(Value::as_u64).sum())
    }

    /// What a sweep of this host has to do beside what time alone changes.
    pub(crate) fn sweeping(&self) -> Value {
        match self.keep_days {
            Some(days) => serde_json::json!({ "keep_days": days }),
            None => serde_json::json!({}),
        }
    }

    /// One SQL call. Wakes whoever waits for what it changed, and turns a refusal into a problem.
    pub(crate) async fn call(
        &self,
        function: &'static str,
        auth: &Value,
        p: Value,
    ) -> Result<Map<String, Value>, Refusal> {
        accepted(self.answer(function, auth, p).await?)
    }

    /// The same, with a refusal left as data. Each call is charged to its caller.
    pub(crate) async fn answer(
        &self,
        function: &'static str,
        auth: &Value,
        p: Value,
    ) -> Result<Map<String, Value>, Refusal> {
        let Some(caller) = caller(auth) else {
            return self.ask(function, auth, p).await;
        };
        self.limiter
            .admit(function, caller, Instant::now())
            .map_err(too_often)?;
        let answer = self.ask(function, auth, p).await;
        self.limiter.learn(caller, verdict(&answer), Instant::now());
        answer
    }

    /// A call of somebody without a token: charged to the address, and given back where it is no guess.
    pub(crate) async fn call_of_stranger(
        &self,
        function: &'static str,
        auth: &Value,
        p: impl Future<Output = Result<Value, Refusal>>,
    ) -> Result<Map<String, Value>, Refusal> {
        let source = auth["source_address"].as_str();
        let stranger = Caller {
            token_sha256: "",
            source: source.and_then(|address| address.parse().ok()),
        };
        self.limiter
            .admit(function, stranger, Instant::now())
            .map_err(too_often)?;
        let answer = self.ask(function, auth, p.await?).await;
        if !matches!(verdict(&answer), Verdict::Unknown) {
            self.limiter
                .learn(stranger, Verdict::Nothing, Instant::now());
        }
        accepted(answer?)
    }

    async fn ask(
        &self,
        function: &'static str,
        auth: &Value,
        mut p: Value,
    ) -> Result<Map<String, Value>, Refusal> {
        p["auth"] = auth.clone();
        let context = Context::of(function, &p);
        let answer = self.store.call(function, p).await;
        let answer = answer.map_err(|error| store_refusal(&context, error))?;
        let Value::Object(mut answer) = answer else {
            return Err(Refusal::logged(context.failed("the answer is no object")));
        };
        context.answered(&answer);
        if is_news(function, &answer) {
            self.wake.changed();
        }
        if let Some(Value::Array(dispatches)) = answer.remove("to_dispatch") {
            for dispatch in &dispatches {
                self.dispatch(dispatch).await;
            }
        }
        if let Some(Value::Array(dispatches)) = answer.remove("to_cancel") {
            let ended = dispatches.into_iter().map(|one| self.cancel_workflow(one));
            futures_util::future::join_all(ended).await;
        }
        if let Some(Value::Array(artifacts)) = answer.remove("to_remove") {
            self.remove_bytes(artifacts).await;
        }
        if let Some(Value::Object(lanes)) = answer.remove("wake") {
            for (lane, runs) in lanes {
                self.wake.lane(&lane, runs.as_u64().unwrap_or(1));
            }
        }
        Ok(answer)
    }
}

fn accepted(answer: Map<String, Value>) -> Result<Map<String, Value>, Refusal> {
    match answer.get("code").and_then(Value::as_str) {
        Some(_) => Err(Refusal::from_answer(answer)),
        None => Ok(answer),
    }
}

/// Nobody where a call needs no token.
fn caller(auth: &Value) -> Option<Caller<'_>> {
    let text = |name: &str| auth.get(name).and_then(Value::as_str);
    Some(Caller {
        token_sha256: text("token_sha256")?,
        source: text("source_address").and_then(|address| address.parse().ok()),
    })
}

fn verdict(answer: &Result<Map<String, Value>, Refusal>) -> Verdict {
    let Ok(answer) = answer else {
        return Verdict::Nothing;
    };
    match answer.get("code").and_then(Value::as_str) {
        Some("unauthenticated") => Verdict::Unknown,
        _ => Verdict::Known,
    }
}

fn too_often(Wait(seconds): Wait) -> Refusal {
    let detail = format!("try again in {seconds} s");
    Refusal::retry_after(Problem::new(Code::RateLimited, detail), seconds)
}

/// Whether pages show something else after this call. A heartbeat is no news: pages count on by
/// themselves, and ask now and then anyway.
fn is_news(function: &str, answer: &Map<String, Value>) -> bool {
    let is_empty = |name: &str| {
        let list = answer.get(name).and_then(Value::as_array);
        list.is_none_or(Vec::is_empty)
    };
    match function {
        "runs_heartbeat" | "ops_health" => false,
        "runs_claim" => !is_empty("runs") || !is_empty("finished"),
        "runs_sweep" => answer
            .values()
            .any(|count| count.as_u64().is_some_and(|n| n > 0)),
        _ => {
            !function.starts_with("ui_")
                && !function.ends_with("_get")
                && !function.ends_with("_list")
        }
    }
}

/// Logged once, here; the caller gets our words, never the database's.
fn store_refusal(context: &Context, error: StoreError) -> Refusal {
    let entry = context.failed(&error.to_string());
    let refusal: Refusal = match error {
        StoreError::Failed(_) => return Refusal::logged(entry),
        StoreError::NotInstalled(_) => Problem::new(Code::NotInstalled, "").into(),
        StoreError::Misconfigured(_) => Problem::new(
            Code::Unavailable,
            "the control room may not use its database: `ops setup` says why",
        )
        .into(),
        StoreError::Unavailable {
            retry_after_seconds,
            ..
        } => Refusal::retry_after(
            Problem::new(Code::Unavailable, "the database did not answer in time"),
            retry_after_seconds,
        ),
    };
    journal::write(entry.with("code", refusal.code().as_str()));
    refusal
}
