//! Durations as people write them: `90`, `90s`, `5m`, `2h`, `250ms`, `1d`.

use std::time::Duration;

#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("`{0}` is no duration; write it as 90, 90s, 5m, 2h, 1d or 250ms")]
pub struct InvalidDuration(String);

/// Reads a duration. A bare number is seconds; zero is allowed; the longest is 366 days.
pub fn parse(text: &str) -> Result<Duration, InvalidDuration> {
    let text = text.trim();
    let invalid = || InvalidDuration(text.to_string());
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let number: u64 = text[..digits].parse().map_err(|_| invalid())?;
    let millis_per_unit = match text[digits..].trim() {
        "ms" => 1,
        "" | "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return Err(invalid()),
    };
    let millis = number.checked_mul(millis_per_unit).ok_or_else(invalid)?;
    if millis > 366 * 86_400_000 {
        return Err(invalid());
    }
    Ok(Duration::from_millis(millis))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_people_write() {
        for (text, millis) in [
            ("90", 90_000),
            ("90s", 90_000),
            ("5m", 300_000),
            ("250ms", 250),
            ("2 h", 7_200_000),
            ("0", 0),
        ] {
            assert_eq!(parse(text), Ok(Duration::from_millis(millis)), "{text}");
        }
        for text in [
            "",
            "s",
            "-1",
            "1.5h",
            "5 weeks",
            "99999999999999999999",
            "400d",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
