//! The step kind `spec_kit`.

use super::scope::Scope;
use super::values;
use crate::diagnostic::DiagnosticCode as Code;
use crate::format::keys::{SPEC_GENERATE, SPEC_KIT, SPEC_VALIDATE};
use crate::model::{FailOn, SpecFormat, SpecGeneration, SpecKitCall, SpecSubject, SpecValidation};
use crate::names::is_path_below;
use crate::node::{Field, Kind};
use crate::report::Report;

const HINT: &str = "write for example `spec_kit: {generate: {prd: docs/prd.md}}` or `spec_kit: {validate: {path: specs}}`";

pub(super) fn read(
    field: &Field<'_>,
    scope: &Scope<'_>,
    report: &mut Report<'_>,
) -> Option<SpecKitCall> {
    map(field, "`spec_kit`", report)?;
    values::refuse_unknown(field, "`spec_kit`", &SPEC_KIT, report);
    match (field.get("generate"), field.get("validate")) {
        (Some(call), None) => generate(&call, scope, report).map(SpecKitCall::Generate),
        (None, Some(call)) => validate(&call, scope, report).map(SpecKitCall::Validate),
        _ => {
            let message = "`spec_kit` does one of `generate` and `validate`";
            report.at(field, Code::BadValue, message, HINT);
            None
        }
    }
}

fn map(field: &Field<'_>, what: &str, report: &mut Report<'_>) -> Option<()> {
    if matches!(field.node.kind, Kind::Map(_)) {
        return Some(());
    }
    let message = format!("{what} has to be a map, not {}", field.node.type_word());
    report.at(field, Code::WrongType, message, HINT);
    None
}

fn generate(
    call: &Field<'_>,
    scope: &Scope<'_>,
    report: &mut Report<'_>,
) -> Option<SpecGeneration> {
    map(call, "`generate`", report)?;
    values::refuse_unknown(call, "`generate`", &SPEC_GENERATE, report);
    let prd = values::required(call, "prd", "`generate`", HINT, report)
        .and_then(|field| filled(&field, scope, report));
    let slug = values::optional(call, "slug").and_then(|field| filled(&field, scope, report));
    let out = values::optional(call, "out").and_then(|field| {
        let shape = "a path below the step's folder, without `..`";
        values::name(&field, "folder", shape, is_path_below, report)
    });
    Some(SpecGeneration {
        prd: prd?,
        slug,
        out,
    })
}

fn validate(
    call: &Field<'_>,
    scope: &Scope<'_>,
    report: &mut Report<'_>,
) -> Option<SpecValidation> {
    map(call, "`validate`", report)?;
    values::refuse_unknown(call, "`validate`", &SPEC_VALIDATE, report);
    let mut given = |key| values::optional(call, key).map(|field| filled(&field, scope, report));
    let of = match (given("path"), given("slug")) {
        (Some(path), None) => path.map(SpecSubject::Path),
        (None, Some(slug)) => slug.map(SpecSubject::Slug),
        _ => {
            let message = "`validate` takes one of `path` and `slug`";
            report.at(call, Code::BadValue, message, HINT);
            None
        }
    };
    let fail_on = values::optional(call, "fail_on")
        .and_then(|field| word(&field, &FailOn::ALL, report))
        .unwrap_or_default();
    let formats = match values::optional(call, "formats") {
        Some(list) if values::expect_list(&list, "`formats`", report) => list
            .items()
            .filter_map(|item| word(&item, &SpecFormat::ALL, report))
            .collect(),
        _ => SpecFormat::usual(),
    };
    Some(SpecValidation {
        of: of?,
        fail_on,
        formats,
    })
}

fn filled(field: &Field<'_>, scope: &Scope<'_>, report: &mut Report<'_>) -> Option<String> {
    let text = values::text(field, report)?;
    scope.check_text(field, &text, report);
    Some(text)
}

fn word<T: Copy>(field: &Field<'_>, words: &[(&str, T)], report: &mut Report<'_>) -> Option<T> {
    let text = values::text(field, report)?;
    let found = words.iter().find(|(name, _)| *name == text);
    if found.is_none() {
        let names: Vec<&str> = words.iter().map(|(name, _)| *name).collect();
        let hint = format!("write one of {}", names.join(", "));
        report.at(
            field,
            Code::BadValue,
            format!("`{text}` is not known here"),
            &hint,
        );
    }
    found.map(|(_, value)| *value)
}
