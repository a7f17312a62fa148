use ops_core::port::StoreError;
use std::error::Error;
use tokio_postgres::error::SqlState;

/// Sorts a failure by what the caller can do about it. Row values stay in the text that only our
/// log sees.
pub(crate) fn classify(error: &tokio_postgres::Error) -> StoreError {
    let Some(db) = error.as_db_error() else {
        // The call came through, and the next would end the same: the answer cannot be read.
        let is_garbled = error
            .source()
            .is_some_and(|cause| cause.is::<serde_json::Error>());
        if is_garbled {
            return StoreError::Failed(with_causes(error));
        }
        return StoreError::unavailable(with_causes(error));
    };
    let text = format!("{} {}", db.code().code(), db.message());
    match db.code() {
        code if *code == SqlState::UNDEFINED_FUNCTION || *code == SqlState::UNDEFINED_TABLE => {
            StoreError::NotInstalled(text)
        }
        code if is_passing(code.code()) => StoreError::unavailable(text),
        _ => StoreError::Failed(text),
    }
}

/// Connection (08), resources (53), cancelled or shutting down (57), system (58), or a conflict that
/// rolled everything back (40).
fn is_passing(code: &str) -> bool {
    ["08", "40", "53", "57", "58"]
        .iter()
        .any(|class| code.starts_with(class))
}

/// Whether the whole call was rolled back and may simply be made again.
pub(crate) fn was_rolled_back(error: &tokio_postgres::Error) -> bool {
    error
        .code()
        .is_some_and(|code| code.code().starts_with("40"))
}

pub(crate) fn with_causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}
