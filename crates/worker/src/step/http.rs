//! Steps of kind `http`: one try, in this very process. Nothing of it is left when it is dropped.

use super::answer::{Reading, beginning};
use super::attempt::Attempt;
use super::request::{self, Prepared};
use super::step_end::StepEnd;
use super::tries::shown;
use crate::clock::Moment;
use crate::control::Stop;
use crate::http::{Answer, HttpError};
use ops_core::api::Level;
use ops_runbook::{HttpCall, Step};
use std::time::{Duration, Instant};

/// Of one request where the step says nothing else.
pub(super) const HTTP_TIMEOUT: Duration = Duration::from_secs(30);
/// How much of a body the log shows when something is wrong with it, in characters.
const EXCERPT: usize = 500;

/// One try, and what the log may say about it.
pub(super) struct HttpTry {
    pub end: StepEnd,
    /// The request, the redirects and the answer, in one line.
    pub summary: String,
    /// The beginning of a body that is not as expected.
    pub excerpt: Option<String>,
}

impl Attempt<'_> {
    /// The step as a whole: one try with all that is to be said.
    pub(super) async fn run_http(&mut self, step: &Step, call: &HttpCall) -> StepEnd {
        let prepared = match self.prepare_http(step, call) {
            Ok(prepared) => prepared,
            Err(end) => return *end,
        };
        let timeout = step
            .timeout_seconds
            .map_or(HTTP_TIMEOUT, |seconds| Duration::from_secs(seconds.into()));
        let tried = self.try_http(step, call, &prepared, timeout).await;
        self.tell_http(step, &tried).await;
        tried.end
    }

    pub(super) async fn tell_http(&self, step: &Step, tried: &HttpTry) {
        if !tried.summary.is_empty() {
            self.note(Level::Info, &step.id, &tried.summary).await;
        }
        if let Some(excerpt) = &tried.excerpt {
            self.note(Level::Warn, &step.id, excerpt).await;
        }
    }

    pub(super) fn prepare_http(
        &self,
        step: &Step,
        call: &HttpCall,
    ) -> Result<Prepared, Box<StepEnd>> {
        let mut secret_values = self.values.clone();
        secret_values["secrets"] = self
            .job
            .run
            .secrets
            .iter()
            .filter_map(|name| Some((name.clone(), self.variables.get(name)?.as_str().into())))
            .collect::<serde_json::Map<_, _>>()
            .into();
        request::prepare(call, &self.values, &secret_values).map_err(|error| {
            let error = format!("step {}: {error}", step.id);
            Box::new(StepEnd::failed("step_failed", error))
        })
    }

    pub(super) async fn try_http(
        &self,
        step: &Step,
        call: &HttpCall,
        prepared: &Prepared,
        timeout: Duration,
    ) -> HttpTry {
        let control = &self.job.control;
        let limit = Moment::now().after(timeout);
        let begun = Instant::now();
        let goes_on = || control.stopped().is_none() && !control.deadline().has_passed();
        let request = prepared.request.clone();
        let mut trail = vec![format!("{} {}", request.method, request.url)];
        let answer = tokio::select! {
            // A run that has to stop sends nothing more, however soon the answer comes.
            biased;
            stop = control.when_stopped() => return HttpTry::ended(StepEnd::stopped(stop), &[]),
            () = limit.reached() => None,
            answer = self.executor.http.send(request, goes_on, &mut trail) => Some(answer),
        };
        let failed = |error: &dyn std::fmt::Display| {
            StepEnd::failed("step_failed", format!("step {}: {error}", step.id))
        };
        match answer {
            Some(Ok(answer)) => {
                let (millis, bytes) = (begun.elapsed().as_millis(), answer.body.len());
                trail.push(format!("{} in {millis} ms, {bytes} bytes", answer.status));
                let (end, excerpt) = self.judge_answer(step, call, prepared, &answer);
                HttpTry {
                    excerpt,
                    ..HttpTry::ended(end, &trail)
                }
            }
            Some(Err(HttpError::LeaseOver)) => {
                let stop = control.stopped().unwrap_or(Stop::LeaseOver);
                HttpTry::ended(StepEnd::stopped(stop), &[])
            }
            Some(Err(error)) if error.is_passing() => {
                HttpTry::ended(failed(&error).retryable(), &trail)
            }
            Some(Err(error)) => HttpTry::ended(failed(&error), &trail),
            None => {
                let error = format!("step {}: no answer within {}", step.id, shown(timeout));
                HttpTry::ended(StepEnd::timed_out(error).retryable(), &trail)
            }
        }
    }

    fn judge_answer(
        &self,
        step: &Step,
        call: &HttpCall,
        prepared: &Prepared,
        answer: &Answer,
    ) -> (StepEnd, Option<String>) {
        let wants_json = !call.outputs.is_empty() || !call.expect.json.is_empty();
        let reading = Reading::new(answer, &self.masker, wants_json);
        let complaints = reading.complaints(&prepared.expect);
        let outputs = match complaints.is_empty() {
            true => reading.outputs(&call.outputs),
            false => Err(complaints.join("; ")),
        };
        match outputs {
            Ok(outputs) => {
                let end = StepEnd {
                    outputs,
                    ..StepEnd::succeeded()
                };
                (end, None)
            }
            Err(error) => {
                let error = format!("step {}: {error}", step.id);
                let end = StepEnd {
                    outputs: reading.own_outputs(),
                    ..StepEnd::failed("step_failed", error).retryable()
                };
                (end, self.excerpt(&answer.body))
            }
        }
    }

    /// Masked as a whole before it is cut, so no secret shows its first half.
    fn excerpt(&self, body: &[u8]) -> Option<String> {
        let masked = self.masker.bytes(body);
        let text = String::from_utf8_lossy(&masked);
        let words: Vec<&str> = text.split_whitespace().take(EXCERPT).collect();
        let text = beginning(&words.join(" "), EXCERPT);
        (!text.is_empty()).then(|| format!("the answer begins: {text}"))
    }
}

impl HttpTry {
    fn ended(end: StepEnd, trail: &[String]) -> Self {
        HttpTry {
            end,
            summary: trail.join(" → "),
            excerpt: None,
        }
    }
}
