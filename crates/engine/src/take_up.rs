//! After a start of the hub: the runs that the one before left are taken up again.

use jackfield_protocol::{
    error::{ErrorCode, Failure},
    model::{Run, ToolInfo, WorkflowInfo},
    port::StoreResult,
};

use crate::{
    Engine, Inner,
    live::LiveRun,
    run_task::{Begin, NewTask},
    runs::{request, start_of},
    tools::callable,
};

/// What a run that was left is a run of.
struct Known {
    workflow: WorkflowInfo,
    tool: Option<ToolInfo>,
    /// Why it must not be sent, if it was not.
    refused: Option<Failure>,
}

impl Engine {
    /// Takes up every run that has no `done`.
    pub(crate) async fn take_up(&self) -> Result<(), Failure> {
        let inner = &self.inner;
        for run in inner.store.unfinished_runs().await? {
            // Runs go with their backend: one without is not in the store.
            let Some(backend) = inner.store.backend(run.backend_id).await? else { continue };
            let Known { workflow, tool, refused } = inner.known(&run).await?;
            let start = start_of(&run, &backend);
            // `start` is committed before the request is sent: without it nothing was sent.
            let begin = if run.last_seq > 0 {
                Begin::Resume
            } else if !backend.enabled {
                let message = format!("The backend '{}' was disabled before the run was sent.", backend.name);
                Begin::Refuse(
                    start,
                    Failure::new(ErrorCode::NotRunnable, message).hint("Enable it, and run it again."),
                )
            } else if let Some(failure) = refused {
                Begin::Refuse(start, failure)
            } else {
                Begin::SendLater(start)
            };
            let history = match run.conversation_id {
                Some(id) => {
                    let messages = inner.store.messages(id).await?;
                    inner.history(id, messages, &run).await?
                }
                None => Vec::new(),
            };
            tracing::info!(run = %run.id, status = run.status.as_str(), "taking up a run that an earlier hub left");
            let (live, commands) = LiveRun::new(&run, &inner.config);
            inner.remember(&live, false)?;
            let request = request(&run, workflow, tool, history);
            let task = NewTask { inner: inner.clone(), live, run, request, commands };
            inner.tasks.spawn(task.work(begin));
        }
        Ok(())
    }
}

impl Inner {
    /// As it is known now; the peer may have changed it since the run was written down.
    async fn known(&self, run: &Run) -> StoreResult<Known> {
        let only_name = WorkflowInfo { name: run.workflow_name.clone(), ..WorkflowInfo::default() };
        let gone = |what: &str| {
            let message = format!("The {what} '{}' is not known any more.", run.workflow_name);
            Some(Failure::new(ErrorCode::NotRunnable, message))
        };
        if let Some(id) = run.tool_id {
            return Ok(match self.store.tool(id).await? {
                Some(tool) => {
                    let refused = callable(&tool).err();
                    Known { workflow: only_name, tool: Some(tool.info), refused }
                }
                None => Known { workflow: only_name, tool: None, refused: gone("tool") },
            });
        }
        let workflow = match run.workflow_id {
            Some(id) => self.store.workflow(id).await?,
            None => None,
        };
        Ok(match workflow {
            Some(workflow) => Known { workflow: workflow.info, tool: None, refused: None },
            None => Known { workflow: only_name, tool: None, refused: gone("workflow") },
        })
    }
}
