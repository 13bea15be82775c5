//! Runs: written down, listed, taken over.

use jackfield_protocol::{
    event::Outcome,
    ids::{BackendId, ConversationId, RunId, ToolRowId, WorkflowId},
    model::{Run, RunStatus},
    port::{RunFilter, StoreError},
    time::now,
};

use super::{
    StoreFixture,
    samples::{
        append, conversation, done, event, run, run_in, start, stored_backend, stored_run, stored_workflow,
        tool_info,
    },
};

/// Every field survives.
pub async fn a_run_reads_back_as_it_was_written(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let backend = stored_backend(&*store, "lab").await;
    let workflow = stored_workflow(&*store, backend.id).await;
    let chat = conversation("chat");
    store.create_conversation(&chat).await.unwrap();
    let mut given = run_in(&workflow, Some(chat.id));
    given.input.query.insert("q".to_owned(), "ä b".to_owned());
    given.input.session_id = Some("s".to_owned());
    store.create_run(&given).await.unwrap();
    assert_eq!(store.run(given.id).await.unwrap(), Some(given));
    assert_eq!(store.run(RunId::new()).await.unwrap(), None);
}

/// Whatever is given.
pub async fn a_run_begins_with_an_empty_log_and_no_attempt(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let backend = stored_backend(&*store, "lab").await;
    let given = Run { last_seq: 7, attempt: 3, ..run(backend.id) };
    store.create_run(&given).await.unwrap();
    let read = store.run(given.id).await.unwrap().unwrap();
    assert_eq!((read.last_seq, read.attempt, read.done), (0, 0, None));
}

/// An id is used once.
pub async fn a_run_is_written_down_once(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let given = stored_run(&*store).await;
    let error = store.create_run(&given).await.unwrap_err();
    assert!(matches!(error, StoreError::Conflict(_)), "{error:?}");
    let keyed = |key: &str| Run { request_key: Some(key.to_owned()), ..run(given.backend_id) };
    let first = Run { turn: Some("t1".to_owned()), ..keyed("k") };
    store.create_run(&first).await.unwrap();
    let error = store.create_run(&keyed("k")).await.unwrap_err();
    assert!(matches!(error, StoreError::Conflict(_)), "{error:?}");
    store.create_run(&keyed("l")).await.unwrap();
    let filter = RunFilter { request_key: Some("k".to_owned()), limit: 5, ..RunFilter::default() };
    assert_eq!(store.runs(&filter).await.unwrap(), [first]);
}

/// It is said what is unknown, and nothing is written.
pub async fn a_run_of_something_unknown_is_refused(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let backend = stored_backend(&*store, "lab").await;
    let good = run(backend.id);
    let cases = [
        (Run { backend_id: BackendId::new(), ..good.clone() }, "backend"),
        (Run { workflow_id: Some(WorkflowId::new()), ..good.clone() }, "workflow"),
        (Run { tool_id: Some(ToolRowId::new()), ..good.clone() }, "tool"),
        (Run { conversation_id: Some(ConversationId::new()), ..good.clone() }, "conversation"),
    ];
    for (bad, what) in cases {
        assert_eq!(store.create_run(&bad).await.unwrap_err(), StoreError::NotFound(what));
    }
    assert_eq!(store.run(good.id).await.unwrap(), None);
    store.create_run(&good).await.unwrap();
}

/// Only `done` ends a run.
pub async fn a_run_that_has_ended_cannot_be_written_down(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let backend = stored_backend(&*store, "lab").await;
    for status in RunStatus::ALL.iter().copied().filter(|status| status.has_ended()) {
        let error = store.create_run(&Run { status, ..run(backend.id) }).await.unwrap_err();
        assert!(matches!(error, StoreError::Conflict(_)), "{error:?}");
    }
    assert!(store.unfinished_runs().await.unwrap().is_empty());
}

/// Pages join without gap and overlap.
pub async fn runs_are_listed_newest_first_in_pages(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let backend = stored_backend(&*store, "lab").await;
    let mut ids = Vec::new();
    for _ in 0..7 {
        let given = run(backend.id);
        store.create_run(&given).await.unwrap();
        ids.insert(0, given.id);
    }
    let mut seen: Vec<RunId> = Vec::new();
    for _ in 0..4 {
        let filter = RunFilter { before: seen.last().copied(), limit: 3, ..RunFilter::default() };
        seen.extend(store.runs(&filter).await.unwrap().iter().map(|run| run.id));
    }
    assert_eq!(seen, ids);
}

/// By status, backend, workflow and conversation, alone and together.
pub async fn runs_are_filtered(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let backend = stored_backend(&*store, "lab").await;
    let workflow = stored_workflow(&*store, backend.id).await;
    let other = stored_backend(&*store, "other").await;
    let chat = conversation("chat");
    store.create_conversation(&chat).await.unwrap();
    let runs = [
        run(other.id),
        run_in(&workflow, None),
        run_in(&workflow, Some(chat.id)),
        Run { status: RunStatus::Running, ..run(backend.id) },
    ];
    for run in &runs {
        store.create_run(run).await.unwrap();
    }
    let all = RunFilter { limit: 100, ..RunFilter::default() };
    let text = |text: &str| RunFilter { text: Some(text.to_owned()), ..all.clone() };
    let cases: [(RunFilter, &[usize]); 12] = [
        (text("HELLO"), &[3, 2, 1, 0]),
        (text("on"), &[3, 2, 1, 0]),
        (text("h%o"), &[]),
        (text(r#""N":1.5"#), &[3, 2, 1, 0]),
        (all.clone(), &[3, 2, 1, 0]),
        (RunFilter { backend_id: Some(backend.id), ..all.clone() }, &[3, 2, 1]),
        (RunFilter { workflow_id: Some(workflow.id), ..all.clone() }, &[2, 1]),
        (RunFilter { conversation_id: Some(chat.id), ..all.clone() }, &[2]),
        (RunFilter { status: vec![RunStatus::Running, RunStatus::Failed], ..all.clone() }, &[3]),
        (RunFilter { status: vec![RunStatus::Queued], backend_id: Some(backend.id), ..all.clone() }, &[2, 1]),
        (RunFilter { before: Some(runs[2].id), backend_id: Some(backend.id), ..all.clone() }, &[1]),
        (RunFilter { backend_id: Some(BackendId::new()), ..all }, &[]),
    ];
    for (filter, expected) in cases {
        let seen: Vec<RunId> = store.runs(&filter).await.unwrap().iter().map(|run| run.id).collect();
        assert_eq!(seen, expected.iter().map(|at| runs[*at].id).collect::<Vec<_>>(), "{filter:?}");
    }
}

/// A call of a tool is a run with the tool in place of a workflow.
pub async fn calls_of_a_tool_are_found_by_it(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let backend = stored_backend(&*store, "lab").await;
    store.save_tools(backend.id, &[tool_info("t"), tool_info("u")], now()).await.unwrap();
    let tools = store.tools(None).await.unwrap();
    let calls: Vec<Run> =
        tools.iter().map(|tool| Run { tool_id: Some(tool.id), ..run(backend.id) }).collect();
    for call in &calls {
        store.create_run(call).await.unwrap();
        assert_eq!(store.run(call.id).await.unwrap().as_ref(), Some(call));
    }
    let filter = RunFilter { tool_id: Some(tools[0].id), limit: 10, ..RunFilter::default() };
    assert_eq!(store.runs(&filter).await.unwrap(), calls[..1]);
}

/// A limit out of bounds is brought into them.
pub async fn a_list_is_never_longer_than_500(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let backend = stored_backend(&*store, "lab").await;
    let writes: Vec<_> = (0..501)
        .map(|_| {
            let (store, run) = (store.clone(), run(backend.id));
            tokio::spawn(async move { store.create_run(&run).await })
        })
        .collect();
    for write in writes {
        write.await.unwrap().unwrap();
    }
    for (limit, expected) in [(0, 1), (1, 1), (500, 500), (u32::MAX, 500)] {
        let filter = RunFilter { limit, ..RunFilter::default() };
        assert_eq!(store.runs(&filter).await.unwrap().len(), expected, "limit {limit}");
    }
}

/// Whatever their status says.
pub async fn unfinished_runs_are_those_without_done_oldest_first(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let first = stored_run(&*store).await;
    let ended = stored_run(&*store).await;
    let third = stored_run(&*store).await;
    let events = vec![event(ended.id, 1, start()), event(ended.id, 2, done(Outcome::Unknown))];
    store.append(append(ended.id, 0, events)).await.unwrap();
    let ids: Vec<RunId> = store.unfinished_runs().await.unwrap().iter().map(|run| run.id).collect();
    assert_eq!(ids, [first.id, third.id]);
}

/// From 1, without gaps, each run by itself.
pub async fn attempts_count_up(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let given = stored_run(&*store).await;
    let other = stored_run(&*store).await;
    for expected in 1..=3 {
        assert_eq!(store.begin_attempt(given.id).await, Ok(expected));
        assert_eq!(store.run(given.id).await.unwrap().unwrap().attempt, expected);
    }
    assert_eq!(store.begin_attempt(other.id).await, Ok(1));
}

/// What has ended is not taken over.
pub async fn an_ended_run_takes_no_attempt(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let given = stored_run(&*store).await;
    store.append(append(given.id, 0, vec![event(given.id, 1, done(Outcome::Failed))])).await.unwrap();
    assert_eq!(store.begin_attempt(given.id).await, Err(StoreError::RunEnded));
    assert_eq!(store.run(given.id).await.unwrap().unwrap().attempt, 0);
}

/// Nor what is not there.
pub async fn an_unknown_run_takes_no_attempt(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    assert_eq!(store.begin_attempt(RunId::new()).await, Err(StoreError::NotFound("run")));
}
