//! The program under test of the MCP conformance suite: Jackfield's own client path, driven as the hub drives it. The suite appends its server's
//! address and says in the environment which scenario it plays. Run by `cargo xtask conformance`.
#![allow(
    missing_docs,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a program for tests, which reads what the suite puts into the environment"
)]

use std::{collections::BTreeMap, env, error::Error, process::ExitCode, sync::Arc, time::Duration};

use futures_channel::mpsc;
use futures_util::StreamExt as _;
use jackfield_backends::LocalPrograms;
use jackfield_protocol::{
    error::{ErrorCode, Failure},
    event::{Draft, EventBody, Start, Transcript},
    ids::RunId,
    model::{HealthState, InputAnswer, Platform, RunInput, ToolInfo, WorkflowInfo},
    port::{
        AttemptEnd, BackendClient, Progress, ResolvedBackend, ResumeRequest, RunRequest, Secrets,
        SignInAnswer, Signal,
    },
    time::now,
};
use serde_json::{Map, Value, json};
use url::Url;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

#[tokio::main]
async fn main() -> ExitCode {
    // The only provider in the graph.
    let _ = rustls::crypto::ring::default_provider().install_default();
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Outcome<()> {
    let url = env::args().nth(1).ok_or("give the address of the server")?;
    let scenario = env::var("MCP_CONFORMANCE_SCENARIO").unwrap_or_default();
    let context: Value = env::var("MCP_CONFORMANCE_CONTEXT")
        .ok()
        .and_then(|text| serde_json::from_str(&text).ok())
        .unwrap_or_default();
    let client = client(&url, &scenario, &context)?;
    connect(&client).await?;
    if scenario == "initialize" {
        client.discover_tools().await?;
        return Ok(());
    }
    offers(&client).await?;
    let tools = listed(&client).await?;
    let calls = calls(&scenario, &context, &tools);
    // Some scenarios look at calls that go on side by side.
    let running = calls.into_iter().map(|(tool, arguments)| call(&client, tool, arguments));
    for end in futures_util::future::join_all(running).await {
        println!("{}", end?);
    }
    Ok(())
}

/// The client as the hub builds it.
fn client(url: &str, scenario: &str, context: &Value) -> Outcome<Arc<dyn BackendClient>> {
    let revision = env::var("MCP_CONFORMANCE_PROTOCOL_VERSION").unwrap_or_else(|_| "auto".to_owned());
    let text = |name: &str| context[name].as_str().map(str::to_owned);
    let mut options = json!({
        "protocol": revision,
        "transport": "streamable_http",
        "client_id": text("client_id"),
        "client_issuer": text("issuer"),
        "client_metadata_url": "https://conformance-test.local/client-metadata.json",
    });
    if scenario.contains("client-credentials-jwt") {
        options["sign_in"] = json!("private_key_jwt");
    } else if scenario.contains("client-credentials") {
        options["sign_in"] = json!("client_credentials");
    } else if scenario.contains("wif-jwt-bearer") {
        options["sign_in"] = json!("workload");
    } else if scenario.contains("enterprise-managed") {
        options["sign_in"] = json!("enterprise_managed");
        for name in ["idp_issuer", "idp_token_endpoint", "idp_client_id"] {
            options[name] = json!(text(name));
        }
    }
    let given = [
        ("client_secret", "client_secret"),
        ("private_key", "private_key_pem"),
        ("assertion", "valid_jwt"),
        ("idp_id_token", "idp_id_token"),
    ];
    let secrets: Secrets =
        given.into_iter().filter_map(|(name, given)| Some((name.to_owned(), text(given)?.into()))).collect();
    let factories = jackfield_backends::platforms(LocalPrograms::default());
    let factory = factories.iter().find(|factory| factory.platform() == Platform::Mcp).ok_or("no MCP")?;
    Ok(factory.build(ResolvedBackend::unsaved(url, options, secrets))?)
}

/// Connects, and signs in as often as the server asks for it.
async fn connect(client: &Arc<dyn BackendClient>) -> Outcome<()> {
    for _ in 0..5 {
        let report = client.test_connection().await;
        match report.state {
            HealthState::Connected => return Ok(()),
            HealthState::SignInRequired => sign_in(client).await?,
            _ => {
                return Err(report
                    .failure()
                    .map_or_else(|| "no connection".to_owned(), ToString::to_string)
                    .into());
            }
        }
    }
    Err("the server asks for a sign-in again and again".into())
}

/// Signs in as a browser would: follows the address, and brings back what it is redirected with.
async fn sign_in(client: &Arc<dyn BackendClient>) -> Outcome<()> {
    let begun = client.begin_sign_in("http://localhost:3000/callback").await?;
    let browser = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(Duration::from_secs(10))
        .no_proxy()
        .tls_backend_preconfigured(
            rustls::ClientConfig::builder()
                .with_root_certificates(rustls::RootCertStore::empty())
                .with_no_client_auth(),
        )
        .build()?;
    let answer = browser.get(&begun.url).send().await?;
    let location = answer.headers().get("location").ok_or("the sign-in page redirects nowhere")?;
    let back = Url::parse(location.to_str()?)?;
    let given =
        |name: &str| back.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    client
        .finish_sign_in(&SignInAnswer {
            state: given("state").unwrap_or(begun.state),
            code: given("code"),
            iss: given("iss"),
            error: given("error"),
            error_description: given("error_description"),
        })
        .await?;
    Ok(())
}

/// Everything but tools is read once, so that its headers and forms are seen.
async fn offers(client: &Arc<dyn BackendClient>) -> Outcome<()> {
    let offers = client.discover_offers().await?.unwrap_or_default();
    for resource in offers.resources.iter().take(3) {
        let _ = client.read_resource(&resource.uri).await;
    }
    for prompt in offers.prompts.iter().take(3) {
        let arguments: BTreeMap<String, String> =
            prompt.arguments.iter().map(|argument| (argument.name.clone(), "x".to_owned())).collect();
        let _ = client.get_prompt(&prompt.name, &arguments).await;
    }
    Ok(())
}

async fn listed(client: &Arc<dyn BackendClient>) -> Outcome<Vec<ToolInfo>> {
    for _ in 0..4 {
        match client.discover_tools().await {
            Err(failure) if failure.code == ErrorCode::PeerSignIn => sign_in(client).await?,
            tools => return Ok(tools?),
        }
    }
    Err("the list asks for a sign-in again and again".into())
}

/// What is to be called: as the suite says, else every tool with arguments made from its schema.
fn calls(scenario: &str, context: &Value, tools: &[ToolInfo]) -> Vec<(ToolInfo, Value)> {
    let find = |name: &str| tools.iter().find(|tool| tool.name == name && tool.problem.is_none()).cloned();
    if let Some(asked) = context["toolCalls"].as_array() {
        let call = |asked: &Value| Some((find(asked["name"].as_str()?)?, asked["arguments"].clone()));
        return asked.iter().filter_map(call).collect();
    }
    let schemas: Vec<Value> = tools.iter().map(|tool| tool.definition["inputSchema"].clone()).collect();
    let usable = tools.iter().filter(|tool| tool.problem.is_none());
    let made = usable.map(|tool| (tool.clone(), arguments(&tool.input_schema)));
    let mut made: Vec<(ToolInfo, Value)> = made.collect();
    if scenario.contains("preservation") {
        for (tool, arguments) in &mut made {
            if let (Some(fields), Some(first)) = (arguments.as_object_mut(), schemas.first()) {
                for (name, value) in fields {
                    if name.to_lowercase().contains("schema") {
                        *value = schemas
                            .iter()
                            .find(|schema| **schema != tool.input_schema)
                            .unwrap_or(first)
                            .clone();
                    }
                }
            }
        }
    }
    made
}

/// Arguments that fit a schema, as simple as can be.
fn arguments(schema: &Value) -> Value {
    let fields = schema["properties"].as_object().cloned().unwrap_or_default();
    let one = |(name, field): (String, Value)| {
        let value = field.get("default").cloned().unwrap_or_else(|| match field["type"].as_str() {
            Some("integer" | "number") => json!(5),
            Some("boolean") => json!(true),
            Some("object") => arguments(&field),
            Some("array") => json!([]),
            _ => field["enum"].get(0).cloned().unwrap_or_else(|| json!("x")),
        });
        (name, value)
    };
    Value::Object(fields.into_iter().map(one).collect::<Map<_, _>>())
}

/// One call, seen to its end as the engine does it: questions are answered with the defaults of their forms, and a sign-in that
/// is asked for in the middle is done.
async fn call(client: &Arc<dyn BackendClient>, tool: ToolInfo, arguments: Value) -> Outcome<String> {
    let name = tool.name.clone();
    for _ in 0..4 {
        let (end, errors) = attempt(client, tool.clone(), arguments.clone()).await?;
        if errors.contains(&ErrorCode::PeerSignIn) {
            sign_in(client).await?;
            continue;
        }
        return Ok(format!("{name}: {end}"));
    }
    Err(format!("{name}: the server asks for a sign-in again and again").into())
}

async fn attempt(
    client: &Arc<dyn BackendClient>,
    tool: ToolInfo,
    arguments: Value,
) -> Outcome<(String, Vec<ErrorCode>)> {
    let run = RunRequest {
        run_id: RunId::new(),
        attempt: 1,
        created_at: now(),
        workflow: WorkflowInfo { name: tool.name.clone(), ..WorkflowInfo::default() },
        entry: None,
        input: RunInput { data: Some(arguments), ..RunInput::default() },
        tool: Some(tool),
        files: Vec::new(),
        conversation_id: None,
        history: Vec::new(),
    };
    let (mut tell, signals) = mpsc::channel(16);
    let mut stream = client.stream_completion(run.clone(), signals);
    let mut seen = Transcript::new();
    let mut errors = Vec::new();
    let start = Start {
        backend: String::new(),
        platform: Platform::Mcp,
        workflow_id: None,
        workflow: String::new(),
        entry: None,
        simulated: false,
    };
    seen.apply(&Draft::new(EventBody::Start(start)).stamp(run.run_id, 1, now(), None));
    while let Some(progress) = stream.next().await {
        match progress {
            Progress::Draft(draft) => {
                if let EventBody::Error(error) = &draft.body {
                    errors.push(error.code);
                }
                let asks = match &draft.body {
                    EventBody::InputRequired(question) => Some(question.clone()),
                    _ => None,
                };
                seen.apply(&draft.stamp(run.run_id, seen.last_seq + 1, now(), None));
                if let Some(question) = asks {
                    let data = question.schema.as_ref().map(defaults);
                    let answer = InputAnswer { choice: Some("accept".to_owned()), text: None, data };
                    let request = ResumeRequest { run: run.clone(), checkpoint: None, seen: seen.clone() };
                    client.answer_input(&request, &question, &answer).await?;
                    tell.try_send(Signal::Answered(question.request_id))?;
                }
            }
            Progress::Checkpoint(_) => {}
            Progress::End(AttemptEnd::Done(done)) => return Ok((format!("{:?}", done.outcome), errors)),
            Progress::End(AttemptEnd::NotSent(failure) | AttemptEnd::Lost(failure)) => {
                errors.push(failure.code);
                return Ok((brief(&failure), errors));
            }
        }
    }
    Err("the stream ended without its end".into())
}

fn brief(failure: &Failure) -> String {
    format!("{} ({})", failure.message, failure.code)
}

/// What a form proposes by itself.
fn defaults(schema: &Value) -> Value {
    let fields = schema["properties"].as_object().cloned().unwrap_or_default();
    let required: Vec<&str> =
        schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let mut data = Map::new();
    for (name, field) in fields {
        match field.get("default") {
            Some(default) => drop(data.insert(name, default.clone())),
            None if required.contains(&name.as_str()) => {
                let filled = arguments(&json!({"properties": {"x": field}}));
                drop(data.insert(name, filled["x"].clone()));
            }
            None => {}
        }
    }
    Value::Object(data)
}
