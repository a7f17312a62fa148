//! How much may happen: the bounds within which everything is tried.

/// What a search may spend. Nothing limits how long a call is under way, or in which order calls arrive.
#[derive(Clone, Copy, Debug)]
pub struct Scene {
    pub name: &'static str,
    pub runs: u8,
    /// Whether the client's create travels too, or the runs are there.
    pub begins: Begins,
    /// Claims of each worker, its repeats not counted.
    pub claims: &'static [u8],
    pub max_attempts: u8,
    /// Times that three seconds pass; a lease is five.
    pub passes: u8,
    /// Heartbeats of one attempt.
    pub beats: u8,
    /// Whether each attempt sends an event.
    pub appends: bool,
    /// Cancels of the first, the second, … run.
    pub cancels: u8,
    /// Whether workers hand back.
    pub releases: bool,
    /// Whether workers settle with the next claim, or by a call of its own.
    pub settles: Settles,
    /// Calls that arrive twice, or are sent again.
    pub repeats: u8,
    /// Times that the API commits and dies before it answers.
    pub crashes: u8,
    /// Sweeps of a sweeper that may be slow between its look and its work.
    pub sweeps: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begins {
    Queued,
    WithACreate,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settles {
    Alone,
    WithAClaim,
}

/// Seconds of a pass. No sum of them meets a lease's end or a worker's own exactly.
pub const PASS: u32 = 3;
pub const LEASE: u32 = 5;

const QUIET: Scene = Scene {
    name: "",
    runs: 1,
    begins: Begins::Queued,
    claims: &[2, 1],
    max_attempts: 3,
    passes: 2,
    beats: 0,
    appends: false,
    cancels: 0,
    releases: false,
    settles: Settles::Alone,
    repeats: 0,
    crashes: 0,
    sweeps: 1,
};

pub const LOST_LEASES: Scene = Scene {
    name: "leases that are lost",
    appends: true,
    repeats: 1,
    sweeps: 0,
    ..QUIET
};

pub const HEARTBEATS: Scene = Scene {
    name: "heartbeats",
    beats: 1,
    passes: 3,
    claims: &[1, 1],
    ..QUIET
};

pub const HAND_BACKS: Scene = Scene {
    name: "hand-backs",
    releases: true,
    repeats: 1,
    passes: 1,
    ..QUIET
};

pub const CANCELS: Scene = Scene {
    name: "cancels",
    cancels: 1,
    appends: true,
    claims: &[1, 1],
    repeats: 1,
    ..QUIET
};

pub const HEARD_CANCELS: Scene = Scene {
    name: "cancels that a heartbeat hears of",
    cancels: 1,
    beats: 1,
    claims: &[1, 1],
    passes: 3,
    ..QUIET
};

pub const REPEATED_CLAIMS: Scene = Scene {
    name: "repeated claims that settle",
    runs: 2,
    settles: Settles::WithAClaim,
    repeats: 2,
    crashes: 1,
    passes: 1,
    sweeps: 0,
    ..QUIET
};

pub const CRASHES: Scene = Scene {
    name: "crashes between commit and answer",
    begins: Begins::WithACreate,
    crashes: 1,
    repeats: 1,
    claims: &[1, 1],
    appends: true,
    passes: 2,
    max_attempts: 2,
    ..QUIET
};

pub const TWO_RUNS: Scene = Scene {
    name: "two runs",
    runs: 2,
    claims: &[1, 1],
    cancels: 1,
    passes: 2,
    max_attempts: 1,
    ..QUIET
};

pub const SCENES: &[Scene] = &[
    LOST_LEASES,
    HEARTBEATS,
    HAND_BACKS,
    CANCELS,
    HEARD_CANCELS,
    REPEATED_CLAIMS,
    CRASHES,
    TWO_RUNS,
];
