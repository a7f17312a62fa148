//! Text → tokens.

use super::{Comparison, ExprError};
use serde_json::{Number, Value};

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Token {
    Literal(Value),
    Word(String),
    Dot,
    Comma,
    Open,
    Close,
    OpenBracket,
    CloseBracket,
    Not,
    And,
    Or,
    Compare(Comparison),
}

/// A token and its column, in characters from 1.
pub(crate) type Placed = (Token, usize);

pub(crate) fn error(column: usize, message: impl Into<String>, hint: &str) -> ExprError {
    ExprError {
        column,
        message: message.into(),
        hint: hint.to_string(),
    }
}

pub(crate) fn tokens(source: &str) -> Result<Vec<Placed>, ExprError> {
    let mut lexer = Lexer {
        chars: source.chars().collect(),
        at: 0,
    };
    let mut tokens = Vec::new();
    while let Some(token) = lexer.next()? {
        tokens.push(token);
    }
    Ok(tokens)
}

struct Lexer {
    chars: Vec<char>,
    at: usize,
}

impl Lexer {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> String {
        let start = self.at;
        while self.peek().is_some_and(&wanted) {
            self.at += 1;
        }
        self.chars[start..self.at].iter().collect()
    }

    fn next(&mut self) -> Result<Option<Placed>, ExprError> {
        self.take_while(char::is_whitespace);
        let column = self.at + 1;
        let Some(first) = self.peek() else {
            return Ok(None);
        };
        let second = self.chars.get(self.at + 1).copied();
        let token = match first {
            '\'' | '"' => self.text(first, column)?,
            '0'..='9' => self.number(column)?,
            '-' if second.is_some_and(|c| c.is_ascii_digit()) => self.number(column)?,
            'a'..='z' | 'A'..='Z' | '_' => self.word(),
            _ => self.symbol(first, second, column)?,
        };
        Ok(Some((token, column)))
    }

    /// A quoted text. The quote itself is written twice, as in `'it''s'`.
    fn text(&mut self, quote: char, column: usize) -> Result<Token, ExprError> {
        self.at += 1;
        let mut text = String::new();
        while let Some(c) = self.peek() {
            self.at += 1;
            if c != quote {
                text.push(c);
            } else if self.peek() == Some(quote) {
                self.at += 1;
                text.push(quote);
            } else {
                return Ok(Token::Literal(text.into()));
            }
        }
        let hint = format!("end it with {quote}");
        Err(error(column, "this text has no end", &hint))
    }

    fn number(&mut self, column: usize) -> Result<Token, ExprError> {
        let start = self.at;
        self.at += 1;
        let rest = self.take_while(|c| c.is_ascii_alphanumeric() || c == '.');
        let text = format!("{}{rest}", self.chars[start]);
        let number = match text.parse::<i64>() {
            Ok(integer) => Some(Number::from(integer)),
            Err(_)
                if text
                    .bytes()
                    .all(|b| b.is_ascii_digit() || b"-.eE".contains(&b)) =>
            {
                text.parse().ok().and_then(Number::from_f64)
            }
            Err(_) => None,
        };
        match number {
            Some(number) => Ok(Token::Literal(Value::Number(number))),
            None => Err(error(
                column,
                format!("`{text}` is no number"),
                "put a text into quotes",
            )),
        }
    }

    /// There is no arithmetic, so a `-` belongs to the name: `steps.my-step.status`.
    fn word(&mut self) -> Token {
        let word = self.take_while(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
        match word.as_str() {
            "true" => Token::Literal(true.into()),
            "false" => Token::Literal(false.into()),
            "null" => Token::Literal(Value::Null),
            _ => Token::Word(word),
        }
    }

    fn symbol(
        &mut self,
        first: char,
        second: Option<char>,
        column: usize,
    ) -> Result<Token, ExprError> {
        let (token, length) = match (first, second) {
            ('=', Some('=')) => (Token::Compare(Comparison::Equal), 2),
            ('!', Some('=')) => (Token::Compare(Comparison::NotEqual), 2),
            ('<', Some('=')) => (Token::Compare(Comparison::LessOrEqual), 2),
            ('>', Some('=')) => (Token::Compare(Comparison::GreaterOrEqual), 2),
            ('&', Some('&')) => (Token::And, 2),
            ('|', Some('|')) => (Token::Or, 2),
            ('<', _) => (Token::Compare(Comparison::Less), 1),
            ('>', _) => (Token::Compare(Comparison::Greater), 1),
            ('!', _) => (Token::Not, 1),
            ('.', _) => (Token::Dot, 1),
            (',', _) => (Token::Comma, 1),
            ('(', _) => (Token::Open, 1),
            (')', _) => (Token::Close, 1),
            ('[', _) => (Token::OpenBracket, 1),
            (']', _) => (Token::CloseBracket, 1),
            _ => return Err(stray(first, second, column)),
        };
        self.at += length;
        Ok(token)
    }
}

fn stray(first: char, second: Option<char>, column: usize) -> ExprError {
    let hint = match (first, second) {
        ('=', _) => "write `==` to compare",
        ('&', _) => "write `&&`",
        ('|', _) => "write `||`",
        ('$', Some('{')) | ('{', _) => "write the expression alone, without `${{` and `}}`",
        ('$', _) => "write `params.x`, not `$PARAM_x`",
        ('+' | '-' | '*' | '/' | '%', _) => "there is no arithmetic; compute it in a step",
        _ => "",
    };
    error(column, format!("`{first}` has no meaning here"), hint)
}
