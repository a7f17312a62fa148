use crate::catalog::Catalog;
use crate::check::{Check, Step};
use crate::{prototyping, schedule};
use serde_json::Value;

/// Each table, function, grant, policy, index and publication, one line where all is well; then what
/// somebody opened on purpose, and who sweeps.
pub fn verify(found: &Catalog) -> Vec<Check> {
    let expected = match Catalog::expected() {
        Ok(expected) => expected,
        Err(error) => {
            return vec![Check::failed(
                Step::Verify,
                "What should be there is known",
                error.to_string(),
                "the facts of this version",
                "this build of ops is broken: install it anew",
            )];
        }
    };
    let (closed, opened) = prototyping::set_aside(found);
    let mut checks = closed.differences(&expected);
    if checks.is_empty() {
        let count = format!(
            "{} tables and {} functions, with their rights, policies and indexes",
            expected.tables.len(),
            expected.functions.len()
        );
        checks.push(Check::passed(
            Step::Verify,
            "Everything is as we made it",
            count,
        ));
    }
    checks.extend(opened);
    checks.push(schedule::check(found.schedule.as_ref()));
    checks
}

/// Where the facts of `verify` could not be had.
pub fn unread(why: impl Into<String>) -> Check {
    Check::failed(
        Step::Verify,
        "What is installed can be read",
        why,
        "an answer of ops_catalog",
        "apply the migrations again",
    )
}

/// What `ops_self_test` answered, or why it did not.
pub fn lived(answer: Result<Value, String>) -> Check {
    let title = "A run lives from queue to end";
    let mend = "apply the migrations again; if that does not help, this is a bug of ours";
    let found = match answer {
        Ok(answer) if answer["passed"] == true => {
            let found = "queued, claimed, logged, finished, taken back";
            return Check::passed(Step::Verify, title, found);
        }
        Ok(answer) => {
            let text = |name: &str| answer[name].as_str().unwrap_or_default().to_string();
            format!("stopped at “{}”: {}", text("step"), text("why"))
        }
        Err(why) => why,
    };
    Check::failed(Step::Verify, title, found, "all steps", mend)
}
