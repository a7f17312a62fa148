//! Aho-Corasick over bytes, as a complete table. Bytes that no pattern holds share one column.

/// A state is the longest end of what was read that some pattern begins with.
pub type State = u32;

pub const START: State = 0;

pub struct Automaton {
    class_of: [u16; 256],
    classes: usize,
    next: Vec<State>,
    /// Length of the state's own text: how far back a match may still begin.
    depth: Vec<u32>,
    /// Length of the longest pattern that ends here; 0 for none.
    found: Vec<u32>,
}

impl Automaton {
    pub fn new(patterns: &[Vec<u8>]) -> Self {
        let mut class_of = [0u16; 256];
        let mut classes = 1;
        for byte in patterns.iter().flatten() {
            if class_of[usize::from(*byte)] == 0 {
                class_of[usize::from(*byte)] = classes;
                classes += 1;
            }
        }
        let classes = usize::from(classes);
        let mut automaton = Automaton {
            class_of,
            classes,
            next: vec![START; classes],
            depth: vec![0],
            found: vec![0],
        };
        for pattern in patterns {
            automaton.add(pattern);
        }
        automaton.complete();
        automaton
    }

    fn slot(&self, state: State, class: usize) -> usize {
        state as usize * self.classes + class
    }

    fn add(&mut self, pattern: &[u8]) {
        let mut state = START;
        for byte in pattern {
            let slot = self.slot(state, usize::from(self.class_of[usize::from(*byte)]));
            if self.next[slot] == START {
                let new = self.depth.len() as State;
                self.depth.push(self.depth[state as usize] + 1);
                self.found.push(0);
                self.next.resize(self.next.len() + self.classes, START);
                self.next[slot] = new;
            }
            state = self.next[slot];
        }
        self.found[state as usize] = self.depth[state as usize];
    }

    /// Fills the empty slots, nearest states first, with where the longest shorter text leads.
    fn complete(&mut self) {
        let mut fallback = vec![START; self.depth.len()];
        let mut queue = std::collections::VecDeque::from([START]);
        while let Some(state) = queue.pop_front() {
            let shorter = fallback[state as usize];
            if self.found[state as usize] == 0 {
                self.found[state as usize] = self.found[shorter as usize];
            }
            for class in 0..self.classes {
                let slot = self.slot(state, class);
                let behind = if state == START {
                    START
                } else {
                    self.next[self.slot(shorter, class)]
                };
                match self.next[slot] {
                    START => self.next[slot] = behind,
                    child => {
                        fallback[child as usize] = behind;
                        queue.push_back(child);
                    }
                }
            }
        }
    }

    #[inline]
    pub fn step(&self, state: State, byte: u8) -> State {
        self.next[state as usize * self.classes + usize::from(self.class_of[usize::from(byte)])]
    }

    #[inline]
    pub fn depth(&self, state: State) -> usize {
        self.depth[state as usize] as usize
    }

    #[inline]
    pub fn found(&self, state: State) -> usize {
        self.found[state as usize] as usize
    }
}
