//! The runbook format: YAML with places, a parameter schema, `if` expressions, validation.
//! Pure: text in, a typed [`Runbook`] or diagnostics out. No I/O, no clock, no environment.

mod diagnostic;
mod env;
mod expr;
mod format;
mod interpolate;
mod json;
mod limits;
mod model;
mod names;
mod node;
mod outputs;
mod read;
mod report;
mod scalar;
mod schema;
mod suggest;
mod yaml;

pub use diagnostic::{Diagnostic, DiagnosticCode};
pub use env::{env_text, param_env_name, step_env_name};
pub use expr::{Context, Expr, ExprError, JobState, PathRef, Segment, json_equal, should_run};
pub use format::json_schema;
pub use interpolate::{InterpolateError, interpolate, interpolate_json, interpolate_url};
pub use limits::*;
pub use model::{
    ArtifactFile, ArtifactSource, ArtifactSpec, Concurrency, Count, Expect, FailOn, HttpCall,
    HttpMethod, InvalidPause, InvalidStatus, InvalidWorkdir, OnInterrupt, Pause, Probe, Retry,
    Runbook, SpecFormat, SpecGeneration, SpecKitCall, SpecSubject, SpecValidation, StatusMatch,
    Step, StepKind, WaitFor, WantedStatus, Workdir, WorkflowCall,
};
pub use names::{
    RESERVED_ENV_PREFIXES, is_env_name, is_lane, is_output_key, is_param, is_path_below,
    is_pointer, is_slug, is_step_id, is_web_url,
};
pub use outputs::{OutputError, parse_outputs};
pub use read::{parse, parse_json};
pub use schema::{check_params, parse_cli_param};
