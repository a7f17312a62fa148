//! Time as leases need it: CLOCK_BOOTTIME, which goes on while the machine is suspended.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A moment on the clock that counts suspend, in nanoseconds. The worker and its supervisors
/// read the same clock, so a moment can travel between them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(pub u64);

/// Timers of the runtime stand still in suspend, so nobody sleeps longer than this at once
/// before looking at the clock again.
const SLICE: Duration = Duration::from_millis(250);

impl Moment {
    pub fn now() -> Self {
        #[cfg(any(target_os = "linux", target_os = "android"))]
        let clock = rustix::time::ClockId::Boottime;
        // macOS counts suspend in its monotonic clock.
        #[cfg(not(any(target_os = "linux", target_os = "android")))]
        let clock = rustix::time::ClockId::Monotonic;
        let time = rustix::time::clock_gettime(clock);
        let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
        let nanos = u64::try_from(time.tv_nsec).unwrap_or(0);
        Moment(seconds.saturating_mul(1_000_000_000).saturating_add(nanos))
    }

    pub fn after(self, wait: Duration) -> Self {
        let nanos = u64::try_from(wait.as_nanos()).unwrap_or(u64::MAX);
        Moment(self.0.saturating_add(nanos))
    }

    pub fn before(self, margin: Duration) -> Self {
        let nanos = u64::try_from(margin.as_nanos()).unwrap_or(u64::MAX);
        Moment(self.0.saturating_sub(nanos))
    }

    /// Time left until this moment; zero where it has passed.
    pub fn remaining(self) -> Duration {
        Duration::from_nanos(self.0.saturating_sub(Moment::now().0))
    }

    pub fn has_passed(self) -> bool {
        self <= Moment::now()
    }

    /// Sleeps until then, a suspend included (and at most 250 ms longer after one).
    pub async fn reached(self) {
        loop {
            let left = self.remaining();
            if left.is_zero() {
                return;
            }
            tokio::time::sleep(left.min(SLICE)).await;
        }
    }
}

/// The worker's own end of a lease: counted from before the request was sent, and a second
/// earlier than the database may judge.
pub fn lease_end(sent: Moment, waited_ms: u64, lease_seconds: u64) -> Moment {
    sent.after(Duration::from_millis(waited_ms))
        .after(Duration::from_secs(lease_seconds))
        .before(Duration::from_secs(ops_core::limits::LEASE_MARGIN_SECONDS))
}

/// The wall clock as ISO 8601 in UTC with milliseconds, for people.
pub fn wall_time() -> String {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    iso(since)
}

/// Microseconds since 1970.
pub fn wall_micros() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}

fn iso(since: Duration) -> String {
    let (days, second) = (since.as_secs() / 86_400, since.as_secs() % 86_400);
    // Howard Hinnant's calendar arithmetic: years begin in March, eras are 400 years.
    let shifted = days + 719_468;
    let (era, of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_index = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month_index + 2) / 5 + 1;
    let month = if month_index < 10 {
        month_index + 3
    } else {
        month_index - 9
    };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    format!(
        "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}.{:03}Z",
        second / 3_600,
        second / 60 % 60,
        second % 60,
        since.subsec_millis()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_right_over_leap_years() {
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (951_782_400, "2000-02-29T00:00:00.000Z"),
            (1_709_251_199, "2024-02-29T23:59:59.000Z"),
            (4_107_542_400, "2100-03-01T00:00:00.000Z"),
        ] {
            assert_eq!(iso(Duration::from_secs(seconds)), text);
        }
    }

    #[test]
    fn a_lease_ends_a_second_before_the_database_may_judge() {
        assert_eq!(lease_end(Moment(5), 2_000, 15), Moment(16_000_000_005));
    }
}
