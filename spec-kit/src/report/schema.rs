use super::Report;
use schemars::generate::SchemaSettings;

/// docs/spec-kit-report.schema.json: JSON Schema 2020-12 of [`super::json`].
pub fn schema() -> String {
    let mut schema = SchemaSettings::draft2020_12()
        .into_generator()
        .into_root_schema_for::<Report>();
    schema.insert("title".to_owned(), "Report of spec-kit, version 1".into());
    let mut out = serde_json::to_string_pretty(&schema).unwrap_or_default();
    out.push('\n');
    out
}
