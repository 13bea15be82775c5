//! How long an append takes until it is on the disk, and how many events a second the writer takes, with 1, 100 and
//! 1000 runs going on at once. `cargo bench -p jackfield-store`; the directory is that of temporary files.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use jackfield_protocol::port::Store as _;
use jackfield_store::{KeyStore, SqliteStore, StoreOptions};
use jackfield_testkit::store_suite::samples::{append, deltas, run, stored_backend};

/// How long each case is measured.
const SPAN: Duration = Duration::from_secs(5);

#[tokio::main]
#[allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark tells by printing, and stops at a fault"
)]
async fn main() {
    println!(
        "{:>6} {:>6} {:>10} {:>10} {:>10} {:>12}",
        "runs", "batch", "p50 ms", "p99 ms", "max ms", "events/s"
    );
    for (runs, batch) in [(1, 1), (1, 64), (100, 1), (100, 8), (1000, 1), (1000, 8)] {
        let (mut times, events, took) = measure(runs, batch).await;
        times.sort_unstable();
        let at = |part: f64| {
            let index = (times.len() as f64 * part) as usize;
            times.get(index.min(times.len().saturating_sub(1))).copied().unwrap_or_default().as_secs_f64()
                * 1e3
        };
        println!(
            "{runs:>6} {batch:>6} {:>10.2} {:>10.2} {:>10.2} {:>12.0}",
            at(0.5),
            at(0.99),
            at(1.0),
            events as f64 / took.as_secs_f64()
        );
    }
}

#[allow(clippy::unwrap_used, reason = "a benchmark stops at a fault")]
async fn measure(runs: usize, batch: u64) -> (Vec<Duration>, u64, Duration) {
    let temp = tempfile::tempdir().unwrap();
    let options = StoreOptions::new(temp.path()).key_store(KeyStore::File);
    let store = Arc::new(SqliteStore::open(options).await.unwrap());
    let backend = stored_backend(&*store, "bench").await;
    let begin = Instant::now();
    let tasks: Vec<_> = (0..runs)
        .map(|_| {
            let (store, run) = (store.clone(), run(backend.id));
            tokio::spawn(async move {
                store.create_run(&run).await.unwrap();
                let (mut times, mut next) = (Vec::new(), 1);
                while begin.elapsed() < SPAN {
                    let events = deltas(run.id, next..next + batch);
                    next += batch;
                    let sent = Instant::now();
                    store.append(append(run.id, 0, events)).await.unwrap();
                    times.push(sent.elapsed());
                }
                (times, next - 1)
            })
        })
        .collect();
    let (mut times, mut events) = (Vec::new(), 0);
    for task in tasks {
        let (more, count) = task.await.unwrap();
        times.extend(more);
        events += count;
    }
    let took = begin.elapsed();
    store.close().await;
    (times, events, took)
}
