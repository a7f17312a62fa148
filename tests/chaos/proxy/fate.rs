//! What becomes of one message.

use crate::random::Random;
use crate::schedule::Weather;
use std::time::Duration;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    Pass,
    LoseRequest,
    LoseAnswer,
    CutRequest,
    CutAnswer,
    DelayRequest(Duration),
    DelayAnswer(Duration),
    /// A copy follows after that long.
    Duplicate(Duration),
    /// Waits until so many younger ones have been answered.
    Reorder(u64),
}

impl Fate {
    pub fn of(weather: Weather, random: &mut Random) -> Fate {
        // Beyond a lease of 5 s too.
        let mut pause = |most| Duration::from_millis(random.below(most));
        match weather {
            Weather::LoseRequest | Weather::CutOff => Fate::LoseRequest,
            Weather::LoseAnswer => Fate::LoseAnswer,
            Weather::CutRequest => Fate::CutRequest,
            Weather::CutAnswer => Fate::CutAnswer,
            Weather::DelayRequest => Fate::DelayRequest(pause(7_000)),
            Weather::DelayAnswer => Fate::DelayAnswer(pause(7_000)),
            // Half of them at once, the others later.
            Weather::Duplicate => Fate::Duplicate(match random.below(2) {
                0 => Duration::ZERO,
                _ => Duration::from_millis(random.below(7_000)),
            }),
            Weather::Reorder => Fate::Reorder(random.between(1, 3)),
        }
    }
}
