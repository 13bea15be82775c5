//! What a server asks in place of a result (2026-07-28, multi round-trip requests): a pause that lasts, because nothing is open meanwhile.

use futures_util::StreamExt as _;
use jackfield_protocol::{
    error::{ErrorCode, Failure},
    event::{Draft, EventBody, StepEnd, StepKind, StepStart, StepStatus},
    ids::{InputRequestId, StepId},
    port::{AttemptEnd, Signal},
};
use serde_json::{Map, Value, json};

use super::{
    super::{question, wire::RpcError},
    Call,
};

/// Most questions of one round.
const QUESTIONS: usize = 20;

impl Call {
    /// Answers everything that a round asks for; then `carried` holds what the next one takes along.
    pub(super) async fn ask_all(&mut self, result: &Value) -> Result<(), AttemptEnd> {
        let requests = result["inputRequests"].as_object().cloned().unwrap_or_default();
        if requests.len() > QUESTIONS {
            let message = format!(
                "The server asks {} questions at once; at most {QUESTIONS} are taken.",
                requests.len()
            );
            return Err(self.fail(Failure::new(ErrorCode::PeerBadAnswer, message)).await);
        }
        if requests.is_empty() && result["requestState"].is_null() {
            let failure =
                Failure::new(ErrorCode::PeerBadAnswer, "The server wants input, and does not say which.");
            return Err(self.fail(failure).await);
        }
        if requests.is_empty() && self.rounds > 1 {
            // It only wants to be asked again: not at once, and not for ever.
            let pause = std::time::Duration::from_millis(100 * u64::from(self.rounds).min(50));
            tokio::time::sleep(pause).await;
        }
        let mut paused = json!({
            "round": self.rounds,
            "requests": requests,
            "state": result.get("requestState").cloned(),
            "pages": result["pages"],
            "responses": {},
        });
        self.answer_all(&mut paused).await
    }

    /// A pause that an earlier attempt left.
    pub(super) async fn take_up(&mut self, mut paused: Value) -> Result<(), AttemptEnd> {
        self.rounds = paused["round"].as_u64().and_then(|round| u32::try_from(round).ok()).unwrap_or(1);
        self.answer_all(&mut paused).await
    }

    async fn answer_all(&mut self, paused: &mut Value) -> Result<(), AttemptEnd> {
        let requests: Map<String, Value> = paused["requests"].as_object().cloned().unwrap_or_default();
        let mut open: Vec<(InputRequestId, String)> = Vec::new();
        for (key, request) in &requests {
            if !paused["responses"][key].is_null() {
                continue;
            }
            match self.by_itself(request).await {
                Some(Ok(response)) => paused["responses"][key] = response,
                Some(Err(error)) => return Err(self.refused(error).await),
                None => {
                    let id = self.question_id(paused, key);
                    open.push((id, key.clone()));
                }
            }
        }
        for (id, key) in &open {
            let is_known = self.teller.seen.pending.iter().any(|pending| pending.request_id == *id);
            if !is_known {
                let asked = question::of(&id.0, &requests[key]["params"], &self.shared.config.name);
                self.teller.remember("paused", paused.clone());
                self.teller.ask(asked, json!({"durable": true})).await;
            }
        }
        while !open.is_empty() {
            let (at, answer) = self.next_answer(&open).await?;
            let (id, key) = open.swap_remove(at);
            let kind = question::of(&id.0, &requests[&key]["params"], "").kind;
            paused["responses"][&key] = question::result(kind, &answer);
            self.teller.learn_answer(&id);
        }
        // From here on the call may be with the server again.
        self.teller.forget("paused").await;
        self.carry(paused);
        Ok(())
    }

    /// The id of a question: the same after a restart while nobody has answered it, another one when an answer was lost with the hub.
    fn question_id(&self, paused: &Value, key: &str) -> InputRequestId {
        let round = &paused["round"];
        let mut id = InputRequestId(format!("round-{round}-{key}"));
        let is_pending =
            |id: &InputRequestId| self.teller.seen.pending.iter().any(|open| open.request_id == *id);
        if self.teller.seen.asked.contains(&id) && !is_pending(&id) {
            id.0 = format!("{}-again-{}", id.0, self.run.attempt);
        }
        id
    }

    /// The next answer of a person to one of these; or the end, when somebody stops the call.
    async fn next_answer(
        &mut self,
        open: &[(InputRequestId, String)],
    ) -> Result<(usize, jackfield_protocol::model::InputAnswer), AttemptEnd> {
        let stop = self.stop.clone();
        loop {
            for (at, (id, _)) in open.iter().enumerate() {
                if let Some(answer) = self.shared.calls.take_answer(self.run.run_id, id) {
                    return Ok((at, answer));
                }
            }
            tokio::select! {
                () = stop.cancelled() => return Err(self.stopped().await),
                signal = self.signals.next() => match signal {
                    Some(Signal::Answered(_) | Signal::Span(_)) => {}
                    // Nobody can answer any more through this attempt.
                    None => std::future::pending::<()>().await,
                },
            }
        }
    }

    /// What the hub answers without a person; `None`: a person has to.
    async fn by_itself(&mut self, request: &Value) -> Option<Result<Value, RpcError>> {
        match request["method"].as_str() {
            Some("elicitation/create") => None,
            Some("roots/list") => Some(Ok(json!({"roots": self.shared.roots}))),
            Some("sampling/createMessage") => Some(self.sample(&request["params"]).await),
            other => {
                let method: String = other.unwrap_or("nothing").chars().take(60).collect();
                Some(Err(RpcError::plain(-32601, &format!("the hub cannot answer '{method}'"))))
            }
        }
    }

    /// Lets a language model answer, where a person allowed that.
    pub(super) async fn sample(&mut self, params: &Value) -> Result<Value, RpcError> {
        let Some(sampling) = self.shared.sampling.clone() else {
            return Err(RpcError::plain(-1, "sampling is switched off for this server"));
        };
        let step = StepId(format!("sampling-{}-{}", self.run.attempt, self.teller.seen.steps().len()));
        let start = StepStart {
            name: format!("{} (asked by the server)", sampling.model()),
            kind: StepKind::Model,
            input: Some(params.clone()),
            ..StepStart::default()
        };
        let draft =
            Draft::new(EventBody::StepStart(start)).step(step.clone()).under(StepId(self.id.0.clone()));
        self.teller.tell(draft).await;
        let sampled = sampling.sample(params).await;
        let end = match &sampled {
            Ok(sampled) => StepEnd {
                output: Some(sampled.result.clone()),
                usage: Some(sampled.usage.clone()),
                ..StepEnd::of(StepStatus::Succeeded)
            },
            Err(error) => StepEnd { error: Some(error.message.clone()), ..StepEnd::of(StepStatus::Failed) },
        };
        self.teller.tell(Draft::new(EventBody::StepEnd(end)).step(step)).await;
        sampled.map(|sampled| sampled.result)
    }

    /// What the next round takes along: the answers under the server's own keys, and its state as it was.
    fn carry(&mut self, paused: &Value) {
        self.carried.remove("inputResponses");
        self.carried.remove("requestState");
        if paused["pages"] == true {
            return;
        }
        let responses = &paused["responses"];
        if responses.as_object().is_some_and(|all| !all.is_empty()) {
            self.carried.insert("inputResponses".to_owned(), responses.clone());
        }
        if !paused["state"].is_null() {
            self.carried.insert("requestState".to_owned(), paused["state"].clone());
        }
    }
}
