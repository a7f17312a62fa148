//! Mode `spec`: generates a bundle where a PRD is named, and checks bundles of the workspace. It asks
//! no control room.

mod changed;

use crate::artifacts::Kept;
use crate::commands::{self, print};
use crate::environment::Environment;
use crate::failure::Failure;
use crate::inputs::{Inputs, SpecFails, SpecInputs};
use crate::summary::{self, SUMMARY_BYTES};
use crate::upload;
use changed::Scope;
use ops_spec_files::{Check, Generate, Plan, State, day_of_epoch, write_report};
use ops_spec_kit::check::Options;
use ops_spec_kit::config::{Config, Date};
use ops_spec_kit::generate::Overwrite;
use ops_spec_kit::report::{self, Colour, Exit, Report};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Nested documents are read by functions that call themselves.
const STACK_BYTES: usize = 64 * 1024 * 1024;

pub async fn spec(inputs: &Inputs, environment: &Environment) -> Result<ExitCode, Failure> {
    let root = environment
        .workspace()
        .unwrap_or_else(|| PathBuf::from("."));
    let date = environment.get("SOURCE_DATE_EPOCH").and_then(day_of_epoch);
    let mut check = check(&inputs.spec, &root, date.as_deref());
    if let (Some(prd), Some(out)) = (&inputs.spec.prd, &inputs.out) {
        let generate = Generate {
            root: root.clone(),
            from: prd.into(),
            out: out.into(),
            slug: None,
            date,
            overwrite: Overwrite::Untouched,
        };
        let plan = guarded(move || {
            let plan = generate.plan()?;
            plan.write()?;
            Ok(plan)
        })?;
        publish(&plan, &root.join(out), environment).await?;
        if check.paths.is_empty() {
            check.paths.push(out.into());
        }
    }
    let asked = environment.clone();
    let report = match check.paths.is_empty() {
        false => guarded(move || against_base(check, &asked))?,
        true => guarded(move || check_touched(check, &asked))?,
    };
    tell(&report, environment)?;
    Ok(match (inputs.spec.fails, report.exit()) {
        (SpecFails::Never, _) | (_, Exit::Ok) => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    })
}

/// Where nobody says what: what the pull request touches, else all that there is.
fn check_touched(mut check: Check, environment: &Environment) -> Result<Report, Failure> {
    match changed::scope(environment, &check.root) {
        Scope::Workspace => check.paths.push(".".into()),
        Scope::Unknown(why) => {
            let words = format!("all bundles are checked: {why}");
            commands::annotate(commands::Level::Notice, Some("spec"), &words);
            check.paths.push(".".into());
        }
        Scope::Changed {
            paths,
            of: (some, all),
        } => {
            print(&commands::defused(&format!(
                "checking {some} of {all} bundles, those that this pull request changes"
            )));
            if paths.is_empty() {
                let config = Config::default();
                return Ok(ops_spec_kit::check::check(&[], &Options::new(&config)));
            }
            check.paths = paths;
        }
    }
    against_base(check, environment)
}

/// On a pull request an id that is given to another thing, and a principle that changes without the
/// version, are found by comparing with what the base has.
fn against_base(mut check: Check, environment: &Environment) -> Result<Report, Failure> {
    let folder = environment.temporary().join("ops-spec-base");
    match changed::lay_out(environment, &check.root, &check.paths, &folder) {
        Ok(None) => {}
        Ok(Some(())) => check.base = Some(folder),
        Err(why) => {
            let words = format!("nothing is compared with the base: {why}");
            commands::annotate(commands::Level::Notice, Some("spec"), &words);
        }
    }
    Ok(check.run()?)
}

fn check(inputs: &SpecInputs, root: &Path, date: Option<&str>) -> Check {
    Check {
        root: root.into(),
        paths: inputs.paths.iter().map(PathBuf::from).collect(),
        date: date.and_then(Date::parse),
        fail_level: match inputs.fails {
            SpecFails::From(severity) => Some(severity),
            SpecFails::AsConfigured | SpecFails::Never => None,
        },
        ..Check::default()
    }
}

/// A crash fails the job with words of its own: it never reads as clean, nor as findings.
fn guarded<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    let thread = std::thread::Builder::new().stack_size(STACK_BYTES);
    let thread = thread.spawn(work).map_err(Failure::Runtime)?;
    thread.join().unwrap_or(Err(Failure::Crashed))
}

/// The documents of a bundle, whether they changed or not.
async fn publish(plan: &Plan, folder: &Path, environment: &Environment) -> Result<(), Failure> {
    for change in &plan.changes {
        let word = match change.state {
            State::New => "new",
            State::Changed => "changed",
            State::Same => "unchanged",
        };
        print(&commands::defused(&format!(
            "{word} {}",
            plan.out.join(&change.name).display()
        )));
    }
    for note in &plan.output.notes {
        commands::annotate(commands::Level::Notice, Some(&plan.slug), note);
    }
    let kept: Vec<Kept> = plan
        .files()
        .map(|(name, _)| Kept {
            name: format!("{}-{name}", plan.slug),
            path: folder.join(name),
        })
        .collect();
    upload::offer(&kept, "the documents", environment).await;
    summary::outputs(environment, &[("artifacts", folder.display().to_string())])
}

/// To the log, beside the lines, into the summary, and as a file for code scanning.
fn tell(report: &Report, environment: &Environment) -> Result<(), Failure> {
    let token = commands::token().map_err(Failure::Runtime)?;
    print(&commands::group(
        "findings",
        &report::text(report, Colour::Plain),
        &token,
    ));
    print(commands::defused(&report::annotations(report)).trim_end());
    summary::append(
        environment,
        "GITHUB_STEP_SUMMARY",
        &short(&report::markdown(report)),
    )?;
    let sarif = environment.temporary().join("ops-spec.sarif");
    write_report(&sarif, &report::sarif(report))?;
    summary::outputs(
        environment,
        &[
            ("sarif", sarif.display().to_string()),
            ("errors", report.counts.errors.to_string()),
            ("warnings", report.counts.warnings.to_string()),
            ("notes", report.counts.notes.to_string()),
        ],
    )
}

/// Whole lines, as many as the runner takes.
fn short(markdown: &str) -> String {
    if markdown.len() <= SUMMARY_BYTES {
        return markdown.to_owned();
    }
    let mut kept = String::new();
    for line in markdown.split_inclusive('\n') {
        if kept.len() + line.len() > SUMMARY_BYTES {
            break;
        }
        kept.push_str(line);
    }
    kept.push_str("\nThe rest does not fit here; the SARIF file has all of it.\n");
    kept
}

#[cfg(test)]
mod tests;
