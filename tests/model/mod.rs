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
pub mod normal;
mod retry;
mod room;
pub mod rules;
mod runs;
mod sessions;
mod settle;
pub mod state;
mod sweep;
mod templates;
mod time;
mod tokens;
mod verbs;
mod worker;

pub use room::Room;
pub use sweep::Found;
pub use time::Time;

use ops_core::port::{BoxFuture, Store, StoreError};
use serde_json::{Value, json};
use std::sync::Mutex;

/// A room that many may call.
#[derive(Default)]
pub struct Model(Mutex<Room>);

impl Model {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn advance_by(&self, seconds: u32) {
        self.room().advance_by(seconds);
    }

    pub fn now(&self) -> Time {
        self.room().now()
    }

    fn room(&self) -> std::sync::MutexGuard<'_, Room> {
        self.0.lock().expect("no verb panics")
    }
}

impl Store for Model {
    fn call<'a>(
        &'a self,
        function: &'static str,
        p: Value,
    ) -> BoxFuture<'a, Result<Value, StoreError>> {
        Box::pin(async move { self.room().call(function, p) })
    }
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
