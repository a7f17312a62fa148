use crate::stage::{program, root};
use std::process::Command;

/// The tables of docs/OPERATIONS.md that say what can be set. The command line is a program, so the
/// test that compares them is also what writes them.
pub fn write() -> Result<(), String> {
    let mut test = Command::new(env!("CARGO"));
    test.args(["test", "--locked", "--quiet", "-p", "ops", "--bin", "ops"])
        .arg("the_document_has_each_flag")
        .env("OPS_GOLDEN", "write")
        .current_dir(root());
    program(&mut test)
}
