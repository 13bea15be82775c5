//! A store that answers late on command: each append waits at a gate until the test lets it go. It finds windows
//! between "written" and "known to be written" that no load finds.

use std::sync::Arc;

use async_trait::async_trait;
use jackfield_protocol::{
    event::StreamEvent,
    ids::{BackendId, BlobId, ConversationId, RunId, Seq, TokenId, ToolRowId, WorkflowId},
    model::{Backend, Offers, Run, Tool, ToolInfo, Workflow, WorkflowInfo},
    port::{
        ApiToken, Append, Blob, ChatMessage, Checkpoint, Conversation, ConversationFilter, DataUsage,
        PeerInfo, Removable, Removed, RunFilter, Secrets, Store, StoreResult,
    },
};
use jiff::Timestamp;
use tokio::sync::watch;

/// On which side of the write an append waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hold {
    /// Not yet written: nothing of it may be shown.
    BeforeWrite,
    /// Written, but the caller does not know yet.
    AfterWrite,
}

#[derive(Debug, Clone, Copy)]
struct State {
    /// `None`: every append passes.
    closed: Option<Hold>,
    /// How many held appends may still pass.
    permits: u64,
    waiting: u64,
    passed: u64,
}

/// The test's end of a [`LateStore`]. Open at first.
#[derive(Debug, Clone)]
pub struct Gate {
    state: Arc<watch::Sender<State>>,
}

impl Gate {
    fn new() -> Self {
        let state = State { closed: None, permits: 0, waiting: 0, passed: 0 };
        Self { state: Arc::new(watch::Sender::new(state)) }
    }

    /// From now on, appends wait.
    pub fn close(&self, hold: Hold) {
        self.state.send_modify(|state| {
            state.closed = Some(hold);
            state.permits = 0;
        });
    }

    /// Lets all that wait go, and all that come.
    pub fn open(&self) {
        self.state.send_modify(|state| state.closed = None);
    }

    /// Lets this many go, of those that wait or that come next.
    pub fn let_pass(&self, count: u64) {
        self.state.send_modify(|state| state.permits += count);
    }

    /// How many wait now.
    #[must_use]
    pub fn waiting(&self) -> u64 {
        self.state.borrow().waiting
    }

    /// How many appends have gone through since the beginning.
    #[must_use]
    pub fn passed(&self) -> u64 {
        self.state.borrow().passed
    }

    /// Returns as soon as at least this many wait.
    pub async fn until_waiting(&self, count: u64) {
        // Cannot fail: we hold a sender.
        let _ = self.state.subscribe().wait_for(|state| state.waiting >= count).await;
    }

    /// Returns as soon as at least this many have gone through.
    pub async fn until_passed(&self, count: u64) {
        let _ = self.state.subscribe().wait_for(|state| state.passed >= count).await;
    }

    async fn pass(&self, side: Hold) {
        if self.state.borrow().closed != Some(side) {
            return;
        }
        let mut watching = self.state.subscribe();
        let _waiting = Waiting::at(&self.state);
        loop {
            let mut free = false;
            self.state.send_if_modified(|state| {
                if state.closed != Some(side) {
                    free = true;
                } else if state.permits > 0 {
                    state.permits -= 1;
                    free = true;
                }
                false
            });
            if free || watching.changed().await.is_err() {
                return;
            }
        }
    }
}

/// Counted as long as it lives, also when the caller gives up.
struct Waiting<'a>(&'a watch::Sender<State>);

impl<'a> Waiting<'a> {
    fn at(state: &'a watch::Sender<State>) -> Self {
        state.send_modify(|state| state.waiting += 1);
        Self(state)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.send_modify(|state| state.waiting -= 1);
    }
}

/// Any store, with a gate before or behind its `append`. Everything else goes straight through.
#[derive(Debug)]
pub struct LateStore<S> {
    inner: S,
    gate: Gate,
}

impl<S: Store> LateStore<S> {
    /// Wraps a store; its gate is open.
    pub fn new(inner: S) -> (Self, Gate) {
        let gate = Gate::new();
        (Self { inner, gate: gate.clone() }, gate)
    }

    /// The store inside, past the gate.
    pub fn inner(&self) -> &S {
        &self.inner
    }
}

macro_rules! straight_through {
    ($($name:ident($($arg:ident: $type:ty),*) -> $result:ty;)*) => {
        #[async_trait]
        impl<S: Store> Store for LateStore<S> {
            async fn append(&self, append: Append) -> StoreResult<()> {
                self.gate.pass(Hold::BeforeWrite).await;
                let result = self.inner.append(append).await;
                self.gate.pass(Hold::AfterWrite).await;
                self.gate.state.send_modify(|state| state.passed += 1);
                result
            }

            async fn close(&self) {
                self.inner.close().await;
            }

            $(
                async fn $name(&self, $($arg: $type),*) -> StoreResult<$result> {
                    self.inner.$name($($arg),*).await
                }
            )*
        }
    };
}

straight_through! {
    insert_backend(backend: &Backend, secrets: &Secrets) -> ();
    update_backend(backend: &Backend, secrets: Option<&Secrets>) -> ();
    backend(id: BackendId) -> Option<Backend>;
    backends() -> Vec<Backend>;
    delete_backend(id: BackendId) -> ();
    secrets(id: BackendId) -> Secrets;
    save_peer(id: BackendId, info: &PeerInfo) -> ();
    peer(id: BackendId) -> Option<PeerInfo>;
    save_workflows(id: BackendId, infos: &[WorkflowInfo], at: Timestamp) -> ();
    workflows(backend: Option<BackendId>) -> Vec<Workflow>;
    workflow(id: WorkflowId) -> Option<Workflow>;
    save_tools(id: BackendId, infos: &[ToolInfo], at: Timestamp) -> ();
    tools(backend: Option<BackendId>) -> Vec<Tool>;
    tool(id: ToolRowId) -> Option<Tool>;
    tools_after(backend: Option<BackendId>, after: Option<&str>, limit: u32) -> Vec<Tool>;
    tools_called(backend: Option<BackendId>, name: &str) -> Vec<Tool>;
    tool_named(qualified_name: &str) -> Option<Tool>;
    changed_tools(limit: u32) -> Vec<(Tool, Timestamp)>;
    accept_tool(id: ToolRowId) -> ();
    save_offers(id: BackendId, offers: &Offers) -> ();
    offers(id: BackendId) -> Option<Offers>;
    create_run(run: &Run) -> ();
    run(id: RunId) -> Option<Run>;
    runs(filter: &RunFilter) -> Vec<Run>;
    unfinished_runs() -> Vec<Run>;
    begin_attempt(id: RunId) -> u32;
    events(id: RunId, after: Seq, limit: u32) -> Vec<StreamEvent>;
    checkpoint(id: RunId) -> Option<Checkpoint>;
    put_blob(run: Option<RunId>, blob: &Blob) -> BlobId;
    blob(id: BlobId) -> Option<Blob>;
    create_conversation(conversation: &Conversation) -> ();
    rename_conversation(id: ConversationId, title: &str) -> ();
    delete_conversation(id: ConversationId) -> ();
    conversation(id: ConversationId) -> Option<Conversation>;
    conversations(filter: &ConversationFilter) -> Vec<Conversation>;
    add_message(id: ConversationId, message: &ChatMessage) -> u64;
    messages(id: ConversationId) -> Vec<ChatMessage>;
    insert_token(token: &ApiToken, hash: [u8; 32]) -> ();
    token_by_hash(hash: [u8; 32]) -> Option<ApiToken>;
    tokens() -> Vec<ApiToken>;
    delete_token(id: TokenId) -> ();
    token_used(id: TokenId, at: Timestamp) -> ();
    usage() -> DataUsage;
    retention() -> Option<u32>;
    set_retention(days: Option<u32>) -> ();
    removable(before: Timestamp) -> Removable;
    remove_old(before: Timestamp, most_events: u64) -> Removed;
    check() -> ();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_gate_holds_on_its_side_and_counts() {
        let gate = Gate::new();
        gate.pass(Hold::BeforeWrite).await;
        gate.close(Hold::AfterWrite);
        gate.pass(Hold::BeforeWrite).await;

        let held: Vec<_> = (0..3)
            .map(|_| {
                let gate = gate.clone();
                tokio::spawn(async move { gate.pass(Hold::AfterWrite).await })
            })
            .collect();
        gate.until_waiting(3).await;
        gate.let_pass(1);
        while gate.waiting() != 2 {
            tokio::task::yield_now().await;
        }
        assert_eq!(held.iter().filter(|task| task.is_finished()).count(), 1);
        gate.open();
        for task in held {
            task.await.unwrap();
        }
        assert_eq!(gate.waiting(), 0);
    }

    #[tokio::test]
    async fn one_who_gives_up_is_not_counted() {
        let gate = Gate::new();
        gate.close(Hold::BeforeWrite);
        let task = tokio::spawn({
            let gate = gate.clone();
            async move { gate.pass(Hold::BeforeWrite).await }
        });
        gate.until_waiting(1).await;
        task.abort();
        assert!(task.await.unwrap_err().is_cancelled());
        assert_eq!(gate.waiting(), 0);
    }
}
