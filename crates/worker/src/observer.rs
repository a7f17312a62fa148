//! What a worker tells the program around it, for printing. Texts are masked already.

use ops_core::StepStatus;
use ops_core::api::{ClaimedRun, Finish};
use ops_core::status::{EndStatus, RunStatus};

/// Every method does nothing unless overridden. They are called on the worker's tasks and must
/// not block.
#[allow(unused_variables)]
pub trait Observer: Send + Sync {
    /// The worker is about to claim for the first time.
    fn ready(&self, worker_id: &str) {}
    fn claimed(&self, run: &ClaimedRun) {}
    fn step(&self, run_id: &str, step: &str, status: StepStatus) {}
    /// One line (or part of one) of a run's log.
    fn line(&self, run_id: &str, step: Option<&str>, message: &str) {}
    /// The bytes of an artifact, masked, on their way to the control room.
    fn artifact(&self, run_id: &str, name: &str, bytes: &[u8]) {}
    /// The run's work has ended; the control room does not know it yet.
    fn ended(&self, run_id: &str, status: EndStatus, reason: Option<&str>, error: Option<&str>) {}
    /// The control room has taken the end. `finish` is what was sent.
    fn finished(&self, finish: &Finish, status: RunStatus) {}
    /// The run belongs to somebody else now, or nobody could be told its end.
    fn lost(&self, run_id: &str, why: &str) {}
    /// A call did not come through and is repeated.
    fn retrying(&self, call: &str, error: &str) {}
    /// No run is claimed for now, such as with a full disk.
    fn pausing(&self, why: &str) {}
    /// No more runs are claimed: drained, limits reached, or asked to end.
    fn ending(&self, why: &str) {}
}

/// Says nothing.
pub struct Silent;

impl Observer for Silent {}
