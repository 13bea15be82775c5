//! What a simulated server offers.

use std::{fmt, io, sync::Arc};

use futures_util::future::BoxFuture;
use serde_json::{Value, json};

use super::{
    Face, Script,
    call::{Call, Ending, Reply},
    tools,
};
use crate::mcp::corpus::{Recording, recording};

/// What a tool does.
pub(super) type Run = Arc<dyn Fn(Call) -> BoxFuture<'static, Result<Reply, Ending>> + Send + Sync>;

/// One tool.
#[derive(Clone)]
pub(super) struct Tool {
    /// As it is listed.
    pub(super) definition: Value,
    pub(super) run: Run,
    /// The scope that a caller needs.
    pub(super) scope: Option<&'static str>,
    /// Whether it becomes a task in 2026-07-28, for clients that know tasks.
    pub(super) long: bool,
}

impl fmt::Debug for Tool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tool").field("definition", &self.definition).finish_non_exhaustive()
    }
}

impl Tool {
    pub(super) fn new<F, Fut>(definition: Value, run: F) -> Self
    where
        F: Fn(Call) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Reply, Ending>> + Send + 'static,
    {
        Self { definition, run: Arc::new(move |call| Box::pin(run(call))), scope: None, long: false }
    }

    pub(super) fn name(&self) -> &str {
        self.definition["name"].as_str().unwrap_or_default()
    }

    /// `required`, `optional` or `forbidden` (2025-11-25).
    pub(super) fn task_support(&self) -> &str {
        self.definition["execution"]["taskSupport"].as_str().unwrap_or("forbidden")
    }
}

/// Everything that is offered.
#[derive(Debug)]
pub(super) struct Catalogue {
    pub(super) tools: Vec<Tool>,
    pub(super) prompts: Vec<Value>,
    pub(super) resources: Vec<Value>,
    pub(super) templates: Vec<Value>,
    /// Result of `initialize` as recorded.
    pub(super) initialize: Value,
    /// Result of `server/discover` as recorded.
    pub(super) discover: Value,
    /// The form that server-everything asks to be filled in, as recorded.
    pub(super) form: Value,
}

impl Catalogue {
    /// Reads what the recordings have, and adds the tools of this testkit where the script wants them.
    pub(super) fn new(script: &Script) -> io::Result<Self> {
        let everything = recording("stdio-2025-11-25-everything-probe-then-initialize")?;
        let lab = recording("http-2025-11-25-lab-session")?;
        let modern = recording("stdio-2026-07-28-lab-mrtr-progress")?;
        let own = if script.face == Face::Everything { &everything } else { &lab };
        let tasks = recording("http-2025-11-25-everything-tasks-offers")?;
        let offered = recording("http-2026-07-28-lab-offers-refusals")?;
        let offers = if script.face == Face::Everything { &tasks } else { &offered };
        let listed = if script.face == Face::Lab && script.speaks_modern() { &modern } else { own };
        let form = everything.said().into_iter().find(|message| message["method"] == "elicitation/create");
        let form = form.map(|mut message| message["params"].take()).unwrap_or_default();
        let mut catalogue = Self {
            tools: recorded_tools(listed)?.into_iter().filter_map(tools::recorded).collect(),
            prompts: entries(offers, "prompts"),
            resources: entries(offers, "resources"),
            templates: entries(offers, "resourceTemplates"),
            initialize: result(own, "serverInfo")?,
            discover: result(&modern, "supportedVersions")?,
            form,
        };
        if script.extras {
            catalogue.add_extras(&everything, script.face)?;
        }
        if script.demo {
            catalogue.be_the_demo();
        }
        Ok(catalogue)
    }

    fn add_extras(&mut self, everything: &Recording, face: Face) -> io::Result<()> {
        if face == Face::Lab {
            // Its forms show what a schema can have; the lab's are small.
            let known: Vec<Tool> =
                recorded_tools(everything)?.into_iter().filter_map(tools::recorded).collect();
            self.tools.extend(known);
        }
        self.tools.extend(tools::extras());
        self.prompts.retain(|known| known["name"] != "greet");
        self.prompts.extend([
            json!({"name": "greet", "title": "Greet", "description": "Asks to greet somebody.", "arguments": [
                {"name": "name", "description": "Who is greeted.", "required": true},
            ]}),
            json!({"name": "illustrated", "description": "A prompt with an image and a resource.", "arguments": []}),
            json!({"name": "ask_first", "description": "Asks for a name before it gives the prompt (2026-07-28).", "arguments": []}),
        ]);
        self.resources.retain(|known| known["uri"] != "lab://fixed");
        self.resources.extend([
            json!({"name": "fixed", "uri": "lab://fixed", "mimeType": "text/plain", "description": "Text that stays."}),
            json!({"name": "counter", "uri": "lab://counter", "mimeType": "text/plain", "description": "How often bump was called."}),
            json!({"name": "picture", "uri": "lab://picture", "mimeType": "image/png", "size": 70,
                "annotations": {"audience": ["user"], "priority": 0.5}}),
        ]);
        self.templates.retain(|known| known["name"] != "note");
        self.templates.push(json!({"name": "note", "uriTemplate": "lab://note/{n}", "mimeType": "text/plain", "description": "A note by its number."}));
        let legacy = &mut self.initialize["capabilities"];
        let modern = &mut self.discover["capabilities"];
        for capabilities in [legacy, modern] {
            capabilities["tools"] = json!({"listChanged": true});
            capabilities["prompts"] = json!({"listChanged": true});
            capabilities["resources"] = json!({"subscribe": true, "listChanged": true});
            capabilities["completions"] = json!({});
            capabilities["logging"] = json!({});
        }
        self.initialize["capabilities"]["tasks"] =
            json!({"list": {}, "cancel": {}, "requests": {"tools": {"call": {}}}});
        self.discover["capabilities"]["extensions"]["io.modelcontextprotocol/tasks"] = json!({});
        Ok(())
    }

    /// Shows what is worth looking at, and says what it is.
    fn be_the_demo(&mut self) {
        self.tools = tools::shown(std::mem::take(&mut self.tools));
        let server = json!({"name": "demo-mcp", "title": "Simulated MCP server", "version": "1.0.0"});
        let words = "This server is simulated: it is a part of Jackfield and answers in the form of two real servers that were recorded \
            (server-everything, and one on FastMCP). Nothing that its tools do reaches anything outside.";
        self.initialize["serverInfo"] = server.clone();
        self.initialize["instructions"] = words.into();
        self.discover["_meta"]["io.modelcontextprotocol/serverInfo"] = server;
        self.discover["instructions"] = words.into();
    }

    pub(super) fn tool(&self, name: &str) -> Option<Tool> {
        self.tools.iter().find(|tool| tool.name() == name).cloned()
    }
}

fn recorded_tools(recording: &Recording) -> io::Result<Vec<Value>> {
    match result(recording, "tools")?["tools"].take() {
        Value::Array(tools) => Ok(tools),
        _ => Err(io::Error::other(format!("{}: no tools", recording.name))),
    }
}

/// A recorded list; empty where none was recorded.
fn entries(recording: &Recording, key: &str) -> Vec<Value> {
    let list = recording.result_with(key).map(|mut result| result[key].take());
    list.and_then(|list| list.as_array().cloned()).unwrap_or_default()
}

fn result(recording: &Recording, key: &str) -> io::Result<Value> {
    recording
        .result_with(key)
        .ok_or_else(|| io::Error::other(format!("{}: no result with {key}", recording.name)))
}
