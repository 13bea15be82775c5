//! Disks and directories that do not do what they should: clear messages, no panic, and a store that goes on.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::{fs, path::Path};

use jackfield_protocol::port::{Store as _, StoreError};
use jackfield_store::{KeyStore, SqliteStore, StoreOptions};
use jackfield_testkit::store_suite::samples::{append, deltas, stored_run};
use sqlx::{Connection as _, SqliteConnection};

async fn open(dir: &Path) -> Result<SqliteStore, StoreError> {
    SqliteStore::open(StoreOptions::new(dir).key_store(KeyStore::File)).await
}

async fn by_hand(dir: &Path) -> SqliteConnection {
    let url = format!("sqlite://{}", dir.join("jackfield.db").display());
    SqliteConnection::connect(&url).await.unwrap()
}

#[tokio::test]
async fn a_second_store_on_the_same_directory_is_refused() {
    let temp = tempfile::tempdir().unwrap();
    let store = open(temp.path()).await.unwrap();
    let error = open(temp.path()).await.unwrap_err();
    assert!(matches!(&error, StoreError::Conflict(text) if text.contains("Another Jackfield process")));
    store.check().await.unwrap();
    store.close().await;
    open(temp.path()).await.unwrap();
}

#[tokio::test]
async fn a_file_that_is_no_database_is_named() {
    let temp = tempfile::tempdir().unwrap();
    fs::write(temp.path().join("jackfield.db"), "this is no database, whatever its name says".repeat(100))
        .unwrap();
    let error = open(temp.path()).await.unwrap_err().to_string();
    assert!(error.contains("jackfield.db is damaged or not a database of Jackfield's"), "{error}");
}

#[tokio::test]
async fn a_newer_schema_is_refused_and_left_alone() {
    let temp = tempfile::tempdir().unwrap();
    open(temp.path()).await.unwrap().close().await;
    let mut connection = by_hand(temp.path()).await;
    sqlx::query("PRAGMA user_version = 77").execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    let error = open(temp.path()).await.unwrap_err();
    assert!(
        matches!(&error, StoreError::Conflict(text) if text.contains("77") && text.contains("newer")),
        "{error}"
    );
    let mut connection = by_hand(temp.path()).await;
    let version: i64 = sqlx::query_scalar("PRAGMA user_version").fetch_one(&mut connection).await.unwrap();
    assert_eq!(version, 77);
}

#[tokio::test]
async fn a_damaged_page_is_told_and_does_not_panic() {
    let temp = tempfile::tempdir().unwrap();
    let store = open(temp.path()).await.unwrap();
    let run = stored_run(&store).await;
    store.append(append(run.id, 0, deltas(run.id, 1..=2000))).await.unwrap();
    store.close().await;
    drop(store);
    let path = temp.path().join("jackfield.db");
    let mut bytes = fs::read(&path).unwrap();
    let pages = bytes.len() / 4096;
    assert!(pages > 60, "{pages} pages");
    // The schema stays readable, the tables do not.
    for byte in bytes.iter_mut().skip(4096 * 40) {
        *byte = 0xa5;
    }
    fs::write(&path, bytes).unwrap();
    let store = open(temp.path()).await.unwrap();
    let error = store.events(run.id, 0, 5000).await.unwrap_err().to_string();
    assert!(error.contains("damaged"), "{error}");
    store.close().await;
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_directory_that_may_not_be_written_is_named() {
    // Nobody may make anything there, root included.
    let error = open(Path::new("/proc/jackfield")).await.unwrap_err().to_string();
    assert!(error.contains("cannot make the data directory /proc/jackfield"), "{error}");
}
