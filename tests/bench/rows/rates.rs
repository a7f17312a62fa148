//! What is queued is taken and finished: one worker process at three widths, one job at a time.

use crate::floor;
use crate::functions;
use crate::pass::Pass;
use crate::report::Row;
use crate::rows::names;
use crate::setup::Fallible;
use crate::through_http;
use crate::{WIDTHS, peers::Peers};

#[derive(Clone, Copy, PartialEq)]
enum Side {
    TwoCommits,
    OneCommit,
    Functions,
    Worker,
    Graphile,
    Boss,
}

const SIDES: [Side; 6] = [
    Side::TwoCommits,
    Side::OneCommit,
    Side::Functions,
    Side::Worker,
    Side::Graphile,
    Side::Boss,
];

impl Side {
    fn what(self) -> &'static str {
        match self {
            Side::TwoCommits => floor::TWO_COMMITS,
            Side::OneCommit => floor::ONE_COMMIT,
            Side::Functions => names::FUNCTIONS,
            Side::Worker => names::WORKER,
            Side::Graphile => names::GRAPHILE,
            Side::Boss => names::BOSS,
        }
    }

    fn is_floor(self) -> bool {
        matches!(self, Side::TwoCommits | Side::OneCommit)
    }

    async fn per_second(self, pass: &Pass, width: usize, jobs: usize) -> Fallible<Option<f64>> {
        let stage = &pass.stage;
        let rate = match self {
            Side::TwoCommits => floor::two_commits(stage, width, jobs).await?,
            Side::OneCommit => floor::one_commit(stage, width, jobs).await?,
            Side::Functions => functions::one_by_one(stage, width, jobs).await?,
            Side::Worker => through_http::worker(stage, width, jobs).await?,
            Side::Graphile | Side::Boss => match &pass.peers {
                Some(peers) => self.of_peer(pass, peers, width, jobs).await?,
                None => return Ok(None),
            },
        };
        Ok(Some(rate))
    }

    async fn of_peer(self, pass: &Pass, peers: &Peers, width: usize, jobs: usize) -> Fallible<f64> {
        let (driver, arguments) = match self {
            Side::Graphile => (
                "graphile-drain.mjs",
                vec!["default".into(), width.to_string(), jobs.to_string()],
            ),
            _ => (
                "boss-drain.mjs",
                vec![width.to_string(), jobs.to_string(), "1".into()],
            ),
        };
        let done = peers.drain(&pass.stage, driver, &arguments, jobs).await?;
        Ok(done.per_second())
    }
}

pub async fn measure(pass: &mut Pass) -> Fallible<()> {
    for width in WIDTHS {
        let jobs = match width {
            1 => pass.of(300, 3_000),
            4 => pass.of(400, 6_000),
            _ => pass.of(600, 10_000),
        };
        for side in pass.in_turn(&SIDES) {
            if !side.is_floor() && !pass.wants(side.what()) {
                continue;
            }
            if let Some(rate) = side.per_second(pass, width, jobs).await? {
                let row = Row::per_second(side.what(), width).above(floor::TWO_COMMITS);
                pass.add(row, rate);
            }
        }
    }
    Ok(())
}
