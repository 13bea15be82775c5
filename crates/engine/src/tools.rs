//! Tools: found by many names, accepted, called. A call is a run.

use std::collections::HashMap;

use jackfield_protocol::{
    api::{CallTool, HubNews},
    error::{ErrorCode, Failure},
    ids::{BackendId, RunId, ToolRowId},
    model::{Backend, HealthState, Run, RunInput, RunStatus, Tool, ToolStatus, ToolView, WorkflowInfo},
    time::now,
};
use serde_json::{Map, Value};

use crate::{Engine, Inner, clients::enabled, runs::request};

/// How many tools are read at once.
const PAGE: u32 = 500;

/// How many names a hint lists.
const LISTED: usize = 5;

/// Between the name of a backend and that of its tool.
const SEPARATOR: &str = "__";

impl Engine {
    /// Tools of one backend or of all, by qualified name: at most `limit` of those behind `after` that `fits` takes.
    ///
    /// # Errors
    /// The store's.
    pub async fn tool_views(
        &self,
        backend: Option<BackendId>,
        after: Option<&str>,
        limit: usize,
        fits: impl Fn(&ToolView) -> bool,
    ) -> Result<Vec<ToolView>, Failure> {
        let backends: HashMap<BackendId, Backend> = {
            let all = self.inner.store.backends().await?;
            all.into_iter().map(|backend| (backend.id, backend)).collect()
        };
        let mut after = after.map(str::to_owned);
        let mut views = Vec::new();
        loop {
            let page = self.inner.store.tools_after(backend, after.as_deref(), PAGE).await?;
            let Some(last) = page.last() else { return Ok(views) };
            after = Some(last.qualified_name.clone());
            for tool in page {
                let Some(backend) = backends.get(&tool.backend_id) else { continue };
                let view = self.inner.view_of(tool, backend);
                if fits(&view) {
                    views.push(view);
                    if views.len() >= limit {
                        return Ok(views);
                    }
                }
            }
        }
    }

    /// A tool by its id, its qualified name, `BACKEND/TOOL` (the backend by name or id), or its own name where only one
    /// backend has such a tool.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` when several have the name; or the store's.
    pub async fn find_tool(&self, name: &str) -> Result<ToolView, Failure> {
        let found = match name.parse::<ToolRowId>() {
            Ok(id) => self.inner.store.tool(id).await?,
            Err(_) => self.inner.store.tool_named(name).await?,
        };
        if let Some(tool) = found {
            return self.tool_view(tool).await;
        }
        if let Some((backend, tool)) = name.split_once('/')
            && let Ok(view) = self.backend(backend).await
            && let Some(tool) = self.inner.store.tools_called(Some(view.backend.id), tool).await?.pop()
        {
            return self.tool_view(tool).await;
        }
        // What looks like a name of the hub is one: another server must not take over the name of a tool that is gone.
        let mut named = if name.contains(SEPARATOR) {
            Vec::new()
        } else {
            self.inner.store.tools_called(None, name).await?
        };
        if named.iter().any(|tool| tool.present) {
            named.retain(|tool| tool.present);
        }
        if named.len() > 1 {
            let more = if named.len() > LISTED { " …" } else { "" };
            let names: Vec<&str> =
                named.iter().take(LISTED).map(|tool| tool.qualified_name.as_str()).collect();
            let names = names.join(", ");
            let message = format!("{} backends have a tool '{name}'.", named.len());
            return Err(
                Failure::new(ErrorCode::Conflict, message).hint(format!("Name one of them: {names}{more}."))
            );
        }
        match named.pop() {
            Some(tool) => self.tool_view(tool).await,
            None => Err(Failure::not_found("tool", format!("'{name}'"))
                .hint("List them with `jackfield tool list`; discover its backend again when it is new.")),
        }
    }

    /// Accepts the present definition of a tool.
    ///
    /// # Errors
    /// `NotFound`, or the store's.
    pub async fn accept_tool(&self, id: ToolRowId) -> Result<ToolView, Failure> {
        self.inner.store.accept_tool(id).await?;
        let tool = self.known_tool(id).await?;
        self.inner.tell(HubNews::Catalogue { backend_id: tool.backend_id });
        self.tool_view(tool).await
    }

    /// Calls a tool: writes a run down and starts it. Returns as soon as it is written down; a call whose arguments do
    /// not fit is not. A tool whose backend cannot be reached is tried all the same.
    ///
    /// # Errors
    /// `NotFound`, `NotRunnable`, `InvalidInput` with every fault, `TooManyRuns`, `ShuttingDown`, or the store's.
    pub async fn call_tool(&self, id: ToolRowId, call: CallTool) -> Result<Run, Failure> {
        self.taking()?;
        let tool = self.known_tool(id).await?;
        let backend = self.known_backend(tool.backend_id).await?;
        enabled(&backend)?;
        callable(&tool)?;
        let arguments = match call.arguments {
            Value::Null => Value::Object(Map::new()),
            arguments @ Value::Object(_) => arguments,
            _ => {
                let message = format!("The arguments of '{}' are no JSON object.", tool.info.name);
                return Err(Failure::new(ErrorCode::InvalidInput, message)
                    .at("/arguments")
                    .hint("Give an object with one field for each argument."));
            }
        };
        if let Some(id) = call.conversation_id {
            self.conversation(id).await?;
        }
        let client = self.inner.client(&backend).await?;
        client.check_arguments(&tool.info, &arguments)?;
        let run = Run {
            id: RunId::new(),
            backend_id: backend.id,
            workflow_id: None,
            tool_id: Some(tool.id),
            workflow_name: tool.info.name.clone(),
            entry: None,
            conversation_id: call.conversation_id,
            turn: None,
            request_key: call.request_key,
            status: RunStatus::Queued,
            input: RunInput { data: Some(arguments), ..RunInput::default() },
            last_seq: 0,
            attempt: 0,
            external_id: None,
            done: None,
            created_at: now(),
            ended_at: None,
        };
        if let Some(known) = self.asked_for_before(&run).await? {
            return Ok(known);
        }
        let workflow = WorkflowInfo { name: tool.info.name.clone(), ..WorkflowInfo::default() };
        let request = request(&run, workflow, Some(tool.info), Vec::new());
        self.launch_once(&backend, run, request).await
    }

    async fn known_tool(&self, id: ToolRowId) -> Result<Tool, Failure> {
        self.inner.store.tool(id).await?.ok_or_else(|| Failure::not_found("tool", id))
    }

    async fn tool_view(&self, tool: Tool) -> Result<ToolView, Failure> {
        let backend = self.known_backend(tool.backend_id).await?;
        Ok(self.inner.view_of(tool, &backend))
    }
}

/// Refuses a tool that cannot be called, whatever the state of its backend.
pub(crate) fn callable(tool: &Tool) -> Result<(), Failure> {
    let name = &tool.info.name;
    if !tool.present {
        let message = format!("'{name}' was not there any more when its backend was last asked.");
        return Err(Failure::new(ErrorCode::NotRunnable, message)
            .hint("Discover the backend again; `jackfield tool list` shows what it has now."));
    }
    if let Some(problem) = &tool.info.problem {
        let message = format!("'{name}' cannot be called: {problem}");
        return Err(Failure::new(ErrorCode::NotRunnable, message)
            .hint("The server has to mend the definition of this tool; its other tools work."));
    }
    Ok(())
}

impl Inner {
    fn view_of(&self, tool: Tool, backend: &Backend) -> ToolView {
        let status = if !tool.present {
            ToolStatus::Gone
        } else if !backend.enabled {
            ToolStatus::BackendDisabled
        } else if tool.info.problem.is_some() {
            ToolStatus::Quarantined
        } else {
            match self.health(backend.id).state {
                HealthState::Unauthorized | HealthState::SignInRequired | HealthState::Unreachable => {
                    ToolStatus::BackendDown
                }
                // What was never checked is not known to be down.
                HealthState::Unknown
                | HealthState::Connecting
                | HealthState::Connected
                | HealthState::Degraded => {
                    if tool.changed {
                        ToolStatus::Changed
                    } else {
                        ToolStatus::Available
                    }
                }
            }
        };
        ToolView { tool, backend: backend.name.clone(), status }
    }
}
