//! A test database for programs that speak TCP alone.

use tokio::net::{TcpListener, UnixStream};
use tokio_postgres::Config;
use tokio_postgres::config::Host;

/// Its address. Test databases are on a socket, and this leads there until the test ends.
pub async fn on_tcp(config: &Config) -> String {
    let Some(Host::Unix(folder)) = config.get_hosts().first() else {
        panic!("test databases are on a socket");
    };
    let socket = folder.join(".s.PGSQL.5432");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((mut outside, _)) = listener.accept().await {
            let socket = socket.clone();
            tokio::spawn(async move {
                let mut inside = UnixStream::connect(socket).await.expect("PostgreSQL");
                // Either side may hang up.
                let _ = tokio::io::copy_bidirectional(&mut outside, &mut inside).await;
            });
        }
    });
    let (user, database) = (config.get_user(), config.get_dbname());
    format!(
        "postgres://{}:x@{address}/{}?sslmode=disable",
        user.unwrap_or_default(),
        database.unwrap_or_default()
    )
}
