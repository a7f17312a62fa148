//! The style sheet of the colours. Foregrounds are moved towards black or white until they can be
//! read on the page, in both themes.

use super::colour::{contrast, rgb};

/// Background of a log in the light and in the dark theme.
const LIGHT: [u8; 3] = [0xfb, 0xfc, 0xfd];
const DARK: [u8; 3] = [0x0a, 0x0e, 0x13];
/// A little more than the guidelines want, for lines with a background of their own.
const CONTRAST: f64 = 5.2;

pub(crate) fn stylesheet() -> String {
    let mut out = String::with_capacity(24 * 1024);
    for index in 0..=255u8 {
        let colour = rgb(index);
        let light = hex(readable(colour, LIGHT, 0));
        let dark = hex(readable(colour, DARK, 255));
        out.push_str(&format!(".af{index}{{color:light-dark({light},{dark})}}"));
        out.push_str(&format!(".ab{index}{{background:{}}}\n", hex(colour)));
    }
    out
}

fn readable(colour: [u8; 3], on: [u8; 3], towards: u8) -> [u8; 3] {
    let mixed = |part: u16| {
        colour.map(|from| ((u16::from(from) * (32 - part) + u16::from(towards) * part) / 32) as u8)
    };
    (0..=32)
        .map(mixed)
        .find(|candidate| contrast(*candidate, on) >= CONTRAST)
        .unwrap_or([towards; 3])
}

fn hex([red, green, blue]: [u8; 3]) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}
