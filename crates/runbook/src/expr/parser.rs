//! Tokens → tree, by descent with a limit of depth.

use super::lexer::{Placed, Token, error, tokens};
use super::{Ast, Expr, ExprError, Function, PathRef, Segment};
use crate::limits::{MAX_EXPR_BYTES, MAX_EXPR_DEPTH};
use crate::suggest;
use serde_json::Value;

const ROOTS: [&str; 3] = ["params", "steps", "run"];
/// Between `{{` and `}}`; where secrets may be read, the validator decides.
const TEXT_ROOTS: [&str; 4] = ["params", "steps", "run", "secrets"];

pub(super) fn parse(source: &str) -> Result<Expr, ExprError> {
    let mut parser = Parser::new(source, &ROOTS)?;
    let ast = parser.any(0)?;
    parser.expect_end()?;
    Ok(Expr {
        ast,
        paths: parser.paths,
        asks_state: parser.asks_state,
    })
}

/// What may stand between `{{` and `}}`.
pub(crate) enum Operand {
    Path(PathRef),
    Literal(Value),
}

/// Reads what stands between `{{` and `}}`.
pub(crate) fn parse_operand(source: &str) -> Result<Operand, ExprError> {
    let mut parser = Parser::new(source, &TEXT_ROOTS)?;
    let value = match parser.take() {
        Some((Token::Literal(value), _)) => Operand::Literal(value),
        Some((Token::Word(word), column)) => Operand::Path(parser.path(word, column)?),
        Some((_, column)) => return Err(error(column, "here should be a path", PATHS)),
        None => return Err(error(1, "there is nothing between `{{` and `}}`", PATHS)),
    };
    match parser.tokens.get(parser.at) {
        None => Ok(value),
        Some((_, column)) => Err(error(
            *column,
            "only a path may stand between `{{` and `}}`",
            "compute the value in a `run` step and pass it as an output",
        )),
    }
}

const PATHS: &str = "write for example `params.x`, `steps.build.outputs.url` or `run.id`";

struct Parser {
    tokens: Vec<Placed>,
    roots: &'static [&'static str],
    at: usize,
    end: usize,
    paths: Vec<PathRef>,
    asks_state: bool,
}

impl Parser {
    fn new(source: &str, roots: &'static [&'static str]) -> Result<Parser, ExprError> {
        if source.len() > MAX_EXPR_BYTES {
            let message = format!("the expression is longer than {MAX_EXPR_BYTES} bytes");
            return Err(error(1, message, "compute it in a step"));
        }
        Ok(Parser {
            tokens: tokens(source)?,
            roots,
            at: 0,
            end: source.chars().count() + 1,
            paths: Vec::new(),
            asks_state: false,
        })
    }

    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at).map(|(token, _)| token)
    }

    fn take(&mut self) -> Option<Placed> {
        let token = self.tokens.get(self.at).cloned();
        self.at += 1;
        token
    }

    fn take_if(&mut self, wanted: &Token) -> bool {
        let found = self.peek() == Some(wanted);
        self.at += usize::from(found);
        found
    }

    fn column(&self) -> usize {
        self.tokens
            .get(self.at)
            .map_or(self.end, |(_, column)| *column)
    }

    fn expect(&mut self, wanted: Token, message: &str) -> Result<(), ExprError> {
        match self.take_if(&wanted) {
            true => Ok(()),
            false => Err(error(self.column(), message, "")),
        }
    }

    fn expect_end(&self) -> Result<(), ExprError> {
        match self.peek() {
            None => Ok(()),
            Some(Token::Compare(_)) => Err(error(
                self.column(),
                "comparisons do not chain",
                "combine two with `&&`",
            )),
            Some(Token::Word(word)) if word == "and" || word == "or" => Err(error(
                self.column(),
                format!("`{word}` has no meaning here"),
                "write `&&` for and, `||` for or, `!` for not",
            )),
            Some(_) => Err(error(
                self.column(),
                "the expression should end here",
                "combine conditions with `&&` or `||`",
            )),
        }
    }

    fn any(&mut self, depth: usize) -> Result<Ast, ExprError> {
        let mut parts = vec![self.all(depth)?];
        while self.take_if(&Token::Or) {
            parts.push(self.all(depth)?);
        }
        Ok(single_or(parts, Ast::Or))
    }

    fn all(&mut self, depth: usize) -> Result<Ast, ExprError> {
        let mut parts = vec![self.comparison(depth)?];
        while self.take_if(&Token::And) {
            parts.push(self.comparison(depth)?);
        }
        Ok(single_or(parts, Ast::And))
    }

    fn comparison(&mut self, depth: usize) -> Result<Ast, ExprError> {
        let left = self.unary(depth)?;
        let Some(Token::Compare(comparison)) = self.peek() else {
            return Ok(left);
        };
        let comparison = *comparison;
        self.at += 1;
        let right = self.unary(depth)?;
        Ok(Ast::Compare(comparison, Box::new((left, right))))
    }

    fn unary(&mut self, depth: usize) -> Result<Ast, ExprError> {
        if depth >= MAX_EXPR_DEPTH {
            let message = format!("nested deeper than {MAX_EXPR_DEPTH} levels");
            return Err(error(self.column(), message, "compute it in a step"));
        }
        if self.take_if(&Token::Not) {
            return Ok(Ast::Not(Box::new(self.unary(depth + 1)?)));
        }
        let column = self.column();
        match self.take() {
            Some((Token::Literal(value), _)) => Ok(Ast::Literal(value)),
            Some((Token::Open, _)) => {
                let inner = self.any(depth + 1)?;
                self.expect(Token::Close, "here should be `)`")?;
                Ok(inner)
            }
            Some((Token::Word(word), _)) if self.peek() == Some(&Token::Open) => {
                self.call(&word, column, depth)
            }
            Some((Token::Word(word), _)) => {
                let path = self.path(word, column)?;
                self.paths.push(path.clone());
                Ok(Ast::Path(path))
            }
            Some(_) => Err(error(column, "here should be a value", PATHS)),
            None => Err(error(column, "the expression ends too early", PATHS)),
        }
    }

    fn call(&mut self, name: &str, column: usize, depth: usize) -> Result<Ast, ExprError> {
        let Some(function) = Function::by_name(name) else {
            let hint = suggest::hint(name, &Function::NAMES, "functions");
            return Err(error(
                column,
                format!("there is no function `{name}`"),
                &hint,
            ));
        };
        self.at += 1;
        let mut arguments = Vec::new();
        if !self.take_if(&Token::Close) {
            arguments.push(self.any(depth + 1)?);
            while self.take_if(&Token::Comma) {
                arguments.push(self.any(depth + 1)?);
            }
            self.expect(Token::Close, "here should be `,` or `)`")?;
        }
        if arguments.len() != function.arguments() {
            let message = format!(
                "`{name}` takes {} arguments, here are {}",
                function.arguments(),
                arguments.len()
            );
            return Err(error(column, message, ""));
        }
        self.asks_state |= function.arguments() == 0;
        Ok(Ast::Call(function, arguments))
    }

    fn path(&mut self, root: String, column: usize) -> Result<PathRef, ExprError> {
        if !self.roots.contains(&root.as_str()) {
            return Err(error(
                column,
                format!("`{root}` is unknown"),
                &root_hint(&root),
            ));
        }
        let mut segments = vec![Segment::Key(root)];
        loop {
            if self.take_if(&Token::Dot) {
                segments.push(Segment::Key(self.member()?));
            } else if self.take_if(&Token::OpenBracket) {
                segments.push(self.subscript()?);
                self.expect(Token::CloseBracket, "here should be `]`")?;
            } else {
                return Ok(PathRef { segments, column });
            }
        }
    }

    fn member(&mut self) -> Result<String, ExprError> {
        let column = self.column();
        match self.take() {
            Some((Token::Word(word), _)) => Ok(word),
            // A key may be called `true` or `null`.
            Some((Token::Literal(value @ (Value::Bool(_) | Value::Null)), _)) => {
                Ok(value.to_string())
            }
            _ => Err(error(
                column,
                "here should be a name",
                "write other keys as `params['my key']`",
            )),
        }
    }

    fn subscript(&mut self) -> Result<Segment, ExprError> {
        let column = self.column();
        let segment = match self.take() {
            Some((Token::Literal(Value::String(key)), _)) => Some(Segment::Key(key)),
            Some((Token::Literal(Value::Number(number)), _)) => number
                .as_u64()
                .and_then(|index| usize::try_from(index).ok())
                .map(Segment::Index),
            _ => None,
        };
        let hint = "write `params['my-x']` or `params.list[0]`";
        segment.ok_or_else(|| {
            error(
                column,
                "here should be a quoted key or a place in a list",
                hint,
            )
        })
    }
}

fn single_or(mut parts: Vec<Ast>, many: fn(Vec<Ast>) -> Ast) -> Ast {
    match parts.len() {
        1 => parts.remove(0),
        _ => many(parts),
    }
}

fn root_hint(word: &str) -> String {
    match word {
        "env" | "secrets" => {
            "expressions see `params`, `steps` and `run`; test a variable in a `run` step".into()
        }
        "inputs" => "did you mean `params`?".into(),
        "not" => "write `!`".into(),
        _ if Function::by_name(word).is_some() => format!("write `{word}(…)`"),
        _ => match suggest::nearest(word, ROOTS) {
            Some(right) => format!("did you mean `{right}`?"),
            None => "put a text into quotes; paths begin with `params`, `steps` or `run`".into(),
        },
    }
}
