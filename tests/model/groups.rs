//! Concurrency groups: a run that names one is parked until it has a place, and keeps it to its end.

use super::state::{Parked, Run, State};

/// Gives every free place to the first in its group; the smallest limit of all that share the places
/// counts, and nobody passes one who waits. How many may go now.
pub fn admit(s: &mut State) -> u32 {
    let mut admitted = 0;
    while let Some(place) = (0..s.runs.len()).find(|place| is_next(s, &s.runs[*place])) {
        s.runs[place].parked = None;
        let lane = s.runs[place].frozen.lane.clone();
        s.wake(&lane);
        admitted += 1;
    }
    admitted
}

fn is_next(s: &State, run: &Run) -> bool {
    let waits = |run: &Run| run.parked == Some(Parked::Group);
    let Some((key, limit)) = run.group().filter(|_| waits(run)) else {
        return false;
    };
    let of_group = |other: &&Run| other.group().is_some_and(|(other, _)| other == key);
    let order = |run: &Run| (run.frozen.priority, run.seq);
    let is_first = (s.runs.iter().filter(of_group).filter(|other| waits(other)))
        .all(|other| order(run) <= order(other));
    let limits: Vec<u64> = (s.runs.iter().filter(of_group).filter(|r| r.has_a_place()))
        .filter_map(|other| other.group().map(|(_, limit)| limit))
        .collect();
    let least = limits.iter().copied().min().unwrap_or(limit).min(limit);
    is_first && (limits.len() as u64) < least
}
