//! A larger project has more of the same.

/// The text with so many of each line of its lists, numbered apart.
pub fn grown(text: &str, times: usize) -> String {
    let mut out = String::with_capacity(text.len() * times);
    for line in text.lines() {
        out.push_str(line);
        out.push('\n');
        let is_item = line.starts_with("- ") || line.starts_with(|c: char| c.is_ascii_digit());
        for copy in 1..times {
            if is_item {
                out.push_str(&format!("{line} v{copy}\n"));
            }
        }
    }
    out
}
