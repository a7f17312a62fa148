use super::{COOL_DOWN_SECONDS, FETCH_TIMEOUT, KeySet, KeysError};
use joint::Joint;
use ops_core::port::BoxFuture;
use std::sync::Arc;

pub type Fetch = BoxFuture<'static, Result<Arc<KeySet>, KeysError>>;

/// Who waits while somebody else's fetch is on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Joining {
    /// All wait for the one fetch, and go on with it where the one who began it has left: whoever
    /// connects and leaves can neither multiply fetches nor keep others from the keys.
    Together,
    /// Each has its own, up to [`APART`] of them: in a component a future must not be waited for by
    /// another request than its own.
    Apart,
}

impl Joining {
    pub const HERE: Self = match cfg!(target_family = "wasm") {
        true => Joining::Apart,
        false => Joining::Together,
    };
}

/// Fetches that may be on their way at once where they are not shared.
const APART: u32 = 8;

pub struct Flights {
    joining: Joining,
    /// The last one, whether it has landed or not.
    last: Option<Flight>,
    next_number: u64,
}

struct Flight {
    number: u64,
    started: i64,
    starts: u32,
    /// Where all go together.
    joint: Option<Joint>,
    landed: Option<Result<(), KeysError>>,
}

pub struct Ticket {
    pub number: u64,
    pub fetch: Fetch,
}

impl Flights {
    pub fn new(joining: Joining) -> Self {
        Flights {
            joining,
            last: None,
            next_number: 0,
        }
    }

    /// A seat in a fetch, or why there is none: at most one a minute, whatever came of it.
    pub fn board(&mut self, now: i64, start: impl Fn() -> Fetch) -> Result<Ticket, KeysError> {
        let timeout = FETCH_TIMEOUT.as_secs() as i64;
        let joining = self.joining;
        if let Some(last) = &mut self.last {
            // A clock that went back would else close the door for long.
            let age = now.saturating_sub(last.started);
            match (&last.landed, joining) {
                (Some(came), _) if (0..COOL_DOWN_SECONDS).contains(&age) => {
                    return Err(came.clone().err().unwrap_or(KeysError::CoolingDown));
                }
                (None, Joining::Together) if (0..=timeout).contains(&age) => {
                    if let Some(joint) = &last.joint {
                        return Ok(ticket(last.number, joint::join(joint)));
                    }
                }
                (None, Joining::Apart) if (0..COOL_DOWN_SECONDS).contains(&age) => {
                    if last.starts >= APART {
                        return Err(KeysError::CoolingDown);
                    }
                    last.starts += 1;
                    return Ok(ticket(last.number, start()));
                }
                // Landed long ago, or abandoned by all who waited for it.
                _ => {}
            }
        }
        self.next_number += 1;
        let (joint, fetch) = match joining {
            Joining::Together => joint::share(start()),
            Joining::Apart => (None, start()),
        };
        self.last = Some(Flight {
            number: self.next_number,
            started: now,
            starts: 1,
            joint,
            landed: None,
        });
        Ok(ticket(self.next_number, fetch))
    }

    /// What came of it; all passengers say the same.
    pub fn land(&mut self, number: u64, failure: Option<KeysError>) {
        if let Some(last) = &mut self.last
            && last.number == number
        {
            last.landed = Some(failure.map_or(Ok(()), Err));
        }
    }
}

/// A fetch that several can wait for.
#[cfg(not(target_family = "wasm"))]
mod joint {
    use super::Fetch;
    use futures_util::FutureExt;

    pub type Joint = futures_util::future::Shared<Fetch>;

    pub fn share(fetch: Fetch) -> (Option<Joint>, Fetch) {
        let joint = fetch.shared();
        (Some(joint.clone()), Box::pin(joint))
    }

    pub fn join(joint: &Joint) -> Fetch {
        Box::pin(joint.clone())
    }
}

/// There is none in a component, and no code for it.
#[cfg(target_family = "wasm")]
mod joint {
    use super::Fetch;

    pub enum Joint {}

    pub fn share(fetch: Fetch) -> (Option<Joint>, Fetch) {
        (None, fetch)
    }

    pub fn join(joint: &Joint) -> Fetch {
        match *joint {}
    }
}

fn ticket(number: u64, fetch: Fetch) -> Ticket {
    Ticket { number, fetch }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn never() -> Fetch {
        Box::pin(std::future::pending())
    }

    fn number(ticket: Result<Ticket, KeysError>) -> Option<u64> {
        ticket.ok().map(|ticket| ticket.number)
    }

    #[test]
    fn in_a_component_each_request_fetches_for_itself_and_not_without_end() {
        let mut flights = Flights::new(Joining::Apart);
        for _ in 0..APART {
            assert_eq!(number(flights.board(100, never)), Some(1));
        }
        assert_eq!(number(flights.board(159, never)), None);
        assert_eq!(number(flights.board(160, never)), Some(2));
    }

    #[test]
    fn one_that_landed_closes_the_door_for_a_minute() {
        for joining in [Joining::Apart, Joining::Together] {
            let mut flights = Flights::new(joining);
            assert_eq!(number(flights.board(100, never)), Some(1));
            assert_eq!(number(flights.board(105, never)), Some(1));
            flights.land(1, None);
            let refused = flights.board(159, never).err();
            assert_eq!(refused, Some(KeysError::CoolingDown));
            assert_eq!(number(flights.board(160, never)), Some(2));
            // A late passenger of the first one says nothing of the second.
            flights.land(1, Some(KeysError::Status(500)));
            assert_eq!(number(flights.board(161, never)), Some(2));
        }
    }

    #[test]
    fn a_failure_is_told_while_it_is_fresh() {
        let mut flights = Flights::new(Joining::Together);
        assert_eq!(number(flights.board(100, never)), Some(1));
        flights.land(1, Some(KeysError::Status(500)));
        assert_eq!(
            flights.board(101, never).err(),
            Some(KeysError::Status(500))
        );
    }
}
