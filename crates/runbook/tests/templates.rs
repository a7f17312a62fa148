//! The runbooks that the product brings along are valid, and do what they say under both shells.

use ops_runbook::*;
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};
use std::process::Command;

const BASH: &[&str] = &["bash", "-euo", "pipefail"];
const SH: &[&str] = &["sh", "-eu"];

fn template(name: &str) -> Runbook {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../templates/runbooks");
    let source = std::fs::read_to_string(path.join(name)).unwrap();
    parse(&source, name).unwrap_or_else(|problems| panic!("{}", problems[0]))
}

/// What a worker does, as small as it can be: values, steps in order, artifacts by name.
struct Played {
    outputs: Map<String, Value>,
    log: String,
    artifacts: Map<String, Value>,
}

fn play(runbook: &Runbook, shell: &[&str], params: Value) -> Played {
    let folder = folder();
    let params = check_params(&runbook.params, params.as_object().unwrap()).unwrap();
    let run = json!({"id": "run-1", "attempt": 1, "lane": "A", "env": "staging", "repo": null});
    let mut values = json!({"params": params, "steps": {}, "run": run});
    let mut played = Played {
        outputs: Map::new(),
        log: String::new(),
        artifacts: Map::new(),
    };
    for step in &runbook.steps {
        let context = Context {
            values: &values,
            state: JobState::Ok,
        };
        if !should_run(step.condition.as_deref(), &context).unwrap() {
            continue;
        }
        let outputs = match &step.kind {
            StepKind::Run(script) => {
                let (outputs, log) = run_shell(step, script, shell, &values, &folder);
                played.log.push_str(&log);
                outputs
            }
            StepKind::Artifact(spec) => {
                let ArtifactSource::Content(text) = &spec.source else {
                    panic!("only content is played");
                };
                let text = interpolate(text, &values).unwrap();
                played.artifacts.insert(spec.name.clone(), text.into());
                Map::new()
            }
            // These need a worker; its tests execute them.
            StepKind::Http(_)
            | StepKind::WaitFor(_)
            | StepKind::Workflow(_)
            | StepKind::SpecKit(_) => {
                panic!("only shells are played")
            }
        };
        for file in &step.artifacts {
            let text = std::fs::read_to_string(folder.join(&file.path)).unwrap();
            played.artifacts.insert(file.name.clone(), text.into());
        }
        values["steps"][&step.id] = json!({"status": "succeeded", "outputs": outputs});
    }
    played.outputs = values["steps"].as_object().unwrap().clone();
    std::fs::remove_dir_all(folder).unwrap();
    played
}

fn run_shell(
    step: &Step,
    script: &str,
    shell: &[&str],
    values: &Value,
    folder: &Path,
) -> (Map<String, Value>, String) {
    let output_file = folder.join("OUTPUT");
    std::fs::write(&output_file, "").unwrap();
    let mut command = Command::new(shell[0]);
    command.args(&shell[1..]).arg("-c").arg(script);
    command.current_dir(folder).env_clear();
    command.env("PATH", std::env::var("PATH").unwrap());
    for (name, value) in values["params"].as_object().unwrap() {
        command.env(param_env_name(name), env_text(value));
    }
    for (id, earlier) in values["steps"].as_object().unwrap() {
        for (key, value) in earlier["outputs"].as_object().unwrap() {
            command.env(step_env_name(id, key), env_text(value));
        }
    }
    for (name, text) in &step.env {
        command.env(name, interpolate(text, values).unwrap());
    }
    command
        .env("OPS_OUTPUT", &output_file)
        .env("OPS_ENV", "staging");
    command.env("OPS_RUN_ID", "run-1").env("OPS_ATTEMPT", "1");
    let done = command.output().unwrap();
    let log = String::from_utf8_lossy(&done.stdout).into_owned();
    let errors = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{}: {log}\n{errors}", step.id);
    assert_eq!(errors, "", "{}", step.id);
    let outputs = parse_outputs(&std::fs::read(output_file).unwrap()).unwrap();
    (outputs, log)
}

fn folder() -> PathBuf {
    use std::sync::atomic::{AtomicU32, Ordering};
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let name = format!("ops-runbook-{}-{number}", std::process::id());
    let folder = std::env::temp_dir().join(name);
    std::fs::create_dir(&folder).unwrap();
    folder
}

#[test]
fn every_bundled_runbook_is_valid_and_named_as_its_file() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../templates/runbooks");
    for entry in std::fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert_eq!(format!("{}.yaml", template(&name).slug), name);
    }
}

fn greets(shell: &[&str]) {
    let played = play(
        &template("hello.yaml"),
        shell,
        json!({"name": "Ada \"$(id)\" `x`"}),
    );
    let said = "Hello, Ada \"$(id)\" `x`!\nline 1 of 3\nline 2 of 3\nline 3 of 3\n";
    assert_eq!(played.log, said);
    let outputs = &played.outputs["greet"]["outputs"];
    let note = format!(
        "# Hello, Ada \"$(id)\" `x`!\n\nGreeted at **{}** on `{}`\nby run `run-1`, attempt 1, in lane A.\n",
        outputs["greeted_at"].as_str().unwrap(),
        outputs["host"].as_str().unwrap(),
    );
    assert_eq!(played.artifacts["hello.md"], note);
}

#[test]
fn hello_greets_under_bash() {
    greets(BASH);
}

#[test]
fn hello_greets_under_sh() {
    greets(SH);
}

fn triages(shell: &[&str]) {
    // Nothing listens on port 9, and no process has this name.
    let params = json!({
        "service": "no-such-service-x7", "url": "http://localhost:9/health?a=1", "severity": "sev1",
    });
    let played = play(&template("incident-triage.yaml"), shell, params);
    let report = played.artifacts["Incident triage"].as_str().unwrap();
    for part in [
        "# Incident triage: no-such-service-x7\n",
        "| severity | **sev1** |\n",
        "| environment | staging |\n",
        "## Findings\n",
        "## Next steps\n",
        "1. Severity is sev1: name one lead",
        "| errors in the last 1 hour | ",
        "| address | http://localhost:9/health?a=1 |\n",
        "### Disk space\n\n```text\nFilesystem",
    ] {
        assert!(report.contains(part), "{part} is missing in\n{report}");
    }
    assert_eq!(report.matches("```").count() % 2, 0, "{report}");
    if command_exists("curl") {
        assert!(
            report.contains("**The address does not answer** (curl exit "),
            "{report}"
        );
    }
    if command_exists("ps") {
        assert_eq!(played.outputs["processes"]["outputs"]["count"], "0");
    }
}

fn command_exists(name: &str) -> bool {
    let found = Command::new("sh")
        .args(["-c", &format!("command -v {name}")])
        .output();
    found.unwrap().status.success()
}

#[test]
fn triage_reports_under_bash() {
    triages(BASH);
}

#[test]
fn triage_reports_under_sh() {
    triages(SH);
}

#[test]
fn triage_without_an_address_skips_http_and_dns() {
    let played = play(
        &template("incident-triage.yaml"),
        SH,
        json!({"service": "sshd"}),
    );
    let steps: Vec<_> = played.outputs.keys().map(String::as_str).collect();
    assert_eq!(
        steps,
        ["disk", "errors", "load", "memory", "processes", "report"]
    );
    assert!(
        !played.artifacts["Incident triage"]
            .as_str()
            .unwrap()
            .contains("| DNS |")
    );
}

#[test]
fn triage_reports_even_when_every_check_broke() {
    let mut runbook = template("incident-triage.yaml");
    runbook.steps.retain(|step| step.id == "report");
    let params = json!({"service": "web", "url": "https://example.org"});
    for shell in [BASH, SH] {
        let played = play(&runbook, shell, params.clone());
        let report = played.artifacts["Incident triage"].as_str().unwrap();
        assert!(
            report.contains("| load | ? on ? cores, unknown |\n"),
            "{report}"
        );
        assert!(
            report.contains("### Memory\n\n```text\nnothing was collected\n```\n"),
            "{report}"
        );
    }
}

#[test]
fn triage_refuses_a_service_that_is_an_option_or_a_script() {
    let runbook = template("incident-triage.yaml");
    for service in ["--vacuum-time=1s", "a b", "x;reboot", ""] {
        let params = json!({"service": service});
        let errors = check_params(&runbook.params, params.as_object().unwrap()).unwrap_err();
        assert_eq!(errors[0].field, "/params/service", "{service}");
    }
}
