//! What of the source's stack says where files are by convention.

use crate::model::{Model, Passage};
use std::sync::OnceLock;

/// Files by which a platform is known.
pub(super) const PLATFORM_FILES: &[(&str, &str)] = &[
    ("Vercel", "vercel.json"),
    ("Netlify", "netlify.toml"),
    ("Fly.io", "fly.toml"),
    ("Supabase", "supabase/config.toml"),
    ("Kubernetes", "deploy/kubernetes/"),
    ("DOKS", "deploy/kubernetes/"),
    ("Terraform", "deploy/terraform/"),
    ("Docker", "Dockerfile"),
];
/// Databases that are built in steps of SQL.
const RELATIONAL: &[&str] = &[
    "Postgres", "MySQL", "MariaDB", "SQLite", "Supabase", "DuckDB",
];
const OTHER_STORES: &[&str] = &[
    "MongoDB",
    "DynamoDB",
    "Firestore",
    "Firebase",
    "Cassandra",
    "IndexedDB",
    "localStorage",
];
/// Names of a language and of what is written in it, with the end of its files.
const ENDS: &[(&str, &str)] = &[
    ("Python", "py"),
    ("FastAPI", "py"),
    ("Django", "py"),
    ("Flask", "py"),
    ("Celery", "py"),
    ("Rust", "rs"),
    ("Axum", "rs"),
    ("Tokio", "rs"),
    ("Golang", "go"),
    ("Kotlin", "kt"),
    ("Spring Boot", "java"),
    ("Rails", "rb"),
    ("Ruby", "rb"),
    ("Laravel", "php"),
    ("PHP", "php"),
    ("C#", "cs"),
    (".NET", "cs"),
    ("Elixir", "ex"),
    ("Scala", "scala"),
    ("TypeScript", "ts"),
    ("NestJS", "ts"),
    ("Next.js", "ts"),
    ("Deno", "ts"),
    ("Flutter", "dart"),
    ("Dart", "dart"),
    ("Swift", "swift"),
    ("JavaScript", "js"),
    ("Express", "js"),
    ("Node.js", "js"),
    ("Java", "java"),
];
const VIEW_ENDS: &[(&str, &str)] = &[
    ("React", "tsx"),
    ("Next.js", "tsx"),
    ("Vue", "vue"),
    ("Nuxt", "vue"),
    ("Svelte", "svelte"),
    ("Flutter", "dart"),
];

pub(super) struct Stack<'a> {
    model: &'a Model,
    function: OnceLock<Option<String>>,
}

impl<'a> Stack<'a> {
    pub(super) fn of(model: &'a Model) -> Self {
        Self {
            model,
            function: OnceLock::new(),
        }
    }

    fn named(&self) -> impl Iterator<Item = &'a Passage> {
        self.model
            .context
            .iter()
            .filter(|field| {
                matches!(
                    field.key,
                    "LANGUAGE_VERSION"
                        | "PRIMARY_DEPENDENCIES"
                        | "STORAGE"
                        | "TESTING"
                        | "TARGET_PLATFORM"
                )
            })
            .flat_map(|field| &field.values)
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.named().any(|value| {
            value
                .text
                .strip_prefix(name)
                .is_some_and(|rest| !rest.starts_with(char::is_alphabetic))
        })
    }

    fn has_any(&self, names: &[&str]) -> bool {
        names
            .iter()
            .any(|name| self.named().any(|value| value.text.starts_with(name)))
    }

    pub(super) fn evidence(&self) -> Vec<Passage> {
        let mut found: Vec<Passage> = Vec::new();
        for value in self.named().filter(|value| tells(&value.text)) {
            if found.len() < 8 && !found.iter().any(|other| other.text == value.text) {
                found.push(value.clone());
            }
        }
        found
    }

    /// The first folder of one of these names that the source has, else what is usual.
    pub(super) fn root(&self, folders: &[&str], usual: &str) -> String {
        let paths = self.model.inventory.paths.iter().take(200);
        let mut found = paths.filter_map(|path| {
            let mut end = 0;
            for part in path.name.split_inclusive('/') {
                end += part.len();
                let folder = part.strip_suffix('/')?;
                if folders.iter().any(|name| folder.eq_ignore_ascii_case(name)) {
                    return path.name.get(..end);
                }
            }
            None
        });
        let is_usable = |root: &&str| root.bytes().all(|b| b.is_ascii_graphic() && b != b'`');
        found.find(is_usable).unwrap_or(usual).to_owned()
    }

    /// A database of which nothing is said has tables.
    pub(super) fn is_relational(&self) -> bool {
        self.has_any(RELATIONAL)
            || (!self.model.inventory.tables.is_empty() && !self.has_any(OTHER_STORES))
    }

    pub(super) fn migrations(&self) -> Option<String> {
        let usual = if self.has("Supabase") {
            "supabase/migrations/"
        } else {
            "db/migrations/"
        };
        self.is_relational()
            .then(|| self.root(&["migrations", "migration"], usual))
    }

    /// The folder of the function that serves all endpoints, where the source has such a function:
    /// `/functions/v1/ops-executor`.
    pub(super) fn function(&self) -> Option<String> {
        let find = || function(self.model).filter(|_| self.has("Supabase"));
        // Asked for each task, and it looks through all statements.
        self.function.get_or_init(find).clone()
    }

    /// The file of a part of the program; a folder where no language is known.
    pub(super) fn module(&self, name: &str) -> String {
        match self.language() {
            // One class of that name in a file.
            Some(end @ ("java" | "kt" | "cs" | "scala" | "swift")) => {
                format!("{}.{end}", pascal(name))
            }
            Some(end @ ("py" | "rs" | "rb" | "go" | "ex" | "dart")) => {
                format!("{}.{end}", name.replace('-', "_"))
            }
            Some(end) => format!("{name}.{end}"),
            None => format!("{name}/"),
        }
    }

    pub(super) fn view(&self, name: &str) -> String {
        match self.end(VIEW_ENDS) {
            Some(end) => format!("{name}.{end}"),
            None => self.module(name),
        }
    }

    /// The end of the files of the one language that the source names; none where it names several,
    /// for the next file may be of either.
    fn language(&self) -> Option<&'static str> {
        let mut found = ENDS
            .iter()
            .filter(|(name, _)| self.has(name))
            .map(|(_, end)| *end);
        let first = found.next()?;
        let family = |end: &str| if end == "js" { "ts" } else { end }.to_owned();
        found
            .all(|other| family(other) == family(first))
            .then_some(first)
    }

    fn end(&self, ends: &[(&str, &'static str)]) -> Option<&'static str> {
        ends.iter()
            .find(|(name, _)| self.has(name))
            .map(|(_, end)| *end)
    }

    /// How the runner that the source names finds a test; else its end is left to whoever decides
    /// on the runner.
    pub(super) fn test(&self, id: &str) -> String {
        let snake = id.replace(['-', '.'], "_");
        if self.has("pytest") {
            format!("test_{snake}.py")
        } else if self.has_any(&["Playwright", "Vitest", "Jest", "Mocha"]) {
            format!("{id}.spec.ts")
        } else if self.has("Cypress") {
            format!("{id}.cy.ts")
        } else if self.has("cargo test") {
            format!("{snake}.rs")
        } else if self.has("go test") {
            format!("{snake}_test.go")
        } else if self.has("RSpec") {
            format!("{snake}_spec.rb")
        } else {
            format!("{id}.*")
        }
    }
}

fn function(model: &Model) -> Option<String> {
    let name = model.statements.iter().find_map(|statement| {
        let (_, rest) = statement.text.split_once("/functions/v1/")?;
        let end = rest
            .find(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_')
            .unwrap_or(rest.len());
        rest.get(..end).filter(|name| !name.is_empty())
    })?;
    Some(format!("supabase/functions/{name}/"))
}

/// Whether a name says where files are.
fn tells(name: &str) -> bool {
    let pairs = ENDS.iter().chain(VIEW_ENDS).chain(PLATFORM_FILES);
    pairs
        .map(|(name, _)| *name)
        .chain(RELATIONAL.iter().copied())
        .chain([
            "GitHub Actions",
            "pytest",
            "Playwright",
            "Vitest",
            "Jest",
            "Cypress",
        ])
        .any(|known| {
            name.strip_prefix(known)
                .is_some_and(|rest| !rest.starts_with(char::is_alphabetic))
        })
}

fn pascal(name: &str) -> String {
    name.split('-')
        .flat_map(|part| {
            let mut letters = part.chars();
            let first = letters.next().map(|c| c.to_ascii_uppercase());
            first.into_iter().chain(letters)
        })
        .collect()
}
