//! What the wizard found, as a page.

use ops_core::Code;
use ops_render::view::{Badge, SetupCheck, SetupPage, SetupStep, Tone};
use ops_schema::{Check, State, Step};
use serde_json::{Map, Value};

/// The answer of `ops_health`, or why there is none.
pub type Facts = Result<Map<String, Value>, Code>;

/// While the schema is not there, and the moment when it is.
pub fn watching(facts: &Facts) -> SetupPage {
    let mut page = SetupPage {
        live: "/ui/setup".into(),
        poll_ms: 2_000,
        steps: steps(&[reach(facts), schema(facts)]),
        is_installed: facts.is_ok(),
        ..SetupPage::default()
    };
    let shell = |rest: &str| format!("ops setup {rest}");
    match facts {
        Ok(_) => {
            page.verdict = "The schema is there. `ops setup` makes the first operator token: sign in with it, and this page verifies the rest.".into();
            page.commands = vec![shell("--supabase-url https://….supabase.co")];
        }
        Err(Code::NotInstalled) => {
            page.offers_sql = true;
            page.commands = vec![
                shell("--supabase-url https://….supabase.co"),
                shell("--database-url postgres://…"),
            ];
        }
        // Nothing is worth pasting into a database that does not answer.
        Err(_) => page.commands = vec![shell("--supabase-url https://….supabase.co --check")],
    }
    page
}

/// All three steps, for an operator.
pub fn verified(facts: &Facts, verify: &[Check]) -> SetupPage {
    let mut checks = vec![reach(facts), schema(facts)];
    checks.extend_from_slice(verify);
    let failed = checks.iter().filter(|check| !check.is_fine()).count();
    let warned = checks.iter().any(|check| check.state == State::Warned);
    SetupPage {
        steps: steps(&checks),
        verdict: match (failed, warned) {
            (0, false) => "The installation is whole.".into(),
            (0, true) => "The installation is whole, with a warning.".into(),
            (1, _) => "1 problem.".into(),
            (failed, _) => format!("{failed} problems."),
        },
        commands: match failed {
            0 => Vec::new(),
            _ => vec!["ops setup --supabase-url https://….supabase.co".into()],
        },
        // Pasted again it puts back what was changed.
        offers_sql: failed > 0,
        is_installed: true,
        ..SetupPage::default()
    }
}

fn reach(facts: &Facts) -> Check {
    let title = "The database answers";
    match facts {
        Ok(facts) => {
            let version = facts.get("postgres").and_then(Value::as_str);
            let found = version.map_or("it answers".into(), |version| {
                format!("PostgreSQL {version}")
            });
            Check::passed(Step::Reach, title, found)
        }
        Err(Code::NotInstalled) => Check::passed(Step::Reach, title, "it answers"),
        Err(_) => Check::failed(
            Step::Reach,
            title,
            "no answer",
            "an answer within 8 s",
            "Look whether it runs, whether address and key are right, and at this server's log.",
        ),
    }
}

fn schema(facts: &Facts) -> Check {
    let title = "The schema is installed";
    match facts {
        Ok(facts) => {
            let version = facts.get("schema").and_then(Value::as_str);
            let version = version.unwrap_or("unknown");
            Check::passed(Step::Schema, title, format!("version {version}"))
        }
        Err(Code::NotInstalled) => Check::failed(
            Step::Schema,
            title,
            "none",
            "a version of ours",
            "Paste the SQL below, or run `ops setup`. Where you have done that, Supabase REST may not have noticed: run notify pgrst, 'reload schema' in the SQL editor.",
        ),
        Err(_) => Check::skipped(Step::Schema, title, ""),
    }
}

fn steps(checks: &[Check]) -> Vec<SetupStep> {
    let titled = [
        (Step::Reach, "Reach"),
        (Step::Schema, "Schema"),
        (Step::Verify, "Verify"),
    ];
    titled
        .into_iter()
        .map(|(step, title)| SetupStep {
            title: title.into(),
            checks: checks.iter().filter(|c| c.step == step).map(line).collect(),
        })
        .filter(|step| !step.checks.is_empty())
        .collect()
}

fn line(check: &Check) -> SetupCheck {
    let (tone, word) = match check.state {
        State::Passed | State::Mended => (Tone::Ok, "passed"),
        State::Skipped => (Tone::Queued, "not tried"),
        State::Noted => (Tone::Queued, "note"),
        State::Warned => (Tone::Warn, "warning"),
        State::Failed => (Tone::Bad, "failed"),
    };
    SetupCheck {
        badge: Badge::new(tone, word),
        title: check.title.clone(),
        found: check.found.clone(),
        expected: check.expected.clone(),
        hint: check.mend.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn words(page: &SetupPage) -> Vec<(&str, &str)> {
        let checks = page.steps.iter().flat_map(|step| &step.checks);
        checks
            .map(|check| (check.badge.word.as_str(), check.found.as_str()))
            .collect()
    }

    #[test]
    fn while_it_watches_each_step_says_what_was_found() {
        let missing = watching(&Err(Code::NotInstalled));
        assert_eq!(
            words(&missing),
            [("passed", "it answers"), ("failed", "none")]
        );
        assert!(missing.offers_sql);
        let down = watching(&Err(Code::Unavailable));
        assert_eq!(
            words(&down),
            [("failed", "no answer"), ("not tried", "not tried")]
        );
        assert!(!down.offers_sql);
        let Value::Object(facts) = json!({ "schema": "1", "postgres": "15.1" }) else {
            unreachable!("an object")
        };
        let there = watching(&Ok(facts));
        assert!(there.is_installed);
        assert_eq!(
            words(&there),
            [("passed", "PostgreSQL 15.1"), ("passed", "version 1")]
        );
    }

    #[test]
    fn a_verdict_counts_problems_and_mentions_warnings() {
        let facts: Facts = Ok(Map::new());
        let good = Check::passed(Step::Verify, "a", "b");
        let bad = Check::failed(Step::Verify, "a", "b", "c", "d");
        let warned = Check {
            state: State::Warned,
            ..good.clone()
        };
        let verdict = |checks: &[Check]| verified(&facts, checks).verdict;
        assert_eq!(
            verdict(std::slice::from_ref(&good)),
            "The installation is whole."
        );
        assert_eq!(
            verdict(&[good, warned]),
            "The installation is whole, with a warning."
        );
        assert_eq!(verdict(std::slice::from_ref(&bad)), "1 problem.");
        assert_eq!(verdict(&[bad.clone(), bad]), "2 problems.");
    }
}
