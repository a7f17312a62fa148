//! What was done, and what could not be.

use crate::schedule::Fault;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

#[derive(Default)]
pub struct Counts(Mutex<Counted>);

#[derive(Default, Clone)]
pub struct Counted {
    /// By name of the fault.
    pub done: BTreeMap<String, u64>,
    /// By name of the fault: why not.
    pub not_tried: BTreeMap<String, String>,
}

impl Counts {
    pub fn done(&self, fault: Fault) {
        *self.counted().done.entry(name(fault)).or_default() += 1;
    }

    /// Says so loudly, once.
    pub fn not_tried(&self, fault: Fault, why: &str) {
        let name = name(fault);
        if self
            .counted()
            .not_tried
            .insert(name.clone(), why.into())
            .is_none()
        {
            eprintln!("NOT TRIED: {name}: {why}");
        }
    }

    pub fn counted(&self) -> MutexGuard<'_, Counted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Counted {
    pub fn of(&self, name: &str) -> u64 {
        self.done.get(name).copied().unwrap_or(0)
    }
}

fn name(fault: Fault) -> String {
    let value = serde_json::to_value(fault).unwrap_or_default();
    match &value["fault"] {
        Value::String(name) => name.clone(),
        other => other.to_string(),
    }
}
