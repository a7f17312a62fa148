//! What a machine says of our workflows, of the examples and of the action, and the action's launcher.

use ops_tests::harness::not_run;
use ops_tests::harness::process::{Folder, shown};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

pub(crate) const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
const ACTION: &str = "action.yml";

/// Each tool has to refuse it for a reason of its own: a branch as the version of an action and a title
/// inside of a script, a context that is not there, and a job that runs nowhere.
const FAULTY: &str = "\
name: faulty
on: pull_request_target
jobs:
  test:
    steps:
      - uses: actions/checkout@main
      - run: echo '${{ github.event.pull_request.title }}' '${{ nothing.here }}'
";

/// A tool that reads workflows.
#[derive(Clone, Copy)]
enum Tool {
    Zizmor,
    Actionlint,
    Schema(&'static str),
}

/// As `cargo xtask test` brings them by pip.
pub(crate) fn packages() -> PathBuf {
    Path::new(ROOT).join("tools/workflows")
}

pub(crate) fn program(name: &str) -> PathBuf {
    packages().join("bin").join(name)
}

fn are_there() -> bool {
    let names = ["zizmor", "actionlint", "check-jsonschema"];
    names.iter().all(|name| program(name).is_file())
}

/// None of them asks the network: what they say is the same each time.
fn ask(tool: Tool, files: &[PathBuf]) -> Output {
    let mut command = match tool {
        Tool::Zizmor => {
            let mut command = Command::new(program("zizmor"));
            command.args(["--offline", "--no-progress", "--persona", "pedantic"]);
            command.args(["--config", ".github/zizmor.yml"]);
            command
        }
        Tool::Actionlint => {
            let mut command = Command::new(program("actionlint"));
            // Whatever else the machine has would change what is said.
            command.args(["-no-color", "-shellcheck=", "-pyflakes="]);
            command
        }
        Tool::Schema(name) => {
            let mut command = Command::new("python3");
            command.args(["-m", "check_jsonschema", "--builtin-schema", name]);
            command
        }
    };
    command
        .args(files)
        .env("PYTHONPATH", packages())
        .current_dir(ROOT)
        .output()
        .expect("the tool runs")
}

const OF_WORKFLOWS: [Tool; 3] = [
    Tool::Zizmor,
    Tool::Actionlint,
    Tool::Schema("vendor.github-workflows"),
];
const OF_ACTIONS: [Tool; 2] = [Tool::Zizmor, Tool::Schema("vendor.github-actions")];

/// The files of `folder` whose names end so, in their order.
pub(crate) fn files(folder: &str, ending: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(Path::new(ROOT).join(folder)).expect("a folder");
    let names = entries.map(|entry| entry.expect("an entry").file_name());
    let mut files: Vec<PathBuf> = names
        .filter(|name| name.to_string_lossy().ends_with(ending))
        .map(|name| Path::new(folder).join(name))
        .collect();
    files.sort();
    assert!(!files.is_empty(), "{folder} has no {ending}");
    files
}

fn workflows() -> Vec<PathBuf> {
    [
        files(".github/workflows", ".yml"),
        files("docs/examples", ".yml"),
    ]
    .concat()
}

#[test]
fn nothing_is_found_in_our_workflows_the_examples_and_the_action() {
    if !are_there() {
        return not_run("zizmor and others, which `cargo xtask test` brings by pip");
    }
    let action = [PathBuf::from(ACTION)];
    let of_workflows = OF_WORKFLOWS.map(|tool| ask(tool, &workflows()));
    let of_actions = OF_ACTIONS.map(|tool| ask(tool, &action));
    for output in of_workflows.iter().chain(&of_actions) {
        assert!(output.status.success(), "{}", shown(output));
    }
}

/// A tool that is given nothing to read finds nothing either.
#[test]
fn each_tool_refuses_a_faulty_workflow() {
    if !are_there() {
        return not_run("zizmor and others, which `cargo xtask test` brings by pip");
    }
    let folder = Folder::new();
    let workflows = folder.path().join(".github/workflows");
    std::fs::create_dir_all(&workflows).expect("a folder");
    let file = workflows.join("faulty.yml");
    std::fs::write(&file, FAULTY).expect("a file");
    for tool in OF_WORKFLOWS {
        let output = ask(tool, std::slice::from_ref(&file));
        let said = shown(&output);
        assert!(!output.status.success(), "{said}");
        assert!(said.contains("faulty.yml"), "{said}");
    }
}

/// A tag can be moved by whoever takes over its repository, as happened; a commit cannot. The version
/// beside it is for whoever brings it up to date.
#[test]
fn what_is_used_is_pinned_by_its_commit() {
    for file in workflows() {
        let text = std::fs::read_to_string(Path::new(ROOT).join(&file)).expect("text");
        let used = text.lines().filter(|line| !line.trim().starts_with('#'));
        for (_, used) in used.filter_map(|line| line.split_once("uses: ")) {
            assert!(
                used == "./" || is_pinned(used),
                "{}: {used}",
                file.display()
            );
        }
    }
}

fn is_pinned(used: &str) -> bool {
    let Some((_, (commit, version))) = used
        .split_once('@')
        .and_then(|(name, rest)| Some((name, rest.split_once(" # v")?)))
    else {
        return false;
    };
    commit.len() == 40 && commit.chars().all(|c| c.is_ascii_hexdigit()) && !version.is_empty()
}

#[test]
fn the_launcher_of_the_action_runs_what_it_may_and_nothing_else() {
    // openssl makes the certificate of the server that the downloader is tried with.
    let starts = |name: &str| Command::new(name).arg("--version").output().is_ok();
    if !(starts("node") && starts("openssl")) {
        return not_run("node and openssl");
    }
    // Files by name: what a folder means to it depends on its version.
    let output = Command::new("node")
        .arg("--test")
        .args(files("tests/action", ".test.cjs"))
        .current_dir(ROOT)
        .output()
        .expect("node runs");
    assert!(output.status.success(), "{}", shown(&output));
}
