//! Flowise, 2.1 to 3.x. What it says on the wire is recorded in `fixtures/wire/flowise`; the guide for users is `docs/guide/flowise.md`.

mod answer;
mod api;
mod artifacts;
mod calls;
mod cancel;
mod config;
mod discover;
mod error;
mod flow;
mod frame;
mod framing;
mod input;
mod nodes;
mod options;
mod parse;
mod probe;
mod question;
mod record;
mod recover;
mod redact;
mod run;
mod schema;
mod text;
mod trace;
mod whole;

#[cfg(test)]
mod recorded_streams;

use std::sync::Arc;

use async_trait::async_trait;
use jackfield_protocol::{
    error::Failure,
    event::InputRequired,
    ids::BackendId,
    model::{
        BackendType, CancelReport, ConnectionReport, InputAnswer, Platform, RunInput, ToolInfo, WorkflowInfo,
    },
    port::{
        BackendClient, PlatformFactory, PlatformInfo, ProgressStream, ResolvedBackend, ResumeRequest,
        RunRequest, Signals,
    },
};

use self::{api::Api, config::Config};
use crate::{live, teller};

/// Makes Flowise clients.
pub(crate) struct FlowiseFactory;

impl PlatformFactory for FlowiseFactory {
    fn platform(&self) -> Platform {
        Platform::Flowise
    }

    fn description(&self) -> PlatformInfo {
        PlatformInfo {
            platform: Platform::Flowise,
            title: "Flowise".to_owned(),
            summary:
                "Runs chatflows, agentflows and assistants of a self-hosted Flowise and shows their steps. \
                      Needs the base URL and an API key, or just the address of one flow."
                    .to_owned(),
            base_url_example: "http://127.0.0.1:3000".to_owned(),
            options_schema: schemars::schema_for!(options::FlowiseOptions).to_value(),
            secrets_schema: options::secrets_schema(),
            guide: include_str!("../../../../docs/guide/flowise.md").to_owned(),
        }
    }

    fn build(&self, backend: ResolvedBackend) -> Result<Arc<dyn BackendClient>, Failure> {
        let secrets = backend.secrets.clone();
        let config = Config::new(&backend.base_url, &backend.options, backend.secrets)?;
        Ok(crate::guarded::guarded(
            FlowiseClient { id: backend.id, api: Arc::new(Api::new(config)?) },
            &secrets,
        ))
    }
}

/// One Flowise.
struct FlowiseClient {
    id: BackendId,
    api: Arc<Api>,
}

#[async_trait]
impl BackendClient for FlowiseClient {
    fn id(&self) -> BackendId {
        self.id
    }

    fn kind(&self) -> BackendType {
        Platform::Flowise.backend_type()
    }

    async fn test_connection(&self) -> ConnectionReport {
        probe::test(&self.api).await
    }

    async fn discover_workflows(&self) -> Result<Vec<WorkflowInfo>, Failure> {
        discover::workflows(&self.api).await
    }

    async fn discover_tools(&self) -> Result<Vec<ToolInfo>, Failure> {
        // Flows that Flowise serves over MCP have a token of their own each: they are added as MCP backends.
        Ok(Vec::new())
    }

    fn check_input(
        &self,
        workflow: &WorkflowInfo,
        entry: Option<&str>,
        input: &RunInput,
    ) -> Result<(), Failure> {
        input::check(workflow, entry, input)
    }

    fn stream_completion(&self, request: RunRequest, signals: Signals) -> ProgressStream {
        run::stream(self.api.clone(), request, signals)
    }

    fn resume(&self, request: ResumeRequest, signals: Signals) -> ProgressStream {
        run::resume(self.api.clone(), request, signals)
    }

    async fn cancel(&self, request: &ResumeRequest) -> Result<CancelReport, Failure> {
        cancel::cancel(&self.api, request).await
    }

    async fn answer_input(
        &self,
        request: &ResumeRequest,
        question: &InputRequired,
        answer: &InputAnswer,
    ) -> Result<(), Failure> {
        answer::answer(&self.api, request, question, answer).await
    }
}
