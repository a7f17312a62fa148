//! The rows of a pass, a file per subject.

mod batches;
mod costs;
mod enqueue;
mod events;
mod history;
mod in_flight;
mod latency;
mod machine;
pub mod names;
mod rates;
mod recovery;
mod snapshot;
mod spread;

use crate::pass::Pass;
use crate::setup::Fallible;

/// What varies is measured in every round, what takes long or hardly varies once.
pub async fn measure(pass: &mut Pass) -> Fallible<()> {
    machine::fsyncs(pass)?;
    for _ in 0..pass.rounds() {
        pass.next_round();
        rates::measure(pass).await?;
        batches::measure(pass).await?;
        enqueue::measure(pass).await?;
        latency::measure(pass).await?;
        spread::measure(pass).await?;
        events::measure(pass).await?;
        recovery::measure(pass).await?;
        in_flight::measure(pass).await?;
    }
    history::measure(pass).await?;
    snapshot::measure(pass).await?;
    costs::measure(pass).await?;
    machine::sizes(pass)
}
