//! Who sweeps where no server runs. Never a fault: claims sweep too, only later.

use crate::check::{Check, Step};
use serde::Deserialize;

/// The job `ops-sweep` of pg_cron.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Schedule {
    /// Whether whoever asked may look at the jobs. Supabase REST may not, a connection as the owner may.
    pub is_readable: bool,
    /// Absent where there is no such job.
    pub every: Option<String>,
    pub is_active: Option<bool>,
}

/// The sums are in docs/DEPLOY.md.
const OTHERS: &str = "servers sweep each second, busy claims every 2 s and idle ones every 16 s at most, \
                      the schedule workflow every 5 minutes; a lost worker's run is queued again by the \
                      first of them after its lease";

pub fn check(found: Option<&Schedule>) -> Check {
    let noted = |found: String, mend: &str| {
        let found = format!("{found}: {OTHERS}");
        Check::noted(Step::Verify, "Schedule", found, mend)
    };
    let Some(schedule) = found else {
        return noted(
            "no pg_cron".into(),
            "needed only where neither a server nor a worker always runs: enable pg_cron and paste supabase/schemas/96_schedule.sql",
        );
    };
    match (schedule.is_readable, &schedule.every, schedule.is_active) {
        (false, _, _) => noted(
            "pg_cron is there, and its jobs may not be read from here".into(),
            "look in the SQL editor: select jobname, schedule, active from cron.job",
        ),
        (true, Some(every), Some(true)) => Check::passed(
            Step::Verify,
            "Schedule",
            format!(
                "pg_cron runs `ops-sweep` ({every}): a lost worker's run is queued again within its lease and {}",
                pause(every)
            ),
        ),
        (true, Some(every), _) => noted(
            format!("`ops-sweep` of pg_cron ({every}) is switched off"),
            "select cron.alter_job(jobid, active := true) from cron.job where jobname = 'ops-sweep'",
        ),
        (true, None, _) => noted(
            "pg_cron is there, without a job `ops-sweep` of this role".into(),
            "paste supabase/schemas/96_schedule.sql into the SQL editor",
        ),
    }
}

fn pause(every: &str) -> &str {
    match every {
        // Before 1.5 pg_cron knows minutes alone.
        "* * * * *" => "1 minute",
        seconds if seconds.ends_with("seconds") => seconds,
        _ => "one turn of that schedule",
    }
}
