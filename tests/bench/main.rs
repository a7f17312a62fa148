//! `cargo xtask bench`: what the engine does on this machine, beside the raw-SQL floor of the same
//! pass. Figures of different passes or machines are not comparable; ratios to the floor are.

mod floor;
mod functions;
mod github;
mod latency;
mod pages;
mod report;
mod serverless;
mod setup;
mod through_http;

use report::Report;
use setup::Stage;

/// Widths of one worker process, or numbers of connections.
pub const WIDTHS: [usize; 3] = [1, 4, 24];

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let quick = std::env::args().any(|a| a == "--quick");
    let scale = if quick { 1 } else { 5 };
    if std::env::args().any(|a| a == "serverless") {
        return Box::pin(serverless::measure(scale)).await;
    }
    if std::env::args().any(|a| a == "github") {
        return Box::pin(github::measure()).await;
    }
    let stage = Stage::start().await?;
    if std::env::args().any(|a| a == "pages") {
        println!("{}\n", stage.facts);
        pages::measure(&stage, scale).await?;
        return stage.stop().await;
    }
    let mut report = Report::default();
    for round in 1..=if quick { 1 } else { 3 } {
        eprintln!("round {round}");
        for width in WIDTHS {
            report.add(
                "raw SQL, claim and finish as two commits (floor)",
                width,
                floor::two_commits(&stage, width, 1_000 * scale).await?,
            );
            report.add(
                "raw SQL, settle and claim in one commit",
                width,
                floor::one_commit(&stage, width, 1_000 * scale).await?,
            );
            report.add(
                "our SQL functions, settle and claim in one commit",
                width,
                functions::one_by_one(&stage, width, 1_000 * scale).await?,
            );
            report.add(
                "one worker process through HTTP, no-op runs",
                width,
                through_http::worker(&stage, width, 1_000 * scale).await?,
            );
        }
        report.add(
            "raw SQL, batches of 100",
            1,
            floor::batches(&stage, 4_000 * scale).await?,
        );
        report.add(
            "our SQL functions, batches of 100",
            1,
            functions::batches(&stage, 4_000 * scale).await?,
        );
        report.add(
            "through HTTP, batches of 100",
            1,
            through_http::batches(&stage, 4_000 * scale).await?,
        );
        report.add(
            "enqueue in bulk of 1,000, our SQL function",
            1,
            functions::enqueue(&stage, 4_000 * scale).await?,
        );
        report.add(
            "enqueue in bulk of 1,000 through HTTP",
            1,
            through_http::enqueue(&stage, 4_000 * scale).await?,
        );
        report.add(
            "our SQL functions, 120,000 queued over four lanes",
            4,
            functions::deep_queue(&stage, 120_000, 1_000 * scale).await?,
        );
        report.latency(
            "enqueue → a waiting claim has it, through HTTP",
            latency::long_poll(&stage, 100 * scale).await?,
        );
    }
    println!("{}\n\n{}", stage.facts, report.markdown());
    stage.stop().await?;
    Ok(())
}
