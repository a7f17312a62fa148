//! What a state remembers of its past for the promises alone; nobody in it acts on that.

use std::collections::BTreeMap;

#[derive(Clone, Default, PartialEq, Hash)]
pub struct Ghost {
    /// The highest number of an attempt that each run has given.
    pub highest: Vec<u32>,
    /// What the last claim of each worker took: its request, runs and attempts.
    pub took: BTreeMap<u8, (u8, Vec<(u8, u8)>)>,
    /// The promise that was broken.
    pub broken: Option<&'static str>,
}

impl Ghost {
    pub fn breaks(&mut self, promise: &'static str) {
        self.broken.get_or_insert(promise);
    }
}

/// Places that a search has to get to, or it has proved little.
pub const SIGHTS: &[&str] = &[
    LATE_WRITE,
    REPEATED_FINISH,
    REPEATED_CLAIM,
    STALE_CLAIM,
    CANCELLED_HOLDER,
    LATER_ATTEMPT,
    LATE_RESCUE,
    USED_UP,
    SEEN_KEY,
    MISSING_EVENTS,
];

pub const LATE_WRITE: &str = "a late write is refused";
pub const REPEATED_FINISH: &str = "a repeated finish is told what the first was";
pub const REPEATED_CLAIM: &str = "a repeated claim gets what the first got";
pub const STALE_CLAIM: &str = "a claim that a later one overtook is refused";
pub const CANCELLED_HOLDER: &str = "the holder of a cancelled run ends it";
pub const LATER_ATTEMPT: &str = "a run succeeds in a later attempt";
pub const LATE_RESCUE: &str =
    "a sweep finds a lease that lives again, or is another's, when it gets to it";
pub const USED_UP: &str = "a run fails, for its attempts are used up";
pub const SEEN_KEY: &str = "a create that is repeated makes nothing";
pub const MISSING_EVENTS: &str = "a finish that overtakes its events is refused";
