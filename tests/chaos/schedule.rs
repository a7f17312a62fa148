//! What is done, to whom and when: dealt from the seed before anything starts, so that the same
//! seed and arguments do the same again. When a fault lands in a run's life is up to the machine.

use crate::arguments::{Arguments, Behind};
use crate::random::Random;
use serde::Serialize;
use std::fmt::Write;

/// What a road does to a message. HTTP runs over TCP, so a lost message is a lost connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Weather {
    /// The request never arrives.
    LoseRequest,
    /// The request is answered, and nobody hears it.
    LoseAnswer,
    /// Half of the request arrives.
    CutRequest,
    /// Half of the answer arrives.
    CutAnswer,
    /// The request arrives late, also after its sender gave up.
    DelayRequest,
    /// The answer arrives late.
    DelayAnswer,
    /// The request arrives twice: at once, or seconds later, after younger ones.
    Duplicate,
    /// The request waits until younger ones have been answered.
    Reorder,
    /// Nothing gets through at all.
    CutOff,
}

const WEATHERS: [Weather; 9] = [
    Weather::LoseRequest,
    Weather::LoseAnswer,
    Weather::CutRequest,
    Weather::CutAnswer,
    Weather::DelayRequest,
    Weather::DelayAnswer,
    Weather::Duplicate,
    Weather::Reorder,
    Weather::CutOff,
];

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "fault", rename_all = "snake_case")]
pub enum Fault {
    /// SIGKILL.
    Kill { worker: usize },
    /// SIGSTOP, and SIGCONT after that long.
    Freeze { worker: usize, ms: u64 },
    /// SIGTERM: it hands its runs back, ends, and another one starts. So many times in a row.
    HandBack { worker: usize, times: u32 },
    /// Its wall clock is off by that much from now on.
    ClockStep { worker: usize, seconds: i64 },
    /// No room where the workers keep the folders of their runs.
    WorkerDiskFull { ms: u64 },
    /// SIGKILL of the API server; another one starts after that long.
    ServerKill { down_ms: u64 },
    /// `pg_ctl stop -m immediate`, and a start after that long.
    DatabaseStop { down_ms: u64 },
    /// SIGKILL of PostgREST, and a start.
    RestKill,
    /// No room for PostgreSQL.
    DatabaseDiskFull { ms: u64 },
    /// A transaction that keeps everything from being vacuumed.
    OldSnapshot { ms: u64 },
    /// One in so many messages of a road meets this weather. The last road is the operator's.
    Network {
        road: usize,
        weather: Weather,
        one_in: u64,
        ms: u64,
    },
    /// An operator cancels the run that was queued so many before the newest.
    Cancel { back: usize },
}

impl Fault {
    /// Of a worker, or of what all workers stand on.
    pub fn is_of_worker(&self) -> bool {
        matches!(
            self,
            Fault::Kill { .. }
                | Fault::Freeze { .. }
                | Fault::HandBack { .. }
                | Fault::ClockStep { .. }
                | Fault::WorkerDiskFull { .. }
        )
    }

    /// Of the server, or of what it stands on.
    pub fn is_of_room(&self) -> bool {
        matches!(
            self,
            Fault::ServerKill { .. }
                | Fault::DatabaseStop { .. }
                | Fault::RestKill
                | Fault::DatabaseDiskFull { .. }
        )
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Entry {
    pub at_ms: u64,
    #[serde(flatten)]
    pub fault: Fault,
}

pub struct Schedule {
    pub entries: Vec<Entry>,
}

/// A kind of fault and the mean pause between two of it, in milliseconds.
#[derive(Clone, Copy)]
enum Kind {
    Kill,
    Freeze,
    HandBack,
    HandBackLoop,
    ClockStep,
    WorkerDiskFull,
    ServerKill,
    DatabaseStop,
    RestKill,
    DatabaseDiskFull,
    OldSnapshot,
    Network(Weather),
    Cancel,
}

impl Kind {
    fn all(behind: Behind) -> Vec<(Kind, u64)> {
        let mut all = vec![
            (Kind::Kill, 2_000),
            (Kind::Freeze, 2_000),
            (Kind::HandBack, 4_000),
            (Kind::HandBackLoop, 30_000),
            (Kind::ClockStep, 5_000),
            (Kind::WorkerDiskFull, 60_000),
            (Kind::ServerKill, 45_000),
            (Kind::DatabaseStop, 50_000),
            (Kind::DatabaseDiskFull, 90_000),
            (Kind::OldSnapshot, 60_000),
            (Kind::Cancel, 2_000),
        ];
        all.extend(WEATHERS.map(|weather| (Kind::Network(weather), 8_000)));
        if behind == Behind::Supabase {
            all.push((Kind::RestKill, 20_000));
        }
        all
    }

    fn fault(self, random: &mut Random, workers: usize) -> Fault {
        let worker = random.below(workers as u64) as usize;
        match self {
            Kind::Kill => Fault::Kill { worker },
            // Around a lease of 5 s.
            Kind::Freeze => Fault::Freeze {
                worker,
                ms: random.between(500, 9_000),
            },
            Kind::HandBack => Fault::HandBack { worker, times: 1 },
            Kind::HandBackLoop => Fault::HandBack {
                worker,
                times: random.between(3, 8) as u32,
            },
            Kind::ClockStep => {
                let day = 86_400;
                Fault::ClockStep {
                    worker: worker / STEPPED * STEPPED,
                    seconds: random.between(0, 2 * day) as i64 - day as i64,
                }
            }
            Kind::WorkerDiskFull => Fault::WorkerDiskFull {
                ms: random.between(1_500, 5_000),
            },
            Kind::ServerKill => Fault::ServerKill {
                down_ms: random.between(0, 3_000),
            },
            Kind::DatabaseStop => Fault::DatabaseStop {
                down_ms: random.between(0, 2_500),
            },
            Kind::RestKill => Fault::RestKill,
            Kind::DatabaseDiskFull => Fault::DatabaseDiskFull {
                ms: random.between(1_500, 5_000),
            },
            Kind::OldSnapshot => Fault::OldSnapshot {
                ms: random.between(8_000, 25_000),
            },
            Kind::Network(weather) => Fault::Network {
                road: random.below(workers as u64 + 1) as usize,
                weather,
                one_in: random.between(1, 6),
                ms: random.between(2_000, 8_000),
            },
            Kind::Cancel => Fault::Cancel {
                back: random.below(300) as usize,
            },
        }
    }
}

/// Every so many workers have a wall clock that can be stepped.
pub const STEPPED: usize = 4;

impl Schedule {
    /// Each kind at least once, within the first half; nothing in the last tenth.
    pub fn deal(arguments: &Arguments) -> Self {
        let whole = arguments.duration.as_millis() as u64;
        let mut entries = Vec::new();
        for (place, (kind, pause)) in Kind::all(arguments.behind).into_iter().enumerate() {
            let mut random = Random::new(arguments.seed, place as u64 + 1);
            let mut at_ms = random.between(whole / 50, pause.min(whole / 2));
            loop {
                let fault = kind.fault(&mut random, arguments.workers);
                entries.push(Entry { at_ms, fault });
                at_ms += random.between(pause / 2, pause * 3 / 2);
                if at_ms > whole / 10 * 9 {
                    break;
                }
            }
        }
        // Stable: of the same millisecond in the order dealt.
        entries.sort_by_key(|entry| entry.at_ms);
        Schedule { entries }
    }

    /// One line of JSON per fault.
    pub fn text(&self) -> String {
        self.entries.iter().fold(String::new(), |mut text, entry| {
            let line = serde_json::to_string(entry).expect("plain data");
            let _ = writeln!(text, "{line}");
            text
        })
    }

    pub fn sha256(&self) -> String {
        ops_tests::harness::database::sha256_hex(&self.text())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dealt(words: &str) -> Schedule {
        let words = words.split_whitespace().map(str::to_string);
        Schedule::deal(&Arguments::parse(words).expect("arguments"))
    }

    #[test]
    fn a_seed_and_arguments_replay_the_schedule_and_nothing_else_does() {
        let first = dealt("--seconds 25 --seed 7");
        assert_eq!(first.entries, dealt("--seconds 25 --seed 7").entries);
        assert_eq!(first.sha256(), dealt("--seconds 25 --seed 7").sha256());
        for other in [
            "--seconds 25 --seed 8",
            "--seconds 26 --seed 7",
            "--seconds 25 --seed 7 --workers 9",
            "--seconds 25 --seed 7 --supabase",
        ] {
            assert_ne!(first.sha256(), dealt(other).sha256(), "{other}");
        }
    }

    #[test]
    fn the_shortest_schedule_has_every_kind_of_fault() {
        for seed in 0..50 {
            let text = dealt(&format!("--seconds 20 --seed {seed} --supabase")).text();
            for kind in [
                "kill",
                "freeze",
                "hand_back",
                "clock_step",
                "worker_disk_full",
                "server_kill",
                "database_stop",
                "rest_kill",
                "database_disk_full",
                "old_snapshot",
                "cancel",
            ] {
                assert!(text.contains(&format!("\"fault\":\"{kind}\"")), "{kind}");
            }
            for weather in WEATHERS {
                let name = serde_json::to_string(&weather).expect("a word");
                assert!(text.contains(&format!("\"weather\":{name}")), "{name}");
            }
        }
    }
}
