use serde::Serialize;

/// What a colour means. It never stands alone: a badge has an icon and a word too.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Tone {
    #[default]
    Queued,
    Running,
    Ok,
    Bad,
    Off,
    Warn,
    Held,
}

impl Tone {
    pub fn as_str(self) -> &'static str {
        match self {
            Tone::Queued => "queued",
            Tone::Running => "running",
            Tone::Ok => "ok",
            Tone::Bad => "bad",
            Tone::Off => "off",
            Tone::Warn => "warn",
            Tone::Held => "held",
        }
    }
}
