//! How often one caller may reach the database, so that it leaves some of it to others (ADR 19). Of one
//! process, in memory, with the caller's reading of the clock.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// So many at once, and so many more with each second.
#[derive(Debug, Clone, Copy)]
pub struct Rate {
    pub per_second: f64,
    pub burst: u32,
}

#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Calls of one token, except those of a worker about its runs.
    pub token: Rate,
    /// Calls from one address with tokens that nobody knows.
    pub unknown: Rate,
}

impl Limits {
    /// Far above what people, pages and pipelines do, and a third of what a small machine can.
    pub const GENEROUS: Limits = Limits {
        token: Rate {
            per_second: 1_000.0,
            burst: 5_000,
        },
        unknown: Rate {
            per_second: 50.0,
            burst: 500,
        },
    };
}

/// A refusal: the seconds after which the same call may go through.
#[derive(Debug, PartialEq, Eq)]
pub struct Wait(pub u32);

/// Who is charged for a call.
#[derive(Debug, Clone, Copy)]
pub struct Caller<'a> {
    pub token_sha256: &'a str,
    /// One for all callers where the host does not know the peer.
    pub source: Option<IpAddr>,
}

/// What the database said of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Known,
    Unknown,
    /// It did not say.
    Nothing,
}

pub struct Limiter {
    limits: Limits,
    /// Only tokens that the database has accepted.
    tokens: Mutex<Buckets<String>>,
    sources: Mutex<Buckets<Option<IpAddr>>>,
}

impl Limiter {
    pub fn new(limits: Limits) -> Self {
        Limiter {
            limits,
            tokens: Mutex::default(),
            sources: Mutex::default(),
        }
    }

    /// Charges one call. A token that was accepted before passes whatever others guess from the same
    /// address, which may be that of a proxy in front of everybody.
    pub fn admit(&self, function: &str, caller: Caller, now: Instant) -> Result<(), Wait> {
        let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bucket) = tokens.0.get_mut(caller.token_sha256) {
            return match is_about_held_runs(function) {
                true => Ok(()),
                false => bucket.take(self.limits.token, now),
            };
        }
        drop(tokens);
        let mut sources = self.sources.lock().unwrap_or_else(PoisonError::into_inner);
        let bucket = sources.of(network(caller.source), self.limits.unknown, now);
        bucket.take(self.limits.unknown, now)
    }

    /// What became of a call that was admitted: only guesses stay charged to the address.
    pub fn learn(&self, caller: Caller, verdict: Verdict, now: Instant) {
        let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        let was_known = tokens.0.contains_key(caller.token_sha256);
        match verdict {
            Verdict::Known if !was_known => {
                tokens.of(caller.token_sha256.into(), self.limits.token, now);
            }
            Verdict::Unknown => {
                // Revoked or expired: from now on it is a guess.
                tokens.0.remove(caller.token_sha256);
                return;
            }
            Verdict::Known | Verdict::Nothing => {}
        }
        drop(tokens);
        if !was_known {
            let mut sources = self.sources.lock().unwrap_or_else(PoisonError::into_inner);
            let burst = f64::from(self.limits.unknown.burst);
            if let Some(bucket) = sources.0.get_mut(&network(caller.source)) {
                bucket.left = (bucket.left + 1.0).min(burst);
            }
        }
    }
}

/// What a worker does for its runs is never refused: it would lose them, or the fleet behind one token
/// would stand still. How much of it there is, leases and lanes limit.
fn is_about_held_runs(function: &str) -> bool {
    [
        "runs_claim",
        "runs_start",
        "runs_heartbeat",
        "runs_finish",
        "events_append",
        "artifacts_begin",
        "artifacts_put",
        "spec_put",
    ]
    .contains(&function)
}

/// Whoever has one address of IPv6 has all 2^64 of its network.
fn network(source: Option<IpAddr>) -> Option<IpAddr> {
    source.map(|address| match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6((u128::from(v6) & !u128::from(u64::MAX)).into()),
        v4 => v4,
    })
}

/// Callers that are remembered at once; about a megabyte.
const REMEMBERED: usize = 10_000;

struct Buckets<K>(HashMap<K, Bucket>);

impl<K> Default for Buckets<K> {
    fn default() -> Self {
        Buckets(HashMap::new())
    }
}

impl<K: Eq + Hash> Buckets<K> {
    fn of(&mut self, key: K, rate: Rate, now: Instant) -> &mut Bucket {
        if self.0.len() >= REMEMBERED && !self.0.contains_key(&key) {
            // Whoever was quiet for long enough has a full bucket again, as a newcomer has.
            self.0
                .retain(|_, bucket| bucket.left_at(rate, now) < f64::from(rate.burst));
            if self.0.len() >= REMEMBERED {
                self.0.clear();
            }
        }
        self.0.entry(key).or_insert(Bucket {
            left: f64::from(rate.burst),
            at: now,
        })
    }
}

struct Bucket {
    left: f64,
    at: Instant,
}

impl Bucket {
    fn left_at(&self, rate: Rate, now: Instant) -> f64 {
        let passed = now.saturating_duration_since(self.at).as_secs_f64();
        (self.left + passed * rate.per_second).min(f64::from(rate.burst))
    }

    fn take(&mut self, rate: Rate, now: Instant) -> Result<(), Wait> {
        self.left = self.left_at(rate, now);
        self.at = self.at.max(now);
        if self.left >= 1.0 {
            self.left -= 1.0;
            return Ok(());
        }
        let seconds = ((1.0 - self.left) / rate.per_second).ceil();
        Err(Wait(seconds.clamp(1.0, 60.0) as u32))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    const SMALL: Limits = Limits {
        token: Rate {
            per_second: 0.5,
            burst: 2,
        },
        unknown: Rate {
            per_second: 1.0,
            burst: 3,
        },
    };

    fn caller(token_sha256: &str) -> Caller<'_> {
        let source = Some("192.0.2.1".parse().expect("an address"));
        Caller {
            token_sha256,
            source,
        }
    }

    #[test]
    fn a_token_has_its_burst_and_then_its_share_of_each_second() {
        let (limiter, now) = (Limiter::new(SMALL), Instant::now());
        limiter.learn(caller("t"), Verdict::Known, now);
        let ask = |at| limiter.admit("runs_list", caller("t"), at);
        assert_eq!([ask(now), ask(now)], [Ok(()), Ok(())]);
        assert_eq!(ask(now), Err(Wait(2)));
        assert_eq!(ask(now + Duration::from_secs(2)), Ok(()));
        assert_eq!(ask(now + Duration::from_secs(2)), Err(Wait(2)));
        let held = limiter.admit("runs_heartbeat", caller("t"), now);
        assert_eq!(held, Ok(()), "a lease is never lost by it");
    }

    #[test]
    fn guesses_use_up_an_address_and_harm_no_token_that_is_known() {
        let (limiter, now) = (Limiter::new(SMALL), Instant::now());
        let ask = |token: &'static str, verdict| {
            limiter
                .admit("runs_list", caller(token), now)
                .map(|()| limiter.learn(caller(token), verdict, now))
        };
        for newcomer in ["a", "b", "c", "d", "e"] {
            assert_eq!(ask(newcomer, Verdict::Known), Ok(()), "{newcomer}");
        }
        for _ in 0..SMALL.unknown.burst {
            assert_eq!(ask("guess", Verdict::Unknown), Ok(()));
        }
        assert_eq!(ask("guess", Verdict::Unknown), Err(Wait(1)));
        assert_eq!(ask("a", Verdict::Known), Ok(()));
        // Revoked meanwhile.
        assert_eq!(ask("b", Verdict::Unknown), Ok(()));
        assert_eq!(ask("b", Verdict::Unknown), Err(Wait(1)));
    }

    #[test]
    fn memory_is_bounded_and_an_ipv6_network_is_one_address() {
        let (limiter, now) = (Limiter::new(SMALL), Instant::now());
        for n in 0..2 * REMEMBERED as u32 {
            let source = Some(IpAddr::V4(n.into()));
            let caller = Caller {
                source,
                ..caller("guess")
            };
            let _ = limiter.admit("runs_list", caller, now);
        }
        assert!(limiter.sources.lock().expect("a lock").0.len() <= REMEMBERED);
        let net = |text: &str| network(Some(text.parse().expect("an address")));
        assert_eq!(net("2001:db8::1"), net("2001:db8::ffff:1"));
        assert_ne!(net("2001:db8::1"), net("2001:db8:0:1::1"));
        assert_eq!(net("::ffff:192.0.2.1"), net("192.0.2.1"));
    }
}
