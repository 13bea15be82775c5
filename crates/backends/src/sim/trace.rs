//! Steps from the spans of a run's log, after its end. Traps that each have a test: a failed tool inside a span that succeeded, and a
//! cancelled run whose spans all read `success` (recordings `exec-stream-tools-live-toolfail-logs`, `disconnect-stream-logs`).

use std::collections::{HashMap, HashSet};

use jackfield_protocol::{
    event::{
        Draft, EventBody, Source, StepEnd, StepKind, StepStart, StepStatus, Times, ToolEnd, ToolStart,
        Transcript, Usage,
    },
    ids::{StepId, ToolCallId},
};
use jiff::Timestamp;
use serde_json::{Map, Value};

use super::parse::tool_name;
use crate::secrecy::clean;

/// Deepest nesting of spans that is followed: child workflows may call each other.
const DEEPEST: usize = 32;
/// Most spans of one run.
const MOST: usize = 20_000;

/// What the log tells beyond what was told already.
pub(crate) fn steps(spans: &[Value], seen: &Transcript, cancelled: bool) -> Vec<Draft> {
    let mut teller = Steps { seen, cancelled, drafts: Vec::new(), told: HashSet::new(), order: 0 };
    for span in spans {
        teller.span(span, None, 0, &HashMap::new());
    }
    teller.drafts
}

struct Steps<'a> {
    seen: &'a Transcript,
    cancelled: bool,
    drafts: Vec<Draft>,
    told: HashSet<String>,
    order: u64,
}

/// Arguments of tool calls by their id, from the model call that asked for them.
type Asked = HashMap<String, Value>;

impl Steps<'_> {
    fn span(&mut self, span: &Value, parent: Option<&StepId>, depth: usize, asked: &Asked) {
        let kind = span["type"].as_str().unwrap_or_default();
        if depth > DEEPEST || self.told.len() > MOST {
            return;
        }
        // The root is the run itself.
        if kind == "workflow" && depth == 0 {
            return self.children(span, None, depth, &Asked::new());
        }
        if kind == "tool" && span["toolCallId"].is_string() {
            return self.tool(span, parent, asked);
        }
        let Some(id) = span["id"].as_str().filter(|id| !id.is_empty()) else { return };
        if !self.told.insert(id.to_owned()) {
            return;
        }
        let id = StepId(id.to_owned());
        if self.seen.step(&id).is_some_and(|step| step.status.is_some()) {
            return self.children(span, Some(&id), depth, asked);
        }
        self.order += 1;
        let order = Some(self.order);
        let name = span["name"].as_str().unwrap_or(kind).to_owned();
        let source = Source::node(name.clone());
        let times = Times { order, ..times(span) };
        if self.seen.step(&id).is_none() {
            let start = StepStart {
                name,
                kind: step_kind(kind),
                node_type: Some(kind.to_owned()),
                input: None,
                started_at: times.started_at,
                order,
                item: None,
                iteration: span["iterationIndex"].as_u64(),
                inferred: false,
            };
            let draft = Draft::new(EventBody::StepStart(start)).step(id.clone()).under_opt(parent.cloned());
            self.drafts.push(draft.said_by(source.clone()));
        }
        let mut below = asked.clone();
        for child in span["children"].as_array().into_iter().flatten() {
            for call in child["modelToolCalls"].as_array().into_iter().flatten() {
                if let Some(id) = call["id"].as_str() {
                    below.insert(id.to_owned(), call["arguments"].clone());
                }
            }
        }
        self.children(span, Some(&id), depth, &below);
        let usage = usage(span);
        if let Some(usage) = usage.clone().filter(|_| kind == "agent") {
            self.drafts.push(Draft::new(EventBody::Usage(usage)).step(id.clone()).said_by(source.clone()));
        }
        let end = StepEnd {
            input: input(&span["input"]),
            output: (!is_empty(&span["output"])).then(|| clean(&span["output"], 0)),
            error: error(span),
            usage,
            times,
            ..StepEnd::of(self.status(span, kind))
        };
        self.drafts
            .push(Draft::new(EventBody::StepEnd(end)).step(id).under_opt(parent.cloned()).said_by(source));
    }

    fn children(&mut self, span: &Value, parent: Option<&StepId>, depth: usize, asked: &Asked) {
        let mut children: Vec<&Value> = span["children"].as_array().into_iter().flatten().collect();
        children.sort_by_key(|child| times(child).started_at);
        for child in children {
            self.span(child, parent, depth + 1, asked);
        }
    }

    fn tool(&mut self, span: &Value, parent: Option<&StepId>, asked: &Asked) {
        let Some(id) = span["toolCallId"].as_str() else { return };
        if !self.told.insert(format!("tool:{id}")) {
            return;
        }
        self.order += 1;
        let call = ToolCallId(id.to_owned());
        let name = tool_name(span["name"].as_str().unwrap_or("tool"));
        let source = Source { tool: Some(name.clone()), ..Source::default() };
        let times = Times { order: Some(self.order), ..times(span) };
        let arguments = Some(&span["input"]).filter(|input| !is_empty(input)).or_else(|| asked.get(id));
        let arguments = arguments.map(|arguments| clean(arguments, 0));
        let step = StepId(id.to_owned());
        let known = self.seen.step(&step);
        if known.is_none() {
            let start = ToolStart {
                name,
                arguments: arguments.clone(),
                started_at: times.started_at,
                order: times.order,
            };
            let draft = Draft::new(EventBody::ToolStart(start)).tool(call.clone()).under_opt(parent.cloned());
            self.drafts.push(draft.said_by(source.clone()));
        } else if known.is_some_and(|step| step.status.is_some() && !step.provisional) {
            return;
        }
        let error = error(span);
        let status = if error.is_some() { StepStatus::Failed } else { self.status(span, "tool") };
        let end = ToolEnd {
            arguments,
            result: (!is_empty(&span["output"])).then(|| clean(&span["output"], 0)),
            error,
            times,
            ..ToolEnd::of(status)
        };
        self.drafts.push(Draft::new(EventBody::ToolEnd(end)).tool(call).said_by(source));
    }

    fn status(&self, span: &Value, kind: &str) -> StepStatus {
        if span["status"] == "error" || error(span).is_some() {
            return StepStatus::Failed;
        }
        // A block that was cut off has an empty output and says `success` all the same.
        let cut = self.cancelled && is_empty(&span["output"]);
        if cut && matches!(kind, "agent" | "model" | "function" | "api" | "tool" | "workflow") {
            return StepStatus::Cancelled;
        }
        StepStatus::Succeeded
    }
}

fn step_kind(kind: &str) -> StepKind {
    match kind {
        "agent" => StepKind::Agent,
        "model" => StepKind::Model,
        "workflow" | "workflow_input" => StepKind::Workflow,
        "loop" | "parallel" => StepKind::Loop,
        "loop-iteration" | "parallel-iteration" => StepKind::Turn,
        "human_in_the_loop" | "wait" => StepKind::Wait,
        "memory" | "mem0" | "zep" => StepKind::Memory,
        _ => StepKind::Node,
    }
}

fn times(span: &Value) -> Times {
    let started_at = span["startTime"].as_str().and_then(|text| text.parse::<Timestamp>().ok());
    let duration = span["duration"].as_f64().filter(|ms| ms.is_finite() && *ms >= 0.0);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "rounded, not negative, bounded by the cast"
    )]
    let duration_ms = duration.map(|ms| ms.round() as u64);
    Times { started_at, duration_ms, order: None }
}

/// Why a span failed: `output.error` is a text, or `true` beside a message for a tool inside a span that succeeded.
fn error(span: &Value) -> Option<String> {
    let output = &span["output"];
    let words = match &output["error"] {
        Value::String(words) if !words.is_empty() => Some(words.as_str()),
        Value::Bool(true) => Some(output["message"].as_str().unwrap_or("It failed.")),
        _ => None,
    };
    let words = words.or_else(|| span["errorMessage"].as_str()).filter(|_| span["errorHandled"] != true)?;
    Some(words.chars().take(4000).collect())
}

fn usage(span: &Value) -> Option<Usage> {
    let tokens = &span["tokens"];
    let count = |key: &str| tokens[key].as_u64();
    let (input_tokens, output_tokens) = (count("input")?, count("output")?);
    let cost = span["output"]["cost"]["total"].as_f64().or_else(|| span["cost"]["total"].as_f64());
    let model = span["model"].as_str().map(str::to_owned);
    Some(Usage { model, input_tokens, output_tokens, cost_usd: cost, estimated: false })
}

/// What went into a block, without its configuration: code, tools and system prompts are the author's, not the run's.
fn input(input: &Value) -> Option<Value> {
    let mut shown = Map::new();
    for (name, value) in input.as_object()? {
        let hidden = matches!(
            name.as_str(),
            "tools" | "code" | "systemPrompt" | "inputFormat" | "runMetadata" | "responseFormat"
        );
        if hidden || is_empty(value) {
            continue;
        }
        let value = match (name.as_str(), value) {
            ("messages", Value::Array(messages)) => messages
                .iter()
                .filter(|message| !matches!(message["role"].as_str(), Some("system" | "developer")))
                .map(|message| clean(message, 0))
                .collect(),
            _ => clean(&Value::Object(Map::from_iter([(name.clone(), value.clone())])), 0)[name.as_str()]
                .clone(),
        };
        shown.insert(name.clone(), value);
    }
    (!shown.is_empty()).then_some(Value::Object(shown))
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn ends(drafts: &[Draft]) -> Vec<(String, StepStatus)> {
        drafts
            .iter()
            .filter_map(|draft| match &draft.body {
                EventBody::StepEnd(end) => Some((draft.source.node.clone().unwrap_or_default(), end.status)),
                EventBody::ToolEnd(end) => Some((draft.source.tool.clone().unwrap_or_default(), end.status)),
                _ => None,
            })
            .collect()
    }

    #[test]
    fn a_failed_tool_inside_a_span_that_succeeded_has_failed() {
        let spans = [json!({"id": "w", "type": "workflow", "status": "success", "children": [
            {"id": "a", "type": "agent", "name": "Agent 1", "status": "success", "output": {"content": "x"}, "children": [
                {"id": "m", "type": "model", "name": "gpt", "status": "success", "output": {"content": ""}, "modelToolCalls": [{"id": "c1", "arguments": {"city": "fail"}}]},
                {"id": "t", "type": "tool", "name": "get_weather", "toolCallId": "c1", "status": "success", "output": {"error": true, "message": "no such city"}}]}]})];
        let drafts = steps(&spans, &Transcript::new(), false);
        assert_eq!(
            ends(&drafts),
            [
                ("gpt".to_owned(), StepStatus::Succeeded),
                ("get_weather".to_owned(), StepStatus::Failed),
                ("Agent 1".to_owned(), StepStatus::Succeeded)
            ]
        );
        let tool = drafts.iter().find_map(|draft| match &draft.body {
            EventBody::ToolEnd(end) => Some(end),
            _ => None,
        });
        assert_eq!(
            tool.unwrap().arguments,
            Some(json!({"city": "fail"})),
            "from the model call that asked for it"
        );
    }

    #[test]
    fn a_cancelled_run_has_cancelled_steps_though_all_spans_read_success() {
        let spans = [json!({"id": "w", "type": "workflow", "children": [
            {"id": "s", "type": "start_trigger", "name": "Start", "status": "success", "output": {"input": "x"}},
            {"id": "a", "type": "agent", "name": "Agent 1", "status": "success", "output": {}}]})];
        let of = |cancelled| ends(&steps(&spans, &Transcript::new(), cancelled));
        assert_eq!(of(true)[1].1, StepStatus::Cancelled);
        assert_eq!(of(true)[0].1, StepStatus::Succeeded);
        assert_eq!(of(false)[1].1, StepStatus::Succeeded);
    }

    #[test]
    fn prompts_code_and_credentials_are_not_shown() {
        let shown = input(
            &json!({"messages": [{"role": "system", "content": "canary"}, {"role": "user", "content": "hi"}],
            "code": "canary", "apiKey": "canary", "tools": [{"code": "canary"}], "model": "m"}),
        )
        .unwrap();
        assert!(!shown.to_string().contains("canary"), "{shown}");
        assert_eq!(shown["messages"][0]["content"], "hi");
    }
}
