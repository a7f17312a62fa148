//! What the browser tests need: Chromium, and the pinned npm packages that drive it.

use crate::npm::{install, which};
use std::process::Command;

/// Idempotent. Without Chromium and the right to install it the browser tests say that they cannot
/// run; where everything is required that fails.
pub fn set_up() -> Result<(), String> {
    if which("chromium").is_none() && which("apt-get").is_some() {
        println!("── Chromium: apt-get install chromium");
        // Without root this fails, and the tests say what is missing.
        let _ = Command::new("apt-get").args(["update", "-qq"]).status();
        let _ = Command::new("apt-get")
            .args(["install", "-y", "-qq", "chromium", "fonts-liberation"])
            .env("DEBIAN_FRONTEND", "noninteractive")
            .status();
    }
    install("tests/browser")
}
