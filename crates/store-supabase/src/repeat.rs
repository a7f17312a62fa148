//! Which calls may be made a second time when nobody knows whether the first one took effect.

/// Reads, and verbs whose second call answers what the first one did: runs have an idempotency key,
/// events and heartbeats a number, artifacts their bytes, claims and ends a request id. Others, such
/// as `templates_update`, would refuse their own repeat.
pub fn is_safe(function: &str) -> bool {
    let reads = function.starts_with("ui_")
        || function.ends_with("_get")
        || function.ends_with("_list")
        || ["ops_version", "ops_health"].contains(&function);
    reads
        || [
            "runs_create",
            "runs_claim",
            "runs_start",
            "runs_heartbeat",
            "runs_finish",
            "runs_sweep",
            "events_append",
            "artifacts_begin",
            "artifacts_put",
        ]
        .contains(&function)
}
