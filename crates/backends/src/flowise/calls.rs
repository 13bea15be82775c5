//! Tool calls. Flowise tells of one call up to four times (`calledTools`, `agent_trace`, `usedTools`, the record of its node), mostly without an id:
//! calls are matched by tool and input, in order.

use jackfield_protocol::{
    event::{Draft, EventBody, Source, StepStatus, ToolEnd, ToolStart, Transcript},
    ids::{StepId, ToolCallId},
};
use serde_json::Value;

use super::redact::clean;

/// What older and newer versions call a tool whose name the tracer did not get.
const NAMELESS: &str = "unknown-tool";

#[derive(Debug, Clone)]
struct Call {
    id: ToolCallId,
    tool: String,
    input: Option<Value>,
    open: bool,
    scope: Option<StepId>,
}

/// Calls that were told so far.
#[derive(Debug, Clone, Default)]
pub(crate) struct Calls {
    calls: Vec<Call>,
    /// Calls that an agent announced (`agent_action`) and that have not begun.
    announced: Vec<(String, Value)>,
}

impl Calls {
    /// The calls that a log has.
    pub(crate) fn of(seen: &Transcript) -> Self {
        let calls = seen.steps().iter().filter(|step| step.is_tool_call).map(|step| Call {
            id: ToolCallId(step.id.0.clone()),
            tool: step.name.clone(),
            input: step.input.clone(),
            open: step.status.is_none(),
            scope: step.parent_id.clone(),
        });
        Self { calls: calls.collect(), announced: Vec::new() }
    }

    /// `calledTools`: an agent is about to call these. Told again when the agent stops for an approval, and after it (recording h03).
    pub(crate) fn called(&mut self, scope: Option<&StepId>, list: &Value) -> Vec<Draft> {
        let mut claimed = vec![false; self.calls.len()];
        let mut drafts = Vec::new();
        for entry in entries(list) {
            let tool = entry["tool"].as_str().unwrap_or("tool");
            let input = value_of(&entry["toolInput"]);
            match self.find(scope, tool, input.as_ref(), &claimed, true) {
                Some(at) => claimed[at] = true,
                None => {
                    drafts.push(self.begin(scope, tool, input, None));
                    claimed.push(true);
                }
            }
        }
        drafts
    }

    /// `usedTools`: all calls of a node, or of the whole run, with their results.
    pub(crate) fn used(&mut self, scope: Option<&StepId>, list: &Value) -> Vec<Draft> {
        let mut claimed = vec![false; self.calls.len()];
        let mut drafts = Vec::new();
        for entry in entries(list) {
            let tool = entry["tool"].as_str().unwrap_or("tool");
            let input = value_of(&entry["toolInput"]);
            let at = self.find(scope, tool, input.as_ref(), &claimed, false).unwrap_or_else(|| {
                drafts.push(self.begin(scope, tool, input.clone(), None));
                claimed.push(false);
                self.calls.len() - 1
            });
            claimed[at] = true;
            let error = entry["error"].as_str().filter(|error| !error.is_empty());
            drafts.extend(self.end(at, value_of(&entry["toolOutput"]), error, input));
        }
        drafts
    }

    /// What an agent's node announced and never used: the person said no, or the agent was stopped.
    pub(crate) fn skip_open(&mut self, scope: &StepId) -> Vec<Draft> {
        let open: Vec<usize> = (0..self.calls.len())
            .filter(|at| self.calls[*at].open && self.calls[*at].scope.as_ref() == Some(scope))
            .collect();
        open.into_iter().map(|at| self.close(at, StepStatus::Skipped, None, None, None)).collect()
    }

    /// `tool`: an OpenAI assistant names a tool that it uses.
    pub(crate) fn named(&mut self, scope: Option<&StepId>, tool: &str) -> Vec<Draft> {
        vec![self.begin(scope, tool, None, None)]
    }

    /// `agent_trace`; `None` when it says nothing that is known.
    pub(crate) fn traced(&mut self, scope: Option<&StepId>, data: &Value) -> Option<Vec<Draft>> {
        let run = data["runId"].as_str().map(|id| ToolCallId(format!("call:{id}")));
        match data["step"].as_str()? {
            "agent_action" => {
                let action = value_of(&data["action"])?;
                self.announced.push((action["tool"].as_str()?.to_owned(), action["toolInput"].clone()));
                Some(Vec::new())
            }
            "tool_start" => {
                let input = value_of(&data["input"]);
                let told = data["name"].as_str().filter(|name| *name != NAMELESS && !name.is_empty());
                let at = self.announced.iter().position(|(tool, announced)| {
                    told.is_none_or(|told| told == tool) && same_input(Some(announced), input.as_ref())
                });
                let announced = match (at, told) {
                    (Some(at), _) => Some(self.announced.remove(at)),
                    (None, None) if !self.announced.is_empty() => Some(self.announced.remove(0)),
                    _ => None,
                };
                let tool =
                    announced.as_ref().map(|(tool, _)| tool.clone()).or_else(|| told.map(str::to_owned));
                let input = announced.map(|(_, input)| input).or(input);
                let tool = tool.unwrap_or_else(|| NAMELESS.to_owned());
                if run.as_ref().is_some_and(|run| self.calls.iter().any(|call| call.id == *run)) {
                    return Some(Vec::new());
                }
                Some(vec![self.begin(scope, &tool, input, run)])
            }
            "tool_end" | "tool_error" => {
                let at = self.calls.iter().position(|call| Some(&call.id) == run.as_ref())?;
                let error = data["error"].as_str().filter(|error| !error.is_empty());
                Some(self.end(at, value_of(&data["output"]), error, None).into_iter().collect())
            }
            _ => None,
        }
    }

    fn find(
        &self,
        scope: Option<&StepId>,
        tool: &str,
        input: Option<&Value>,
        claimed: &[bool],
        only_open: bool,
    ) -> Option<usize> {
        let fits = |call: &Call| {
            call.tool == tool
                && (!only_open || call.open)
                && (scope.is_none() || call.scope.as_ref() == scope)
                && (call.input.is_none() || same_input(call.input.as_ref(), input))
        };
        (0..self.calls.len())
            .find(|at| !claimed.get(*at).copied().unwrap_or_default() && fits(&self.calls[*at]))
    }

    fn begin(
        &mut self,
        scope: Option<&StepId>,
        tool: &str,
        input: Option<Value>,
        id: Option<ToolCallId>,
    ) -> Draft {
        let id = id.unwrap_or_else(|| {
            let place = scope.map_or("run", |scope| scope.0.as_str());
            ToolCallId(format!("call:{place}.{}", self.calls.len()))
        });
        let start = ToolStart {
            name: tool.to_owned(),
            arguments: input.as_ref().map(|input| clean(input, 0)),
            ..ToolStart::default()
        };
        self.calls.push(Call {
            id: id.clone(),
            tool: tool.to_owned(),
            input,
            open: true,
            scope: scope.cloned(),
        });
        let source = Source { tool: Some(tool.to_owned()), ..Source::default() };
        Draft::new(EventBody::ToolStart(start)).tool(id.0).under_opt(scope.cloned()).said_by(source)
    }

    fn end(
        &mut self,
        at: usize,
        result: Option<Value>,
        error: Option<&str>,
        input: Option<Value>,
    ) -> Option<Draft> {
        let status = if error.is_some() { StepStatus::Failed } else { StepStatus::Succeeded };
        self.calls[at].open.then(|| {
            let arguments = if self.calls[at].input.is_none() { input } else { None };
            self.close(at, status, result, error, arguments)
        })
    }

    fn close(
        &mut self,
        at: usize,
        status: StepStatus,
        result: Option<Value>,
        error: Option<&str>,
        arguments: Option<Value>,
    ) -> Draft {
        let call = &mut self.calls[at];
        call.open = false;
        let end = ToolEnd {
            arguments: arguments.map(|arguments| clean(&arguments, 0)),
            result: result.map(|result| clean(&result, 0)),
            error: error.map(str::to_owned),
            ..ToolEnd::of(status)
        };
        let source = Source { tool: Some(call.tool.clone()), ..Source::default() };
        Draft::new(EventBody::ToolEnd(end))
            .tool(call.id.0.clone())
            .under_opt(call.scope.clone())
            .said_by(source)
    }
}

/// The entries of a list; lists of old agents hold `null`, and stored messages hold lists as text.
fn entries(list: &Value) -> Vec<Value> {
    let list = match list {
        Value::String(text) => serde_json::from_str(text).unwrap_or_default(),
        other => other.clone(),
    };
    match list {
        Value::Array(items) => items.into_iter().filter(Value::is_object).collect(),
        _ => Vec::new(),
    }
}

/// Text that holds an object or a list is read; other text stays text; nothing is nothing.
fn value_of(value: &Value) -> Option<Value> {
    match value {
        Value::Null => None,
        Value::String(text) if text.is_empty() => None,
        Value::String(text) => match serde_json::from_str::<Value>(text) {
            Ok(read) if read.is_object() || read.is_array() => Some(read),
            _ => Some(value.clone()),
        },
        other => Some(other.clone()),
    }
}

/// Whether two inputs are one; 2.x tells the only field of an input as bare text (recording v2.2.8/a03).
fn same_input(one: Option<&Value>, other: Option<&Value>) -> bool {
    let single = |object: Option<&Value>, bare: Option<&Value>| {
        object
            .and_then(Value::as_object)
            .is_some_and(|fields| fields.len() == 1 && fields.values().next() == bare)
    };
    one == other || single(one, other) || single(other, one)
}
