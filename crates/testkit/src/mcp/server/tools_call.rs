//! `tools/call`: at once, in rounds, or as a task.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{
    Face,
    call::{Asking, Call, Ending, Reply},
    catalogue::Tool,
    envelope::Fault,
    methods::Request,
    render, rounds,
    tasks::Task,
};

/// How long a task is kept when the client does not say, in milliseconds.
const TTL_MS: u64 = 300_000;

pub(super) async fn call(request: Request) -> Result<Value, Ending> {
    let name = request.params["name"].as_str().unwrap_or_default().to_owned();
    let found = request.world.catalogue().tool(&name);
    let Some(tool) = found else {
        let words = match request.face() {
            Face::Everything => format!("MCP error -32602: Tool {name} not found"),
            Face::Lab => format!("Unknown tool: '{name}'"),
        };
        return Ok(rendered(&request, Reply::error(words)));
    };
    let continued = !request.params["requestState"].is_null() || !request.params["inputResponses"].is_null();
    if !continued {
        *request.world.counts().calls.entry(name.clone()).or_default() += 1;
        request.world.tell();
    }
    if let Some(missing) = missing(&tool, &request.params["arguments"]) {
        let words = format!("Input validation error: '{missing}' is a required property");
        let words = request.face().words(-32602, words);
        return Ok(rendered(&request, Reply::error(words)));
    }
    let wanted = match (wanted_task(&request, &tool), request.face()) {
        // The TypeScript SDK makes a result of it.
        (Err(fault), Face::Everything) => return Ok(rendered(&request, Reply::error(fault.message))),
        (wanted, _) => wanted?,
    };
    if let Some(ttl_ms) = wanted {
        return Ok(begin_task(&request, tool, &name, ttl_ms));
    }
    let call = request.direct_call(&name)?;
    let answers = match &call.asking {
        Asking::Rounds(answers) => answers.clone(),
        _ => serde_json::Map::new(),
    };
    let done = run(&tool, call).await;
    if matches!(done, Err(Ending::Cancelled)) {
        request.world.counts().cancelled.push(name.clone());
        request.world.tell();
    }
    match done {
        Err(Ending::Asks(asks)) => Ok(request.complete(rounds::result(&name, asks, &answers))),
        done => Ok(rendered(&request, done?)),
    }
}

/// Runs a tool; one that does not listen to its cancellation is left alone.
async fn run(tool: &Tool, call: Call) -> Result<Reply, Ending> {
    let stop = call.stop.clone();
    let done = (tool.run)(call).await;
    if stop.is_stopped() { Err(Ending::Cancelled) } else { done }
}

fn rendered(request: &Request, reply: Reply) -> Value {
    render::reply(request.face(), request.revision, &request.server(), reply)
}

fn missing(tool: &Tool, arguments: &Value) -> Option<String> {
    let required = tool.definition["inputSchema"]["required"].as_array()?;
    required.iter().filter_map(Value::as_str).find(|name| arguments.get(name).is_none()).map(str::to_owned)
}

/// How long the task is to be kept, when the call becomes one.
fn wanted_task(request: &Request, tool: &Tool) -> Result<Option<u64>, Fault> {
    if request.revision.is_modern() {
        let can =
            request.session.known().capabilities["extensions"].get("io.modelcontextprotocol/tasks").is_some();
        return Ok((can && tool.long).then_some(TTL_MS));
    }
    let asked = &request.params["task"];
    let refused = |words: String| Err(Fault::new(-32601, request.face().words(-32601, words)));
    match (tool.task_support(), asked.is_object()) {
        ("required", false) => {
            refused(format!("Tool {} requires task augmentation (taskSupport: 'required')", tool.name()))
        }
        ("forbidden", true) => refused(format!("Tool {} does not support task augmentation", tool.name())),
        (_, true) => Ok(Some(asked["ttl"].as_u64().unwrap_or(TTL_MS))),
        (_, false) => Ok(None),
    }
}

fn begin_task(request: &Request, tool: Tool, name: &str, ttl_ms: u64) -> Value {
    let task = Arc::new(Task::new(Some(ttl_ms)));
    request.world.tasks().insert(task.id.clone(), task.clone());
    let call = request.task_call(name, &task);
    let (face, revision, server) = (request.face(), request.revision, request.server());
    let (world, session, working) = (request.world.clone(), request.session.clone(), task.clone());
    request.world.spawn(async move {
        let done = run(&tool, call).await;
        if matches!(done, Err(Ending::Cancelled)) {
            world.counts().cancelled.push(tool.name().to_owned());
            world.tell();
        }
        working.end(done.map(|reply| render::reply(face, revision, &server, reply)));
        if !revision.is_modern() {
            session.general.say(face.notification("notifications/tasks/status", Some(working.legacy())));
        }
    });
    if request.revision.is_modern() {
        let mut result = task.modern();
        result["resultType"] = "task".into();
        request.complete(result)
    } else {
        json!({"task": task.legacy()})
    }
}
