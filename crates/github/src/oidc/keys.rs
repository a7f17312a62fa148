//! The public keys of the issuers. Strangers decide when we look for a key, so how often we ask an
//! issuer must not depend on them.

mod flight;
mod set;

use super::refused::{KeysError, Refused};
use super::rs256::PublicKey;
use crate::text::quoted;
use flight::{Fetch, Flights, Joining};
use ops_core::port::{HttpRequest, Transport};
use set::KeySet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Keys are asked for again when they are older than this, in seconds.
pub const FRESH_SECONDS: i64 = 600;
/// Old keys serve for this long where the issuer does not answer, in seconds.
pub const USABLE_SECONDS: i64 = 3_600;
/// From one fetch to the next, whatever came of it, in seconds.
pub const COOL_DOWN_SECONDS: i64 = 60;
/// Largest list of keys that is read. GitHub's has about 6 KiB.
pub const JWKS_BYTES: usize = 64 * 1024;

const FETCH_TIMEOUT: Duration = Duration::from_secs(5);

/// By issuer.
pub struct Keys(Vec<Issuer>);

pub struct Issuer {
    name: String,
    transport: Arc<dyn Transport>,
    state: Mutex<State>,
}

struct State {
    /// With the time at which they were asked for.
    known: Option<(Arc<KeySet>, i64)>,
    flights: Flights,
}

impl Keys {
    pub fn new(transport: Arc<dyn Transport>, issuers: Vec<String>) -> Self {
        let each = issuers.into_iter().map(|name| Issuer {
            name,
            transport: transport.clone(),
            state: Mutex::new(State {
                known: None,
                flights: Flights::new(Joining::HERE),
            }),
        });
        Keys(each.collect())
    }

    /// By its exact name: nothing is normalised, because whoever normalises can be talked into things.
    pub fn issuer(&self, name: &str) -> Result<&Issuer, Refused> {
        let found = self.0.iter().find(|issuer| issuer.name == name);
        found.ok_or_else(|| Refused::Issuer(quoted(name)))
    }
}

impl Issuer {
    /// The key of this name, after at most one request.
    pub async fn key(&self, kid: &str, now: i64) -> Result<Arc<PublicKey>, Refused> {
        let start = || self.fetch();
        let ticket = {
            let mut state = self.lock();
            if let Some(set) = state.known_within(FRESH_SECONDS, now)
                && set.has(kid)
            {
                return set.find(kid);
            }
            state.flights.board(now, start)
        };
        let failure = match ticket {
            Ok(ticket) => match ticket.fetch.await {
                Ok(set) => {
                    let mut state = self.lock();
                    state.flights.land(ticket.number, None);
                    state.known = Some((set.clone(), now));
                    return set.find(kid);
                }
                Err(error) => {
                    self.lock().flights.land(ticket.number, Some(error.clone()));
                    error
                }
            },
            Err(error) => error,
        };
        match self.lock().known_within(USABLE_SECONDS, now) {
            Some(set) => set.find(kid),
            None => Err(failure.into()),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The address follows from the name: a discovery document could lead us elsewhere.
    fn fetch(&self) -> Fetch {
        let transport = self.transport.clone();
        let url = format!("{}/.well-known/jwks", self.name);
        Box::pin(async move {
            let request = HttpRequest {
                method: "GET",
                url,
                headers: vec![
                    ("accept".into(), "application/json".into()),
                    ("user-agent".into(), crate::USER_AGENT.into()),
                ],
                body: Vec::new(),
                timeout: FETCH_TIMEOUT,
            };
            let answer = transport.send(request).await;
            let answer = answer.map_err(|error| KeysError::Unavailable(error.0))?;
            // A redirect too is no list of keys.
            if answer.status != 200 {
                return Err(KeysError::Status(answer.status));
            }
            if answer.body.len() > JWKS_BYTES {
                return Err(KeysError::TooLarge(answer.body.len()));
            }
            KeySet::parse(&answer.body)
                .map(Arc::new)
                .map_err(KeysError::Malformed)
        })
    }
}

impl State {
    /// A clock that went back makes keys old, not young.
    fn known_within(&self, seconds: i64, now: i64) -> Option<Arc<KeySet>> {
        let (set, since) = self.known.as_ref()?;
        let age = now.saturating_sub(*since);
        (0..seconds).contains(&age).then(|| set.clone())
    }
}
