//! The tables of docs/API.md, from the same document that docs/openapi.json is. Text between marks
//! is written anew; what people wrote stays.

use super::verb::Verb;
use super::{document, verbs};
use crate::Code;
use serde_json::Value;

const MARK: &str = "<!-- generated: ";
const END: &str = "<!-- end -->\n";

/// `text` with each part between `<!-- generated: WHAT -->` and `<!-- end -->` as it is now. WHAT is
/// `codes`, `shapes`, or verbs with blanks between them.
pub fn fill(text: &str) -> String {
    let document = document();
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(MARK) {
        let (what, after) = after.split_once(" -->\n").unwrap_or((after, ""));
        let (_, after) = after.split_once(END).unwrap_or(("", after));
        let part = match what {
            "codes" => codes(),
            "shapes" => shapes(&document),
            names => rows(&document, names),
        };
        out += &format!("{before}{MARK}{what} -->\n{part}{END}");
        rest = after;
    }
    out + rest
}

/// Verbs that no part of `text` has, and names in it that are none.
#[cfg(test)]
pub fn strays(text: &str) -> Vec<String> {
    let told: Vec<&str> = text
        .split(MARK)
        .skip(1)
        .filter_map(|part| part.split_once(" -->"))
        .flat_map(|(names, _)| names.split(' '))
        .filter(|name| !matches!(*name, "codes" | "shapes"))
        .collect();
    let all = verbs::all();
    let missing = all
        .iter()
        .map(|verb| verb.name)
        .filter(|n| !told.contains(n));
    let unknown = told
        .iter()
        .filter(|n| all.iter().all(|verb| verb.name != **n));
    missing
        .chain(unknown.copied())
        .map(str::to_string)
        .collect()
}

fn codes() -> String {
    let mut out = String::from("| code | status | title | hint |\n| --- | --- | --- | --- |\n");
    for code in Code::ALL {
        out += &format!(
            "| `{}` | {} | {} | {} |\n",
            code.as_str(),
            code.status(),
            code.title(),
            code.hint()
        );
    }
    out
}

fn rows(document: &Value, names: &str) -> String {
    let mut out = String::from(
        "| verb | kinds | what | request | answer | may refuse with |\n| --- | --- | --- | --- | --- | --- |\n",
    );
    let all = verbs::all();
    let named = names
        .split(' ')
        .filter_map(|name| all.iter().find(|verb| verb.name == name));
    for verb in named {
        out += &row(document, verb);
    }
    out
}

fn row(document: &Value, verb: &Verb) -> String {
    let kinds = match verb.kinds {
        [] => "none".to_string(),
        kinds => kinds.join(", "),
    };
    let codes: Vec<String> = verb
        .own_codes
        .iter()
        .map(|code| format!("`{}`", code.as_str()))
        .collect();
    let note = verb.note.map_or(String::new(), |note| format!(". {note}"));
    let answers: Vec<String> = verb
        .answers
        .iter()
        .map(|(status, content)| format!("{status} {}", contents(document, content)))
        .collect();
    format!(
        "| `{} {}` | {kinds} | {}{note} | {} | {} | {} |\n",
        verb.method.word().to_uppercase(),
        verb.name,
        verb.summary,
        request(document, verb),
        answers.join("; "),
        codes.join(", ")
    )
}

fn request(document: &Value, verb: &Verb) -> String {
    let mut parts: Vec<String> = verb
        .query
        .iter()
        .map(|parameter| {
            let schema = parameter.schema();
            let name = schema["name"].as_str().unwrap_or_default();
            let mark = if schema["required"] == true { "" } else { "?" };
            format!("`{name}{mark}`")
        })
        .collect();
    if let Some(body) = &verb.body {
        parts.push(contents(document, &body["content"]));
    }
    parts.join(", ")
}

/// What each content type holds: fields of JSON, or the name of the other form.
fn contents(document: &Value, content: &Value) -> String {
    let mut parts = Vec::new();
    for (kind, content) in content.as_object().into_iter().flatten() {
        parts.push(match kind.as_str() {
            "application/json" => forms(document, &content["schema"]),
            "multipart/form-data" => "multipart with the part `file`".to_string(),
            "text/plain" => "text".to_string(),
            _ => "bytes".to_string(),
        });
    }
    parts.join(" or ")
}

fn forms(document: &Value, schema: &Value) -> String {
    if let Some(forms_of) = schema["anyOf"].as_array() {
        let forms: Vec<String> = forms_of.iter().map(|one| forms(document, one)).collect();
        return forms.join(" or ");
    }
    let schema = resolved(document, schema);
    let fields = fields(schema);
    match fields.is_empty() {
        true => "an object".to_string(),
        false => format!("`{{{}}}`", fields.join(", ")),
    }
}

fn resolved<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    schema["$ref"]
        .as_str()
        .and_then(|place| document.pointer(place.trim_start_matches('#')))
        .unwrap_or(schema)
}

/// Names, with `?` where one may be absent, and what an array or a field of ours holds.
fn fields(schema: &Value) -> Vec<String> {
    let required = schema["required"].as_array().cloned().unwrap_or_default();
    let properties = schema["properties"].as_object();
    properties
        .into_iter()
        .flatten()
        .map(|(name, field)| {
            let mark = if required.iter().any(|r| r == name) {
                ""
            } else {
                "?"
            };
            match holds(field) {
                Some(what) => format!("{name}{mark}: {what}"),
                None => format!("{name}{mark}"),
            }
        })
        .collect()
}

fn holds(field: &Value) -> Option<String> {
    if let Some(place) = field["$ref"].as_str() {
        return place.rsplit('/').next().map(str::to_string);
    }
    if let Some(items) = field.get("items") {
        return Some(holds(items).map_or("[…]".to_string(), |what| format!("[{what}]")));
    }
    let one_of = field["anyOf"].as_array().into_iter().flatten();
    one_of.filter_map(holds).next()
}

fn shapes(document: &Value) -> String {
    let mut out = String::from("| shape | fields |\n| --- | --- |\n");
    let schemas = document["components"]["schemas"].as_object();
    for (name, schema) in schemas.into_iter().flatten() {
        let words = |list: &Value| -> Vec<String> {
            let list = list.as_array().into_iter().flatten();
            list.filter_map(|word| Some(format!("`{}`", word.as_str()?)))
                .collect()
        };
        let one_of = schema["oneOf"].as_array().into_iter().flatten();
        let consts: Vec<String> = one_of
            .filter_map(|one| Some(format!("`{}`", one["const"].as_str()?)))
            .collect();
        let fields = fields(schema);
        let told = match (fields.is_empty(), words(&schema["enum"]).is_empty()) {
            (false, _) => format!("`{{{}}}`", fields.join(", ")),
            (true, false) => words(&schema["enum"]).join(", "),
            (true, true) => consts.join(", "),
        };
        // The codes have a table of their own.
        if name != "Code" && !told.is_empty() {
            out += &format!("| {name} | {told} |\n");
        }
    }
    out
}
