//! All series: what each sample adds to them, and what is asked of each.

use crate::proc::Usage;
use crate::series::{Rule, Series};
use crate::tables::Tables;
use crate::tally::Met;

const MIB: f64 = 1024.0 * 1024.0;
/// Tables that never were larger are left out of the report.
const SMALL_MIB: f64 = 0.5;

/// Everything of one moment.
pub struct Sample {
    pub seconds: f64,
    pub server: Usage,
    pub workers: Usage,
    pub workers_gone: usize,
    pub backends: Usage,
    pub tables: Tables,
    pub met: Met,
    /// Since the sample before.
    pub past_seconds: f64,
    pub probe_ms: Option<f64>,
    pub deleted: u64,
    pub load: f64,
}

#[derive(Default)]
pub struct Watched {
    pub seconds: Vec<f64>,
    pub created: Vec<u64>,
    pub deleted: u64,
    pub signals: u64,
    pub looks: u64,
    all: Vec<Series>,
}

const fn flat(share: f64, amount: f64) -> Rule {
    Rule::Flat { share, amount }
}

const AUDIT: Rule = Rule::Grows {
    why: "the audit trail keeps an entry of each run that was queued, and nothing deletes it",
    per_run: 1.0 / 1024.0,
    amount: 0.5,
};
const DATABASE: Rule = Rule::Grows {
    why: "with the audit trail; the rest has room for what vacuum has not yet given back",
    per_run: 1.0 / 1024.0,
    amount: 6.0,
};

impl Watched {
    pub fn add(&mut self, mut sample: Sample) {
        self.seconds.push(sample.seconds);
        self.created.push(sample.met.created);
        self.deleted += sample.deleted;
        self.signals += sample.met.signals;
        self.looks += sample.met.looks();
        self.processes(&sample);
        self.database(&sample);
        self.people(&mut sample);
    }

    fn processes(&mut self, s: &Sample) {
        let mib = |kib: u64| kib as f64 / 1024.0;
        self.put(
            "server_rss",
            "Server: memory",
            "MiB",
            flat(0.05, 4.0),
            mib(s.server.rss_kib),
        );
        self.put(
            "server_threads",
            "Server: threads",
            "",
            flat(0.0, 2.0),
            s.server.threads as f64,
        );
        self.put(
            "server_files",
            "Server: open files",
            "",
            flat(0.05, 8.0),
            s.server.files as f64,
        );
        self.put(
            "workers_rss",
            "Workers: memory",
            "MiB",
            flat(0.05, 6.0),
            mib(s.workers.rss_kib),
        );
        self.put(
            "workers_threads",
            "Workers: threads",
            "",
            flat(0.1, 6.0),
            s.workers.threads as f64,
        );
        self.put(
            "workers_files",
            "Workers: open files",
            "",
            flat(0.1, 12.0),
            s.workers.files as f64,
        );
        self.put(
            "workers_gone",
            "Workers that ended",
            "",
            Rule::Never,
            s.workers_gone as f64,
        );
        let private = mib(s.backends.private_kib);
        self.put(
            "postgres_private",
            "PostgreSQL: own memory",
            "MiB",
            flat(0.1, 8.0),
            private,
        );
        self.put(
            "machine_load",
            "Load of the machine",
            "",
            Rule::Shown,
            s.load,
        );
    }

    fn database(&mut self, s: &Sample) {
        let (t, mib) = (&s.tables, |bytes: i64| bytes as f64 / MIB);
        self.put(
            "connections",
            "Connections",
            "",
            flat(0.0, 2.0),
            t.connections as f64,
        );
        self.put(
            "database",
            "Database",
            "MiB",
            DATABASE,
            mib(t.database_bytes),
        );
        self.put(
            "indexes",
            "All indexes",
            "MiB",
            flat(0.1, 4.0),
            mib(t.index_bytes),
        );
        self.put(
            "dead_rows",
            "Dead rows",
            "",
            flat(0.5, 10_000.0),
            t.dead_rows as f64,
        );
        self.put("runs", "Runs kept", "", flat(0.05, 50.0), t.runs as f64);
        self.put(
            "queued",
            "Queued runs",
            "",
            flat(0.0, 10.0),
            t.queued as f64,
        );
        self.put("held", "Held runs", "", flat(0.0, 6.0), t.running as f64);
        for (name, bytes) in &t.bytes {
            let rule = match name.as_str() {
                "audit" => AUDIT,
                _ => flat(0.1, 3.0),
            };
            self.put(
                &format!("table_{name}"),
                &format!("Table {name}"),
                "MiB",
                rule,
                mib(*bytes),
            );
        }
    }

    fn people(&mut self, s: &mut Sample) {
        let past = s.past_seconds.max(0.001);
        let looks = s.met.looks() as f64 / past;
        self.put("looks", "Looks a second", "", Rule::Shown, looks);
        let created = s.met.created as f64 / past;
        self.put("created", "Queued a second", "", Rule::Shown, created);
        let quiet = flat(1.0, 100.0);
        self.put(
            "look_median",
            "A look: median",
            "ms",
            quiet,
            s.met.looks_ms(0.5),
        );
        self.put(
            "look_p95",
            "A look: 95 of 100",
            "ms",
            flat(1.0, 250.0),
            s.met.looks_ms(0.95),
        );
        self.put(
            "create_median",
            "runs.create: median",
            "ms",
            quiet,
            s.met.creates_ms(0.5),
        );
        self.put(
            "start_median",
            "Queued to started: median",
            "ms",
            quiet,
            s.tables.waited_ms,
        );
        // A probe without an answer is counted among the errors.
        let probe = s.probe_ms.unwrap_or(0.0);
        self.put("probe", "A probe (lanes.list)", "ms", quiet, probe);
        self.put(
            "wrong",
            "Errors",
            "",
            Rule::Never,
            s.met.count_wrong() as f64,
        );
    }

    fn put(&mut self, name: &str, title: &str, unit: &'static str, rule: Rule, value: f64) {
        let at = self.seconds.len() - 1;
        let place = match self.all.iter().position(|series| series.name == name) {
            Some(place) => place,
            None => {
                self.all.push(Series {
                    name: name.into(),
                    title: title.into(),
                    unit,
                    rule,
                    values: vec![0.0; at],
                });
                self.all.len() - 1
            }
        };
        self.all[place].values.push(value);
    }

    /// Without the tables that stay small.
    pub fn series(&self) -> impl Iterator<Item = &Series> {
        self.all.iter().filter(|series| {
            !series.name.starts_with("table_") || crate::series::most(&series.values) >= SMALL_MIB
        })
    }

    /// In the second half.
    pub fn created_late(&self) -> f64 {
        self.created[self.created.len() / 2..].iter().sum::<u64>() as f64
    }

    pub fn holds(&self) -> bool {
        let runs = self.created_late();
        self.series().all(|series| series.verdict(runs).holds)
    }
}
