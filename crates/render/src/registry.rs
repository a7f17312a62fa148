use crate::pages::RenderError;
use handlebars::Handlebars;
use serde::Serialize;

macro_rules! templates {
    ($($name:literal)*) => {
        /// Every template by its name.
        pub(crate) const TEMPLATES: &[(&str, &str)] =
            &[$(($name, include_str!(concat!("../../../templates/ui/", $name, ".hbs"))),)*];
    };
}

templates! {
    "layout" "badge" "icon" "link" "span" "stamp" "freshness" "hidden" "confirm_cancel" "command" "pairs" "views"
    "runboard" "board" "board_head" "lane" "lane_menu" "workers" "worker_row" "card" "queue_row" "recent_row" "banner"
    "runs" "run_rows" "run_row" "filter_select"
    "run" "run_region" "run_head" "run_steps" "run_side" "step_row" "log" "log_hits" "artifact"
    "templates" "template" "run_form" "fields" "field" "field_group" "editor" "validation" "source"
    "chat" "chat_preview" "answers" "spec_kit" "github" "setup" "setup_checks" "sign_in" "error"
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
        for (name, source) in TEMPLATES {
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
