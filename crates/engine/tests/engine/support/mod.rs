//! A hub with a scripted peer and a store in memory.

mod peer;
mod store;

use std::{sync::Arc, time::Duration};

use futures_util::StreamExt as _;
use jackfield_engine::{Engine, EngineConfig};
use jackfield_protocol::{
    api::{NewBackend, StartRun},
    error::{ErrorCode, Failure},
    event::{Delta, Done, Draft, EventBody, InputKind, InputRequired, Outcome, StepStart, StreamEvent},
    ids::{BackendId, RunId, Seq},
    model::{Platform, Run, RunInput, RunStatus, ToolInfo, Verdict},
    port::{AttemptEnd, Checkpoint, PlatformFactory, Progress, Store},
};
use serde_json::{Value, json};
use tokio::time::timeout;

pub(crate) use self::{
    peer::{Peer, tool, workflow},
    store::{Fault, MemoryStore},
};

/// Nothing in these tests takes this long.
const BOUND: Duration = Duration::from_secs(20);

pub(crate) struct Hub {
    pub(crate) engine: Engine,
    pub(crate) store: Arc<MemoryStore>,
    pub(crate) peer: Peer,
    pub(crate) backend: BackendId,
}

/// Short waits, no checks in the background while a test runs.
pub(crate) fn quick() -> EngineConfig {
    EngineConfig {
        send_backoff: Duration::from_millis(5),
        resume_backoff: Duration::from_millis(5),
        resume_backoff_max: Duration::from_millis(20),
        recovery_deadline: Duration::from_millis(300),
        cancel_record_wait: Duration::from_millis(100),
        change_quiet: (Duration::from_millis(20), Duration::from_millis(200)),
        change_backoff: (Duration::from_millis(20), Duration::from_millis(200)),
        shutdown_soft: Duration::from_millis(20),
        shutdown_hard: Duration::from_millis(200),
        ..EngineConfig::default()
    }
}

impl Hub {
    pub(crate) async fn new() -> Self {
        Self::with(quick()).await
    }

    pub(crate) async fn with(config: EngineConfig) -> Self {
        Self::of(Peer::new(), config).await
    }

    /// A hub with an MCP server that has these tools.
    pub(crate) async fn mcp(tools: Vec<ToolInfo>) -> Self {
        let peer = Peer::of(Platform::Mcp);
        peer.offers(Vec::new());
        peer.has_tools(tools);
        Self::of(peer, quick()).await
    }

    pub(crate) async fn of(peer: Peer, config: EngineConfig) -> Self {
        let store = Arc::new(MemoryStore::default());
        let engine = engine(store.clone(), &peer, config).await;
        let new = NewBackend { platform: peer.platform(), ..new_backend("peer") };
        let backend = engine.add_backend(new, false).await.unwrap().backend.id;
        engine.discover(backend).await.unwrap();
        Self { engine, store, peer, backend }
    }

    pub(crate) async fn start(&self) -> Run {
        self.engine.start_run(echo()).await.unwrap()
    }

    /// The whole log, once the run has ended.
    pub(crate) async fn ended(&self, id: RunId) -> Vec<StreamEvent> {
        let events = follow(&self.engine, id, 0).await;
        assert!(matches!(events.last().unwrap().body, EventBody::Done(_)), "ends with done");
        assert_eq!(events, self.store.log(id), "what was shown is what the log holds");
        events
    }

    pub(crate) async fn status(&self, id: RunId, status: RunStatus) {
        let mut last = None;
        for _ in 0..2000 {
            last = Some(self.engine.run(id).await.unwrap().status);
            if last == Some(status) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        panic!("the run is {last:?}, not {status:?}");
    }
}

pub(crate) async fn engine<S: Store + 'static>(store: Arc<S>, peer: &Peer, config: EngineConfig) -> Engine {
    let platforms: Vec<Arc<dyn PlatformFactory>> = vec![Arc::new(peer.clone())];
    Engine::start(store, platforms, config).await.unwrap()
}

pub(crate) fn new_backend(name: &str) -> NewBackend {
    NewBackend {
        name: name.to_owned(),
        platform: Platform::N8n,
        base_url: "http://peer.test".to_owned(),
        options: Value::Null,
        secrets: [("api_key".to_owned(), "one".to_owned())].into(),
        enabled: true,
    }
}

pub(crate) fn echo() -> StartRun {
    StartRun {
        workflow: Some("Echo".to_owned()),
        input: RunInput { text: Some("hello".to_owned()), ..RunInput::default() },
        ..StartRun::default()
    }
}

/// Reads until the stream ends by itself.
pub(crate) async fn follow(engine: &Engine, id: RunId, after: Seq) -> Vec<StreamEvent> {
    let stream = engine.follow(id, after).await.unwrap();
    let events: Vec<_> = timeout(BOUND, stream.collect()).await.expect("the stream ends");
    events.into_iter().map(|event: Result<Arc<StreamEvent>, Failure>| (*event.unwrap()).clone()).collect()
}

/// Waits for a condition, in real or paused time.
pub(crate) async fn until(what: &str, mut condition: impl FnMut() -> bool) {
    for _ in 0..5000 {
        if condition() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    panic!("it did not happen that {what}");
}

pub(crate) fn text(text: &str) -> Progress {
    Progress::Draft(Draft::new(EventBody::Delta(Delta::text(text))).message("m1"))
}

pub(crate) fn step(id: &str) -> Progress {
    let start = StepStart { name: id.to_owned(), ..StepStart::default() };
    Progress::Draft(Draft::new(EventBody::StepStart(start)).step(id))
}

pub(crate) fn question(id: &str) -> Progress {
    Progress::Draft(Draft::new(EventBody::InputRequired(InputRequired {
        request_id: id.into(),
        kind: InputKind::Text,
        prompt: "Go on?".to_owned(),
        choices: Vec::new(),
        schema: None,
        expires_at: None,
        url: None,
    })))
}

pub(crate) fn checkpoint(id: &str) -> Progress {
    Progress::Checkpoint(Checkpoint { external_id: Some(id.to_owned()), data: json!({"id": id}) })
}

pub(crate) fn done(outcome: Outcome) -> Progress {
    let reason = (outcome != Outcome::Succeeded).then(|| "the peer says so".to_owned());
    let (verdict, answer, duration_ms) = (Verdict::Verified, Vec::new(), None);
    Progress::End(AttemptEnd::Done(Done { outcome, verdict, reason, answer, duration_ms, usage: None }))
}

pub(crate) fn lost() -> Progress {
    Progress::End(AttemptEnd::Lost(Failure::new(ErrorCode::PeerConnectionLost, "cut")))
}

pub(crate) fn not_sent() -> Progress {
    Progress::End(AttemptEnd::NotSent(Failure::new(ErrorCode::PeerUnreachable, "refused")))
}

pub(crate) fn kinds(events: &[StreamEvent]) -> Vec<String> {
    let kind = |event: &StreamEvent| match &event.body {
        EventBody::Link(link) => format!("link {}", json!(link.state).as_str().unwrap()),
        body => body.kind().to_owned(),
    };
    events.iter().map(kind).collect()
}

pub(crate) fn outcome(events: &[StreamEvent]) -> Outcome {
    match &events.last().unwrap().body {
        EventBody::Done(done) => done.outcome,
        other => panic!("{} is not done", other.kind()),
    }
}

/// 1…n, each once, in order.
pub(crate) fn assert_whole(events: &[StreamEvent], after: Seq) {
    for (event, seq) in events.iter().zip(after + 1..) {
        assert_eq!(event.seq, seq);
    }
}
