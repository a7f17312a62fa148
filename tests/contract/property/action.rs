//! What may happen, without ids: places are counted in what happened so far, so that any part of a
//! sequence is a sequence. All times are tens of seconds; see `model::normal`.

use proptest::prelude::*;

#[derive(Clone, Debug)]
pub enum Action {
    Create(Vec<Shape>),
    Claim(Claim),
    Start(Pick),
    Beat {
        worker: usize,
        picks: Vec<Pick>,
        step: bool,
    },
    Finish(Pick, End),
    Append {
        pick: Pick,
        from: i64,
        events: usize,
        step: Option<(usize, usize)>,
    },
    Put {
        pick: Pick,
        name: usize,
        content: usize,
    },
    Cancel(usize),
    Retry {
        run: usize,
        key: Option<usize>,
    },
    Lane {
        lane: usize,
        limit: Option<u32>,
        paused: Option<bool>,
        draining: Option<bool>,
    },
    Drain {
        worker: usize,
        drain: bool,
    },
    Archive(bool),
    Sweep,
    Pass {
        tens: u32,
    },
    Look(Look),
}

#[derive(Clone, Debug)]
pub struct Shape {
    pub lane: Option<usize>,
    pub priority: Option<i64>,
    pub session: bool,
    pub max_attempts: u32,
    pub lease: u32,
    pub timeout: u32,
    pub start_within: Option<u32>,
    pub due_in: Option<i64>,
    pub key: Option<(usize, usize)>,
    /// Which of the runbooks of `play`.
    pub book: usize,
    /// Runs that were made before, counted from the newest.
    pub depends_on: Vec<usize>,
}

#[derive(Clone, Debug)]
pub struct Claim {
    pub worker: usize,
    pub lanes: usize,
    pub limit: u32,
    pub start: bool,
    pub session: bool,
    /// 0 repeats the last number, 1 is the next one, -1 one that was answered long ago.
    pub request: i64,
    pub finish: Option<(Pick, End)>,
}

/// One of the attempts that were given, the newest first; rarely with something wrong.
#[derive(Clone, Debug)]
pub struct Pick {
    pub back: usize,
    pub twist: Twist,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Twist {
    None,
    Worker,
    Attempt,
}

#[derive(Clone, Debug)]
pub struct End {
    pub status: &'static str,
    pub reason: Option<&'static str>,
    /// How much more than it has the attempt claims to have sent.
    pub missing: i64,
}

#[derive(Clone, Debug)]
pub enum Look {
    Run(usize),
    Runs {
        status: Option<&'static str>,
        lane: Option<usize>,
    },
    Events {
        run: usize,
        after: i64,
        limit: i64,
    },
    Artifacts {
        run: usize,
        attempt: Option<u32>,
    },
    Lanes,
    Workers,
    Session,
}

pub fn action() -> impl Strategy<Value = Action> {
    let runs = prop::collection::vec(shape(), 1..4);
    let picks = prop::collection::vec(pick(), 1..4);
    let step = prop::option::of((0..3_usize, 0..6_usize));
    let append = (pick(), -2..3_i64, 0..4_usize, step);
    let mostly_not = || prop::option::weighted(0.4, prop::bool::weighted(0.3));
    let limit = prop::option::of(0..3_u32);
    let lane = (0..2_usize, limit, mostly_not(), mostly_not());
    let seldom = || prop::bool::weighted(0.3);
    prop_oneof![
        6 => runs.prop_map(Action::Create),
        12 => claim().prop_map(Action::Claim),
        2 => pick().prop_map(Action::Start),
        4 => (0..3_usize, picks, any::<bool>())
            .prop_map(|(worker, picks, step)| Action::Beat { worker, picks, step }),
        7 => (pick(), end()).prop_map(|(pick, end)| Action::Finish(pick, end)),
        5 => append.prop_map(|(pick, from, events, step)| Action::Append { pick, from, events, step }),
        2 => (pick(), 0..2_usize, 0..2_usize)
            .prop_map(|(pick, name, content)| Action::Put { pick, name, content }),
        3 => (0..8_usize).prop_map(Action::Cancel),
        2 => (0..8_usize, prop::option::of(0..3_usize)).prop_map(|(run, key)| Action::Retry { run, key }),
        2 => lane.prop_map(|(lane, limit, paused, draining)| Action::Lane { lane, limit, paused, draining }),
        1 => (0..3_usize, seldom()).prop_map(|(worker, drain)| Action::Drain { worker, drain }),
        1 => seldom().prop_map(Action::Archive),
        3 => Just(Action::Sweep),
        5 => prop_oneof![4 => Just(1), 3 => Just(2), 2 => Just(3), 1 => Just(6)]
            .prop_map(|tens| Action::Pass { tens }),
        6 => look().prop_map(Action::Look),
    ]
}

fn shape() -> impl Strategy<Value = Shape> {
    let small = (
        prop::option::of(0..2_usize),
        prop::option::of(prop::sample::select(vec![1, 50, 200])),
        any::<bool>(),
        1..4_u32,
    );
    let times = (
        prop::sample::select(vec![10, 10, 20, 60]),
        prop::sample::select(vec![20, 50, 1_000, 1_000]),
        prop::option::weighted(0.2, Just(30)),
        prop::option::weighted(0.25, prop::sample::select(vec![-10, 10, 30])),
    );
    let key = prop::option::weighted(0.3, (0..3_usize, 0..2_usize));
    let book = prop_oneof![2 => Just(0), 3 => 1..6_usize];
    let depends_on =
        prop_oneof![3 => Just(Vec::new()), 1 => prop::collection::vec(0..4_usize, 1..3)];
    (small, times, key, book, depends_on).prop_map(|(small, times, key, book, depends_on)| Shape {
        lane: small.0,
        priority: small.1,
        session: small.2,
        max_attempts: small.3,
        lease: times.0,
        timeout: times.1,
        start_within: times.2,
        due_in: times.3,
        key,
        book,
        depends_on,
    })
}

fn claim() -> impl Strategy<Value = Claim> {
    let request = prop_oneof![8 => Just(1), 2 => Just(0), 1 => Just(-1)];
    let session = prop::bool::weighted(0.2);
    let finish = prop::option::weighted(0.3, (pick(), end()));
    (
        0..3_usize,
        0..4_usize,
        0..4_u32,
        any::<bool>(),
        session,
        request,
        finish,
    )
        .prop_map(
            |(worker, lanes, limit, start, session, request, finish)| Claim {
                worker,
                lanes,
                limit,
                start,
                session,
                request,
                finish,
            },
        )
}

fn pick() -> impl Strategy<Value = Pick> {
    let back = prop_oneof![5 => 0..3_usize, 2 => 0..12_usize];
    let twist =
        prop_oneof![14 => Just(Twist::None), 1 => Just(Twist::Worker), 1 => Just(Twist::Attempt)];
    (back, twist).prop_map(|(back, twist)| Pick { back, twist })
}

fn end() -> impl Strategy<Value = End> {
    let how = prop_oneof![
        4 => Just(("succeeded", None)),
        2 => Just(("failed", Some("step_failed"))),
        1 => Just(("cancelled", None)),
        1 => Just(("timed_out", None)),
        5 => Just(("released", Some("shutdown"))),
        1 => Just(("released", Some("lease_ran_out"))),
    ];
    let missing = prop_oneof![8 => Just(0), 1 => Just(1)];
    (how, missing).prop_map(|((status, reason), missing)| End {
        status,
        reason,
        missing,
    })
}

fn look() -> impl Strategy<Value = Look> {
    let status = prop::sample::select(vec![
        "queued",
        "claimed",
        "running",
        "succeeded",
        "failed",
        "cancelled",
    ]);
    prop_oneof![
        5 => (0..10_usize).prop_map(Look::Run),
        1 => (prop::option::of(status), prop::option::of(0..2_usize))
            .prop_map(|(status, lane)| Look::Runs { status, lane }),
        1 => (0..8_usize, 0..6_i64, 1..5_i64)
            .prop_map(|(run, after, limit)| Look::Events { run, after, limit }),
        1 => (0..8_usize, prop::option::of(1..3_u32))
            .prop_map(|(run, attempt)| Look::Artifacts { run, attempt }),
        1 => Just(Look::Lanes),
        1 => Just(Look::Workers),
        1 => Just(Look::Session),
    ]
}
