use serde::Serialize;

/// Which part of the wizard a check belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    Reach,
    Schema,
    Verify,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    Passed,
    /// It was wrong and is not any more.
    Mended,
    /// It could not be tried; `mend` says what is missing.
    Skipped,
    /// Worth knowing, and no fault.
    Noted,
    /// Somebody chose it, and should not forget it.
    Warned,
    Failed,
}

/// One line of the wizard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Check {
    pub step: Step,
    pub state: State,
    pub title: String,
    pub found: String,
    pub expected: String,
    /// What a person does about it; empty where there is nothing to do.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub mend: String,
}

impl Check {
    pub fn passed(step: Step, title: impl Into<String>, found: impl Into<String>) -> Self {
        Check {
            step,
            state: State::Passed,
            title: title.into(),
            found: found.into(),
            expected: String::new(),
            mend: String::new(),
        }
    }

    pub fn failed(
        step: Step,
        title: impl Into<String>,
        found: impl Into<String>,
        expected: impl Into<String>,
        mend: impl Into<String>,
    ) -> Self {
        Check {
            state: State::Failed,
            expected: expected.into(),
            mend: mend.into(),
            ..Check::passed(step, title, found)
        }
    }

    pub fn noted(
        step: Step,
        title: impl Into<String>,
        found: impl Into<String>,
        mend: impl Into<String>,
    ) -> Self {
        Check {
            state: State::Noted,
            mend: mend.into(),
            ..Check::passed(step, title, found)
        }
    }

    pub fn skipped(step: Step, title: impl Into<String>, mend: impl Into<String>) -> Self {
        Check {
            state: State::Skipped,
            mend: mend.into(),
            ..Check::passed(step, title, "not tried")
        }
    }

    pub fn is_fine(&self) -> bool {
        self.state != State::Failed
    }
}
