//! What `supabase/optional/anon_prototyping.sql` opens: known by name, so that it is told as one
//! warning and not as a dozen faults.

use crate::catalog::Catalog;
use crate::check::{Check, State, Step};

const POLICY: &str = "ops_anon_prototyping";
/// The digest of `ops_catalog` for: select, to anon, using (true). Any other policy of that name is a
/// fault like all foreign ones.
const DIGEST: &str = "74d7485818a216b718b5c5589fb1094f";

/// Tables that the file opens.
const TABLES: [&str; 12] = [
    "lanes",
    "sessions",
    "run_templates",
    "run_template_versions",
    "spec_docs",
    "runs",
    "run_leases",
    "run_attempts",
    "run_logs",
    "run_events",
    "run_steps",
    "artifacts",
];

/// The catalog as it is without what that file opened, and the warning where it did.
pub fn set_aside(found: &Catalog) -> (Catalog, Option<Check>) {
    let mut closed = found.clone();
    let (mut read, mut shut) = (Vec::new(), Vec::new());
    for name in TABLES {
        let Some(table) = closed.tables.get_mut(name) else {
            continue;
        };
        if table.policies.get(POLICY).map(String::as_str) != Some(DIGEST) {
            continue;
        }
        table.policies.remove(POLICY);
        let rights = table.rights.get_mut("anon");
        match rights.is_some_and(|rights| rights.remove("select")) {
            true => read.push(name),
            false => shut.push(name),
        }
    }
    let found = match (read.as_slice(), shut.as_slice()) {
        ([], []) => return (closed, None),
        ([], _) => format!(
            "policy `{POLICY}` is still there, and without a right to a table it opens nothing"
        ),
        (read, _) => format!(
            "whoever has the publishable key reads all of {}",
            read.join(", ")
        ),
    };
    let warning = Check {
        state: State::Warned,
        expected: "anon reads nothing".into(),
        mend: "before anything real runs here, paste supabase/optional/anon_prototyping_off.sql into the SQL editor".into(),
        ..Check::passed(Step::Verify, "Prototyping policies for `anon`", found)
    };
    (closed, Some(warning))
}
