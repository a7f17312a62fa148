//! The protocol in memory: an `ops_core::port::Store` written from the protocol (docs/ARCHITECTURE.md, docs/API.md). It is the oracle of
//! the property tests and a fast store for API tests. One call after the other, on a clock of its
//! own that moves by `advance_by`; no log is too long for it, and it keeps no audit.

mod access;
mod artifacts;
mod cancel;
mod claim;
mod create;
mod dependencies;
mod events;
mod groups;
mod interrupted;
mod lanes;
mod retry;
mod runs;
mod sessions;
mod settle;
mod state;
mod sweep;
mod templates;
mod time;
mod tokens;
mod verbs;
mod worker;

pub use time::Time;

use ops_core::port::{BoxFuture, Store, StoreError};
use serde_json::{Map, Value, json};
use state::State;
use std::sync::Mutex;

pub struct Model(Mutex<State>);

impl Model {
    /// As after the migrations: four lanes, no token.
    pub fn new() -> Self {
        Model(Mutex::new(State::new(Time::of_this_machine())))
    }

    pub fn advance_by(&self, seconds: u32) {
        let mut state = self.state();
        state.now = state.now.plus(seconds.into());
    }

    pub fn now(&self) -> Time {
        self.state().now
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().expect("no verb panics")
    }

    fn answer(&self, function: &str, p: Value) -> Result<Value, StoreError> {
        let mut state = self.state();
        state.now = state.now.tick();
        let answer = match verbs::run(&mut state, function, p) {
            Ok(answer) => answer,
            Err(Stop::Refused(answer)) => answer,
            Err(Stop::Malformed(why)) => return Err(StoreError::Failed(why)),
            Err(Stop::Unknown) => return Err(StoreError::NotInstalled(function.into())),
        };
        let wake = std::mem::take(&mut state.wake);
        Ok(with_wake(answer, wake))
    }
}

impl Default for Model {
    fn default() -> Self {
        Self::new()
    }
}

impl Store for Model {
    fn call<'a>(
        &'a self,
        function: &'static str,
        p: Value,
    ) -> BoxFuture<'a, Result<Value, StoreError>> {
        Box::pin(async move { self.answer(function, p) })
    }
}

/// Lanes in which something became claimable.
fn with_wake(mut answer: Value, wake: Map<String, Value>) -> Value {
    if !wake.is_empty() {
        answer["wake"] = wake.into();
    }
    answer
}

/// Why a verb has no ordinary answer. A refusal is an answer too: what it counted stays counted.
enum Stop {
    Refused(Value),
    Malformed(String),
    Unknown,
}

type Reply = Result<Value, Stop>;

impl From<serde_json::Error> for Stop {
    fn from(error: serde_json::Error) -> Self {
        Stop::Malformed(error.to_string())
    }
}

fn refuse(code: &str, detail: impl Into<String>) -> Stop {
    Stop::Refused(json!({ "code": code, "detail": detail.into() }))
}
