//! A question before something that cannot be taken back.

use crate::failure::Failure;
use std::io::{BufRead, IsTerminal, Write};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consent {
    Given,
    /// To be asked for.
    Needed,
}

/// `what` is what would be done, such as `cancel 3 runs`. No answer is a no; where nobody can
/// answer, the command line is wrong.
pub fn confirmed(what: &str) -> Result<bool, Failure> {
    if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        return Err(Failure::usage(
            format!("this would {what}, and there is nobody to ask"),
            "add --yes to do it; --dry-run only tells the number",
        ));
    }
    let mut error = std::io::stderr().lock();
    let asked = write!(error, "{what}? [y/N] ").and_then(|()| error.flush());
    let mut answer = String::new();
    if asked.is_err() || std::io::stdin().lock().read_line(&mut answer).is_err() {
        return Ok(false);
    }
    Ok(is_yes(&answer))
}

fn is_yes(answer: &str) -> bool {
    matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes")
}

#[cfg(test)]
mod tests {
    use super::is_yes;

    #[test]
    fn only_a_yes_is_a_yes() {
        assert!(is_yes("y\n") && is_yes(" YES \n"));
        assert!(!is_yes("\n") && !is_yes("") && !is_yes("n\n") && !is_yes("yonder\n"));
    }
}
