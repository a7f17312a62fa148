//! The 256 colours of terminals.

const STEPS: [u8; 6] = [0, 95, 135, 175, 215, 255];

/// The first sixteen as most terminals draw them; pages draw them by tokens of the theme.
const BASE: [[u8; 3]; 16] = [
    [0, 0, 0],
    [205, 49, 49],
    [13, 188, 121],
    [216, 166, 40],
    [36, 114, 200],
    [188, 63, 188],
    [17, 168, 205],
    [229, 229, 229],
    [102, 102, 102],
    [241, 76, 76],
    [35, 209, 139],
    [240, 198, 80],
    [59, 142, 234],
    [214, 112, 214],
    [41, 184, 219],
    [255, 255, 255],
];

pub(super) fn rgb(index: u8) -> [u8; 3] {
    match index {
        0..=15 => BASE[usize::from(index)],
        16..=231 => {
            let at = usize::from(index - 16);
            [STEPS[at / 36], STEPS[at / 6 % 6], STEPS[at % 6]]
        }
        232..=255 => [8 + (index - 232) * 10; 3],
    }
}

/// The nearest of the cube and the greys.
pub(super) fn nearest(wanted: [u8; 3]) -> u8 {
    let step = |value: u8| {
        (0..6)
            .min_by_key(|at| STEPS[usize::from(*at)].abs_diff(value))
            .unwrap_or(0)
    };
    let cube = 16 + 36 * step(wanted[0]) + 6 * step(wanted[1]) + step(wanted[2]);
    let mean = wanted.iter().map(|part| u16::from(*part)).sum::<u16>() / 3;
    let grey = 232 + (mean.saturating_sub(3) / 10).min(23) as u8;
    let distance = |index: u8| -> u32 {
        let has = rgb(index);
        (0..3)
            .map(|at| u32::from(has[at].abs_diff(wanted[at])).pow(2))
            .sum()
    };
    if distance(grey) < distance(cube) {
        grey
    } else {
        cube
    }
}

/// Whether black can be read on it better than white.
pub(super) fn is_bright(index: u8) -> bool {
    luminance(rgb(index)) > 0.179
}

/// Relative luminance as the accessibility guidelines define it.
pub(super) fn luminance(colour: [u8; 3]) -> f64 {
    let linear = |part: u8| {
        let part = f64::from(part) / 255.0;
        match part <= 0.040_45 {
            true => part / 12.92,
            false => ((part + 0.055) / 1.055).powf(2.4),
        }
    };
    0.2126 * linear(colour[0]) + 0.7152 * linear(colour[1]) + 0.0722 * linear(colour[2])
}

pub(super) fn contrast(one: [u8; 3], other: [u8; 3]) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}
