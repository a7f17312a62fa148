use crate::html::Html;
use serde::Serialize;

#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Form {
    pub fields: Vec<Field>,
    /// What is wrong with no field in particular.
    pub errors: Vec<String>,
}

/// One field; exactly one of the controls is there.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Field {
    /// JSON pointer of the value.
    pub name: String,
    pub id: String,
    pub label: String,
    /// From [`crate::html::with_code`].
    pub description_html: Html,
    pub required: bool,
    pub errors: Vec<String>,
    /// Ids of description and errors, for `aria-describedby`; empty where there is neither.
    pub described_by: String,
    pub input: Option<Input>,
    pub area: Option<Area>,
    pub select: Option<Vec<Choice>>,
    pub checks: Option<Vec<Choice>>,
    pub check: Option<Check>,
    pub group: Option<Vec<Field>>,
}

/// A line of text or a number. Attributes that are not wanted are empty.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Input {
    /// `text`, `number`, `url`, `email`, `date`.
    pub kind: &'static str,
    pub value: String,
    pub min: String,
    pub max: String,
    pub step: String,
    pub min_length: String,
    pub max_length: String,
    pub pattern: String,
    pub placeholder: String,
    /// Values that are offered but not demanded.
    pub suggestions: Vec<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Area {
    pub value: String,
    pub rows: usize,
    pub placeholder: String,
    pub is_code: bool,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Check {
    pub checked: bool,
}

/// One value of a list. What is sent is its JSON.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Choice {
    pub value: String,
    pub label: String,
    pub chosen: bool,
}
