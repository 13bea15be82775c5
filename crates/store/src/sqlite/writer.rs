//! The one writer. It takes everything that is queued, runs it in one transaction with a savepoint for each
//! request, commits once, and then answers everybody: the price of a commit is shared by all who wait.
//!
//! A request that is refused is undone alone. When the transaction itself fails (disk full), everybody in it is
//! told so, and nothing of it stays.

use std::pin::Pin;

use jackfield_protocol::port::{StoreError, StoreResult};
use sqlx::{Connection as _, SqliteConnection};
use tokio::{
    sync::{Mutex, mpsc, oneshot},
    task::JoinHandle,
};

use super::error::{in_words, io};
use crate::data_dir::Lock;

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
        let job = Request { work: Some(work), result: None, reply };
        self.queue.send(Message::Job(Box::new(job))).await.map_err(|_| closed())?;
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
    execute(connection, "BEGIN IMMEDIATE; SAVEPOINT request").await?;
    let count = group.len();
    for (job, number) in group.iter_mut().zip(1..) {
        if !job.run(connection).await {
            // Fails when the request's failure has ended the whole transaction.
            execute(connection, "ROLLBACK TO request")
                .await
                .map_err(|error| job.failure().unwrap_or(error))?;
        }
        if number < count {
            execute(connection, "RELEASE request; SAVEPOINT request").await?;
        }
    }
    execute(connection, "RELEASE request; COMMIT").await
}

async fn execute(connection: &mut SqliteConnection, sql: &'static str) -> StoreResult<()> {
    sqlx::query(sql).execute(connection).await.map(|_| ()).map_err(io)
}

/// A request of any type.
trait Job: Send {
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
        let result = match (committed, self.result) {
            (Ok(()), Some(result)) => result,
            (Ok(()), None) => Err(closed()),
            (Err(error), _) => Err(error),
        };
        // A caller that has gone away does not want to know.
        let _ = self.reply.send(result);
    }
}

#[cfg(test)]
#[path = "writer_tests.rs"]
mod tests;
