//! Answers to what a run asks: each is given once, and logged in the order of everything else.

use std::collections::{HashMap, HashSet};

use futures_util::{future::BoxFuture, stream::FuturesUnordered};
use jackfield_protocol::{
    error::{ErrorCode, Failure},
    event::{EventBody, InputResolved, ResolvedBy},
    ids::{InputRequestId, Seq},
    model::InputAnswer,
    port::Signal,
};
use tokio::sync::oneshot;

use super::RunTask;

type Reply = oneshot::Sender<Result<(), Failure>>;

/// Answers that are being given, and those that were.
#[derive(Default)]
pub(super) struct Answers {
    pub(super) under_way: FuturesUnordered<BoxFuture<'static, Given>>,
    /// The questions of those under way, with the chosen button.
    choices: HashMap<InputRequestId, Option<String>>,
    given: HashSet<InputRequestId>,
    /// Who is told once the log has reached this far.
    told_at: Vec<(Seq, Reply)>,
}

/// What the peer made of an answer.
pub(super) struct Given {
    id: InputRequestId,
    reply: Reply,
    result: Result<(), Failure>,
}

impl Answers {
    /// Whether the log has, or will have, that it was answered through the hub.
    pub(super) fn was_answered(&self, id: &InputRequestId) -> bool {
        self.given.contains(id)
    }

    /// The chosen button, if an answer is on its way right now.
    pub(super) fn is_being_answered(&self, id: &InputRequestId) -> Option<Option<String>> {
        self.choices.get(id).cloned()
    }

    /// Tells those whose answer is in the log.
    pub(super) fn release(&mut self, committed: Seq) {
        for (_, reply) in self.told_at.extract_if(.., |(seq, _)| *seq <= committed) {
            // Whoever asked may have left; the answer counts all the same.
            let _ = reply.send(Ok(()));
        }
    }
}

impl RunTask {
    pub(super) fn asked_to_answer(&mut self, id: InputRequestId, answer: InputAnswer, reply: Reply) {
        let question = self.recorder.transcript().pending.iter().find(|open| open.request_id == id).cloned();
        let refused = match (&question, &self.client) {
            _ if self.ending => Some(ended()),
            (None, _) => Some(not_waiting(&id)),
            _ if self.answers.was_answered(&id) || self.answers.choices.contains_key(&id) => {
                Some(not_waiting(&id).hint("Somebody else answers it right now."))
            }
            (Some(_), None) => Some(
                Failure::new(ErrorCode::PeerUnreachable, "The peer cannot be reached right now.")
                    .hint("Answer again when the hub has found the run again."),
            ),
            _ => None,
        };
        if let Some(failure) = refused {
            let _ = reply.send(Err(failure));
            return;
        }
        let (Some(question), Some(client)) = (question, self.client.clone()) else { return };
        let request = self.resume_request();
        self.answers.choices.insert(id.clone(), answer.choice.clone());
        self.answers.under_way.push(Box::pin(async move {
            let result = client.answer_input(&request, &question, &answer).await;
            Given { id, reply, result }
        }));
    }

    pub(super) fn answered(&mut self, Given { id, reply, result }: Given) {
        let choice = self.answers.choices.remove(&id).flatten();
        if let Err(failure) = result {
            let _ = reply.send(Err(failure));
            return;
        }
        self.answers.given.insert(id.clone());
        let is_open = self.recorder.open().contains(&jackfield_protocol::event::Open::Input(id.clone()));
        if is_open {
            let resolved = InputResolved { request_id: id.clone(), by: ResolvedBy::Answer, choice };
            self.hub_says(EventBody::InputResolved(resolved));
        }
        self.live.signal(Signal::Answered(id));
        self.answers.told_at.push((self.recorder.last_accepted(), reply));
    }
}

pub(crate) fn not_waiting(id: &InputRequestId) -> Failure {
    Failure::new(ErrorCode::NotWaiting, format!("The run does not wait for an answer to '{id}'.")).hint(
        "Read the run's events: `input_required` names the question, `input_resolved` says who answered it.",
    )
}

pub(crate) fn ended() -> Failure {
    Failure::new(ErrorCode::RunEnded, "The run has ended.")
}
