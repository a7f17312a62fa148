//! Cancel and retry, many at once: by ids or by a filter.

use crate::args::Format;
use crate::confirm::{Consent, confirmed};
use crate::connection::Room;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::text::{count, plain};
use crate::{output, values};
use clap::Args;
use ops_core::RunStatus;
use ops_core::api::{BulkAnswer, BulkOne, BulkRuns, RunFilter};
use ops_core::limits::BULK_RUNS;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeSet;

/// Which runs. Their state stands beside it: what fits depends on the verb.
#[derive(Debug, Args)]
pub struct Chosen {
    #[arg(value_name = "ID", value_parser = values::id,
        conflicts_with_all = ["status", "lane", "template", "session", "dry_run"])]
    ids: Vec<String>,
    /// Those of this lane
    #[arg(long, value_name = "LANE", value_parser = values::lane)]
    lane: Option<String>,
    /// Those of this template
    #[arg(long, value_name = "SLUG")]
    template: Option<String>,
    /// Those of this session
    #[arg(long, value_name = "ID", value_parser = values::id)]
    session: Option<String>,
    /// Only tell how many they are
    #[arg(long)]
    dry_run: bool,
    /// Do it without asking
    #[arg(short, long)]
    yes: bool,
}

impl Chosen {
    /// The id, where it is one run.
    pub fn only(&self) -> Option<&str> {
        match &self.ids[..] {
            [id] => Some(id),
            _ => None,
        }
    }

    pub fn runs(
        &self,
        status: Option<RunStatus>,
        reason: Option<String>,
    ) -> Result<BulkRuns, Failure> {
        // An id that stands twice is one run.
        let ids: BTreeSet<&String> = self.ids.iter().collect();
        let filter = RunFilter {
            status,
            lane: self.lane.clone(),
            template: self.template.clone(),
            session_id: self.session.clone(),
        };
        let any = filter.status.is_some()
            || filter.lane.is_some()
            || filter.template.is_some()
            || filter.session_id.is_some();
        if ids.is_empty() && !any {
            return Err(Failure::usage(
                "which runs? None is named",
                "give ids, or one or more of --status, --lane, --template and --session",
            ));
        }
        Ok(BulkRuns {
            run_ids: (!any).then(|| ids.into_iter().cloned().collect()),
            filter: any.then_some(filter),
            dry_run: self.dry_run,
            reason,
        })
    }

    /// Whoever names each run has decided.
    pub fn consent(&self) -> Consent {
        if self.yes || !self.ids.is_empty() {
            Consent::Given
        } else {
            Consent::Needed
        }
    }
}

#[derive(Debug, Clone, Copy)]
pub struct Verb {
    name: &'static str,
    infinitive: &'static str,
    past: &'static str,
    /// Which end of an answer is the run that was chosen.
    chosen: fn(&BulkOne) -> Option<&String>,
}

impl Verb {
    /// `cancel 3 runs`.
    fn of(self, number: u64) -> String {
        format!("{} {}", self.infinitive, count(number, "run"))
    }
}

pub const CANCEL: Verb = Verb {
    name: "runs.cancel",
    infinitive: "cancel",
    past: "cancelled",
    chosen: |one| one.run_id.as_ref(),
};

pub const RETRY: Verb = Verb {
    name: "runs.retry",
    infinitive: "retry",
    past: "retried",
    chosen: |one| one.retry_of.as_ref(),
};

pub async fn run(
    room: &Room,
    verb: Verb,
    mut runs: BulkRuns,
    consent: Consent,
    format: Format,
) -> Result<Exit, Failure> {
    if runs.dry_run {
        return count_only(room, verb, &runs, format).await;
    }
    if consent == Consent::Needed && !asked(room, verb, &mut runs).await? {
        output::note("nothing was changed");
        return Ok(Exit::Failed);
    }
    let answer: Value = room.ask(room.client.post(verb.name, &runs)).await?;
    let done = BulkAnswer::deserialize(&answer).map_err(|error| Failure::Strange {
        address: room.address.clone(),
        why: error.to_string(),
    })?;
    let refused = refused(verb, &runs, &done);
    if format == Format::Json {
        output::json(&answer)?;
    } else {
        for one in done.runs.iter().filter(|one| one.code.is_none()) {
            output::line(one.run_id.as_deref().unwrap_or_default())?;
        }
        tell(verb, &runs, &done);
    }
    for (id, why) in &refused {
        output::note(format_args!("not {}: {id}: {}", verb.past, plain(why)));
    }
    Ok(if refused.is_empty() {
        Exit::Success
    } else {
        Exit::Refused
    })
}

async fn count_only(
    room: &Room,
    verb: Verb,
    runs: &BulkRuns,
    format: Format,
) -> Result<Exit, Failure> {
    let told: Value = room.ask(room.client.post(verb.name, runs)).await?;
    match format {
        Format::Json => output::json(&told)?,
        Format::People => {
            let number = told["count"].as_u64().unwrap_or_default();
            output::line(format_args!("would {}", verb.of(number)))?;
        }
    }
    Ok(Exit::Success)
}

/// Whether a person wants it, who is told how many they are. Of none nobody is asked.
async fn asked(room: &Room, verb: Verb, runs: &mut BulkRuns) -> Result<bool, Failure> {
    runs.dry_run = true;
    let told: Value = room.ask(room.client.post(verb.name, runs)).await?;
    runs.dry_run = false;
    let number = told["count"].as_u64().unwrap_or_default();
    Ok(number == 0 || confirmed(&verb.of(number))?)
}

fn tell(verb: Verb, runs: &BulkRuns, done: &BulkAnswer) {
    let good = done.runs.iter().filter(|one| one.code.is_none()).count();
    output::note(format_args!("{} {}", verb.past, count(good as u64, "run")));
    if runs.filter.is_some() && done.runs.len() >= BULK_RUNS {
        output::note(format_args!(
            "{BULK_RUNS} is the most at once; there may be more"
        ));
    }
}

/// Each with its reason; among them the ids to which there is no answer.
fn refused(verb: Verb, runs: &BulkRuns, done: &BulkAnswer) -> Vec<(String, String)> {
    let mut refused: Vec<_> = done
        .runs
        .iter()
        .filter_map(|one| {
            let why = one.detail.clone().unwrap_or(one.code?.to_string());
            Some(((verb.chosen)(one).cloned().unwrap_or_default(), why))
        })
        .collect();
    let answered: BTreeSet<_> = done.runs.iter().filter_map(verb.chosen).collect();
    let asked = runs.run_ids.iter().flatten();
    refused.extend(
        asked
            .filter(|id| !answered.contains(id))
            .map(|id| (id.clone(), "there is no such run".into())),
    );
    refused
}
