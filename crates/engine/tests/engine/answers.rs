//! Answers: given once, logged in order, told to the backend.

use std::sync::atomic::Ordering::SeqCst;

use jackfield_protocol::{
    error::{ErrorCode, Failure},
    event::{Draft, EventBody, InputResolved, Outcome, ResolvedBy, StreamEvent},
    ids::RunId,
    model::{InputAnswer, RunStatus},
    port::{Progress, Signal},
};
use tokio::sync::mpsc::UnboundedSender;

use crate::support::{Hub, done, kinds, question, text, until};

fn yes() -> InputAnswer {
    InputAnswer { choice: Some("yes".to_owned()), ..InputAnswer::default() }
}

fn resolved(events: &[StreamEvent]) -> Vec<(ResolvedBy, Option<String>)> {
    events
        .iter()
        .filter_map(|event| match &event.body {
            EventBody::InputResolved(resolved) => Some((resolved.by, resolved.choice.clone())),
            _ => None,
        })
        .collect()
}

fn peer_went_on() -> Progress {
    let resolved = InputResolved { request_id: "q".into(), by: ResolvedBy::Peer, choice: None };
    Progress::Draft(Draft::new(EventBody::InputResolved(resolved)))
}

/// A run that waits for the answer to `q`.
async fn waiting() -> (Hub, RunId, UnboundedSender<Progress>) {
    let hub = Hub::new().await;
    let line = hub.peer.next_send();
    let run = hub.start().await;
    line.send(question("q")).unwrap();
    hub.status(run.id, RunStatus::Waiting).await;
    (hub, run.id, line)
}

#[tokio::test]
async fn an_answer_is_logged_and_told_to_the_backend() {
    let (hub, id, line) = waiting().await;
    let run = hub.engine.answer(id, &"q".into(), yes()).await.unwrap();
    assert_eq!(run.status, RunStatus::Running, "when it is told, it is so");
    until("the backend knows", || hub.peer.signals() == [Signal::Answered("q".into())]).await;
    let failure = hub.engine.answer(id, &"q".into(), yes()).await.unwrap_err();
    assert_eq!(failure.code, ErrorCode::NotWaiting);
    line.send(text("on")).unwrap();
    line.send(done(Outcome::Succeeded)).unwrap();
    let events = hub.ended(id).await;
    assert_eq!(kinds(&events), ["start", "input_required", "input_resolved", "delta", "done"]);
    assert_eq!(resolved(&events), [(ResolvedBy::Answer, Some("yes".to_owned()))]);
    let failure = hub.engine.answer(id, &"q".into(), yes()).await.unwrap_err();
    assert_eq!(failure.code, ErrorCode::RunEnded);
}

#[tokio::test]
async fn of_two_answers_exactly_one_is_sent() {
    let (hub, id, line) = waiting().await;
    hub.peer.answer_gate.forget_permits(1000);
    let answer = || {
        let engine = hub.engine.clone();
        tokio::spawn(async move { engine.answer(id, &"q".into(), yes()).await })
    };
    let (first, second) = (answer(), answer());
    until("one is sent", || hub.peer.given().len() == 1).await;
    tokio::task::yield_now().await;
    hub.peer.answer_gate.add_permits(2);
    let results = [first.await.unwrap(), second.await.unwrap()];
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
    let refused = results.into_iter().find_map(Result::err).unwrap();
    assert_eq!(refused.code, ErrorCode::NotWaiting);
    assert_eq!(hub.peer.given().len(), 1);
    line.send(done(Outcome::Succeeded)).unwrap();
    assert_eq!(resolved(&hub.ended(id).await).len(), 1);
}

#[tokio::test]
async fn a_refused_answer_leaves_the_question_open() {
    let (hub, id, line) = waiting().await;
    hub.peer.rejects_answers(Some(Failure::new(ErrorCode::AnswerRejected, "not so")));
    let failure = hub.engine.answer(id, &"q".into(), yes()).await.unwrap_err();
    assert_eq!(failure.code, ErrorCode::AnswerRejected);
    assert_eq!(hub.engine.run(id).await.unwrap().status, RunStatus::Waiting);
    hub.peer.rejects_answers(None);
    hub.engine.answer(id, &"q".into(), yes()).await.unwrap();
    line.send(done(Outcome::Succeeded)).unwrap();
    assert_eq!(resolved(&hub.ended(id).await), [(ResolvedBy::Answer, Some("yes".to_owned()))]);
}

#[tokio::test]
async fn a_peer_that_goes_on_before_it_confirms_was_answered_by_us() {
    let (hub, id, line) = waiting().await;
    hub.peer.answer_gate.forget_permits(1000);
    let engine = hub.engine.clone();
    let answer = tokio::spawn(async move { engine.answer(id, &"q".into(), yes()).await });
    until("it is sent", || hub.peer.given().len() == 1).await;
    line.send(peer_went_on()).unwrap();
    hub.status(id, RunStatus::Running).await;
    hub.peer.answer_gate.add_permits(1);
    answer.await.unwrap().unwrap();
    line.send(done(Outcome::Succeeded)).unwrap();
    let events = hub.ended(id).await;
    assert_eq!(resolved(&events), [(ResolvedBy::Answer, Some("yes".to_owned()))]);
    assert!(!kinds(&events).contains(&"raw".to_owned()));
}

#[tokio::test]
async fn a_peer_that_tells_of_our_answer_again_says_nothing_new() {
    let (hub, id, line) = waiting().await;
    hub.engine.answer(id, &"q".into(), yes()).await.unwrap();
    line.send(peer_went_on()).unwrap();
    line.send(done(Outcome::Succeeded)).unwrap();
    assert_eq!(kinds(&hub.ended(id).await), ["start", "input_required", "input_resolved", "done"]);
}

#[tokio::test]
async fn a_run_that_ends_because_of_an_answer_tells_of_it_first() {
    let (hub, id, line) = waiting().await;
    hub.peer.answer_gate.forget_permits(1000);
    let engine = hub.engine.clone();
    let answer = tokio::spawn(async move { engine.answer(id, &"q".into(), yes()).await });
    until("it is sent", || hub.peer.given().len() == 1).await;
    line.send(done(Outcome::Succeeded)).unwrap();
    drop(line);
    tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    assert_eq!(hub.engine.stats().active_runs, 1, "the end waits for what the peer says to the answer");
    hub.peer.answer_gate.add_permits(1);
    answer.await.unwrap().unwrap();
    assert_eq!(resolved(&hub.ended(id).await), [(ResolvedBy::Answer, Some("yes".to_owned()))]);
}

#[tokio::test]
async fn what_is_not_asked_cannot_be_answered() {
    let (hub, id, _line) = waiting().await;
    let failure = hub.engine.answer(id, &"other".into(), yes()).await.unwrap_err();
    assert_eq!(failure.code, ErrorCode::NotWaiting);
    let failure = hub.engine.answer(RunId::new(), &"q".into(), yes()).await.unwrap_err();
    assert_eq!(failure.code, ErrorCode::NotFound);
    assert_eq!(hub.peer.given().len(), 0);
    assert_eq!(hub.peer.sent.load(SeqCst), 1);
}

#[tokio::test]
async fn several_questions_at_once_are_answered_one_by_one_in_any_order() {
    let hub = Hub::new().await;
    let line = hub.peer.next_send();
    let run = hub.start().await;
    for id in ["a", "b", "c"] {
        line.send(question(id)).unwrap();
    }
    until("all are asked", || hub.store.log(run.id).len() == 4).await;
    let answer = |id: &'static str| {
        let answer = InputAnswer { text: Some(id.to_owned()), ..InputAnswer::default() };
        let engine = hub.engine.clone();
        async move { engine.answer(run.id, &id.into(), answer).await.unwrap().status }
    };
    assert_eq!(answer("b").await, RunStatus::Waiting);
    assert_eq!(answer("c").await, RunStatus::Waiting);
    assert_eq!(answer("a").await, RunStatus::Running, "only the last answer lets it go on");
    let given: Vec<_> = hub.peer.given().into_iter().filter_map(|answer| answer.text).collect();
    assert_eq!(given, ["b", "c", "a"]);
    let answered = ["b", "c", "a"].map(|id| Signal::Answered(id.into()));
    until("the backend knows each", || hub.peer.signals() == answered).await;
    line.send(done(Outcome::Succeeded)).unwrap();
    assert_eq!(resolved(&hub.ended(run.id).await).len(), 3);
}
