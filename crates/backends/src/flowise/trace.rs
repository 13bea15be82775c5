//! Steps: live from `nextAgentFlow`, completed from the records of `agentFlowExecutedData`, and the same records read again from an execution.

use std::collections::{HashMap, HashSet};

use jackfield_protocol::{
    event::{
        Artifact, Citation, Draft, EventBody, Source, StepEnd, StepKind, StepStart, StepStatus, Times,
        Transcript, Usage,
    },
    ids::StepId,
};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{calls::Calls, nodes::Nodes, redact};

#[derive(Debug, Clone)]
struct Step {
    node: String,
    open: bool,
    /// Waits for a person: it goes on under the same id.
    paused: bool,
    began: Timestamp,
    /// The peer says that it has ended, its record has not come yet.
    ended: Option<(StepStatus, Timestamp, Option<String>)>,
}

/// What is known of a run's steps.
#[derive(Debug, Clone, Default)]
pub(crate) struct Trace {
    pub(crate) calls: Calls,
    nodes: Nodes,
    steps: HashMap<StepId, Step>,
    /// In the order in which they were opened.
    opened: Vec<StepId>,
    counts: HashMap<String, u64>,
    /// Entries of `agentReasoning` that were told.
    reasoned: usize,
    told: HashSet<String>,
}

impl Trace {
    /// Nothing yet.
    pub(crate) fn new(nodes: Nodes) -> Self {
        Self { nodes, ..Self::default() }
    }

    /// What a log holds.
    pub(crate) fn after(seen: &Transcript, nodes: Nodes) -> Self {
        let mut trace = Self { calls: Calls::of(seen), nodes, ..Self::default() };
        for step in seen.steps().iter().filter(|step| !step.is_tool_call) {
            let (node, number) = step.id.0.rsplit_once('#').unwrap_or((&step.id.0, "0"));
            let count = trace.counts.entry(node.to_owned()).or_default();
            *count = (*count).max(number.parse::<u64>().unwrap_or_default() + 1);
            let open = step.status.is_none();
            let known =
                Step { node: node.to_owned(), open, paused: open, began: step.started_at, ended: None };
            trace.opened.push(step.id.clone());
            trace.steps.insert(step.id.clone(), known);
            trace.reasoned += usize::from(node.starts_with("agent:") && !open);
        }
        trace.told.extend(seen.citations.iter().map(citation_key));
        trace.told.extend(seen.artifacts.iter().map(artifact_key));
        trace
    }

    /// The step that speaks now: the last one that was opened and has not ended.
    pub(crate) fn speaker(&self) -> Option<&StepId> {
        self.opened.iter().rev().find(|id| {
            self.steps.get(*id).is_some_and(|step| step.open && !step.paused && step.ended.is_none())
        })
    }

    /// Name of the node of a step, as the graph has it.
    pub(crate) fn source(&self, step: &StepId) -> Source {
        self.steps.get(step).map_or_else(Source::default, |known| Source::node(self.nodes.name(&known.node)))
    }

    /// `nextAgentFlow`.
    pub(crate) fn next(&mut self, data: &Value, at: Timestamp) -> Option<Vec<Draft>> {
        let node = data["nodeId"].as_str()?.to_owned();
        let label = data["nodeLabel"].as_str().unwrap_or(&node);
        self.nodes.learn(&node, label);
        let count = self.counts.get(&node).copied().unwrap_or_default();
        let latest = count.checked_sub(1).map(|number| step_id(&node, number));
        match data["status"].as_str()? {
            "INPROGRESS" => {
                let waiting = latest.and_then(|id| self.steps.get_mut(&id)).filter(|step| step.paused);
                if let Some(step) = waiting {
                    step.paused = false;
                    return Some(Vec::new());
                }
                let parent = self.enclosing(&node);
                Some(vec![self.begin(&node, count, parent, None, None, at)])
            }
            "STOPPED" => {
                self.steps.get_mut(&latest?)?.paused = true;
                Some(Vec::new())
            }
            status => {
                let status = status_of(status)?;
                let error = data["error"].as_str().map(str::to_owned);
                let open = latest
                    .filter(|id| self.steps.get(id).is_some_and(|step| step.open && step.ended.is_none()));
                // A node that was stopped before it began (recording c11).
                let begun =
                    open.is_none().then(|| self.begin(&node, count, self.enclosing(&node), None, None, at));
                let step = self.steps.get_mut(&open.unwrap_or_else(|| step_id(&node, count)))?;
                step.ended = Some((status, at, error));
                Some(begun.into_iter().collect())
            }
        }
    }

    /// Records of nodes, complete and in order: those that are new or have changed are told.
    pub(crate) fn records(&mut self, list: &[Value], at: Timestamp) -> Vec<Draft> {
        let mut drafts = Vec::new();
        let mut occurrences: HashMap<&str, u64> = HashMap::new();
        for (order, record) in list.iter().enumerate() {
            let Some(node) = record["nodeId"].as_str() else { continue };
            let data = &record["data"];
            let parent = data["parentNodeId"].as_str().filter(|parent| *parent != node).map(|parent| {
                // The records of what runs inside come before that of what encloses them.
                step_id(parent, occurrences.get(parent).copied().unwrap_or_default())
            });
            let occurrence = occurrences.entry(node).or_default();
            let number = *occurrence;
            *occurrence += 1;
            self.nodes.learn(node, record["nodeLabel"].as_str().unwrap_or(node));
            self.record(record, node, number, order as u64, parent, at, &mut drafts);
        }
        drafts
    }

    #[expect(clippy::too_many_arguments, reason = "one record and its place in the list")]
    fn record(
        &mut self,
        record: &Value,
        node: &str,
        number: u64,
        order: u64,
        parent: Option<StepId>,
        at: Timestamp,
        drafts: &mut Vec<Draft>,
    ) {
        let data = &record["data"];
        let id = step_id(node, number);
        let status = record["status"].as_str().unwrap_or_default();
        match self.steps.get(&id) {
            Some(step) if !step.open => return,
            Some(_) => {}
            None => {
                let iteration = data["iterationIndex"].as_u64();
                drafts.push(self.begin(node, number, parent.clone(), Some(order), iteration, at));
            }
        }
        self.sources(&data["output"]["sourceDocuments"], Some(&id), drafts);
        let usage = usage(&data["output"]);
        let usage_key = format!("usage:{id}:{status}");
        if let Some(usage) = usage.clone().filter(|_| self.told.insert(usage_key)) {
            drafts.push(Draft::new(EventBody::Usage(usage)).step(id.clone()).said_by(self.source(&id)));
        }
        let Some(ended) = status_of(status) else {
            if let Some(step) = self.steps.get_mut(&id) {
                step.paused |= status == "STOPPED";
            }
            return;
        };
        drafts.extend(self.calls.used(Some(&id), &data["output"]["usedTools"]));
        if ended == StepStatus::Succeeded {
            drafts.extend(self.calls.skip_open(&id));
        }
        let end = StepEnd {
            input: redact::input(&data["input"]),
            output: redact::output(data),
            error: data["error"].as_str().map(str::to_owned),
            usage,
            times: self.times(&id, data, order, at),
            ..StepEnd::of(ended)
        };
        drafts.push(self.end(&id, end, parent));
    }

    /// Steps that the peer has ended without ever giving their record.
    pub(crate) fn flush(&mut self) -> Vec<Draft> {
        let ended: Vec<StepId> = self
            .opened
            .iter()
            .filter(|id| self.steps.get(*id).is_some_and(|step| step.open && step.ended.is_some()))
            .cloned()
            .collect();
        let mut drafts = Vec::new();
        for id in ended {
            let Some((status, until, error)) = self.steps.get(&id).and_then(|step| step.ended.clone()) else {
                continue;
            };
            let began = self.steps.get(&id).map_or(until, |step| step.began);
            let times = Times { duration_ms: between(began, until), ..Times::default() };
            drafts.push(self.end(&id, StepEnd { error, times, ..StepEnd::of(status) }, None));
        }
        drafts
    }

    /// `agentReasoning` of the older agents: cumulative, one entry for each agent that has spoken.
    pub(crate) fn reasoning(&mut self, list: &Value, at: Timestamp) -> Vec<Draft> {
        let mut drafts = Vec::new();
        let entries = list.as_array().map(Vec::as_slice).unwrap_or_default();
        for entry in entries.iter().skip(self.reasoned).filter(|entry| entry.is_object()) {
            let name = entry["agentName"].as_str().unwrap_or("Agent");
            let node = format!("agent:{name}");
            let count = self.counts.get(&node).copied().unwrap_or_default();
            let open = count
                .checked_sub(1)
                .map(|number| step_id(&node, number))
                .filter(|id| self.steps.get(id).is_some_and(|step| step.open));
            let id = match open {
                Some(id) => id,
                None => {
                    self.nodes.learn(&node, name);
                    drafts.push(self.begin(&node, count, None, None, None, at));
                    step_id(&node, count)
                }
            };
            drafts.extend(self.calls.used(Some(&id), &entry["usedTools"]));
            self.sources(&entry["sourceDocuments"], Some(&id), &mut drafts);
            let mut output = json!({"messages": entry["messages"]});
            for field in ["next", "instructions", "state"] {
                if entry[field].as_object().is_none_or(|fields| !fields.is_empty()) && !entry[field].is_null()
                {
                    output[field] = redact::clean(&entry[field], 0);
                }
            }
            let end = StepEnd { output: Some(output), ..StepEnd::of(StepStatus::Succeeded) };
            drafts.push(self.end(&id, end, None));
        }
        self.reasoned = self.reasoned.max(entries.len());
        drafts
    }

    /// `nextAgent`: an older agent begins.
    pub(crate) fn next_agent(&mut self, name: &str, at: Timestamp) -> Vec<Draft> {
        let node = format!("agent:{name}");
        self.nodes.learn(&node, name);
        let count = self.counts.get(&node).copied().unwrap_or_default();
        vec![self.begin(&node, count, None, None, None, at)]
    }

    /// `sourceDocuments`, each told once.
    pub(crate) fn sources(&mut self, list: &Value, step: Option<&StepId>, drafts: &mut Vec<Draft>) {
        for document in list.as_array().into_iter().flatten().filter(|document| document.is_object()) {
            let metadata = &document["metadata"];
            let text = |value: &Value| value.as_str().filter(|text| !text.is_empty()).map(str::to_owned);
            let place = text(&metadata["url"]).or_else(|| text(&metadata["source"]));
            let is_url = |place: &String| place.starts_with("http://") || place.starts_with("https://");
            let citation = Citation {
                title: text(&metadata["title"]).or_else(|| place.clone().filter(|place| !is_url(place))),
                url: place.filter(is_url),
                text: text(&document["pageContent"]),
                metadata: metadata.is_object().then(|| redact::clean(metadata, 0)),
            };
            if self.told.insert(citation_key(&citation)) {
                let mut draft = Draft::new(EventBody::Citation(citation));
                draft.step_id = step.cloned();
                drafts.push(draft);
            }
        }
    }

    /// An artifact, told once.
    pub(crate) fn artifact(&mut self, artifact: Artifact) -> Option<Draft> {
        self.told.insert(artifact_key(&artifact)).then(|| Draft::new(EventBody::Artifact(artifact)))
    }

    fn enclosing(&self, node: &str) -> Option<StepId> {
        let open = |id: &&StepId| self.steps.get(*id).is_some_and(|step| step.open && step.ended.is_none());
        let known = self.nodes.parent(node);
        self.opened
            .iter()
            .rev()
            .filter(open)
            .find(|id| {
                let around = self.steps.get(*id).map(|step| step.node.as_str()).unwrap_or_default();
                around != node
                    && known.map_or(around.starts_with("iterationAgentflow"), |known| known == around)
            })
            .cloned()
    }

    fn begin(
        &mut self,
        node: &str,
        number: u64,
        parent: Option<StepId>,
        order: Option<u64>,
        iteration: Option<u64>,
        at: Timestamp,
    ) -> Draft {
        let id = step_id(node, number);
        let count = self.counts.entry(node.to_owned()).or_default();
        *count = (*count).max(number + 1);
        let inside = parent.as_ref().map(|_| {
            iteration.unwrap_or_else(|| {
                let siblings = self
                    .opened
                    .iter()
                    .filter(|known| self.steps.get(*known).is_some_and(|step| step.node == node));
                siblings.count() as u64
            })
        });
        let known = Step { node: node.to_owned(), open: true, paused: false, began: at, ended: None };
        self.steps.insert(id.clone(), known);
        self.opened.push(id.clone());
        let kind = self.nodes.kind(node);
        let start = StepStart {
            name: self.nodes.name(node).to_owned(),
            kind: step_kind(kind),
            node_type: (!kind.is_empty()).then(|| kind.to_owned()),
            order,
            iteration: inside,
            ..StepStart::default()
        };
        let source = self.source(&id);
        Draft::new(EventBody::StepStart(start)).step(id).under_opt(parent).said_by(source)
    }

    fn end(&mut self, id: &StepId, end: StepEnd, parent: Option<StepId>) -> Draft {
        if let Some(step) = self.steps.get_mut(id) {
            step.open = false;
        }
        let source = self.source(id);
        Draft::new(EventBody::StepEnd(end)).step(id.clone()).under_opt(parent).said_by(source)
    }

    /// Only model nodes have times of their own; for the others it counts when the peer said that they began and ended.
    fn times(&self, id: &StepId, data: &Value, order: u64, at: Timestamp) -> Times {
        let own = &data["output"]["timeMetadata"];
        let began = own["start"].as_i64().and_then(|ms| Timestamp::from_millisecond(ms).ok());
        let step = self.steps.get(id);
        let heard = step.and_then(|step| {
            step.ended
                .as_ref()
                .filter(|(_, until, _)| *until < at)
                .and_then(|(_, until, _)| between(step.began, *until))
        });
        Times { started_at: began, duration_ms: own["delta"].as_u64().or(heard), order: Some(order) }
    }
}

fn between(began: Timestamp, until: Timestamp) -> Option<u64> {
    u64::try_from(until.as_millisecond() - began.as_millisecond()).ok()
}

/// The step of the `number`-th run of a node.
pub(crate) fn step_id(node: &str, number: u64) -> StepId {
    StepId(format!("{node}#{number}"))
}

fn status_of(status: &str) -> Option<StepStatus> {
    match status {
        "FINISHED" => Some(StepStatus::Succeeded),
        "ERROR" | "TIMEOUT" => Some(StepStatus::Failed),
        "TERMINATED" => Some(StepStatus::Cancelled),
        _ => None,
    }
}

fn step_kind(kind: &str) -> StepKind {
    match kind {
        "agentAgentflow" | "agent" => StepKind::Agent,
        "llmAgentflow" | "conditionAgentAgentflow" => StepKind::Model,
        "iterationAgentflow" => StepKind::Loop,
        "executeFlowAgentflow" => StepKind::Workflow,
        "humanInputAgentflow" => StepKind::Wait,
        _ => StepKind::Node,
    }
}

/// Tokens and cost of one node.
fn usage(output: &Value) -> Option<Usage> {
    let usage = &output["usageMetadata"];
    let count = |key: &str| usage[key].as_u64();
    if count("input_tokens").is_none() && count("output_tokens").is_none() {
        return None;
    }
    let model = ["model_name", "model"].iter().find_map(|key| output["responseMetadata"][*key].as_str());
    Some(Usage {
        model: model.map(str::to_owned),
        input_tokens: count("input_tokens").unwrap_or_default(),
        output_tokens: count("output_tokens").unwrap_or_default(),
        cost_usd: usage["total_cost"].as_f64(),
        estimated: false,
    })
}

fn citation_key(citation: &Citation) -> String {
    format!("citation:{:?}:{:?}", citation.url.as_ref().or(citation.title.as_ref()), citation.text)
}

fn artifact_key(artifact: &Artifact) -> String {
    format!("artifact:{}:{:?}:{:?}", artifact.name, artifact.url, artifact.json)
}
