//! What a runner does to the entry process of a cancelled job: SIGINT, 7.5 s, SIGTERM, 2.5 s, and then
//! it kills whatever is left. Nothing of it reaches another process.

use crate::act::ROOT;
use crate::world::World;
use ops_core::RunStatus;
use ops_tests::harness::api::built;
use ops_tests::harness::not_run;
use ops_tests::harness::process::{family, is_alive, run_until, send};
use rustix::process::Signal;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

const ROUNDS: u32 = 10;

/// Writes the pid of a step and of a child that it leaves to itself, and goes on for long.
const LONG: &str = "sleep 300 & echo \"$OPS_ATTEMPT $$ $!\" >> \"$OPS_WORKSPACE/pids\"; wait";

fn has_node() -> bool {
    let node = std::process::Command::new("node").arg("--version").output();
    node.is_ok()
}

struct Job<'a> {
    world: &'a World,
    temporary: PathBuf,
}

impl<'a> Job<'a> {
    fn of(world: &'a World) -> Self {
        let temporary = world.folder.path().join("job");
        std::fs::create_dir_all(&temporary).expect("a folder");
        Job { world, temporary }
    }

    fn step(&self, name: &str) -> Command {
        let mut command = Command::new("node");
        command
            .arg(format!("{ROOT}/action/{name}.cjs"))
            .env("INPUT_URL", &self.world.up.url)
            .env("INPUT_TOKEN", &self.world.up.token)
            .env("INPUT_IDLE-TIMEOUT", "60s")
            .env("RUNNER_TEMP", &self.temporary)
            .env("GITHUB_STATE", self.temporary.join("state"))
            .env("GITHUB_WORKSPACE", &self.temporary)
            .env("OPS_ACTION_BIN", built("ops-action"))
            .stdout(Stdio::piped())
            .kill_on_drop(true);
        command
    }

    /// A new step has a state of its own.
    fn main(&self) -> (Child, Lines<BufReader<ChildStdout>>) {
        let _ = std::fs::remove_file(self.temporary.join("state"));
        let mut child = self.step("main").spawn().expect("node starts");
        let lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        (child, lines)
    }

    /// With what the main step left as its state.
    async fn post(&self) -> String {
        let mut command = self.step("post");
        let state = std::fs::read_to_string(self.temporary.join("state")).unwrap_or_default();
        let mut lines = state.lines();
        while let Some((name, word)) = lines.next().and_then(|line| line.split_once("<<")) {
            let value: Vec<_> = lines.by_ref().take_while(|line| *line != word).collect();
            command.env(format!("STATE_{name}"), value.join("\n"));
        }
        let output = command.output().await.expect("node runs");
        assert!(output.status.success());
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Of steps, and of what they started: attempt, and two pids.
    fn steps(&self) -> Vec<Vec<u32>> {
        let text = std::fs::read_to_string(self.temporary.join("pids")).unwrap_or_default();
        let numbers = |line: &str| line.split(' ').map_while(|n| n.parse().ok()).collect();
        text.lines().map(numbers).collect()
    }
}

/// The runner's ProcessInvoker. The answer is how it ended.
async fn cancel(child: &mut Child) -> &'static str {
    let entry = child.id().expect("it runs");
    let all = family(entry);
    let patience = [
        (Signal::INT, 7_500, "interrupted"),
        (Signal::TERM, 2_500, "terminated"),
    ];
    for (signal, ms, how) in patience {
        send(entry, signal);
        let ended = tokio::time::timeout(Duration::from_millis(ms), child.wait()).await;
        if ended.is_ok() {
            return how;
        }
    }
    all.union(&family(entry))
        .for_each(|pid| send(*pid, Signal::KILL));
    child.wait().await.expect("it ends");
    "killed"
}

#[tokio::test]
async fn a_cancelled_job_hands_its_run_back_at_any_moment_and_leaves_no_process() {
    if !has_node() {
        return not_run("node");
    }
    let world = World::new("0").await;
    let job = Job::of(&world);
    for round in 0..ROUNDS {
        // Each its own: of one run the first five hand-backs are free.
        let run_id = world.queue("A", LONG).await;
        let (mut child, mut lines) = job.main();
        // From before the binary starts until well into the step.
        let moment = Duration::from_millis(u64::from(rand() % 1_200));
        let mut said = Vec::new();
        let talk = async {
            while let Ok(Some(line)) = lines.next_line().await {
                said.push(line);
            }
        };
        let _ = tokio::time::timeout(moment, talk).await;
        let entry = child.id().expect("it runs");
        let all = family(entry);
        let rest = tokio::spawn(async move {
            while let Ok(Some(line)) = lines.next_line().await {
                said.push(line);
            }
            said
        });
        let how = cancel(&mut child).await;
        // Whoever was left behind would hold the output open for ever.
        let ended = tokio::time::timeout(Duration::from_secs(60), rest).await;
        let mut said = ended
            .unwrap_or_else(|_| panic!("round {round}, {how} after {moment:?}: somebody is left"))
            .expect("the output ends");
        said.push(job.post().await);
        let steps = job.steps();
        let pids = steps.iter().flat_map(|step| &step[1..]);
        let alive: Vec<_> = pids.chain(&all).filter(|pid| is_alive(**pid)).collect();
        assert!(
            alive.is_empty(),
            "round {round}, {how} after {moment:?}: {alive:?}"
        );
        let run = run_until(&world.up.client, &run_id, 40, |run| {
            run.status == RunStatus::Queued
        })
        .await;
        assert_eq!(
            run.attempts_used, 0,
            "round {round}, {how} after {moment:?}: a hand-back is no attempt\n{said:#?}\n{run:#?}"
        );
        assert!(
            steps.len() <= 1,
            "one attempt began its step once: {steps:?}"
        );
        let client = &world.up.client;
        client.runs_cancel(&run_id, None).await.expect("an end");
        let _ = std::fs::remove_file(job.temporary.join("pids"));
    }
}

#[tokio::test]
async fn after_a_crash_the_post_step_hands_back_what_was_held() {
    if !has_node() {
        return not_run("node");
    }
    let world = World::new("0").await;
    let job = Job::of(&world);
    let run_id = world.queue("A", LONG).await;
    let (mut child, _lines) = job.main();
    let client = &world.up.client;
    run_until(client, &run_id, 40, |_| !job.steps().is_empty()).await;
    // The binary dies, as by the kernel when memory is short; the launcher and the rest do not.
    let launcher = child.id().expect("it runs");
    let children = std::fs::read_to_string(format!("/proc/{launcher}/task/{launcher}/children"));
    let binary = children.expect("its children");
    let binary = binary.split(' ').next().and_then(|pid| pid.parse().ok());
    let all = family(launcher);
    send(binary.expect("a pid"), Signal::KILL);
    assert!(!child.wait().await.expect("it ends").success());
    let said = job.post().await;
    assert!(
        said.contains(&format!("handed back run {run_id}")),
        "{said}"
    );
    let run = client.runs_get(&run_id).await.expect("a run");
    assert_eq!((run.status, run.attempts_used), (RunStatus::Queued, 0));
    let mut left = all;
    left.extend(&job.steps()[0][1..]);
    // Its supervisor kills it as soon as the worker is gone; that it happens is what is asserted.
    while left.iter().any(|pid| is_alive(*pid)) {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn summary_and_outputs_tell_what_became_of_each_run() {
    if !has_node() {
        return not_run("node");
    }
    let world = World::new("0").await;
    let good = world.queue("A", "echo '<b> | x'").await;
    let bad = world.queue("A", "exit 3").await;
    let job = Job::of(&world);
    let file = |name: &str| job.temporary.join(name);
    let mut command = job.step("main");
    command
        .env("INPUT_IDLE-TIMEOUT", "1s")
        .env("INPUT_FAIL-ON", "failed")
        .env("GITHUB_STEP_SUMMARY", file("summary"))
        .env("GITHUB_OUTPUT", file("output"));
    let output = command.output().await.expect("node runs");
    let log = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(1), "a run failed: {log}");
    let read = |name: &str| std::fs::read_to_string(file(name)).expect("text");
    let (summary, outputs) = (read("summary"), read("output"));
    for (run_id, outcome) in [(&good, "succeeded"), (&bad, "failed")] {
        let row = summary.lines().find(|line| line.contains(run_id.as_str()));
        assert!(row.is_some_and(|row| row.contains(outcome)), "{summary}");
    }
    for (name, value) in [("claimed", "2"), ("succeeded", "1"), ("failed", "1")] {
        let mut lines = outputs.lines();
        let head = lines.find(|line| line.starts_with(&format!("{name}<<")));
        let word = head.and_then(|head| head.split_once("<<")).expect(name).1;
        assert!(word.len() >= 32, "no value can guess it: {word}");
        assert_eq!((lines.next(), lines.next()), (Some(value), Some(word)));
    }
    let groups = log.matches("::group::").count();
    let ends = log.matches("::endgroup::").count();
    assert_eq!((groups, ends), (2, 2), "{log}");
    let token = &world.up.token;
    assert!(log.contains(&format!("::add-mask::{token}")), "{log}");
    assert_eq!(log.matches(token.as_str()).count(), 1, "and nowhere else");
}

/// Of a hash map's seed, which the standard library draws.
fn rand() -> u32 {
    use std::hash::{BuildHasher, Hasher};
    let state = std::collections::hash_map::RandomState::new();
    state.build_hasher().finish() as u32
}
