//! Shapes of text that the protocol fixes. They are judged before the database sees them, because a
//! failed cast there would be an error where a refusal belongs.

/// `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx`, hexadecimal.
pub fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// A letter or digit, then up to 63 of letters, digits, `_`, `.` and `-`.
pub fn is_lane(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes.next().is_some_and(|b| b.is_ascii_alphanumeric())
        && text.len() <= 64
        && bytes.all(|b| b.is_ascii_alphanumeric() || b"_.-".contains(&b))
}

/// RFC 3339 with an offset, such as `2026-11-24T22:30:00Z` or `2026-11-24T23:30:00.5+01:00`.
pub fn is_timestamp(text: &str) -> bool {
    let bytes = text.as_bytes();
    if bytes.len() < 20 || !text.is_ascii() {
        return false;
    }
    let number = |from: usize, to: usize| {
        text[from..to]
            .parse::<u32>()
            .ok()
            .filter(|_| bytes[from..to].iter().all(u8::is_ascii_digit))
    };
    let separators = bytes[4] == b'-'
        && bytes[7] == b'-'
        && matches!(bytes[10], b'T' | b't' | b' ')
        && bytes[13] == b':'
        && bytes[16] == b':';
    let (Some(year), Some(month), Some(day)) = (number(0, 4), number(5, 7), number(8, 10)) else {
        return false;
    };
    let (Some(hour), Some(minute), Some(second)) = (number(11, 13), number(14, 16), number(17, 19))
    else {
        return false;
    };
    let days = match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        1..=12 => 31,
        _ => return false,
    };
    let mut rest = &text[19..];
    if let Some(fraction) = rest.strip_prefix('.') {
        let digits = fraction.bytes().take_while(u8::is_ascii_digit).count();
        if digits == 0 || digits > 9 {
            return false;
        }
        rest = &fraction[digits..];
    }
    separators
        && year > 0
        && (1..=days).contains(&day)
        && hour < 24
        && minute < 60
        && second < 60
        && is_offset(rest)
}

fn is_offset(text: &str) -> bool {
    if matches!(text, "Z" | "z") {
        return true;
    }
    let bytes = text.as_bytes();
    bytes.len() == 6
        && matches!(bytes[0], b'+' | b'-')
        && bytes[3] == b':'
        && bytes[1..3]
            .iter()
            .chain(&bytes[4..6])
            .all(u8::is_ascii_digit)
        && text[1..3].parse().is_ok_and(|hours: u32| hours < 16)
        && text[4..6].parse().is_ok_and(|minutes: u32| minutes < 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamps_are_rfc_3339() {
        for good in [
            "2026-11-24T22:30:00Z",
            "2024-02-29T00:00:00.123456+01:30",
            "2026-11-24 22:30:00-08:00",
        ] {
            assert!(is_timestamp(good), "{good}");
        }
        for bad in [
            "",
            "tomorrow",
            "2026-11-24",
            "2026-02-29T00:00:00Z",
            "2026-11-24T25:00:00Z",
            "2026-11-24T22:30:00",
            "2026-11-24T22:30:00+99:00",
            "0000-01-01T00:00:00Z",
            "２026-11-24T22:30:00Z",
        ] {
            assert!(!is_timestamp(bad), "{bad}");
        }
    }

    #[test]
    fn ids_and_lanes() {
        assert!(is_uuid("8dfdee46-0f3f-4305-aba3-c316f6576a6f"));
        assert!(
            !is_uuid("8dfdee46-0f3f-4305-aba3-c316f6576a6g")
                && !is_uuid("8dfdee460f3f4305aba3c316f6576a6f")
        );
        assert!(
            is_lane("A")
                && is_lane("gpu-1.eu")
                && !is_lane("")
                && !is_lane("-a")
                && !is_lane("a b")
        );
    }
}
