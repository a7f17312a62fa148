use super::{Accepted, Config, Date, Level};
use crate::rules::{Severity, rule};
use serde::Deserialize;
use std::collections::BTreeMap;
use toml::Spanned;

/// A configuration that cannot be used, with its line from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    #[error("{file}:{line}: {reason}")]
    Toml {
        file: String,
        line: u32,
        reason: String,
    },
    #[error("{file}:{line}: there is no rule {rule}; `rules` lists them")]
    Rule {
        file: String,
        line: u32,
        rule: String,
    },
    #[error("{file}:{line}: coverage_floor is {found}; it is a share of a hundred")]
    Floor { file: String, line: u32, found: u32 },
    #[error("{file}:{line}: id_width is {found}; 1 to 9 digits are possible")]
    Width {
        file: String,
        line: u32,
        found: usize,
    },
    #[error("{file}:{line}: until is \"{found}\"; a date is written 2027-01-31")]
    Until {
        file: String,
        line: u32,
        found: String,
    },
    #[error("{file}:{line}: a suppression needs a reason")]
    Reason { file: String, line: u32 },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    fail_level: Option<Severity>,
    id_width: Option<Spanned<usize>>,
    max_clarifications: Option<usize>,
    vague_terms: Option<Vec<String>>,
    more_vague_terms: Option<Vec<String>>,
    denied_packages: Option<Vec<String>>,
    more_denied_packages: Option<Vec<String>>,
    coverage_floor: Option<Spanned<u32>>,
    baseline: Option<String>,
    #[serde(default)]
    sql: Vec<String>,
    #[serde(default)]
    rules: BTreeMap<Spanned<String>, WrittenLevel>,
    #[serde(default)]
    suppress: Vec<Spanned<WrittenSuppression>>,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum WrittenLevel {
    Off,
    Note,
    Warning,
    Error,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenSuppression {
    rule: Spanned<String>,
    file: Option<String>,
    node: Option<String>,
    fingerprint: Option<String>,
    reason: String,
    until: Option<Spanned<String>>,
}

struct Reader<'a> {
    file: &'a str,
    text: &'a str,
}

impl Config {
    /// # Errors
    /// What is no TOML 1.0, fields that do not exist, rules that do not exist, numbers and dates
    /// that cannot be: each with its line.
    pub fn parse(file: &str, text: &str) -> Result<Self, ConfigError> {
        let reader = Reader { file, text };
        let written: Written = toml::from_str(text).map_err(|error| ConfigError::Toml {
            file: file.to_owned(),
            line: reader.line(error.span().map_or(0, |span| span.start)),
            reason: error.message().trim().replace('\n', "; "),
        })?;
        reader.config(written)
    }
}

impl Reader<'_> {
    fn config(&self, written: Written) -> Result<Config, ConfigError> {
        let mut config = Config::default();
        if let Some(level) = written.fail_level {
            config.fail_level = level;
        }
        if let Some(width) = written.id_width {
            config.id_width = self.width(&width)?;
        }
        if let Some(most) = written.max_clarifications {
            config.max_clarifications = most;
        }
        if let Some(terms) = written.vague_terms {
            config.vague_terms = terms;
        }
        config
            .vague_terms
            .extend(written.more_vague_terms.unwrap_or_default());
        for term in &mut config.vague_terms {
            *term = term.to_lowercase();
        }
        if let Some(names) = written.denied_packages {
            config.denied_packages = names;
        }
        config
            .denied_packages
            .extend(written.more_denied_packages.unwrap_or_default());
        if let Some(floor) = written.coverage_floor {
            config.coverage_floor = Some(self.floor(&floor)?);
        }
        config.baseline = written.baseline;
        config.sql = written.sql;
        for (name, level) in &written.rules {
            config.rules.insert(self.rule(name)?, level.level());
        }
        for suppression in &written.suppress {
            config.suppressions.push(self.suppression(suppression)?);
        }
        Ok(config)
    }

    fn width(&self, width: &Spanned<usize>) -> Result<usize, ConfigError> {
        match *width.get_ref() {
            found @ 1..=9 => Ok(found),
            found => Err(ConfigError::Width {
                file: self.file.to_owned(),
                line: self.line(width.span().start),
                found,
            }),
        }
    }

    fn floor(&self, floor: &Spanned<u32>) -> Result<u32, ConfigError> {
        match *floor.get_ref() {
            found @ 0..=100 => Ok(found),
            found => Err(ConfigError::Floor {
                file: self.file.to_owned(),
                line: self.line(floor.span().start),
                found,
            }),
        }
    }

    fn rule(&self, name: &Spanned<String>) -> Result<&'static str, ConfigError> {
        rule(name.get_ref())
            .map(|rule| rule.id)
            .ok_or_else(|| ConfigError::Rule {
                file: self.file.to_owned(),
                line: self.line(name.span().start),
                rule: name.get_ref().clone(),
            })
    }

    fn suppression(&self, written: &Spanned<WrittenSuppression>) -> Result<Accepted, ConfigError> {
        let line = self.line(written.span().start);
        let written = written.get_ref();
        if written.reason.trim().is_empty() {
            return Err(ConfigError::Reason {
                file: self.file.to_owned(),
                line,
            });
        }
        let until = match &written.until {
            None => None,
            Some(text) => Some(
                Date::parse(text.get_ref()).ok_or_else(|| ConfigError::Until {
                    file: self.file.to_owned(),
                    line: self.line(text.span().start),
                    found: text.get_ref().clone(),
                })?,
            ),
        };
        Ok(Accepted {
            rule: self.rule(&written.rule)?,
            file: written.file.clone(),
            node: written.node.clone(),
            fingerprint: written.fingerprint.clone(),
            reason: written.reason.trim().to_owned(),
            until,
            line,
        })
    }

    fn line(&self, offset: usize) -> u32 {
        let before = self.text.as_bytes().iter().take(offset);
        let lines = before.filter(|byte| **byte == b'\n').count();
        u32::try_from(lines + 1).unwrap_or(u32::MAX)
    }
}

impl WrittenLevel {
    fn level(self) -> Level {
        match self {
            Self::Off => Level::Off,
            Self::Note => Level::At(Severity::Note),
            Self::Warning => Level::At(Severity::Warning),
            Self::Error => Level::At(Severity::Error),
        }
    }
}
