//! Times, sizes and freshness as people read them. `now` is always an argument.

mod clock;
mod freshness;

pub use clock::{iso, parse_iso, utc_clock, utc_day, utc_minute};
pub use freshness::{Fresh, Freshness};

/// Milliseconds since 1970-01-01T00:00:00Z.
pub type UnixMs = i64;

/// `0.4 s`, `58 s`, `1 m 12 s`, `2 h 05 m`, `3 d 4 h`.
pub fn duration(ms: i64) -> String {
    let ms = ms.max(0);
    let seconds = ms / 1_000;
    match seconds {
        0 if ms == 0 => "0 s".into(),
        0..=9 if ms % 1_000 >= 100 => format!("{seconds}.{} s", ms % 1_000 / 100),
        0..=59 => format!("{seconds} s"),
        60..=3_599 => match (seconds / 60, seconds % 60) {
            (minutes, 0) => format!("{minutes} m"),
            (minutes, rest) => format!("{minutes} m {rest:02} s"),
        },
        3_600..=86_399 => format!("{} h {:02} m", seconds / 3_600, seconds / 60 % 60),
        _ => format!("{} d {} h", seconds / 86_400, seconds / 3_600 % 24),
    }
}

/// One unit is enough for an age: `12 s`, `3 m`, `5 h`, `2 d`.
pub fn age(ms: i64) -> String {
    let seconds = ms.max(0) / 1_000;
    match seconds {
        0..=59 => format!("{seconds} s"),
        60..=3_599 => format!("{} m", seconds / 60),
        3_600..=86_399 => format!("{} h", seconds / 3_600),
        _ => format!("{} d", seconds / 86_400),
    }
}

/// `0 B`, `812 B`, `4.1 kB`, `61 kB`, `2.0 MB`.
pub fn size(bytes: u64) -> String {
    let tenths = |unit: u64| (bytes.saturating_mul(10) + unit / 2) / unit;
    let (tenths, unit) = match bytes {
        0..=999 => return format!("{bytes} B"),
        1_000..=999_949 => (tenths(1_000), "kB"),
        _ => (tenths(1_000_000), "MB"),
    };
    match tenths {
        0..=99 => format!("{}.{} {unit}", tenths / 10, tenths % 10),
        _ => format!("{} {unit}", count(tenths / 10)),
    }
}

/// `1,204,000`.
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1 run`, `4 runs`, `0 runs`.
pub fn counted(number: u64, one: &str, many: &str) -> String {
    let word = if number == 1 { one } else { many };
    format!("{} {word}", count(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_and_ages() {
        for (ms, long, short) in [
            (-5, "0 s", "0 s"),
            (400, "0.4 s", "0 s"),
            (58_000, "58 s", "58 s"),
            (1_200, "1.2 s", "1 s"),
            (72_000, "1 m 12 s", "1 m"),
            (900_000, "15 m", "15 m"),
            (242_000, "4 m 02 s", "4 m"),
            (7_500_000, "2 h 05 m", "2 h"),
            (273_600_000, "3 d 4 h", "3 d"),
        ] {
            assert_eq!((duration(ms).as_str(), age(ms).as_str()), (long, short));
        }
    }

    #[test]
    fn sizes_and_counts() {
        assert_eq!(size(812), "812 B");
        assert_eq!(size(4_100), "4.1 kB");
        assert_eq!(size(61_000), "61 kB");
        assert_eq!(size(2_000_000), "2.0 MB");
        assert_eq!(count(1_204_000), "1,204,000");
        assert_eq!(counted(1, "run", "runs"), "1 run");
        assert_eq!(counted(0, "run", "runs"), "0 runs");
    }
}
