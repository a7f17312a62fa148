use std::time::Duration;

/// `90`, `90s`, `5m`, `2h`.
pub fn parse(text: &str) -> Option<Duration> {
    let digits = text.trim_end_matches(['s', 'm', 'h']);
    let number: u64 = digits.parse().ok()?;
    let seconds = match &text[digits.len()..] {
        "" | "s" => number,
        "m" => number.checked_mul(60)?,
        "h" => number.checked_mul(3_600)?,
        _ => return None,
    };
    Some(Duration::from_secs(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_at_most_one_unit() {
        let parsed = |text| parse(text).map(|d| d.as_secs());
        for (text, seconds) in [
            ("90", 90),
            ("90s", 90),
            ("5m", 300),
            ("2h", 7_200),
            ("0", 0),
        ] {
            assert_eq!(parsed(text), Some(seconds), "{text}");
        }
        for text in [
            "",
            "s",
            "-1",
            "1d",
            "5mm",
            "1.5m",
            "5 m",
            "99999999999999999999",
        ] {
            assert_eq!(parsed(text), None, "{text}");
        }
    }
}
