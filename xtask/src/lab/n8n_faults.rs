//! Acceptance against a real n8n: pauses, cancel, and everything that breaks.

use std::time::{Duration, Instant};

use jackfield_protocol::event::{EventBody, InputKind, LinkState, Outcome, StreamEvent, Transcript};
use jackfield_testkit::fault::FaultProxy;
use serde_json::{Value, json};

use super::{
    compare::{recorded_answer, trace_equals_record},
    hub::{Hub, HubOptions},
    n8n::Lab,
    report::Report,
};
use crate::TaskResult;

/// Starts a run of a lab workflow (by its file name) on a backend.
pub(super) async fn start(
    lab: &Lab,
    hub: &Hub,
    backend: &str,
    file: &str,
    input: Value,
) -> TaskResult<String> {
    let external = lab.state["wf"][file]["id"].as_str().ok_or(format!("the lab has no {file}"))?;
    let run = hub.post("runs", json!({"backend": backend, "workflow": external, "input": input})).await?;
    Ok(run["id"].as_str().ok_or("no run id")?.to_owned())
}

/// Every seq once, from 1, and the last event is `done`.
pub(super) fn whole(events: &[StreamEvent]) -> Result<(), String> {
    for (event, expected) in events.iter().zip(1..) {
        if event.seq != expected {
            return Err(format!("seq {} where {expected} was due", event.seq));
        }
    }
    match events.last().map(|event| &event.body) {
        Some(EventBody::Done(_)) => Ok(()),
        other => Err(format!("the last event is {:?}", other.map(EventBody::kind))),
    }
}

fn outcome(events: &[StreamEvent]) -> Option<Outcome> {
    events.iter().rev().find_map(|event| match &event.body {
        EventBody::Done(done) => Some(done.outcome),
        _ => None,
    })
}

fn external_id(events: &[StreamEvent]) -> Option<String> {
    events.iter().find_map(|event| match &event.body {
        EventBody::Link(link) if link.state == LinkState::Identified => link.detail.clone(),
        _ => None,
    })
}

/// The checks that every broken run has to pass.
async fn healed(lab: &Lab, hub: &Hub, run: &str, events: &[StreamEvent]) -> TaskResult<String> {
    whole(events)?;
    if outcome(events) != Some(Outcome::Succeeded) {
        return Err(format!("outcome {:?}", outcome(events)).into());
    }
    let external =
        hub.get(&format!("runs/{run}")).await?["external_id"].as_str().ok_or("no execution id")?.to_owned();
    let execution = lab.execution(&external).await?;
    let answer = recorded_answer(&execution).ok_or("n8n has no answer")?;
    let told = Transcript::of(events).answer();
    if !told.ends_with(&answer) {
        return Err(format!("the text is {told:?}, but n8n says {answer:?}").into());
    }
    let trace = hub.get(&format!("runs/{run}/trace")).await?;
    let steps = trace_equals_record(&trace, &execution)?;
    match lab.executions_of(run).await? {
        1 => Ok(format!("{} events, {} characters, {steps} steps, one execution", events.len(), told.len())),
        n => Err(format!("n8n has {n} executions for it").into()),
    }
}

/// Cuts the connection between hub and n8n in mid-stream.
pub(super) async fn cut(lab: &Lab, hub: &Hub, report: &mut Report) -> TaskResult {
    println!("fault: connection cut in mid-stream");
    let target = lab.base_url.trim_start_matches("http://").parse()?;
    let proxy = FaultProxy::start(target).await?;
    let options = {
        let mut options = lab.options();
        options["webhook_base_url"] = json!(format!("http://{}", proxy.address()));
        options
    };
    hub.add_n8n("lab-faults", &format!("http://{}", proxy.address()), lab.secrets(), options).await?;
    for (file, text) in
        [("ai-tool", "hi [tokens=40][delay=60][steps=3]"), ("ai-basic", "hi [tokens=40][delay=60]")]
    {
        let run = start(lab, hub, "lab-faults", file, json!({"text": text})).await?;
        let mut deltas = 0;
        let first = hub
            .follow(&run, 0, |event| {
                deltas += usize::from(matches!(event.body, EventBody::Delta(_)));
                deltas == 3
            })
            .await?;
        proxy.cut();
        let began = Instant::now();
        let last = first.last().map_or(0, |event| event.seq);
        let mut back = None;
        let rest = hub
            .follow(&run, last, |event| {
                if matches!(&event.body, EventBody::Link(link) if matches!(link.state, LinkState::Recovering | LinkState::Recovered)) {
                    back.get_or_insert_with(|| began.elapsed());
                }
                false
            })
            .await?;
        let events: Vec<StreamEvent> = first.into_iter().chain(rest).collect();
        report.check(
            &format!("cut {file}"),
            healed(lab, hub, &run, &events).await.map_err(|error| error.to_string()),
        );
        match back {
            Some(took) => {
                report.time(&format!("reconnect after a cut ({file})"), took, Duration::from_secs(5))
            }
            None => report.check(
                &format!("reconnect after a cut ({file})"),
                Err("no recovery was reported".to_owned()),
            ),
        }
    }
    proxy.shutdown().await;
    Ok(())
}

/// Ends the hub with SIGKILL in the middle of a run, and starts it again.
pub(super) async fn kill_hub(
    lab: &Lab,
    mut hub: Hub,
    options: &HubOptions,
    report: &mut Report,
) -> TaskResult<Hub> {
    println!("fault: hub killed in mid-run");
    let run =
        start(lab, &hub, "lab", "ai-tool", json!({"text": "hi [tokens=40][delay=60][steps=3]"})).await?;
    let mut deltas = 0;
    let first = hub
        .follow(&run, 0, |event| {
            deltas += usize::from(matches!(event.body, EventBody::Delta(_)));
            deltas == 3
        })
        .await?;
    hub.kill()?;
    let began = Instant::now();
    let hub = Hub::start(options).await?;
    report.time("hub ready again after kill -9", began.elapsed(), Duration::from_secs(5));
    let last = first.last().map_or(0, |event| event.seq);
    let rest = hub.follow(&run, last, |_| false).await?;
    let events: Vec<StreamEvent> = first.into_iter().chain(rest).collect();
    report.check(
        "hub killed in mid-run",
        healed(lab, &hub, &run, &events).await.map_err(|error| error.to_string()),
    );
    Ok(hub)
}

/// Restarts n8n in the middle of a run: once politely (n8n lets runs end), once as a crash.
pub(super) async fn restart_peer(lab: &Lab, hub: &Hub, report: &mut Report) -> TaskResult {
    println!("restart: n8n in mid-run");
    let input = json!({"text": "hi [tokens=40][delay=100][steps=1]"});
    for crash in [false, true] {
        let run = start(lab, hub, "lab", "ai-tool", input.clone()).await?;
        let first = hub.follow(&run, 0, external_is_known).await?;
        if crash {
            lab.kill()?;
            lab.stop()?;
        } else {
            lab.stop()?;
        }
        lab.start_again()?;
        let rest = hub.follow(&run, first.last().map_or(0, |event| event.seq), |_| false).await?;
        let events: Vec<StreamEvent> = first.into_iter().chain(rest).collect();
        let name = if crash { "n8n killed in mid-run" } else { "n8n stopped and started in mid-run" };
        let result = judge_restart(lab, hub, &run, &events, crash).await;
        report.check(name, result.map_err(|error| error.to_string()));
    }
    Ok(())
}

fn external_is_known(event: &StreamEvent) -> bool {
    matches!(&event.body, EventBody::Link(link) if link.state == LinkState::Identified)
}

async fn judge_restart(
    lab: &Lab,
    hub: &Hub,
    run: &str,
    events: &[StreamEvent],
    crash: bool,
) -> TaskResult<String> {
    whole(events)?;
    let external = external_id(events).ok_or("no execution id")?;
    let execution = lab.get(&format!("executions/{external}")).await?;
    let status = execution["status"].as_str().unwrap_or_default().to_owned();
    if status == "success" {
        return healed(lab, hub, run, events).await;
    }
    let expected =
        if crash || status == "crashed" || status == "error" { Outcome::Failed } else { Outcome::Unknown };
    if outcome(events) != Some(expected) {
        return Err(format!("outcome {:?}, but n8n says {status}", outcome(events)).into());
    }
    match lab.executions_of(run).await? {
        1 => Ok(format!("n8n says {status}, and so do we; one execution")),
        n => Err(format!("n8n has {n} executions for it").into()),
    }
}

/// Runs that wait: seen as waiting, answered through the hub, and gone on.
pub(super) async fn pauses(lab: &Lab, hub: &Hub, report: &mut Report) -> TaskResult {
    println!("pause");
    let cases = [
        ("wait-resume", json!({"text": "hi"}), json!({"data": {"approved": true}})),
        ("wait-last", json!({"text": "hi"}), json!({"data": {"approved": true}})),
        ("ai-wait-mid", json!({"text": "hi [tokens=4]"}), json!({"data": {"approved": true}})),
        ("chat-respond", json!({"text": "hi"}), json!({"text": "blue"})),
        ("chat-respond-approve", json!({"text": "hi"}), json!({"choice": null})),
        ("chat-hitl", json!({"text": "hi [tokens=4]"}), json!({"choice": null})),
    ];
    for (file, input, answer) in cases {
        let active = lab.state["wf"][file]["active"] == true;
        if active {
            let result = pause(lab, hub, file, input, answer).await;
            report.check(&format!("pause {file}"), result.map_err(|error| error.to_string()));
        }
    }
    Ok(())
}

async fn pause(lab: &Lab, hub: &Hub, file: &str, input: Value, mut answer: Value) -> TaskResult<String> {
    let run = start(lab, hub, "lab", file, input).await?;
    let work = async {
        let mut events =
            hub.follow(&run, 0, |event| matches!(event.body, EventBody::InputRequired(_))).await?;
        let mut pauses = 0;
        while let Some(EventBody::InputRequired(question)) = events.last().map(|event| event.body.clone()) {
            pauses += 1;
            if let Some(choice) = question.choices.first() {
                answer = json!({"choice": choice.id});
            } else if question.kind == InputKind::Text {
                answer = json!({"text": "blue"});
            }
            let body = json!({"request_id": question.request_id, "answer": answer});
            hub.post(&format!("runs/{run}/input"), body).await?;
            let last = events.last().map_or(0, |event| event.seq);
            events.extend(
                hub.follow(&run, last, |event| matches!(event.body, EventBody::InputRequired(_))).await?,
            );
        }
        whole(&events)?;
        if pauses == 0 {
            return Err("it never waited".into());
        }
        match outcome(&events) {
            Some(Outcome::Succeeded) => Ok(format!("{pauses} answered, succeeded")),
            other => Err(format!("outcome {other:?}").into()),
        }
    };
    tokio::time::timeout(Duration::from_secs(90), work).await.map_err(|_| "it did not end within 90 s")?
}

/// Stops a run in mid-stream, and says what n8n says of it.
pub(super) async fn cancel(lab: &Lab, hub: &Hub, report: &mut Report) -> TaskResult {
    println!("cancel");
    for (file, text) in [("ai-tool", "hi [tokens=80][delay=100][notool]"), ("wh-slow", "hi")] {
        let run = start(lab, hub, "lab", file, json!({"text": text})).await?;
        // Old versions tell the execution of a plain webhook only at its end.
        let known = tokio::time::timeout(Duration::from_millis(1500), hub.follow(&run, 0, external_is_known));
        let first = known.await.unwrap_or_else(|_| Ok(Vec::new()))?;
        let report_of_cancel = hub.post(&format!("runs/{run}/cancel"), json!({})).await?;
        let rest = hub.follow(&run, first.last().map_or(0, |event| event.seq), |_| false).await?;
        let events: Vec<StreamEvent> = first.into_iter().chain(rest).collect();
        let external = external_id(&events).unwrap_or_default();
        let status = lab.get(&format!("executions/{external}")).await?["status"].clone();
        let result = match (whole(&events), outcome(&events), status.as_str()) {
            (Ok(()), Some(Outcome::Cancelled), Some("canceled")) => {
                Ok(report_of_cancel["message"].to_string())
            }
            // Old versions cannot be stopped: then the report has to say so.
            (Ok(()), Some(Outcome::Cancelled), _) if report_of_cancel["effect"] == "goes_on" => {
                Ok("goes on there, and says so".to_owned())
            }
            (Ok(()), Some(Outcome::Succeeded), Some("success"))
                if report_of_cancel["effect"] == "already_ended" && lab.is_1() =>
            {
                Ok("cannot be stopped, ended well before the hub gave up, and says so".to_owned())
            }
            (whole, outcome, status) => {
                Err(format!("{whole:?} {outcome:?}, n8n says {status:?}; {report_of_cancel}"))
            }
        };
        report.check(&format!("cancel {file}"), result);
    }
    Ok(())
}
