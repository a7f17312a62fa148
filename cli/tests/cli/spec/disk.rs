//! Disks that refuse: what was there is whole, and the code is not that of findings.

use super::{at, edit, generated, read};
use crate::ops::finished;
use std::process::Command;

#[test]
fn a_full_disk_leaves_the_old_bundle_whole_and_says_so() {
    let folder = generated();
    let names = ["prd.md", "tasks.md", "spec-kit.json"];
    let before = names.map(|name| read(&folder, &format!("specs/search/{name}")));
    edit(&folder, "docs/prd.md", "a second", "two seconds");
    // No file may grow beyond half a kilobyte: as a full disk, it ends a write in the middle.
    let script = "trap '' XFSZ; ulimit -f 1; exec \"$0\" spec generate --from docs/prd.md --out specs/search";
    let output = Command::new("/bin/sh")
        .args(["-c", script, env!("CARGO_BIN_EXE_ops")])
        .env_clear()
        .current_dir(folder.path())
        .output()
        .unwrap();
    finished(output)
        .exits(3)
        .says("the bundle is as it was")
        .says("\nhint: see whether the disk is full");
    let after = names.map(|name| read(&folder, &format!("specs/search/{name}")));
    assert_eq!(before, after);
    let entries = std::fs::read_dir(folder.path().join("specs/search")).unwrap();
    assert_eq!(entries.count(), 7, "nothing half-written is left");
}

#[test]
fn a_folder_that_takes_no_files_is_told() {
    let folder = generated();
    // Nobody may make files there, not even root.
    for out in ["/sys/ops-spec-out", "docs/prd.md/out"] {
        at(
            &folder,
            &[
                "generate",
                "--from",
                "docs/prd.md",
                "--out",
                out,
                "--slug",
                "search",
            ],
        )
        .run()
        .exits(3)
        .says(out);
    }
}

#[test]
fn a_report_that_cannot_be_written_never_reads_as_clean() {
    let folder = generated();
    at(&folder, &["validate", "specs", "--out", "/dev/full"])
        .run()
        .exits(3)
        .says("cannot write /dev/full");
    at(
        &folder,
        &["validate", "specs", "--out", "no/such/folder/report.txt"],
    )
    .run()
    .exits(3);
}
