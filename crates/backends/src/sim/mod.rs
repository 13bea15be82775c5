//! Sim Studio, full from 0.7.46, basic from 0.5.80. What it says on the wire is recorded in `fixtures/wire/sim`; the guide for users is
//! `docs/guide/sim.md`.

mod answer;
mod api;
mod blocks;
mod cancel;
mod config;
mod discover;
mod error;
mod files;
mod input;
mod options;
mod parse;
mod probe;
mod question;
mod record;
mod run;
mod schema;
mod settle;
mod trace;

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

/// Makes Sim clients.
pub(crate) struct SimFactory;

impl PlatformFactory for SimFactory {
    fn platform(&self) -> Platform {
        Platform::SimStudio
    }

    fn description(&self) -> PlatformInfo {
        PlatformInfo {
            platform: Platform::SimStudio,
            title: "Sim Studio".to_owned(),
            summary:
                "Runs deployed workflows and chats of a self-hosted Sim and shows their steps after the end. \
                      Needs the base URL, an API key, and a workspace where the key cannot list them."
                    .to_owned(),
            base_url_example: "http://127.0.0.1:3000".to_owned(),
            options_schema: schemars::schema_for!(options::SimOptions).to_value(),
            secrets_schema: options::secrets_schema(),
            guide: include_str!("../../../../docs/guide/sim.md").to_owned(),
        }
    }

    fn build(&self, backend: ResolvedBackend) -> Result<Arc<dyn BackendClient>, Failure> {
        let secrets = backend.secrets.clone();
        let config = Config::new(&backend.base_url, &backend.options, backend.secrets)?;
        Ok(crate::guarded::guarded(SimClient { id: backend.id, api: Arc::new(Api::new(config)?) }, &secrets))
    }
}

/// One Sim.
struct SimClient {
    id: BackendId,
    api: Arc<Api>,
}

#[async_trait]
impl BackendClient for SimClient {
    fn id(&self) -> BackendId {
        self.id
    }

    fn kind(&self) -> BackendType {
        Platform::SimStudio.backend_type()
    }

    async fn test_connection(&self) -> ConnectionReport {
        probe::test(&self.api).await
    }

    async fn discover_workflows(&self) -> Result<Vec<WorkflowInfo>, Failure> {
        discover::workflows(&self.api).await
    }

    async fn discover_tools(&self) -> Result<Vec<ToolInfo>, Failure> {
        // Workflows that Sim serves over MCP are added as MCP backends, by their address: a key cannot list them.
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
