//! What was acknowledged is there after the process was killed in the middle of its work.
//!
//! The test starts itself again as the process to be killed.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::{
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Command, Stdio},
    sync::Arc,
};

use jackfield_protocol::port::Store as _;
use jackfield_store::{KeyStore, SqliteStore, StoreOptions};
use jackfield_testkit::store_suite::samples::{append, deltas, run, stored_backend};

const DIR: &str = "JACKFIELD_STORE_KILL_DIR";
const RUNS: usize = 8;
const BATCH: u64 = 3;

async fn open(dir: &Path) -> SqliteStore {
    SqliteStore::open(StoreOptions::new(dir).key_store(KeyStore::File)).await.unwrap()
}

/// The one that is killed: appends to several runs at once, and says after each append how far it is.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn child() {
    #[expect(clippy::disallowed_methods, reason = "how the parent tells the child apart")]
    let Ok(dir) = std::env::var(DIR) else { return };
    let store = Arc::new(open(Path::new(&dir)).await);
    let backend = stored_backend(&*store, &format!("b{}", std::process::id())).await;
    let tasks: Vec<_> = (0..RUNS)
        .map(|_| {
            let (store, run) = (store.clone(), run(backend.id));
            tokio::spawn(async move {
                store.create_run(&run).await.unwrap();
                // Far more than it lives for; bounded all the same.
                for batch in 0..1_000_000 {
                    let first = batch * BATCH + 1;
                    store.append(append(run.id, 0, deltas(run.id, first..first + BATCH))).await.unwrap();
                    let line = format!("\nacknowledged {} {}\n", run.id, first + BATCH - 1);
                    std::io::stdout().lock().write_all(line.as_bytes()).unwrap();
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
}

#[tokio::test]
async fn everything_acknowledged_outlives_kill_9() {
    let temp = tempfile::tempdir().unwrap();
    for round in 1..=3 {
        let mut process = Command::new(std::env::current_exe().unwrap())
            .args(["child", "--exact", "--nocapture", "--test-threads=1"])
            .env(DIR, temp.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let mut acknowledged = std::collections::HashMap::new();
        let mut note = |line: String| {
            let mut words = line.split(' ');
            if words.next() == Some("acknowledged")
                && let (Some(run), Some(seq)) = (words.next(), words.next())
                && let (Ok(run), Ok(seq)) =
                    (run.parse::<jackfield_protocol::ids::RunId>(), seq.parse::<u64>())
            {
                acknowledged.insert(run, seq);
                return true;
            }
            false
        };
        let mut count = 0;
        while count < 150 * round {
            let line = lines.next().expect("the child ended by itself").unwrap();
            count += usize::from(note(line));
        }
        process.kill().unwrap();
        process.wait().unwrap();
        // What it said before it died counts as well; a line that was cut does not.
        let rest: Vec<String> = lines.map_while(Result::ok).collect();
        let whole = rest.len().saturating_sub(1);
        for line in rest.into_iter().take(whole) {
            note(line);
        }

        let store = open(temp.path()).await;
        assert_eq!(acknowledged.len(), RUNS);
        for (run, seq) in acknowledged {
            let head = store.run(run).await.unwrap().unwrap().last_seq;
            assert!(head >= seq, "round {round}: {seq} was acknowledged, the head is {head}");
            assert_eq!(head % BATCH, 0, "a part of a batch is there");
            let events = store.events(run, 0, u32::MAX).await.unwrap();
            assert!(events.iter().map(|event| event.seq).eq(1..=head), "the log has gaps");
        }
        store.close().await;
    }
}
