//! Start, use, stop, start again.

mod common;

use common::*;
use ops_embedded::{EmbeddedError, Source};
use std::os::unix::fs::{MetadataExt, PermissionsExt};

#[tokio::test]
async fn a_second_start_finds_the_data_of_the_first() {
    let folder = open_folder();
    let data_dir = folder.path().join("ops");
    let (first, told) = options(&data_dir);
    let cluster = ops_embedded::Cluster::start(first).await.unwrap();
    assert!(told.text().contains("first start"), "{}", told.text());
    write_word(&connect(&cluster).await, "kept").await;
    let pid = cluster.pid().unwrap();
    cluster.stop().await.unwrap();
    assert!(!is_alive(pid));

    let (second, told) = options(&data_dir);
    let cluster = ops_embedded::Cluster::start(second).await.unwrap();
    assert!(!told.text().contains("first start"), "{}", told.text());
    assert_eq!(words(&connect(&cluster).await).await, ["kept"]);
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn it_is_durable_private_and_speaks_no_tcp() {
    let folder = open_folder();
    let cluster = start(&folder.path().join("ops")).await.unwrap();
    let client = connect(&cluster).await;
    for (name, value) in [
        ("fsync", "on"),
        ("synchronous_commit", "on"),
        ("full_page_writes", "on"),
        ("listen_addresses", ""),
        ("data_checksums", "on"),
        ("server_encoding", "UTF8"),
        ("TimeZone", "UTC"),
        ("shared_buffers", "128MB"),
        ("max_connections", "60"),
        ("autovacuum_naptime", "10s"),
        ("jit", "off"),
        ("logging_collector", "on"),
        ("log_rotation_size", "8MB"),
    ] {
        assert_eq!(setting(&client, name).await, value, "{name}");
    }
    // A terminal's Ctrl-C goes to our process group: the server must outlive it until we stop it.
    let postmaster = rustix::process::Pid::from_raw(cluster.pid().unwrap() as i32).unwrap();
    assert_eq!(
        rustix::process::getpgid(Some(postmaster)).unwrap(),
        postmaster
    );
    let socket_dir = std::fs::metadata(cluster.socket_dir()).unwrap();
    assert_eq!(socket_dir.permissions().mode() & 0o777, 0o700);
    let data = std::fs::metadata(cluster.home().join("postgres")).unwrap();
    assert_eq!(data.permissions().mode() & 0o777, 0o700);
    assert_ne!(data.uid(), 0, "it never runs as root");
    assert_eq!(
        setting(&client, "server_version").await.split(' ').next(),
        Some(cluster.version())
    );
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn one_folder_has_one_holder() {
    let folder = open_folder();
    let data_dir = folder.path().join("ops");
    let cluster = start(&data_dir).await.unwrap();
    let error = start(&data_dir).await.err().unwrap();
    let us = std::process::id();
    assert!(
        matches!(error, EmbeddedError::InUse { holder: Some(pid), .. } if pid == us),
        "{error}"
    );
    assert!(
        error
            .to_string()
            .contains(&format!("in use by process {us}")),
        "{error}"
    );
    // The first is none the worse for it.
    write_word(&connect(&cluster).await, "still here").await;
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn dropping_it_ends_it_and_loses_nothing() {
    let folder = open_folder();
    let data_dir = folder.path().join("ops");
    let cluster = start(&data_dir).await.unwrap();
    write_word(&connect(&cluster).await, "acknowledged").await;
    let pid = cluster.pid().unwrap();
    drop(cluster);
    assert!(!is_alive(pid));
    let cluster = start(&data_dir).await.unwrap();
    assert_eq!(words(&connect(&cluster).await).await, ["acknowledged"]);
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn data_of_another_major_version_is_refused_in_plain_words() {
    let folder = open_folder();
    let data_dir = folder.path().join("ops");
    // Binaries that are PostgreSQL 16 as far as anyone asks them.
    let bin = folder.path().join("bin");
    std::fs::create_dir(&bin).unwrap();
    for name in ["postgres", "initdb"] {
        let program = bin.join(name);
        std::fs::write(&program, "#!/bin/sh\necho 'postgres (PostgreSQL) 16.9'\n").unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    std::fs::set_permissions(&bin, std::fs::Permissions::from_mode(0o755)).unwrap();
    let data = data_dir.join("postgres");
    std::fs::create_dir_all(&data).unwrap();
    std::fs::set_permissions(&data_dir, std::fs::Permissions::from_mode(0o755)).unwrap();

    std::fs::write(data.join("PG_VERSION"), "15\n").unwrap();
    if is_root() {
        let error = start(&data_dir).await.err().unwrap();
        assert!(
            matches!(error, EmbeddedError::RootsCluster { .. }),
            "{error}"
        );
        std::os::unix::fs::chown(&data, Some(65534), Some(65534)).unwrap();
    }
    let error = start_from(Source::Folder(bin.clone()), &data_dir)
        .await
        .err()
        .unwrap();
    assert!(
        matches!(error, EmbeddedError::WrongMajor { needs: 15, .. }),
        "{error}"
    );
    let text = error.to_string();
    assert!(
        text.contains("made by PostgreSQL 15, and only 16.9"),
        "{text}"
    );
    assert!(text.contains("install PostgreSQL 15"), "{text}");

    std::fs::write(data.join("PG_VERSION"), "14\n").unwrap();
    let error = start_from(Source::Folder(bin), &data_dir)
        .await
        .err()
        .unwrap();
    assert!(
        error.to_string().contains("15 to 18 are supported"),
        "{error}"
    );
}

#[tokio::test]
async fn a_folder_without_postgresql_is_refused_in_plain_words() {
    let folder = open_folder();
    let source = Source::Folder(folder.path().to_owned());
    let error = start_from(source, &folder.path().join("ops"))
        .await
        .err()
        .unwrap();
    let text = error.to_string();
    assert!(
        text.contains("no `postgres` in") && text.contains("OPS_PG_BIN"),
        "{text}"
    );
}
