//! RFC 3339 to milliseconds and back, without a clock.

use super::UnixMs;

/// Reads a time of the API, such as `2026-11-24T22:30:00.5+01:00`.
pub fn parse_iso(text: &str) -> Option<UnixMs> {
    if !ops_core::text::is_timestamp(text) {
        return None;
    }
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<i64>().ok();
    let days = days_from_civil(number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let seconds = number(11, 13)? * 3_600 + number(14, 16)? * 60 + number(17, 19)?;
    let rest = text.get(19..)?;
    let digits = match rest.strip_prefix('.') {
        Some(fraction) => fraction.bytes().take_while(u8::is_ascii_digit).count(),
        None => 0,
    };
    let millis = match digits {
        0 => 0,
        _ => format!("{:0<3}", rest.get(1..1 + digits.min(3))?)
            .parse::<i64>()
            .ok()?,
    };
    let offset = match rest.get(if digits > 0 { digits + 1 } else { 0 }..)? {
        "Z" | "z" => 0,
        offset => {
            let minutes = offset.get(1..3)?.parse::<i64>().ok()? * 60
                + offset.get(4..6)?.parse::<i64>().ok()?;
            if offset.starts_with('-') {
                -minutes
            } else {
                minutes
            }
        }
    };
    Some((days * 86_400 + seconds - offset * 60) * 1_000 + millis)
}

/// `2026-11-24T22:30:00.500Z`.
pub fn iso(ms: UnixMs) -> String {
    format!(
        "{}T{}.{:03}Z",
        utc_day(ms),
        utc_clock(ms),
        ms.rem_euclid(1_000)
    )
}

/// `2026-11-24`.
pub fn utc_day(ms: UnixMs) -> String {
    let (year, month, day) = civil_from_days(ms.div_euclid(86_400_000));
    format!("{year:04}-{month:02}-{day:02}")
}

/// `22:30:05`.
pub fn utc_clock(ms: UnixMs) -> String {
    let seconds = ms.div_euclid(1_000).rem_euclid(86_400);
    format!("{}:{:02}", utc_minute(ms), seconds % 60)
}

/// `22:30`.
pub fn utc_minute(ms: UnixMs) -> String {
    let minutes = ms.div_euclid(60_000).rem_euclid(1_440);
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

/// Days since 1970-01-01 of the proleptic Gregorian calendar. The year is counted from March, so
/// that the leap day comes last.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = (month_from_march + 2) % 12 + 1;
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        assert_eq!(parse_iso("1970-01-01T00:00:00Z"), Some(0));
        assert_eq!(
            parse_iso("2026-11-24T23:30:00.5+01:00"),
            parse_iso("2026-11-24T22:30:00.500Z")
        );
        for day in (-200_000..200_000).step_by(37) {
            let ms = day * 86_400_000 + 45_296_789;
            assert_eq!(parse_iso(&iso(ms)), Some(ms), "{}", iso(ms));
        }
        assert_eq!(iso(1_764_023_400_000), "2025-11-24T22:30:00.000Z");
        assert_eq!(parse_iso("soon"), None);
        assert_eq!(utc_minute(-1), "23:59");
    }
}
