//! Mode `dispatch`: lets the control room start the workflow of each lane.

use crate::commands::{self, Level, annotate, print};
use crate::environment::Environment;
use crate::failure::Failure;
use crate::inputs::Inputs;
use crate::summary;
use ops_client::{Client, NativeTransport};
use ops_core::api::NewDispatch;
use std::process::ExitCode;
use std::sync::Arc;

pub async fn dispatch(inputs: &Inputs, environment: &Environment) -> Result<ExitCode, Failure> {
    let Some(token) = &inputs.token else {
        return Err(Failure::Inputs(vec![
            "input `token` is missing: mode `dispatch` needs a token of kind operator".into(),
        ]));
    };
    commands::mask(token);
    let transport = NativeTransport::new().map_err(|e| Failure::Transport(e.to_string()))?;
    let client = Client::new(Arc::new(transport), &inputs.url, token);
    let mut code = ExitCode::SUCCESS;
    for lane in &inputs.lanes {
        let new = NewDispatch {
            lane: Some(lane.clone()),
            ..NewDispatch::default()
        };
        let made = client.dispatch_create(&new).await;
        let made = made.map_err(Failure::refused("dispatch.create"))?;
        let target = format!("{}/{}", made.repository, made.workflow);
        match made.error {
            Some(error) => {
                annotate(Level::Error, Some(&target), &error);
                code = ExitCode::FAILURE;
            }
            None => print(&format!(
                "started {target} for lane {lane}: {}",
                made.url.unwrap_or_default()
            )),
        }
    }
    summary::outputs(environment, &[("control-room-url", inputs.url.clone())])?;
    Ok(code)
}
