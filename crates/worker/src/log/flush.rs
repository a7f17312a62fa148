//! Sends a log batch by batch, one at a time.

use super::{Entry, KEPT_BYTES, Shared, State, cost};
use crate::backoff::Backoff;
use crate::clock;
use crate::control::Stop;
use ops_client::ClientError;
use ops_core::Code;
use ops_core::api::{AppendAnswer, AppendRequest, Level, NewEvent, StepUpdate};
use ops_core::limits::{FLUSH_BYTES, FLUSH_MS};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// Events in one batch; the protocol allows twice as many.
const BATCH_EVENTS: usize = 1_000;
/// The first entry after a pause waits this long for company, so that a start is seen at once.
const LINGER: Duration = Duration::from_millis(3);

struct Batch {
    first_seq: i64,
    events: Vec<NewEvent>,
    steps: Vec<StepUpdate>,
    cost: usize,
}

impl Batch {
    fn last_seq(&self) -> i64 {
        self.first_seq + self.events.len() as i64 - 1
    }
}

/// Why a batch was not taken.
enum Refused {
    /// The run is not ours any more.
    Lost,
    Because(String),
}

pub(super) async fn flush(shared: Arc<Shared>) {
    let mut last_sent: Option<Instant> = None;
    loop {
        until_worth_sending(&shared, last_sent).await;
        let Some(batch) = take(&mut shared.state()) else {
            continue;
        };
        let cost = batch.cost;
        let sent = send_until_taken(&shared, batch).await;
        last_sent = Some(Instant::now());
        let mut state = shared.state();
        state.in_flight = false;
        match sent {
            Ok(()) => shared.room.add_permits(cost),
            Err(refused) => {
                // Nobody waits for room any more, and what is held is let go.
                shared.room.close();
                state.waiting.clear();
                state.broken = Some(match refused {
                    Refused::Lost => None,
                    Refused::Because(why) => Some(why),
                });
            }
        }
        let broken = state.broken.is_some();
        drop(state);
        shared.progress.send_modify(|count| *count += 1);
        if broken {
            return;
        }
    }
}

async fn until_worth_sending(shared: &Shared, last_sent: Option<Instant>) {
    let mut due = None;
    loop {
        {
            let state = shared.state();
            if !state.waiting.is_empty() {
                let full =
                    state.waiting_bytes >= FLUSH_BYTES || state.waiting_events >= BATCH_EVENTS;
                if full || state.urgent {
                    return;
                }
                due.get_or_insert_with(|| {
                    let soon = Instant::now() + LINGER;
                    match last_sent {
                        Some(sent) => soon.max(sent + Duration::from_millis(FLUSH_MS)),
                        None => soon,
                    }
                });
            }
        }
        match due {
            None => shared.wake.notified().await,
            Some(due) => tokio::select! {
                () = shared.wake.notified() => {}
                () = tokio::time::sleep_until(due) => return,
            },
        }
    }
}

fn take(state: &mut State) -> Option<Batch> {
    let mut batch = Batch {
        first_seq: state.batched + 1,
        events: Vec::new(),
        steps: Vec::new(),
        cost: 0,
    };
    let mut bytes = 0;
    while let Some(entry) = state.waiting.pop_front() {
        match entry {
            Entry::Step(update) => batch.steps.push(update),
            Entry::Event(event)
                if batch.events.len() == BATCH_EVENTS
                    || bytes > 0 && bytes + event.message.len() > FLUSH_BYTES =>
            {
                state.waiting.push_front(Entry::Event(event));
                break;
            }
            Entry::Event(event) => {
                bytes += event.message.len();
                batch.cost += cost(&event) as usize;
                batch.events.push(event);
            }
        }
    }
    state.waiting_bytes -= bytes;
    state.waiting_events -= batch.events.len();
    state.batched += batch.events.len() as i64;
    if state.waiting.is_empty() {
        state.urgent = false;
    }
    let something = !batch.events.is_empty() || !batch.steps.is_empty();
    state.in_flight = something;
    something.then_some(batch)
}

/// Numbered events may be sent again and again: what is stored is skipped.
async fn send_until_taken(shared: &Shared, mut batch: Batch) -> Result<(), Refused> {
    let mut backoff = Backoff::usual();
    loop {
        let call = append(shared, &batch);
        let answer = tokio::select! {
            answer = call => answer,
            _ = shared.control.when_silent() => return Err(Refused::Lost),
        };
        match answer {
            Ok(answer) => {
                if answer.cancel {
                    shared.control.stop(Stop::Cancelled);
                }
                acknowledge(shared, batch);
                return Ok(());
            }
            Err(error) => match verdict(&error) {
                Verdict::Lost => {
                    shared.control.stop(Stop::LeaseLost);
                    return Err(Refused::Lost);
                }
                Verdict::Gap(last_seq) => rewind(shared, &mut batch, last_seq),
                Verdict::TooLarge if batch.events.len() > 1 => {
                    let behind = halve(&mut batch);
                    // A recursion of at most ten levels: a batch has 1,000 events.
                    Box::pin(send_until_taken(shared, batch)).await?;
                    batch = behind;
                }
                Verdict::TooLarge if !batch.events.is_empty() => {
                    batch.events[0].message = "[this entry was too large]".into();
                    batch.events[0].data = serde_json::Value::Null;
                    pause(shared, &mut backoff, &error).await?;
                }
                Verdict::Later => pause(shared, &mut backoff, &error).await?,
                Verdict::TooLarge | Verdict::Never => {
                    shared.control.stop(Stop::LogRefused);
                    return Err(Refused::Because(error.to_string()));
                }
            },
        }
    }
}

async fn append(shared: &Shared, batch: &Batch) -> Result<AppendAnswer, ClientError> {
    let request = AppendRequest {
        run_id: shared.control.run_id.clone(),
        worker_id: shared.worker_id.to_string(),
        attempt: shared.control.attempt,
        first_seq: batch.first_seq,
        events: batch.events.clone(),
        steps: batch.steps.clone(),
    };
    shared.client.events_append(&request).await
}

async fn pause(shared: &Shared, backoff: &mut Backoff, error: &ClientError) -> Result<(), Refused> {
    shared
        .observer
        .retrying("events.append", &error.to_string());
    tokio::select! {
        () = tokio::time::sleep(backoff.next_wait()) => Ok(()),
        _ = shared.control.when_silent() => Err(Refused::Lost),
    }
}

enum Verdict {
    Lost,
    Gap(i64),
    TooLarge,
    Later,
    Never,
}

fn verdict(error: &ClientError) -> Verdict {
    match error {
        ClientError::Refused(problem) => match problem.code {
            Code::LeaseLost | Code::AlreadyFinished => Verdict::Lost,
            Code::EventsGap => match problem.facts.get("last_seq").and_then(|seq| seq.as_i64()) {
                Some(last_seq) => Verdict::Gap(last_seq),
                None => Verdict::Later,
            },
            Code::TooLarge => Verdict::TooLarge,
            _ if error.is_transient() => Verdict::Later,
            _ => Verdict::Never,
        },
        ClientError::Foreign { status: 413, .. } => Verdict::TooLarge,
        _ if error.is_transient() => Verdict::Later,
        _ => Verdict::Never,
    }
}

/// Splits the second half off; the states of steps stay with the later one.
fn halve(batch: &mut Batch) -> Batch {
    let half = batch.events.len() / 2;
    let behind = batch.events.split_off(half);
    Batch {
        first_seq: batch.first_seq + half as i64,
        events: behind,
        steps: std::mem::take(&mut batch.steps),
        cost: 0,
    }
}

fn acknowledge(shared: &Shared, batch: Batch) {
    let mut state = shared.state();
    state.acknowledged = state.acknowledged.max(batch.last_seq());
    for event in batch.events {
        state.kept_bytes += event.message.len();
        state.kept.push_back(event);
    }
    while state.kept_bytes > KEPT_BYTES {
        let Some(event) = state.kept.pop_front() else {
            break;
        };
        state.kept_bytes -= event.message.len();
    }
}

/// The control room lacks events before this batch: puts back what is held of them, and a note
/// in the place of the rest.
fn rewind(shared: &Shared, batch: &mut Batch, last_seq: i64) {
    let mut state = shared.state();
    let held_from = state.acknowledged - state.kept.len() as i64 + 1;
    let missing = held_from - last_seq - 1;
    if last_seq < 0 || last_seq >= batch.first_seq {
        return;
    }
    let again: Vec<NewEvent> = state
        .kept
        .drain(..)
        .zip(held_from..)
        .filter(|(_, seq)| *seq > last_seq && *seq < batch.first_seq)
        .map(|(event, _)| event)
        .collect();
    state.kept_bytes = 0;
    state.acknowledged = last_seq;
    let note = (missing > 0).then(|| lost_note(missing));
    let events: Vec<NewEvent> = note.into_iter().chain(again).collect();
    // With a note in the place of many, the numbers move down together.
    state.batched += last_seq + 1 + events.len() as i64 - batch.first_seq;
    batch.first_seq = last_seq + 1;
    batch.events.splice(0..0, events);
}

fn lost_note(missing: i64) -> NewEvent {
    NewEvent {
        level: Level::Warn,
        message: format!("the control room lost {missing} entries of this log after taking them"),
        source: Some("worker".into()),
        ts: Some(clock::wall_time()),
        ..NewEvent::default()
    }
}

pub(super) async fn resend(shared: &Shared, last_seq: i64) -> i64 {
    let mut batch = {
        let state = shared.state();
        Batch {
            first_seq: state.batched + 1,
            events: Vec::new(),
            steps: Vec::new(),
            cost: 0,
        }
    };
    rewind(shared, &mut batch, last_seq);
    if batch.events.is_empty() || send_until_taken(shared, batch).await.is_err() {
        return last_seq;
    }
    shared.state().acknowledged
}
