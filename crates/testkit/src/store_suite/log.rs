//! The log of a run: what is appended, what is refused, what is read.

use std::collections::BTreeSet;

use jackfield_protocol::{
    event::{Delta, Done, EventBody, Outcome, StreamEvent},
    ids::RunId,
    model::{RunStatus, Verdict},
    port::{Append, StoreError},
    time::now,
};
use serde_json::{Value, json};

use super::{
    StoreFixture,
    samples::{append, checkpoint, delta, deltas, done, event, start, stored_run},
};

/// Equal to the last field and digit.
pub async fn events_read_back_as_they_were_written(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let run = stored_run(&*store).await;
    let mut events = vec![event(run.id, 1, start())];
    events.extend(deltas(run.id, 2..=5));
    events.push(event(run.id, 6, done(Outcome::Succeeded)));
    store.append(append(run.id, 0, events.clone())).await.unwrap();
    let read = store.events(run.id, 0, 100).await.unwrap();
    assert_eq!(read, events);
    let text = |events: &[StreamEvent]| serde_json::to_string(events).unwrap();
    assert_eq!(text(&read), text(&events));
}

/// One of each type.
pub async fn every_type_of_event_reads_back(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let run = stored_run(&*store).await;
    let data: [(&str, Value); 15] = [
        ("start", json!({"backend": "b", "platform": "n8n", "workflow": "w", "simulated": true})),
        ("delta", json!({"part": "reasoning", "text": "t"})),
        ("tool_start", json!({"name": "t", "arguments": {"b": 1, "a": [null]}, "order": 3})),
        ("tool_end", json!({"status": "failed", "error": "e", "duration_ms": 5})),
        (
            "error",
            json!({"code": "peer_html", "message": "m", "fatal": false, "retry_safe": true, "peer_status": 502}),
        ),
        ("step_start", json!({"name": "n", "kind": "loop", "item": 1, "iteration": 2, "inferred": true})),
        (
            "step_end",
            json!({"status": "skipped", "output": "o", "usage": {"input_tokens": 1, "output_tokens": 2}}),
        ),
        ("usage", json!({"model": "m", "input_tokens": 9, "output_tokens": 8, "cost_usd": 0.25})),
        ("citation", json!({"title": "t", "url": "u"})),
        ("artifact", json!({"name": "a", "media_type": "image/png", "size": 7})),
        (
            "input_required",
            json!({"request_id": "q", "kind": "choice", "prompt": "p", "choices": [{"id": "y", "label": "Yes"}]}),
        ),
        ("input_resolved", json!({"request_id": "q", "by": "answer", "choice": "y"})),
        ("link", json!({"state": "lost", "attempt": 1, "reason": "r"})),
        ("raw", json!({"reason": "r", "frame": "{", "size": 1})),
        ("done", json!({"outcome": "cancelled", "verdict": "unverified", "reason": "r"})),
    ];
    let events: Vec<StreamEvent> = data
        .into_iter()
        .zip(1..)
        .map(|((kind, data), seq)| {
            let body = serde_json::from_value(json!({"type": kind, "data": data})).unwrap();
            let mut event = event(run.id, seq, body);
            event.step_id = Some("s".into());
            event.parent_step_id = Some("p".into());
            event
        })
        .collect();
    let kinds: BTreeSet<&str> = events.iter().map(|event| event.body.kind()).collect();
    assert_eq!(kinds.len(), 15);
    store.append(append(run.id, 0, events.clone())).await.unwrap();
    assert_eq!(store.events(run.id, 0, 100).await.unwrap(), events);
}

/// After a cursor, in order, at most so many; beyond the head there is nothing.
pub async fn events_are_read_in_pages(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let run = stored_run(&*store).await;
    let other = stored_run(&*store).await;
    store.append(append(run.id, 0, deltas(run.id, 1..=10))).await.unwrap();
    store.append(append(other.id, 0, deltas(other.id, 1..=3))).await.unwrap();
    for (after, limit, expected) in
        [(0, 4, 1..=4), (4, 4, 5..=8), (8, 4, 9..=10), (9, 1, 10..=10), (0, 100, 1..=10)]
    {
        let seqs: Vec<u64> =
            store.events(run.id, after, limit).await.unwrap().iter().map(|event| event.seq).collect();
        assert_eq!(seqs, expected.collect::<Vec<_>>(), "after {after}, limit {limit}");
    }
    for (after, limit) in [(10, 4), (11, 4), (u64::MAX, 4), (0, 0)] {
        assert!(store.events(run.id, after, limit).await.unwrap().is_empty(), "after {after}, limit {limit}");
    }
}

/// The run's `last_seq` is the log's.
pub async fn an_append_moves_the_head(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let run = stored_run(&*store).await;
    let attempt = store.begin_attempt(run.id).await.unwrap();
    let mut next = 1;
    for size in [1, 7, 8, 9, 40] {
        store.append(append(run.id, attempt, deltas(run.id, next..next + size))).await.unwrap();
        next += size;
        assert_eq!(store.run(run.id).await.unwrap().unwrap().last_seq, next - 1);
    }
    let seqs: Vec<u64> = store.events(run.id, 0, 1000).await.unwrap().iter().map(|event| event.seq).collect();
    assert_eq!(seqs, (1..next).collect::<Vec<_>>());
}

/// Fencing: who was replaced writes no more.
pub async fn an_older_attempt_is_refused(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let run = stored_run(&*store).await;
    assert_eq!(store.begin_attempt(run.id).await, Ok(1));
    store.append(append(run.id, 1, deltas(run.id, 1..=2))).await.unwrap();
    assert_eq!(store.begin_attempt(run.id).await, Ok(2));
    for given in [0, 1] {
        let error = store.append(append(run.id, given, deltas(run.id, 3..=3))).await.unwrap_err();
        assert_eq!(error, StoreError::StaleAttempt { given, current: 2 });
    }
    let status = Append { status: Some(RunStatus::Waiting), ..append(run.id, 1, vec![]) };
    assert_eq!(store.append(status).await, Err(StoreError::StaleAttempt { given: 1, current: 2 }));
    store.append(append(run.id, 2, deltas(run.id, 3..=3))).await.unwrap();
    assert_eq!(store.run(run.id).await.unwrap().unwrap().last_seq, 3);
}

/// Nor does one that nobody began.
pub async fn an_attempt_that_has_not_begun_is_refused(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let run = stored_run(&*store).await;
    let error = store.append(append(run.id, 1, deltas(run.id, 1..=1))).await.unwrap_err();
    assert_eq!(error, StoreError::StaleAttempt { given: 1, current: 0 });
}

/// Neither a gap nor a number that is taken.
pub async fn a_wrong_next_number_is_refused(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let run = stored_run(&*store).await;
    let error = store.append(append(run.id, 0, deltas(run.id, 2..=2))).await.unwrap_err();
    assert_eq!(error, StoreError::WrongSeq { given: 2, expected: 1 });
    store.append(append(run.id, 0, deltas(run.id, 1..=3))).await.unwrap();
    for given in [1, 3, 5] {
        let error = store.append(append(run.id, 0, vec![delta(run.id, given)])).await.unwrap_err();
        assert_eq!(error, StoreError::WrongSeq { given, expected: 4 });
    }
    let zero = store.append(append(run.id, 0, vec![delta(run.id, 0)])).await.unwrap_err();
    assert!(matches!(zero, StoreError::WrongSeq { given: 0, .. }), "{zero:?}");
    assert_eq!(store.run(run.id).await.unwrap().unwrap().last_seq, 3);
}

/// Also in the middle of a batch.
pub async fn a_gap_or_repetition_inside_a_batch_is_refused(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let run = stored_run(&*store).await;
    for (seqs, given, expected) in [(vec![1, 3], 3, 2), (vec![1, 1], 1, 2), (vec![1, 2, 1], 1, 3)] {
        let error = store.append(append(run.id, 0, deltas(run.id, seqs))).await.unwrap_err();
        assert_eq!(error, StoreError::WrongSeq { given, expected });
    }
    assert!(store.events(run.id, 0, 10).await.unwrap().is_empty());
}

/// A log holds its own events only.
pub async fn an_event_of_another_run_is_refused(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let run = stored_run(&*store).await;
    let other = stored_run(&*store).await;
    let error =
        store.append(append(run.id, 0, vec![delta(run.id, 1), delta(other.id, 2)])).await.unwrap_err();
    assert!(matches!(error, StoreError::Conflict(_)), "{error:?}");
    assert!(store.events(run.id, 0, 10).await.unwrap().is_empty());
}

/// Whatever status was set beside it.
pub async fn done_gives_status_end_and_result(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    for (outcome, status) in [
        (Outcome::Succeeded, RunStatus::Succeeded),
        (Outcome::Failed, RunStatus::Failed),
        (Outcome::Cancelled, RunStatus::Cancelled),
        (Outcome::Unknown, RunStatus::Unknown),
    ] {
        let run = stored_run(&*store).await;
        let last = event(run.id, 2, done(outcome));
        let events = vec![event(run.id, 1, start()), last.clone()];
        store.append(Append { status: Some(RunStatus::Running), ..append(run.id, 0, events) }).await.unwrap();
        let read = store.run(run.id).await.unwrap().unwrap();
        assert_eq!((read.status, read.ended_at, read.last_seq), (status, Some(last.timestamp), 2));
        assert_eq!(read.done.map(EventBody::Done), Some(last.body));
    }
}

/// Not in the same batch, not in a later one.
pub async fn nothing_follows_done(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let run = stored_run(&*store).await;
    let end = event(run.id, 1, done(Outcome::Succeeded));
    let late = append(run.id, 0, vec![end.clone(), delta(run.id, 2)]);
    assert_eq!(store.append(late).await, Err(StoreError::RunEnded));
    let twice = append(run.id, 0, vec![end.clone(), event(run.id, 2, done(Outcome::Failed))]);
    assert_eq!(store.append(twice).await, Err(StoreError::RunEnded));
    assert!(store.events(run.id, 0, 10).await.unwrap().is_empty());

    store.append(append(run.id, 0, vec![end])).await.unwrap();
    let before = store.run(run.id).await.unwrap();
    assert_eq!(store.append(append(run.id, 0, vec![delta(run.id, 2)])).await, Err(StoreError::RunEnded));
    let status = Append { status: Some(RunStatus::Running), ..append(run.id, 0, vec![]) };
    assert_eq!(store.append(status).await, Err(StoreError::RunEnded));
    assert_eq!(store.run(run.id).await.unwrap(), before);
}

/// A missing end is never success.
pub async fn an_end_without_done_is_refused(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let run = stored_run(&*store).await;
    for status in RunStatus::ALL.iter().copied().filter(|status| status.has_ended()) {
        let given = Append { status: Some(status), ..append(run.id, 0, deltas(run.id, 1..=1)) };
        let error = store.append(given).await.unwrap_err();
        assert!(matches!(error, StoreError::Conflict(_)), "{error:?}");
    }
    assert_eq!(store.run(run.id).await.unwrap(), Some(run));
}

/// Nothing can be written to it, nothing read from it.
pub async fn an_unknown_run_has_no_log(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let unknown = RunId::new();
    let error = store.append(append(unknown, 0, deltas(unknown, 1..=1))).await.unwrap_err();
    assert_eq!(error, StoreError::NotFound("run"));
    assert!(store.events(unknown, 0, 10).await.unwrap().is_empty());
    assert_eq!(store.checkpoint(unknown).await.unwrap_err(), StoreError::NotFound("run"));
}

/// No event, no status, no checkpoint.
pub async fn a_refused_append_leaves_nothing(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let run = stored_run(&*store).await;
    let bad = Append {
        checkpoint: Some(checkpoint("7", json!({}))),
        status: Some(RunStatus::Running),
        ..append(run.id, 0, deltas(run.id, 5..=6))
    };
    assert!(store.append(bad).await.is_err());
    assert_eq!(store.run(run.id).await.unwrap(), Some(run.clone()));
    assert_eq!(store.checkpoint(run.id).await.unwrap(), None);
    assert!(store.events(run.id, 0, 10).await.unwrap().is_empty());
}

/// The log stays as it is.
pub async fn an_empty_append_sets_status_and_checkpoint(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let run = stored_run(&*store).await;
    let given = Append {
        checkpoint: Some(checkpoint("7", json!({"a": 1}))),
        status: Some(RunStatus::Waiting),
        ..append(run.id, 0, vec![])
    };
    store.append(given).await.unwrap();
    let read = store.run(run.id).await.unwrap().unwrap();
    assert_eq!((read.status, read.last_seq, read.external_id.as_deref()), (RunStatus::Waiting, 0, Some("7")));
    assert_eq!(store.checkpoint(run.id).await.unwrap(), Some(checkpoint("7", json!({"a": 1}))));
    store.append(append(run.id, 0, vec![])).await.unwrap();
    assert_eq!(store.run(run.id).await.unwrap(), Some(read), "an append of nothing changes nothing");
}

/// The last one counts; a known external id is not forgotten by a checkpoint without one.
pub async fn a_checkpoint_comes_with_its_events_and_replaces_the_one_before(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let run = stored_run(&*store).await;
    let first = checkpoint("7", json!({"resume_url": "https://peer/?signature=canary", "list": [1, "ä"]}));
    let given = Append { checkpoint: Some(first.clone()), ..append(run.id, 0, deltas(run.id, 1..=2)) };
    store.append(given).await.unwrap();
    assert_eq!(store.checkpoint(run.id).await.unwrap(), Some(first.clone()));
    store.append(append(run.id, 0, deltas(run.id, 3..=3))).await.unwrap();
    assert_eq!(store.checkpoint(run.id).await.unwrap(), Some(first));
    let second = jackfield_protocol::port::Checkpoint { external_id: None, data: json!([2]) };
    let given = Append { checkpoint: Some(second.clone()), ..append(run.id, 0, deltas(run.id, 4..=4)) };
    store.append(given).await.unwrap();
    assert_eq!(store.checkpoint(run.id).await.unwrap(), Some(second));
    assert_eq!(store.run(run.id).await.unwrap().unwrap().external_id.as_deref(), Some("7"));
}

/// Fencing holds for checkpoints too.
pub async fn a_checkpoint_of_an_older_attempt_is_not_kept(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let run = stored_run(&*store).await;
    store.begin_attempt(run.id).await.unwrap();
    store.begin_attempt(run.id).await.unwrap();
    let stale = Append { checkpoint: Some(checkpoint("7", json!(1))), ..append(run.id, 1, vec![]) };
    assert_eq!(store.append(stale).await, Err(StoreError::StaleAttempt { given: 1, current: 2 }));
    assert_eq!(store.checkpoint(run.id).await.unwrap(), None);
    assert_eq!(store.run(run.id).await.unwrap().unwrap().external_id, None);
}

/// `None`, not an error.
pub async fn a_run_without_checkpoint_has_none(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let run = stored_run(&*store).await;
    assert_eq!(store.checkpoint(run.id).await.unwrap(), None);
}

/// However they are cut into statements.
pub async fn large_batches_are_whole(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    for size in [31, 32, 33, 64, 73, 1000] {
        let run = stored_run(&*store).await;
        let events = deltas(run.id, 1..=size);
        store.append(append(run.id, 0, events.clone())).await.unwrap();
        assert_eq!(store.events(run.id, 0, 2000).await.unwrap(), events, "{size} events");
    }
}

/// Quotes, controls, zero characters, emoji, and a text of a megabyte.
pub async fn any_text_survives(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let run = stored_run(&*store).await;
    let texts = [
        "'; DROP TABLE runs; --",
        "\0\u{1}\u{7f}\r\n\t",
        "👩‍👩‍👧 \u{202e}\u{feff}",
        "\\u0000 \\ \"",
        &"x".repeat(1 << 20),
    ];
    let mut events: Vec<StreamEvent> = texts
        .iter()
        .zip(1..)
        .map(|(text, seq)| StreamEvent {
            message_id: Some((*text).into()),
            ..event(run.id, seq, EventBody::Delta(Delta::text(*text)))
        })
        .collect();
    events.push(StreamEvent {
        timestamp: now(),
        ..event(
            run.id,
            6,
            EventBody::Done(Done {
                outcome: Outcome::Failed,
                verdict: Verdict::Unverified,
                reason: Some(texts[1].to_owned()),
                answer: vec![],
                duration_ms: None,
                usage: None,
            }),
        )
    });
    store.append(append(run.id, 0, events.clone())).await.unwrap();
    assert_eq!(store.events(run.id, 0, 10).await.unwrap(), events);
}
