//! Masking of bytes that come in pieces: what could still become part of a secret is held back,
//! everything before it goes on at once, so no timer is needed.

use super::REPLACEMENT;
use super::automaton::{Automaton, START, State};
use std::sync::Arc;

/// Every byte that belongs to a match of any pattern disappears; each stretch of overlapping
/// matches becomes one `***`. The same for every way to cut the input. Holds back at most the
/// length of the longest pattern.
pub struct MaskStream {
    automaton: Option<Arc<Automaton>>,
    state: State,
    /// Read but not passed on.
    held: Vec<u8>,
    /// Stretches of `held` that are secret: ascending, apart from each other.
    secret: Vec<Stretch>,
}

#[derive(Clone, Copy)]
struct Stretch {
    start: usize,
    end: usize,
    /// Its `***` has been written already.
    told: bool,
}

impl MaskStream {
    pub(super) fn new(automaton: Option<Arc<Automaton>>) -> Self {
        MaskStream {
            automaton,
            state: START,
            held: Vec::new(),
            secret: Vec::new(),
        }
    }

    /// Takes the next piece and appends what is decided to `out`.
    pub fn push(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        let Some(automaton) = self.automaton.clone() else {
            out.extend_from_slice(bytes);
            return;
        };
        for byte in bytes {
            self.state = automaton.step(self.state, *byte);
            self.held.push(*byte);
            let found = automaton.found(self.state);
            if found > 0 {
                self.mark(self.held.len() - found);
            }
        }
        self.pass_on(self.held.len() - automaton.depth(self.state), out);
    }

    /// The end of the input: what looked like the beginning of a secret was none.
    pub fn finish(&mut self, out: &mut Vec<u8>) {
        self.pass_on(self.held.len(), out);
        self.state = START;
    }

    /// The held bytes from `start` on are secret; swallows the stretches they overlap.
    fn mark(&mut self, start: usize) {
        let mut stretch = Stretch {
            start,
            end: self.held.len(),
            told: false,
        };
        while let Some(last) = self.secret.last() {
            if last.end <= stretch.start {
                break;
            }
            stretch.start = stretch.start.min(last.start);
            stretch.told |= last.told;
            self.secret.pop();
        }
        self.secret.push(stretch);
    }

    /// No match that is still to come begins before `decided`.
    fn pass_on(&mut self, decided: usize, out: &mut Vec<u8>) {
        let mut done = 0;
        let mut kept = Vec::new();
        for mut stretch in self.secret.drain(..) {
            if stretch.start < decided {
                out.extend_from_slice(&self.held[done..stretch.start.max(done)]);
                if !stretch.told {
                    out.extend_from_slice(REPLACEMENT.as_bytes());
                    stretch.told = true;
                }
                done = stretch.end.min(decided);
            }
            if stretch.end > decided {
                stretch.start = stretch.start.max(decided) - decided;
                stretch.end -= decided;
                kept.push(stretch);
            }
        }
        out.extend_from_slice(&self.held[done..decided]);
        self.held.drain(..decided);
        self.secret = kept;
    }
}
