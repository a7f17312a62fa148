use ops_tests::harness::api::built;
use ops_tests::harness::process::shown;
use serde_json::Value;
use std::process::Command;

/// The short form of `cargo xtask chaos`.
#[test]
fn workers_killed_and_frozen_at_random_lose_and_repeat_nothing() {
    let output = Command::new(built("ops-chaos"))
        .args(["--seconds", "25", "--seed", "7", "--workers", "6"])
        .output()
        .expect("runs");
    assert!(output.status.success(), "{}", shown(&output));
    let verdict: Value = serde_json::from_slice(&output.stdout).expect("one line of JSON");
    for zero in [
        "alive_at_once",
        "two_ends",
        "events_missing",
        "stuck",
        "not_succeeded",
    ] {
        assert_eq!(verdict[zero], 0, "{verdict}");
    }
    assert!(
        verdict["kills"].as_u64() > Some(5) && verdict["freezes"].as_u64() > Some(5),
        "{verdict}"
    );
    assert!(
        verdict["attempts"].as_u64() > verdict["runs"].as_u64(),
        "some attempt was lost: {verdict}"
    );
    println!("{verdict}");
}
