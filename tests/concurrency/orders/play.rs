//! One order on the stage.

use super::allowed::{Outcome, READS, named};
use super::cast::{Act, Casting};
use super::stage::Stage;
use ops_tests::model::Time;
use ops_tests::model::normal::normal;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use tokio::task::JoinHandle;

/// How calls come to stand in each other's way.
#[derive(Clone, Copy, Debug)]
pub enum Meeting {
    /// Each begins while the transaction of the one before, which has been answered, is open.
    InOpenTransactions,
    /// All begin, one after the other, while a lock is held on a row of one of the runs; then all that
    /// wait for it, or for each other, go on at once.
    Behind(&'static str, usize),
}

/// What was seen.
pub struct Played {
    pub outcome: Outcome,
    /// Who ended before whom began.
    pub before: BTreeSet<(Act, Act)>,
    /// Who began while somebody held a lock.
    pub met: BTreeSet<Act>,
}

pub async fn play(stage: &Stage, casting: Casting, order: &[Act; 6], meeting: Meeting) -> Played {
    let runs = stage.set().await;
    let mut played = match meeting {
        Meeting::InOpenTransactions => in_open_transactions(stage, casting, order, &runs).await,
        Meeting::Behind(lock, run) => behind(stage, casting, order, &runs, (lock, run)).await,
    };
    let mut names = named(&runs);
    for (number, run) in runs.iter().enumerate() {
        for function in READS {
            let answer = stage
                .database
                .call(function, json!({ "run_id": run }))
                .await;
            let answer = normal(answer, &mut names, Time::of_this_machine());
            played
                .outcome
                .insert(format!("{function} {number}"), answer.to_string().into());
        }
    }
    played
}

/// A call that has begun.
struct Begun {
    act: Act,
    answer: JoinHandle<Value>,
}

fn begin(stage: &Stage, casting: Casting, act: Act, runs: &[String; 2]) -> Begun {
    let actor = stage.actors[&act].clone();
    let p = casting.call(act, runs);
    let answer = tokio::spawn(async move { actor.say(p).await });
    Begun { act, answer }
}

/// Returns when the call was answered or waits for a lock.
async fn settled_or_blocked(stage: &Stage, begun: &Begun) {
    let pid = stage.actors[&begun.act].pid;
    while !begun.answer.is_finished() {
        let row = stage.database.admin.query_one(&stage.waits, &[&pid]).await;
        if row.expect("a backend").get::<_, Option<bool>>(0) == Some(true) {
            return;
        }
    }
}

async fn ended(begun: Begun, runs: &[String; 2], outcome: &mut Outcome) {
    let answer = begun.answer.await;
    let answer = answer.unwrap_or_else(|e| panic!("{:?}: {e}", begun.act));
    let answer = normal(answer, &mut named(runs), Time::of_this_machine());
    outcome.insert(format!("{:?}", begun.act), answer.to_string().into());
}

async fn in_open_transactions(
    stage: &Stage,
    casting: Casting,
    order: &[Act; 6],
    runs: &[String; 2],
) -> Played {
    let mut outcome = Outcome::new();
    let mut before = BTreeSet::new();
    for (place, act) in order.iter().enumerate() {
        let actor = &stage.actors[act];
        actor.client.batch_execute("begin").await.expect("begins");
        let begun = begin(stage, casting, *act, runs);
        settled_or_blocked(stage, &begun).await;
        if let Some(last) = place.checked_sub(1) {
            let last = &stage.actors[&order[last]];
            last.client.batch_execute("commit").await.expect("commits");
        }
        // It waited for nobody else.
        ended(begun, runs, &mut outcome).await;
        let ended_before = order[..place.saturating_sub(1)].iter();
        before.extend(ended_before.map(|other| (*other, *act)));
    }
    let last = &stage.actors[&order[order.len() - 1]];
    last.client.batch_execute("commit").await.expect("commits");
    Played {
        outcome,
        before,
        met: order[1..].iter().copied().collect(),
    }
}

async fn behind(
    stage: &Stage,
    casting: Casting,
    order: &[Act; 6],
    runs: &[String; 2],
    (lock, run): (&str, usize),
) -> Played {
    stage.gate.batch_execute("begin").await.expect("begins");
    let sql = lock.replace("$1", &format!("'{}'", runs[run]));
    stage.gate.batch_execute(&sql).await.expect("a lock");
    let mut begun: BTreeMap<usize, Begun> = BTreeMap::new();
    let mut before = BTreeSet::new();
    for (place, act) in order.iter().enumerate() {
        let is_over = begun
            .values()
            .filter(|earlier| earlier.answer.is_finished());
        before.extend(is_over.map(|earlier| (earlier.act, *act)));
        let next = begin(stage, casting, *act, runs);
        settled_or_blocked(stage, &next).await;
        begun.insert(place, next);
    }
    stage.gate.batch_execute("rollback").await.expect("opens");
    let mut outcome = Outcome::new();
    for (_, call) in begun {
        ended(call, runs, &mut outcome).await;
    }
    Played {
        outcome,
        before,
        met: order.iter().copied().collect(),
    }
}
