//! The jobs of a workflow run: what changed since the last look, and the table at the end. Names come from
//! outside, and are one line here whatever they hold.

use ops_core::api::{WorkflowJob, WorkflowRun};
use std::collections::HashMap;

/// What was seen so far.
#[derive(Default)]
pub(super) struct Board {
    run: String,
    jobs: HashMap<u64, String>,
}

impl Board {
    /// One line for the run and for each job whose state is another than before.
    pub(super) fn changes(&mut self, run: &WorkflowRun) -> Vec<String> {
        let mut lines = Vec::new();
        let state = run.status.clone().unwrap_or_default();
        // How it ended is told with its jobs.
        if !run.is_over() && self.run != state {
            lines.push(format!("workflow run: {state}"));
            self.run = state;
        }
        for job in &run.jobs {
            let state = state_of(job);
            if self.jobs.get(&job.id).map(String::as_str) != Some(state) {
                lines.push(format!("job {}: {state}", line(&job.name)));
                self.jobs.insert(job.id, state.to_string());
            }
        }
        lines
    }
}

/// One line per job, the first hundred.
pub(super) fn rows(run: &WorkflowRun) -> Vec<String> {
    let widest = run.jobs.iter().map(|job| state_of(job).len()).max();
    let width = widest.unwrap_or_default();
    let row = |job: &WorkflowJob| {
        let (state, name) = (state_of(job), line(&job.name));
        let url = job.url.as_deref().unwrap_or_default();
        format!("{state:width$}  {name}  {url}").trim_end().into()
    };
    run.jobs.iter().map(row).chain(beyond(run)).collect()
}

/// The same as Markdown, for people who look later.
pub(super) fn markdown(title: &str, conclusion: &str, run: &WorkflowRun) -> String {
    let mut text = format!(
        "# {}: {}\n\n{}\n\n| job | result | began | ended |\n| --- | --- | --- | --- |\n",
        escaped(title),
        escaped(conclusion),
        linked("The workflow run at GitHub", Some(&run.url)),
    );
    for job in &run.jobs {
        let time = |time: &Option<String>| escaped(time.as_deref().unwrap_or("–"));
        text.push_str(&format!(
            "| {} | {} | {} | {} |\n",
            linked(&job.name, job.url.as_deref()),
            escaped(state_of(job)),
            time(&job.started_at),
            time(&job.completed_at),
        ));
    }
    if let Some(more) = beyond(run) {
        text.push_str(&format!("\n{more}\n"));
    }
    text
}

/// The conclusion of a job that is over, and else where it stands.
fn state_of(job: &WorkflowJob) -> &str {
    job.conclusion.as_deref().unwrap_or(&job.status)
}

fn beyond(run: &WorkflowRun) -> Option<String> {
    let more = run.total_jobs.saturating_sub(run.jobs.len() as u64);
    (more > 0).then(|| format!("and {more} more jobs"))
}

fn line(text: &str) -> String {
    let plain = |c: char| if c.is_control() { ' ' } else { c };
    text.chars().map(plain).collect()
}

fn linked(name: &str, url: Option<&str>) -> String {
    let is_link =
        |url: &&str| ops_runbook::is_web_url(url) && !url.contains(['(', ')', '<', '>', '|', ' ']);
    match url.filter(is_link) {
        Some(url) => format!("[{}]({url})", escaped(name)),
        None => escaped(name),
    }
}

/// As text of one cell, whatever it means to Markdown.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for c in line(text).chars() {
        if "\\`*_[]<>|#~!&".contains(c) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(id: u64, name: &str, status: &str, conclusion: Option<&str>) -> WorkflowJob {
        WorkflowJob {
            id,
            name: name.into(),
            status: status.into(),
            conclusion: conclusion.map(str::to_string),
            url: Some(format!("https://github.com/o/i/job/{id}")),
            started_at: None,
            completed_at: None,
        }
    }

    fn run(status: &str, jobs: Vec<WorkflowJob>) -> WorkflowRun {
        WorkflowRun {
            status: Some(status.into()),
            conclusion: None,
            url: "https://github.com/o/i/run".into(),
            total_jobs: jobs.len() as u64,
            jobs,
        }
    }

    #[test]
    fn each_change_is_told_once() {
        let mut board = Board::default();
        let queued = run("queued", vec![job(1, "build", "queued", None)]);
        let told = ["workflow run: queued", "job build: queued"];
        assert_eq!(board.changes(&queued), told);
        assert!(board.changes(&queued).is_empty());
        let over = run(
            "completed",
            vec![
                job(1, "build", "completed", Some("success")),
                job(2, "a\nb", "queued", None),
            ],
        );
        assert_eq!(
            board.changes(&over),
            ["job build: success", "job a b: queued"]
        );
    }

    #[test]
    fn a_name_is_one_cell_of_the_table_whatever_it_holds() {
        let mut over = run(
            "completed",
            vec![job(1, "a|b](x)\n<i>", "completed", Some("startup_failure"))],
        );
        over.jobs[0].url = Some("javascript:alert(1)".into());
        over.total_jobs = 3;
        let text = markdown("de_ploy", "failure", &over);
        assert!(text.starts_with(
            "# de\\_ploy: failure\n\n[The workflow run at GitHub](https://github.com/o/i/run)\n"
        ));
        assert!(text.contains("\n| a\\|b\\](x) \\<i\\> | startup\\_failure | – | – |\n"));
        assert!(text.ends_with("\nand 2 more jobs\n"));
        assert_eq!(
            rows(&over),
            [
                "startup_failure  a|b](x) <i>  javascript:alert(1)",
                "and 2 more jobs"
            ]
        );
    }
}
