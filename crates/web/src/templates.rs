//! Templates as this process last saw them, so that `runs.create` validates params without a second
//! round trip. The database compares the version; a stale entry costs one more call, never a wrong run
//! and never a wrong refusal.

use ops_runbook::Runbook;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

#[derive(Default)]
pub struct TemplateCache(Mutex<HashMap<String, Arc<Known>>>);

pub struct Known {
    pub version: i64,
    pub runbook: Runbook,
}

/// Far more than an installation has; a bound, so that a stranger's slugs cannot fill the memory.
const MOST: usize = 1_000;

impl TemplateCache {
    pub fn get(&self, slug: &str) -> Option<Arc<Known>> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(slug)
            .cloned()
    }

    /// A slug that is used again begins with version 1, as the one before it did.
    pub fn forget(&self, slug: &str) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.remove(slug);
    }

    pub fn put(&self, slug: &str, known: Known) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MOST && !all.contains_key(slug) {
            all.clear();
        }
        all.insert(slug.into(), Arc::new(known));
    }
}
