//! What Flowise stored of a run: its messages (only at the end, only on success) and, for agentflows, its execution (from the start, without data until the
//! end). Recordings c01 to c03, c10, c13.

use jackfield_protocol::{
    error::{ErrorCode, Failure},
    port::RunRequest,
};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::{api::Api, flow::Kind, input};

/// How far the clocks of Flowise and hub may be apart when an execution is told from an older one of the same conversation.
const CLOCKS: SignedDuration = SignedDuration::from_secs(5);

/// What is stored.
#[derive(Debug)]
pub(crate) enum Stored {
    /// Nothing: it goes on, has failed, or was lost.
    Nothing,
    /// An execution that goes on.
    Running(Execution),
    /// The answer, with the execution if there is one.
    Answer(Value, Option<Execution>),
    /// An execution that failed or was stopped.
    Failed(Execution),
    /// It waits for a person: the message with the question.
    Waiting(Value, Option<Execution>),
    /// It waited, and has gone on since.
    WentOn,
}

/// One row of `executions`.
#[derive(Debug, Clone)]
pub(crate) struct Execution(Value);

impl Execution {
    pub(crate) fn id(&self) -> &str {
        self.0["id"].as_str().unwrap_or_default()
    }

    pub(crate) fn state(&self) -> &str {
        self.0["state"].as_str().unwrap_or_default()
    }

    pub(crate) fn created(&self) -> Option<Timestamp> {
        self.0["createdDate"].as_str()?.parse().ok()
    }

    /// The records of its nodes: JSON in a string.
    pub(crate) fn records(&self) -> Vec<Value> {
        match &self.0["executionData"] {
            Value::String(text) => serde_json::from_str(text).unwrap_or_default(),
            Value::Array(records) => records.clone(),
            _ => Vec::new(),
        }
    }

    /// Why it failed, from the last record that has an error.
    pub(crate) fn error(&self) -> Option<String> {
        let records = self.records();
        records.iter().rev().find_map(|record| record["data"]["error"].as_str().map(str::to_owned))
    }

    fn question(&self) -> Option<String> {
        let records = self.records();
        records.first()?.pointer("/data/input/question")?.as_str().map(str::to_owned)
    }
}

/// Looks at what Flowise stored of one part of a run.
pub(crate) async fn look(
    api: &Api,
    run: &RunRequest,
    segment: u64,
    known: Option<&str>,
) -> Result<Stored, Failure> {
    let messages = api.messages(&run.workflow.external_id, &input::chat(run)).await?;
    let answers: Vec<&Value> = messages.iter().filter(|message| message["role"] == "apiMessage").collect();
    let segment = usize::try_from(segment).unwrap_or(usize::MAX);
    if let Some(message) = answers.get(segment) {
        let execution = execution_of(api, message, known).await;
        if answers.len() > segment + 1 {
            return Ok(Stored::WentOn);
        }
        let asks = !is_empty(&message["action"]);
        return Ok(match execution.as_ref().map(Execution::state) {
            Some("STOPPED") => Stored::Waiting((*message).clone(), execution),
            Some("INPROGRESS") => Stored::WentOn,
            None if asks => Stored::Waiting((*message).clone(), None),
            _ => Stored::Answer((*message).clone(), execution),
        });
    }
    if !Kind::remembered(&run.workflow).has_execution() {
        return Ok(Stored::Nothing);
    }
    let Some(execution) = find(api, run, known).await? else { return Ok(Stored::Nothing) };
    Ok(match execution.state() {
        "ERROR" | "TERMINATED" | "TIMEOUT" => Stored::Failed(execution),
        // An ended one whose message is still being written.
        _ => Stored::Running(execution),
    })
}

/// The execution that a message belongs to; it comes with the message.
async fn execution_of(api: &Api, message: &Value, known: Option<&str>) -> Option<Execution> {
    if message["execution"].is_object() && known.is_none() {
        return Some(Execution(message["execution"].clone()));
    }
    let id = known.or(message["executionId"].as_str())?;
    // What a key may not read is as if it were not there.
    let told = api.execution(id).await.ok().flatten().map(Execution);
    told.or_else(|| message["execution"].is_object().then(|| Execution(message["execution"].clone())))
}

/// The execution of a run: by its id, else by conversation, time and question. `None` also where the key may not read executions.
pub(crate) async fn find(
    api: &Api,
    run: &RunRequest,
    known: Option<&str>,
) -> Result<Option<Execution>, Failure> {
    let found = match known {
        Some(id) => api.execution(id).await.map(|row| row.into_iter().collect()),
        None => api.executions(&run.workflow.external_id, &input::session(run)).await,
    };
    let rows = match found {
        Ok(rows) => rows,
        Err(failure) if matches!(failure.code, ErrorCode::PeerScopeMissing | ErrorCode::PeerHtml) => {
            return Ok(None);
        }
        Err(failure) => return Err(failure),
    };
    let mut rows: Vec<Execution> = rows.into_iter().map(Execution).collect();
    if known.is_none() && input::session(run) != input::chat(run) {
        let since = run.created_at - CLOCKS;
        rows.retain(|row| row.created().is_some_and(|created| created >= since));
        rows.retain(|row| {
            row.question().is_none_or(|question| Some(question.as_str()) == input::question(run))
        });
    }
    // Two that fit: nobody can say which of them is ours.
    Ok(if rows.len() == 1 { rows.pop() } else { None })
}

/// Whether the newest execution of the conversation is this one and waits: an answer goes to the newest.
pub(crate) async fn newest_waits(
    api: &Api,
    run: &RunRequest,
    known: Option<&str>,
) -> Result<Newest, Failure> {
    let rows = api.executions(&run.workflow.external_id, &input::session(run)).await?;
    let newest = rows.into_iter().map(Execution).max_by_key(Execution::created);
    Ok(match newest {
        None => Newest::None,
        Some(row) if known.is_some_and(|known| known != row.id()) => Newest::Another,
        Some(row) if row.state() == "STOPPED" => Newest::Waits,
        Some(_) => Newest::WentOn,
    })
}

/// See [`newest_waits`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Newest {
    Waits,
    WentOn,
    Another,
    None,
}

/// The action of a stored message: JSON in a string.
pub(crate) fn action(message: &Value) -> Option<Value> {
    match &message["action"] {
        Value::String(text) => serde_json::from_str(text).ok(),
        Value::Object(_) => Some(message["action"].clone()),
        _ => None,
    }
}

fn is_empty(value: &Value) -> bool {
    value.is_null() || value.as_str().is_some_and(str::is_empty)
}
