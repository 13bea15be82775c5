//! Which place is chosen, and what happens when it is not there later.

use std::{collections::HashMap, sync::Mutex};

use super::*;

#[derive(Default)]
struct FakeOs {
    entries: Mutex<HashMap<String, String>>,
    broken: Mutex<bool>,
    forgetful: bool,
}

impl OsKeys for FakeOs {
    fn get(&self, name: &str) -> Result<Option<Zeroizing<String>>, String> {
        if *self.broken.lock().unwrap() {
            return Err("it is locked or not running".to_owned());
        }
        Ok(self.entries.lock().unwrap().get(name).cloned().map(Zeroizing::new))
    }

    fn set(&self, name: &str, text: &str) -> Result<(), String> {
        if *self.broken.lock().unwrap() {
            return Err("it is locked or not running".to_owned());
        }
        if !self.forgetful {
            self.entries.lock().unwrap().insert(name.to_owned(), text.to_owned());
        }
        Ok(())
    }
}

async fn dir() -> (tempfile::TempDir, Arc<DataDir>) {
    let temp = tempfile::tempdir().unwrap();
    let (dir, _lock) = DataDir::open(temp.path()).await.unwrap();
    (temp, Arc::new(dir))
}

fn current(vault: &Vault) -> String {
    vault.seal(&[], b"").unwrap().key_id
}

#[tokio::test]
async fn auto_takes_the_key_store_that_works_and_stays_there() {
    let (temp, dir) = dir().await;
    let os = Arc::new(FakeOs::default());
    let first = current(&open_with(&dir, KeyStore::Auto, os.clone()).unwrap());
    assert!(!temp.path().join(KEYS).exists());
    assert_eq!(os.entries.lock().unwrap().len(), 1);
    assert_eq!(current(&open_with(&dir, KeyStore::Auto, os.clone()).unwrap()), first);

    *os.broken.lock().unwrap() = true;
    let error = open_with(&dir, KeyStore::Auto, os.clone()).unwrap_err();
    assert!(matches!(&error, StoreError::SecretUnreadable(text) if text.contains("locked")), "{error}");
    assert!(!temp.path().join(KEYS).exists(), "no new key in its place");
}

#[tokio::test]
async fn auto_falls_back_to_a_file_and_stays_there() {
    for os in [
        FakeOs { broken: Mutex::new(true), ..FakeOs::default() },
        FakeOs { forgetful: true, ..FakeOs::default() },
    ] {
        let (temp, dir) = dir().await;
        let first = current(&open_with(&dir, KeyStore::Auto, Arc::new(os)).unwrap());
        assert!(temp.path().join(KEYS).exists());
        let later = Arc::new(FakeOs::default());
        assert_eq!(current(&open_with(&dir, KeyStore::Auto, later.clone()).unwrap()), first);
        assert!(later.entries.lock().unwrap().is_empty());
    }
}

#[tokio::test]
async fn an_explicit_choice_is_kept_to() {
    let (_temp, dir_a) = dir().await;
    let broken = Arc::new(FakeOs { broken: Mutex::new(true), ..FakeOs::default() });
    assert!(matches!(open_with(&dir_a, KeyStore::Os, broken), Err(StoreError::SecretUnreadable(_))));

    let os = Arc::new(FakeOs::default());
    open_with(&dir_a, KeyStore::File, os.clone()).unwrap();
    assert!(os.entries.lock().unwrap().is_empty());
    assert!(matches!(open_with(&dir_a, KeyStore::Os, os), Err(StoreError::Conflict(_))));
}

#[tokio::test]
async fn two_installations_do_not_share_an_entry() {
    let os = Arc::new(FakeOs::default());
    let (_a, dir_a) = dir().await;
    let (_b, dir_b) = dir().await;
    let first = current(&open_with(&dir_a, KeyStore::Os, os.clone()).unwrap());
    let second = current(&open_with(&dir_b, KeyStore::Os, os.clone()).unwrap());
    assert_ne!(first, second);
    assert_eq!(os.entries.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn a_damaged_key_file_is_an_error_and_not_a_new_key() {
    let (temp, dir) = dir().await;
    let os: Arc<FakeOs> = Arc::default();
    open_with(&dir, KeyStore::File, os.clone()).unwrap();
    std::fs::write(temp.path().join(KEYS), "garbage").unwrap();
    assert!(matches!(open_with(&dir, KeyStore::File, os.clone()), Err(StoreError::SecretUnreadable(_))));
    std::fs::write(temp.path().join(INSTALLATION), "{").unwrap();
    assert!(matches!(open_with(&dir, KeyStore::File, os), Err(StoreError::Io(_))));
}

#[tokio::test]
async fn a_key_file_from_a_backup_is_used() {
    let (temp, dir) = dir().await;
    let os: Arc<FakeOs> = Arc::default();
    let first = current(&open_with(&dir, KeyStore::File, os.clone()).unwrap());
    std::fs::remove_file(temp.path().join(INSTALLATION)).unwrap();
    assert_eq!(current(&open_with(&dir, KeyStore::Auto, os.clone()).unwrap()), first);
    assert!(os.entries.lock().unwrap().is_empty());
}

#[test]
fn a_key_store_that_does_not_answer_is_given_up() {
    let (sender, receiver) = mpsc::channel::<()>();
    let quick = in_time(OS_DEADLINE, || Ok(1));
    assert_eq!(quick, Ok(1));
    // The work waits for us, we for the deadline: the sender lives until the end of the test.
    let error =
        in_time(Duration::from_millis(20), move || receiver.recv().map_err(|error| error.to_string()))
            .unwrap_err();
    assert!(error.contains("no answer"), "{error}");
    drop(sender);
}
