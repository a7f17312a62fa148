//! From drafts to a report: severities, suppressions, baseline, fingerprints, order.

use super::Options;
use super::draft::{Draft, Drafts, line, top};
use super::words::normal;
use crate::bundle::{Bundle, file_name, folder};
use crate::config::{Baseline, Config, Date};
use crate::digest::sha256;
use crate::facts::{Document, Suppression};
use crate::order::{Gather, Order};
use crate::report::{
    Counts, Coverage, Finding, Related, Report, Suppressed, SuppressedBy, VERSION,
};
use crate::rules::{Severity, rule};
use crate::secrets::masked;
use crate::text::Source;
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn report(
    drafts: Drafts,
    bundles: &[&Bundle],
    coverage: Vec<Coverage>,
    options: &Options<'_>,
) -> Report {
    let sources = sources(bundles);
    let mut keeper = Keeper {
        options,
        comments: comments(bundles),
        used: BTreeSet::new(),
        used_config: BTreeSet::new(),
        used_baseline: BTreeSet::new(),
        findings: Vec::new(),
        suppressed: Vec::new(),
    };
    let mut counter = Counter::default();
    for draft in sorted(drafts.list) {
        if let Some(finding) = counter.finding(draft, options.config, &sources) {
            keeper.take(finding);
        }
    }
    let mut tell = |keeper: &mut Keeper<'_, '_>, own: Vec<Draft>| {
        for draft in sorted(own) {
            if let Some(finding) = counter.finding(draft, options.config, &sources) {
                keeper.take_own(finding);
            }
        }
    };
    // Each asks what was used, so what uses it comes before.
    let of_comments = keeper.of_comments();
    tell(&mut keeper, of_comments);
    let of_config = keeper.of_config(bundles);
    tell(&mut keeper, of_config);
    let of_baseline = keeper.of_baseline();
    tell(&mut keeper, of_baseline);
    let mut findings = keeper.findings;
    findings.order_by(|a, b| (&a.place, &a.rule, &a.message).cmp(&(&b.place, &b.rule, &b.message)));
    let count = |severity| findings.iter().filter(|f| f.severity == severity).count();
    let counts = Counts {
        errors: count(Severity::Error),
        warnings: count(Severity::Warning),
        notes: count(Severity::Note),
        suppressed: keeper.suppressed.len(),
    };
    Report {
        version: VERSION,
        tool: format!("{} {}", env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION")),
        fail_level: options.config.fail_level,
        counts,
        findings,
        suppressed: keeper.suppressed,
        coverage: coverage.into_iter().map(covered).collect(),
        files: files(bundles),
    }
}

/// By place, then rule; what two bundles that share a file both report is one.
fn sorted(mut drafts: Vec<Draft>) -> Vec<Draft> {
    drafts.order_by(|a, b| (&a.place, a.rule, &a.message).cmp(&(&b.place, b.rule, &b.message)));
    drafts.dedup_by(|a, b| a.rule == b.rule && a.place == b.place && a.message == b.message);
    drafts
}

/// Texts of documents go into the matrix, too.
fn covered(mut coverage: Coverage) -> Coverage {
    for row in &mut coverage.rows {
        row.text = masked(&row.text);
    }
    coverage
}

fn files(bundles: &[&Bundle]) -> Vec<String> {
    let read = bundles.iter().flat_map(|bundle| {
        let documents = bundle.documents().map(|d| d.source.file());
        let sql = bundle.sql.iter().map(Source::file);
        let refused = bundle.unreadable.iter().map(|file| file.file.as_str());
        documents.chain(sql).chain(refused)
    });
    let unique: BTreeSet<&str> = read.into_set();
    unique.into_iter().map(str::to_owned).collect()
}

type Sources<'a> = BTreeMap<&'a str, &'a Source>;

fn sources<'a>(bundles: &[&'a Bundle]) -> Sources<'a> {
    let mut found = BTreeMap::new();
    for bundle in bundles {
        let documents = bundle.documents().chain(&bundle.source).map(|d| &d.source);
        for source in documents.chain(&bundle.sql).chain(&bundle.config) {
            found.insert(source.file(), source);
        }
    }
    found
}

/// Makes findings, and tells those apart that would have one fingerprint.
#[derive(Default)]
struct Counter {
    seen: BTreeMap<String, usize>,
}

impl Counter {
    fn finding(&mut self, draft: Draft, config: &Config, sources: &Sources<'_>) -> Option<Finding> {
        let rule = rule(draft.rule)?;
        let severity = config.level(rule.id, draft.severity.unwrap_or(rule.severity))?;
        let text = sources
            .get(draft.place.file.as_str())
            .map_or("", |source| source.line(draft.place.line));
        Some(Finding {
            rule: rule.id.to_owned(),
            severity,
            message: masked(&draft.message),
            hint: masked(draft.hint.as_deref().unwrap_or(rule.fix)),
            line_text: covered_line(&draft, text, sources),
            related: draft
                .related
                .iter()
                .map(|related| Related {
                    message: masked(&related.message),
                    place: related.place.clone(),
                })
                .collect(),
            fingerprint: self.fingerprint(&draft),
            node: draft.node,
            place: draft.place,
        })
    }

    /// Of the rule, the folder and name of the file, the thing and its words; not of the line, and
    /// not of where the tree lies.
    fn fingerprint(&mut self, draft: &Draft) -> String {
        let file = &draft.place.file;
        let of = [
            draft.rule,
            file_name(folder(file)),
            file_name(file),
            draft.node.as_deref().unwrap_or(""),
            &normal(&draft.key),
        ]
        .join("\n");
        let count = self.seen.entry(of.clone()).or_insert(0);
        *count += 1;
        let hash = match *count {
            1 => sha256(of.as_bytes()),
            count => sha256(format!("{of}\n{count}").as_bytes()),
        };
        hash.get(..32).unwrap_or(&hash).to_owned()
    }
}

/// A key's block goes on over lines that no pattern knows alone, so they are not shown at all.
fn covered_line(draft: &Draft, text: &str, sources: &Sources<'_>) -> String {
    let is_long = text.len() >= 40
        && text
            .trim()
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"+/=".contains(&b));
    let has_keys = || {
        sources
            .get(draft.place.file.as_str())
            .is_some_and(|source| source.text().contains("PRIVATE KEY"))
    };
    if is_long && has_keys() {
        return "•".repeat(text.chars().count());
    }
    masked(text)
}

struct Comment<'a> {
    document: &'a Document,
    suppression: &'a Suppression,
}

fn comments<'a>(bundles: &[&'a Bundle]) -> BTreeMap<&'a str, Vec<Comment<'a>>> {
    let mut found: BTreeMap<&str, Vec<Comment<'_>>> = BTreeMap::new();
    for document in bundles.iter().flat_map(|bundle| bundle.documents()) {
        let list = found.entry(document.source.file()).or_default();
        if list.is_empty() {
            list.extend(document.suppressions.iter().map(|suppression| Comment {
                document,
                suppression,
            }));
        }
    }
    found
}

struct Keeper<'a, 'b> {
    options: &'a Options<'b>,
    comments: BTreeMap<&'a str, Vec<Comment<'a>>>,
    /// File and index of comments that hid something.
    used: BTreeSet<(&'a str, usize)>,
    used_config: BTreeSet<usize>,
    used_baseline: BTreeSet<usize>,
    findings: Vec<Finding>,
    suppressed: Vec<Suppressed>,
}

impl<'a> Keeper<'a, '_> {
    fn take(&mut self, finding: Finding) {
        match self.accepted(&finding) {
            Some((by, reason)) => self.suppressed.push(Suppressed {
                finding,
                by,
                reason: masked(&reason),
            }),
            None => self.findings.push(finding),
        }
    }

    /// Findings about suppressions: only the baseline and the configuration hide them.
    fn take_own(&mut self, finding: Finding) {
        let known = self
            .by_config(&finding)
            .or_else(|| self.by_baseline(&finding));
        match known {
            Some((by, reason)) => self.suppressed.push(Suppressed {
                finding,
                by,
                reason,
            }),
            None => self.findings.push(finding),
        }
    }

    fn accepted(&mut self, finding: &Finding) -> Option<(SuppressedBy, String)> {
        self.by_comment(finding)
            .or_else(|| self.by_config(finding))
            .or_else(|| self.by_baseline(finding))
    }

    fn by_comment(&mut self, finding: &Finding) -> Option<(SuppressedBy, String)> {
        let date = self.options.date;
        let (file, comments) = self.comments.get_key_value(finding.place.file.as_str())?;
        let (at, comment) = comments.iter().enumerate().find(|(_, comment)| {
            let suppression = comment.suppression;
            let (first, last) = suppression.lines;
            suppression.rule.eq_ignore_ascii_case(&finding.rule)
                && (first..=last).contains(&finding.place.line)
                && wrong(suppression).is_none()
                && !has_ended(suppression, date)
        })?;
        self.used.insert((file, at));
        Some((
            SuppressedBy::Comment,
            comment.suppression.reason.trim().to_owned(),
        ))
    }

    fn by_config(&mut self, finding: &Finding) -> Option<(SuppressedBy, String)> {
        let date = self.options.date;
        let (at, accepted) = self.options.config.suppressions.iter().enumerate().find(
            |(_, accepted)| {
                let ended =
                    matches!((accepted.until, date), (Some(until), Some(today)) if until < today);
                !ended && accepted.covers(finding)
            },
        )?;
        self.used_config.insert(at);
        Some((SuppressedBy::Configuration, accepted.reason.clone()))
    }

    fn by_baseline(&mut self, finding: &Finding) -> Option<(SuppressedBy, String)> {
        let baseline: &Baseline = self.options.baseline?;
        let (at, entry) = baseline.entries.iter().enumerate().find(|(_, entry)| {
            entry.rule == finding.rule && entry.fingerprint == finding.fingerprint
        })?;
        self.used_baseline.insert(at);
        Some((SuppressedBy::Baseline, entry.reason.clone()))
    }

    fn of_comments(&self) -> Vec<Draft> {
        let mut drafts = Vec::new();
        for (file, comments) in &self.comments {
            for (at, comment) in comments.iter().enumerate() {
                let is_used = self.used.contains(&(*file, at));
                drafts.extend(self.of_comment(comment, is_used));
            }
        }
        drafts
    }

    fn of_comment(&self, comment: &Comment<'_>, is_used: bool) -> Option<Draft> {
        let suppression = comment.suppression;
        let draft = |rule, message: String| {
            let key = format!("{} {}", suppression.rule, suppression.reason);
            Draft::at(rule, comment.document, suppression.span, message).key(key)
        };
        if let Some(message) = wrong(suppression) {
            return Some(draft("SK-SUP-002", message));
        }
        if has_ended(suppression, self.options.date) {
            let message = format!(
                "the suppression of {} ended on {}",
                suppression.rule,
                suppression.until.as_deref().unwrap_or("")
            );
            return Some(draft("SK-SUP-001", message));
        }
        (!is_used).then(|| {
            let message = format!("the suppression of {} hides nothing", suppression.rule);
            draft("SK-SUP-003", message)
        })
    }

    fn of_config(&self, bundles: &[&Bundle]) -> Vec<Draft> {
        let file = bundles
            .iter()
            .find_map(|bundle| bundle.config.as_ref())
            .map_or("spec-kit.toml", Source::file);
        let entries = self.options.config.suppressions.iter().enumerate();
        let of = |(at, accepted): (usize, &crate::config::Accepted)| {
            let ended = match (accepted.until, self.options.date) {
                (Some(until), Some(today)) if until < today => Some(until),
                _ => None,
            };
            let (rule, message) = match ended {
                Some(until) => (
                    "SK-SUP-001",
                    format!("the suppression of {} ended on {until}", accepted.rule),
                ),
                None if self.used_config.contains(&at) => return None,
                None => (
                    "SK-SUP-003",
                    format!("the suppression of {} hides nothing", accepted.rule),
                ),
            };
            let key = format!("{} {}", accepted.rule, accepted.reason);
            Some(Draft::at_place(rule, line(file, accepted.line), message).key(key))
        };
        entries.filter_map(of).collect()
    }

    fn of_baseline(&self) -> Vec<Draft> {
        let Some(baseline) = self.options.baseline else {
            return Vec::new();
        };
        let stale = baseline
            .entries
            .iter()
            .enumerate()
            .filter(|(at, _)| !self.used_baseline.contains(at));
        stale
            .map(|(_, entry)| {
                let message = format!(
                    "{} in {} is not found any more: {}",
                    entry.rule, entry.file, entry.message
                );
                Draft::at_place("SK-BAS-001", top(&baseline.file), message)
                    .key(entry.fingerprint.clone())
            })
            .collect()
    }
}

/// What is wrong with a suppression, so that it hides nothing.
fn wrong(suppression: &Suppression) -> Option<String> {
    if rule(&suppression.rule).is_none() {
        return Some(format!(
            "there is no rule \"{}\" to suppress",
            suppression.rule
        ));
    }
    if suppression.reason.trim().is_empty() {
        return Some(format!(
            "the suppression of {} has no reason",
            suppression.rule
        ));
    }
    let until = suppression.until.as_deref()?;
    Date::parse(until).is_none().then(|| {
        format!(
            "the suppression of {} ends \"{until}\", which is no date",
            suppression.rule
        )
    })
}

fn has_ended(suppression: &Suppression, date: Option<Date>) -> bool {
    let until = suppression.until.as_deref().and_then(Date::parse);
    matches!((until, date), (Some(until), Some(today)) if until < today)
}
