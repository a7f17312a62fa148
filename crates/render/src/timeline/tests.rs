use super::*;

fn attempt(number: u32, from: i64, to: Option<i64>) -> TimelineAttempt {
    TimelineAttempt {
        number,
        worker: format!("job <{number}>"),
        claimed_at: from,
        ended_at: to,
        tone: Tone::Running,
        ..Default::default()
    }
}

#[test]
fn places_are_shares_of_the_width() {
    let mut lost = attempt(1, 20_000, Some(60_000));
    lost.note = "lease lost after 15 s".into();
    lost.tone = Tone::Warn;
    let of = Timeline {
        queued_at: 0,
        attempts: vec![lost, attempt(2, 60_000, None)],
        ended_at: None,
    };
    let html = timeline(&of, 100_000);
    let html = html.as_str();
    assert!(
        html.contains("class=\"tl-bar t-queued\" x=\"0.00%\" y=\"3\" width=\"19.61%\""),
        "{html}"
    );
    assert!(html.contains("class=\"tl-bar t-warn\" x=\"19.61%\" y=\"27\" width=\"39.22%\""));
    assert!(html.contains("job &lt;1&gt; — lease lost after 15 s</text>"));
    assert!(html.contains("class=\"tl-bar t-running\" x=\"58.82%\" y=\"51\" width=\"39.22%\""));
    assert!(!html.contains("style"));
}

#[test]
fn steps_lie_in_their_attempt() {
    let mut one = attempt(1, 0, None);
    one.steps = vec![TimelineStep {
        title: "build".into(),
        word: "running".into(),
        tone: Tone::Running,
        started_at: 1_000,
        ended_at: None,
    }];
    let html = timeline(
        &Timeline {
            queued_at: 0,
            attempts: vec![one],
            ended_at: None,
        },
        10_000,
    );
    assert!(html.as_str().contains("build · running</text>"));
    assert!(html.as_str().contains("t-base"));
}

#[test]
fn no_time_at_all_and_all_of_it() {
    for (from, to) in [(0, 0), (i64::MIN, i64::MAX), (5, -5), (i64::MAX, i64::MAX)] {
        let of = Timeline {
            queued_at: from,
            attempts: vec![attempt(1, from / 2, Some(to / 2))],
            ended_at: None,
        };
        let html = timeline(&of, to / 2);
        assert!(!html.as_str().contains("NaN"));
    }
}
