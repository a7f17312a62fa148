//! People in front of the pages, as `templates/ui/assets/live.mjs` asks for them: the stream says that
//! something has changed, the page asks for its region again with its tag, one request at a time, and
//! one more where a signal came meanwhile. A viewer pauses between two looks: a person reads.

use crate::load::Recent;
use crate::tally::Tally;
use reqwest::header::{COOKIE, ETAG, IF_NONE_MATCH};
use reqwest::{Client, Response};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

/// Without a signal a page looks by itself.
const POLL: Duration = Duration::from_secs(5);
/// Before a stream that ended is opened again: the server says so itself.
const RETRY: Duration = Duration::from_millis(500);
/// A ping comes every fifteen seconds.
const SILENT: Duration = Duration::from_secs(40);
/// After so many looks a viewer goes to the page anew.
const LOOKS: u32 = 40;

#[derive(Clone)]
pub struct Viewer {
    pub http: Client,
    pub url: String,
    pub token: String,
    pub recent: Arc<Recent>,
    pub tally: Arc<Tally>,
    pub pause: Duration,
}

/// What one looks at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Page {
    Board,
    Runs,
    Run,
}

impl Page {
    fn of(number: usize) -> Self {
        match number % 10 {
            0..=5 => Page::Board,
            6 | 7 => Page::Runs,
            _ => Page::Run,
        }
    }
}

/// Aborted with the set.
pub fn come(count: usize, viewer: &Viewer) -> JoinSet<()> {
    let mut set = JoinSet::new();
    for number in 0..count {
        let signal = Arc::new(Notify::new());
        set.spawn(viewer.clone().listen(signal.clone()));
        set.spawn(viewer.clone().look(number, signal));
    }
    set
}

impl Viewer {
    /// The stream, for ever.
    async fn listen(self, signal: Arc<Notify>) {
        loop {
            match self.get("/ui/events", None).await {
                Ok(stream) if stream.status() == 200 => {
                    signal.notify_one();
                    self.follow(stream, &signal).await;
                }
                Ok(other) => {
                    let status = other.status().as_u16();
                    self.tally.wrong(format!("the stream answers {status}"));
                }
                Err(error) => self.tally.wrong(format!("the stream: {}", words(&error))),
            }
            sleep(RETRY).await;
        }
    }

    async fn follow(&self, mut stream: Response, signal: &Notify) {
        loop {
            match timeout(SILENT, stream.chunk()).await {
                Ok(Ok(Some(chunk))) => {
                    if chunk.starts_with(b"data:") {
                        self.tally.signal();
                        signal.notify_one();
                    }
                }
                // An hour long at most: then the browser comes again.
                Ok(Ok(None)) => return,
                Ok(Err(error)) => {
                    let what = format!("a stream broke: {}", words(&error));
                    return self.tally.wrong(what);
                }
                Err(_) => return self.tally.wrong("a stream without pings".into()),
            }
        }
    }

    async fn look(self, number: usize, signal: Arc<Notify>) {
        // Not all at once.
        sleep(self.pause.mul_f64(number as f64 % 97.0 / 97.0)).await;
        let page = Page::of(number);
        loop {
            match page {
                Page::Board => self.watch("/runboard", "/ui/board", &signal).await,
                Page::Runs => self.watch("/runs", "/ui/runs", &signal).await,
                Page::Run => self.read_run(number, &signal).await,
            }
        }
    }

    /// A page, and its region for a while.
    async fn watch(&self, page: &str, region: &str, signal: &Notify) {
        self.ask(page, None).await;
        let mut tag = None;
        for _ in 0..LOOKS {
            tag = self.ask(region, tag.as_deref()).await.tag;
            self.rest(signal).await;
        }
    }

    /// One of the newest runs, with its log to the end.
    async fn read_run(&self, number: usize, signal: &Notify) {
        let Some(id) = self.recent.nth(number % 20) else {
            return self.rest(signal).await;
        };
        self.ask(&format!("/runs/{id}"), None).await;
        let (mut tag, mut log) = (None, "after=0".to_string());
        for _ in 0..LOOKS {
            let region = self.ask(&format!("/ui/runs/{id}"), tag.as_deref()).await;
            tag = region.tag;
            let part = self.ask(&format!("/ui/runs/{id}/log?{log}"), None).await;
            if let Some(next) = part.next {
                log = next;
            }
            self.rest(signal).await;
            if part.is_over {
                return;
            }
        }
    }

    async fn rest(&self, signal: &Notify) {
        sleep(self.pause).await;
        let _ = timeout(POLL, signal.notified()).await;
    }

    async fn ask(&self, path: &str, tag: Option<&str>) -> Answer {
        let begin = Instant::now();
        let asked = async {
            let response = self.get(path, tag).await?;
            let (status, headers) = (response.status().as_u16(), response.headers().clone());
            response.bytes().await.map(|body| (status, headers, body))
        };
        let (status, headers, body) = match asked.await {
            Ok(answer) => answer,
            Err(error) => {
                self.tally.wrong(format!("a look: {}", words(&error)));
                return Answer::default();
            }
        };
        self.tally.answer(status, body.len(), begin.elapsed());
        if status != 200 && status != 304 {
            // Which run it was does not matter.
            let kind: String = path.chars().take(9).collect();
            self.tally.wrong(format!("{kind}… answers {status}"));
        }
        let text = |name: &str| Some(headers.get(name)?.to_str().ok()?.to_string());
        let position = text("ops-next").zip(text("ops-log-state"));
        Answer {
            tag: text(ETAG.as_str()),
            next: position.map(|(next, state)| format!("after={next}&state={state}")),
            is_over: text("ops-log-open").as_deref() == Some("0"),
        }
    }

    async fn get(&self, path: &str, tag: Option<&str>) -> Result<Response, reqwest::Error> {
        let mut request = self
            .http
            .get(format!("{}{path}", self.url))
            .header(COOKIE, format!("ops_token={}", self.token));
        if let Some(tag) = tag {
            request = request.header(IF_NONE_MATCH, tag);
        }
        request.send().await
    }
}

#[derive(Default)]
struct Answer {
    tag: Option<String>,
    /// The query of the log's next part.
    next: Option<String>,
    is_over: bool,
}

/// The innermost reason, which is the same for all addresses.
fn words(error: &reqwest::Error) -> String {
    let mut reason: &dyn std::error::Error = error;
    while let Some(inner) = reason.source() {
        reason = inner;
    }
    reason.to_string()
}
