//! Many at once.

use jackfield_protocol::{
    event::Outcome,
    ids::Seq,
    port::{ChatMessage, StoreError},
    time::now,
};

use super::{
    StoreFixture,
    samples::{append, conversation, deltas, done, event, run, stored_backend, stored_run},
};

/// Each log is whole and its own.
pub async fn a_hundred_runs_are_appended_to_at_once(fixture: &dyn StoreFixture) {
    const RUNS: usize = 100;
    const BATCHES: Seq = 5;
    let store = fixture.open().await;
    let backend = stored_backend(&*store, "lab").await;
    let tasks: Vec<_> = (0..RUNS)
        .map(|_| {
            let (store, run) = (store.clone(), run(backend.id));
            tokio::spawn(async move {
                store.create_run(&run).await.unwrap();
                let attempt = store.begin_attempt(run.id).await.unwrap();
                for batch in 0..BATCHES {
                    let first = batch * 3 + 1;
                    store.append(append(run.id, attempt, deltas(run.id, first..first + 3))).await.unwrap();
                }
                let last = event(run.id, BATCHES * 3 + 1, done(Outcome::Succeeded));
                store.append(append(run.id, attempt, vec![last])).await.unwrap();
                run.id
            })
        })
        .collect();
    for task in tasks {
        let id = task.await.unwrap();
        let events = store.events(id, 0, 100).await.unwrap();
        assert!(events.iter().all(|event| event.run_id == id));
        let seqs: Vec<Seq> = events.iter().map(|event| event.seq).collect();
        assert_eq!(seqs, (1..=BATCHES * 3 + 1).collect::<Vec<_>>());
    }
    assert!(store.unfinished_runs().await.unwrap().is_empty());
}

/// Both write as fast as they can; from the moment the second holds the run, the first writes nothing more.
pub async fn of_two_racing_attempts_one_holds_the_run(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let run = stored_run(&*store).await;
    let first = store.begin_attempt(run.id).await.unwrap();
    let (said, mut heard) = tokio::sync::watch::channel(0);
    let writer = {
        let (store, id) = (store.clone(), run.id);
        tokio::spawn(async move {
            for seq in 1..=100_000 {
                match store.append(append(id, first, deltas(id, seq..=seq))).await {
                    Ok(()) => {
                        let _ = said.send(seq);
                    }
                    Err(error) => return (seq - 1, error),
                }
            }
            panic!("the first attempt was never refused");
        })
    };
    heard.wait_for(|seq| *seq >= 5).await.unwrap();
    let second = store.begin_attempt(run.id).await.unwrap();
    let head = store.run(run.id).await.unwrap().unwrap().last_seq;
    for seq in head + 1..=head + 20 {
        store.append(append(run.id, second, deltas(run.id, seq..=seq))).await.unwrap();
    }
    let (last, error) = writer.await.unwrap();
    assert_eq!(error, StoreError::StaleAttempt { given: first, current: second });
    assert_eq!(last, head);
    assert_eq!(store.events(run.id, 0, u32::MAX).await.unwrap().len() as Seq, head + 20);
}

/// The same attempt twice at once (a defect elsewhere) still gives one log.
pub async fn of_two_equal_appends_one_is_kept(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let run = stored_run(&*store).await;
    let tasks: Vec<_> = (0..20)
        .map(|_| {
            let (store, given) = (store.clone(), append(run.id, 0, deltas(run.id, 1..=4)));
            tokio::spawn(async move { store.append(given).await })
        })
        .collect();
    let mut kept = 0;
    for task in tasks {
        match task.await.unwrap() {
            Ok(()) => kept += 1,
            Err(error) => assert_eq!(error, StoreError::WrongSeq { given: 1, expected: 5 }),
        }
    }
    assert_eq!((kept, store.events(run.id, 0, 100).await.unwrap().len()), (1, 4));
}

/// A reader never sees a part of a batch, and never a head behind the events it has seen.
pub async fn readers_see_whole_batches_only(fixture: &dyn StoreFixture) {
    const BATCH: Seq = 10;
    const LAST: Seq = 400;
    let store = fixture.open().await;
    let run = stored_run(&*store).await;
    let readers: Vec<_> = (0..8)
        .map(|_| {
            let (store, id) = (store.clone(), run.id);
            tokio::spawn(async move {
                let mut looks = 0;
                loop {
                    let seen = store.events(id, 0, u32::MAX).await.unwrap().len() as Seq;
                    assert_eq!(seen % BATCH, 0, "a part of a batch was seen");
                    let head = store.run(id).await.unwrap().unwrap().last_seq;
                    assert!(head >= seen && head % BATCH == 0, "head {head}, seen {seen}");
                    looks += 1;
                    if seen == LAST {
                        return looks;
                    }
                }
            })
        })
        .collect();
    for first in (1..LAST).step_by(10) {
        store.append(append(run.id, 0, deltas(run.id, first..first + BATCH))).await.unwrap();
    }
    for reader in readers {
        assert!(reader.await.unwrap() > 0);
    }
}

/// Refused and accepted requests at the same moment: each gets its own answer.
pub async fn a_refused_request_does_not_spoil_its_neighbours(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let backend = stored_backend(&*store, "lab").await;
    let tasks: Vec<_> = (0..120)
        .map(|n| {
            let (store, run) = (store.clone(), run(backend.id));
            tokio::spawn(async move {
                match n % 3 {
                    0 => {
                        store.create_run(&run).await.unwrap();
                        store.append(append(run.id, 0, deltas(run.id, 1..=2))).await.unwrap();
                        Some(run.id)
                    }
                    1 => {
                        let error = store.append(append(run.id, 0, deltas(run.id, 1..=2))).await.unwrap_err();
                        assert_eq!(error, StoreError::NotFound("run"));
                        None
                    }
                    _ => {
                        let double = super::samples::backend("lab");
                        let error =
                            store.insert_backend(&double, &super::samples::secrets(&[("a", "b")])).await;
                        assert!(matches!(error, Err(StoreError::Conflict(_))), "{error:?}");
                        None
                    }
                }
            })
        })
        .collect();
    let mut kept = 0;
    for task in tasks {
        if let Some(id) = task.await.unwrap() {
            assert_eq!(store.events(id, 0, 10).await.unwrap().len(), 2);
            kept += 1;
        }
    }
    assert_eq!(kept, 40);
    assert_eq!(store.backends().await.unwrap(), [backend]);
}

/// Positions are given once, without gaps.
pub async fn messages_of_many_writers_are_numbered_once(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let chat = conversation("a");
    store.create_conversation(&chat).await.unwrap();
    let tasks: Vec<_> = (0..50)
        .map(|n| {
            let (store, id) = (store.clone(), chat.id);
            tokio::spawn(async move {
                let message = ChatMessage {
                    position: 0,
                    role: "user".to_owned(),
                    text: n.to_string(),
                    run_id: None,
                    created_at: now(),
                };
                (store.add_message(id, &message).await.unwrap(), message.text)
            })
        })
        .collect();
    let mut given = Vec::new();
    for task in tasks {
        given.push(task.await.unwrap());
    }
    given.sort();
    let read: Vec<_> =
        store.messages(chat.id).await.unwrap().into_iter().map(|said| (said.position, said.text)).collect();
    assert_eq!(read, given);
    assert!(read.iter().map(|(position, _)| *position).eq(1..=50));
}

/// Calls that are dropped half-way leave a store that works, and each request whole or not there.
pub async fn a_caller_that_gives_up_breaks_nothing(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let backend = stored_backend(&*store, "lab").await;
    let mut runs = Vec::new();
    for n in 0..60 {
        let run = run(backend.id);
        store.create_run(&run).await.unwrap();
        let (writing, reading) = (store.clone(), store.clone());
        let id = run.id;
        let write = tokio::spawn(async move { writing.append(append(id, 0, deltas(id, 1..=9))).await });
        let read = tokio::spawn(async move { reading.events(id, 0, 100).await.map(|events| events.len()) });
        for _ in 0..n % 7 {
            tokio::task::yield_now().await;
        }
        write.abort();
        read.abort();
        let _ = write.await;
        let _ = read.await;
        runs.push(id);
    }
    store.check().await.unwrap();
    for id in runs {
        let seen = store.events(id, 0, 100).await.unwrap().len() as Seq;
        assert!(seen == 0 || seen == 9, "{seen} of 9 events");
        store.append(append(id, 0, deltas(id, seen + 1..=seen + 1))).await.unwrap();
    }
}
