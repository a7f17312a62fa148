use super::*;

#[test]
fn a_run_with_everything() {
    let run = parse(
        "run deploy-check region=us-east image=api:4.12 note='two words' lane:B priority:50 reason:\"new key\"",
    );
    let expected = RunCommand {
        slug: "deploy-check".into(),
        params: vec![
            ("region".into(), "us-east".into()),
            ("image".into(), "api:4.12".into()),
            ("note".into(), "two words".into()),
        ],
        lane: Some("B".into()),
        priority: Some(50),
        reason: Some("new key".into()),
    };
    assert_eq!(run, Ok(Command::Run(expected)));
}

#[test]
fn each_usage_is_one() {
    for (name, usage, _) in USAGE {
        let line = usage
            .replace('…', "")
            .replace("ID", "8dfdee46")
            .replace("LANE", "A");
        assert!(
            parse(&line).is_ok() || name == "runs",
            "{line}: {:?}",
            parse(&line)
        );
        assert!(usage.starts_with(name));
    }
}

#[test]
fn other_commands() {
    let id = || "8dfdee46".to_string();
    for (line, command) in [
        (
            "cancel 8dfdee46",
            Command::Cancel {
                id: id(),
                reason: None,
            },
        ),
        (
            "Cancel 8dfdee46 wrong region",
            Command::Cancel {
                id: id(),
                reason: Some("wrong region".into()),
            },
        ),
        ("why is 8dfdee46 queued", Command::Why { id: id() }),
        (
            "check shop.example/healthz",
            Command::Check {
                url: "https://shop.example/healthz".into(),
            },
        ),
        (
            "pause B maintenance until nine",
            Command::Pause {
                lane: "B".into(),
                reason: Some("maintenance until nine".into()),
            },
        ),
        ("resume lane:B", Command::Resume { lane: "B".into() }),
        (" help ", Command::Help),
    ] {
        assert_eq!(parse(line), Ok(command), "{line}");
    }
    let runs = parse("runs failed timed-out lane:B template:hello api server");
    let expected = RunsCommand {
        statuses: vec![RunStatus::Failed, RunStatus::TimedOut],
        lane: Some("B".into()),
        template: Some("hello".into()),
        text: Some("api server".into()),
    };
    assert_eq!(runs, Ok(Command::Runs(expected)));
}

#[test]
fn what_is_wrong_is_said() {
    for (line, words) in [
        ("", "nothing was typed"),
        (
            "run",
            "the template is missing: run SLUG name=value … lane:B priority:50 reason:\"…\"",
        ),
        ("run hello loud", "“loud” is not understood here"),
        (
            "run hello priority:high",
            "“priority:high” is not understood here",
        ),
        ("run hello lane:/", "is not understood here"),
        ("retry 8dfdee46 now", "“now” is not understood here"),
        ("run hello name='x", "a quote is not closed"),
        ("why it waits", "“it” is not understood here"),
    ] {
        let error = parse(line).expect_err(line).to_string();
        assert!(error.contains(words), "{line}: {error}");
    }
}

#[test]
fn the_nearest_word_is_offered_and_nonsense_is_not() {
    assert_eq!(
        parse("cancle 1"),
        Err(CommandError::Unknown {
            word: "cancle".into(),
            nearest: Some("cancel")
        })
    );
    assert_eq!(
        parse("xyzzy"),
        Err(CommandError::Unknown {
            word: "xyzzy".into(),
            nearest: None
        })
    );
    assert_eq!(
        nearest("deply", ["hello", "deploy-check"]),
        Some("deploy-check")
    );
    assert_eq!(
        nearest("incident", ["hello", "incident-triage"]),
        Some("incident-triage")
    );
}

#[test]
fn a_quoted_word_comes_back_as_it_is() {
    for word in ["a", "two words", "", "it's", "a\"b\\c", "é\n"] {
        assert_eq!(split(&quoted(word)), Ok(vec![word.to_string()]), "{word:?}");
    }
}
