use super::{UnixMs, age};
use crate::tone::Tone;
use serde::Serialize;

/// How a holder stands, from the age of its last heartbeat and what is left of its lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fresh {
    Fresh,
    /// More than half of the lease is gone.
    Late,
    /// The lease has run out: another worker may take the run.
    Stale,
}

/// Freshness in words, with its slack. The two times let the page count on by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Freshness {
    pub fresh: Fresh,
    pub tone: Tone,
    /// `beat 2 s ago · stale in 13 s`.
    pub text: String,
    pub beat_ms: UnixMs,
    pub stale_ms: UnixMs,
}

impl Freshness {
    pub fn of(beat_ms: UnixMs, stale_ms: UnixMs, now: UnixMs) -> Self {
        let (left, lease) = (
            stale_ms.saturating_sub(now),
            stale_ms.saturating_sub(beat_ms).max(1),
        );
        let (fresh, tone) = match left {
            ..=0 => (Fresh::Stale, Tone::Bad),
            _ if left < lease / 2 => (Fresh::Late, Tone::Warn),
            _ => (Fresh::Fresh, Tone::Ok),
        };
        let beat = age(now.saturating_sub(beat_ms));
        let text = match fresh {
            Fresh::Stale => format!(
                "no beat for {beat} · stale for {}",
                age(left.saturating_neg())
            ),
            _ => format!("beat {beat} ago · stale in {}", age(left)),
        };
        Freshness {
            fresh,
            tone,
            text,
            beat_ms,
            stale_ms,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_with_slack() {
        let text = |now| Freshness::of(0, 15_000, now).text;
        assert_eq!(text(2_000), "beat 2 s ago · stale in 13 s");
        assert_eq!(text(9_000), "beat 9 s ago · stale in 6 s");
        assert_eq!(text(20_000), "no beat for 20 s · stale for 5 s");
        assert_eq!(Freshness::of(0, 15_000, 9_000).fresh, Fresh::Late);
        assert_eq!(Freshness::of(0, 15_000, 15_000).fresh, Fresh::Stale);
        assert_eq!(
            Freshness::of(5_000, 20_000, 2_000).text,
            "beat 0 s ago · stale in 18 s"
        );
    }
}
