//! The shared suite of all stores, run for SQLite.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::sync::Arc;

use async_trait::async_trait;
use jackfield_protocol::port::Store;
use jackfield_store::{KeyStore, SqliteStore, StoreOptions};
use jackfield_testkit::store_suite::StoreFixture;

struct Sqlite(tempfile::TempDir);

#[async_trait]
impl StoreFixture for Sqlite {
    async fn open(&self) -> Arc<dyn Store> {
        let options = StoreOptions::new(self.0.path()).key_store(KeyStore::File);
        Arc::new(SqliteStore::open(options).await.unwrap())
    }
}

fn fixture() -> Sqlite {
    Sqlite(tempfile::tempdir().unwrap())
}

jackfield_testkit::store_suite!(fixture);
