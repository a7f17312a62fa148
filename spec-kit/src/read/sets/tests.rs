use super::*;
use crate::outline::Outline;
use crate::text::Source;

fn read(text: &str) -> Vec<(String, Vec<String>, bool, bool)> {
    let source = Source::decode("a.md", text.as_bytes()).expect("text");
    let outline = Outline::of(&source);
    let units = super::super::units::units(&outline);
    let mut out = Vec::new();
    for unit in &units {
        for words in unit.inlines() {
            in_words(words, Some("Run lifecycle"), &mut out);
        }
    }
    out.into_iter()
        .map(|set| {
            (
                set.subject,
                set.members.into_iter().map(|member| member.text).collect(),
                set.is_ordered,
                set.is_open,
            )
        })
        .collect()
}

fn one(text: &str, subject: &str, members: &[&str]) {
    let sets = read(text);
    let members: Vec<String> = members.iter().map(|member| (*member).to_owned()).collect();
    assert_eq!(
        sets.iter()
            .map(|set| (set.0.as_str(), &set.1))
            .collect::<Vec<_>>(),
        [(subject, &members)],
        "{text}"
    );
}

#[test]
fn sets_of_many_shapes_are_read() {
    one("status in (`a`, `b`, `c`)", "status", &["a", "b", "c"]);
    one(
        "Run status: queued, running, done.",
        "run status",
        &["queued", "running", "done"],
    );
    one("lanes A/B/C/D per session", "lane", &["A", "B", "C", "D"]);
    one(
        "`kind in ('link','diff','file')`",
        "kind",
        &["link", "diff", "file"],
    );
    one(
        "The state is one of open, closed or archived.",
        "status",
        &["open", "closed", "archived"],
    );
    one(
        "Lifecycle: queued → claimed → running → succeeded | failed",
        "status",
        &["queued", "claimed", "running", "succeeded", "failed"],
    );
    one(
        "queued -> claimed -> done",
        "run status",
        &["queued", "claimed", "done"],
    );
    one(
        "roles (admin, member, guest) may",
        "role",
        &["admin", "member", "guest"],
    );
    one(
        "role: `admin|member|guest`",
        "role",
        &["admin", "member", "guest"],
    );
    one("状态：排队、运行、完成", "状态", &["排队", "运行", "完成"]);
}

#[test]
fn what_only_looks_like_a_set_is_none() {
    for text in [
        "Claim transitions: `queued → claimed` sets `claimed_by/claimed_at/heartbeat_at`",
        "Runs create/list/filter",
        "filters (status, lane, template, repo)",
        "The status of runs, lanes and sessions is shown",
        "Sets status to `cancelled`",
        "State: it is kept in the database, and never lost, whatever happens to the worker",
    ] {
        assert_eq!(read(text), [], "{text}");
    }
    assert!(read("lanes (A/B/C/D default)")[0].3);
    assert!(read("kinds: link, diff, file, etc.")[0].3);
    assert!(read("a state machine: a → b → c")[0].2);
}
