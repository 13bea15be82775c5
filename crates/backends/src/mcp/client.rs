//! One MCP server as the engine sees it.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError, Weak},
    time::{Duration, Instant},
};

use async_trait::async_trait;
use jackfield_protocol::{
    error::{ErrorCode, Failure},
    event::InputRequired,
    ids::BackendId,
    model::{
        BackendType, CancelEffect, CancelReport, Completion, CompletionRequest, ConnectionReport,
        InputAnswer, Offers, Platform, PromptResult, ResourceContents, RunInput, ToolInfo, WorkflowInfo,
    },
    port::{
        BackendClient, JournalLine, ProgressStream, ResumeRequest, RunRequest, SignIn, SignInAnswer, Signals,
    },
};
use serde_json::{Value, json};
use tokio::time::timeout;

use super::{
    auth::Authorizer,
    call::{self, Calls},
    config::Config,
    link::Link,
    lists, offers, question,
    sampling::Sampling,
    schema::Compiled,
    session::{NoResult, Session},
    tools,
    wire::MODERN,
};
use crate::checks::{Checks, REACHABLE};

/// How long a stopped call may take to say so.
const STOPPING: Duration = Duration::from_secs(3);

/// What the calls of one backend share.
pub(crate) struct Shared {
    pub(super) config: Arc<Config>,
    pub(super) link: Link,
    pub(super) calls: Calls,
    pub(super) schemas: Compiled,
    pub(super) sampling: Option<Arc<Sampling>>,
    pub(super) roots: Value,
    /// The connection whose SDK knows which arguments go into headers.
    prepared: Mutex<Weak<Session>>,
}

impl Shared {
    pub(super) fn new(config: Arc<Config>, link: Link, sampling: Option<Sampling>, roots: Value) -> Self {
        Self {
            config,
            link,
            calls: Calls::default(),
            schemas: Compiled::default(),
            sampling: sampling.map(Arc::new),
            roots,
            prepared: Mutex::default(),
        }
    }

    /// How long a connection is waited for.
    pub(super) fn patience(&self) -> Duration {
        self.config.connect_deadline() + Duration::from_secs(1)
    }

    /// Sees to it that marked arguments go into headers (2026-07-28 over HTTP): the SDK learns the marks from the list.
    pub(super) async fn prepare(&self, session: &Arc<Session>, tool: &ToolInfo) -> Result<(), Failure> {
        let is_marked = tool.input_schema.to_string().contains("x-mcp-header");
        let is_known = {
            let prepared = self.prepared.lock().unwrap_or_else(PoisonError::into_inner);
            prepared.upgrade().is_some_and(|known| Arc::ptr_eq(&known, session))
        };
        if !mirrors(session) || !is_marked || is_known {
            return Ok(());
        }
        lists::read(session, "tools/list", "tools").await?;
        self.remember_prepared(session);
        Ok(())
    }

    fn remember_prepared(&self, session: &Arc<Session>) {
        *self.prepared.lock().unwrap_or_else(PoisonError::into_inner) = Arc::downgrade(session);
    }

    /// What the server has said is read anew.
    pub(super) fn forget_prepared(&self) {
        if let Some(session) = self.link.current() {
            session.wire().cache().forget("");
        }
        *self.prepared.lock().unwrap_or_else(PoisonError::into_inner) = Weak::new();
    }
}

/// Whether arguments are mirrored into headers.
fn mirrors(session: &Session) -> bool {
    session.version() == MODERN && session.transport() == "streamable_http"
}

/// The client of one server.
pub(crate) struct McpClient {
    pub(super) id: BackendId,
    pub(super) shared: Arc<Shared>,
    /// Who signs in, where the server is at an address and no token was entered.
    pub(super) authorizer: Option<Authorizer>,
}

impl McpClient {
    async fn session(&self) -> Result<Arc<Session>, Failure> {
        self.shared.link.session(self.shared.patience()).await
    }

    fn signs_in(&self) -> Result<&Authorizer, Failure> {
        self.authorizer.as_ref().ok_or_else(|| {
            Failure::new(ErrorCode::InvalidRequest, "There is nothing to sign in to at this server.")
                .hint("A local server, or one with a token that was entered, is not signed in to.")
        })
    }

    /// Whether the server still answers.
    async fn looks(&self, session: &Session) -> Result<(), Failure> {
        let method = if session.is_modern() { "server/discover" } else { "ping" };
        match session.request(method, json!({})).await {
            Ok(_) => Ok(()),
            // It answered: that is enough.
            Err(NoResult::Rpc(_)) => Ok(()),
            Err(other) => Err(other.into_failure(session.place())),
        }
    }
}

#[async_trait]
impl BackendClient for McpClient {
    fn id(&self) -> BackendId {
        self.id
    }

    fn kind(&self) -> BackendType {
        Platform::Mcp.backend_type()
    }

    async fn test_connection(&self) -> ConnectionReport {
        let mut checks = Checks::default();
        let mut version = None;
        let mut began = Instant::now();
        let was_up = self.shared.link.current();
        let reached = match self.session().await {
            Ok(session) => {
                let reused = was_up.is_some_and(|known| Arc::ptr_eq(&known, &session));
                if reused {
                    began = Instant::now();
                    self.looks(&session).await.map(|()| session)
                } else {
                    Ok(session)
                }
            }
            Err(failure) => Err(failure),
        };
        let latency = began.elapsed();
        match reached {
            Ok(session) => {
                let server = offers::server(&session.hello());
                version = server["version"].as_str().map(str::to_owned);
                let name =
                    server["title"].as_str().or_else(|| server["name"].as_str()).unwrap_or("an MCP server");
                checks.passed(REACHABLE, format!("{name} answers by {}.", session.transport()));
                checks.passed("protocol", format!("It speaks revision {}.", session.version()));
                if session.can("tools") {
                    checks.passed("tools", "It offers tools.");
                } else {
                    checks.skipped("tools", "It offers no tools.");
                }
            }
            Err(failure) => {
                self.shared.link.renew();
                checks.failed(REACHABLE, failure);
                checks.skipped("protocol", "Not tried: the server cannot be reached.");
            }
        }
        let reaches = !checks.has_failed();
        ConnectionReport {
            state: checks.state(),
            latency_ms: reaches.then(|| u64::try_from(latency.as_millis()).unwrap_or(u64::MAX)),
            version,
            workflows: None,
            checks: checks.into_list(),
        }
    }

    async fn discover_workflows(&self) -> Result<Vec<WorkflowInfo>, Failure> {
        Ok(Vec::new())
    }

    async fn discover_tools(&self) -> Result<Vec<ToolInfo>, Failure> {
        let session = self.session().await?;
        let list = lists::read(&session, "tools/list", "tools").await?;
        self.shared.remember_prepared(&session);
        let (tools, notes) = tools::tools(list, mirrors(&session));
        for note in notes {
            self.shared.link.connector().journal.hub(note);
        }
        Ok(tools)
    }

    fn forget_cached(&self) {
        self.shared.forget_prepared();
    }

    async fn discover_offers(&self) -> Result<Option<Offers>, Failure> {
        let session = self.session().await?;
        offers::discover(&session).await.map(Some)
    }

    fn check_arguments(&self, tool: &ToolInfo, arguments: &Value) -> Result<(), Failure> {
        if let Some(problem) = &tool.problem {
            return Err(Failure::new(
                ErrorCode::NotRunnable,
                format!("'{}' cannot be called. {problem}", tool.name),
            )
            .hint("Its definition has to be mended at the server; discover it again then."));
        }
        let checked = self.shared.schemas.check(&tool.input_schema, arguments);
        let mut faults = checked.map_err(|why| {
            Failure::new(
                ErrorCode::NotRunnable,
                format!("The input schema of '{}' cannot be used: {why}.", tool.name),
            )
        })?;
        for fault in &mut faults {
            fault.place = format!("/arguments{}", fault.place);
        }
        let Some(first) = faults.first() else { return Ok(()) };
        let more = if faults.len() > 1 { format!(" (and {} more)", faults.len() - 1) } else { String::new() };
        let message =
            format!("The arguments of '{}' do not fit: {}: {}{more}", tool.name, first.place, first.message);
        Err(Failure::new(ErrorCode::InvalidInput, message)
            .at(first.place.clone())
            .hint("The tool's input schema says what fits.")
            .faults(faults))
    }

    fn check_input(
        &self,
        _workflow: &WorkflowInfo,
        _entry: Option<&str>,
        _input: &RunInput,
    ) -> Result<(), Failure> {
        Err(Failure::new(ErrorCode::NotRunnable, "An MCP server has no workflows; call one of its tools."))
    }

    fn stream_completion(&self, request: RunRequest, signals: Signals) -> ProgressStream {
        call::stream(self.shared.clone(), request, signals)
    }

    fn resume(&self, request: ResumeRequest, signals: Signals) -> ProgressStream {
        call::resume(self.shared.clone(), request, signals)
    }

    async fn cancel(&self, request: &ResumeRequest) -> Result<CancelReport, Failure> {
        let Some(ended) = self.shared.calls.stop(request.run.run_id) else {
            return Ok(CancelReport {
                effect: CancelEffect::GoesOn,
                message: "The call is not connected right now, so the server could not be told to stop."
                    .to_owned(),
            });
        };
        let told = timeout(STOPPING, ended.cancelled()).await.is_ok();
        let is_paused = !request.seen.pending.is_empty();
        let (effect, message) = match (told, is_paused) {
            (true, true) => (CancelEffect::Stopped, "The call was stopped while it waited for an answer."),
            (true, false) => (
                CancelEffect::GoesOn,
                "The server was told to stop. MCP servers do not confirm that: the tool may have done its work all the same.",
            ),
            (false, _) => (CancelEffect::GoesOn, "The server could not be told in time."),
        };
        Ok(CancelReport { effect, message: message.to_owned() })
    }

    async fn answer_input(
        &self,
        request: &ResumeRequest,
        question: &InputRequired,
        answer: &InputAnswer,
    ) -> Result<(), Failure> {
        question::check(question, answer)?;
        self.shared.calls.answer(request.run.run_id, &question.request_id, answer.clone());
        Ok(())
    }

    async fn read_resource(&self, uri: &str) -> Result<ResourceContents, Failure> {
        offers::read_resource(&*self.session().await?, uri).await
    }

    async fn get_prompt(
        &self,
        name: &str,
        arguments: &BTreeMap<String, String>,
    ) -> Result<PromptResult, Failure> {
        offers::get_prompt(&*self.session().await?, name, arguments).await
    }

    async fn complete(&self, request: &CompletionRequest) -> Result<Completion, Failure> {
        offers::complete(&*self.session().await?, request).await
    }

    async fn begin_sign_in(&self, redirect_uri: &str) -> Result<SignIn, Failure> {
        self.signs_in()?.begin(redirect_uri).await
    }

    async fn finish_sign_in(&self, answer: &SignInAnswer) -> Result<(), Failure> {
        self.signs_in()?.finish(answer).await?;
        self.shared.link.wake();
        Ok(())
    }

    async fn sign_out(&self) -> Result<(), Failure> {
        self.signs_in()?.sign_out().await?;
        self.shared.link.renew();
        Ok(())
    }

    fn journal(&self) -> Vec<JournalLine> {
        self.shared.link.connector().journal.lines()
    }
}
