use crate::href::Href;
use crate::tone::Tone;
use crate::words::UnixMs;
use serde::Serialize;

/// The frame around every page.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Layout {
    /// Of the page; the product's name is added.
    pub title: String,
    pub tab: Option<Tab>,
    /// Sent with each form in the hidden field `csrf`.
    pub csrf: String,
    pub theme: Theme,
    pub now_ms: UnixMs,
    /// Id of the chosen session, carried by the links of the frame; empty: none.
    pub session: String,
    /// Sessions to choose from; the first one usually is "all sessions".
    pub sessions: Vec<SessionChoice>,
    /// Address of the stream of signals; absent where the host has none, then pages poll.
    pub events: Option<Href>,
    /// Name of who is signed in; absent: nobody, and the frame has no tabs.
    pub user: Option<String>,
    /// Whether buttons that change something are shown.
    pub can_act: bool,
    /// What a form that was just sent came to.
    pub flash: Option<Flash>,
    /// What "find or run" offers besides the tabs.
    pub palette: Vec<PaletteItem>,
    /// State that the icon of the page shows.
    pub state: Option<Tone>,
    /// Where to go back to after a form that keeps the page, such as the theme.
    pub here: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Tab {
    Chat,
    Templates,
    Runs,
    SpecKit,
    Runboard,
}

impl Tab {
    /// Each with its words, its path and its key.
    pub const ALL: [(Tab, &'static str, &'static str, &'static str); 5] = [
        (Tab::Chat, "Chat", "chat", "c"),
        (Tab::Templates, "Templates", "templates", "t"),
        (Tab::Runs, "Runs", "runs", "r"),
        (Tab::SpecKit, "Spec Kit", "spec-kit", "s"),
        (Tab::Runboard, "Runboard", "runboard", "b"),
    ];
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    #[default]
    Auto,
    Light,
    Dark,
}

impl Theme {
    /// The value of the cookie and of the form; anything else is `Auto`.
    pub fn parse(word: &str) -> Theme {
        match word {
            "light" => Theme::Light,
            "dark" => Theme::Dark,
            _ => Theme::Auto,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SessionChoice {
    pub name: String,
    pub href: Href,
    pub is_current: bool,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Flash {
    pub is_error: bool,
    pub text: String,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PaletteItem {
    /// `template`, `run`, `session`.
    pub kind: String,
    pub text: String,
    pub href: Href,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct SignInPage {
    /// Path to go to afterwards.
    pub next: String,
    /// Why the last try was refused; empty at first.
    pub error: String,
}

/// A refusal as a page.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ErrorPage {
    pub status: u16,
    pub title: String,
    pub code: String,
    pub detail: String,
    pub hint: String,
    /// `/params/x: must not be empty`
    pub errors: Vec<String>,
    /// Where to go from here; empty: the Runboard.
    pub back: Option<Href>,
}

impl From<&ops_core::Problem> for ErrorPage {
    fn from(problem: &ops_core::Problem) -> Self {
        ErrorPage {
            status: problem.status,
            title: problem.title.clone(),
            code: problem.code.as_str().into(),
            detail: problem.detail.clone(),
            hint: problem.hint.clone(),
            errors: problem
                .errors
                .iter()
                .map(|error| match error.field.as_str() {
                    "" => error.message.clone(),
                    field => format!("{field}: {}", error.message),
                })
                .collect(),
            back: None,
        }
    }
}
