//! The mode as the runner starts it: inputs in variables, answers in files.

use super::*;
use crate::act;

const PRD: &str = "# PRD: Search\n\n## Problem\n\nPeople cannot find old orders.\n\n## Goals\n\n- Orders are found within a second.\n\n## Non-goals\n\n- Orders of other shops\n\n## Functional requirements\n\n1. The system MUST offer `GET /orders.search`.\n\n## Acceptance criteria\n\n- **AC-001** A word of an order's customer finds the order.\n";

struct Job {
    folder: PathBuf,
}

impl Job {
    fn new(name: &str) -> Self {
        let folder = format!("ops-action-spec-{name}-{}", std::process::id());
        let folder = std::env::temp_dir().join(folder);
        let _ = std::fs::remove_dir_all(&folder);
        let job = Job { folder };
        job.write("work/docs/prd.md", PRD);
        job.write("temp/keep", "");
        job
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.folder.join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, text).expect("written");
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.folder.join(name)).unwrap_or_default()
    }

    /// One step of it, with summary and outputs of its own.
    async fn step(&self, inputs: &[(&str, &str)]) -> Result<ExitCode, Failure> {
        let path = |name: &str| self.folder.join(name).display().to_string();
        for name in ["summary", "output"] {
            let _ = std::fs::remove_file(self.folder.join(name));
        }
        let paths = [
            ("GITHUB_WORKSPACE", path("work")),
            ("RUNNER_TEMP", path("temp")),
            ("GITHUB_STEP_SUMMARY", path("summary")),
            ("GITHUB_OUTPUT", path("output")),
        ];
        let mut all: Vec<(&str, &str)> = vec![("INPUT_MODE", "spec")];
        all.extend(paths.iter().map(|(name, value)| (*name, value.as_str())));
        all.extend(inputs);
        act(Environment::of(&all)).await
    }

    /// An output of the last step.
    fn output(&self, name: &str) -> Option<String> {
        let text = self.read("output");
        let mut lines = text.lines();
        lines.find(|line| line.starts_with(&format!("{name}<<")))?;
        lines.next().map(str::to_string)
    }
}

impl Drop for Job {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn is_success(done: Result<ExitCode, Failure>) -> bool {
    format!("{:?}", done.expect("no failure")) == format!("{:?}", ExitCode::SUCCESS)
}

const GENERATE: [(&str, &str); 2] = [
    ("INPUT_PRD", "docs/prd.md"),
    ("INPUT_OUT", "docs/specs/search"),
];

#[tokio::test]
async fn a_prd_becomes_a_bundle_that_is_checked() {
    let job = Job::new("generate");
    assert!(is_success(job.step(&GENERATE).await));
    assert!(
        job.read("work/docs/specs/search/tasks.md")
            .starts_with("# Tasks")
    );
    let folder = job.output("artifacts").expect("an output");
    assert!(folder.ends_with("work/docs/specs/search"), "{folder}");
    assert_eq!(job.output("errors").as_deref(), Some("0"));
    let summary = job.read("summary");
    assert!(
        summary.contains("### Coverage of `docs/specs/search`"),
        "{summary}"
    );
    // Again: nothing changes, and all is well.
    let before = job.read("work/docs/specs/search/spec-kit.json");
    assert!(is_success(job.step(&GENERATE).await));
    assert_eq!(job.read("work/docs/specs/search/spec-kit.json"), before);
}

#[tokio::test]
async fn findings_of_bundles_fail_the_job_as_it_says() {
    let job = Job::new("validate");
    assert!(is_success(job.step(&GENERATE).await));
    let tasks = job.read("work/docs/specs/search/tasks.md");
    job.write(
        "work/docs/specs/search/tasks.md",
        &tasks.replace("AC-001", "AC-009"),
    );
    let paths = ("INPUT_PATHS", "docs/specs");
    assert!(!is_success(job.step(&[]).await), "the whole workspace");
    assert!(!is_success(job.step(&[paths]).await));
    assert_ne!(job.output("errors").as_deref(), Some("0"));
    let sarif = job.output("sarif").expect("an output");
    let sarif = std::fs::read_to_string(sarif).expect("a file");
    let sarif: serde_json::Value = serde_json::from_str(&sarif).expect("JSON");
    assert_eq!(sarif["version"], "2.1.0");
    let place = &sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
    let uri = place["artifactLocation"]["uri"]
        .as_str()
        .unwrap_or_default();
    assert!(uri.starts_with("docs/specs/search/"), "{uri}");
    assert!(is_success(
        job.step(&[paths, ("INPUT_FAIL-ON", "never")]).await
    ));
}

#[tokio::test]
async fn what_cannot_be_checked_or_generated_is_no_success() {
    let job = Job::new("refused");
    job.write("work/empty/a.txt", "");
    let told = |done: Result<ExitCode, Failure>| done.expect_err("a failure").to_string();
    assert!(told(job.step(&[("INPUT_PATHS", "empty")]).await).contains("no bundle"));
    assert!(told(job.step(&[("INPUT_PATHS", "none")]).await).contains("no such file"));
    job.write("work/docs/prd.md", "# Nothing\n");
    job.step(&GENERATE)
        .await
        .expect_err("nothing to generate from");
    assert!(!job.folder.join("work/docs/specs").exists());
}

/// A repository in the job's workspace, and the base of a pull request that is an event of its own.
struct PullRequest<'a> {
    job: &'a Job,
    base: String,
    event: String,
}

impl<'a> PullRequest<'a> {
    fn from_here(job: &'a Job) -> Self {
        git(job, &["init", "-q"]);
        commit(job);
        let base = git(job, &["rev-parse", "HEAD"]).trim().to_string();
        let mut pull = PullRequest {
            job,
            base: base.clone(),
            event: String::new(),
        };
        pull.starts_from(&base);
        pull
    }

    fn starts_from(&mut self, base: &str) {
        let event = serde_json::json!({ "pull_request": { "base": { "sha": base } } });
        self.job.write("event.json", &event.to_string());
        self.event = self.job.folder.join("event.json").display().to_string();
    }

    async fn step(&self) -> Result<ExitCode, Failure> {
        let event = ("GITHUB_EVENT_PATH", self.event.as_str());
        let name = ("GITHUB_EVENT_NAME", "pull_request");
        self.job.step(&[name, event]).await
    }
}

fn git(job: &Job, arguments: &[&str]) -> String {
    let output = std::process::Command::new("git")
        .arg("-C")
        .arg(job.folder.join("work"))
        .args(["-c", "user.name=t", "-c", "user.email=t@example.com"])
        .args(["-c", "commit.gpgsign=false", "-c", "core.hooksPath=none"])
        .args(arguments)
        .output()
        .expect("git");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn commit(job: &Job) {
    git(job, &["add", "-A"]);
    git(job, &["commit", "-q", "-m", "x"]);
}

/// Two bundles, of which the second has an error.
async fn two_bundles(name: &str) -> Job {
    let job = Job::new(name);
    job.write("work/docs/other.md", &PRD.replace("Search", "Other"));
    for (prd, out) in [
        ("docs/prd.md", "docs/specs/search"),
        ("docs/other.md", "docs/specs/other"),
    ] {
        let inputs = [("INPUT_PRD", prd), ("INPUT_OUT", out)];
        assert!(is_success(job.step(&inputs).await));
    }
    let tasks = job.read("work/docs/specs/other/tasks.md");
    let wrong = tasks.replace("AC-001", "AC-009");
    job.write("work/docs/specs/other/tasks.md", &wrong);
    job
}

#[tokio::test]
async fn a_pull_request_is_asked_for_what_it_changes_alone() {
    let job = two_bundles("pull").await;
    let pull = PullRequest::from_here(&job);
    // Nothing of a bundle: what was wrong before is not this one's.
    job.write("work/README.md", "# Words\n");
    commit(&job);
    assert!(is_success(pull.step().await));
    assert_eq!(job.output("errors").as_deref(), Some("0"));
    assert!(job.output("sarif").is_some());

    // The source of one: its bundle is no longer of it.
    job.write("work/docs/prd.md", &PRD.replace("a second", "two seconds"));
    commit(&job);
    assert!(is_success(pull.step().await));
    assert_ne!(job.output("warnings").as_deref(), Some("0"));
    let summary = job.read("summary");
    assert!(summary.contains("docs/specs/search"), "{summary}");
    assert!(!summary.contains("docs/specs/other"), "{summary}");

    // A file of the other that is gone is a change of it.
    std::fs::remove_file(job.folder.join("work/docs/specs/other/plan.md")).expect("gone");
    commit(&job);
    assert!(!is_success(pull.step().await));
    let summary = job.read("summary");
    assert!(summary.contains("docs/specs/other"), "{summary}");
}

#[tokio::test]
async fn a_pull_request_is_compared_with_its_base() {
    let job = Job::new("compared");
    assert!(is_success(job.step(&GENERATE).await));
    let pull = PullRequest::from_here(&job);
    // A principle that says something else, and the version stays: only the earlier state tells.
    let path = "work/docs/specs/search/constitution.md";
    let text = job.read(path);
    let title = text.lines().find(|line| line.starts_with("### P-01: "));
    let title = title.expect("a principle");
    job.write(path, &text.replace(title, "### P-01: Anything goes"));
    commit(&job);
    pull.step().await.expect("no failure");
    let sarif = std::fs::read_to_string(job.output("sarif").expect("a file")).expect("a report");
    assert!(
        sarif.contains("\"ruleId\":\"SK-CON-002\"") || sarif.contains("\"ruleId\": \"SK-CON-002\""),
        "{sarif}"
    );
}

#[tokio::test]
async fn a_base_that_is_not_there_is_said_and_everything_is_checked() {
    let job = two_bundles("shallow").await;
    let mut pull = PullRequest::from_here(&job);
    let environment = |event: &str| {
        Environment::of(&[
            ("GITHUB_EVENT_NAME", "pull_request"),
            ("GITHUB_EVENT_PATH", event),
        ])
    };
    let work = job.folder.join("work");
    pull.starts_from(&"0".repeat(40));
    let Scope::Unknown(why) = changed::scope(&environment(&pull.event), &work) else {
        panic!("a scope without a base");
    };
    assert!(why.contains("fetch-depth: 0"), "{why}");
    assert!(
        !is_success(pull.step().await),
        "the other bundle has an error"
    );

    // A configuration is for all bundles.
    let base = pull.base.clone();
    pull.starts_from(&base);
    assert!(is_success(pull.step().await), "nothing changed");
    job.write("work/spec-kit.toml", "fail_level = \"error\"\n");
    commit(&job);
    assert!(!is_success(pull.step().await));
    // A push is no pull request.
    assert_eq!(
        changed::scope(&Environment::of(&[]), &work),
        Scope::Workspace
    );
}

#[test]
fn a_long_summary_ends_with_a_whole_line() {
    let text = short(&"| é |\n".repeat(400_000));
    assert!(text.len() < 1024 * 1024);
    assert!(text.ends_with("| é |\n\nThe rest does not fit here; the SARIF file has all of it.\n"));
}

#[test]
fn a_crash_is_no_success() {
    let done: Result<(), _> = guarded(|| panic!("planted"));
    assert!(matches!(done, Err(Failure::Crashed)));
}
