//! `cargo xtask bench serverless`: each host of the router in front of one gateway and one PostgREST,
//! beside the bare call of the same SQL function. What lies between the two is ours.

mod calls;
mod cold;
mod months;
mod sides;

use crate::setup::Fallible;
use calls::{CALLS, Caller};
use ops_tests::harness::TestDatabase;
use ops_tests::harness::supabase::Supabase;
use std::time::{Duration, Instant};

pub async fn measure(scale: usize) -> Fallible<()> {
    let database = TestDatabase::new().await;
    let supabase = Supabase::over(&database.config).await;
    let origin = supabase.gateway.origin.clone();
    println!("{}", cold::markdown(&origin).await?);

    let sides = sides::start(&origin).await?;
    let mut callers: Vec<Caller> = sides.iter().map(Caller::new).collect();
    println!("| call | host | round trips | p50 | p99 | per second | over the bare call, p50 |");
    println!("| --- | --- | --- | --- | --- | --- | --- |");
    for call in CALLS {
        let mut trips = Vec::new();
        for caller in &mut callers {
            caller.prepare(call).await?;
            caller.once(call).await?;
            let before = supabase.gateway.requests();
            caller.once(call).await?;
            trips.push(supabase.gateway.requests() - before);
        }
        let mut took: Vec<Vec<Duration>> = vec![Vec::new(); callers.len()];
        // In turn, so that whatever else the machine does meets all of them alike.
        for _ in 0..100 * scale {
            for (caller, took) in callers.iter_mut().zip(&mut took) {
                let sent = Instant::now();
                caller.once(call).await?;
                took.push(sent.elapsed());
            }
        }
        took.iter_mut().for_each(|all| all.sort());
        let bare = at(&took[0], 0.5);
        for ((caller, took), trips) in callers.iter().zip(&took).zip(trips) {
            let total: Duration = took.iter().sum();
            println!(
                "| {call} | {} | {trips} | {:.2} ms | {:.2} ms | {:.0} | {:+.2} ms |",
                caller.name,
                at(took, 0.5),
                at(took, 0.99),
                took.len() as f64 / total.as_secs_f64(),
                at(took, 0.5) - bare
            );
        }
    }
    println!("\n{}", months::markdown());
    Ok(())
}

/// In milliseconds, of what is sorted.
fn at(all: &[Duration], share: f64) -> f64 {
    all[((all.len() - 1) as f64 * share) as usize].as_secs_f64() * 1_000.0
}
