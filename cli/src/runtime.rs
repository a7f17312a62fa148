//! Async runtimes, made only for the commands that need one.

use crate::exit::Exit;
use crate::failure::Failure;
use tokio::runtime::Builder;

type Done = Result<Exit, Failure>;

/// For commands that ask a question: one thread.
pub fn asking(command: impl Future<Output = Done>) -> Done {
    block_on(Builder::new_current_thread(), command)
}

/// For commands that serve or work: all processors.
pub fn serving(command: impl Future<Output = Done>) -> Done {
    block_on(Builder::new_multi_thread(), command)
}

fn block_on(mut builder: Builder, command: impl Future<Output = Done>) -> Done {
    let runtime = builder.enable_all().build().map_err(Failure::Runtime)?;
    let done = runtime.block_on(Box::pin(command));
    // A name look-up that hangs must not hold the exit back.
    runtime.shutdown_background();
    done
}
