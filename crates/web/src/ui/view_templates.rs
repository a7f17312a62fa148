//! Templates as views: the list, the page of one, and what an editor is told.

use super::json::{list, number, small, some_text, text, time};
use super::view_runs::choices;
use super::words;
use ops_core::FieldError;
use ops_render::view::{
    Badge, Diagnostic, LastRun, Link, Pair, Risk, RunForm, Span, Stamp, StepRow, TemplatePage,
    TemplateRow, Tone, Validation, VersionRow,
};
use ops_render::words::{UnixMs, count, counted, duration};
use ops_render::{Href, form, markdown};
use ops_runbook::Runbook;
use serde_json::{Map, Value};

/// Wherever its source is broken into lines.
fn first_sentence(text: &str) -> String {
    let paragraph = text.split("\n\n").next().unwrap_or_default();
    let line = paragraph.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.find(". ") {
        Some(end) => line[..=end].into(),
        None => line,
    }
}

pub fn row(one: &Value, session: &str, now: UnixMs) -> TemplateRow {
    let slug = text(one, "slug");
    let last = &one["last"];
    let params = one["params"]["properties"].as_object().map_or(0, Map::len) as u64;
    TemplateRow {
        slug: slug.into(),
        href: Href::path(&["templates", slug]).with("session", session),
        title: text(one, "title").into(),
        description: first_sentence(text(one, "description")),
        version: small(one, "version"),
        lane: text(one, "default_lane").into(),
        params: counted(params, "parameter", "parameters"),
        steps: counted(number(one, "steps"), "step", "steps"),
        last: some_text(last, "id").map(|_| LastRun {
            badge: words::badge(last, now),
            href: words::run_href(last),
            age: Span::age(time(last, "created_at").unwrap_or(now), now),
        }),
    }
}

pub fn page(template: &Value, run_form: RunForm, may_act: bool) -> TemplatePage {
    let slug = text(template, "slug");
    let runbook = &template["runbook"];
    let version = small(template, "version");
    let versions = list(template, "versions");
    let newest = versions
        .iter()
        .map(|one| small(one, "version"))
        .max()
        .unwrap_or(version);
    TemplatePage {
        slug: slug.into(),
        title: text(template, "title").into(),
        version,
        description_html: markdown(text(template, "description")),
        facts: facts(template),
        steps: list(runbook, "steps").iter().map(step).collect(),
        form: run_form,
        source: text(template, "source").into(),
        versions: versions
            .iter()
            .map(|one| version_row(slug, one, version, newest))
            .collect(),
        edit: may_act.then(|| Href::path(&["templates", slug, "edit"])),
        can_act: may_act,
        in_use: match number(template, "in_use") {
            0 => String::new(),
            1 => "1 run of it has not ended".into(),
            runs => format!("{} runs of it have not ended", count(runs)),
        },
    }
}

fn facts(template: &Value) -> Vec<Pair> {
    let runbook = &template["runbook"];
    let seconds = |name: &str| i64::try_from(number(runbook, name)).unwrap_or(0);
    let mut facts = vec![
        Pair::new("lane", some_text(template, "default_lane").unwrap_or("A")),
        Pair::new("steps", list(runbook, "steps").len().to_string()),
    ];
    if seconds("timeout") > 0 {
        facts.push(Pair::new("timeout", duration(seconds("timeout") * 1_000)));
    }
    let attempts = number(runbook, "max_attempts").max(1);
    if runbook["max_attempts"].is_u64() {
        facts.push(Pair::new("attempts", format!("at most {attempts}")));
    }
    let secrets: Vec<_> = list(runbook, "secrets")
        .iter()
        .filter_map(Value::as_str)
        .collect();
    if !secrets.is_empty() {
        facts.push(Pair::new("secrets of the worker", secrets.join(", ")));
    }
    facts.push(Pair::new("made by", text(template, "created_by")));
    facts
}

fn step(step: &Value) -> StepRow {
    let id = text(step, "id");
    StepRow {
        id: id.into(),
        title: some_text(step, "title").unwrap_or(id).into(),
        badge: Badge::new(Tone::Off, kind(step)),
        is_once: step["once"] == true,
        note: some_text(step, "if")
            .map(|condition| format!("if {condition}"))
            .unwrap_or_default(),
        ..StepRow::default()
    }
}

/// The kind of a step is the key that it has.
pub fn kind(step: &Value) -> &'static str {
    [
        "run", "http", "wait_for", "artifact", "workflow", "agent", "spec_kit",
    ]
    .into_iter()
    .find(|kind| step.get(kind).is_some())
    .unwrap_or("step")
}

fn version_row(slug: &str, one: &Value, shown: u32, newest: u32) -> VersionRow {
    let version = small(one, "version");
    let page = Href::path(&["templates", slug]);
    VersionRow {
        version,
        created: time(one, "created_at").map(Stamp::at).unwrap_or_default(),
        by: text(one, "created_by").into(),
        is_current: version == shown,
        href: Some(if version == newest {
            page
        } else {
            page.with("version", &version.to_string())
        }),
    }
}

/// What a form is filled with: words of the person, or of the run that is replayed.
#[derive(Default)]
pub struct Filled<'a> {
    pub params: Map<String, Value>,
    pub errors: Vec<FieldError>,
    pub lane: &'a str,
    pub priority: &'a str,
    pub intent: &'a str,
    pub session: &'a str,
    pub replay_of: Option<&'a str>,
    pub idempotency_key: String,
}

/// What a form offers, and to whom.
#[derive(Default)]
pub struct Offered<'a> {
    pub lanes: Vec<&'a str>,
    /// `(id, name)`
    pub sessions: Vec<(&'a str, &'a str)>,
    pub may_act: bool,
}

pub fn run_form(slug: &str, runbook: &Value, offered: &Offered, filled: &Filled) -> RunForm {
    let lanes = offered.lanes.iter().map(|lane| (*lane, *lane));
    let sessions = offered.sessions.iter().copied();
    let mut sessions = choices(sessions, filled.session);
    if !filled.session.is_empty() && !sessions.iter().any(|one| one.chosen) {
        // The one of a replayed run may be old; left out it would be lost without a word.
        let old = format!("session {}", words::short_id(filled.session));
        sessions.extend(choices(
            [(filled.session, old.as_str())].into_iter(),
            filled.session,
        ));
    }
    RunForm {
        template: slug.into(),
        form: form::form(&runbook["params"], &filled.params, &filled.errors),
        lanes: choices(lanes, filled.lane),
        sessions,
        priority: filled.priority.into(),
        intent: filled.intent.into(),
        idempotency_key: filled.idempotency_key.clone(),
        replay_of: filled.replay_of.map(|id| {
            Link::to(
                format!("run {}", words::short_id(id)),
                Href::path(&["runs", id]),
            )
        }),
        risks: risks(runbook),
        is_preview: false,
        can_act: offered.may_act,
    }
}

/// What somebody should know before they queue it.
pub fn risks(runbook: &Value) -> Vec<Risk> {
    let steps = list(runbook, "steps");
    let mut risks = Vec::new();
    let mut add = |tone, word: String| {
        risks.push(Risk {
            badge: Badge::new(tone, word),
        })
    };
    let once = steps.iter().filter(|step| step["once"] == true).count() as u64;
    if once > 0 {
        add(
            Tone::Held,
            format!("{} once only", counted(once, "step runs", "steps run")),
        );
    }
    let secrets = list(runbook, "secrets").len() as u64;
    if secrets > 0 {
        add(
            Tone::Warn,
            format!(
                "uses {} of the worker",
                counted(secrets, "secret", "secrets")
            ),
        );
    }
    let shells = steps.iter().filter(|step| kind(step) == "run").count() as u64;
    if shells > 0 {
        add(
            Tone::Off,
            format!("{} in a shell", counted(shells, "step runs", "steps run")),
        );
    }
    let writes = steps.iter().filter(|step| {
        let method = text(&step["http"], "method").to_ascii_uppercase();
        !matches!(method.as_str(), "" | "GET" | "HEAD" | "OPTIONS")
    });
    let writes = writes.count() as u64;
    if writes > 0 {
        add(
            Tone::Warn,
            format!(
                "{} something over HTTP",
                counted(writes, "step changes", "steps change")
            ),
        );
    }
    risks
}

pub fn validation(source: &str, lanes: &[&str]) -> Validation {
    if source.trim().is_empty() {
        return Validation {
            is_empty: true,
            ..Validation::default()
        };
    }
    match ops_runbook::parse(source, "runbook.yaml") {
        Ok(runbook) => valid(&runbook, lanes),
        Err(diagnostics) => Validation {
            summary: counted(diagnostics.len() as u64, "problem", "problems"),
            diagnostics: diagnostics.iter().map(diagnostic).collect(),
            ..Validation::default()
        },
    }
}

fn valid(runbook: &Runbook, lanes: &[&str]) -> Validation {
    let steps = counted(runbook.steps.len() as u64, "step", "steps");
    let json = serde_json::to_value(runbook).unwrap_or_default();
    let offered = Offered {
        lanes: lanes.to_vec(),
        ..Offered::default()
    };
    let preview = run_form(&runbook.slug, &json, &offered, &Filled::default());
    Validation {
        is_valid: true,
        summary: format!("valid: {steps}"),
        preview: Some(RunForm {
            is_preview: true,
            ..preview
        }),
        ..Validation::default()
    }
}

fn diagnostic(one: &ops_runbook::Diagnostic) -> Diagnostic {
    Diagnostic {
        line: one.line,
        column: one.column,
        code: one.code.as_str().into(),
        message: one.message.clone(),
        hint: one.hint.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const SOURCE: &str = "version: 1\nslug: hi\ntitle: Hi\nparams:\n  name: {type: string}\nsteps:\n  - id: a\n    run: echo\n";

    #[test]
    fn a_list_shows_the_first_sentence() {
        assert_eq!(
            first_sentence("Deploys\nto eu. Then waits.\n\nMore."),
            "Deploys to eu."
        );
        assert_eq!(first_sentence("Deploys v1.2"), "Deploys v1.2");
    }

    #[test]
    fn a_valid_source_gives_the_form_that_it_would_have() {
        let fine = validation(SOURCE, &["A", "B"]);
        assert!(fine.is_valid && fine.diagnostics.is_empty());
        let preview = fine.preview.expect("a preview");
        assert!(preview.is_preview);
        assert_eq!(preview.form.fields[0].name, "/params/name");
        assert_eq!(preview.lanes.len(), 2);
    }

    #[test]
    fn a_faulty_one_says_line_and_column() {
        let faulty = validation(
            "version: 1\nslug: hi\ntitle: Hi\nsteps:\n  - id: a\n    runn: echo\n",
            &[],
        );
        assert!(!faulty.is_valid && faulty.preview.is_none());
        assert!(
            faulty
                .diagnostics
                .iter()
                .any(|one| (one.line, one.column) == (6, 5)),
            "{:?}",
            faulty.diagnostics
        );
        assert!(validation(" \n", &[]).is_empty);
    }

    #[test]
    fn risks_are_said_before_anything_is_queued() {
        let runbook = json!({ "secrets": ["A"], "steps": [{ "id": "a", "run": "x" }, { "id": "b", "http": { "method": "POST" } }] });
        let words: Vec<_> = risks(&runbook)
            .into_iter()
            .map(|risk| risk.badge.word)
            .collect();
        assert_eq!(
            words,
            [
                "uses 1 secret of the worker",
                "1 step runs in a shell",
                "1 step changes something over HTTP"
            ]
        );
    }
}
