//! No secret is found in any byte of the data directory; keys can be changed, and losing them is told.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::{collections::BTreeMap, fs, path::Path};

use jackfield_protocol::port::{Append, Store as _, StoreError};
use jackfield_store::{KeyStore, Rotation, SqliteStore, StoreOptions};
use jackfield_testkit::store_suite::samples::{append, backend, checkpoint, deltas, run, secrets};
use serde_json::json;

const CANARY: &str = "canary-7f3a91c2-secret";

async fn open(dir: &Path) -> Result<SqliteStore, StoreError> {
    SqliteStore::open(StoreOptions::new(dir).key_store(KeyStore::File)).await
}

fn files(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    fs::read_dir(dir)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read(&path).unwrap())
        })
        .collect()
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

fn assert_no_canary(dir: &Path) {
    for (name, bytes) in files(dir) {
        assert!(!holds(&bytes, CANARY), "the secret is in {name}");
        assert!(!holds(&bytes, &CANARY[..12]), "a part of the secret is in {name}");
    }
}

/// A backend with the canary as a secret, and a run with the canary in its checkpoint.
async fn fill(store: &SqliteStore) -> (jackfield_protocol::ids::BackendId, jackfield_protocol::ids::RunId) {
    let given = backend("lab");
    store.insert_backend(&given, &secrets(&[("api_key", CANARY), ("jwt", "second")])).await.unwrap();
    let run = run(given.id);
    store.create_run(&run).await.unwrap();
    let sealed = checkpoint("7", json!({"resume_url": format!("https://peer/?signature={CANARY}")}));
    store
        .append(Append { checkpoint: Some(sealed), ..append(run.id, 0, deltas(run.id, 1..=2)) })
        .await
        .unwrap();
    (given.id, run.id)
}

#[tokio::test]
async fn a_secret_is_nowhere_in_the_data_directory() {
    let temp = tempfile::tempdir().unwrap();
    let store = open(temp.path()).await.unwrap();
    let (id, _) = fill(&store).await;
    let changed = secrets(&[("api_key", CANARY), ("webhook_password", CANARY)]);
    store.update_backend(&store.backend(id).await.unwrap().unwrap(), Some(&changed)).await.unwrap();
    let names: Vec<String> = files(temp.path()).into_keys().collect();
    for expected in ["jackfield.db", "jackfield.db-wal", "key", "installation.json"] {
        assert!(names.iter().any(|name| name == expected), "{expected} is missing among {names:?}");
    }
    assert_no_canary(temp.path());
    assert!(!format!("{store:?}").contains(CANARY));
    assert!(!format!("{:?}", store.secrets(id).await.unwrap()).contains(CANARY));
    store.close().await;
    assert_no_canary(temp.path());
    // The search itself works: a name that is not secret is found.
    assert!(holds(&files(temp.path())["jackfield.db"], "webhook_password"));
}

#[cfg(unix)]
#[tokio::test]
async fn every_file_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let temp = tempfile::tempdir().unwrap();
    let dir = temp.path().join("data");
    let store = open(&dir).await.unwrap();
    store.check().await.unwrap();
    assert_eq!(fs::metadata(&dir).unwrap().permissions().mode() & 0o777, 0o700);
    for entry in fs::read_dir(&dir).unwrap() {
        let path = entry.unwrap().path();
        let mode = fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{}", path.file_name().unwrap().to_string_lossy());
    }
}

#[tokio::test]
async fn keys_can_be_changed_and_old_ones_are_gone() {
    let temp = tempfile::tempdir().unwrap();
    let store = open(temp.path()).await.unwrap();
    let (id, run) = fill(&store).await;
    let before = files(temp.path())["key"].clone();
    assert_eq!(store.rotate_keys().await, Ok(Rotation { resealed: 3, unreadable: 0 }));
    let after = files(temp.path())["key"].clone();
    let old = String::from_utf8(before).unwrap().lines().last().unwrap().to_owned();
    assert!(!holds(&after, &old));
    assert_eq!(store.secrets(id).await.unwrap().get("api_key"), Some(CANARY));
    assert!(store.checkpoint(run).await.unwrap().is_some());
    store.close().await;
    drop(store);
    // A fresh store knows nothing but the file.
    let store = open(temp.path()).await.unwrap();
    assert_eq!(store.secrets(id).await.unwrap().get("api_key"), Some(CANARY));
    assert!(store.checkpoint(run).await.unwrap().is_some());
    store.close().await;
    assert_no_canary(temp.path());
}

#[tokio::test]
async fn a_lost_key_is_told_and_new_secrets_work() {
    let temp = tempfile::tempdir().unwrap();
    let store = open(temp.path()).await.unwrap();
    let (id, run) = fill(&store).await;
    store.close().await;
    drop(store);
    fs::remove_file(temp.path().join("key")).unwrap();

    let store = open(temp.path()).await.unwrap();
    let error = store.secrets(id).await.unwrap_err();
    assert!(matches!(&error, StoreError::SecretUnreadable(_)), "{error:?}");
    assert!(!error.to_string().contains(CANARY));
    assert!(matches!(store.checkpoint(run).await, Err(StoreError::SecretUnreadable(_))));
    assert_eq!(store.events(run, 0, 10).await.unwrap().len(), 2, "the log needs no key");
    let given = store.backend(id).await.unwrap().unwrap();
    store.update_backend(&given, Some(&secrets(&[("api_key", "again")]))).await.unwrap();
    assert_eq!(store.secrets(id).await.unwrap().get("api_key"), Some("again"));
    assert_eq!(store.rotate_keys().await, Ok(Rotation { resealed: 1, unreadable: 1 }));
}

#[tokio::test]
async fn a_sealed_value_does_not_open_in_another_row() {
    use sqlx::ConnectOptions as _;
    let temp = tempfile::tempdir().unwrap();
    let store = open(temp.path()).await.unwrap();
    let (id, _) = fill(&store).await;
    let thief = backend("thief");
    store.insert_backend(&thief, &secrets(&[("api_key", "own")])).await.unwrap();
    store.close().await;
    drop(store);
    let mut connection = sqlx::sqlite::SqliteConnectOptions::new()
        .filename(temp.path().join("jackfield.db"))
        .connect()
        .await
        .unwrap();
    sqlx::query(
        "UPDATE credential_secrets SET (key_id, sealed) = (SELECT s.key_id, s.sealed FROM credential_secrets s \
         JOIN backends b ON b.credential_id = s.credential_id WHERE b.name = 'lab' AND s.name = 'api_key') \
         WHERE credential_id = (SELECT credential_id FROM backends WHERE name = 'thief')",
    )
    .execute(&mut connection)
    .await
    .unwrap();
    sqlx::Connection::close(connection).await.unwrap();
    let store = open(temp.path()).await.unwrap();
    assert!(matches!(store.secrets(thief.id).await, Err(StoreError::SecretUnreadable(_))));
    assert_eq!(store.secrets(id).await.unwrap().get("api_key"), Some(CANARY));
}
