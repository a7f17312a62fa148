//! Dependencies: a run that names others is parked until each has succeeded, and cancelled where one has
//! ended otherwise.

use super::groups;
use super::state::{Parked, Run, State};
use ops_core::RunStatus;

/// Lets go whoever waits for nothing more, and cancels whoever waits in vain, down the chain; then gives
/// what is free of groups. How many may go now.
pub fn resolve(s: &mut State) -> u32 {
    let mut freed = 0;
    let next =
        |s: &State| (0..s.runs.len()).find_map(|place| Some((place, verdict(s, &s.runs[place])?)));
    while let Some((place, is_met)) = next(s) {
        let now = s.now;
        let run = &mut s.runs[place];
        if is_met {
            run.parked = parked_next(run, now);
            if run.parked.is_none() {
                freed += 1;
                let lane = run.frozen.lane.clone();
                s.wake(&lane);
            }
            continue;
        }
        run.status = RunStatus::Cancelled;
        run.parked = None;
        run.cancelled_at = Some(now);
        run.finished_at = Some(now);
        run.reason = Some("dependency_failed".into());
        run.error = Some("what it depends on has not succeeded".into());
        run.tell(now, "what it depends on has not succeeded".into());
    }
    freed + groups::admit(s)
}

fn parked_next(run: &Run, now: super::Time) -> Option<Parked> {
    match run.frozen.not_before.is_some_and(|at| at > now) {
        true => Some(Parked::NotBefore),
        false => run.group().map(|_| Parked::Group),
    }
}

/// Whether all is met; none where it is open.
fn verdict(s: &State, run: &Run) -> Option<bool> {
    if run.parked != Some(Parked::DependsOn) {
        return None;
    }
    let status = |id: &String| s.find(id).map(|place| s.runs[place].status);
    let all: Vec<_> = run.depends_on.iter().map(status).collect();
    let failed = |status: &Option<RunStatus>| {
        status.is_none_or(|status| status.is_terminal() && status != RunStatus::Succeeded)
    };
    if all.iter().any(failed) {
        return Some(false);
    }
    let is_met = all
        .iter()
        .all(|status| *status == Some(RunStatus::Succeeded));
    is_met.then_some(true)
}
