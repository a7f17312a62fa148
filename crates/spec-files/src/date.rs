/// The day of `SOURCE_DATE_EPOCH`, seconds since 1970, in UTC. None for what is no such number.
pub fn day_of_epoch(seconds: &str) -> Option<String> {
    let seconds: i64 = seconds.trim().parse().ok()?;
    // Up to the year 9999.
    if !(0..253_402_300_800).contains(&seconds) {
        return None;
    }
    // Howard Hinnant's days, in eras of 400 years that begin in March.
    let days = seconds / 86_400 + 719_468;
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year + era * 400 + i64::from(month <= 2);
    Some(format!("{year:04}-{month:02}-{day:02}"))
}

#[cfg(test)]
mod tests {
    use super::day_of_epoch;

    #[test]
    fn seconds_are_days() {
        let day = |seconds| day_of_epoch(seconds).unwrap_or_default();
        assert_eq!(day("0"), "1970-01-01");
        assert_eq!(day("951782399"), "2000-02-28");
        assert_eq!(day("951782400"), "2000-02-29");
        assert_eq!(day("1798675200\n"), "2026-12-31");
        assert_eq!(day("253402300799"), "9999-12-31");
        assert_eq!((day("-1"), day("soon")), (String::new(), String::new()));
    }
}
