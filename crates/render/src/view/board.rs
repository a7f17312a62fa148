use super::{Badge, Link, Span};
use crate::href::Href;
use crate::html::Html;
use crate::words::Freshness;
use serde::Serialize;

/// The live region of the Runboard: the strip of the session and its lanes.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Board {
    /// Address of the region with the query that made it, `/ui/board?session=…`.
    pub live: String,
    /// Milliseconds between two polls where there is no stream.
    pub poll_ms: u32,
    pub head: SessionHead,
    pub lanes: Vec<Lane>,
    pub workers: Workers,
    /// Whether buttons that change something are shown.
    pub can_act: bool,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct SessionHead {
    pub title: String,
    pub subtitle: String,
    pub queued: u64,
    pub running: u64,
    pub failed: u64,
    pub succeeded: u64,
    /// What `succeeded` and `failed` count, such as `last hour`.
    pub ends: String,
    /// Ends over the last hour, from [`crate::sparkline`].
    pub throughput_html: Html,
    /// Where a workflow with a worker is started; absent where there is none.
    pub dispatch: Option<Href>,
    pub new_run: Option<Href>,
    /// The session that can be renamed and archived; absent on "all sessions".
    pub edit: Option<SessionEdit>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct SessionEdit {
    pub id: String,
    pub name: String,
    pub is_archived: bool,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Lane {
    pub name: String,
    /// What people call it; empty: only its name.
    pub title: String,
    /// The name as part of an id.
    pub id: String,
    pub is_short: bool,
    pub place: Place,
    pub pause: Option<Pause>,
    /// Workers of it take no more runs and end.
    pub is_draining: bool,
    pub banner: Option<Banner>,
    pub active: Vec<Card>,
    pub queue: Vec<QueueRow>,
    /// Queued runs that are not shown.
    pub queue_more: u64,
    pub recent: Vec<RecentRow>,
    /// All runs of the lane.
    pub href: Option<Href>,
    /// Whether it can be paused, limited and drained.
    pub can_act: bool,
}

/// `2 of 2 places · 3 queued`
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Place {
    pub text: String,
    pub queued: u64,
    pub held: u64,
    /// Empty where there is no limit.
    pub limit: String,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Pause {
    pub reason: String,
}

/// Workers that asked lately, folded under the lanes.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Workers {
    /// `3 ask · 1 busy · 1 silent`
    pub summary: String,
    pub rows: Vec<WorkerRow>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WorkerRow {
    pub id: String,
    /// The id as part of an id of the page.
    pub key: String,
    /// All its runs.
    pub href: Href,
    /// What it calls itself, and its version.
    pub about: String,
    pub lanes: Vec<String>,
    /// `2 runs`; `nothing` where it holds none.
    pub holds: String,
    /// `asks`, `silent`, `draining`.
    pub badge: Badge,
    /// How long it has been silent; absent while it asks.
    pub silent: Option<Span>,
    pub is_draining: bool,
    pub can_drain: bool,
}

/// The next step where the problem is: no worker asks for this lane.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Banner {
    pub title: String,
    pub detail: String,
    pub command: String,
    pub dispatch: Option<Href>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Card {
    pub id: String,
    pub href: Href,
    pub title: String,
    pub badge: Badge,
    /// `attempt 1 of 3`
    pub attempt: String,
    /// `step 4/6 · wait until healthy`; empty before the first.
    pub step: String,
    pub progress: Option<Progress>,
    pub worker: Link,
    pub elapsed: Span,
    /// The last lines of the log, from [`crate::ansi`].
    pub peek: Vec<Peek>,
    pub freshness: Option<Freshness>,
    pub can_cancel: bool,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Peek {
    pub line_html: Html,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Progress {
    pub value: u32,
    pub max: u32,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct QueueRow {
    pub id: String,
    pub href: Href,
    pub title: String,
    /// `queued`, `after 1 run`, `at 22:30`.
    pub badge: Badge,
    pub priority: i32,
    pub waiting: Span,
    /// Why it waits, in a sentence.
    pub why: String,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RecentRow {
    pub id: String,
    pub href: Href,
    pub title: String,
    pub badge: Badge,
    pub took: Span,
}
