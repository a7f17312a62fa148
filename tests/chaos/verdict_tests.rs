//! Each kind of fault, made up, is found; and a run that went well is not complained of.

use super::*;
use crate::record::{Artifact, Attempt, Event};
use crate::workload::TICKS;

/// One run of each fact, as it is when all went well: the first attempt lost, the second succeeded.
struct Story {
    kind: Kind,
    run: Record,
    marks: Vec<Mark>,
    seen: Seen,
    artifacts: HashMap<String, String>,
    asked: HashSet<String>,
    cancelled: HashSet<String>,
}

fn mark(attempt: u32, what: &str) -> Mark {
    let worker = format!("w{attempt}");
    let what = what.into();
    Mark {
        attempt,
        worker,
        what,
    }
}

fn attempt(number: u32, ended_as: &str) -> Attempt {
    let ended_as = Some(ended_as.into());
    Attempt { number, ended_as }
}

fn story() -> Story {
    let id = "r".to_string();
    let event = |n: usize| Event {
        pos: n as i64 + 1,
        attempt: 2,
        source: "stdout".into(),
        message: format!("line {n}"),
    };
    let sha256 = sha256_hex(&artifact("r", 2));
    let kept = Artifact {
        id: "a".into(),
        attempt: 2,
        name: "kept".into(),
        sha256: sha256.clone(),
    };
    let mut seen = Seen::default();
    let told = (0..TICKS).map(|n| (n as u64 + 1, hash(&format!("line {n}"))));
    seen.events.insert((id.clone(), 2), told.collect());
    let end = BTreeMap::from([(2, "succeeded".to_string())]);
    seen.ends.insert(id.clone(), end);
    Story {
        kind: Kind::Artifact,
        run: Record {
            id,
            status: "succeeded".into(),
            attempt: 2,
            attempts: vec![attempt(1, "lost"), attempt(2, "succeeded")],
            events: (0..TICKS).map(event).collect(),
            artifacts: vec![kept],
            ..Record::default()
        },
        marks: [(1, "keep.begin"), (2, "keep.begin"), (2, "keep.end")]
            .map(|(a, w)| mark(a, w))
            .into(),
        seen,
        artifacts: HashMap::from([("a".into(), sha256)]),
        asked: HashSet::new(),
        cancelled: HashSet::new(),
    }
}

/// Names of what is complained of.
fn complaints(change: impl FnOnce(&mut Story)) -> Vec<&'static str> {
    let mut story = story();
    change(&mut story);
    let mut verdict = Verdict::default();
    verdict.add(
        &story.run,
        &Beside {
            kind: story.kind,
            marks: &story.marks,
            seen: &story.seen,
            artifacts: &story.artifacts,
            asked: &story.asked,
            cancelled: &story.cancelled,
        },
    );
    let lists = verdict.wrong.lists();
    assert_eq!(
        verdict.holds(),
        lists.iter().all(|(_, list)| list.is_empty())
    );
    lists
        .iter()
        .filter(|(_, list)| !list.is_empty())
        .map(|(name, _)| *name)
        .collect()
}

#[test]
fn a_run_that_went_well_is_not_complained_of() {
    assert!(complaints(|_| {}).is_empty());
    assert!(complaints(|s| s.marks.insert(1, mark(1, "keep.end"))).is_empty());
}

#[test]
fn two_holders_are_found() {
    assert_eq!(
        complaints(|s| s.marks[2].worker = "other".into()),
        ["two_holders"]
    );
    assert_eq!(
        complaints(|s| s.run.attempts[0].ended_as = None),
        ["two_holders"]
    );
    assert_eq!(
        complaints(|s| drop(s.run.attempts.remove(0))),
        ["two_holders"]
    );
}

#[test]
fn two_ends_are_found() {
    assert_eq!(
        complaints(|s| s.run.attempts[0] = attempt(1, "failed")),
        ["two_ends"]
    );
    let other = |s: &mut Story| {
        let ends = s.seen.ends.entry("r".into()).or_default();
        ends.insert(1, "succeeded".into());
    };
    assert_eq!(complaints(other), ["two_ends"]);
    assert_eq!(complaints(|s| drop(s.marks.pop())), ["two_ends"]);
}

#[test]
fn two_attempts_alive_at_once_are_found() {
    assert_eq!(
        complaints(|s| s.marks.push(mark(1, "keep.tick"))),
        ["alive_at_once"]
    );
}

#[test]
fn missing_and_changed_events_are_found() {
    assert_eq!(complaints(|s| drop(s.run.events.pop())), ["events_missing"]);
    assert_eq!(
        complaints(|s| s.run.events[1].message = "x".into()),
        ["events_missing"]
    );
    assert_eq!(complaints(|s| s.run.events[1].pos = 9), ["events_missing"]);
    let of_lost_attempt = |s: &mut Story| {
        s.seen
            .events
            .insert(("r".into(), 1), BTreeMap::from([(1, hash("said"))]));
    };
    assert_eq!(complaints(of_lost_attempt), ["events_missing"]);
}

#[test]
fn missing_artifacts_are_found() {
    assert_eq!(
        complaints(|s| s.run.artifacts.clear()),
        ["artifacts_missing"]
    );
    assert_eq!(
        complaints(|s| s.run.artifacts[0].sha256 = "0".into()),
        ["artifacts_missing"]
    );
    let of_lost_attempt = |s: &mut Story| drop(s.artifacts.insert("b".into(), "0".into()));
    assert_eq!(complaints(of_lost_attempt), ["artifacts_missing"]);
}

#[test]
fn stuck_runs_and_leases_without_end_are_found() {
    assert_eq!(complaints(|s| s.run.holds_lease = true), ["stuck"]);
    let queued = |s: &mut Story| {
        s.run.status = "queued".into();
    };
    assert_eq!(complaints(queued), ["stuck"]);
}

#[test]
fn a_repeated_once_step_is_found() {
    let twice = |s: &mut Story| {
        s.marks.insert(0, mark(1, "pay.begin"));
        s.marks.push(mark(2, "pay.begin"));
    };
    assert_eq!(complaints(twice), ["once_repeated"]);
}

#[test]
fn an_end_that_nothing_explains_is_found() {
    assert_eq!(
        complaints(|s| s.cancelled.extend(["r".into()])),
        ["not_as_expected"]
    );
    let failed = |s: &mut Story| {
        s.run.status = "failed".into();
        s.run.attempts[1] = attempt(2, "failed");
        s.seen.ends.clear();
    };
    assert_eq!(complaints(failed), ["not_as_expected"]);
    let explained = |s: &mut Story| {
        failed(s);
        s.kind = Kind::Slain;
    };
    assert!(complaints(explained).is_empty());
}

#[test]
fn places_that_leaked_and_limits_that_were_exceeded_are_told_and_nothing_holds() {
    let fine = || Verdict {
        runs: 1,
        ..Verdict::default()
    };
    assert!(fine().holds());
    let mut leaked = fine();
    leaked.wrong.places_leaked.push("1 leases are left".into());
    let mut over = fine();
    over.wrong.over_limit.push("lane narrow: 5 at once".into());
    for (verdict, name) in [(leaked, "places_leaked"), (over, "over_limit")] {
        assert!(!verdict.holds(), "{name}");
        let lists = verdict.wrong.lists();
        let told = lists.iter().filter(|(_, list)| !list.is_empty());
        let told: Vec<_> = told.map(|(name, list)| (*name, list.len())).collect();
        assert_eq!(told, [(name, 1)]);
    }
}
