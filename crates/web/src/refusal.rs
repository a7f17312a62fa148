use crate::journal::{self, Entry, Level};
use crate::wrong::summary;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use ops_core::{Code, FieldError, Problem};
use serde_json::{Map, Value};

/// Workers have to take runs before there is room again; asking each second would help nobody.
const QUEUE_FULL_PAUSE_SECONDS: u32 = 10;

/// A refusal on its way out, as `application/problem+json`.
#[derive(Debug)]
pub struct Refusal {
    problem: Box<Problem>,
    retry_after_seconds: Option<u32>,
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Refusal {
            problem: Box::new(problem),
            retry_after_seconds: None,
        }
    }
}

impl Refusal {
    pub fn retry_after(problem: Problem, seconds: u32) -> Self {
        Refusal {
            problem: Box::new(problem),
            retry_after_seconds: Some(seconds),
        }
    }

    /// Of a batch of one whose caller sent no batch: fields are named as they were sent.
    pub fn of_single(mut self, place: &str) -> Self {
        let problem = &mut self.problem;
        for error in &mut problem.errors {
            if let Some(rest) = error.field.strip_prefix(place) {
                error.field = rest.into();
            }
        }
        if !problem.errors.is_empty() {
            problem.detail = summary(&problem.errors);
        }
        self
    }

    pub fn into_problem(self) -> Problem {
        *self.problem
    }

    /// The reason goes to our log alone; the caller gets an id by which it is found there.
    pub fn internal(place: &str, why: &str) -> Self {
        Refusal::logged(
            Entry::new(Level::Error, "failed")
                .with("verb", place)
                .with("message", why),
        )
    }

    /// The same for who knows more about it.
    pub(crate) fn logged(entry: Entry) -> Self {
        let mut random = [0; 8];
        // Without random numbers there is an id too, only not one of its own.
        let _ = getrandom::fill(&mut random);
        let id = format!("{:016x}", u64::from_be_bytes(random));
        let mut problem = Problem::new(Code::Internal, format!("id {id}"));
        problem.facts.insert("id".into(), id.as_str().into());
        let code = problem.code.as_str();
        journal::write(entry.with("code", code).with("id", id));
        problem.into()
    }

    pub(crate) fn code(&self) -> Code {
        self.problem.code
    }

    /// An answer of the database with a `code`; what else it carries travels as facts.
    pub fn from_answer(mut answer: Map<String, Value>) -> Self {
        let word = answer.remove("code");
        let Some(code) = word.as_ref().and_then(Value::as_str).and_then(Code::parse) else {
            return Refusal::internal("refusal", &format!("unknown code {word:?}"));
        };
        let detail = match answer.remove("detail") {
            Some(Value::String(detail)) => detail,
            _ => String::new(),
        };
        let mut problem = Problem::new(code, detail);
        if let Some(Value::Array(errors)) = answer.remove("errors") {
            problem.errors = errors.iter().map(field_error).collect();
            if problem.detail.is_empty() {
                problem.detail = summary(&problem.errors);
            }
        }
        // A problem has a `status` of its own, and a name that stands twice cannot be read.
        if let Some(status) = answer.remove("status") {
            answer.insert("run_status".into(), status);
        }
        answer.retain(|name, _| !["type", "title", "hint"].contains(&name.as_str()));
        problem.facts = answer;
        match code {
            Code::QueueFull => Refusal::retry_after(problem, QUEUE_FULL_PAUSE_SECONDS),
            _ => problem.into(),
        }
    }
}

fn field_error(error: &Value) -> FieldError {
    let text = |name: &str| {
        error
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_string()
    };
    let field = text("field");
    FieldError {
        field: if field.starts_with('/') {
            field
        } else {
            format!("/{field}")
        },
        message: text("message"),
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status =
            StatusCode::from_u16(self.problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_vec(&self.problem).unwrap_or_default();
        let mut response = (status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(seconds) = self.retry_after_seconds {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}
