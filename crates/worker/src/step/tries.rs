//! Trying again: `retry` of a step, and the step kind `wait_for`.

use super::attempt::Attempt;
use super::http::HTTP_TIMEOUT;
use super::request::Prepared;
use super::step_end::StepEnd;
use crate::backoff::jittered;
use crate::clock::Moment;
use crate::control::Stop;
use ops_core::api::Level;
use ops_runbook::{Count, MAX_TRIES, Probe, Retry, Step, StepKind, WaitFor};
use std::time::Duration;

/// Many workers whose steps failed together shall not come back together.
const JITTER: f64 = 0.2;

impl Attempt<'_> {
    /// The step with its tries.
    pub(super) async fn run_step(&mut self, place: usize, step: &Step) -> StepEnd {
        let Some(retry) = &step.retry else {
            return self.run_once(place, step).await;
        };
        let most = match self.tries(retry) {
            Ok(most) => most,
            Err(error) => {
                let error = format!("step {}: `retry`: {error}", step.id);
                return StepEnd::failed("step_failed", error);
            }
        };
        let mut tried = 1;
        loop {
            let end = self.run_once(place, step).await;
            if !end.may_retry || tried >= most {
                return end.after_tries(tried);
            }
            let wait = jittered(retry.pause(tried), JITTER).min(retry.max.as_duration());
            let told = format!(
                "try {tried} of {most}: {}; again in {}",
                end.why(&step.id),
                shown(wait)
            );
            self.note(Level::Warn, &step.id, &told).await;
            if let Err(stop) = self.pause(wait).await {
                return StepEnd::stopped(stop);
            }
            tried += 1;
        }
    }

    async fn run_once(&mut self, place: usize, step: &Step) -> StepEnd {
        match &step.kind {
            StepKind::Run(script) => {
                let seconds = step.timeout_seconds;
                let timeout = seconds.map(|seconds| Duration::from_secs(seconds.into()));
                self.run_shell(place, step, script, timeout).await
            }
            StepKind::Artifact(artifact) => self.leave_artifact(step, artifact).await,
            StepKind::Http(call) => self.run_http(step, call).await,
            StepKind::WaitFor(wait) => self.wait_for(place, step, wait).await,
            StepKind::Workflow(call) => self.run_workflow(step, call).await,
            StepKind::SpecKit(call) => self.run_spec_kit(step, call).await,
        }
    }

    fn tries(&self, retry: &Retry) -> Result<u32, String> {
        let number = match &retry.attempts {
            Count::Fixed(number) => *number,
            Count::Late(source) => {
                let text = ops_runbook::interpolate(source, &self.values)
                    .map_err(|error| error.to_string())?;
                text.trim()
                    .parse()
                    .map_err(|_| format!("`{text}` is no number of tries"))?
            }
        };
        match MAX_TRIES.contains(&number.into()) {
            true => Ok(number),
            false => Err(format!(
                "{number} tries; from {} to {} are allowed",
                MAX_TRIES.start(),
                MAX_TRIES.end()
            )),
        }
    }

    /// Tries until it is so or the time is over.
    async fn wait_for(&mut self, place: usize, step: &Step, wait: &WaitFor) -> StepEnd {
        let seconds = wait.timeout_seconds;
        let over = Moment::now().after(Duration::from_secs(seconds.into()));
        let prepared = match &wait.probe {
            Probe::Run(_) => None,
            Probe::Http(call) => match self.prepare_http(step, call) {
                Ok(prepared) => Some(prepared),
                Err(end) => return *end,
            },
        };
        let mut tried = 1;
        loop {
            let left = over.remaining();
            let (end, seen) = self.probe(place, step, wait, prepared.as_ref(), left).await;
            if !end.may_retry {
                return end;
            }
            let pause = wait.pause(tried).min(over.remaining());
            let is_over = pause.is_zero();
            if !is_over {
                let told = format!("try {tried}: {seen}; again in {}", shown(pause));
                self.note(Level::Info, &step.id, &told).await;
                if let Err(stop) = self.pause(pause).await {
                    return StepEnd::stopped(stop);
                }
            }
            if is_over || over.has_passed() {
                let tries = if tried == 1 { "try" } else { "tries" };
                let error = format!(
                    "step {}: not so within {seconds} s after {tried} {tries}; last: {seen}",
                    step.id
                );
                return StepEnd {
                    outputs: end.outputs,
                    exit_code: end.exit_code,
                    ..StepEnd::timed_out(error)
                };
            }
            tried += 1;
        }
    }

    /// One try of `wait_for`, and what is seen, in a few words.
    async fn probe(
        &mut self,
        place: usize,
        step: &Step,
        wait: &WaitFor,
        prepared: Option<&Prepared>,
        left: Duration,
    ) -> (StepEnd, String) {
        match (&wait.probe, prepared) {
            (Probe::Http(call), Some(prepared)) => {
                let timeout = HTTP_TIMEOUT.min(left);
                let tried = self.try_http(step, call, prepared, timeout).await;
                if !tried.end.may_retry {
                    self.tell_http(step, &tried).await;
                }
                let seen = format!("{}: {}", tried.summary, tried.end.why(&step.id));
                (tried.end, seen)
            }
            (Probe::Run(script), _) => {
                let end = self.run_shell(place, step, script, Some(left)).await;
                let seen = end.why(&step.id);
                (end, seen)
            }
            (Probe::Http(_), None) => {
                let error = format!("step {}: the request was not prepared", step.id);
                (StepEnd::failed("step_failed", error), String::new())
            }
        }
    }

    /// Waits; the run's end ends the waiting.
    async fn pause(&self, wait: Duration) -> Result<(), Stop> {
        tokio::select! {
            stop = self.job.control.when_stopped() => Err(stop),
            () = Moment::now().after(wait).reached() => Ok(()),
        }
    }
}

/// Tenths of seconds are enough for people.
pub(super) fn shown(wait: Duration) -> String {
    match wait.as_secs() {
        0 => format!("{} ms", wait.as_millis()),
        1..=9 if wait.subsec_millis() > 0 => format!("{:.1} s", wait.as_secs_f64()),
        seconds => format!("{seconds} s"),
    }
}
