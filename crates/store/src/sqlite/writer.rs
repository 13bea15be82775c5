//! The one writer. It takes everything that is queued, runs it in one transaction with a savepoint for each
//! request, commits once, and then answers everybody: the price of a commit is shared by all who wait.
//!
//! Appends that follow each other in the queue are written together (`append.rs`); a batch that was not taken that way
//! is tried again alone, to say why. A request that is refused is undone alone. When the transaction itself fails (disk full), everybody in it is
//! told so, and nothing of it stays.

use std::{collections::HashSet, pin::Pin, sync::Arc};

use jackfield_protocol::port::{StoreError, StoreResult};
use sqlx::{Connection as _, SqliteConnection};
use tokio::{
    sync::{Mutex, mpsc, oneshot},
    task::JoinHandle,
};

use super::{
    append::{append, append_all},
    batch::Batch,
    error::{in_words, io},
};
use crate::{data_dir::Lock, vault::Vault};

/// Requests that wait before callers are made to wait themselves.
const QUEUE: usize = 1024;
/// Requests in one transaction, so that the first of them does not wait for ever.
const GROUP: usize = 256;

pub(super) type Doing<'c, T> = Pin<Box<dyn Future<Output = StoreResult<T>> + Send + 'c>>;

/// What a request does inside the transaction. It may run after its caller has gone.
pub(super) type Work<T> = Box<dyn for<'c> FnOnce(&'c mut SqliteConnection) -> Doing<'c, T> + Send>;

/// The near end of the queue.
pub(super) struct Writer {
    queue: mpsc::Sender<Message>,
    task: Mutex<Option<JoinHandle<()>>>,
}

enum Message {
    Job(Box<dyn Job>),
    Close,
}

impl Writer {
    /// Starts the task that owns the connection, and with it the data directory's lock. It ends when the writer
    /// is closed or dropped, after everything that is queued.
    pub(super) fn start(connection: SqliteConnection, lock: Lock) -> Self {
        let (queue, requests) = mpsc::channel(QUEUE);
        let task = tokio::spawn(serve(connection, requests, lock));
        Self { queue, task: Mutex::new(Some(task)) }
    }

    /// Runs one request. What it did is on the disk when this returns `Ok`.
    pub(super) async fn run<T: Send + 'static>(&self, work: Work<T>) -> StoreResult<T> {
        let (reply, answer) = oneshot::channel();
        self.ask(Box::new(Request { work: Some(work), result: None, reply }), answer).await
    }

    /// Appends a batch; the same with those that others append meanwhile.
    pub(super) async fn append(&self, vault: Arc<Vault>, batch: Batch) -> StoreResult<()> {
        let (reply, answer) = oneshot::channel();
        self.ask(Box::new(Appending { vault, batch, result: None, reply }), answer).await
    }

    async fn ask<T>(&self, job: Box<dyn Job>, answer: oneshot::Receiver<StoreResult<T>>) -> StoreResult<T> {
        self.queue.send(Message::Job(job)).await.map_err(|_| closed())?;
        answer.await.map_err(|_| closed())?
    }

    /// Finishes what is queued, closes the connection and gives the data directory free.
    pub(super) async fn close(&self) {
        // The task has ended already when nobody listens.
        let _ = self.queue.send(Message::Close).await;
        if let Some(task) = self.task.lock().await.take()
            && let Err(error) = task.await
        {
            tracing::error!(%error, "the writer failed");
        }
    }
}

fn closed() -> StoreError {
    StoreError::Io("the store is closed".to_owned())
}

async fn serve(mut connection: SqliteConnection, mut requests: mpsc::Receiver<Message>, lock: Lock) {
    let mut group: Vec<Box<dyn Job>> = Vec::new();
    while let Some(first) = requests.recv().await {
        let mut next = Some(first);
        while let Some(message) = next {
            match message {
                Message::Job(job) => group.push(job),
                Message::Close => requests.close(),
            }
            next = if group.len() < GROUP { requests.try_recv().ok() } else { None };
        }
        if !group.is_empty() {
            commit(&mut connection, &mut group).await;
        }
    }
    if let Err(error) = connection.close().await {
        tracing::warn!(error = in_words(&error), "the database did not close");
    }
    drop(lock);
}

/// Runs a group in one transaction and answers everybody in it.
async fn commit(connection: &mut SqliteConnection, group: &mut Vec<Box<dyn Job>>) {
    let result = transaction(connection, group).await;
    if let Err(error) = &result {
        tracing::error!(%error, requests = group.len(), "a transaction failed");
        // Some failures have rolled back by themselves; then there is nothing to do here.
        let _ = sqlx::query("ROLLBACK").execute(&mut *connection).await;
    }
    for job in group.drain(..) {
        job.answer(result.clone());
    }
}

async fn transaction(connection: &mut SqliteConnection, group: &mut [Box<dyn Job>]) -> StoreResult<()> {
    // Two statements at a time: each call goes to SQLite's thread and back, and the way costs more than the work.
    let mut savepoint = "BEGIN IMMEDIATE; SAVEPOINT request";
    let mut rest = group;
    while !rest.is_empty() {
        let appends = leading_appends(rest);
        let (now, later) = rest.split_at_mut(appends.max(1));
        if appends > 1 {
            execute(connection, std::mem::replace(&mut savepoint, NEXT)).await?;
            append_together(connection, now).await?;
        }
        for job in now.iter_mut().filter(|job| !job.is_done()) {
            execute(connection, std::mem::replace(&mut savepoint, NEXT)).await?;
            if !job.run(connection).await {
                // Fails when the request's failure has ended the whole transaction.
                undo(connection).await.map_err(|error| job.failure().unwrap_or(error))?;
            }
        }
        rest = later;
    }
    execute(connection, "RELEASE request; COMMIT").await
}

const NEXT: &str = "RELEASE request; SAVEPOINT request";

async fn undo(connection: &mut SqliteConnection) -> StoreResult<()> {
    execute(connection, "ROLLBACK TO request").await
}

/// How many appends to different runs a group begins with.
fn leading_appends(group: &[Box<dyn Job>]) -> usize {
    let mut runs = HashSet::new();
    let first_other =
        group.iter().position(|job| !job.appends().is_some_and(|(_, batch)| runs.insert(&batch.run_id)));
    first_other.unwrap_or(group.len())
}

/// Writes appends with few statements. Those that were refused, and all when a statement failed, are not done after it.
async fn append_together(connection: &mut SqliteConnection, jobs: &mut [Box<dyn Job>]) -> StoreResult<()> {
    let (vaults, batches): (Vec<_>, Vec<_>) = jobs.iter().filter_map(|job| job.appends()).unzip();
    let Some(vault) = vaults.first() else { return Ok(()) };
    match append_all(connection, vault, &batches).await {
        Ok(taken) => jobs.iter_mut().for_each(|job| job.was_appended(&taken)),
        Err(_) => undo(connection).await?,
    }
    Ok(())
}

async fn execute(connection: &mut SqliteConnection, sql: &'static str) -> StoreResult<()> {
    sqlx::query(sql).execute(connection).await.map(|_| ()).map_err(io)
}

/// A request of any type.
trait Job: Send {
    /// What it appends, when that is all it does.
    fn appends(&self) -> Option<(&Vault, &Batch)> {
        None
    }
    /// It was appended with others, when its run is among these.
    fn was_appended(&mut self, _taken: &HashSet<String>) {}
    /// It needs not be run any more.
    fn is_done(&self) -> bool {
        false
    }
    /// Does it; false when it was refused or failed.
    fn run<'c>(
        &'c mut self,
        connection: &'c mut SqliteConnection,
    ) -> Pin<Box<dyn Future<Output = bool> + Send + 'c>>;
    /// Why it failed.
    fn failure(&self) -> Option<StoreError>;
    /// Tells the caller, once it is known whether the transaction lasts.
    fn answer(self: Box<Self>, committed: StoreResult<()>);
}

struct Request<T> {
    work: Option<Work<T>>,
    result: Option<StoreResult<T>>,
    reply: oneshot::Sender<StoreResult<T>>,
}

impl<T: Send + 'static> Job for Request<T> {
    fn run<'c>(
        &'c mut self,
        connection: &'c mut SqliteConnection,
    ) -> Pin<Box<dyn Future<Output = bool> + Send + 'c>> {
        Box::pin(async move {
            if let Some(work) = self.work.take() {
                self.result = Some(work(connection).await);
            }
            matches!(self.result, Some(Ok(_)))
        })
    }

    fn failure(&self) -> Option<StoreError> {
        self.result.as_ref().and_then(|result| result.as_ref().err().cloned())
    }

    fn answer(self: Box<Self>, committed: StoreResult<()>) {
        // A caller that has gone away does not want to know.
        let _ = self.reply.send(lasting(committed, self.result));
    }
}

/// An append, which can be done with others.
struct Appending {
    vault: Arc<Vault>,
    batch: Batch,
    result: Option<StoreResult<()>>,
    reply: oneshot::Sender<StoreResult<()>>,
}

impl Job for Appending {
    fn appends(&self) -> Option<(&Vault, &Batch)> {
        Some((&self.vault, &self.batch))
    }

    fn was_appended(&mut self, taken: &HashSet<String>) {
        self.result = taken.contains(&self.batch.run_id).then_some(Ok(()));
    }

    fn is_done(&self) -> bool {
        self.result.is_some()
    }

    fn run<'c>(
        &'c mut self,
        connection: &'c mut SqliteConnection,
    ) -> Pin<Box<dyn Future<Output = bool> + Send + 'c>> {
        Box::pin(async move {
            let result = append(connection, &self.vault, &self.batch).await;
            self.result.insert(result).is_ok()
        })
    }

    fn failure(&self) -> Option<StoreError> {
        self.result.as_ref().and_then(|result| result.as_ref().err().cloned())
    }

    fn answer(self: Box<Self>, committed: StoreResult<()>) {
        // A caller that has gone away does not want to know.
        let _ = self.reply.send(lasting(committed, self.result));
    }
}

/// What a request's caller is told: what it did counts only when the transaction lasts.
fn lasting<T>(committed: StoreResult<()>, result: Option<StoreResult<T>>) -> StoreResult<T> {
    committed.and_then(|()| result.unwrap_or_else(|| Err(closed())))
}

#[cfg(test)]
#[path = "writer_tests.rs"]
mod tests;
