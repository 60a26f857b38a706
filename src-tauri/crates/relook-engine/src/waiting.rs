//! Blocking code that waits for what the network brings, and does not when it is told to stop.

use std::time::Duration;

use crate::{error::EngineError, task::Task};

/// So often it is asked whether to stop.
const STOP_EVERY: Duration = Duration::from_millis(100);

pub(crate) struct Waiting(tokio::runtime::Runtime);

impl Waiting {
    pub(crate) fn new() -> Result<Self, EngineError> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.map(Self).map_err(|e| EngineError::Failed(format!("Could not start a connection: {e}")))
    }

    /// Waits for an answer, or for being told to stop: then the question is dropped.
    pub(crate) fn ask<T, E>(
        &self,
        task: &Task,
        question: impl Future<Output = Result<T, E>>,
    ) -> Result<T, EngineError>
    where
        EngineError: From<E>,
    {
        task.checkpoint()?;
        self.0.block_on(async {
            let stopped = async {
                while !task.control().stopped() {
                    tokio::time::sleep(STOP_EVERY).await;
                }
            };
            tokio::select! {
                answer = question => Ok(answer?),
                () = stopped => Err(EngineError::Cancelled),
            }
        })
    }
}
