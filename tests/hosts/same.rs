use crate::answer::Answer;
use crate::ask::{Ask, Caller};
use crate::host::{Host, Kind, is_there};
use crate::table::{spec_kit, table};

async fn answers(kind: Kind, table: Vec<Ask>) -> Vec<(String, Answer)> {
    let host = Box::pin(Host::start(kind)).await;
    let mut caller = Caller::new(&host.url);
    let mut answers = Vec::new();
    for ask in table {
        let answer = caller.put(&ask).await;
        answers.push((ask.named(), answer));
    }
    answers
}

async fn answers_as_native_does(kind: Kind) {
    Box::pin(compared(kind, table)).await;
}

/// Of the tab and the verbs that are a component of their own.
async fn has_the_spec_kit_of_native(kind: Kind) {
    Box::pin(compared(kind, spec_kit)).await;
}

async fn compared(kind: Kind, table: fn() -> Vec<Ask>) {
    if !is_there(kind) {
        return;
    }
    let reference = Box::pin(answers(Kind::Native, table())).await;
    let tried = Box::pin(answers(kind, table())).await;
    let differing: Vec<String> = reference
        .iter()
        .zip(&tried)
        .filter(|(expected, found)| expected != found)
        .map(|((name, expected), (_, found))| {
            let (expected, found) = (format!("{expected:?}"), format!("{found:?}"));
            let same = expected.bytes().zip(found.bytes());
            let same = same.take_while(|(one, other)| one == other).count();
            let from = |text: &str| {
                let rest = text.as_bytes().get(same.saturating_sub(60)..);
                String::from_utf8_lossy(rest.unwrap_or_default())
                    .chars()
                    .take(300)
                    .collect::<String>()
            };
            format!(
                "{name}\n  native: …{}\n  here:   …{}",
                from(&expected),
                from(&found)
            )
        })
        .collect();
    assert!(differing.is_empty(), "{kind:?}: {}", differing.join("\n"));
}

/// The table is worth something only if it reaches both ends of the product.
#[tokio::test(flavor = "multi_thread")]
async fn the_table_has_answers_of_every_kind() {
    let mut answers = Box::pin(answers(Kind::Native, table())).await;
    answers.extend(Box::pin(self::answers(Kind::Native, spec_kit())).await);
    let statuses: std::collections::BTreeSet<u16> =
        answers.iter().map(|(_, answer)| answer.status).collect();
    for status in [
        200, 201, 303, 400, 401, 403, 404, 405, 409, 413, 415, 422, 426,
    ] {
        assert!(statuses.contains(&status), "no {status} in {statuses:?}");
    }
    assert!(answers.len() >= 60, "{}", answers.len());
    for (name, answer) in &answers {
        println!("{} {name}", answer.status);
        assert!(answer.status < 500, "{name}: {answer:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn native_before_supabase() {
    answers_as_native_does(Kind::NativeBeforeSupabase).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn wasi_0_2() {
    answers_as_native_does(Kind::Wasi("0.2", None)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn wasi_0_2_with_many_requests_per_instance() {
    answers_as_native_does(Kind::Wasi("0.2", Some(128))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn wasi_0_3() {
    answers_as_native_does(Kind::Wasi("0.3", None)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn wasi_0_3_with_one_request_per_instance() {
    answers_as_native_does(Kind::Wasi("0.3", Some(1))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lambda() {
    answers_as_native_does(Kind::Lambda).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_spec_kit_of_native_before_supabase() {
    has_the_spec_kit_of_native(Kind::NativeBeforeSupabase).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_spec_kit_of_wasi_0_2() {
    has_the_spec_kit_of_native(Kind::SpecKit("0.2")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_spec_kit_of_wasi_0_3() {
    has_the_spec_kit_of_native(Kind::SpecKit("0.3")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_spec_kit_of_lambda() {
    has_the_spec_kit_of_native(Kind::Lambda).await;
}
