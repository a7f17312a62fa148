//! From a name to the addresses that may be connected to. The connector uses exactly what is
//! answered here, so a name that leads elsewhere the next time gains nothing.

use super::address::{AddressPolicy, Refused};
use ops_core::port::BoxFuture;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

/// Asks for the addresses of a name.
pub(super) type Lookup =
    Arc<dyn Fn(String) -> BoxFuture<'static, std::io::Result<Vec<IpAddr>>> + Send + Sync>;

/// The system's own resolver.
pub(super) fn system() -> Lookup {
    Arc::new(|name| {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            Ok(found.map(|address| address.ip()).collect())
        })
    })
}

/// Why a name leads nowhere.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ResolveError {
    #[error("`{host}` is {why} ({address}), which steps may not reach unless the worker allows it")]
    Refused {
        host: String,
        address: String,
        why: Refused,
    },
    #[error("the name `{name}` cannot be looked up: {error}")]
    Failed { name: String, error: String },
}

pub(super) struct Guarded {
    pub policy: Arc<AddressPolicy>,
    pub lookup: Lookup,
}

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let (policy, lookup) = (self.policy.clone(), self.lookup.clone());
        let name = name.as_str().to_string();
        Box::pin(async move {
            let found = lookup(name.clone()).await;
            let addresses = allowed(&policy, &name, found)?;
            let addresses: Addrs = Box::new(addresses.into_iter());
            Ok(addresses)
        })
    }
}

/// Port 0 is replaced by the connector.
fn allowed(
    policy: &AddressPolicy,
    name: &str,
    found: std::io::Result<Vec<IpAddr>>,
) -> Result<Vec<SocketAddr>, ResolveError> {
    let failed = |error: String| ResolveError::Failed {
        name: name.to_string(),
        error,
    };
    let mut addresses = Vec::new();
    let mut refused = None;
    for address in found.map_err(|error| failed(error.to_string()))? {
        match policy.check(address) {
            Ok(()) => addresses.push(SocketAddr::new(address, 0)),
            Err(why) => {
                refused.get_or_insert(ResolveError::Refused {
                    host: name.to_string(),
                    address: address.to_string(),
                    why,
                });
            }
        }
    }
    match (addresses.is_empty(), refused) {
        (false, _) => Ok(addresses),
        (true, Some(refused)) => Err(refused),
        (true, None) => Err(failed("it has no address".into())),
    }
}
