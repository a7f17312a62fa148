//! Runs a cluster in the given folder, with a word in it, until standard input ends.
//! The crash stories kill this process: `cargo run -p ops-embedded --example hold -- DIR`.

use ops_embedded::{Cluster, Options};
use std::io::Read;
use tokio_postgres::NoTls;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let data_dir = std::env::args().nth(1).ok_or("name a folder")?;
    let cluster = Cluster::start(Options::new(data_dir, |line| eprintln!("{line}"))).await?;
    let (client, connection) = tokio_postgres::connect(&cluster.connection_string(), NoTls).await?;
    tokio::spawn(connection);
    client
        .batch_execute("CREATE TABLE IF NOT EXISTS words (word text); INSERT INTO words VALUES ('of the holder')")
        .await?;
    println!("{}", cluster.pid().ok_or("no server")?);
    tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new())).await??;
    cluster.stop().await?;
    Ok(())
}
