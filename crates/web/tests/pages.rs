//! The pages as a browser meets them, over a store that answers from a script.

mod room;

use axum::http::StatusCode;
use room::{OPERATOR, RUN, Room, VIEWER, body, cookie_of, header};
use serde_json::json;

const PAGES: [&str; 15] = [
    "/",
    "/runboard",
    "/runs",
    "/templates",
    "/templates/hello",
    "/templates/new",
    "/templates/hello/edit",
    "/chat",
    "/chat?line=run+hello",
    "/spec-kit",
    "/spec-kit/b",
    "/spec-kit/b/prd.md",
    "/spec-kit/b/source.md",
    "/nothing-here",
    "/sign-in",
];

#[tokio::test]
async fn who_has_no_token_is_sent_to_sign_in_and_back() {
    let room = Room::new();
    let answer = room.get_as(None, "/runs?status=failed").await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    assert_eq!(
        header(&answer, "location"),
        "/sign-in?next=%2Fruns%3Fstatus%3Dfailed"
    );
    let unknown = room.get_as(Some("nobody"), "/runs").await;
    assert_eq!(
        header(&unknown, "location"),
        "/sign-in?next=%2Fruns&why=refused"
    );
    // A script is told, not led to another page.
    assert_eq!(
        room.get_as(None, "/ui/board").await.status(),
        StatusCode::UNAUTHORIZED
    );
    let entered = room
        .post_as(
            None,
            "/sign-in",
            &[("token", OPERATOR), ("next", "/runs?status=failed")],
        )
        .await;
    assert_eq!(header(&entered, "location"), "/runs?status=failed");
    assert!(cookie_of(&entered, "ops_token").contains(OPERATOR));
}

#[tokio::test]
async fn a_token_in_a_link_signs_in_once_and_leaves_the_address() {
    let room = Room::new();
    let answer = room
        .get_as(None, &format!("/runs?token={OPERATOR}&lane=A"))
        .await;
    assert_eq!(
        (answer.status(), header(&answer, "location")),
        (StatusCode::SEE_OTHER, "/runs?lane=A".into())
    );
    let cookie = cookie_of(&answer, "ops_token");
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Path=/")
    );
    assert!(!cookie.contains("Secure"));
    let wrong = room.get_as(None, "/runs?token=nobody").await;
    assert!(
        header(&wrong, "location").starts_with("/sign-in")
            && cookie_of(&wrong, "ops_token").is_empty()
    );
}

#[tokio::test]
async fn signing_in_leads_to_no_other_site() {
    let room = Room::new();
    for next in [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
    ] {
        let answer = room
            .post_as(None, "/sign-in", &[("token", OPERATOR), ("next", next)])
            .await;
        assert_eq!(header(&answer, "location"), "/runboard", "{next}");
        let page = body(room.get_as(None, &format!("/sign-in?next={next}")).await).await;
        assert!(!page.contains("evil"), "{next}");
    }
}

#[tokio::test]
async fn every_page_says_the_strict_policy() {
    let room = Room::new();
    let run = format!("/runs/{RUN}");
    for page in PAGES.into_iter().chain([run.as_str()]) {
        let answer = room.get(page).await;
        let csp = header(&answer, "content-security-policy");
        assert!(
            csp.starts_with("default-src 'none'; script-src 'self'; style-src 'self'"),
            "{page}: {csp}"
        );
        assert!(
            csp.ends_with("require-trusted-types-for 'script'; trusted-types ops")
                && !csp.contains("unsafe")
        );
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cache-control", "no-store"),
        ] {
            assert_eq!(header(&answer, name), value, "{page}");
        }
        let status = answer.status();
        let text = body(answer).await;
        let is_found = page != "/nothing-here";
        assert_eq!(status.is_success(), is_found, "{page}: {text}");
        assert!(
            text.contains("</html>") && !text.contains("<style") && !text.contains(" style="),
            "{page}"
        );
    }
}

#[tokio::test]
async fn a_page_costs_one_call() {
    let room = Room::new();
    for page in [
        "/runboard",
        "/runs",
        "/templates/hello",
        &format!("/runs/{RUN}"),
    ] {
        let before = room.calls();
        room.get(page).await;
        assert_eq!(room.calls() - before, 1, "{page}");
    }
}

#[tokio::test]
async fn a_form_of_another_site_is_refused() {
    let room = Room::new();
    let fields = [("run_id", RUN), ("next", "/runs")];
    let without = room.post_bare(OPERATOR, &fields, &[]).await;
    assert_eq!(without.status(), StatusCode::FORBIDDEN);
    let with = [("csrf", room.csrf(OPERATOR).await)];
    let sent: Vec<(&str, &str)> = fields
        .into_iter()
        .chain(with.iter().map(|(k, v)| (*k, v.as_str())))
        .collect();
    let foreign = room
        .post_bare(OPERATOR, &sent, &[("sec-fetch-site", "cross-site")])
        .await;
    assert_eq!(foreign.status(), StatusCode::FORBIDDEN);
    let origin = [("origin", "https://evil.example"), ("host", "ops.example")];
    assert_eq!(
        room.post_bare(OPERATOR, &sent, &origin).await.status(),
        StatusCode::FORBIDDEN
    );
    // A field of somebody else's sign-in is none.
    assert_eq!(
        room.post_bare(VIEWER, &sent, &[]).await.status(),
        StatusCode::FORBIDDEN
    );
    assert_eq!(room.called("runs_cancel"), 0);
    let own = room
        .post_bare(OPERATOR, &sent, &[("sec-fetch-site", "same-origin")])
        .await;
    assert_eq!(
        (own.status(), header(&own, "location")),
        (StatusCode::SEE_OTHER, "/runs".into())
    );
    assert_eq!(room.called("runs_cancel"), 1);
}

#[tokio::test]
async fn what_is_unchanged_is_not_sent_again() {
    let room = Room::new();
    let run = format!("/ui/runs/{RUN}");
    for region in ["/ui/board", "/ui/runs", "/ui/chat", run.as_str()] {
        let first = room.get(region).await;
        let tag = header(&first, "etag");
        assert!(first.status().is_success() && tag.len() > 10, "{region}");
        let again = room
            .get_with(OPERATOR, region, &[("if-none-match", &tag)])
            .await;
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED, "{region}");
        assert_eq!(
            (header(&again, "etag"), body(again).await),
            (tag.clone(), String::new())
        );
        // Somebody else sees other buttons.
        let other = room
            .get_with(VIEWER, region, &[("if-none-match", &tag)])
            .await;
        assert_eq!(other.status(), StatusCode::OK, "{region}");
    }
}

#[tokio::test]
async fn text_of_runs_is_text() {
    let room = Room::new();
    let run = format!("/runs/{RUN}");
    for page in [
        "/runboard",
        "/runs",
        "/templates",
        "/templates/hello",
        "/spec-kit",
        "/spec-kit/b",
        "/spec-kit/b/prd.md",
        "/spec-kit/b/prd.md?view=source",
        "/spec-kit/b/source.md",
        "/spec-kit/b/report.json",
        &run,
        "/chat?line=%3Cscript%3Ealert(1)%3C%2Fscript%3E",
        "/runs?text=%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E",
    ] {
        let text = body(room.get(page).await).await;
        assert!(text.contains("alert(1)"), "{page} shows what it was given");
        for bad in ["<script>alert", "<img src=x", "href=\"javascript:"] {
            assert!(!text.contains(bad), "{page}: {bad}");
        }
    }
}

#[tokio::test]
async fn a_viewer_sees_no_buttons_and_changes_nothing() {
    let room = Room::new();
    let run = format!("/runs/{RUN}");
    for (page, button) in [
        ("/runboard", "/actions/runs.cancel"),
        ("/runs", "formaction="),
        (run.as_str(), "/actions/runs.cancel"),
        ("/templates/hello", "/actions/templates.delete"),
        ("/chat?line=run+hello", "name=\"confirmed\""),
    ] {
        assert!(
            body(room.get_as(Some(OPERATOR), page).await)
                .await
                .contains(button),
            "{page}"
        );
        assert!(
            !body(room.get_as(Some(VIEWER), page).await)
                .await
                .contains(button),
            "{page}"
        );
    }
    assert_eq!(
        room.get_as(Some(VIEWER), "/templates/new").await.status(),
        StatusCode::FORBIDDEN
    );
    let refused = room
        .act(VIEWER, "/actions/runs.cancel", &[("run_id", RUN)])
        .await;
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn what_was_typed_stays_beside_what_is_wrong() {
    let room = Room::new();
    let fields = [
        ("template", "hello"),
        ("/params/name", "\"><b>"),
        ("/params/count", "many"),
        ("intent", "a test"),
    ];
    let answer = room.act(OPERATOR, "/actions/runs.create", &fields).await;
    assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let text = body(answer).await;
    assert!(text.contains("must be a number"), "{text}");
    assert!(
        text.contains("&quot;&gt;&lt;b&gt;") && text.contains("many") && text.contains("a test")
    );
    assert_eq!(room.called("runs_create"), 0);
    let fine = [
        ("template", "hello"),
        ("/params/name", "you"),
        ("/params/count", "3"),
    ];
    let queued = room.act(OPERATOR, "/actions/runs.create", &fine).await;
    assert_eq!(header(&queued, "location"), format!("/runs/{RUN}"));
    assert_eq!(
        room.last("runs_create")["runs"][0]["params"],
        json!({ "name": "you", "count": 3 })
    );
}

#[tokio::test]
async fn the_chat_queues_nothing_before_it_is_confirmed() {
    let room = Room::new();
    let line = [("line", "run hello name=you count=2 lane:A")];
    let asked = room.act(OPERATOR, "/actions/chat", &line).await;
    assert!(header(&asked, "location").starts_with("/chat?line=run%20hello"));
    assert_eq!(room.called("runs_create"), 0);
    let sent = [line[0], ("confirmed", "true")];
    let done = room.act(OPERATOR, "/actions/chat", &sent).await;
    assert_eq!(header(&done, "location"), "/chat");
    assert_eq!(
        room.last("runs_create")["runs"][0]["params"],
        json!({ "name": "you", "count": 2 })
    );
    let history = cookie_of(&done, "ops_chat");
    let kept = history.split(';').next().unwrap_or_default().to_string();
    let text = body(
        room.get_with(
            OPERATOR,
            "/ui/chat",
            &[("cookie", &format!("ops_token={OPERATOR}; {kept}"))],
        )
        .await,
    )
    .await;
    assert!(
        text.contains("run hello name=you") || text.contains("run hello name&#x3D;you"),
        "{text}"
    );
    assert!(text.contains(RUN));
}

#[tokio::test]
async fn a_script_gets_the_same_in_headers() {
    let room = Room::new();
    let csrf = room.csrf(OPERATOR).await;
    let fields = [("run_id", RUN), ("next", "/runboard"), ("csrf", &csrf)];
    let done = room
        .post_bare(OPERATOR, &fields, &[("ops-live", "1")])
        .await;
    assert_eq!(done.status(), StatusCode::NO_CONTENT);
    assert!(header(&done, "ops-flash").starts_with("Run%208dfdee46"));
}

#[tokio::test]
async fn assets_stay_for_ever_and_under_their_content() {
    let room = Room::new();
    let page = body(room.get("/runboard").await).await;
    let path = page
        .split("href=\"")
        .find(|part| part.starts_with("/assets/app-"))
        .expect("a style sheet");
    let path = path.split('"').next().expect("its end");
    let asset = room.get_as(None, path).await;
    assert_eq!(
        header(&asset, "cache-control"),
        "public, max-age=31536000, immutable"
    );
    let tag = header(&asset, "etag");
    let again = room.get_with("", path, &[("if-none-match", &tag)]).await;
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    assert_eq!(
        room.get_as(None, "/assets/app.css").await.status(),
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn what_a_run_left_is_never_a_document_of_ours() {
    let room = Room::new();
    let artifact = format!("/artifacts/{RUN}");
    let text = body(room.get(&artifact).await).await;
    assert!(text.contains("&lt;script&gt;") && !text.contains("<script>alert"));
    let raw = room.get(&format!("{artifact}/raw")).await;
    assert_eq!(header(&raw, "content-type"), "application/octet-stream");
    assert!(header(&raw, "content-disposition").starts_with("attachment"));
    assert!(header(&raw, "content-security-policy").contains("sandbox"));
    assert_eq!(
        room.get(&format!("{artifact}/image")).await.status(),
        StatusCode::NOT_FOUND
    );
}
