//! n8n, 1.x and 2.x. What it says on the wire is recorded in `fixtures/wire/n8n`; the guide for users is `docs/guide/n8n.md`.

mod api;
mod config;
mod discover;
mod entry;
mod error;
mod execution;
mod frame;
mod marks;
mod nodes;
mod options;
mod parse;
mod probe;
mod reach;
mod record;
mod redact;
mod schema;
mod spans;
mod tree;
mod values;
mod webhook_base;

#[cfg(test)]
mod recorded_streams;

mod answer;
mod answer_text;
mod cancel;
mod chat_socket;
mod input;
mod locate;
mod outcome;
mod plain;
mod question;
mod recover;
mod run;
mod teller;

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

/// Makes n8n clients.
pub(crate) struct N8nFactory;

impl PlatformFactory for N8nFactory {
    fn platform(&self) -> Platform {
        Platform::N8n
    }

    fn description(&self) -> PlatformInfo {
        PlatformInfo {
            platform: Platform::N8n,
            title: "n8n".to_owned(),
            summary: "Runs webhook and chat workflows of a self-hosted n8n and shows every step. \
                      Needs the base URL and an API key, or just the URL of one webhook."
                .to_owned(),
            base_url_example: "http://127.0.0.1:5678".to_owned(),
            options_schema: schemars::schema_for!(options::N8nOptions).to_value(),
            secrets_schema: options::secrets_schema(),
            guide: include_str!("../../../../docs/guide/n8n.md").to_owned(),
        }
    }

    fn build(&self, backend: ResolvedBackend) -> Result<Arc<dyn BackendClient>, Failure> {
        let secrets = backend.secrets.clone();
        let config = Config::new(&backend.base_url, &backend.options, backend.secrets)?;
        Ok(crate::guarded::guarded(N8nClient { id: backend.id, api: Arc::new(Api::new(config)?) }, &secrets))
    }
}

/// One n8n.
struct N8nClient {
    id: BackendId,
    api: Arc<Api>,
}

#[async_trait]
impl BackendClient for N8nClient {
    fn id(&self) -> BackendId {
        self.id
    }

    fn kind(&self) -> BackendType {
        Platform::N8n.backend_type()
    }

    async fn test_connection(&self) -> ConnectionReport {
        probe::test(&self.api).await
    }

    async fn discover_workflows(&self) -> Result<Vec<WorkflowInfo>, Failure> {
        discover::workflows(&self.api).await
    }

    async fn discover_tools(&self) -> Result<Vec<ToolInfo>, Failure> {
        // n8n's tools are reached through its MCP triggers, which are MCP servers of their own.
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
        recover::resume(self.api.clone(), request, signals)
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
