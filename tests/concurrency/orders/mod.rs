//! All 720 orders of {claim, append, finish, heartbeat, cancel, sweep} on two runs, each call on a
//! connection of its own and begun while another stands still with its locks. Whatever comes out must be
//! what the model gives for the six calls one after the other, in some order that those who took part
//! cannot tell from what they saw.
//!
//! Which run append, finish and cancel name gives eight castings, and there are eight ways to let calls meet.
//! Each order is played in four castings, in another way each, so that every way meets 360 orders:
//! 2,880 plays. With `OPS_EVERY_CASTING=1` it is played in all eight.

mod allowed;
mod cast;
mod play;
mod stage;

use allowed::Allowed;
use cast::{Act, CASTINGS, Casting};
use play::{Meeting, play};
use stage::Stage;
use std::sync::Arc;

const MEETINGS: [Meeting; 8] = [
    Meeting::InOpenTransactions,
    Meeting::Behind("select from run_leases where run_id = $1 for update", 0),
    Meeting::Behind("select from run_leases where run_id = $1 for update", 1),
    Meeting::Behind("select from runs where id = $1 for no key update", 0),
    Meeting::Behind("select from runs where id = $1 for no key update", 1),
    Meeting::Behind("select from run_logs where run_id = $1 for update", 0),
    Meeting::Behind("select from run_logs where run_id = $1 for update", 1),
    Meeting::Behind("select from run_leases where run_id = $1 for key share", 0),
];

/// Databases that are played in at once.
const STAGES: usize = 3;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_order_of_six_calls_on_two_runs_is_some_order_of_the_model() {
    let every = std::env::var("OPS_EVERY_CASTING").is_ok_and(|value| value == "1");
    let castings_of_one = if every { CASTINGS } else { CASTINGS / 2 };
    let allowed: Vec<Allowed> = (0..CASTINGS).map(|n| Allowed::of(Casting(n))).collect();
    let allowed = Arc::new(allowed);
    let play = |first| play_each(first, castings_of_one, allowed.clone());
    let stages: Vec<_> = (0..STAGES).map(|first| tokio::spawn(play(first))).collect();
    let mut plays = 0;
    for stage in stages {
        plays += stage.await.expect("every play ends as it may");
    }
    let orders = cast::orders().len();
    assert_eq!(plays, orders * castings_of_one);
    println!("{plays} plays: {orders} orders of six calls, in {castings_of_one} castings each");
}

/// Every third order, from `first` on.
async fn play_each(first: usize, castings: usize, allowed: Arc<Vec<Allowed>>) -> usize {
    let stage = Box::pin(Stage::open()).await;
    let mut plays = 0;
    for (number, order) in cast::orders()
        .iter()
        .enumerate()
        .skip(first)
        .step_by(STAGES)
    {
        for turn in 0..castings {
            let casting = (number + turn * CASTINGS / castings) % CASTINGS;
            let meeting = MEETINGS[(number / CASTINGS + turn) % MEETINGS.len()];
            let played = Box::pin(play(&stage, Casting(casting), order, meeting)).await;
            if let Err(why) = allowed[casting].explain(&played) {
                panic!("{order:?} in casting {casting}, {meeting:?}: {why}");
            }
            plays += 1;
        }
    }
    plays
}

/// An append that looks for its lease and does not lock it writes after the sweep, and no order of the
/// model has that.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_append_that_does_not_lock_its_lease_is_found_out() {
    let stage = Box::pin(Stage::open()).await;
    let sql = "select pg_get_functiondef('public.events_append(jsonb)'::regprocedure)";
    let row = stage
        .database
        .admin
        .query_one(sql, &[])
        .await
        .expect("a function");
    let locking: String = row.get(0);
    let without = locking.replace("for key share", "");
    assert_ne!(locking, without);
    let admin = &stage.database.admin;
    admin
        .batch_execute(&without)
        .await
        .expect("the same without a lock");
    let casting = Casting(0b001);
    let allowed = Allowed::of(casting);
    let orders = cast::orders();
    let sweep_first = |order: &&[Act; 6]| order[..2] == [Act::Sweep, Act::Append];
    let mut wrong = 0;
    for order in orders.iter().filter(sweep_first) {
        let logs = MEETINGS[6];
        let played = Box::pin(play(&stage, casting, order, logs)).await;
        wrong += usize::from(allowed.explain(&played).is_err());
    }
    assert!(wrong > 0, "nothing was found");
}
