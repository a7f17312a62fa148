//! Follows a run's log to its end.

mod lines;
mod pages;
mod sink;
mod summary;
mod waiting;

pub use pages::Pages;
pub use sink::Sink;

use crate::args::Format;
use crate::connection::Room;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::{output, program};
use pages::Page;
use std::time::{Duration, Instant};
use waiting::Watcher;

/// Answers that come back at once and empty are asked for less and less often.
const PAUSES: [Duration; 4] = [
    Duration::from_millis(200),
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
];
/// An empty answer that came faster than this did not wait.
const AT_ONCE: Duration = Duration::from_millis(500);
/// A holder that reports after the run's end has that long; then its log is what it is.
const LAST_WORDS: Duration = Duration::from_secs(45);

/// Streams the log from its beginning and ends with the run's outcome.
pub async fn run(room: &Room, run_id: &str, format: Format) -> Result<Exit, Failure> {
    let mut interrupt = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::interrupt())
        .map_err(Failure::Signals)?;
    let mut sink = Sink::new(format);
    tokio::select! {
        done = Box::pin(to_the_end(room, run_id, &mut sink)) => done?,
        _ = interrupt.recv() => {
            sink.close()?;
            tell_interrupted(room, run_id);
            return Ok(Exit::Interrupted);
        }
    }
    summary::tell(room, run_id, format).await
}

async fn to_the_end(room: &Room, run_id: &str, sink: &mut Sink) -> Result<(), Failure> {
    let watcher = Watcher::start(room.client.clone(), run_id);
    let mut pages = Pages::new(room.clone(), run_id);
    let mut quiet = 0;
    let mut ended_at: Option<Instant> = None;
    loop {
        let asked = Instant::now();
        let page = pages.next().await?;
        watcher.saw(page.status);
        for event in &page.events {
            sink.event(event)?;
        }
        if is_over(&page, &mut ended_at) {
            return sink.close();
        }
        if page.events.is_empty() {
            if asked.elapsed() < AT_ONCE {
                tokio::time::sleep(PAUSES[quiet]).await;
                quiet = (quiet + 1).min(PAUSES.len() - 1);
            }
        } else {
            quiet = 0;
        }
    }
}

/// The state was read before the events: an ended run and an empty page mean that there is
/// nothing more, unless somebody still holds it and has last words.
fn is_over(page: &Page, ended_at: &mut Option<Instant>) -> bool {
    let ended = page.status.is_some_and(|status| status.is_terminal());
    if !ended || !page.events.is_empty() {
        return false;
    }
    if !page.held {
        return true;
    }
    if ended_at.is_none() {
        output::note("the run has ended; waiting for its worker to stop");
    }
    ended_at.get_or_insert_with(Instant::now).elapsed() > LAST_WORDS
}

fn tell_interrupted(room: &Room, run_id: &str) {
    let data = room.address.data_argument();
    output::note(format_args!("\nno longer following; the run goes on"));
    output::hints([
        format!(
            "go on following: {}{data}",
            program::call(format_args!("runs log {run_id} --follow"))
        ),
        format!(
            "cancel the run: {}{data}",
            program::call(format_args!("runs cancel {run_id}"))
        ),
    ]);
}
