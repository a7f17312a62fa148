//! Deaths of the server, of us, and of both.

mod common;

use common::*;
use ops_embedded::{Cluster, EmbeddedError};
use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

/// Another process that runs a cluster.
struct Holder {
    process: Child,
    postmaster: u32,
}

impl Holder {
    fn start(data_dir: &Path) -> Holder {
        // cargo builds examples beside the tests.
        let exe = std::env::current_exe().unwrap();
        let hold = exe.ancestors().nth(2).unwrap().join("examples/hold");
        let mut process = Command::new(hold)
            .arg(data_dir)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let postmaster = line.trim().parse().expect("the holder says its postmaster");
        Holder {
            process,
            postmaster,
        }
    }

    /// SIGKILL: it has no chance to stop anything.
    fn kill(mut self) -> u32 {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
        self.postmaster
    }
}

#[tokio::test]
async fn a_postmaster_that_a_killed_run_left_is_stopped_and_started_anew() {
    let folder = open_folder();
    let data_dir = folder.path().join("ops");
    let left = Holder::start(&data_dir).kill();
    assert!(
        is_alive(left),
        "SIGKILL of its parent leaves the postmaster running"
    );

    let (options, told) = options(&data_dir);
    let cluster = Cluster::start(options).await.unwrap();
    assert!(
        told.text()
            .contains(&format!("left behind (process {left})")),
        "{}",
        told.text()
    );
    assert!(!is_alive(left));
    assert_eq!(words(&connect(&cluster).await).await, ["of the holder"]);
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn a_frozen_postmaster_is_woken_to_stop() {
    let folder = open_folder();
    let data_dir = folder.path().join("ops");
    let left = Holder::start(&data_dir).kill();
    let frozen = rustix::process::Pid::from_raw(left as i32).unwrap();
    rustix::process::kill_process(frozen, rustix::process::Signal::STOP).unwrap();
    let cluster = start(&data_dir).await.unwrap();
    assert!(!is_alive(left));
    assert_eq!(words(&connect(&cluster).await).await, ["of the holder"]);
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn a_live_run_of_another_process_is_left_alone() {
    let folder = open_folder();
    let data_dir = folder.path().join("ops");
    let mut holder = Holder::start(&data_dir);
    let error = start(&data_dir).await.err().unwrap();
    let other = holder.process.id();
    assert!(
        matches!(error, EmbeddedError::InUse { holder: Some(pid), .. } if pid == other),
        "{error}"
    );
    assert!(is_alive(holder.postmaster));
    drop(holder.process.stdin.take());
    assert!(holder.process.wait().unwrap().success());
    assert!(!is_alive(holder.postmaster));
}

#[tokio::test]
async fn a_kill_of_both_is_recovered_from() {
    let folder = open_folder();
    let data_dir = folder.path().join("ops");
    let postmaster = Holder::start(&data_dir).kill();
    kill(postmaster);
    let cluster = start(&data_dir).await.unwrap();
    assert_eq!(words(&connect(&cluster).await).await, ["of the holder"]);
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn a_killed_postmaster_is_noticed_and_the_next_start_recovers() {
    let folder = open_folder();
    let data_dir = folder.path().join("ops");
    let mut cluster = start(&data_dir).await.unwrap();
    write_word(&connect(&cluster).await, "acknowledged").await;
    kill(cluster.pid().unwrap());
    let error = cluster.died().await;
    assert!(matches!(error, EmbeddedError::Died { .. }), "{error}");
    assert!(cluster.stop().await.is_err());

    let cluster = start(&data_dir).await.unwrap();
    assert_eq!(words(&connect(&cluster).await).await, ["acknowledged"]);
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn a_lock_file_with_the_number_of_a_stranger_does_no_harm() {
    let folder = open_folder();
    let data_dir = folder.path().join("ops");
    let cluster = start(&data_dir).await.unwrap();
    write_word(&connect(&cluster).await, "acknowledged").await;
    let lock_file = cluster.home().join("postgres/postmaster.pid");
    let text = std::fs::read_to_string(&lock_file).unwrap();
    kill(cluster.pid().unwrap());
    drop(cluster);
    // After a reboot the number may be any program's: here one of PostgreSQL's own account, the only case
    // in which it would refuse to start for good.
    let mut stranger = as_owner_of(&lock_file, "cat");
    let (_, rest) = text.split_once('\n').unwrap();
    std::fs::write(&lock_file, format!("{}\n{rest}", stranger.id())).unwrap();

    let cluster = start(&data_dir).await.unwrap();
    assert_eq!(words(&connect(&cluster).await).await, ["acknowledged"]);
    assert!(
        stranger.try_wait().unwrap().is_none(),
        "a stranger is left alone"
    );
    drop(stranger.stdin.take());
    stranger.wait().unwrap();
    cluster.stop().await.unwrap();
}

fn as_owner_of(file: &Path, program: &str) -> Child {
    use std::os::unix::{fs::MetadataExt, process::CommandExt};
    let mut command = Command::new(program);
    command.stdin(Stdio::piped()).stdout(Stdio::null());
    if is_root() {
        let owner = std::fs::metadata(file).unwrap();
        command.uid(owner.uid()).gid(owner.gid()).current_dir("/");
    }
    command.spawn().unwrap()
}
