//! Folders that are long, closed, or oddly named.

mod common;

use common::*;
use ops_embedded::{Cluster, EmbeddedError};
use std::os::unix::fs::PermissionsExt;

#[tokio::test]
async fn a_long_path_moves_only_the_socket() {
    let folder = open_folder();
    let data_dir = folder.path().join("a".repeat(120)).join("b".repeat(40));
    let cluster = start(&data_dir).await.unwrap();
    assert!(
        cluster
            .home()
            .starts_with(folder.path().canonicalize().unwrap())
    );
    let socket_dir = cluster.socket_dir().to_owned();
    assert!(!socket_dir.starts_with(cluster.home()));
    assert_eq!(
        std::fs::metadata(&socket_dir).unwrap().permissions().mode() & 0o777,
        0o700
    );
    write_word(&connect(&cluster).await, "far").await;
    cluster.stop().await.unwrap();

    // The folder is remembered, not multiplied.
    let cluster = start(&data_dir).await.unwrap();
    assert_eq!(cluster.socket_dir(), socket_dir);
    assert_eq!(words(&connect(&cluster).await).await, ["far"]);
    cluster.stop().await.unwrap();
    std::fs::remove_dir_all(&socket_dir).unwrap();

    // And gone after a reboot.
    let cluster = start(&data_dir).await.unwrap();
    assert_ne!(cluster.socket_dir(), socket_dir);
    let socket_dir = cluster.socket_dir().to_owned();
    cluster.stop().await.unwrap();
    std::fs::remove_dir_all(socket_dir).unwrap();
}

#[tokio::test]
async fn odd_characters_in_the_path_are_only_characters() {
    let folder = open_folder();
    let data_dir = folder.path().join("it's, a \"Prüfung\" \\ $HOME");
    let cluster = start(&data_dir).await.unwrap();
    write_word(&connect(&cluster).await, "odd").await;
    cluster.stop().await.unwrap();
    let cluster = start(&data_dir).await.unwrap();
    assert_eq!(words(&connect(&cluster).await).await, ["odd"]);
    // A comma cannot be quoted in a connection string: that socket went elsewhere.
    let socket_dir = cluster.socket_dir().to_owned();
    assert!(!socket_dir.starts_with(cluster.home()));
    cluster.stop().await.unwrap();
    std::fs::remove_dir_all(socket_dir).unwrap();

    let data_dir = folder.path().join("it's \"two\" \\ words");
    let cluster = start(&data_dir).await.unwrap();
    assert!(cluster.socket_dir().starts_with(cluster.home()));
    write_word(&connect(&cluster).await, "odd").await;
    cluster.stop().await.unwrap();
    let error = start(&folder.path().join("a\nb")).await.err().unwrap();
    assert!(matches!(error, EmbeddedError::UnusablePath(_)), "{error}");
}

#[tokio::test]
async fn as_root_a_closed_folder_stays_closed_and_the_cluster_goes_elsewhere() {
    if !is_root() {
        return cannot_run("only root runs PostgreSQL as somebody else");
    }
    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o700)).unwrap();
    let data_dir = folder.path().join("ops");
    let (first, told) = options(&data_dir);
    let cluster = Cluster::start(first).await.unwrap();
    let home = cluster.home().to_owned();
    assert!(
        home.starts_with("/var/lib/ops-control-room"),
        "{}",
        home.display()
    );
    assert!(
        told.text().contains(home.to_str().unwrap()),
        "{}",
        told.text()
    );
    let rights = std::fs::metadata(folder.path())
        .unwrap()
        .permissions()
        .mode()
        & 0o777;
    assert_eq!(rights, 0o700);
    write_word(&connect(&cluster).await, "elsewhere").await;

    let error = start(&data_dir).await.err().unwrap();
    assert!(matches!(error, EmbeddedError::InUse { .. }), "{error}");
    cluster.stop().await.unwrap();

    // Opened later on, the folder still remembers where its data is.
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o711)).unwrap();
    let cluster = start(&data_dir).await.unwrap();
    assert_eq!(cluster.home(), home);
    assert_eq!(words(&connect(&cluster).await).await, ["elsewhere"]);
    cluster.stop().await.unwrap();
    std::fs::remove_dir_all(home).unwrap();
}

#[tokio::test]
async fn as_root_the_cluster_of_a_user_is_run_as_that_user() {
    if !is_root() {
        return cannot_run("only root runs PostgreSQL as somebody else");
    }
    let folder = open_folder();
    let data_dir = folder.path().join("ops");
    let cluster = start(&data_dir).await.unwrap();
    write_word(&connect(&cluster).await, "mine").await;
    cluster.stop().await.unwrap();
    let nobody = std::fs::read_to_string("/etc/passwd").unwrap();
    let nobody = nobody
        .lines()
        .find(|line| line.starts_with("nobody:"))
        .unwrap();
    let owner = nobody.split(':').nth(2).unwrap();
    let status = std::process::Command::new("chown")
        .args(["-R", owner])
        .arg(&data_dir)
        .status();
    assert!(status.unwrap().success());

    let cluster = start(&data_dir).await.unwrap();
    assert_eq!(words(&connect(&cluster).await).await, ["mine"]);
    let status =
        std::fs::read_to_string(format!("/proc/{}/status", cluster.pid().unwrap())).unwrap();
    let line = |name| status.lines().find(|line| line.starts_with(name)).unwrap();
    assert_eq!(line("Uid:").split_whitespace().nth(1), Some(owner));
    // None of root's groups went along.
    assert_eq!(
        line("Groups:").split_whitespace().count(),
        1,
        "{}",
        line("Groups:")
    );
    cluster.stop().await.unwrap();
}
