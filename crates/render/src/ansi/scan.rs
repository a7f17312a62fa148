//! Text → characters and colour commands.

pub(super) enum Piece<'t> {
    Char(char),
    /// Parameters of an `ESC [ … m`.
    Sgr(&'t str),
}

pub(super) struct Scanner<'t> {
    rest: &'t str,
}

impl<'t> Scanner<'t> {
    pub fn new(text: &'t str) -> Self {
        Scanner { rest: text }
    }

    fn take(&mut self) -> Option<char> {
        let c = self.rest.chars().next()?;
        self.rest = &self.rest[c.len_utf8()..];
        Some(c)
    }

    /// After `ESC [`: parameters up to a final byte. A broken command ends where it breaks.
    fn control(&mut self) -> Option<&'t str> {
        let end = self
            .rest
            .find(|c: char| !(' '..='?').contains(&c))
            .unwrap_or(self.rest.len());
        let (codes, rest) = self.rest.split_at(end);
        self.rest = rest;
        match rest.chars().next() {
            Some(last @ '@'..='~') => {
                self.rest = &rest[last.len_utf8()..];
                (last == 'm').then_some(codes)
            }
            _ => None,
        }
    }

    /// Titles, links and other strings: up to BEL or ST. One without an end takes only its opening,
    /// so that a cut line does not lose its text.
    fn string(&mut self) {
        for (at, c) in self.rest.char_indices() {
            match c {
                '\u{7}' | '\u{9c}' => {
                    self.rest = &self.rest[at + c.len_utf8()..];
                    return;
                }
                '\u{1b}' => {
                    let rest = &self.rest[at + 1..];
                    self.rest = rest.strip_prefix('\\').unwrap_or(&self.rest[at..]);
                    return;
                }
                _ => {}
            }
        }
    }

    fn escape(&mut self) -> Option<&'t str> {
        match self.rest.chars().next() {
            Some('[') => {
                self.take();
                self.control()
            }
            Some(']' | 'P' | 'X' | '^' | '_') => {
                self.take();
                self.string();
                None
            }
            // `ESC ( B` and its like, then two-character commands.
            Some(' '..='/') => {
                self.take();
                self.take();
                None
            }
            Some('0'..='~') => {
                self.take();
                None
            }
            _ => None,
        }
    }
}

impl<'t> Iterator for Scanner<'t> {
    type Item = Piece<'t>;

    fn next(&mut self) -> Option<Piece<'t>> {
        loop {
            match self.take()? {
                '\u{1b}' => {
                    if let Some(codes) = self.escape() {
                        return Some(Piece::Sgr(codes));
                    }
                }
                '\u{9b}' => {
                    if let Some(codes) = self.control() {
                        return Some(Piece::Sgr(codes));
                    }
                }
                '\u{90}' | '\u{98}' | '\u{9d}'..='\u{9f}' => self.string(),
                '\t' => return Some(Piece::Char('\t')),
                c if c.is_control() => {}
                c => return Some(Piece::Char(c)),
            }
        }
    }
}
