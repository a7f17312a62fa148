use super::plan::{self, Change, Stage, Step};
use crate::connection::Room;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output;
use ops_client::ClientError;
use ops_core::api::TemplateUpdate;

/// One after the other, deletions last. A refusal is told and the others go on; where the control
/// room cannot be reached any more, all ends.
pub async fn all(room: &Room, mut steps: Vec<Step>) -> Result<Vec<Step>, Failure> {
    steps.sort_by_key(|step| step.change == Change::Delete);
    for at in 0..steps.len() {
        let Err(error) = one(room, &mut steps[at]).await else {
            continue;
        };
        let failure = room.failure(error);
        if !matches!(failure.exit(), Exit::Refused | Exit::Invalid) {
            let done = plan::summary(&steps[..at], Stage::Done);
            output::note(format_args!(
                "stopped at {}; so far: {done}",
                steps[at].slug
            ));
            return Err(failure);
        }
        output::note(format_args!("not done: {}: {failure}", steps[at].slug));
        steps[at].refused = Some(failure.to_string());
    }
    steps.sort_by(|one, other| one.slug.cmp(&other.slug));
    Ok(steps)
}

async fn one(room: &Room, step: &mut Step) -> Result<(), ClientError> {
    let source = step.file.as_ref().map(|file| file.source.as_str());
    match (step.change, source) {
        (Change::Create, Some(source)) => {
            step.after = Some(room.client.templates_create(source).await?.version);
        }
        (Change::Update, Some(source)) => {
            let update = TemplateUpdate {
                source: source.into(),
                expected_version: step.before,
            };
            step.after = Some(room.client.templates_update(&update).await?.version);
        }
        (Change::Delete, _) => {
            room.client.templates_delete(&step.slug).await?;
        }
        (Change::Unchanged, _) | (Change::Create | Change::Update, None) => {}
    }
    Ok(())
}
