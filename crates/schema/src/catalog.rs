//! What is installed compared with what should be.

use crate::check::{Check, Step};
use crate::schedule::Schedule;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// The answer of `ops_catalog`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Catalog {
    pub roles: BTreeSet<String>,
    /// Operator tokens that are good; absent while there is no table for them.
    pub operators: Option<u64>,
    /// Whether `service_role` passes by Row Level Security.
    pub bypass: Option<bool>,
    pub tables: BTreeMap<String, Table>,
    pub functions: BTreeMap<String, Function>,
    /// Tables in Supabase's publication; absent where there is none.
    pub published: Option<BTreeSet<String>>,
    /// The job that sweeps; absent where there is no pg_cron.
    pub schedule: Option<Schedule>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Table {
    pub rls: bool,
    pub columns: BTreeMap<String, String>,
    pub indexes: BTreeSet<String>,
    pub policies: BTreeMap<String, String>,
    pub rights: BTreeMap<String, BTreeSet<String>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Function {
    pub body: String,
    pub rights: BTreeSet<String>,
}

/// Tables whose changes Supabase's Realtime should tell.
const PUBLISHED: [&str; 4] = ["artifacts", "run_events", "runs", "sessions"];

const AGAIN: &str = "apply the migrations again: `ops setup` does it where it may run SQL";

impl Catalog {
    /// What this version of the program installs. Written from a fresh database by the test that holds
    /// it (`tests/setup`).
    ///
    /// An error means that this program was built wrongly; it must not pass for a whole installation.
    pub fn expected() -> Result<Self, serde_json::Error> {
        let packed = include_bytes!(concat!(env!("OUT_DIR"), "/expected.json.deflate"));
        // What cannot be unpacked is no JSON either.
        let expected = miniz_oxide::inflate::decompress_to_vec(packed).unwrap_or_default();
        serde_json::from_slice(&expected)
    }

    /// One check for each thing that is not as it should be; empty where everything is.
    pub fn differences(&self, expected: &Catalog) -> Vec<Check> {
        let mut wrong = Vec::new();
        for (name, table) in &expected.tables {
            match self.tables.get(name) {
                None => wrong.push(failed(format!("Table `{name}`"), "is missing", "is there")),
                Some(found) => found.differences(name, table, &mut wrong),
            }
        }
        for (signature, function) in &expected.functions {
            match self.functions.get(signature) {
                None => wrong.push(failed(
                    format!("Function `{signature}`"),
                    "is missing",
                    "is there",
                )),
                Some(found) => found.differences(signature, function, &mut wrong),
            }
        }
        self.overloads(expected, &mut wrong);
        if self.bypass == Some(false) {
            wrong.push(Check::failed(
                Step::Verify,
                "Role `service_role`",
                "is bound by Row Level Security",
                "passes by it, as Supabase makes it",
                "alter role service_role bypassrls",
            ));
        }
        self.unpublished(&mut wrong);
        wrong
    }

    /// PostgREST cannot choose between two functions of one name.
    fn overloads(&self, expected: &Catalog, wrong: &mut Vec<Check>) {
        let name = |signature: &str| signature.split('(').next().unwrap_or_default().to_string();
        let ours: BTreeSet<String> = expected.functions.keys().map(|s| name(s)).collect();
        for signature in self.functions.keys() {
            if ours.contains(&name(signature)) && !expected.functions.contains_key(signature) {
                wrong.push(Check::failed(
                    Step::Verify,
                    format!("Function `{signature}`"),
                    "is there beside ours of the same name",
                    "one function of that name",
                    format!("look whose it is, then: drop function public.{signature}"),
                ));
            }
        }
    }

    fn unpublished(&self, wrong: &mut Vec<Check>) {
        let Some(published) = &self.published else {
            return;
        };
        for table in PUBLISHED {
            if !published.contains(table) {
                wrong.push(failed(
                    format!("Publication `supabase_realtime`, table `{table}`"),
                    "is missing",
                    "is published",
                ));
            }
        }
    }
}

fn failed(title: String, found: impl Into<String>, expected: impl Into<String>) -> Check {
    Check::failed(Step::Verify, title, found, expected, AGAIN)
}

fn listed<'a>(names: impl IntoIterator<Item = &'a String>) -> String {
    let names: Vec<&str> = names.into_iter().map(String::as_str).collect();
    match names.as_slice() {
        [] => "nothing".into(),
        names => names.join(", "),
    }
}

impl Table {
    fn differences(&self, name: &str, expected: &Table, wrong: &mut Vec<Check>) {
        let missing: Vec<&String> = expected
            .columns
            .keys()
            .filter(|column| !self.columns.contains_key(*column))
            .collect();
        if !missing.is_empty() {
            let is_foreign = missing.len() * 2 > expected.columns.len();
            wrong.push(if is_foreign {
                Check::failed(
                    Step::Verify,
                    format!("Table `{name}`"),
                    format!(
                        "belongs to another product: it has {}",
                        listed(self.columns.keys())
                    ),
                    format!("ours, with {}", listed(expected.columns.keys())),
                    "use a project of its own for the control room, or rename that table",
                )
            } else {
                failed(
                    format!("Table `{name}`"),
                    format!("has no column {}", listed(missing)),
                    "all columns",
                )
            });
            return;
        }
        for (column, kind) in &expected.columns {
            let found = &self.columns[column];
            if found != kind {
                wrong.push(Check::failed(
                    Step::Verify,
                    format!("Column `{name}.{column}`"),
                    format!("is {found}"),
                    kind.clone(),
                    "whoever changed it knows why; no migration of ours changes it back",
                ));
            }
        }
        if self.rls != expected.rls {
            wrong.push(failed(
                format!("Row Level Security of `{name}`"),
                "is off: whoever has a right to the table reads all of it",
                "is on",
            ));
        }
        for index in expected.indexes.difference(&self.indexes) {
            wrong.push(failed(
                format!("Index `{index}`"),
                "is missing or not valid",
                "is there",
            ));
        }
        for (policy, digest) in &expected.policies {
            let found = match self.policies.get(policy) {
                None => "is missing",
                Some(found) if found != digest => "was changed",
                Some(_) => continue,
            };
            wrong.push(failed(
                format!("Policy `{policy}` of `{name}`"),
                found,
                "as we made it",
            ));
        }
        for policy in self
            .policies
            .keys()
            .filter(|policy| !expected.policies.contains_key(*policy))
        {
            wrong.push(Check::failed(
                Step::Verify,
                format!("Policy `{policy}` of `{name}`"),
                "is somebody else's, and opens the table further",
                "only our policies",
                format!("if nobody needs it: drop policy \"{policy}\" on public.{name}"),
            ));
        }
        for (role, rights) in &expected.rights {
            let none = BTreeSet::new();
            let found = self.rights.get(role).unwrap_or(&none);
            if found != rights {
                wrong.push(failed(
                    format!("Rights of `{role}` to `{name}`"),
                    listed(found),
                    listed(rights),
                ));
            }
        }
    }
}

impl Function {
    fn differences(&self, signature: &str, expected: &Function, wrong: &mut Vec<Check>) {
        if self.body != expected.body {
            wrong.push(failed(
                format!("Function `{signature}`"),
                "is of another version",
                "the one of this program",
            ));
        }
        if self.rights != expected.rights {
            wrong.push(failed(
                format!("Who may call `{signature}`"),
                listed(&self.rights),
                listed(&expected.rights),
            ));
        }
    }
}
