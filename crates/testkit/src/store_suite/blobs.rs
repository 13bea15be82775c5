//! Bytes beside the log, and files on their way into a run.

use bytes::Bytes;
use jackfield_protocol::{
    ids::{BlobId, RunId},
    model::{InputFile, Run},
    port::{Blob, StoreError},
};

use super::{
    StoreFixture,
    samples::{run, stored_backend, stored_run},
};

fn blob(bytes: impl Into<Bytes>) -> Blob {
    Blob { media_type: "image/png".to_owned(), bytes: bytes.into() }
}

fn file(id: BlobId) -> InputFile {
    InputFile {
        field: "file".to_owned(),
        name: "a.png".to_owned(),
        media_type: "image/png".to_owned(),
        size: 1,
        blob_id: id,
    }
}

/// Every byte of a few megabytes.
pub async fn a_blob_reads_back(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let run = stored_run(&*store).await;
    let bytes: Vec<u8> = (0..3_000_000u32).map(|n| n.to_le_bytes()[0] ^ n.to_le_bytes()[1]).collect();
    let given = blob(bytes);
    let id = store.put_blob(Some(run.id), &given).await.unwrap();
    assert_eq!(store.blob(id).await.unwrap(), Some(given));
    assert_eq!(store.blob(BlobId::new()).await.unwrap(), None);
}

/// Nothing is something too.
pub async fn an_empty_blob_reads_back(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let given = blob(Bytes::new());
    let id = store.put_blob(None, &given).await.unwrap();
    assert_eq!(store.blob(id).await.unwrap(), Some(given));
}

/// Nothing is kept for a run that is not there.
pub async fn a_blob_of_an_unknown_run_is_refused(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let error = store.put_blob(Some(RunId::new()), &blob("x")).await.unwrap_err();
    assert_eq!(error, StoreError::NotFound("run"));
}

/// Others stay.
pub async fn a_blob_goes_with_its_run(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let (run, other) = (stored_run(&*store).await, stored_run(&*store).await);
    let gone = store.put_blob(Some(run.id), &blob("a")).await.unwrap();
    let kept = store.put_blob(Some(other.id), &blob("b")).await.unwrap();
    store.delete_backend(run.backend_id).await.unwrap();
    assert_eq!(store.blob(gone).await.unwrap(), None);
    assert_eq!(store.blob(kept).await.unwrap(), Some(blob("b")));
}

/// A file that was put before its run goes with the first run that takes it; a second run may use it as well.
pub async fn a_file_belongs_to_the_run_that_takes_it(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let id = store.put_blob(None, &blob("a")).await.unwrap();
    let backend = stored_backend(&*store, "lab").await;
    let other = stored_backend(&*store, "other").await;
    for backend in [backend.id, other.id] {
        let mut run = run(backend);
        run.input.files.push(file(id));
        store.create_run(&run).await.unwrap();
        assert_eq!(store.run(run.id).await.unwrap(), Some(run));
    }
    store.delete_backend(other.id).await.unwrap();
    assert_eq!(store.blob(id).await.unwrap(), Some(blob("a")));
    store.delete_backend(backend.id).await.unwrap();
    assert_eq!(store.blob(id).await.unwrap(), None);
}

/// All or nothing: the good file is not taken either.
pub async fn a_run_with_an_unknown_file_is_refused_and_leaves_nothing(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let id = store.put_blob(None, &blob("a")).await.unwrap();
    let backend = stored_backend(&*store, "lab").await;
    let mut bad: Run = run(backend.id);
    bad.input.files = vec![file(id), file(BlobId::new())];
    assert_eq!(store.create_run(&bad).await, Err(StoreError::NotFound("file")));
    assert_eq!(store.run(bad.id).await.unwrap(), None);
    store.delete_backend(backend.id).await.unwrap();
    assert_eq!(store.blob(id).await.unwrap(), Some(blob("a")));
}
