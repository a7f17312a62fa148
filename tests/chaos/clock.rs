//! A wall clock that can be stepped: libfaketime of the machine, which lies about CLOCK_REALTIME to one
//! process and leaves the monotonic clocks alone, as a step of the real one does.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Where distributions put it.
const PLACES: [&str; 4] = [
    "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1",
    "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1",
    "/usr/lib64/faketime/libfaketimeMT.so.1",
    "/usr/lib/faketime/libfaketimeMT.so.1",
];

pub struct WallClock {
    library: PathBuf,
    /// Holds how far it is off.
    offset: PathBuf,
}

impl WallClock {
    /// `None` where the machine has no libfaketime.
    pub fn make(offset: PathBuf) -> Option<Self> {
        let library = PLACES.iter().map(Path::new).find(|path| path.exists())?;
        let clock = WallClock {
            library: library.into(),
            offset,
        };
        clock.step(0);
        Some(clock)
    }

    pub fn give_to(&self, command: &mut Command) {
        command
            .env("LD_PRELOAD", &self.library)
            .env("FAKETIME_TIMESTAMP_FILE", &self.offset)
            .env("FAKETIME_NO_CACHE", "1")
            .env("FAKETIME_DONT_FAKE_MONOTONIC", "1")
            .env("FAKETIME_DISABLE_SHM", "1");
    }

    /// Off by that many seconds from now on.
    pub fn step(&self, seconds: i64) {
        let next = self.offset.with_extension("next");
        std::fs::write(&next, format!("{seconds:+}")).expect("an offset");
        // Replaced at once, so that nobody reads half of it.
        std::fs::rename(&next, &self.offset).expect("an offset");
    }
}
