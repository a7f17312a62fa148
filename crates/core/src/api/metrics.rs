use serde::{Deserialize, Serialize};

/// `metrics.get`: what an operator watches, as of one moment. Counts of runs stop at 100,000 each.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
pub struct Metrics {
    pub lanes: Vec<LaneMetrics>,
    /// Runs that were ever created.
    pub runs_created: u64,
    /// Leases that ran out and wait for a sweep.
    pub expired_leases: Overdue,
    /// Runs whose start has come and that wait for a sweep.
    pub overdue_runs: Overdue,
    pub database: DatabaseMetrics,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
pub struct LaneMetrics {
    pub name: String,
    pub paused: bool,
    pub draining: bool,
    pub queue_full: bool,
    /// May be claimed now.
    pub queued: u64,
    /// Wait for a date, other runs, or a place of their group.
    pub parked: u64,
    pub held: u64,
    /// How long the next run has waited.
    pub next_waits_seconds: Option<u64>,
    /// Heard of within 30 seconds.
    pub workers: u64,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
pub struct Overdue {
    pub count: u64,
    pub oldest_seconds: Option<u64>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
pub struct DatabaseMetrics {
    pub bytes: u64,
    pub connections: u64,
    pub max_connections: u64,
    /// What keeps vacuum from removing dead rows; the one that holds back most.
    pub oldest_snapshot: Option<Snapshot>,
    pub tables: Vec<TableMetrics>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
pub struct Snapshot {
    /// `session 4711 of ops (psql)`, `replication slot x`, `prepared transaction y`.
    pub holder: String,
    pub state: String,
    /// Since its transaction began; a slot has none.
    pub seconds: Option<u64>,
    /// Transactions that began since.
    pub transactions: u64,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
pub struct TableMetrics {
    pub name: String,
    /// With indexes and large values.
    pub bytes: u64,
    /// As PostgreSQL estimates them.
    pub live_rows: u64,
    pub dead_rows: u64,
    pub vacuumed_at: Option<String>,
}
