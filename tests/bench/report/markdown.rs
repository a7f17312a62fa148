//! Rows as a table for people.

use super::Shown;

pub fn table(rows: &[Shown]) -> String {
    let mut text = String::from(
        "| what | width | median | lowest to highest | unit | ratio |\n| --- | --- | --- | --- | --- | --- |\n",
    );
    for row in rows {
        let p99 = row
            .p99
            .map_or_else(String::new, |p99| format!(", p99 {}", number(p99)));
        let ratio = row
            .ratio
            .map_or_else(String::new, |ratio| format!("{ratio:.2}"));
        text += &format!(
            "| {} | {} | {} | {} – {}{p99} | {} | {ratio} |\n",
            row.what,
            row.width,
            number(row.median),
            number(row.low),
            number(row.high),
            row.unit
        );
    }
    text
}

/// Three digits that say something, and thousands apart.
pub fn number(value: f64) -> String {
    if value.abs() < 10.0 {
        return format!("{value:.2}");
    }
    if value.abs() < 100.0 {
        return format!("{value:.1}");
    }
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
