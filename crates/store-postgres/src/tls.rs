use tokio_postgres::config::{Host, SslMode};
use tokio_postgres::{Client, Config, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

pub(crate) enum Connector {
    Plain,
    Tls(Box<MakeRustlsConnect>),
}

/// Unix sockets and loopback speak plainly; everything else is verified against the system's roots,
/// unless the URL says `sslmode=disable`. `prefer`, the driver's default, would go on in plain text with
/// a server that says it has no TLS, or with whoever says so in its place: it becomes `require`.
pub(crate) fn connector_for(config: &mut Config) -> Result<Connector, String> {
    let local = config.get_hosts().iter().all(|host| match host {
        #[cfg(unix)]
        Host::Unix(_) => true,
        Host::Tcp(name) => matches!(name.as_str(), "localhost" | "127.0.0.1" | "::1"),
    });
    if local || config.get_ssl_mode() == SslMode::Disable {
        return Ok(Connector::Plain);
    }
    config.ssl_mode(SslMode::Require);
    use rustls_platform_verifier::ConfigVerifierExt;
    let _ = rustls::crypto::ring::default_provider().install_default();
    let tls = rustls::ClientConfig::with_platform_verifier().map_err(|e| e.to_string())?;
    Ok(Connector::Tls(Box::new(MakeRustlsConnect::new(tls))))
}

/// One connection of its own, for migrations and checks. It is driven by a task that ends with it.
pub async fn connect(config: &Config) -> Result<Client, String> {
    let mut config = config.clone();
    match connector_for(&mut config)? {
        Connector::Plain => {
            let (client, connection) = config
                .connect(NoTls)
                .await
                .map_err(|e| crate::error::with_causes(&e))?;
            tokio::spawn(connection);
            Ok(client)
        }
        Connector::Tls(tls) => {
            let (client, connection) = config
                .connect(*tls)
                .await
                .map_err(|e| crate::error::with_causes(&e))?;
            tokio::spawn(connection);
            Ok(client)
        }
    }
}
