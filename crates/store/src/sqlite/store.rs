//! The port, each method handed to the file that knows its tables.

use async_trait::async_trait;
use jackfield_protocol::{
    event::StreamEvent,
    ids::{BackendId, BlobId, ConversationId, RunId, Seq, TokenId, ToolRowId, WorkflowId},
    model::{Backend, Offers, Run, Tool, ToolInfo, Workflow, WorkflowInfo},
    port::{
        ApiToken, Append, Blob, ChatMessage, Checkpoint, Conversation, ConversationFilter, DataUsage,
        PeerInfo, Removable, Removed, RunFilter, Secrets, Store, StoreResult,
    },
    time::now,
};
use jiff::Timestamp;

use super::{
    SqliteStore, backends, batch::Batch, blobs, catalogue, conversations, error::io, log, rows::time, runs,
    tokens, tools, usage,
};

#[async_trait]
impl Store for SqliteStore {
    async fn insert_backend(&self, backend: &Backend, secrets: &Secrets) -> StoreResult<()> {
        self.write(backends::insert(self.vault.clone(), backend.clone(), secrets.clone())).await
    }

    async fn update_backend(&self, backend: &Backend, secrets: Option<&Secrets>) -> StoreResult<()> {
        self.write(backends::update(self.vault.clone(), backend.clone(), secrets.cloned())).await
    }

    async fn backend(&self, id: BackendId) -> StoreResult<Option<Backend>> {
        backends::one(&mut *self.read().await?, id).await
    }

    async fn backends(&self) -> StoreResult<Vec<Backend>> {
        backends::all(&mut *self.read().await?).await
    }

    async fn delete_backend(&self, id: BackendId) -> StoreResult<()> {
        self.write(backends::delete(id)).await
    }

    async fn secrets(&self, id: BackendId) -> StoreResult<Secrets> {
        backends::secrets(&mut *self.read().await?, &self.vault, id).await
    }

    async fn save_peer(&self, id: BackendId, info: &PeerInfo) -> StoreResult<()> {
        self.write(backends::save_peer(id, info.clone())).await
    }

    async fn peer(&self, id: BackendId) -> StoreResult<Option<PeerInfo>> {
        backends::peer(&mut *self.read().await?, id).await
    }

    async fn save_workflows(&self, id: BackendId, infos: &[WorkflowInfo], at: Timestamp) -> StoreResult<()> {
        self.write(catalogue::save_workflows(id, infos.to_vec(), at)).await
    }

    async fn workflows(&self, backend: Option<BackendId>) -> StoreResult<Vec<Workflow>> {
        catalogue::workflows(&mut *self.read().await?, backend).await
    }

    async fn workflow(&self, id: WorkflowId) -> StoreResult<Option<Workflow>> {
        catalogue::workflow(&mut *self.read().await?, id).await
    }

    async fn save_tools(&self, id: BackendId, infos: &[ToolInfo], at: Timestamp) -> StoreResult<()> {
        let mut parts = tools::parts(infos)?;
        let last = parts.pop().unwrap_or_default();
        for part in parts {
            self.write(tools::save(id, part, at, None)).await?;
        }
        self.write(tools::save(id, last, at, Some(tools::names(infos)))).await
    }

    async fn tools(&self, backend: Option<BackendId>) -> StoreResult<Vec<Tool>> {
        tools::all(&mut *self.read().await?, backend).await
    }

    async fn tool(&self, id: ToolRowId) -> StoreResult<Option<Tool>> {
        tools::one(&mut *self.read().await?, id).await
    }

    async fn tools_after(
        &self,
        backend: Option<BackendId>,
        after: Option<&str>,
        limit: u32,
    ) -> StoreResult<Vec<Tool>> {
        tools::after(&mut *self.read().await?, backend, after, limit).await
    }

    async fn tools_called(&self, backend: Option<BackendId>, name: &str) -> StoreResult<Vec<Tool>> {
        tools::called(&mut *self.read().await?, backend, name).await
    }

    async fn tool_named(&self, qualified_name: &str) -> StoreResult<Option<Tool>> {
        tools::by_name(&mut *self.read().await?, qualified_name).await
    }

    async fn changed_tools(&self, limit: u32) -> StoreResult<Vec<(Tool, Timestamp)>> {
        tools::changed(&mut *self.read().await?, limit).await
    }

    async fn accept_tool(&self, id: ToolRowId) -> StoreResult<()> {
        self.write(tools::accept(id)).await
    }

    async fn save_offers(&self, id: BackendId, offers: &Offers) -> StoreResult<()> {
        self.write(backends::save_offers(id, offers.clone())).await
    }

    async fn offers(&self, id: BackendId) -> StoreResult<Option<Offers>> {
        backends::offers(&mut *self.read().await?, id).await
    }

    async fn create_run(&self, run: &Run) -> StoreResult<()> {
        self.write(runs::create(run.clone())).await
    }

    async fn run(&self, id: RunId) -> StoreResult<Option<Run>> {
        runs::one(&mut *self.read().await?, id).await
    }

    async fn runs(&self, filter: &RunFilter) -> StoreResult<Vec<Run>> {
        runs::list(&mut *self.read().await?, filter).await
    }

    async fn unfinished_runs(&self) -> StoreResult<Vec<Run>> {
        runs::unfinished(&mut *self.read().await?).await
    }

    async fn begin_attempt(&self, id: RunId) -> StoreResult<u32> {
        self.write(runs::begin_attempt(id)).await
    }

    async fn append(&self, append: Append) -> StoreResult<()> {
        self.writer.append(self.vault.clone(), Batch::new(append)?).await
    }

    async fn events(&self, id: RunId, after: Seq, limit: u32) -> StoreResult<Vec<StreamEvent>> {
        log::events(&mut *self.read().await?, id, after, limit).await
    }

    async fn checkpoint(&self, id: RunId) -> StoreResult<Option<Checkpoint>> {
        log::checkpoint(&mut *self.read().await?, &self.vault, id).await
    }

    async fn put_blob(&self, run: Option<RunId>, blob: &Blob) -> StoreResult<BlobId> {
        self.write(blobs::put(run, blob.clone())).await
    }

    async fn blob(&self, id: BlobId) -> StoreResult<Option<Blob>> {
        blobs::one(&mut *self.read().await?, id).await
    }

    async fn create_conversation(&self, conversation: &Conversation) -> StoreResult<()> {
        self.write(conversations::create(conversation.clone())).await
    }

    async fn rename_conversation(&self, id: ConversationId, title: &str) -> StoreResult<()> {
        self.write(conversations::rename(id, title.to_owned())).await
    }

    async fn delete_conversation(&self, id: ConversationId) -> StoreResult<()> {
        self.write(conversations::delete(id)).await
    }

    async fn conversation(&self, id: ConversationId) -> StoreResult<Option<Conversation>> {
        conversations::one(&mut *self.read().await?, id).await
    }

    async fn conversations(&self, filter: &ConversationFilter) -> StoreResult<Vec<Conversation>> {
        conversations::list(&mut *self.read().await?, filter).await
    }

    async fn add_message(&self, id: ConversationId, message: &ChatMessage) -> StoreResult<u64> {
        self.write(conversations::add_message(id, message.clone())).await
    }

    async fn messages(&self, id: ConversationId) -> StoreResult<Vec<ChatMessage>> {
        conversations::messages(&mut *self.read().await?, id).await
    }

    async fn insert_token(&self, token: &ApiToken, hash: [u8; 32]) -> StoreResult<()> {
        self.write(tokens::insert(token.clone(), hash)).await
    }

    async fn token_by_hash(&self, hash: [u8; 32]) -> StoreResult<Option<ApiToken>> {
        tokens::by_hash(&mut *self.read().await?, hash).await
    }

    async fn tokens(&self) -> StoreResult<Vec<ApiToken>> {
        tokens::all(&mut *self.read().await?).await
    }

    async fn delete_token(&self, id: TokenId) -> StoreResult<()> {
        self.write(tokens::delete(id)).await
    }

    async fn token_used(&self, id: TokenId, at: Timestamp) -> StoreResult<()> {
        self.write(tokens::used(id, at)).await
    }

    async fn usage(&self) -> StoreResult<DataUsage> {
        usage::usage(&mut *self.read().await?, &self.path).await
    }

    async fn retention(&self) -> StoreResult<Option<u32>> {
        usage::retention(&mut *self.read().await?).await
    }

    async fn set_retention(&self, days: Option<u32>) -> StoreResult<()> {
        self.write(usage::keep(days)).await
    }

    async fn removable(&self, before: Timestamp) -> StoreResult<Removable> {
        usage::removable(&mut *self.read().await?, before).await
    }

    async fn remove_old(&self, before: Timestamp, most_events: u64) -> StoreResult<Removed> {
        self.write(usage::remove_old(before, most_events)).await
    }

    async fn check(&self) -> StoreResult<()> {
        self.write(Box::new(|connection| {
            Box::pin(async move {
                sqlx::query("INSERT OR REPLACE INTO checks (id, checked_at) VALUES (1, ?)")
                    .bind(time(now()))
                    .execute(connection)
                    .await
                    .map_err(io)?;
                Ok(())
            })
        }))
        .await?;
        let mut connection = self.read().await?;
        sqlx::query("SELECT checked_at FROM checks").fetch_one(&mut *connection).await.map_err(io)?;
        Ok(())
    }

    async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}
