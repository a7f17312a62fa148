//! A PostgreSQL of the machine, private to one test: unix socket only, gone with the test.

use super::Folder;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

/// With characters that an address has to encode.
const PASSWORD: &str = "p@ss/w:rd%1é";
const ENCODED: &str = "p%40ss%2Fw%3Ard%251%C3%A9";

pub struct Postgres {
    server: Child,
    folder: Folder,
}

/// Where the programs of a server are; nothing where there is none.
fn programs() -> Option<PathBuf> {
    let told = Command::new("pg_config").arg("--bindir").output().ok();
    let told = told.map(|out| PathBuf::from(String::from_utf8_lossy(&out.stdout).trim()));
    let debian = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten();
    let debian = debian.flatten().map(|entry| entry.path().join("bin"));
    told.into_iter()
        .chain(debian)
        .find(|folder| folder.join("initdb").is_file())
}

pub fn has_psql() -> bool {
    Command::new("psql").arg("--version").output().is_ok()
}

/// A server refuses to be root.
fn user() -> Option<(u32, u32)> {
    let number = |flag: &str, name: &[&str]| -> Option<u32> {
        let out = Command::new("id").arg(flag).args(name).output().ok()?;
        String::from_utf8_lossy(&out.stdout).trim().parse().ok()
    };
    match number("-u", &[]) {
        Some(0) => Some((number("-u", &["nobody"])?, number("-g", &["nobody"])?)),
        _ => None,
    }
}

impl Postgres {
    /// Nothing where no server is installed.
    pub fn start() -> Option<Self> {
        let programs = programs()?;
        let folder = Folder::new();
        let (data, password) = (folder.path().join("data"), folder.path().join("password"));
        std::fs::create_dir(&data).unwrap();
        std::fs::write(&password, PASSWORD).unwrap();
        let as_user = |program: &str| {
            let mut command = Command::new(programs.join(program));
            if let Some((uid, gid)) = user() {
                for path in [folder.path(), &data, &password] {
                    std::os::unix::fs::chown(path, Some(uid), Some(gid)).unwrap();
                }
                command.uid(uid).gid(gid);
            }
            command.current_dir("/").stdin(Stdio::null());
            command
        };
        let made = as_user("initdb")
            .args([
                "-U",
                "ops",
                "-A",
                "scram-sha-256",
                "-E",
                "UTF8",
                "--locale=C",
                "-N",
            ])
            .arg(format!("--pwfile={}", password.display()))
            .arg("-D")
            .arg(&data)
            .output()
            .unwrap();
        assert!(
            made.status.success(),
            "{}",
            String::from_utf8_lossy(&made.stderr)
        );
        let server = as_user("postgres")
            .arg("-D")
            .arg(&data)
            .arg("-k")
            .arg(folder.path())
            .args([
                "-c",
                "listen_addresses=",
                "-c",
                "autovacuum=off",
                "-c",
                "fsync=off",
            ])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Some(Postgres { server, folder })
    }

    pub fn url(&self) -> String {
        let socket = self.folder.path().display().to_string().replace('/', "%2F");
        format!("postgresql://ops:{ENCODED}@/postgres?host={socket}")
    }

    pub fn password() -> &'static str {
        PASSWORD
    }

    /// What psql prints; an error where it fails.
    pub fn query(&self, sql: &str) -> Result<String, String> {
        let out = Command::new("psql")
            .args([
                "-X",
                "-q",
                "-A",
                "-t",
                "-v",
                "ON_ERROR_STOP=1",
                "-U",
                "ops",
                "-d",
                "postgres",
            ])
            .arg("-h")
            .arg(self.folder.path())
            .args(["-c", sql])
            .env("PGPASSWORD", PASSWORD)
            .output()
            .unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_string();
        match out.status.success() {
            true => Ok(text(&out.stdout)),
            false => Err(text(&out.stderr)),
        }
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // Its children notice and end.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
