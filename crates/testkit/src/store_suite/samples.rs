//! Values for the cases.

use jackfield_protocol::{
    event::{Delta, Done, EventBody, Outcome, Source, Start, StreamEvent},
    ids::{BackendId, ConversationId, RunId, Seq, WorkflowId},
    model::{Backend, Platform, Run, RunInput, RunStatus, ToolInfo, Verdict, Workflow, WorkflowInfo},
    port::{Append, Checkpoint, Conversation, Secrets, Store},
    time::now,
};
use serde_json::{Value, json};

/// A backend of n8n with this name.
pub fn backend(name: &str) -> Backend {
    let at = now();
    Backend {
        id: BackendId::new(),
        name: name.to_owned(),
        kind: Platform::N8n.backend_type(),
        platform: Platform::N8n,
        base_url: "https://n8n.example.org/sub".to_owned(),
        options: json!({"timeout_s": 30, "nested": {"list": [1, null, "ä"]}}),
        secrets: Vec::new(),
        enabled: true,
        simulated: false,
        created_at: at,
        updated_at: at,
    }
}

/// Secrets from pairs.
pub fn secrets(pairs: &[(&str, &str)]) -> Secrets {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())).collect()
}

/// A backend that is in the store.
pub async fn stored_backend(store: &dyn Store, name: &str) -> Backend {
    let backend = backend(name);
    store.insert_backend(&backend, &Secrets::new()).await.unwrap();
    backend
}

/// A workflow with this external id.
pub fn workflow_info(external_id: &str, name: &str) -> WorkflowInfo {
    WorkflowInfo {
        external_id: external_id.to_owned(),
        name: name.to_owned(),
        description: Some("What it does".to_owned()),
        tags: vec!["a".to_owned(), "b".to_owned()],
        active: true,
        runnable: true,
        private: json!({"saved": true}),
        ..WorkflowInfo::default()
    }
}

/// A workflow that is in the store.
pub async fn stored_workflow(store: &dyn Store, backend: BackendId) -> Workflow {
    store.save_workflows(backend, &[workflow_info("w1", "One")], now()).await.unwrap();
    store.workflows(Some(backend)).await.unwrap().remove(0)
}

/// A tool with this name.
pub fn tool_info(name: &str) -> ToolInfo {
    ToolInfo {
        name: name.to_owned(),
        title: Some("Title".to_owned()),
        description: None,
        input_schema: json!({"type": "object", "properties": {"z": {"type": "string"}, "a": {}}}),
        output_schema: Some(json!({"type": "array"})),
        annotations: Some(json!({"readOnlyHint": true})),
        definition: json!({"name": name, "x-vendor": 1}),
        fingerprint: "f".repeat(64),
        ..ToolInfo::default()
    }
}

/// A run of nothing in particular.
pub fn run(backend: BackendId) -> Run {
    Run {
        id: RunId::new(),
        backend_id: backend,
        workflow_id: None,
        tool_id: None,
        workflow_name: "One".to_owned(),
        entry: Some("webhook".to_owned()),
        conversation_id: None,
        turn: None,
        request_key: None,
        status: RunStatus::Queued,
        input: RunInput {
            text: Some("hello".to_owned()),
            data: Some(json!({"n": 1.5})),
            ..RunInput::default()
        },
        last_seq: 0,
        attempt: 0,
        external_id: None,
        done: None,
        created_at: now(),
        ended_at: None,
    }
}

/// A run that is in the store, with a backend of its own.
pub async fn stored_run(store: &dyn Store) -> Run {
    let backend = stored_backend(store, &format!("backend {}", BackendId::new())).await;
    let run = run(backend.id);
    store.create_run(&run).await.unwrap();
    run
}

/// A run of an existing workflow and conversation.
pub fn run_in(workflow: &Workflow, conversation: Option<ConversationId>) -> Run {
    Run {
        workflow_id: Some(workflow.id as WorkflowId),
        conversation_id: conversation,
        ..run(workflow.backend_id)
    }
}

/// A conversation.
pub fn conversation(title: &str) -> Conversation {
    let at = now();
    Conversation { id: ConversationId::new(), title: title.to_owned(), created_at: at, updated_at: at }
}

/// An event with this number.
pub fn event(run_id: RunId, seq: Seq, body: EventBody) -> StreamEvent {
    StreamEvent {
        run_id,
        seq,
        timestamp: now(),
        source: Source::default(),
        message_id: None,
        tool_id: None,
        step_id: None,
        parent_step_id: None,
        body,
    }
}

/// A `start`.
pub fn start() -> EventBody {
    EventBody::Start(Start {
        backend: "lab".to_owned(),
        platform: Platform::N8n,
        workflow_id: None,
        workflow: "One".to_owned(),
        entry: None,
        simulated: false,
    })
}

/// A `done`.
pub fn done(outcome: Outcome) -> EventBody {
    EventBody::Done(Done {
        outcome,
        verdict: Verdict::Verified,
        reason: (outcome != Outcome::Succeeded).then(|| "because".to_owned()),
        answer: vec!["m1".into()],
        duration_ms: Some(12),
        usage: None,
    })
}

/// A delta with this number whose text is the number.
pub fn delta(run_id: RunId, seq: Seq) -> StreamEvent {
    let mut event = event(run_id, seq, EventBody::Delta(Delta::text(seq.to_string())));
    event.message_id = Some("m1".into());
    event.source = Source { backend_id: None, ..Source::node("AI Agent") };
    event
}

/// Deltas with these numbers.
pub fn deltas(run_id: RunId, seqs: impl IntoIterator<Item = Seq>) -> Vec<StreamEvent> {
    seqs.into_iter().map(|seq| delta(run_id, seq)).collect()
}

/// Events to append, and nothing else.
pub fn append(run_id: RunId, attempt: u32, events: Vec<StreamEvent>) -> Append {
    Append { run_id, attempt, events, checkpoint: None, status: None }
}

/// A checkpoint.
pub fn checkpoint(external_id: &str, data: Value) -> Checkpoint {
    Checkpoint { external_id: Some(external_id.to_owned()), data }
}
