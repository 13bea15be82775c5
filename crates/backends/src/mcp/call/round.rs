//! One request of a call, with everything that comes before its answer.

use std::collections::HashMap;

use futures_util::StreamExt as _;
use jackfield_protocol::{
    error::{ErrorCode, Failure},
    event::{EventBody, InputKind, Raw},
    ids::InputRequestId,
    port::{AttemptEnd, Signal},
};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep_until};

use super::{
    super::{
        question,
        session::{NoResult, OpenCall, Session},
        wire::{Ask, Notice, Notices, RpcError},
    },
    Call,
};

/// Said with a question that may be another call's.
const UNSURE: &str = "\n\n(Other calls of this server are open too, and it does not say which one asks.)";

/// What a round came to.
pub(super) enum Round {
    /// The result.
    Result(Value),
    /// The server asks before it goes on (2026-07-28).
    Asks(Value),
    /// It goes on as a task of this id.
    Task(String),
    /// The server's own error.
    Refused(RpcError),
    /// The same once more: what was in the way is out of it.
    Again,
    /// The answer is no result.
    Failed(Failure),
    /// Nothing was heard for too long.
    Silent(Failure),
    /// It never reached the server.
    NotSent(Failure),
    /// The connection is gone.
    Lost(Failure),
    /// Somebody stopped it.
    Stopped,
}

/// Questions of the server in the middle of the request (up to 2025-11-25), by the id that the hub gave them.
type Open = HashMap<InputRequestId, (Ask, InputKind)>;

impl Call {
    pub(super) async fn round(&mut self) -> Round {
        let session = match self.shared.link.session(self.shared.patience()).await {
            Ok(session) => session,
            Err(failure) => return Round::NotSent(failure),
        };
        if let Err(failure) = self.shared.prepare(&session, &self.tool).await {
            return Round::NotSent(failure);
        }
        let mut params = json!({"name": self.tool.name, "arguments": self.arguments});
        for (name, value) in &self.carried {
            params[name] = value.clone();
        }
        let wants_task = self.tool.task_support.as_deref() == Some("required") && !session.is_modern();
        if wants_task {
            params["task"] = json!({"ttl": self.shared.config.options.call_limit_ms});
        }
        let (mut call, mut notices) =
            match session.open("tools/call", params, !self.tool.is_repeatable()).await {
                Ok(open) => open,
                Err(error) => return self.no_result(&session, error).await,
            };
        match self.listen(&mut call, &mut notices).await {
            Ok(result) => self.read(result),
            Err(Heard::NoResult(error)) => self.no_result(&session, error).await,
            Err(Heard::Round(round)) => round,
        }
    }

    /// Hears everything until there is an answer.
    async fn listen(&mut self, call: &mut OpenCall, notices: &mut Notices) -> Result<Value, Heard> {
        let silence = self.shared.config.call_silence();
        let limit = Instant::now() + self.shared.config.call_limit();
        let mut quiet_until = Instant::now() + silence;
        let mut open = Open::new();
        let stop = self.stop.clone();
        let answer = loop {
            tokio::select! {
                biased;
                () = stop.cancelled() => {
                    call.cancel("stopped by a person").await;
                    return Err(Heard::Round(Round::Stopped));
                }
                notice = notices.next() => {
                    quiet_until = Instant::now() + silence;
                    self.notice(notice, &mut open).await;
                }
                answer = call.answer() => break answer,
                Some(signal) = self.signals.next() => self.signal(&signal, &mut open),
                () = sleep_until(quiet_until), if open.is_empty() => {
                    call.cancel("nothing was heard for too long").await;
                    return Err(Heard::Round(Round::Silent(self.too_quiet(silence.as_secs()))));
                }
                () = sleep_until(limit) => {
                    call.cancel("the longest time of a call is over").await;
                    let failure = Failure::new(ErrorCode::PeerSilent, "The call took longer than a call may take.")
                        .hint("`call_limit_ms` of the backend gives it longer.");
                    return Err(Heard::Round(Round::Silent(failure)));
                }
            }
        };
        while let Some(notice) = notices.ready() {
            self.notice(notice, &mut open).await;
        }
        // A server that answers while its own question is open does not wait for it.
        if !open.is_empty() && answer.is_ok() {
            self.teller.answered_there().await;
        }
        answer.map_err(Heard::NoResult)
    }

    /// Hears a request out whose answer is the call's own result.
    pub(super) async fn hear_out(
        &mut self,
        call: &mut OpenCall,
        notices: &mut Notices,
    ) -> Result<Value, AttemptEnd> {
        match self.listen(call, notices).await {
            Ok(result) => Ok(result),
            Err(Heard::Round(Round::Stopped)) => Err(self.stopped().await),
            Err(Heard::Round(Round::Silent(failure) | Round::Failed(failure)))
            | Err(Heard::NoResult(NoResult::Failed(failure))) => Err(self.fail(failure).await),
            Err(Heard::NoResult(NoResult::Rpc(error))) => Err(self.refused(error).await),
            Err(Heard::NoResult(NoResult::NotSent(failure) | NoResult::Lost(failure))) => {
                Err(AttemptEnd::Lost(failure))
            }
            Err(Heard::Round(_)) => Err(AttemptEnd::Lost(self.too_quiet(0))),
        }
    }

    fn too_quiet(&self, seconds: u64) -> Failure {
        let message = format!(
            "'{}' gave neither a result nor progress for {seconds} s. Whether it goes on is not known.",
            self.tool.name
        );
        Failure::new(ErrorCode::PeerSilent, message)
            .hint("`call_timeout_ms` of the backend gives it longer; tools that tell their progress are waited for.")
    }

    async fn notice(&mut self, notice: Notice, open: &mut Open) {
        match notice {
            Notice::Progress { progress, total, message } => {
                let line = progress_line(progress, total, message.as_deref());
                self.log(line).await;
            }
            Notice::Log { level, text } => self.log(format!("{level}: {text}\n")).await,
            Notice::Odd { why, frame } => self.tell(EventBody::Raw(Raw::of(why, frame.as_bytes()))).await,
            Notice::Ask(ask) if ask.method == "sampling/createMessage" => {
                let answer = self.sample(&ask.params).await;
                // A server that has left does not need it.
                let _ = ask.answer.send(answer);
            }
            Notice::Ask(ask) => {
                let id = format!("{}-ask-{}", self.run.attempt, self.teller.seen.asked.len() + 1);
                let mut asked = question::of(&id, &ask.params, &self.shared.config.name);
                if !ask.is_sure {
                    asked.prompt.push_str(UNSURE);
                }
                open.insert(asked.request_id.clone(), (ask, asked.kind));
                self.teller.ask(asked, json!({"live": true})).await;
            }
        }
    }

    fn signal(&mut self, signal: &Signal, open: &mut Open) {
        let Signal::Answered(id) = signal else { return };
        let answer = self.shared.calls.take_answer(self.run.run_id, id);
        if let (Some(answer), Some((ask, kind))) = (answer, open.remove(id)) {
            self.teller.learn_answer(id);
            let _ = ask.answer.send(Ok(question::result(kind, &answer)));
        }
    }

    fn read(&mut self, result: Value) -> Round {
        if result["resultType"] == "input_required" {
            return Round::Asks(result);
        }
        // 2025-11-25: `task.taskId`; the extension of 2026-07-28: `taskId` beside `resultType: task`.
        let task = result["task"]["taskId"].as_str();
        let task =
            task.or_else(|| (result["resultType"] == "task").then(|| result["taskId"].as_str()).flatten());
        match task {
            Some(task) => Round::Task(task.to_owned()),
            None => Round::Result(result),
        }
    }

    async fn no_result(&mut self, session: &Session, error: NoResult) -> Round {
        match error {
            NoResult::NotSent(failure) => Round::NotSent(failure),
            NoResult::Lost(failure) => Round::Lost(failure),
            NoResult::Failed(failure) => Round::Failed(failure),
            // 2025-11-25, "URL elicitation required": the pages come first, then the same call.
            NoResult::Rpc(error) if error.code == -32042 && !session.is_modern() => {
                let asked = error.data.as_ref().and_then(|data| data["elicitations"].as_array()).cloned();
                let requests: serde_json::Map<String, Value> = asked
                    .into_iter()
                    .flatten()
                    .enumerate()
                    .map(|(at, params)| {
                        (format!("page-{at}"), json!({"method": "elicitation/create", "params": params}))
                    })
                    .collect();
                if requests.is_empty() {
                    Round::Refused(error)
                } else {
                    Round::Asks(json!({"inputRequests": requests, "pages": true}))
                }
            }
            // 2026-07-28, "HeaderMismatch": the list tells which arguments go into headers now.
            NoResult::Rpc(error) if error.code == -32020 && session.is_modern() && !self.relisted => {
                self.shared.forget_prepared();
                self.relisted = true;
                Round::Again
            }
            NoResult::Rpc(error) => Round::Refused(error),
        }
    }
}

/// What `listen` ended with, when it is no answer.
enum Heard {
    NoResult(NoResult),
    Round(Round),
}

fn progress_line(progress: f64, total: Option<f64>, message: Option<&str>) -> String {
    let figure = match total {
        Some(total) => format!("[{progress}/{total}]"),
        None => format!("[{progress}]"),
    };
    match message {
        Some(message) if !message.is_empty() => format!("{figure} {message}\n"),
        _ => format!("{figure}\n"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_reads_as_a_line() {
        assert_eq!(progress_line(1.0, Some(5.0), Some("step 1 of 5")), "[1/5] step 1 of 5\n");
        assert_eq!(progress_line(0.5, None, None), "[0.5]\n");
    }
}
