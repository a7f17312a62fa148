//! From a pipe of the child into the log: bytes, masked, cut into lines.

use crate::log::{Lines, Log, Piece};
use crate::mask::Masker;
use ops_core::api::{Level, NewEvent};
use ops_core::limits::FLUSH_MS;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::sync::watch;

const READ_BYTES: usize = 64 * 1024;
/// A begun line is shown when nothing came for that long.
const PAUSE: Duration = Duration::from_millis(FLUSH_MS);
/// After the child's end all writers are dead, so this is never reached unless one escaped.
const REST_WAIT: Duration = Duration::from_secs(2);
/// A pipe holds 64 KiB, at most 1 MiB; an escaped writer could go on for ever.
const REST_BYTES: usize = 2 * 1024 * 1024;

pub struct Pump {
    pub source: &'static str,
    pub step: String,
    pub masker: Masker,
    pub log: Log,
    /// True when the child has ended.
    pub ended: watch::Receiver<bool>,
}

impl Pump {
    /// Ends with the pipe, or soon after the child. False where somebody kept the pipe open.
    pub async fn run(mut self, mut pipe: impl AsyncRead + Unpin) -> bool {
        let (mut masked, mut lines) = (self.masker.stream(), Lines::default());
        let (mut clear, mut pieces) = (Vec::new(), Vec::new());
        let mut buffer = Vec::with_capacity(READ_BYTES);
        let mut rest = 0;
        let mut begun = false;
        let closed = loop {
            let ended = *self.ended.borrow_and_update();
            let wait = match (ended, begun) {
                (_, true) => PAUSE,
                (true, false) => REST_WAIT,
                (false, false) => Duration::MAX,
            };
            buffer.clear();
            let read = tokio::select! {
                read = pipe.read_buf(&mut buffer) => Some(read.unwrap_or(0)),
                _ = self.ended.changed(), if !ended => continue,
                () = pause(wait) => None,
            };
            match read {
                Some(0) => break true,
                Some(bytes) => {
                    masked.push(&buffer, &mut clear);
                    lines.push(&clear, &mut pieces);
                    begun = true;
                    rest += if ended { bytes } else { 0 };
                }
                None if begun => {
                    lines.pause(&mut pieces);
                    begun = false;
                }
                None => break false,
            }
            clear.clear();
            self.write(&mut pieces).await;
            if rest > REST_BYTES {
                break false;
            }
        };
        masked.finish(&mut clear);
        lines.push(&clear, &mut pieces);
        lines.finish(&mut pieces);
        self.write(&mut pieces).await;
        closed
    }

    async fn write(&self, pieces: &mut Vec<Piece>) {
        for piece in pieces.drain(..) {
            self.log
                .push(NewEvent {
                    level: Level::Info,
                    message: piece.text,
                    source: Some(self.source.into()),
                    step: Some(self.step.clone()),
                    ts: Some(crate::clock::wall_time()),
                    data: serde_json::Value::Null,
                    more: piece.more,
                    lossy: piece.lossy,
                })
                .await;
        }
    }
}

async fn pause(wait: Duration) {
    match wait {
        Duration::MAX => std::future::pending().await,
        wait => tokio::time::sleep(wait).await,
    }
}
