//! Starts a private PostgreSQL, says where it is, and stops it when standard input ends: a test
//! program that is killed leaves no server behind.

use ops_embedded::{Cluster, Options};
use ops_store_postgres::{connect, migrate};
use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::temp_dir().join(format!("ops-test-{}", std::process::id()));
    std::fs::create_dir(&folder)?;
    // The server may run as another user, who must reach its folder.
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o711))?;
    let cluster = Cluster::start(Options::new(folder.join("data"), |line| {
        eprintln!("{line}")
    }))
    .await?;

    // Every test copies this database.
    let config: tokio_postgres::Config = cluster.connection_string().parse()?;
    let admin = connect(&config).await?;
    admin.batch_execute("create database ops_template").await?;
    let mut template = connect(config.clone().dbname("ops_template")).await?;
    migrate(&mut template).await?;
    drop(template);

    println!("{}", cluster.connection_string());
    std::io::stdout().flush()?;
    tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new())).await??;
    cluster.stop().await?;
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}
