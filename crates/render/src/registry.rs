use crate::pages::RenderError;
use handlebars::Handlebars;
use serde::Serialize;

/// Every template by its name: `run_row` is `templates/ui/run_row.hbs`.
pub(crate) fn templates() -> impl Iterator<Item = (&'static str, &'static str)> {
    crate::packed::files().filter_map(|(file, source)| Some((file.strip_suffix(".hbs")?, source)))
}

pub(crate) struct Registry {
    handlebars: Handlebars<'static>,
}

impl Registry {
    pub fn new() -> Result<Self, RenderError> {
        let mut handlebars = Handlebars::new();
        handlebars.set_strict_mode(true);
        handlebars.register_escape_fn(|text| crate::text(text).into_string());
        handlebars.set_prevent_indent(true);
        handlebars.register_helper("if", Box::new(crate::strict_if::StrictIf));
        for (name, source) in templates() {
            handlebars
                .register_template_string(name, source)
                .map_err(|error| RenderError {
                    template: name,
                    reason: error.to_string(),
                })?;
        }
        Ok(Registry { handlebars })
    }

    pub fn render(
        &self,
        template: &'static str,
        view: &impl Serialize,
    ) -> Result<String, RenderError> {
        self.handlebars
            .render(template, view)
            .map_err(|error| RenderError {
                template,
                reason: error.to_string(),
            })
    }
}
