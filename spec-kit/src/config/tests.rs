use super::*;

fn error(text: &str) -> String {
    Config::parse("spec-kit.toml", text)
        .expect_err("refused")
        .to_string()
}

#[test]
fn an_empty_file_says_nothing() {
    assert_eq!(Config::parse("a", ""), Ok(Config::default()));
    assert_eq!(
        Config::default().level("SK-REQ-002", Severity::Warning),
        Some(Severity::Warning)
    );
}

#[test]
fn everything_can_be_said() {
    let config = Config::parse(
        "spec-kit.toml",
        r#"
fail_level = "warning"
id_width = 4
max_clarifications = 1
vague_terms = ["Nice"]
more_denied_packages = ["left-pad"]
coverage_floor = 90
[rules]
SK-REQ-002 = "off"
sk-trc-002 = "error"
[[suppress]]
rule = "SK-IDS-005"
file = "docs/prd.md"
reason = "ids come with the bundle"
until = "2027-01-31"
"#,
    )
    .expect("read");
    assert_eq!(config.fail_level, Severity::Warning);
    assert_eq!((config.id_width, config.max_clarifications), (4, 1));
    assert_eq!(config.vague_terms, ["nice"]);
    assert_eq!(config.denied_packages.len(), DENIED.len() + 1);
    assert_eq!(config.coverage_floor, Some(90));
    assert_eq!(config.level("SK-REQ-002", Severity::Warning), None);
    assert_eq!(
        config.level("SK-TRC-002", Severity::Warning),
        Some(Severity::Error)
    );
    let accepted = &config.suppressions[0];
    assert_eq!((accepted.rule, accepted.line), ("SK-IDS-005", 11));
    assert_eq!(accepted.until, Date::parse("2027-01-31"));
}

#[test]
fn what_is_wrong_is_told_with_its_line() {
    for (text, wanted) in [
        (
            "\nid_width = 0",
            "spec-kit.toml:2: id_width is 0; 1 to 9 digits are possible",
        ),
        (
            "\n\ncoverage_floor = 120",
            "spec-kit.toml:3: coverage_floor is 120; it is a share of a hundred",
        ),
        (
            "[rules]\nSK-REQ-001 = \"note\"\nSK-REQ-999 = \"off\"",
            "spec-kit.toml:3: there is no rule SK-REQ-999; `rules` lists them",
        ),
        (
            "[[suppress]]\nrule = \"SK-REQ-001\"\nreason = \"x\"\nuntil = \"soon\"",
            "spec-kit.toml:4: until is \"soon\"; a date is written 2027-01-31",
        ),
        (
            "\n[[suppress]]\nrule = \"SK-REQ-001\"\nreason = \" \"",
            "spec-kit.toml:2: a suppression needs a reason",
        ),
    ] {
        assert_eq!(error(text), wanted);
    }
    let unknown = error("a = 1\nfail = 2");
    assert!(
        unknown.starts_with("spec-kit.toml:1: unknown field `a`"),
        "{unknown}"
    );
    let level = error("\n[rules]\nSK-REQ-001 = \"loud\"");
    assert!(
        level.starts_with("spec-kit.toml:3: unknown variant `loud`"),
        "{level}"
    );
    assert!(error("\nx = [").starts_with("spec-kit.toml:2: "));
}

#[test]
fn a_date_is_a_day_of_the_calendar() {
    for fine in ["2028-02-29", "2000-02-29", "2026-12-31"] {
        assert_eq!(
            Date::parse(fine).map(|date| date.to_string()),
            Some(fine.to_owned())
        );
    }
    for wrong in [
        "2027-02-29",
        "1900-02-29",
        "2026-13-01",
        "2026-1-1",
        "2026-04-31",
        "",
        "2026-04-3é",
    ] {
        assert_eq!(Date::parse(wrong), None, "{wrong}");
    }
    assert!(Date::parse("2026-09-30") < Date::parse("2026-10-01"));
}

#[test]
fn a_path_ends_by_whole_parts() {
    assert!(ends_with_path("docs/prd.md", "prd.md"));
    assert!(ends_with_path("prd.md", "prd.md"));
    assert!(!ends_with_path("docs/my-prd.md", "prd.md"));
}

#[test]
fn a_baseline_needs_a_reason_for_each_entry() {
    let entry = r#"{"version":1,"findings":[{"rule":"SK-IDS-005","fingerprint":"ab","file":"prd.md","message":"m","reason":"R"}]}"#;
    let baseline = Baseline::parse("b.json", entry).expect("read");
    assert_eq!(Baseline::parse("b.json", &baseline.render()), Ok(baseline));
    assert_eq!(
        Baseline::parse("b.json", &entry.replace("\"R\"", "\" \"")).map_err(|e| e.to_string()),
        Err("b.json: the entry ab of SK-IDS-005 has no reason".to_owned())
    );
    assert_eq!(
        Baseline::parse("b.json", &entry.replace(":1", ":2")),
        Err(BaselineError::Version {
            file: "b.json".into(),
            found: 2
        })
    );
    assert!(matches!(
        Baseline::parse("b.json", "{"),
        Err(BaselineError::Json { .. })
    ));
}
