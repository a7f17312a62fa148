//! Which rows are drawn, in which order, and how they are called there.

use crate::floor::{BATCHES, INSERTS, TWO_COMMITS};
use crate::rows::names::*;

#[derive(Clone, Copy)]
pub enum Whose {
    Floor,
    Ours,
    Graphile,
    Boss,
}

pub struct Bar {
    pub label: &'static str,
    pub what: &'static str,
    pub width: usize,
    pub whose: Whose,
}

pub struct Panel {
    pub title: &'static str,
    pub bars: &'static [Bar],
}

const fn bar(label: &'static str, what: &'static str, width: usize, whose: Whose) -> Bar {
    Bar {
        label,
        what,
        width,
        whose,
    }
}

const ONE_BY_ONE: [Bar; 12] = [
    bar("raw SQL, two commits", TWO_COMMITS, 1, Whose::Floor),
    bar("one worker through HTTP", WORKER, 1, Whose::Ours),
    bar("graphile-worker", GRAPHILE, 1, Whose::Graphile),
    bar("pg-boss, fetch + complete", BOSS, 1, Whose::Boss),
    bar("raw SQL, two commits", TWO_COMMITS, 4, Whose::Floor),
    bar("one worker through HTTP", WORKER, 4, Whose::Ours),
    bar("graphile-worker", GRAPHILE, 4, Whose::Graphile),
    bar("pg-boss, fetch + complete", BOSS, 4, Whose::Boss),
    bar("raw SQL, two commits", TWO_COMMITS, 24, Whose::Floor),
    bar("one worker through HTTP", WORKER, 24, Whose::Ours),
    bar("graphile-worker", GRAPHILE, 24, Whose::Graphile),
    bar("pg-boss, fetch + complete", BOSS, 24, Whose::Boss),
];

const IN_BATCHES: [Bar; 6] = [
    bar("raw SQL", BATCHES, 1, Whose::Floor),
    bar("our SQL functions", FUNCTIONS_BATCHES, 1, Whose::Ours),
    bar("ours through HTTP", HTTP_BATCHES, 1, Whose::Ours),
    bar(
        "graphile-worker, batch mode",
        GRAPHILE_BATCHES,
        1,
        Whose::Graphile,
    ),
    bar("pg-boss", BOSS_BATCHES, 1, Whose::Boss),
    bar("pg-boss", BOSS_BATCHES, 4, Whose::Boss),
];

const PUT_IN: [Bar; 10] = [
    bar("raw SQL", INSERTS, 4, Whose::Floor),
    bar("our SQL function", FUNCTION_ENQUEUE, 4, Whose::Ours),
    bar("ours through HTTP", HTTP_ENQUEUE, 4, Whose::Ours),
    bar("graphile-worker", GRAPHILE_ENQUEUE, 4, Whose::Graphile),
    bar("pg-boss", BOSS_ENQUEUE, 4, Whose::Boss),
    bar("raw SQL", INSERTS, 24, Whose::Floor),
    bar("our SQL function", FUNCTION_ENQUEUE, 24, Whose::Ours),
    bar("ours through HTTP", HTTP_ENQUEUE, 24, Whose::Ours),
    bar("graphile-worker", GRAPHILE_ENQUEUE, 24, Whose::Graphile),
    bar("pg-boss", BOSS_ENQUEUE, 24, Whose::Boss),
];

const BEGUN: [Bar; 4] = [
    bar(
        "ours: a waiting claim has it",
        CLAIM_LATENCY,
        1,
        Whose::Ours,
    ),
    bar(
        "ours: the step's first command",
        STEP_LATENCY,
        1,
        Whose::Ours,
    ),
    bar(
        "graphile-worker: handler",
        GRAPHILE_LATENCY,
        1,
        Whose::Graphile,
    ),
    bar("pg-boss with notify: handler", BOSS_LATENCY, 1, Whose::Boss),
];

pub const PANELS: [Panel; 4] = [
    Panel {
        title: "Jobs per second, one worker process at 1, 4 and 24 jobs at once",
        bars: &ONE_BY_ONE,
    },
    Panel {
        title: "Jobs per second in batches of 100, by connections",
        bars: &IN_BATCHES,
    },
    Panel {
        title: "Jobs put in per second, 1,000 per call, by connections",
        bars: &PUT_IN,
    },
    Panel {
        title: "Milliseconds from enqueue to begun, idle worker: median, line to the 99th of 100",
        bars: &BEGUN,
    },
];
