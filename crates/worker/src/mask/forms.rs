//! The forms in which a secret may show up.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// Lines of a secret that are shorter are too common to be looked for.
const MIN_LINE_BYTES: usize = 6;
/// Encoded forms of shorter secrets would be found by chance.
const MIN_ENCODED_BYTES: usize = 6;

/// Each form at least four bytes long.
pub fn of(secret: &str) -> Vec<Vec<u8>> {
    let trimmed = secret.trim();
    let mut forms: Vec<Vec<u8>> = Vec::new();
    let mut add = |form: Vec<u8>| {
        if form.len() >= super::MIN_SECRET_BYTES && !forms.contains(&form) {
            forms.push(form);
        }
    };
    for plain in [secret, trimmed] {
        add(plain.into());
        add(json(plain).into());
        add(percent(plain, "0123456789ABCDEF").into());
        add(percent(plain, "0123456789abcdef").into());
        if plain.len() >= MIN_ENCODED_BYTES {
            for shift in 0..3 {
                add(aligned(&STANDARD_NO_PAD, plain, shift));
                add(aligned(&URL_SAFE_NO_PAD, plain, shift));
            }
        }
    }
    if trimmed.contains('\n') {
        for line in trimmed.lines().map(str::trim) {
            if line.len() >= MIN_LINE_BYTES {
                add(line.into());
            }
        }
    }
    forms
}

fn json(plain: &str) -> String {
    let quoted = serde_json::Value::from(plain).to_string();
    quoted[1..quoted.len() - 1].to_string()
}

fn percent(plain: &str, digits: &str) -> String {
    let digits = digits.as_bytes();
    let mut text = String::with_capacity(plain.len());
    for byte in plain.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                text.push(byte.into());
            }
            _ => {
                text.push('%');
                text.push(digits[usize::from(byte >> 4)].into());
                text.push(digits[usize::from(byte & 15)].into());
            }
        }
    }
    text
}

/// Base64 of the secret behind `shift` other bytes, without the characters that depend on what
/// stands before or after it.
fn aligned(engine: &impl Engine, plain: &str, shift: usize) -> Vec<u8> {
    let mut bytes = vec![0; shift];
    bytes.extend_from_slice(plain.as_bytes());
    let encoded = engine.encode(&bytes);
    let first_own = (shift * 8).div_ceil(6);
    let last_own = bytes.len() * 8 / 6;
    encoded.as_bytes()[first_own..last_own].to_vec()
}
