//! A store in memory that answers late, fails, or forgets to say that it worked, on command.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex, MutexGuard,
        atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
    },
};

use async_trait::async_trait;
use jackfield_protocol::{
    event::{EventBody, StreamEvent},
    ids::{BackendId, BlobId, ConversationId, RunId, Seq, TokenId, ToolRowId, WorkflowId},
    model::{Backend, Offers, Run, Tool, ToolInfo, Workflow, WorkflowInfo, qualified_name},
    port::{
        ApiToken, Append, Blob, ChatMessage, Checkpoint, Conversation, ConversationFilter, DataUsage,
        PeerInfo, Removable, Removed, RunFilter, Secrets, Store, StoreError, StoreResult,
    },
};
use jiff::Timestamp;
use tokio::sync::watch;

#[derive(Default)]
struct Tables {
    backends: BTreeMap<BackendId, (Backend, Secrets)>,
    peers: BTreeMap<BackendId, PeerInfo>,
    workflows: Vec<Workflow>,
    /// Each with what was accepted of it.
    tools: Vec<(Tool, ToolInfo)>,
    offers: BTreeMap<BackendId, Offers>,
    runs: BTreeMap<RunId, Run>,
    events: BTreeMap<RunId, Vec<StreamEvent>>,
    checkpoints: BTreeMap<RunId, Checkpoint>,
    blobs: BTreeMap<BlobId, Blob>,
    conversations: BTreeMap<ConversationId, (Conversation, Vec<ChatMessage>)>,
    tokens: Vec<(ApiToken, [u8; 32])>,
    retention: Option<u32>,
}

impl Tables {
    /// Runs that ended before then, oldest first; those of chats stay here.
    fn old(&self, before: Timestamp) -> Vec<RunId> {
        let mut old: Vec<_> = self
            .runs
            .values()
            .filter(|run| run.conversation_id.is_none())
            .filter_map(|run| run.ended_at.filter(|ended| *ended < before).map(|ended| (ended, run.id)))
            .collect();
        old.sort_unstable();
        old.into_iter().map(|(_, id)| id).collect()
    }
}

/// How the next appends go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Nothing is written, and that is said.
    Io,
    /// Everything is written, and the opposite is said.
    WrittenButIo,
}

pub(crate) struct MemoryStore {
    tables: Mutex<Tables>,
    gate: watch::Sender<bool>,
    faults: Mutex<Vec<Fault>>,
    down: AtomicBool,
    pub(crate) blob_faults: AtomicUsize,
    pub(crate) unreadable: AtomicBool,
    pub(crate) message_faults: AtomicUsize,
    pub(crate) waiting_appends: AtomicUsize,
    pub(crate) appends: Mutex<Vec<usize>>,
    pub(crate) reads: AtomicUsize,
    pub(crate) removal_faults: AtomicUsize,
    pub(crate) token_writes: AtomicUsize,
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self {
            tables: Mutex::default(),
            gate: watch::Sender::new(true),
            faults: Mutex::default(),
            down: AtomicBool::new(false),
            blob_faults: AtomicUsize::new(0),
            unreadable: AtomicBool::new(false),
            message_faults: AtomicUsize::new(0),
            waiting_appends: AtomicUsize::new(0),
            appends: Mutex::default(),
            reads: AtomicUsize::new(0),
            removal_faults: AtomicUsize::new(0),
            token_writes: AtomicUsize::new(0),
        }
    }
}

fn io() -> StoreError {
    StoreError::Io("the disk is on strike".to_owned())
}

fn counted_down(counter: &AtomicUsize) -> bool {
    counter.fetch_update(SeqCst, SeqCst, |left| left.checked_sub(1)).is_ok()
}

impl MemoryStore {
    /// From now on appends wait.
    pub(crate) fn hold(&self) {
        self.gate.send_replace(false);
    }

    /// Lets them go on.
    pub(crate) fn release(&self) {
        self.gate.send_replace(true);
    }

    /// The next appends go wrong, in this order.
    pub(crate) fn fail(&self, faults: impl IntoIterator<Item = Fault>) {
        self.faults.lock().unwrap().extend(faults);
    }

    /// All appends fail until further notice.
    pub(crate) fn set_down(&self, down: bool) {
        self.down.store(down, SeqCst);
    }

    pub(crate) fn log(&self, id: RunId) -> Vec<StreamEvent> {
        self.tables().events.get(&id).cloned().unwrap_or_default()
    }

    fn tables(&self) -> MutexGuard<'_, Tables> {
        self.tables.lock().unwrap()
    }

    fn write(&self, append: Append) -> StoreResult<()> {
        let mut tables = self.tables();
        let tables = &mut *tables;
        let run = tables.runs.get_mut(&append.run_id).ok_or(StoreError::NotFound("run"))?;
        if append.attempt != run.attempt {
            return Err(StoreError::StaleAttempt { given: append.attempt, current: run.attempt });
        }
        if run.done.is_some() {
            return Err(StoreError::RunEnded);
        }
        let mut expected = run.last_seq + 1;
        for event in &append.events {
            if event.seq != expected {
                return Err(StoreError::WrongSeq { given: event.seq, expected });
            }
            expected += 1;
        }
        if let Some(status) = append.status {
            run.status = status;
        }
        if let Some(EventBody::Done(done)) = append.events.last().map(|event| &event.body) {
            run.status = done.outcome.into();
            run.done = Some(done.clone());
            run.ended_at = append.events.last().map(|event| event.timestamp);
        }
        run.last_seq = expected - 1;
        if let Some(checkpoint) = append.checkpoint {
            run.external_id = checkpoint.external_id.clone().or(run.external_id.take());
            tables.checkpoints.insert(append.run_id, checkpoint);
        }
        tables.events.entry(append.run_id).or_default().extend(append.events);
        Ok(())
    }
}

#[async_trait]
impl Store for MemoryStore {
    async fn insert_backend(&self, backend: &Backend, secrets: &Secrets) -> StoreResult<()> {
        let mut tables = self.tables();
        if tables.backends.values().any(|(known, _)| known.name == backend.name) {
            return Err(StoreError::Conflict("taken".to_owned()));
        }
        tables.backends.insert(backend.id, (backend.clone(), secrets.clone()));
        Ok(())
    }

    async fn update_backend(&self, backend: &Backend, secrets: Option<&Secrets>) -> StoreResult<()> {
        let mut tables = self.tables();
        let entry = tables.backends.get_mut(&backend.id).ok_or(StoreError::NotFound("backend"))?;
        entry.0 = backend.clone();
        if let Some(secrets) = secrets {
            entry.1 = secrets.clone();
            self.unreadable.store(false, SeqCst);
        }
        Ok(())
    }

    async fn backend(&self, id: BackendId) -> StoreResult<Option<Backend>> {
        Ok(self.tables().backends.get(&id).map(|(backend, _)| backend.clone()))
    }

    async fn backends(&self) -> StoreResult<Vec<Backend>> {
        Ok(self.tables().backends.values().map(|(backend, _)| backend.clone()).collect())
    }

    async fn delete_backend(&self, id: BackendId) -> StoreResult<()> {
        let mut tables = self.tables();
        tables.backends.remove(&id);
        tables.workflows.retain(|workflow| workflow.backend_id != id);
        tables.tools.retain(|(tool, _)| tool.backend_id != id);
        tables.offers.remove(&id);
        tables.runs.retain(|_, run| run.backend_id != id);
        Ok(())
    }

    async fn secrets(&self, id: BackendId) -> StoreResult<Secrets> {
        if self.unreadable.load(SeqCst) {
            return Err(StoreError::SecretUnreadable("the key is gone".to_owned()));
        }
        let tables = self.tables();
        tables.backends.get(&id).map(|(_, secrets)| secrets.clone()).ok_or(StoreError::NotFound("backend"))
    }

    async fn save_peer(&self, id: BackendId, info: &PeerInfo) -> StoreResult<()> {
        self.tables().peers.insert(id, info.clone());
        Ok(())
    }

    async fn peer(&self, id: BackendId) -> StoreResult<Option<PeerInfo>> {
        Ok(self.tables().peers.get(&id).cloned())
    }

    async fn save_workflows(
        &self,
        id: BackendId,
        infos: &[WorkflowInfo],
        discovered_at: Timestamp,
    ) -> StoreResult<()> {
        let mut tables = self.tables();
        for known in tables.workflows.iter_mut().filter(|known| known.backend_id == id) {
            known.present = false;
        }
        for info in infos {
            let known = tables
                .workflows
                .iter_mut()
                .find(|known| known.backend_id == id && known.info.external_id == info.external_id);
            if let Some(known) = known {
                (known.present, known.info, known.discovered_at) = (true, info.clone(), discovered_at);
            } else {
                let (backend_id, info) = (id, info.clone());
                let id = WorkflowId::new();
                tables.workflows.push(Workflow { id, backend_id, discovered_at, present: true, info });
            }
        }
        Ok(())
    }

    async fn workflows(&self, backend: Option<BackendId>) -> StoreResult<Vec<Workflow>> {
        let tables = self.tables();
        let all = tables.workflows.iter();
        Ok(all.filter(|known| backend.is_none_or(|id| known.backend_id == id)).cloned().collect())
    }

    async fn workflow(&self, id: WorkflowId) -> StoreResult<Option<Workflow>> {
        Ok(self.tables().workflows.iter().find(|known| known.id == id).cloned())
    }

    async fn save_tools(&self, id: BackendId, infos: &[ToolInfo], at: Timestamp) -> StoreResult<()> {
        let mut tables = self.tables();
        let backend = tables.backends.get(&id).ok_or(StoreError::NotFound("backend"))?.0.name.clone();
        for known in tables.tools.iter_mut().filter(|known| known.0.backend_id == id) {
            known.0.present = false;
        }
        for info in infos {
            let known = tables
                .tools
                .iter_mut()
                .find(|(tool, _)| tool.backend_id == id && tool.info.name == info.name);
            let Some((tool, accepted)) = known else {
                let tool = Tool {
                    id: ToolRowId::new(),
                    backend_id: id,
                    qualified_name: qualified_name(&backend, &info.name, &info.name, |_| false),
                    discovered_at: at,
                    present: true,
                    changed: false,
                    accepted: None,
                    info: info.clone(),
                };
                tables.tools.push((tool, info.clone()));
                continue;
            };
            (tool.present, tool.discovered_at, tool.info) = (true, at, info.clone());
            tool.changed = accepted.fingerprint != info.fingerprint;
            tool.accepted = tool.changed.then(|| accepted.definition.clone());
        }
        Ok(())
    }

    async fn tools(&self, backend: Option<BackendId>) -> StoreResult<Vec<Tool>> {
        let tables = self.tables();
        let all = tables.tools.iter().map(|(tool, _)| tool);
        Ok(all.filter(|tool| backend.is_none_or(|id| tool.backend_id == id)).cloned().collect())
    }

    async fn tools_after(
        &self,
        backend: Option<BackendId>,
        after: Option<&str>,
        limit: u32,
    ) -> StoreResult<Vec<Tool>> {
        let mut tools = self.tools(backend).await?;
        tools.retain(|tool| after.is_none_or(|after| tool.qualified_name.as_str() > after));
        tools.sort_by(|a, b| a.qualified_name.cmp(&b.qualified_name));
        tools.truncate(limit as usize);
        Ok(tools)
    }

    async fn tools_called(&self, backend: Option<BackendId>, name: &str) -> StoreResult<Vec<Tool>> {
        let mut tools = self.tools(backend).await?;
        tools.retain(|tool| tool.info.name == name);
        tools.sort_by(|a, b| a.qualified_name.cmp(&b.qualified_name));
        Ok(tools)
    }

    async fn tool_named(&self, qualified_name: &str) -> StoreResult<Option<Tool>> {
        let tables = self.tables();
        let mut all = tables.tools.iter().map(|(tool, _)| tool);
        Ok(all.find(|tool| tool.qualified_name == qualified_name).cloned())
    }

    async fn changed_tools(&self, _: u32) -> StoreResult<Vec<(Tool, Timestamp)>> {
        let tables = self.tables();
        let all = tables.tools.iter().map(|(tool, _)| tool);
        Ok(all.filter(|tool| tool.changed).map(|tool| (tool.clone(), tool.discovered_at)).collect())
    }

    async fn accept_tool(&self, id: ToolRowId) -> StoreResult<()> {
        let mut tables = self.tables();
        let known = tables.tools.iter_mut().find(|(tool, _)| tool.id == id);
        let (tool, accepted) = known.ok_or(StoreError::NotFound("tool"))?;
        (tool.changed, tool.accepted) = (false, None);
        *accepted = tool.info.clone();
        Ok(())
    }

    async fn save_offers(&self, id: BackendId, offers: &Offers) -> StoreResult<()> {
        self.tables().offers.insert(id, offers.clone());
        Ok(())
    }

    async fn offers(&self, id: BackendId) -> StoreResult<Option<Offers>> {
        Ok(self.tables().offers.get(&id).cloned())
    }

    async fn tool(&self, id: ToolRowId) -> StoreResult<Option<Tool>> {
        Ok(self.tables().tools.iter().map(|(tool, _)| tool).find(|tool| tool.id == id).cloned())
    }

    async fn create_run(&self, run: &Run) -> StoreResult<()> {
        self.tables().runs.insert(run.id, run.clone());
        Ok(())
    }

    async fn run(&self, id: RunId) -> StoreResult<Option<Run>> {
        Ok(self.tables().runs.get(&id).cloned())
    }

    async fn runs(&self, filter: &RunFilter) -> StoreResult<Vec<Run>> {
        let tables = self.tables();
        let newest_first = tables.runs.values().rev();
        Ok(newest_first
            .filter(|run| filter.status.is_empty() || filter.status.contains(&run.status))
            .cloned()
            .collect())
    }

    async fn unfinished_runs(&self) -> StoreResult<Vec<Run>> {
        Ok(self.tables().runs.values().filter(|run| run.done.is_none()).cloned().collect())
    }

    async fn begin_attempt(&self, id: RunId) -> StoreResult<u32> {
        let mut tables = self.tables();
        let run = tables.runs.get_mut(&id).ok_or(StoreError::NotFound("run"))?;
        if run.done.is_some() {
            return Err(StoreError::RunEnded);
        }
        run.attempt += 1;
        Ok(run.attempt)
    }

    async fn append(&self, append: Append) -> StoreResult<()> {
        self.waiting_appends.fetch_add(1, SeqCst);
        let open = self.gate.subscribe().wait_for(|open| *open).await.map(drop);
        self.waiting_appends.fetch_sub(1, SeqCst);
        open.map_err(|_| io())?;
        if self.down.load(SeqCst) {
            return Err(io());
        }
        let fault = {
            let mut faults = self.faults.lock().unwrap();
            (!faults.is_empty()).then(|| faults.remove(0))
        };
        match fault {
            Some(Fault::Io) => Err(io()),
            Some(Fault::WrittenButIo) => self.write(append).and(Err(io())),
            None => {
                self.appends.lock().unwrap().push(append.events.len());
                self.write(append)
            }
        }
    }

    async fn events(&self, id: RunId, after: Seq, limit: u32) -> StoreResult<Vec<StreamEvent>> {
        self.reads.fetch_add(1, SeqCst);
        let tables = self.tables();
        let log = tables.events.get(&id).map(Vec::as_slice).unwrap_or_default();
        Ok(log.iter().filter(|event| event.seq > after).take(limit as usize).cloned().collect())
    }

    async fn checkpoint(&self, id: RunId) -> StoreResult<Option<Checkpoint>> {
        Ok(self.tables().checkpoints.get(&id).cloned())
    }

    async fn put_blob(&self, _: Option<RunId>, blob: &Blob) -> StoreResult<BlobId> {
        if counted_down(&self.blob_faults) {
            return Err(io());
        }
        let id = BlobId::new();
        self.tables().blobs.insert(id, blob.clone());
        Ok(id)
    }

    async fn blob(&self, id: BlobId) -> StoreResult<Option<Blob>> {
        Ok(self.tables().blobs.get(&id).cloned())
    }

    async fn create_conversation(&self, conversation: &Conversation) -> StoreResult<()> {
        self.tables().conversations.insert(conversation.id, (conversation.clone(), Vec::new()));
        Ok(())
    }

    async fn rename_conversation(&self, id: ConversationId, title: &str) -> StoreResult<()> {
        let mut tables = self.tables();
        let (conversation, _) =
            tables.conversations.get_mut(&id).ok_or(StoreError::NotFound("conversation"))?;
        title.clone_into(&mut conversation.title);
        Ok(())
    }

    async fn delete_conversation(&self, id: ConversationId) -> StoreResult<()> {
        self.tables().conversations.remove(&id).map(drop).ok_or(StoreError::NotFound("conversation"))
    }

    async fn conversation(&self, id: ConversationId) -> StoreResult<Option<Conversation>> {
        Ok(self.tables().conversations.get(&id).map(|(conversation, _)| conversation.clone()))
    }

    async fn conversations(&self, _: &ConversationFilter) -> StoreResult<Vec<Conversation>> {
        Ok(self.tables().conversations.values().map(|(conversation, _)| conversation.clone()).collect())
    }

    async fn add_message(&self, id: ConversationId, message: &ChatMessage) -> StoreResult<u64> {
        if counted_down(&self.message_faults) {
            return Err(io());
        }
        let mut tables = self.tables();
        let (_, messages) = tables.conversations.get_mut(&id).ok_or(StoreError::NotFound("conversation"))?;
        let position = messages.len() as u64 + 1;
        messages.push(ChatMessage { position, ..message.clone() });
        Ok(position)
    }

    async fn messages(&self, id: ConversationId) -> StoreResult<Vec<ChatMessage>> {
        Ok(self.tables().conversations.get(&id).map(|(_, messages)| messages.clone()).unwrap_or_default())
    }

    async fn insert_token(&self, token: &ApiToken, hash: [u8; 32]) -> StoreResult<()> {
        self.tables().tokens.push((token.clone(), hash));
        Ok(())
    }

    async fn token_by_hash(&self, hash: [u8; 32]) -> StoreResult<Option<ApiToken>> {
        let tables = self.tables();
        Ok(tables.tokens.iter().find(|(_, known)| *known == hash).map(|(token, _)| token.clone()))
    }

    async fn tokens(&self) -> StoreResult<Vec<ApiToken>> {
        Ok(self.tables().tokens.iter().map(|(token, _)| token.clone()).collect())
    }

    async fn delete_token(&self, id: TokenId) -> StoreResult<()> {
        self.tables().tokens.retain(|(token, _)| token.id != id);
        Ok(())
    }

    async fn token_used(&self, id: TokenId, at: Timestamp) -> StoreResult<()> {
        self.token_writes.fetch_add(1, SeqCst);
        if let Some((token, _)) = self.tables().tokens.iter_mut().find(|(token, _)| token.id == id) {
            token.last_used_at = token.last_used_at.max(Some(at));
        }
        Ok(())
    }

    async fn usage(&self) -> StoreResult<DataUsage> {
        let runs = self.tables().runs.len() as u64;
        Ok(DataUsage { runs, ..DataUsage::default() })
    }

    async fn retention(&self) -> StoreResult<Option<u32>> {
        Ok(self.tables().retention)
    }

    async fn set_retention(&self, days: Option<u32>) -> StoreResult<()> {
        self.tables().retention = days;
        Ok(())
    }

    async fn removable(&self, before: Timestamp) -> StoreResult<Removable> {
        Ok(Removable { runs: self.tables().old(before).len() as u64, conversations: 0 })
    }

    /// One run at a time.
    async fn remove_old(&self, before: Timestamp, _: u64) -> StoreResult<Removed> {
        if counted_down(&self.removal_faults) {
            return Err(io());
        }
        let mut tables = self.tables();
        let runs: Vec<_> = tables.old(before).into_iter().take(1).collect();
        for id in &runs {
            tables.runs.remove(id);
            tables.events.remove(id);
        }
        Ok(Removed { runs, conversations: 0 })
    }

    async fn check(&self) -> StoreResult<()> {
        Ok(())
    }

    async fn close(&self) {}
}
