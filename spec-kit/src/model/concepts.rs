use super::words;
use super::words::{Lists, Stem};
use std::sync::LazyLock;

/// Words that speak of one concern, by stem. A text that has one of them also has the concern,
/// so that "worker death" and "stuck recovery" are known to be about the same.
const CONCERNS: &[(&str, &[&str])] = &[
    (
        "~recovery",
        &[
            "crash",
            "dead",
            "death",
            "die",
            "fail",
            "failur",
            "heartbeat",
            "kill",
            "lost",
            "recover",
            "requeu",
            "restart",
            "resum",
            "retry",
            "stal",
            "stuck",
            "timeout",
        ],
    ),
    (
        "~once",
        &[
            "atom",
            "claim",
            "concurrent",
            "doubl",
            "duplic",
            "exactli",
            "exclus",
            "idempotent",
            "lock",
            "parallel",
            "rac",
            "twic",
        ],
    ),
    (
        "~access",
        &[
            "access",
            "anon",
            "auth",
            "authenticat",
            "authentic",
            "authoriz",
            "credenti",
            "key",
            "login",
            "oauth",
            "password",
            "permiss",
            "polici",
            "policy",
            "rls",
            "role",
            "secret",
            "secur",
            "sign",
            "sso",
            "token",
        ],
    ),
    (
        "~screen",
        &[
            "board",
            "brows",
            "button",
            "dashboard",
            "form",
            "page",
            "runboard",
            "screen",
            "tab",
            "ui",
            "view",
            "viewer",
            "wizard",
        ],
    ),
    (
        "~live",
        &[
            "live",
            "push",
            "realtim",
            "stream",
            "subscrib",
            "subscript",
            "telemetry",
            "websocket",
        ],
    ),
    (
        "~deploy",
        &[
            "aws",
            "azur",
            "cloud",
            "contain",
            "deploy",
            "docker",
            "doks",
            "host",
            "k8",
            "kubernet",
            "launch",
            "releas",
            "rollout",
            "serverless",
            "vercel",
        ],
    ),
    (
        "~file",
        &[
            "artifact",
            "attach",
            "attachment",
            "bucket",
            "download",
            "file",
            "imag",
            "storag",
            "upload",
        ],
    ),
    (
        "~find",
        &[
            "filter", "find", "histori", "history", "list", "queri", "query", "search", "sort",
        ],
    ),
    (
        "~edit",
        &[
            "add", "archiv", "creat", "crud", "delet", "edit", "manag", "remov", "updat",
        ],
    ),
    (
        "~notify",
        &[
            "alert", "email", "messag", "notif", "notific", "notify", "remind", "sms",
        ],
    ),
    (
        "~money",
        &[
            "bill",
            "charg",
            "checkout",
            "invoic",
            "pay",
            "payment",
            "pric",
            "refund",
            "subscript",
        ],
    ),
    (
        "~measure",
        &[
            "analyt",
            "audit",
            "dashboard",
            "log",
            "metric",
            "monitor",
            "report",
            "statist",
            "trac",
        ],
    ),
    (
        "~speed",
        &[
            "fast",
            "latenc",
            "latency",
            "ms",
            "p95",
            "p99",
            "perform",
            "quick",
            "respons",
            "throughput",
        ],
    ),
    (
        "~data",
        &[
            "column",
            "databas",
            "db",
            "index",
            "migrat",
            "postgr",
            "postgresql",
            "schema",
            "sql",
            "tabl",
        ],
    ),
];

/// The concerns of each stem.
static BY_STEM: LazyLock<Lists> = LazyLock::new(|| {
    let concerns = CONCERNS.iter().enumerate();
    Lists::of(concerns.map(|(at, (_, stems))| (1 << at, *stems)))
});

/// The stems of a text and the concerns that they speak of.
pub fn stems(text: &str) -> Vec<Stem> {
    let mut found = words::stems(text);
    let by_stem = &*BY_STEM;
    let spoken_of = found.iter().fold(0, |all, stem| all | by_stem.bits(stem));
    let concerns = CONCERNS
        .iter()
        .enumerate()
        .filter(|(at, _)| spoken_of & (1 << at) != 0);
    found.extend(concerns.map(|(_, (concern, _))| Stem::new_static(concern)));
    found
}

/// Whether a text speaks of a concern, `~screen`.
pub fn speaks_of(stems: &[Stem], concern: &str) -> bool {
    stems.iter().any(|stem| stem == concern)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_one_concern_share_it() {
        for (a, b, concern) in [
            ("Worker death triggers it", "Stuck run sweeper", "~recovery"),
            ("zero double-runs", "Atomic claiming", "~once"),
            ("Realtime updates", "Live telemetry", "~live"),
        ] {
            assert!(speaks_of(&stems(a), concern), "{a}: {:?}", stems(a));
            assert!(speaks_of(&stems(b), concern), "{b}: {:?}", stems(b));
        }
        assert!(stems("a plain text").iter().all(|s| !s.starts_with('~')));
    }
}
