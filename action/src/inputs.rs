//! Inputs, judged all at once: a workflow is slow to try again.

use crate::duration;
use crate::environment::Environment;
use crate::failure::Failure;
use ops_spec_kit::rules::Severity;
use serde_json::{Map, Value};
use std::time::Duration;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    Work,
    Run,
    Dispatch,
    Spec,
}

#[derive(Debug)]
pub struct Inputs {
    pub mode: Mode,
    /// Origin of the control room: scheme, host and port. Empty in mode `spec`, which asks none.
    pub url: String,
    pub token: Option<String>,
    pub lanes: Vec<String>,
    pub session: Option<String>,
    pub concurrency: usize,
    pub max_runs: Option<u64>,
    pub idle_timeout: Duration,
    pub max_runtime: Duration,
    pub name: Option<String>,
    /// A slug, or a YAML file of the workspace.
    pub runbook: Option<String>,
    pub params: Map<String, Value>,
    /// Where artifacts of runs go; a folder of the job's own where nothing is said.
    pub out: Option<String>,
    /// Outcomes that fail the job, `failed` and `cancelled`; nothing said: as the mode has it.
    pub fail_on: Option<Vec<String>>,
    pub spec: SpecInputs,
}

/// Of mode `spec`. Paths are those of the workspace.
#[derive(Debug, Default)]
pub struct SpecInputs {
    /// Generate from it into `out` first.
    pub prd: Option<String>,
    /// What is searched for bundles: the bundle that was generated, else the whole workspace.
    pub paths: Vec<String>,
    pub fails: SpecFails,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SpecFails {
    #[default]
    AsConfigured,
    From(Severity),
    Never,
}

impl Inputs {
    pub fn read(environment: &Environment) -> Result<Self, Failure> {
        let mut reader = Reader {
            environment,
            wrong: Vec::new(),
        };
        let inputs = reader.inputs();
        match reader.wrong.is_empty() {
            true => Ok(inputs),
            false => Err(Failure::Inputs(reader.wrong)),
        }
    }
}

struct Reader<'a> {
    environment: &'a Environment,
    wrong: Vec<String>,
}

impl Reader<'_> {
    fn inputs(&mut self) -> Inputs {
        let modes = [
            ("work", Mode::Work),
            ("run", Mode::Run),
            ("dispatch", Mode::Dispatch),
            ("spec", Mode::Spec),
        ];
        let mode = self.one_of("mode", &modes, Mode::Work);
        let runbook = self.text("runbook");
        if mode == Mode::Run && runbook.is_none() {
            self.fault(
                "runbook",
                "is missing: mode `run` needs a slug, or a YAML file of the workspace",
            );
        }
        Inputs {
            mode,
            url: match mode {
                Mode::Spec => String::new(),
                _ => self.url(),
            },
            token: self.text("token"),
            lanes: self.lanes(),
            session: self.text("session"),
            concurrency: self.number("concurrency", 1..=1_000).unwrap_or(1) as usize,
            max_runs: self.number("max-runs", 1..=1_000_000),
            idle_timeout: self.duration("idle-timeout", Duration::from_secs(60)),
            // Half an hour before GitHub ends the job.
            max_runtime: self.duration("max-runtime", Duration::from_secs(330 * 60)),
            name: self.name(),
            runbook,
            params: self.params(),
            out: self.text("out"),
            fail_on: match mode {
                Mode::Spec => None,
                _ => self.fail_on(),
            },
            spec: match mode {
                Mode::Spec => self.spec(),
                _ => SpecInputs::default(),
            },
        }
    }

    fn text(&self, name: &str) -> Option<String> {
        self.environment.input(name).map(str::to_string)
    }

    fn fault(&mut self, name: &str, what: &str) {
        self.wrong.push(format!("input `{name}` {what}"));
    }

    fn one_of<T: Copy>(&mut self, name: &str, all: &[(&str, T)], default: T) -> T {
        let Some(given) = self.text(name) else {
            return default;
        };
        if let Some((_, value)) = all.iter().find(|(word, _)| *word == given) {
            return *value;
        }
        let words: Vec<_> = all.iter().map(|(word, _)| *word).collect();
        self.fault(
            name,
            &format!("is `{given}`; it may be {}", words.join(", ")),
        );
        default
    }

    fn url(&mut self) -> String {
        let Some(given) = self.text("url") else {
            self.fault(
                "url",
                "is missing: the address of the control room, such as https://ops.example.com",
            );
            return String::new();
        };
        origin(&given).unwrap_or_else(|| {
            self.fault(
                "url",
                &format!("is `{given}`; write it as https://ops.example.com"),
            );
            String::new()
        })
    }

    fn lanes(&mut self) -> Vec<String> {
        let given = self.text("lanes").unwrap_or_else(|| "A".into());
        let lanes: Vec<String> = given
            .split([',', ' ', '\n'])
            .filter(|lane| !lane.is_empty())
            .map(str::to_string)
            .collect();
        for lane in lanes.iter().filter(|lane| !ops_core::text::is_lane(lane)) {
            self.wrong.push(format!(
                "input `lanes` has `{lane}`, which is no name of a lane"
            ));
        }
        lanes
    }

    fn fail_on(&mut self) -> Option<Vec<String>> {
        let given = self.text("fail-on")?;
        let words: Vec<_> = given.split(',').map(str::trim).collect();
        let known = ["failed", "cancelled"];
        if given != "never" && !words.iter().all(|word| known.contains(word)) {
            self.fault(
                "fail-on",
                &format!("is `{given}`; it may be failed, cancelled, both, or never"),
            );
        }
        let words = words.into_iter().filter(|word| *word != "never");
        Some(words.map(str::to_string).collect())
    }

    fn spec(&mut self) -> SpecInputs {
        let prd = self.text("prd");
        if prd.is_some() && self.text("out").is_none() {
            self.fault("out", "is missing: the folder that `prd` is generated into");
        }
        let levels = [
            ("error", SpecFails::From(Severity::Error)),
            ("warning", SpecFails::From(Severity::Warning)),
            ("note", SpecFails::From(Severity::Note)),
            ("never", SpecFails::Never),
        ];
        let paths = self.text("paths").unwrap_or_default();
        let paths = paths.lines().map(str::trim).filter(|path| !path.is_empty());
        SpecInputs {
            prd,
            paths: paths.map(str::to_string).collect(),
            fails: self.one_of("fail-on", &levels, SpecFails::AsConfigured),
        }
    }

    fn name(&mut self) -> Option<String> {
        let name = self.text("name")?;
        if !ops_core::text::is_lane(&name) {
            self.fault("name", "must be 1 to 64 letters, digits, `-`, `_` and `.`");
        }
        Some(name)
    }

    fn number(&mut self, name: &str, range: std::ops::RangeInclusive<u64>) -> Option<u64> {
        let given = self.text(name)?;
        let number = given.parse().ok().filter(|number| range.contains(number));
        if number.is_none() {
            let (first, last) = (range.start(), range.end());
            self.fault(
                name,
                &format!("is `{given}`; it must be a number from {first} to {last}"),
            );
        }
        number
    }

    fn duration(&mut self, name: &str, default: Duration) -> Duration {
        let Some(given) = self.text(name) else {
            return default;
        };
        duration::parse(&given).unwrap_or_else(|| {
            self.fault(
                name,
                &format!("is `{given}`; write it as 90, 90s, 5m or 2h"),
            );
            default
        })
    }

    /// A JSON object, or lines of `key=value`.
    fn params(&mut self) -> Map<String, Value> {
        let Some(given) = self.text("params") else {
            return Map::new();
        };
        if given.starts_with('{') {
            return serde_json::from_str(&given).unwrap_or_else(|error| {
                self.fault("params", &format!("is no JSON object: {error}"));
                Map::new()
            });
        }
        let mut params = Map::new();
        for line in given.lines().map(str::trim).filter(|line| !line.is_empty()) {
            match line.split_once('=') {
                Some((key, value)) if !key.is_empty() => {
                    // `true`, `3` and the like are what they look like; all else is text.
                    let plain = serde_json::from_str(value).ok();
                    let plain = plain.filter(|v: &Value| v.is_number() || v.is_boolean());
                    params.insert(key.into(), plain.unwrap_or_else(|| value.into()));
                }
                _ => self.fault(
                    "params",
                    &format!("has the line `{line}`; write key=value, or a JSON object"),
                ),
            }
        }
        params
    }
}

/// Scheme, host and port in small letters, a default port dropped: what identity tokens are made for.
fn origin(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let scheme = scheme.to_ascii_lowercase();
    let host = rest.split(['/', '?', '#']).next()?.to_ascii_lowercase();
    if host.is_empty() || host.contains('@') || !["http", "https"].contains(&scheme.as_str()) {
        return None;
    }
    let default = if scheme == "https" { ":443" } else { ":80" };
    let host = host.strip_suffix(default).unwrap_or(&host);
    Some(format!("{scheme}://{host}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_said_has_a_sensible_value() {
        let environment = Environment::of(&[("INPUT_URL", "https://Ops.example.com:443/runs")]);
        let inputs = Inputs::read(&environment).expect("enough");
        assert_eq!(inputs.url, "https://ops.example.com");
        assert_eq!(
            (inputs.mode, inputs.lanes),
            (Mode::Work, vec!["A".to_string()])
        );
        assert_eq!((inputs.concurrency, inputs.max_runs), (1, None));
        assert_eq!(inputs.idle_timeout.as_secs(), 60);
        assert_eq!(inputs.max_runtime.as_secs(), 19_800);
    }

    #[test]
    fn everything_wrong_is_said_at_once() {
        let environment = Environment::of(&[
            ("INPUT_MODE", "works"),
            ("INPUT_URL", "ops.example.com"),
            ("INPUT_LANES", "A,-"),
            ("INPUT_CONCURRENCY", "0"),
            ("INPUT_IDLE-TIMEOUT", "soon"),
            ("INPUT_PARAMS", "=1"),
            ("INPUT_FAIL-ON", "always"),
        ]);
        let Err(Failure::Inputs(wrong)) = Inputs::read(&environment) else {
            panic!("it was taken");
        };
        assert_eq!(
            wrong,
            [
                "input `mode` is `works`; it may be work, run, dispatch, spec",
                "input `url` is `ops.example.com`; write it as https://ops.example.com",
                "input `lanes` has `-`, which is no name of a lane",
                "input `concurrency` is `0`; it must be a number from 1 to 1000",
                "input `idle-timeout` is `soon`; write it as 90, 90s, 5m or 2h",
                "input `params` has the line `=1`; write key=value, or a JSON object",
                "input `fail-on` is `always`; it may be failed, cancelled, both, or never",
            ]
        );
    }

    #[test]
    fn mode_spec_asks_no_control_room_and_has_levels_of_its_own() {
        let read = |pairs: &[(&str, &str)]| {
            let mut all = vec![("INPUT_MODE", "spec")];
            all.extend(pairs);
            Inputs::read(&Environment::of(&all))
        };
        let inputs = read(&[("INPUT_PATHS", "docs/specs\n\n specs ")]).expect("enough");
        assert_eq!(inputs.spec.paths, ["docs/specs", "specs"]);
        assert_eq!(inputs.spec.fails, SpecFails::AsConfigured);
        let inputs = read(&[("INPUT_FAIL-ON", "warning")]).expect("enough");
        assert_eq!(inputs.spec.fails, SpecFails::From(Severity::Warning));
        let Err(Failure::Inputs(wrong)) =
            read(&[("INPUT_PRD", "a.md"), ("INPUT_FAIL-ON", "failed")])
        else {
            panic!("it was taken");
        };
        assert_eq!(
            wrong,
            [
                "input `out` is missing: the folder that `prd` is generated into",
                "input `fail-on` is `failed`; it may be error, warning, note, never",
            ]
        );
    }

    #[test]
    fn parameters_are_lines_or_json() {
        let params = |text: &str| {
            let environment = Environment::of(&[("INPUT_URL", "http://h"), ("INPUT_PARAMS", text)]);
            Value::Object(Inputs::read(&environment).expect("enough").params)
        };
        let both = serde_json::json!({ "n": 3, "who": "ann=bob", "dry": true });
        assert_eq!(params("n=3\nwho=ann=bob\n\ndry=true"), both);
        assert_eq!(params(r#"{"n": 3, "who": "ann=bob", "dry": true}"#), both);
    }
}
