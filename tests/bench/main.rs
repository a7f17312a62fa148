//! `cargo xtask bench`: what the engine does on this machine, beside the raw-SQL floor and two other
//! queues in the same pass. Figures of different passes or machines are not comparable; ratios to the
//! floor are.

mod arguments;
mod documents;
mod facts;
mod floor;
mod functions;
mod github;
mod latency;
mod memory;
mod pages;
mod pass;
mod peers;
mod plot;
mod report;
mod rows;
mod runs;
mod serverless;
mod setup;
mod steady;
mod through_http;
mod workers;

use arguments::{Arguments, Documents, Effort, Print, Subject};
use documents::Measured;
use pass::Pass;
use setup::{Fallible, Stage};

/// Widths of one worker process, or numbers of connections.
pub const WIDTHS: [usize; 3] = [1, 4, 24];

#[tokio::main]
async fn main() -> Fallible<()> {
    let arguments = Arguments::read(std::env::args().skip(1))?;
    let scale = match arguments.effort {
        Effort::Quick => 1,
        Effort::Full => 5,
    };
    match arguments.subject {
        Subject::Serverless => Box::pin(serverless::measure(scale)).await,
        Subject::GitHub => Box::pin(github::measure()).await,
        Subject::Pages => {
            let stage = Stage::start().await?;
            println!("{}\n", stage.facts);
            pages::measure(&stage, scale).await?;
            stage.stop().await
        }
        Subject::Engine => Box::pin(engine(&arguments)).await,
    }
}

async fn engine(arguments: &Arguments) -> Fallible<()> {
    if arguments.documents == Documents::Redraw {
        return Measured::read()?.draw();
    }
    let mut pass = Pass::start(arguments).await?;
    let done = rows::measure(&mut pass).await;
    let measured = Measured {
        facts: pass.stage.facts.clone(),
        rows: pass.report.shown(),
    };
    match arguments.print {
        Print::Json => println!("{}", serde_json::to_string_pretty(&measured.rows)?),
        Print::Markdown => println!("{}", measured.markdown()),
    }
    if arguments.documents == Documents::Write && done.is_ok() {
        measured.write()?;
    }
    pass.stage.stop().await?;
    // After what was measured before it.
    done
}
