//! Making a connection: transport, revision, handshake.

use std::{sync::Arc, time::Duration};

use jackfield_protocol::error::{ErrorCode, Failure};
use rmcp::{
    model::{
        ClientCapabilities, ClientConfig, ElicitationCapability, FormElicitationCapability, Implementation,
        JsonObject, ProtocolVersion, UrlElicitationCapability,
    },
    service::{ClientInitializeError, ClientLifecycleMode, serve_client_with_lifecycle},
    transport::{
        IntoTransport, StreamableHttpClientTransport, common::client_side_sse::SseRetryPolicy,
        streamable_http_client::StreamableHttpClientTransportConfig,
    },
};
use serde_json::json;
use tokio::time::timeout;

use super::{
    config::{Config, Target},
    http::{Authorize, Facts, HttpClient, OldSseTransport, Reach},
    journal::Journal,
    options::{HttpKind, Revision},
    service::{Handler, roots},
    session::{Session, sdk_version},
    stdio::{LocalPrograms, StdioTransport},
    wire::{OnChange, Wire},
};
use crate::transport::Transport;

/// Everything that a connection is made of.
pub(crate) struct Connector {
    pub(crate) config: Arc<Config>,
    pub(crate) local: Arc<LocalPrograms>,
    pub(crate) journal: Journal,
    pub(crate) auth: Option<Arc<dyn Authorize>>,
    pub(crate) transport: Option<Transport>,
}

/// What was found out about a server, so that it need not be found out again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Memory {
    /// It does not speak the newest revision.
    pub(crate) legacy: bool,
    /// It is reached by HTTP+SSE.
    pub(crate) old_sse: bool,
}

/// When the SDK's streams are taken up again.
#[derive(Debug)]
struct Resume;

impl SseRetryPolicy for Resume {
    fn retry(&self, times: usize) -> Option<Duration> {
        const STEPS: [u64; 6] = [100, 250, 500, 1000, 1000, 2000];
        // About half a minute in all; then the call that waits for it is told.
        (times < 20).then(|| Duration::from_millis(STEPS.get(times).copied().unwrap_or(2000)))
    }
}

impl Connector {
    /// Connects; what was found out is put into `memory`.
    ///
    /// # Errors
    /// Why not, in plain words.
    pub(crate) async fn connect(
        &self,
        memory: &mut Memory,
        on_change: OnChange,
    ) -> Result<Arc<Session>, Failure> {
        let began = *memory;
        let connected = self.attempt(memory, on_change.clone()).await;
        if connected.is_err() && began != Memory::default() {
            // What was remembered may be wrong by now: the server was replaced by another.
            *memory = Memory::default();
            return self.attempt(memory, on_change).await;
        }
        connected
    }

    async fn attempt(&self, memory: &mut Memory, on_change: OnChange) -> Result<Arc<Session>, Failure> {
        let deadline = self.config.connect_deadline();
        let connected = timeout(deadline, self.reach(memory, &on_change)).await.unwrap_or_else(|_| {
            let words =
                self.journal.last_words().map_or_else(String::new, |words| format!(" It said: {words}"));
            let message = format!(
                "{} did not complete the handshake within {} ms.{words}",
                self.config.place(),
                deadline.as_millis()
            );
            Err(Failure::new(ErrorCode::PeerNoAnswer, message)
                .hint("Programs that are fetched at the first start need longer: raise `start_timeout_ms`."))
        })?;
        memory.legacy = !connected.is_modern();
        memory.old_sse = connected.transport() == "http_sse";
        Ok(connected)
    }

    async fn reach(&self, memory: &Memory, on_change: &OnChange) -> Result<Arc<Session>, Failure> {
        match &self.config.target {
            Target::Program(program) => {
                let wire = Wire::new(self.journal.clone(), on_change.clone());
                let (limit, probe) = (self.config.message_limit(), self.config.probe_deadline());
                let transport = StdioTransport::start(program, &self.local, &wire, limit, probe)?;
                self.serve(transport, wire, "stdio", self.lifecycle(memory.legacy), None).await
            }
            Target::Http { kind: HttpKind::HttpSse, .. } => self.old_sse(on_change).await,
            Target::Http { kind: HttpKind::StreamableHttp, .. } => self.streamable(memory, on_change).await,
            Target::Http { kind: HttpKind::Auto, .. } if memory.old_sse => self.old_sse(on_change).await,
            Target::Http { kind: HttpKind::Auto, .. } => {
                let failure = match self.streamable(memory, on_change).await {
                    Ok(session) => return Ok(session),
                    Err(failure) => failure,
                };
                // 2025-03-26, "Backwards compatibility": what does not know the POST may know the stream.
                let unknown = matches!(failure.peer_status, Some(400 | 404..=499));
                if !unknown {
                    return Err(failure);
                }
                self.old_sse(on_change).await.map_err(|_| failure)
            }
        }
    }

    fn http(&self) -> Result<Reach, Failure> {
        let (Target::Http { url, .. }, Some(transport)) = (&self.config.target, &self.transport) else {
            return Err(Failure::internal("A local server has no address."));
        };
        Ok(Reach {
            transport: transport.clone(),
            url: url.clone(),
            auth: self.auth.clone(),
            limit: self.config.message_limit(),
            probe: self.config.probe_deadline(),
            answer: self.config.answer_deadline(),
            silence: self.config.call_limit(),
        })
    }

    async fn streamable(&self, memory: &Memory, on_change: &OnChange) -> Result<Arc<Session>, Failure> {
        let reach = self.http()?;
        let wire = Wire::new(self.journal.clone(), on_change.clone());
        let facts = Arc::new(Facts::default());
        let mut settings = StreamableHttpClientTransportConfig::with_uri(reach.url.as_str());
        settings.retry_config = Arc::new(Resume);
        // The bound of calls at once is the hub's own.
        settings.max_concurrent_requests = 256;
        let client = HttpClient::new(reach, wire.clone(), facts.clone());
        let transport = StreamableHttpClientTransport::with_client(client, settings);
        self.serve(transport, wire, "streamable_http", self.lifecycle(memory.legacy), Some(&facts)).await
    }

    async fn old_sse(&self, on_change: &OnChange) -> Result<Arc<Session>, Failure> {
        let wire = Wire::new(self.journal.clone(), on_change.clone());
        let transport = OldSseTransport::connect(self.http()?, &wire).await?;
        self.serve(transport, wire, "http_sse", ClientLifecycleMode::Initialize, None).await
    }

    /// How the revision is found.
    fn lifecycle(&self, legacy: bool) -> ClientLifecycleMode {
        let preferred_versions = vec![ProtocolVersion::V_2026_07_28];
        match self.config.revision() {
            Revision::Auto if legacy => ClientLifecycleMode::Initialize,
            Revision::Auto => ClientLifecycleMode::Auto {
                preferred_versions,
                legacy_version: Some(ProtocolVersion::LATEST_WITH_INITIALIZE),
            },
            Revision::V2026_07_28 => ClientLifecycleMode::Discover { preferred_versions },
            _ => ClientLifecycleMode::Initialize,
        }
    }

    async fn serve<T, E, A>(
        &self,
        transport: T,
        wire: Wire,
        name: &'static str,
        lifecycle: ClientLifecycleMode,
        facts: Option<&Facts>,
    ) -> Result<Arc<Session>, Failure>
    where
        T: IntoTransport<rmcp::RoleClient, E, A>,
        E: std::error::Error + Send + Sync + 'static,
    {
        let handler = Handler::new(wire.clone(), self.client()?, roots(&self.config.options.roots)?);
        let served = serve_client_with_lifecycle(handler, transport, lifecycle).await;
        let running = served.map_err(|error| self.why(error, &wire, facts))?;
        let (level, deadline) = (&self.config.options.log_level, self.config.answer_deadline());
        let session = Session::new(running, wire, name, level, deadline, self.config.place());
        self.journal.hub(format!("connected by {name}, revision {}", session.version()));
        if !session.is_modern() && session.can("logging") {
            // A server that does not take it logs as it likes.
            let _ = session.request("logging/setLevel", json!({"level": level})).await;
        }
        Ok(session)
    }

    /// What the hub says of itself.
    fn client(&self) -> Result<ClientConfig, Failure> {
        let options = &self.config.options;
        let mut capabilities = ClientCapabilities::default();
        capabilities.elicitation = Some(
            ElicitationCapability::new()
                .with_form(FormElicitationCapability::default())
                .with_url(UrlElicitationCapability::default()),
        );
        if !roots(&options.roots)?.is_null() {
            capabilities.roots = Some(rmcp::model::RootsCapabilities::default());
        }
        if options.allow_sampling {
            capabilities.sampling = Some(rmcp::model::SamplingCapability::default());
        }
        let tasks = [("io.modelcontextprotocol/tasks".to_owned(), JsonObject::new())];
        capabilities.extensions = Some(tasks.into_iter().collect());
        let mut own = Implementation::new("jackfield", env!("CARGO_PKG_VERSION"));
        own.title = Some("Jackfield".to_owned());
        let mut config = ClientConfig::new(capabilities, own);
        config.protocol_version = match options.protocol {
            Revision::V2024_11_05 => sdk_version("2024-11-05"),
            Revision::V2025_03_26 => sdk_version("2025-03-26"),
            Revision::V2025_06_18 => sdk_version("2025-06-18"),
            _ => ProtocolVersion::LATEST_WITH_INITIALIZE,
        };
        Ok(config)
    }

    /// Why there is no connection.
    fn why(&self, error: ClientInitializeError, wire: &Wire, facts: Option<&Facts>) -> Failure {
        if let Some(failure) = facts.and_then(Facts::failure).or_else(|| wire.loss()) {
            return failure;
        }
        let error = match error {
            ClientInitializeError::LegacyFallbackFailed { fallback, .. } => *fallback,
            other => other,
        };
        let place = self.config.place();
        let (code, message) = match error {
            ClientInitializeError::JsonRpcError(error) => (
                ErrorCode::PeerRejected,
                format!("{place} refuses the handshake: {} (code {}).", error.message, error.code.0),
            ),
            ClientInitializeError::NoCompatibleProtocolVersion { .. } => {
                (ErrorCode::PeerTooOld, format!("{place} speaks no revision of MCP that the hub speaks."))
            }
            other => {
                (ErrorCode::PeerNotPlatform, format!("{place} did not complete the handshake: {other}."))
            }
        };
        Failure::new(code, message).hint("Check that it is an MCP server, and what its own log says.")
    }
}
