//! The worker's tasks as a job's log: a group for each run, printed when the run is over, so that runs
//! beside each other do not mix. Live lines are in the control room, whose address stands at the top.

use crate::annotations::{self, Annotation};
use crate::artifacts::Keeper;
use crate::commands::{self, Level, annotate, print};
use crate::held::Book;
use crate::report::Report;
use ops_client::Bearer;
use ops_core::api::{ClaimedRun, Finish};
use ops_core::status::{EndStatus, RunStatus};
use ops_worker::Observer;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;

/// Of one run, in the job's log; the control room has all of it.
const SHOWN_BYTES: usize = 1024 * 1024;

pub struct Printer {
    url: String,
    inner: Mutex<Inner>,
    book: Book,
    artifacts: Keeper,
}

#[derive(Default)]
struct Inner {
    report: Report,
    lines: HashMap<String, Lines>,
    fault: Option<String>,
}

#[derive(Default)]
struct Lines {
    text: String,
    left_out: usize,
    /// What its steps found, where they said so as the runner reads it.
    findings: Vec<Annotation>,
}

impl Printer {
    pub fn new(url: &str, book: Book, artifacts: Keeper) -> Self {
        Printer {
            url: url.into(),
            inner: Mutex::default(),
            book,
            artifacts,
        }
    }

    /// The post step speaks with the token as it is then.
    pub fn follow(self: &Arc<Self>, token: Bearer, mut renewals: watch::Receiver<()>) {
        let printer = self.clone();
        tokio::spawn(async move {
            while renewals.changed().await.is_ok() {
                let token = token.get();
                printer.book.change(|held| held.token = token.to_string());
            }
        });
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What it came to, when the worker has ended.
    pub fn close(&self) -> Report {
        self.book.close();
        let unfinished: Vec<_> = self.inner().lines.keys().cloned().collect();
        for run_id in unfinished {
            self.show(&run_id, "not told before the end", &mut self.inner());
        }
        std::mem::take(&mut self.inner().report)
    }

    fn show(&self, run_id: &str, title: &str, inner: &mut Inner) {
        let lines = inner.lines.remove(run_id).unwrap_or_default();
        let mut text = format!("{}/runs/{run_id}\n", self.url);
        if lines.left_out > 0 {
            text.push_str(&format!(
                "the first {} bytes are only there\n",
                lines.left_out
            ));
        }
        text.push_str(&lines.text);
        match commands::token() {
            Ok(token) => {
                print(&commands::group(title, &text, &token));
                lines.findings.iter().for_each(Annotation::print);
            }
            // Without random numbers nothing of others may be printed.
            Err(error) => annotate(
                Level::Warning,
                None,
                &format!("the log of {run_id} is not shown: {error}"),
            ),
        }
    }
}

impl Observer for Printer {
    fn ready(&self, worker_id: &str) {
        print(&format!("worker {worker_id} of {}", self.url));
    }

    fn claimed(&self, run: &ClaimedRun) {
        let mut inner = self.inner();
        inner.fault = None;
        inner.report.claimed(run);
        inner.lines.insert(run.run_id.clone(), Lines::default());
        drop(inner);
        self.book.change(|held| {
            held.runs.insert(run.run_id.clone(), run.attempt);
        });
        let title = commands::defused(&run.title.replace(['\r', '\n'], " "));
        print(&format!(
            "claimed {} in lane {}: {title}",
            run.run_id, run.lane
        ));
    }

    fn line(&self, run_id: &str, step: Option<&str>, message: &str) {
        let mut inner = self.inner();
        let Some(lines) = inner.lines.get_mut(run_id) else {
            return;
        };
        if lines.findings.len() < annotations::MOST {
            lines.findings.extend(Annotation::read(message));
        }
        if let Some(step) = step {
            lines.text.push_str(&format!("[{step}] "));
        }
        lines.text.push_str(message);
        lines.text.push('\n');
        // The end of a log says why a run failed.
        if lines.text.len() > 2 * SHOWN_BYTES {
            let mut cut = lines.text.len() - SHOWN_BYTES;
            while !lines.text.is_char_boundary(cut) {
                cut += 1;
            }
            lines.text.drain(..cut);
            lines.left_out += cut;
        }
    }

    fn artifact(&self, run_id: &str, name: &str, bytes: &[u8]) {
        self.artifacts.keep(run_id, name, bytes);
    }

    fn finished(&self, finish: &Finish, status: RunStatus) {
        self.book.change(|held| {
            held.runs.remove(&finish.run_id);
        });
        let mut inner = self.inner();
        let Some(entry) = inner.report.finished(finish, status) else {
            return;
        };
        let (title, end, error) = (
            entry.title.clone(),
            entry.end.unwrap_or_default(),
            entry.error.clone(),
        );
        self.show(&finish.run_id, &format!("{end}: {title}"), &mut inner);
        drop(inner);
        let failed = matches!(status, RunStatus::Failed | RunStatus::TimedOut);
        if failed && finish.status != EndStatus::Released {
            let why = error.unwrap_or_else(|| end.replace('_', " "));
            let words = format!("{why}\n{}/runs/{}", self.url, finish.run_id);
            annotate(Level::Error, Some(&title), &words);
        }
    }

    fn lost(&self, run_id: &str, why: &str) {
        self.book.change(|held| {
            held.runs.remove(run_id);
        });
        let mut inner = self.inner();
        let title = inner
            .report
            .lost(run_id, why)
            .map(|entry| entry.title.clone());
        self.show(
            run_id,
            &format!("lost: {}", title.unwrap_or_default()),
            &mut inner,
        );
        drop(inner);
        annotate(
            Level::Warning,
            None,
            &format!("run {run_id} is somebody else's now: {why}"),
        );
    }

    fn retrying(&self, call: &str, error: &str) {
        let fault = format!("{call}: {error}; trying again");
        let before = self.inner().fault.replace(fault.clone());
        if before.as_ref() != Some(&fault) {
            print(&commands::defused(&fault));
        }
    }

    fn pausing(&self, why: &str) {
        annotate(
            Level::Warning,
            None,
            &format!("no runs are taken for now: {why}"),
        );
    }

    fn ending(&self, why: &str) {
        print(&format!("taking no more runs: {why}"));
    }
}
