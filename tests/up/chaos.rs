use ops_tests::harness::api::built;
use ops_tests::harness::process::shown;
use serde_json::Value;
use std::process::{Command, Output};
use std::sync::{Mutex, PoisonError};

/// Each wants the whole machine.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

fn chaos(arguments: &str) -> Output {
    let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    Command::new(built("ops-chaos"))
        .args(arguments.split_whitespace())
        .output()
        .expect("runs")
}

fn last_line(output: &Output) -> Value {
    let text = String::from_utf8_lossy(&output.stdout);
    let line = text.lines().last().unwrap_or_default();
    serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {}", shown(output)))
}

fn hash(arguments: &str) -> String {
    let output = chaos(&format!("{arguments} --plan"));
    assert!(output.status.success(), "{}", shown(&output));
    let hash = &last_line(&output)["schedule_sha256"];
    hash.as_str().expect("a hash").into()
}

/// The short form of `cargo xtask chaos`.
#[test]
fn faults_of_every_kind_at_once_lose_and_repeat_nothing() {
    let arguments = "--seconds 20 --seed 7 --workers 6";
    let output = chaos(arguments);
    let verdict = last_line(&output);
    assert!(output.status.success(), "{}", shown(&output));
    for zero in [
        "two_holders",
        "two_ends",
        "alive_at_once",
        "events_missing",
        "artifacts_missing",
        "stuck",
        "places_leaked",
        "over_limit",
        "once_repeated",
        "not_as_expected",
    ] {
        assert_eq!(verdict[zero], 0, "{verdict}");
    }
    assert_eq!(verdict["schedule_sha256"], hash(arguments));
    assert_eq!(verdict["seed"], 7);
    assert!(verdict["ended_unreported_repeats"].is_u64(), "{verdict}");
    for (name, least) in [("kills", 3), ("freezes", 3), ("artifacts", 1), ("runs", 50)] {
        assert!(verdict[name].as_u64() >= Some(least), "{name}: {verdict}");
    }
    assert!(
        verdict["attempts"].as_u64() > verdict["runs"].as_u64(),
        "some attempt was lost: {verdict}"
    );
    // Of whatever needs no rights and no tools that a machine may lack.
    for fault in [
        "kill",
        "freeze",
        "hand_back",
        "server_kill",
        "database_stop",
        "database_disk_full",
        "old_snapshot",
        "network",
        "cancel",
    ] {
        assert!(
            verdict["done"][fault].as_u64() > Some(0),
            "{fault}: {verdict}"
        );
    }
    for (fault, why) in verdict["not_tried"].as_object().into_iter().flatten() {
        eprintln!("NOT RUN: {fault}: {why}");
    }
    println!("{verdict}");
}

/// What shows that the zeros of the test above mean something.
#[test]
fn a_broken_engine_is_found() {
    let spoiled = concat!(env!("CARGO_MANIFEST_DIR"), "/chaos/spoiled.sql");
    let output = chaos(&format!(
        "--seconds 8 --seed 1 --workers 6 --spoil {spoiled}"
    ));
    let verdict = last_line(&output);
    assert_eq!(output.status.code(), Some(1), "{}", shown(&output));
    for found in ["events_missing", "artifacts_missing"] {
        assert!(verdict[found].as_u64() > Some(0), "{found}: {verdict}");
    }
}

#[test]
fn the_seed_replays_the_schedule_and_another_seed_does_not() {
    let first = hash("--minutes 3 --seed 7");
    assert_eq!(first.len(), 64);
    assert_eq!(first, hash("--minutes 3 --seed 7"));
    assert_ne!(first, hash("--minutes 3 --seed 8"));
    assert_ne!(first, hash("--minutes 3 --seed 7 --workers 9"));
}

#[test]
fn an_argument_that_is_not_understood_starts_nothing() {
    let output = chaos("--minutes soon");
    assert_eq!(output.status.code(), Some(2), "{}", shown(&output));
}
