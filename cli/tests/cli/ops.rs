//! Runs the built program in an environment of its own.

use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

/// A folder that goes away with the test.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Self {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let path =
            std::env::temp_dir().join(format!("ops-cli-test-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// What a finished program left.
pub struct Done {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Done {
    #[track_caller]
    pub fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "out:\n{}\nerr:\n{}", self.out, self.err);
        self
    }

    #[track_caller]
    pub fn says(self, words: &str) -> Self {
        assert!(self.err.contains(words), "no `{words}` in:\n{}", self.err);
        self
    }

    #[track_caller]
    pub fn prints(self, text: &str) -> Self {
        assert_eq!(self.out, text, "err:\n{}", self.err);
        self
    }

    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}", self.out))
    }
}

/// One call of `ops`. Nothing of this process's environment goes along.
pub struct Ops {
    command: Command,
    home: Folder,
}

pub fn ops(arguments: &[&str]) -> Ops {
    let home = Folder::new();
    let mut command = Command::new(env!("CARGO_BIN_EXE_ops"));
    command
        // As the shell says it, so that hints are short.
        .arg0("ops")
        .args(arguments)
        .env_clear()
        .env("HOME", home.path())
        .env("PATH", "/usr/bin:/bin")
        .current_dir(home.path())
        .stdin(Stdio::null());
    Ops { command, home }
}

impl Ops {
    pub fn env(mut self, name: &str, value: impl AsRef<std::ffi::OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Started in another folder than its own.
    pub fn within(mut self, folder: &Path) -> Self {
        self.command.current_dir(folder);
        self
    }

    pub fn at(self, url: &str) -> Self {
        self.env("OPS_URL", url).env("OPS_TOKEN", "ops_secret")
    }

    /// A file in the folder where it is started.
    pub fn file(self, name: &str, text: &str) -> Self {
        self.home.write(name, text);
        self
    }

    pub fn run(mut self) -> Done {
        finished(self.command.output().unwrap())
    }

    pub fn run_with_input(mut self, input: &str) -> Done {
        let mut child = self.started(Stdio::piped());
        child
            .stdin
            .take()
            .unwrap()
            .write_all(input.as_bytes())
            .unwrap();
        finished(child.wait_with_output().unwrap())
    }

    /// Started, with pipes at its outputs; its folder lives as long as the answer's second part.
    pub fn start(mut self) -> (Child, Folder) {
        (self.started(Stdio::null()), self.home)
    }

    fn started(&mut self, input: Stdio) -> Child {
        self.command
            .stdin(input)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }
}

pub fn finished(output: std::process::Output) -> Done {
    Done {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}
