//! Random sequences of calls get the same answers from PostgreSQL as from the model, and leave the
//! database whole. `OPS_PROPTEST_CASES` says how many sequences.

mod action;
mod invariants;
mod pair;
mod play;
mod work;

use crate::postgres::Postgres;
use proptest::collection::vec;
use proptest::test_runner::{Config, TestCaseError, TestError, TestRunner};

/// Everything that was called and where the answers differ, in words.
type Differ = Result<(), String>;

#[test]
fn postgres_answers_as_the_model() {
    let cases = std::env::var("OPS_PROPTEST_CASES");
    let cases = cases.map_or(200, |n| n.parse().expect("OPS_PROPTEST_CASES is a number"));
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let postgres = runtime.block_on(Postgres::borrow());
    let config = Config {
        cases,
        failure_persistence: None,
        max_shrink_iters: 3_000,
        ..Config::default()
    };
    let mut runner = TestRunner::new(config);
    let result = runner.run(&vec(action::action(), 1..80), |actions| {
        let case = async {
            play::play(&postgres, actions).await?;
            invariants::hold(&postgres).await
        };
        runtime
            .block_on(Box::pin(case))
            .map_err(TestCaseError::fail)
    });
    drop(postgres);
    match result {
        Ok(()) => {}
        Err(TestError::Fail(reason, actions)) => {
            panic!(
                "{reason}\nafter the smallest such sequence, {} actions",
                actions.len()
            )
        }
        Err(error) => panic!("{error}"),
    }
}
