//! Tree → answer. Total: every tree has an answer for all values.

use super::{Ast, Comparison, Context, Function, JobState};
use serde_json::{Number, Value};
use std::borrow::Cow;
use std::cmp::Ordering;

pub(super) fn is_true(ast: &Ast, context: &Context<'_>) -> bool {
    match ast {
        Ast::Not(inner) => !is_true(inner, context),
        Ast::And(parts) => parts.iter().all(|part| is_true(part, context)),
        Ast::Or(parts) => parts.iter().any(|part| is_true(part, context)),
        Ast::Compare(comparison, sides) => {
            let (left, right) = (value(&sides.0, context), value(&sides.1, context));
            compare(*comparison, &left, &right)
        }
        Ast::Call(function, arguments) => call(*function, arguments, context),
        Ast::Literal(value) => truthy(value),
        Ast::Path(path) => truthy(path.lookup(context.values)),
    }
}

fn value<'a>(ast: &'a Ast, context: &Context<'a>) -> Cow<'a, Value> {
    match ast {
        Ast::Literal(value) => Cow::Borrowed(value),
        Ast::Path(path) => Cow::Borrowed(path.lookup(context.values)),
        other => Cow::Owned(Value::Bool(is_true(other, context))),
    }
}

fn truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(truth) => *truth,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(_) | Value::Object(_) => true,
    }
}

fn compare(comparison: Comparison, left: &Value, right: &Value) -> bool {
    let order = order(left, right);
    match comparison {
        Comparison::Equal => equal(left, right),
        Comparison::NotEqual => !equal(left, right),
        Comparison::Less => order == Some(Ordering::Less),
        Comparison::LessOrEqual => matches!(order, Some(Ordering::Less | Ordering::Equal)),
        Comparison::Greater => order == Some(Ordering::Greater),
        Comparison::GreaterOrEqual => matches!(order, Some(Ordering::Greater | Ordering::Equal)),
    }
}

/// `1` and `1.0` are the same number.
pub(crate) fn equal(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => {
            number_order(left, right) == Some(Ordering::Equal)
        }
        _ => left == right,
    }
}

/// The same, also of numbers inside lists and objects.
pub fn json_equal(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(a, b)| json_equal(a, b))
        }
        (Value::Object(left), Value::Object(right)) => {
            let same = |(key, value): (&String, &Value)| {
                right.get(key).is_some_and(|other| json_equal(value, other))
            };
            left.len() == right.len() && left.iter().all(same)
        }
        _ => equal(left, right),
    }
}

/// Numbers by size, texts by code points; there is no order of anything else.
fn order(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => number_order(left, right),
        (Value::String(left), Value::String(right)) => Some(left.cmp(right)),
        _ => None,
    }
}

/// Whole numbers are compared exactly, beyond what a float can tell apart.
pub(crate) fn number_order(left: &Number, right: &Number) -> Option<Ordering> {
    match (whole(left), whole(right)) {
        (Some(left), Some(right)) => Some(left.cmp(&right)),
        _ => left.as_f64()?.partial_cmp(&right.as_f64()?),
    }
}

fn whole(number: &Number) -> Option<i128> {
    number
        .as_i64()
        .map(i128::from)
        .or_else(|| number.as_u64().map(i128::from))
}

fn call(function: Function, arguments: &[Ast], context: &Context<'_>) -> bool {
    match (function, arguments) {
        (Function::Success, _) => context.state == JobState::Ok,
        (Function::Failure, _) => context.state == JobState::Failed,
        (Function::Cancelled, _) => context.state == JobState::Cancelled,
        (Function::Always, _) => true,
        (_, [first, second]) => {
            let (first, second) = (value(first, context), value(second, context));
            search(function, &first, &second)
        }
        // The parser has counted the arguments.
        _ => false,
    }
}

fn search(function: Function, whole: &Value, part: &Value) -> bool {
    match (function, whole, part) {
        (Function::Contains, Value::String(whole), Value::String(part)) => whole.contains(part),
        (Function::Contains, Value::Array(items), part) => {
            items.iter().any(|item| equal(item, part))
        }
        (Function::Contains, Value::Object(map), Value::String(key)) => map.contains_key(key),
        (Function::StartsWith, Value::String(whole), Value::String(part)) => {
            whole.starts_with(part.as_str())
        }
        (Function::EndsWith, Value::String(whole), Value::String(part)) => {
            whole.ends_with(part.as_str())
        }
        _ => false,
    }
}
