//! Long calls as tasks: polled until they have ended, found again after any restart by their id.

use std::time::Duration;

use futures_util::StreamExt as _;
use jackfield_protocol::{
    error::{ErrorCode, Failure},
    event::StepStatus,
    port::AttemptEnd,
};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use super::{
    super::session::{NoResult, Session},
    Call,
};

/// Between two looks, unless the server says otherwise.
const LOOK: Duration = Duration::from_millis(1000);
/// Bounds of what a server may say.
const SHORTEST: u64 = 50;
const LONGEST: u64 = 60_000;

impl Call {
    /// Follows a task to its end.
    pub(super) async fn follow(&mut self, task: String) -> AttemptEnd {
        self.teller.remember("task", json!(task));
        self.teller.identified(&task, false).await;
        let limit = Instant::now() + self.shared.config.call_limit();
        let mut said = String::new();
        loop {
            let session = match self.shared.link.session(self.shared.patience()).await {
                Ok(session) => session,
                Err(failure) => return AttemptEnd::Lost(failure),
            };
            let state = match session.request("tasks/get", json!({"taskId": task})).await {
                Ok(state) => state,
                Err(NoResult::Rpc(error)) => return self.refused(error).await,
                Err(other) => return AttemptEnd::Lost(other.into_failure(session.place())),
            };
            let status = state["status"].as_str().unwrap_or_default().to_owned();
            let line = match state["statusMessage"].as_str() {
                Some(message) => format!("{status}: {message}\n"),
                None => format!("{status}\n"),
            };
            if line != said {
                self.log(line.clone()).await;
                said = line;
            }
            match status.as_str() {
                "completed" => return self.completed(&session, &task, &state).await,
                "failed" => {
                    let why = state["error"]["message"].as_str().or_else(|| state["statusMessage"].as_str());
                    let why = why.unwrap_or("no reason was given").to_owned();
                    let message = format!("'{}' failed as a task: {why}", self.tool.name);
                    return self.fail(Failure::new(ErrorCode::ToolFailed, message)).await;
                }
                "cancelled" => {
                    self.end_tool(StepStatus::Cancelled, None, None).await;
                    return self.stopped().await;
                }
                "input_required" => {
                    if let Err(ended) = self.task_asks(&session, &task, &state).await {
                        return ended;
                    }
                }
                _ => {}
            }
            if Instant::now() >= limit {
                let failure =
                    Failure::new(ErrorCode::PeerSilent, "The task took longer than a call may take.")
                        .hint("`call_limit_ms` of the backend gives it longer.");
                self.end_tool(StepStatus::Unknown, None, Some(failure.message.clone())).await;
                return self.teller.unknown(failure).await;
            }
            let pause = state["pollIntervalMs"].as_u64().or_else(|| state["pollInterval"].as_u64());
            let pause = pause.map_or(LOOK, |ms| Duration::from_millis(ms.clamp(SHORTEST, LONGEST)));
            let stop = self.stop.clone();
            tokio::select! {
                () = sleep(pause) => {}
                Some(_) = self.signals.next() => {}
                () = stop.cancelled() => return self.stop_task(&session, &task).await,
            }
        }
    }

    /// The result of a task that has ended: with its state in the extension of 2026-07-28, by a request of its own in 2025-11-25.
    async fn completed(&mut self, session: &Session, task: &str, state: &Value) -> AttemptEnd {
        if state["result"].is_object() {
            let result = state["result"].clone();
            return self.finish(&result).await;
        }
        match session.request("tasks/result", json!({"taskId": task})).await {
            Ok(result) => self.finish(&result).await,
            Err(NoResult::Rpc(error)) => self.refused(error).await,
            Err(other) => AttemptEnd::Lost(other.into_failure(session.place())),
        }
    }

    /// A task that waits for input: in the extension of 2026-07-28 it names its questions; in 2025-11-25 it asks when its result is fetched.
    async fn task_asks(&mut self, session: &Session, task: &str, state: &Value) -> Result<(), AttemptEnd> {
        if state["inputRequests"].is_object() {
            self.ask_all(&json!({"inputRequests": state["inputRequests"]})).await?;
            let responses = self.carried.remove("inputResponses").unwrap_or_else(|| json!({}));
            let params = json!({"taskId": task, "inputResponses": responses});
            return match session.request("tasks/update", params).await {
                Ok(_) => Ok(()),
                Err(NoResult::Rpc(error)) => Err(self.refused(error).await),
                Err(other) => Err(AttemptEnd::Lost(other.into_failure(session.place()))),
            };
        }
        let (mut call, mut notices) = match session.open("tasks/result", json!({"taskId": task}), false).await
        {
            Ok(open) => open,
            Err(other) => return Err(AttemptEnd::Lost(other.into_failure(session.place()))),
        };
        match self.hear_out(&mut call, &mut notices).await {
            Ok(result) => Err(self.finish(&result).await),
            Err(ended) => Err(ended),
        }
    }

    async fn stop_task(&mut self, session: &Session, task: &str) -> AttemptEnd {
        // Whether it took effect is for the server to say; nobody waits for it here.
        let _ = session.request("tasks/cancel", json!({"taskId": task})).await;
        self.stopped().await
    }
}
