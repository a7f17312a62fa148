//! Which words are paths and which are commands.

use crate::outline::{Inline, PieceKind};
use std::ops::Range;

const PROGRAMS: &[&str] = &[
    "cargo",
    "npm",
    "npx",
    "pnpm",
    "yarn",
    "node",
    "deno",
    "bun",
    "python",
    "python3",
    "pip",
    "pip3",
    "pytest",
    "uv",
    "uvx",
    "poetry",
    "ruff",
    "mypy",
    "go",
    "make",
    "cmake",
    "docker",
    "docker-compose",
    "kubectl",
    "helm",
    "terraform",
    "git",
    "gh",
    "curl",
    "wget",
    "psql",
    "supabase",
    "vercel",
    "specify",
    "openspec",
    "bash",
    "sh",
    "rustup",
    "mvn",
    "gradle",
    "./gradlew",
    "dotnet",
    "ruby",
    "bundle",
    "rails",
    "rake",
    "php",
    "composer",
    "swift",
    "xcodebuild",
    "flutter",
    "dart",
    "jest",
    "vitest",
    "playwright",
    "eslint",
    "prettier",
    "tsc",
    "ops",
    "just",
    "sqlx",
    "wasmtime",
];

const EXTENSIONS: &[&str] = &[
    "rs",
    "ts",
    "tsx",
    "js",
    "jsx",
    "mjs",
    "py",
    "go",
    "java",
    "kt",
    "swift",
    "rb",
    "php",
    "cs",
    "c",
    "h",
    "cpp",
    "hpp",
    "sql",
    "sh",
    "bash",
    "ps1",
    "md",
    "mdx",
    "json",
    "yaml",
    "yml",
    "toml",
    "xml",
    "html",
    "css",
    "scss",
    "svelte",
    "vue",
    "txt",
    "csv",
    "env",
    "lock",
    "proto",
    "graphql",
    "tf",
    "hbs",
    "ini",
    "cfg",
    "conf",
    "svg",
    "png",
    "ipynb",
    "dart",
    "ex",
    "exs",
    "scala",
    "lua",
    "zig",
    "nix",
    "gradle",
    "wasm",
    "sarif",
    "dockerfile",
    "prisma",
    "feature",
    "xlsx",
];

/// A line that a shell would run: a known program with an argument.
pub(super) fn is_command(code: &str) -> bool {
    let code = code.trim().trim_start_matches("$ ");
    let mut words = code.split_whitespace();
    let Some(first) = words.next() else {
        return false;
    };
    let more = words.next().is_some();
    if first.starts_with("./") && !first.ends_with('/') {
        return more || first.ends_with(".sh");
    }
    more && PROGRAMS.contains(&first)
}

/// A file or folder in a code span.
pub(super) fn is_path(code: &str) -> bool {
    let code = code.trim();
    if code.is_empty()
        || code.len() > 200
        || code.contains(|c: char| {
            c.is_whitespace() || matches!(c, '(' | ')' | '=' | ';' | '|' | '"' | '\'' | '<' | '>')
        })
        || code.contains("://")
    {
        return false;
    }
    let bare = code.trim_start_matches("./").trim_end_matches('/');
    if bare.is_empty() || bare.starts_with('@') || bare.starts_with('#') {
        return false;
    }
    // `/runs.claim` is a route, `src/main.rs` a path.
    has_extension(bare)
        || (code.ends_with('/') && !code.starts_with('/'))
        || (code.contains('/') && !code.starts_with('/') && is_folder(bare))
}

fn is_folder(path: &str) -> bool {
    const ROOTS: [&str; 22] = [
        "src",
        "tests",
        "test",
        "docs",
        "lib",
        "app",
        "apps",
        "packages",
        "crates",
        "backend",
        "frontend",
        "api",
        "scripts",
        "specs",
        "spec",
        ".github",
        ".specify",
        ".kiro",
        "cmd",
        "internal",
        "contracts",
        "config",
    ];
    path.split('/')
        .next()
        .is_some_and(|root| ROOTS.contains(&root))
}

fn is_known_file(name: &str) -> bool {
    matches!(
        name,
        "Dockerfile" | "Makefile" | "LICENSE" | "Procfile" | "Justfile"
    )
}

fn has_extension(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let Some((stem, extension)) = name.rsplit_once('.') else {
        return is_known_file(name);
    };
    let extension = extension.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
    let dotfile = (stem.is_empty() && name.len() > 2 && path.len() > 2) || name == ".env.example";
    EXTENSIONS.contains(&extension.to_ascii_lowercase().as_str()) || dotfile
}

/// A path that stands without ticks: it has a folder and a file's name, or is a known file.
pub(super) fn is_plain_path(word: &str) -> bool {
    let dotted = word.bytes().any(|byte| matches!(byte, b'.' | b'/'));
    if !dotted && !is_known_file(word) {
        return false;
    }
    (word.contains('/') && is_path(word) && (has_extension(word) || word.ends_with('/')))
        || (!word.contains('/')
            && word.len() > 3
            && is_path(word)
            && has_extension(word)
            && !word.contains(".."))
}

/// Words outside code and links, without the punctuation around them, of which `may_be` is true
/// with it.
pub(super) fn words<'a>(
    words: &'a Inline,
    may_be: impl Fn(&str) -> bool + Copy + 'a,
) -> impl Iterator<Item = (&'a str, Range<usize>)> {
    let pieces = words.pieces.iter();
    let texts = pieces.filter(|piece| piece.kind == PieceKind::Text);
    texts.flat_map(move |piece| {
        let text = words.text.get(piece.range.clone()).unwrap_or("");
        let parts = text
            .split(char::is_whitespace)
            .filter(move |part| may_be(part));
        parts.filter_map(|part| {
            let word = part.trim_matches([
                ',', ';', ':', '(', ')', '"', '\'', '*', '_', '!', '?', '[', ']', '{', '}',
            ]);
            let word = word.trim_end_matches('.');
            let start = word.as_ptr().addr() - words.text.as_ptr().addr();
            (!word.is_empty()).then(|| (word, start..start + word.len()))
        })
    })
}

/// Whether a file may be named so: it has a dot or a folder, or one of a few names in capitals.
pub(super) fn may_be_file(text: &str) -> bool {
    let is_telling = |byte: u8| matches!(byte, b'.' | b'/' | b'D' | b'M' | b'L' | b'P' | b'J');
    text.bytes().any(is_telling)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_and_commands_are_told_from_other_code() {
        for path in [
            "src/main.rs",
            "docs/",
            "tests/corpus.rs",
            ".github/workflows/ci.yml",
            "Dockerfile",
            "spec-kit.toml",
            "src/api",
        ] {
            assert!(is_path(path), "{path}");
        }
        for none in [
            "/runs.claim",
            "queued",
            "a.b()",
            "https://x.y/z.md",
            "runs(status)",
            "supabase.from",
            "v1.2",
            "and/or",
            "text/html",
        ] {
            assert!(!is_path(none), "{none}");
        }
        assert!(is_command("cargo test -p core") && is_command("./run.sh"));
        assert!(!is_command("cargo") && !is_command("make it so easy".get(4..).unwrap_or("")));
        assert!(
            is_plain_path("src/models/user.py")
                && !is_plain_path("and/or")
                && !is_plain_path("e.g")
        );
    }
}
