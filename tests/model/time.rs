//! Microseconds since 1970, and the text that PostgreSQL makes of them.

use std::fmt;
use std::time::SystemTime;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Time(i64);

const SECOND: i64 = 1_000_000;
const DAY: i64 = 86_400 * SECOND;

impl Time {
    pub fn of_this_machine() -> Self {
        let since = SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .expect("a clock after 1970");
        Time(i64::try_from(since.as_micros()).expect("a clock before 290000"))
    }

    pub fn plus(self, seconds: i64) -> Self {
        Time(self.0 + seconds * SECOND)
    }

    pub fn tick(self) -> Self {
        Time(self.0 + 1)
    }

    pub fn micros_since(self, earlier: Time) -> i64 {
        self.0 - earlier.0
    }

    /// Whole seconds, rounded up.
    pub fn seconds_from(self, earlier: Time) -> i64 {
        -(-self.micros_since(earlier)).div_euclid(SECOND)
    }

    /// Whole seconds, rounded down.
    pub fn seconds_since(self, earlier: Time) -> i64 {
        (self.0 - earlier.0).div_euclid(SECOND)
    }

    /// `2026-11-24T22:30:00.5+00:00`, also with `Z` or another offset.
    pub fn parse(text: &str) -> Option<Self> {
        if !ops_core::text::is_timestamp(text) {
            return None;
        }
        let number = |from: usize, to: usize| text[from..to].parse::<i64>().ok();
        let days = days_of(number(0, 4)?, number(5, 7)?, number(8, 10)?);
        let seconds = number(11, 13)? * 3_600 + number(14, 16)? * 60 + number(17, 19)?;
        let rest = &text[19..];
        let offset_at = rest.find(['Z', 'z', '+', '-'])?;
        let fraction = format!("{:0<6}", rest[..offset_at].trim_start_matches('.'));
        let micros: i64 = fraction[..6].parse().ok()?;
        let offset = &rest[offset_at..];
        let shift = if offset.len() == 6 {
            let minutes =
                offset[1..3].parse::<i64>().ok()? * 60 + offset[4..6].parse::<i64>().ok()?;
            if offset.starts_with('-') {
                -minutes
            } else {
                minutes
            }
        } else {
            0
        };
        Some(Time(days * DAY + (seconds - shift * 60) * SECOND + micros))
    }
}

/// Days from 1970-01-01. Years are counted from March, so that the leap day comes last.
fn days_of(year: i64, month: i64, day: i64) -> i64 {
    let year = if month < 3 { year - 1 } else { year };
    let leaps = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    let month = (month + 9) % 12;
    year * 365 + leaps + (month * 153 + 2) / 5 + day - 1 - 719_468
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let days = self.0.div_euclid(DAY);
        let within = self.0.rem_euclid(DAY);
        // The year by a guess that is never too high, and then by counting up.
        let mut year = 1970 + days.div_euclid(366);
        while days_of(year + 1, 1, 1) <= days {
            year += 1;
        }
        let month = (1..=12)
            .rev()
            .find(|month| days_of(year, *month, 1) <= days)
            .unwrap_or(1);
        let day = days - days_of(year, month, 1) + 1;
        let (seconds, micros) = (within / SECOND, within % SECOND);
        write!(f, "{year:04}-{month:02}-{day:02}T")?;
        write!(
            f,
            "{:02}:{:02}:{:02}",
            seconds / 3_600,
            seconds / 60 % 60,
            seconds % 60
        )?;
        if micros > 0 {
            write!(f, ".{}", format!("{micros:06}").trim_end_matches('0'))?;
        }
        write!(f, "+00:00")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_and_read_back() {
        for text in [
            "1970-01-01T00:00:00+00:00",
            "2000-02-29T23:59:59.999999+00:00",
            "2026-11-24T22:30:00.5+00:00",
            "2100-03-01T00:00:01+00:00",
        ] {
            assert_eq!(Time::parse(text).expect("a time").to_string(), text);
        }
        assert_eq!(
            Time::parse("2026-11-24T23:30:00+01:00"),
            Time::parse("2026-11-24T22:30:00Z")
        );
    }
}
