use crate::exit::Exit;
use crate::failure::Failure;
use crate::program;
use ops_spec_files::FilesError;
use ops_spec_kit::compile::CompileError;
use ops_spec_kit::generate::Refusal;
use ops_spec_kit::report;
use ops_spec_kit::rules::UnknownRule;
use ops_spec_kit::trace::TraceError;

/// What ends a command of the spec kit early.
#[derive(Debug, thiserror::Error)]
pub enum SpecFailure {
    #[error("this program has a fault; it says nothing about the documents")]
    Crashed,
    #[error(transparent)]
    Files(#[from] FilesError),
    #[error(transparent)]
    Rule(#[from] UnknownRule),
    #[error(transparent)]
    Trace(#[from] TraceError),
    #[error(transparent)]
    Compile(#[from] CompileError),
    #[error("{0}: there is no task list in this bundle")]
    NoTasks(String),
    #[error("none of the open tasks of {0} can be run")]
    NothingToRun(String),
    #[error("a run that was made of {task} is none that this control room takes: {why}")]
    Shape { task: String, why: String },
}

impl SpecFailure {
    pub fn exit(&self) -> Exit {
        match self {
            Self::Files(error) => exit(error.exit()),
            Self::Rule(_) | Self::Trace(_) | Self::Compile(CompileError::NoLane) => Exit::Usage,
            Self::Compile(_) | Self::NoTasks(_) | Self::NothingToRun(_) => Exit::Failed,
            Self::Crashed | Self::Shape { .. } => Exit::NoAnswer,
        }
    }

    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Crashed => Some("please report it, with the documents if they may be shown".into()),
            Self::Rule(_) => Some(format!("see all of them: {}", program::call("spec rules"))),
            Self::Files(FilesError::NoBundle(_)) => Some(
                "documents are called constitution.md, prd.md (spec.md), plan.md and tasks.md; a document of any name can be named itself"
                    .into(),
            ),
            Self::Files(FilesError::Refused(Refusal::Edited { .. })) => {
                Some("overwrite them: --overwrite-edited; what was written by hand is lost".into())
            }
            Self::Files(FilesError::Incomplete { .. }) => Some(format!(
                "make one: {}",
                program::call("spec generate --from PRD.md --out DIR")
            )),
            Self::Files(FilesError::Foreign { .. } | FilesError::Taken(_)) => {
                Some("write over them: --overwrite-edited; what was written there is lost".into())
            }
            Self::Files(FilesError::Write { .. } | FilesError::Kept { .. }) => {
                Some("see whether the disk is full and whether you may write there".into())
            }
            Self::NoTasks(_) => Some(format!(
                "make one: {}",
                program::call("spec generate --from PRD.md --out DIR")
            )),
            Self::NothingToRun(_) => {
                Some("a task is run by its commands: `Verify:` with commands in backticks".into())
            }
            _ => None,
        }
    }
}

/// The same numbers, in the words of this program.
pub fn exit(of: report::Exit) -> Exit {
    match of {
        report::Exit::Ok => Exit::Success,
        report::Exit::Findings => Exit::Failed,
        report::Exit::Usage => Exit::Usage,
        report::Exit::Internal => Exit::NoAnswer,
    }
}

impl From<FilesError> for Failure {
    fn from(error: FilesError) -> Self {
        SpecFailure::from(error).into()
    }
}
