//! What a worker asks of a serverless host in a month: reckoned, not measured.

use ops_core::limits::FLUSH_MS;
use ops_web::Host;

const MONTH: u64 = 30 * 24 * 3_600_000;
/// What an idle worker's pause grows to: the worker's own.
const LONGEST_POLL_MS: u64 = 15_000;

pub fn markdown() -> String {
    let host = Host::SERVERLESS;
    let beats = MONTH / host.heartbeat_ms;
    let rows = [
        (
            "idle all month: one claim per 15 s",
            MONTH / LONGEST_POLL_MS,
        ),
        (
            "never idle beyond the first pause: one claim per `poll_after_ms`",
            MONTH / host.poll_after_ms,
        ),
        (
            "busy with silent steps: one heartbeat per `heartbeat_after_ms`, for all its runs together",
            beats,
        ),
        (
            "busy, and one run prints all the time: a heartbeat, and an append per 250 ms",
            beats + MONTH / FLUSH_MS,
        ),
    ];
    let mut text = String::from(
        "| a worker's month of 30 days, each call one request of the host and one of Supabase | calls |\n| --- | --- |\n",
    );
    for (what, calls) in rows {
        text += &format!("| {what} | {calls} |\n");
    }
    text + "\nBeside these: one claim per run, which also settles the one before."
}
