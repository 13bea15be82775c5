//! Acceptance against a real n8n: its own telemetry, received by the hub, shows tool calls while the run goes on.

use jackfield_protocol::event::{EventBody, StreamEvent};
use serde_json::{Value, json};

use super::{
    compare::trace_equals_record,
    hub::Hub,
    n8n::Lab,
    n8n_faults::{start, whole},
    report::Report,
};
use crate::TaskResult;

/// Switches n8n's export on, runs an agent whose workflow saves no progress, and switches it off again.
pub(super) async fn live_steps(lab: &Lab, hub: &Hub, report: &mut Report) -> TaskResult {
    println!("telemetry");
    lab.put("settings/otel", &settings(hub, true)).await?;
    let result = one_run(lab, hub).await;
    lab.put("settings/otel", &settings(hub, false)).await?;
    report.check("telemetry shows tools while the run goes on", result.map_err(|error| error.to_string()));
    Ok(())
}

fn settings(hub: &Hub, enabled: bool) -> Value {
    json!({
        "enabled": enabled,
        "exporterProtocol": "http/protobuf",
        "exporterEndpoint": format!("{}/api/v1/otlp", hub.url),
        "exporterTracingPath": "/v1/traces",
        "exporterHeaders": format!("x-jackfield-token={}", hub.token()),
        "exporterServiceName": "n8n",
        "tracesSampleRate": 1,
        "startupConnectivityTimeoutMs": 2000,
        "includeNodeSpans": true,
        "injectOutbound": true,
        "productionExecutionsOnly": true,
    })
}

async fn one_run(lab: &Lab, hub: &Hub) -> TaskResult<String> {
    let run = start(lab, hub, "lab", "ai-tool", json!({"text": "hi [tokens=60][delay=80][steps=3]"})).await?;
    let events = hub.follow(&run, 0, |_| false).await?;
    whole(&events)?;
    let last_word =
        events.iter().rfind(|event| matches!(event.body, EventBody::Delta(_))).ok_or("no text")?.seq;
    let early = events.iter().filter(|event| event.seq < last_word && is_provisional(event)).count();
    if early < 3 {
        let kinds: Vec<_> = events.iter().map(|event| event.body.kind()).collect();
        return Err(format!("only {early} ends before the last word: {kinds:?}").into());
    }
    let external =
        hub.get(&format!("runs/{run}")).await?["external_id"].as_str().ok_or("no execution id")?.to_owned();
    let trace = hub.get(&format!("runs/{run}/trace")).await?;
    if trace["steps"].as_array().into_iter().flatten().any(|step| step["provisional"] == true) {
        return Err(format!("the record did not complete a step: {}", trace["steps"]).into());
    }
    let steps = trace_equals_record(&trace, &lab.execution(&external).await?)?;
    Ok(format!("{early} of {steps} steps ended while it spoke, and all are as recorded"))
}

fn is_provisional(event: &StreamEvent) -> bool {
    match &event.body {
        EventBody::StepEnd(end) => end.provisional,
        EventBody::ToolEnd(end) => end.provisional,
        _ => false,
    }
}
