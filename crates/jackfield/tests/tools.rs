//! Tools, resources and prompts of an MCP server on the command line, with the real binary and a simulated server.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test; clippy only knows test functions"
)]

mod support;

use jackfield_testkit::mcp::server::{Reply, Script, SimulatedMcp};
use serde_json::{Value, json};
use support::{Hub, Said, until};
use tokio::runtime::Runtime;

/// A hub with a simulated MCP server as its backend `lab`.
struct Lab {
    hub: Hub,
    mcp: SimulatedMcp,
    added: Said,
    _dir: tempfile::TempDir,
    _runtime: Runtime,
}

impl Lab {
    fn new() -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let mcp = runtime.block_on(SimulatedMcp::start(Script::both())).unwrap();
        let _inside = runtime.enter();
        mcp.add_tool(typed(), |call| async move { Ok(Reply::text(call.arguments.to_string())) });
        drop(_inside);
        let dir = tempfile::tempdir().unwrap();
        let hub = Hub::start(&dir.path().join("data"), &[]);
        let added = hub.say(&["backend", "add", "lab", "--platform", "mcp", "--url", &mcp.url()]).ok();
        Self { hub, mcp, added, _dir: dir, _runtime: runtime }
    }

    fn say(&self, args: &[&str]) -> Said {
        self.hub.say(args)
    }
}

/// A tool that says which arguments came.
fn typed() -> Value {
    json!({
        "name": "typed", "description": "Says what came.\nAnd more.",
        "annotations": {"readOnlyHint": true},
        "inputSchema": {
            "type": "object", "required": ["zip"], "additionalProperties": false,
            "properties": {
                "zip": {"type": "string", "description": "Where."},
                "days": {"type": "integer", "maximum": 9},
                "tags": {"type": "array", "items": {"type": "string"}},
                "at": {"type": "object", "properties": {"lat": {"type": "number"}}},
            },
        },
    })
}

#[test]
fn an_mcp_server_is_added_and_its_tools_are_found_and_shown() {
    let lab = Lab::new();
    assert!(
        lab.added.out.contains("Added as 'lab'") && lab.added.out.contains("lab__add"),
        "{:?}",
        lab.added
    );
    let tools = lab.say(&["tool", "list", "--json"]).ok().json();
    let named =
        |name: &str| tools.as_array().unwrap().iter().find(|tool| tool["name"] == name).unwrap().clone();
    assert_eq!(
        (&named("add")["qualified_name"], &named("add")["backend"]),
        (&json!("lab__add"), &json!("lab"))
    );
    let listed = lab.say(&["tool", "list", "--query", "what came"]).ok().out;
    assert!(listed.contains("lab__typed") && !listed.contains("lab__add"), "{listed}");
    assert!(listed.contains("Says what came.") && !listed.contains("And more"), "{listed}");
    let shown = lab.say(&["tool", "show", "typed"]).ok().out;
    for part in
        ["lab__typed", "zip", "required", "integer", "only reads", "jackfield tool call lab__typed zip=…"]
    {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    assert_eq!(lab.say(&["tool", "show", "lab/typed", "--json"]).ok().json(), named("typed"));
    let backend = lab.say(&["backend", "show", "lab"]).ok().out;
    assert!(backend.contains("protocol") && backend.contains("offers"), "{backend}");
    lab.say(&["backend", "log", "lab"]).ok();
    let nobody = lab.say(&["tool", "show", "nothing"]);
    assert_eq!((nobody.code, nobody.err.contains("There is no tool 'nothing'")), (1, true), "{nobody:?}");
}

#[test]
fn arguments_are_typed_by_the_schema_and_refused_with_their_places() {
    let lab = Lab::new();
    let call = ["tool", "call", "typed", "zip=01067", "days=3", "tags=a", "tags=b", "at.lat=51.05"];
    let came = lab.say(&call).ok();
    assert_eq!(came.err, "");
    let expected = json!({"zip": "01067", "days": 3, "tags": ["a", "b"], "at": {"lat": 51.05}});
    assert_eq!(came.json(), expected);
    let over = lab.say(&["tool", "call", "typed", "--args", r#"{"zip":"x","days":1}"#, "days=2"]).ok();
    assert_eq!(over.json(), json!({"zip": "x", "days": 2}));
    let before = lab.mcp.calls("typed");

    let wrong = lab.say(&["tool", "call", "typed", "zip=a", "days=many"]);
    assert_eq!((wrong.code, wrong.err.contains("days: 'many' is no integer.")), (2, true), "{wrong:?}");
    let wrong = lab.say(&["tool", "call", "typed", "days=20", "more=1"]);
    assert_eq!(wrong.code, 2, "{wrong:?}");
    for place in ["/days", "zip", "more"] {
        assert!(wrong.err.contains(place), "{place}: {wrong:?}");
    }
    let wrong = lab.say(&["tool", "call", "typed", "--args", "[1]"]);
    assert_eq!((wrong.code, wrong.err.contains("--args must be a JSON object")), (2, true), "{wrong:?}");
    assert_eq!(lab.mcp.calls("typed"), before, "nothing of that was sent");
}

#[test]
fn a_call_is_a_run_and_its_result_is_shown_by_kind() {
    let lab = Lab::new();
    // What is structured and said as text too is printed once.
    assert_eq!(lab.say(&["tool", "call", "add", "a=2", "b=3"]).ok().json(), json!({"sum": 5}));
    let events = lab.say(&["tool", "call", "add", "a=2", "b=3", "--json"]).ok().lines();
    assert_eq!((&events[0]["type"], &events[0]["data"]["workflow"]), (&json!("start"), &json!("add")));
    let done = events.last().unwrap();
    assert_eq!(done["data"]["outcome"], "succeeded");
    let run = lab.say(&["runs", "show", done["run_id"].as_str().unwrap(), "--json"]).ok().json();
    let tool = lab.say(&["tool", "show", "add", "--json"]).ok().json();
    assert_eq!(run["tool_id"], tool["id"]);

    let picture = lab.say(&["tool", "call", "picture"]).ok();
    assert_eq!(picture.out, "");
    assert!(picture.err.contains("image/png"), "{picture:?}");
    let folder = tempfile::tempdir().unwrap();
    lab.say(&["tool", "call", "picture", "--out", folder.path().to_str().unwrap()]).ok();
    let saved = std::fs::read_dir(folder.path()).unwrap().next().unwrap().unwrap().path();
    assert!(std::fs::read(saved).unwrap().starts_with(b"\x89PNG"));

    let failed = lab.say(&["tool", "call", "fail", "message=canary"]);
    assert_eq!((failed.code, failed.err.contains("canary")), (1, true), "{failed:?}");
}

#[test]
fn a_server_that_asks_is_answered() {
    let lab = Lab::new();
    let started = lab.say(&["tool", "call", "ask_name", "--detach"]).ok();
    let run = started.out.trim();
    until("it asks", || lab.say(&["runs", "show", run, "--json"]).ok().json()["status"] == "waiting");
    lab.say(&["runs", "answer", run, "--data", r#"{"name":"Ada","colour":"red"}"#]).ok();
    let followed = lab.say(&["runs", "follow", run]).ok();
    assert!(followed.out.contains("accept") && followed.out.contains("Ada"), "{followed:?}");
}

#[test]
fn a_changed_tool_is_marked_until_it_is_accepted() {
    let lab = Lab::new();
    lab.mcp.redefine("typed", |tool| tool["description"] = "Something else.".into());
    lab.say(&["backend", "discover", "lab"]).ok();
    let changed = lab.say(&["tool", "list", "--status", "changed", "--json"]).ok().json();
    assert_eq!((changed.as_array().unwrap().len(), &changed[0]["name"]), (1, &json!("typed")));
    let shown = lab.say(&["tool", "show", "typed"]).ok().out;
    assert!(shown.contains("description since it was accepted"), "{shown}");
    assert!(lab.say(&["tool", "accept", "typed"]).ok().out.contains("Accepted 'lab__typed'"));
    assert!(lab.say(&["tool", "accept", "typed"]).ok().out.contains("Nothing had changed"));
    assert_eq!(lab.say(&["tool", "list", "--status", "changed", "--json"]).ok().json(), json!([]));
    assert_eq!(lab.say(&["tool", "list", "--status", "broken"]).code, 2);
}

#[test]
fn resources_and_prompts_are_listed_and_read() {
    let lab = Lab::new();
    let listed = lab.say(&["resource", "list"]).ok().out;
    assert!(listed.contains("lab://fixed"), "{listed}");
    assert!(lab.say(&["resource", "list", "--templates"]).ok().out.contains("lab://note/{n}"));
    let fixed = lab.say(&["resource", "read", "lab://fixed"]).ok();
    assert!(!fixed.out.is_empty() && fixed.err.is_empty(), "{fixed:?}");
    // Not in the list, but there is only one server.
    assert!(lab.say(&["resource", "read", "lab://note/7"]).ok().out.contains('7'));
    let picture = lab.say(&["resource", "read", "lab://picture", "--json"]).ok().json();
    assert!(picture["contents"][0]["base64"].is_string(), "{picture}");
    let folder = tempfile::tempdir().unwrap();
    let into = folder.path().to_str().unwrap();
    lab.say(&["resource", "read", "lab://picture", "--backend", "lab", "--out", into]).ok();
    assert!(std::fs::read(folder.path().join("picture")).unwrap().starts_with(b"\x89PNG"));
    assert_ne!(lab.say(&["resource", "read", "lab://nothing"]).code, 0);

    assert!(lab.say(&["prompt", "list"]).ok().out.contains("greet"));
    let greeted = lab.say(&["prompt", "get", "lab/greet", "name=Ada"]).ok();
    assert!(greeted.out.contains("user") && greeted.out.contains("Ada"), "{greeted:?}");
    let missing = lab.say(&["prompt", "get", "greet"]);
    assert_eq!((missing.code, missing.err.contains("Add name=…")), (2, true), "{missing:?}");
}

#[test]
fn what_cannot_be_added_says_why_and_shows_no_secret() {
    let lab = Lab::new();
    let gone = lab.say(&["backend", "add", "gone", "--", "/no/such/program", "--flag"]);
    assert_eq!((gone.code, gone.out.contains("/no/such/program")), (3, true), "{gone:?}");
    assert!(gone.err.contains("Nothing was added"), "{gone:?}");
    let secret = lab.say(&["backend", "add", "x", "--secret-env", "KEY=canary", "--", "true"]);
    assert_eq!((secret.code, secret.err.contains("canary")), (2, false), "{secret:?}");
    for (args, part) in [
        (&["backend", "add", "zapier", "--url", "http://x"][..], "--platform mcp"),
        (&["backend", "add", "n8n", "--", "true"], "takes neither a command"),
        (&["backend", "add", "x", "--platform", "mcp"], "--url"),
        (&["backend", "add", "mcp", "--url", "http://x", "--env", "A=b"], "COMMAND"),
    ] {
        let said = lab.say(args);
        assert_eq!((said.code, said.err.contains(part)), (2, true), "{args:?}: {said:?}");
    }
    let names: Vec<String> = lab
        .say(&["backend", "list", "--json"])
        .ok()
        .json()
        .as_array()
        .unwrap()
        .iter()
        .map(|backend| backend["name"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(names, ["lab"]);
}
