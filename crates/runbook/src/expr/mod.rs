//! The language of `if`: tiny, total, without side effects. Evaluation cannot fail, cannot loop
//! and cannot reach anything but the values it is given.
//!
//! A missing value is null. `==` of different types is false, and so is any ordering of them.
//! Falsy are `null`, `false`, `0` and `''`; everything else is truthy, empty lists too.

mod eval;
mod lexer;
mod parser;
mod path;

pub use eval::json_equal;
pub(crate) use eval::{equal, number_order};
pub(crate) use parser::{Operand, parse_operand};
pub use path::{PathRef, Segment};

use serde_json::Value;

/// An expression that can be evaluated.
#[derive(Debug, Clone, PartialEq)]
pub struct Expr {
    ast: Ast,
    paths: Vec<PathRef>,
    /// One of the state functions is called, so no `success()` is put before it.
    asks_state: bool,
}

/// Why an expression cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ExprError {
    /// In characters of the expression, from 1.
    pub column: usize,
    pub message: String,
    /// Empty where the message says it all.
    pub hint: String,
}

/// What an expression is evaluated against.
#[derive(Debug, Clone, Copy)]
pub struct Context<'v> {
    /// An object with `params`, `steps` and `run`, such as
    /// `{"params": {"x": 1}, "steps": {"build": {"status": "succeeded", "exit_code": 0,
    /// "outputs": {"url": "…"}}}, "run": {"id": "…", "attempt": 1, "lane": "A", "env": null,
    /// "repo": null}}`.
    pub values: &'v Value,
    pub state: JobState,
}

/// How the attempt stands when a step is about to start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobState {
    /// No earlier step failed.
    Ok,
    Failed,
    Cancelled,
}

impl Expr {
    /// Reads an expression. At most `MAX_EXPR_BYTES` long and `MAX_EXPR_DEPTH` deep.
    pub fn parse(source: &str) -> Result<Expr, ExprError> {
        parser::parse(source)
    }

    /// Whether the step runs. Where no state function is called, `success()` has to hold too.
    pub fn eval(&self, context: &Context<'_>) -> bool {
        (self.asks_state || context.state == JobState::Ok) && eval::is_true(&self.ast, context)
    }

    /// The paths that the expression reads, in the order of the text.
    pub fn paths(&self) -> &[PathRef] {
        &self.paths
    }
}

/// Whether a step with this `if` runs; without one it runs as long as nothing failed.
pub fn should_run(condition: Option<&str>, context: &Context<'_>) -> Result<bool, ExprError> {
    match condition {
        Some(source) => Ok(Expr::parse(source)?.eval(context)),
        None => Ok(context.state == JobState::Ok),
    }
}

#[derive(Debug, Clone, PartialEq)]
enum Ast {
    Literal(Value),
    Path(PathRef),
    Not(Box<Ast>),
    /// All of them; chains are flat so that a long one is not deep.
    And(Vec<Ast>),
    Or(Vec<Ast>),
    Compare(Comparison, Box<(Ast, Ast)>),
    Call(Function, Vec<Ast>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Function {
    Contains,
    StartsWith,
    EndsWith,
    Success,
    Failure,
    Always,
    Cancelled,
}

impl Function {
    const NAMES: [&'static str; 7] = [
        "contains",
        "starts_with",
        "ends_with",
        "success",
        "failure",
        "always",
        "cancelled",
    ];

    fn by_name(name: &str) -> Option<Function> {
        Some(match name {
            "contains" => Function::Contains,
            "starts_with" => Function::StartsWith,
            "ends_with" => Function::EndsWith,
            "success" => Function::Success,
            "failure" => Function::Failure,
            "always" => Function::Always,
            "cancelled" => Function::Cancelled,
            _ => return None,
        })
    }

    fn arguments(self) -> usize {
        match self {
            Function::Contains | Function::StartsWith | Function::EndsWith => 2,
            _ => 0,
        }
    }
}

#[cfg(test)]
mod tests;
