//! Groups: shared commits, single refusals, and a disk that fills up.

use super::*;
use crate::{KeyStore, SqliteStore, StoreOptions};

async fn store() -> (tempfile::TempDir, SqliteStore) {
    let temp = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(StoreOptions::new(temp.path()).key_store(KeyStore::File)).await.unwrap();
    (temp, store)
}

fn sql(text: &'static str) -> Work<()> {
    Box::new(move |connection| Box::pin(execute(connection, text)))
}

fn insert(title: String, size: i64) -> Work<()> {
    Box::new(move |connection| {
        Box::pin(async move {
            sqlx::query("INSERT INTO conversations VALUES (?1, hex(zeroblob(?2 / 2)), '', '')")
                .bind(title)
                .bind(size)
                .execute(connection)
                .await
                .map_err(io)?;
            Ok(())
        })
    })
}

async fn count(store: &SqliteStore) -> i64 {
    let mut reader = store.read().await.unwrap();
    sqlx::query_scalar("SELECT count(*) FROM conversations").fetch_one(&mut *reader).await.unwrap()
}

fn request(work: Work<()>) -> (Box<dyn Job>, oneshot::Receiver<StoreResult<()>>) {
    let (reply, answer) = oneshot::channel();
    (Box::new(Request { work: Some(work), result: None, reply }), answer)
}

/// Runs these as one group.
async fn together(connection: &mut SqliteConnection, works: Vec<Work<()>>) -> Vec<StoreResult<()>> {
    let (mut group, answers): (Vec<_>, Vec<_>) = works.into_iter().map(request).unzip();
    commit(connection, &mut group).await;
    let mut results = Vec::new();
    for answer in answers {
        results.push(answer.await.unwrap());
    }
    results
}

/// A second connection that writes, so that a group can be put together by hand.
async fn writing(temp: &tempfile::TempDir) -> SqliteConnection {
    super::super::connect::writer(&temp.path().join("jackfield.db")).await.unwrap()
}

#[tokio::test]
async fn a_refused_request_is_undone_alone() {
    let (temp, store) = store().await;
    let mut connection = writing(&temp).await;
    let half: Work<()> = Box::new(|connection| {
        Box::pin(async move {
            execute(connection, "INSERT INTO conversations VALUES ('half', '', '', '')").await?;
            Err(StoreError::NotFound("backend"))
        })
    });
    let results =
        together(&mut connection, vec![insert("a".to_owned(), 2), half, insert("b".to_owned(), 2)]).await;
    assert_eq!(results, [Ok(()), Err(StoreError::NotFound("backend")), Ok(())]);
    assert_eq!(count(&store).await, 2);
}

#[tokio::test]
async fn a_failed_statement_is_undone_alone_too() {
    let (temp, store) = store().await;
    let mut connection = writing(&temp).await;
    let results = together(
        &mut connection,
        vec![
            insert("a".to_owned(), 2),
            sql("INSERT INTO conversations VALUES ('x', 1, 2)"),
            insert("a".to_owned(), 2),
            insert("b".to_owned(), 2),
        ],
    )
    .await;
    assert!(
        matches!(results[..], [Ok(()), Err(StoreError::Io(_)), Err(StoreError::Io(_)), Ok(())]),
        "{results:?}"
    );
    assert_eq!(count(&store).await, 2);
}

#[tokio::test]
async fn when_the_transaction_is_gone_everybody_is_told() {
    let (temp, store) = store().await;
    let mut connection = writing(&temp).await;
    let gone: Work<()> = Box::new(|connection| {
        Box::pin(async move {
            // As SQLite itself does after some failures.
            execute(connection, "ROLLBACK").await?;
            Err(StoreError::Io("the disk failed".to_owned()))
        })
    });
    let results =
        together(&mut connection, vec![insert("a".to_owned(), 2), gone, insert("b".to_owned(), 2)]).await;
    assert!(
        results.iter().all(|result| *result == Err(StoreError::Io("the disk failed".to_owned()))),
        "{results:?}"
    );
    assert_eq!(count(&store).await, 0);
    assert_eq!(together(&mut connection, vec![insert("a".to_owned(), 2)]).await, [Ok(())]);
}

#[tokio::test]
async fn a_full_disk_is_told_and_the_store_goes_on_when_there_is_room_again() {
    let (_temp, store) = store().await;
    store.write(insert("before".to_owned(), 2)).await.unwrap();
    // The limit stands for the end of the disk; SQLite treats both alike (SQLITE_FULL).
    store.write(sql("PRAGMA max_page_count = 1")).await.unwrap();
    let error = store.write(insert("large".to_owned(), 4_000_000)).await.unwrap_err();
    assert!(error.to_string().contains("the disk is full"), "{error}");
    assert_eq!(count(&store).await, 1);
    store.write(sql("PRAGMA max_page_count = 100000")).await.unwrap();
    store.write(insert("large".to_owned(), 4_000_000)).await.unwrap();
    assert_eq!(count(&store).await, 2);
}

#[tokio::test]
async fn everything_that_is_queued_shares_a_commit() {
    let (_temp, store) = store().await;
    // Holds the writer until all others are queued.
    let (let_go, held) = oneshot::channel::<()>();
    let (begun, running) = oneshot::channel::<()>();
    let hold: Work<()> = Box::new(move |_| {
        Box::pin(async move {
            let _ = begun.send(());
            let _ = held.await;
            Ok(())
        })
    });
    let (first, mut answer) = request(hold);
    store.writer.queue.send(Message::Job(first)).await.unwrap();
    running.await.unwrap();
    let mut answers = Vec::new();
    for n in 0..50 {
        let (job, answer) = request(insert(n.to_string(), 2));
        store.writer.queue.send(Message::Job(job)).await.unwrap();
        answers.push(answer);
    }
    assert!(answer.try_recv().is_err(), "nobody is told before the commit");
    let_go.send(()).unwrap();
    answer.await.unwrap().unwrap();
    let mut seen = std::collections::BTreeSet::new();
    for answer in answers {
        answer.await.unwrap().unwrap();
        seen.insert(count(&store).await);
    }
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), [50], "all came with one commit");
}
