use handlebars::{
    Context, Handlebars, Helper, HelperDef, HelperResult, JsonTruthy, Output, RenderContext,
    RenderErrorReason, Renderable,
};

/// `if` that refuses a variable that does not exist. The library's own takes it for false, also in
/// strict mode, so that a typing error would hide a part of a page.
pub(crate) struct StrictIf;

impl HelperDef for StrictIf {
    fn call<'reg: 'rc, 'rc>(
        &self,
        helper: &Helper<'rc>,
        registry: &'reg Handlebars<'reg>,
        context: &'rc Context,
        render: &mut RenderContext<'reg, 'rc>,
        out: &mut dyn Output,
    ) -> HelperResult {
        let condition = helper
            .param(0)
            .ok_or(RenderErrorReason::ParamNotFoundForIndex("if", 0))?;
        if condition.is_value_missing() {
            let path = condition.relative_path().cloned();
            return Err(RenderErrorReason::MissingVariable(path).into());
        }
        let chosen = match condition.value().is_truthy(false) {
            true => helper.template(),
            false => helper.inverse(),
        };
        match chosen {
            Some(template) => template.render(registry, context, render, out),
            None => Ok(()),
        }
    }
}
