//! Trying again: `retry` of a step, and the step kind `wait_for`.

use super::http::HttpCall;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Tries of a step, and the pauses between them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Retry {
    /// Tries in all, the first included.
    #[serde(default)]
    pub attempts: Count,
    /// Before the second try.
    #[serde(default = "Retry::usual_backoff")]
    pub backoff: Pause,
    /// By which each pause is longer than the one before.
    #[serde(default = "Retry::usual_factor")]
    pub factor: f64,
    /// The longest pause.
    #[serde(default = "Retry::usual_max")]
    pub max: Pause,
}

impl Retry {
    pub(crate) fn usual_backoff() -> Pause {
        Pause::from_seconds(2)
    }

    pub(crate) fn usual_factor() -> f64 {
        2.0
    }

    pub(crate) fn usual_max() -> Pause {
        Pause::from_seconds(60)
    }

    /// The pause after this many tries, without jitter.
    pub fn pause(&self, tries: u32) -> Duration {
        grown(self.backoff, self.factor, tries, self.max)
    }
}

/// A number that may come from a parameter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Count {
    Fixed(u32),
    /// A text with `{{ … }}`.
    Late(String),
}

impl Default for Count {
    fn default() -> Self {
        Count::Fixed(3)
    }
}

/// What `wait_for` asks, how often, and for how long.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WaitFor {
    #[serde(flatten)]
    pub probe: Probe,
    /// From the end of one try to the beginning of the next.
    #[serde(default = "WaitFor::usual_every")]
    pub every: Pause,
    /// Of the whole step, in seconds.
    #[serde(rename = "timeout", default = "WaitFor::usual_timeout")]
    pub timeout_seconds: u32,
    /// By which each pause is longer than the one before.
    #[serde(default = "WaitFor::usual_backoff")]
    pub backoff: f64,
    /// The longest pause.
    #[serde(default = "WaitFor::usual_max")]
    pub max_every: Pause,
}

impl WaitFor {
    pub(crate) fn usual_every() -> Pause {
        Pause::from_seconds(5)
    }

    pub(crate) fn usual_timeout() -> u32 {
        300
    }

    pub(crate) fn usual_backoff() -> f64 {
        1.0
    }

    pub(crate) fn usual_max() -> Pause {
        Pause::from_seconds(60)
    }

    /// The pause after this many tries.
    pub fn pause(&self, tries: u32) -> Duration {
        grown(self.every, self.backoff, tries, self.max_every)
    }
}

/// What has to become so.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Probe {
    /// Shell text that has to end with 0.
    Run(String),
    /// A request whose answer has to be as expected.
    Http(Box<HttpCall>),
}

/// A time that may be shorter than a second. In JSON it is seconds, as `5` or `0.25`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "serde_json::Number", try_from = "serde_json::Number")]
pub struct Pause {
    millis: u32,
}

/// The longest pause is a day.
const MAX_MILLIS: u32 = 86_400_000;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no time from 1 ms to 1 day")]
pub struct InvalidPause(pub String);

impl Pause {
    pub(crate) fn from_seconds(seconds: u32) -> Self {
        Pause {
            millis: seconds.saturating_mul(1_000).min(MAX_MILLIS),
        }
    }

    pub fn as_duration(self) -> Duration {
        Duration::from_millis(self.millis.into())
    }
}

impl TryFrom<Duration> for Pause {
    type Error = InvalidPause;

    fn try_from(duration: Duration) -> Result<Self, InvalidPause> {
        match u32::try_from(duration.as_millis()) {
            Ok(millis) if (1..=MAX_MILLIS).contains(&millis) => Ok(Pause { millis }),
            _ => Err(InvalidPause(format!("{duration:?}"))),
        }
    }
}

impl TryFrom<serde_json::Number> for Pause {
    type Error = InvalidPause;

    fn try_from(seconds: serde_json::Number) -> Result<Self, InvalidPause> {
        let invalid = || InvalidPause(seconds.to_string());
        let number = seconds.as_f64().ok_or_else(invalid)?;
        // Rounded, because 0.07 is not a whole number of thousandths in binary.
        let millis = (number * 1_000.0).round();
        let duration = Duration::try_from_secs_f64(millis / 1_000.0).map_err(|_| invalid())?;
        Pause::try_from(duration).map_err(|_| invalid())
    }
}

impl From<Pause> for serde_json::Number {
    fn from(pause: Pause) -> Self {
        match pause.millis % 1_000 {
            0 => (pause.millis / 1_000).into(),
            // Always finite.
            _ => serde_json::Number::from_f64(f64::from(pause.millis) / 1_000.0)
                .unwrap_or_else(|| 0.into()),
        }
    }
}

fn grown(first: Pause, factor: f64, tries: u32, longest: Pause) -> Duration {
    let exponent = i32::try_from(tries.saturating_sub(1)).unwrap_or(i32::MAX);
    let seconds = first.as_duration().as_secs_f64() * factor.max(1.0).powi(exponent);
    let longest = longest.as_duration();
    // A frozen step is checked for its types only, so the number may be anything.
    Duration::try_from_secs_f64(seconds).map_or(longest, |wait| wait.min(longest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn pauses_grow_to_the_longest() {
        let retry: Retry = serde_json::from_value(json!({"backoff": 0.5, "max": 3})).unwrap();
        let pauses: Vec<_> = (1..=5)
            .map(|tries| retry.pause(tries).as_millis())
            .collect();
        assert_eq!(pauses, [500, 1_000, 2_000, 3_000, 3_000]);
        assert_eq!(retry.pause(u32::MAX), Duration::from_secs(3));
        let odd = Retry {
            factor: f64::NAN,
            ..retry
        };
        assert_eq!(odd.pause(7), Duration::from_millis(500));
    }

    #[test]
    fn every_millisecond_is_itself_again_in_json() {
        for millis in (1..3_000).chain([MAX_MILLIS - 1, MAX_MILLIS]) {
            let pause = Pause { millis };
            let json = serde_json::to_string(&pause).unwrap();
            assert_eq!(
                serde_json::from_str::<Pause>(&json).unwrap(),
                pause,
                "{json}"
            );
        }
        for json in ["0", "-1", "0.0001", "1e300", "86401"] {
            assert!(serde_json::from_str::<Pause>(json).is_err(), "{json}");
        }
    }
}
