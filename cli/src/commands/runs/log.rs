use crate::args::Common;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::follow::{self, Pages, Sink};
use crate::values;
use clap::Args;

/// Print the log of a run
#[derive(Debug, Args)]
#[command(
    after_help = "With --follow the exit code is the run's outcome, as with `ops run --follow`.

Examples:
  ops runs log ID
  ops runs log ID --follow
  ops runs log ID --json | jq -r 'select(.level == \"error\").message'"
)]
pub struct LogArgs {
    #[arg(value_name = "ID", value_parser = values::id)]
    id: String,
    /// Go on until the run ends
    #[arg(short, long)]
    follow: bool,
    #[command(flatten)]
    common: Common,
}

pub async fn run(arguments: LogArgs) -> Result<Exit, Failure> {
    let room = arguments.common.connection.open()?;
    let format = arguments.common.format();
    let mut pages = Pages::new(room.clone(), &arguments.id);
    if arguments.follow {
        // A wrong id or address is told at once, not tried again for minutes.
        pages.now().await?;
        return follow::run(&room, &arguments.id, format).await;
    }
    let mut sink = Sink::new(format);
    loop {
        let page = pages.now().await?;
        if page.events.is_empty() {
            sink.close()?;
            return Ok(Exit::Success);
        }
        for event in &page.events {
            sink.event(event)?;
        }
    }
}
