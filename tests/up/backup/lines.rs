//! The lines of the document.

use ops_tests::harness::process::shown;
use std::path::Path;
use std::process::{Command, Stdio};

const DOCUMENT: &str = include_str!("../../../docs/OPERATIONS.md");

/// In their order there.
pub struct Lines {
    pub backup: String,
    pub restore: String,
    pub dump_sql: String,
    pub restore_sql: String,
}

impl Lines {
    pub fn read() -> Self {
        let section = DOCUMENT.split("\n## ");
        let mut section = section.filter(|text| text.starts_with("Backup and restore"));
        let section = section.next().expect("a section");
        let blocks = section.split("```sh\n").skip(1);
        let blocks: Vec<String> = blocks
            .map(|block| block.split("```").next().unwrap_or_default().to_string())
            .collect();
        let [backup, start, restore, dump_sql, restore_sql] =
            blocks.try_into().expect("five blocks of commands");
        // The test starts it as all tests do: at a port of its own.
        assert!(start.starts_with("ops up --data \"$NEW\" --workers 0"));
        Lines {
            backup,
            restore,
            dump_sql,
            restore_sql,
        }
    }
}

pub fn run(script: &str, folder: &Path, variables: &[(&str, &Path)]) {
    let output = Command::new("sh")
        .args(["-euc", script])
        .current_dir(folder)
        .envs(variables.iter().copied())
        .output()
        .expect("a shell");
    assert!(output.status.success(), "{script}\n{}", shown(&output));
}

pub fn has(program: &str) -> bool {
    let tried = Command::new(program)
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    tried.is_ok_and(|status| status.success())
}
