//! Times of the protocol (RFC 3339) as people read them: ages, durations, UTC.

use std::time::{SystemTime, UNIX_EPOCH};

const SECOND: i64 = 1_000_000;

/// Microseconds since 1970.
pub fn micros(text: &str) -> Option<i64> {
    if !ops_core::text::is_timestamp(text) {
        return None;
    }
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<i64>().ok();
    let days = days_since_1970(number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let seconds = days * 86_400 + number(11, 13)? * 3_600 + number(14, 16)? * 60 + number(17, 19)?;
    let rest = text.get(19..)?;
    let digits: String = rest
        .strip_prefix('.')
        .map(|fraction| fraction.chars().take_while(char::is_ascii_digit).collect())
        .unwrap_or_default();
    let fraction: i64 = format!("{digits:0<6}").get(..6)?.parse().ok()?;
    let offset = rest.get(rest.len().saturating_sub(6)..)?;
    let offset_seconds = match offset.as_bytes().first()? {
        sign @ (b'+' | b'-') => {
            let minutes = offset.get(1..3)?.parse::<i64>().ok()? * 60
                + offset.get(4..6)?.parse::<i64>().ok()?;
            if *sign == b'+' {
                minutes * 60
            } else {
                -minutes * 60
            }
        }
        _ => 0,
    };
    Some((seconds - offset_seconds) * SECOND + fraction)
}

pub fn now() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}

/// `2026-11-24 22:30:00 UTC`.
pub fn utc(micros: i64) -> String {
    let seconds = micros.div_euclid(SECOND);
    let (days, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let (year, month, day) = date_of(days);
    let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02} UTC")
}

/// `2026-11-24T22:30:00Z`, as the protocol takes it.
pub fn rfc3339(micros: i64) -> String {
    utc(micros).replacen(' ', "T", 1).replace(" UTC", "Z")
}

/// How long ago: `4s`, `12m`, `3h`, `9d`. A clock that is ahead of ours gives `0s`.
pub fn age(then: i64, now: i64) -> String {
    let seconds = (now - then).max(0) / SECOND;
    match seconds {
        0..120 => format!("{seconds}s"),
        120..7_200 => format!("{}m", seconds / 60),
        7_200..172_800 => format!("{}h", seconds / 3_600),
        _ => format!("{}d", seconds / 86_400),
    }
}

/// How long: `45ms`, `12.3s`, `2m 05s`, `3h 07m`, `2d 04h`.
pub fn span(micros: i64) -> String {
    let tenths = micros.max(0) / (SECOND / 10);
    let seconds = tenths / 10;
    match seconds {
        0 => format!("{}ms", micros.max(0) / 1_000),
        1..60 => format!("{seconds}.{}s", tenths % 10),
        60..3_600 => format!("{}m {:02}s", seconds / 60, seconds % 60),
        3_600..86_400 => format!("{}h {:02}m", seconds / 3_600, seconds / 60 % 60),
        _ => format!("{}d {:02}h", seconds / 86_400, seconds / 3_600 % 24),
    }
}

/// Howard Hinnant's calendar arithmetic: years begin in March, an era has 400 years.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = year - i64::from(month <= 2);
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

fn date_of(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let index = (5 * of_year + 2) / 153;
    let day = of_year - (153 * index + 2) / 5 + 1;
    let month = if index < 10 { index + 3 } else { index - 9 };
    (year + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_and_written_back() {
        for (text, seconds, people) in [
            ("1970-01-01T00:00:00Z", 0, "1970-01-01 00:00:00 UTC"),
            (
                "2024-02-29T23:59:59Z",
                1_709_251_199,
                "2024-02-29 23:59:59 UTC",
            ),
            (
                "2000-03-01T01:30:00+01:30",
                951_868_800,
                "2000-03-01 00:00:00 UTC",
            ),
            (
                "2100-02-28T23:00:00-01:00",
                4_107_542_400,
                "2100-03-01 00:00:00 UTC",
            ),
        ] {
            assert_eq!(micros(text), Some(seconds * SECOND), "{text}");
            assert_eq!(utc(seconds * SECOND), people);
            assert_eq!(micros(&rfc3339(seconds * SECOND)), Some(seconds * SECOND));
        }
        assert_eq!(micros("1970-01-01T00:00:00.25+00:00"), Some(250_000));
        assert_eq!(micros("1970-01-01T00:00:00.123456789Z"), Some(123_456));
        assert_eq!(micros("soon"), None);
    }

    #[test]
    fn ages_and_spans_are_short() {
        assert_eq!(age(0, 119 * SECOND), "119s");
        assert_eq!(age(0, 120 * SECOND), "2m");
        assert_eq!(age(0, 3 * 86_400 * SECOND), "3d");
        assert_eq!(age(5 * SECOND, 0), "0s");
        assert_eq!(span(350_000), "350ms");
        assert_eq!(span(1_350_000), "1.3s");
        assert_eq!(span(65 * SECOND), "1m 05s");
        assert_eq!(span(3_661 * SECOND), "1h 01m");
        assert_eq!(span(90_000 * SECOND), "1d 01h");
    }
}
