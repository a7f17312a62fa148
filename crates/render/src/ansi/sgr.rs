use super::colour;
use serde::{Deserialize, Serialize};

/// How the text looks now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Look {
    fore: Option<u8>,
    back: Option<u8>,
    bold: bool,
    dim: bool,
    italic: bool,
    underline: bool,
    strike: bool,
    inverse: bool,
    hidden: bool,
}

impl Look {
    pub fn is_plain(self) -> bool {
        self == Look::default()
    }

    pub fn open(self, out: &mut String) {
        out.push_str("<span class=\"");
        let mut first = true;
        let mut class = |name: &str| {
            if !std::mem::take(&mut first) {
                out.push(' ');
            }
            out.push_str(name);
        };
        let (fore, back) = match self.inverse {
            true => (self.back, self.fore),
            false => (self.fore, self.back),
        };
        match back {
            // On a background the text is black or white, whichever can be read.
            Some(back) => {
                class(&format!("ab{back}"));
                class(if colour::is_bright(back) {
                    "a-ink"
                } else {
                    "a-paper"
                });
            }
            None if self.inverse => class("a-inverse"),
            None => {
                if let Some(fore) = fore {
                    class(&format!("af{fore}"));
                }
            }
        }
        for (is_set, name) in [
            (self.bold, "a-bold"),
            (self.dim, "a-dim"),
            (self.italic, "a-italic"),
            (self.underline, "a-under"),
            (self.strike, "a-strike"),
            // Text that a program hid is what an operator should see.
            (self.hidden, "a-dim"),
        ] {
            if is_set {
                class(name);
            }
        }
        out.push_str("\">");
    }

    /// Obeys the parameters of one `ESC [ … m`; both `38;5;1` and `38:5:1` are understood.
    pub fn apply(&mut self, codes: &str) {
        if codes.starts_with(['<', '=', '>', '?']) {
            return;
        }
        let mut groups = codes.split(';');
        while let Some(group) = groups.next() {
            let mut parts = group.split(':');
            let code = number(parts.next());
            match code {
                Some(38 | 48) => {
                    let chosen = match group.contains(':') {
                        true => extended_by_colons(&group[3..]),
                        false => extended(&mut groups),
                    };
                    match code {
                        Some(38) => self.fore = chosen.or(self.fore),
                        _ => self.back = chosen.or(self.back),
                    }
                }
                Some(4) => self.underline = parts.next() != Some("0"),
                Some(58) if !group.contains(':') => drop(extended(&mut groups)),
                Some(code) => self.simple(code),
                None => {}
            }
        }
    }

    fn simple(&mut self, code: u16) {
        match code {
            0 => *self = Look::default(),
            1 => self.bold = true,
            2 => self.dim = true,
            3 => self.italic = true,
            7 => self.inverse = true,
            8 => self.hidden = true,
            9 => self.strike = true,
            21 => self.underline = true,
            22 => (self.bold, self.dim) = (false, false),
            23 => self.italic = false,
            24 => self.underline = false,
            27 => self.inverse = false,
            28 => self.hidden = false,
            29 => self.strike = false,
            30..=37 => self.fore = Some((code - 30) as u8),
            39 => self.fore = None,
            40..=47 => self.back = Some((code - 40) as u8),
            49 => self.back = None,
            90..=97 => self.fore = Some((code - 82) as u8),
            100..=107 => self.back = Some((code - 92) as u8),
            _ => {}
        }
    }
}

/// An empty parameter is 0.
fn number(text: Option<&str>) -> Option<u16> {
    match text? {
        "" => Some(0),
        digits => digits.parse().ok(),
    }
}

fn byte(text: Option<&str>) -> Option<u8> {
    number(text).and_then(|value| u8::try_from(value).ok())
}

fn extended<'t>(groups: &mut impl Iterator<Item = &'t str>) -> Option<u8> {
    match number(groups.next())? {
        5 => byte(groups.next()),
        2 => {
            let (red, green, blue) = (
                byte(groups.next()),
                byte(groups.next()),
                byte(groups.next()),
            );
            Some(colour::nearest([red?, green?, blue?]))
        }
        _ => None,
    }
}

/// `5:n`, `2:r:g:b` or `2:space:r:g:b`.
fn extended_by_colons(text: &str) -> Option<u8> {
    let parts: Vec<&str> = text.split(':').take(7).collect();
    match parts.as_slice() {
        ["5", index, ..] => byte(Some(index)),
        ["2", red, green, blue] | ["2", _, red, green, blue, ..] => Some(colour::nearest([
            byte(Some(red))?,
            byte(Some(green))?,
            byte(Some(blue))?,
        ])),
        _ => None,
    }
}
