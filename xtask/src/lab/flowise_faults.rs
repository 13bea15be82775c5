//! Acceptance against a real Flowise: human input, cancel, and everything that breaks.

use std::time::{Duration, Instant};

use jackfield_protocol::event::{EventBody, LinkState, Outcome, StreamEvent};
use jackfield_testkit::fault::FaultProxy;
use serde_json::json;

use super::{
    flowise::{Lab, add, judge, start},
    hub::{Hub, HubOptions},
    report::Report,
};
use crate::TaskResult;

fn outcome(events: &[StreamEvent]) -> Option<Outcome> {
    events.iter().rev().find_map(|event| match &event.body {
        EventBody::Done(done) => Some(done.outcome),
        _ => None,
    })
}

fn last_seq(events: &[StreamEvent]) -> u64 {
    events.last().map_or(0, |event| event.seq)
}

/// Reads a run until its third piece of text (or its second step, for flows that speak at their end).
async fn under_way(hub: &Hub, run: &str) -> TaskResult<Vec<StreamEvent>> {
    let (mut deltas, mut steps) = (0, 0);
    let seen = hub.follow(run, 0, |event| {
        deltas += usize::from(matches!(event.body, EventBody::Delta(_)));
        steps += usize::from(matches!(event.body, EventBody::StepStart(_)));
        deltas == 3 || steps == 2
    });
    tokio::time::timeout(Duration::from_secs(30), seen).await?
}

/// Runs that wait for a person: both ways, with feedback, and with the hub killed while they wait.
pub(super) async fn pauses(lab: &Lab, hub: &Hub, report: &mut Report) -> TaskResult {
    println!("pause");
    for (key, choice) in
        [("human", "proceed"), ("human", "reject"), ("approval", "proceed"), ("approval", "reject")]
    {
        let result = tokio::time::timeout(Duration::from_secs(60), pause(lab, hub, key, choice)).await;
        let result = result
            .map_err(|_| "it did not end within 60 s".to_owned())
            .and_then(|result| result.map_err(|error| error.to_string()));
        report.check(&format!("pause {key}, {choice}"), result);
    }
    Ok(())
}

async fn pause(lab: &Lab, hub: &Hub, key: &str, choice: &str) -> TaskResult<String> {
    let run = start(lab, hub, "lab", key, json!({"text": "compute [tokens=4]"})).await?;
    let mut events = hub.follow(&run, 0, |event| matches!(event.body, EventBody::InputRequired(_))).await?;
    let Some(EventBody::InputRequired(question)) = events.last().map(|event| event.body.clone()) else {
        return Err(format!("it never waited: {:?}", outcome(&events)).into());
    };
    let status = hub.get(&format!("runs/{run}")).await?["status"].clone();
    if status != "waiting" {
        return Err(format!("the run is {status}").into());
    }
    let answer =
        json!({"request_id": question.request_id, "answer": {"choice": choice, "text": "said in the lab"}});
    hub.post(&format!("runs/{run}/input"), answer).await?;
    events.extend(hub.follow(&run, last_seq(&events), |_| false).await?);
    judge(lab, hub, key, &run, &events, true).await
}

/// Stops runs in mid-stream: agentflows stop, chat flows go on and say so.
pub(super) async fn cancel(lab: &Lab, hub: &Hub, report: &mut Report) -> TaskResult {
    println!("cancel");
    for (key, stops) in [("af2llm", true), ("chat", false)] {
        let run = start(lab, hub, "lab", key, json!({"text": "hi [tokens=60] [delay=100]"})).await?;
        let first = under_way(hub, &run).await?;
        let said = hub.post(&format!("runs/{run}/cancel"), json!({})).await?;
        let rest = hub.follow(&run, last_seq(&first), |_| false).await?;
        let events: Vec<StreamEvent> = first.into_iter().chain(rest).collect();
        let state = lab.executions(&run).await?.first().map(|row| row["state"].clone()).unwrap_or_default();
        let expected = if stops { "stopped" } else { "goes_on" };
        let fine = outcome(&events) == Some(Outcome::Cancelled)
            && said["effect"] == expected
            && (!stops || state == "ERROR");
        let words = format!("{}: Flowise says {state}", said["message"]);
        report.check(
            &format!("cancel {key}"),
            if fine { Ok(words) } else { Err(format!("{:?}, {said}, {state}", outcome(&events))) },
        );
    }
    Ok(())
}

/// Cuts the connection between hub and Flowise in mid-stream.
pub(super) async fn cut(lab: &Lab, hub: &Hub, report: &mut Report) -> TaskResult {
    println!("fault: connection cut in mid-stream");
    let proxy = FaultProxy::start(lab.base_url.trim_start_matches("http://").parse()?).await?;
    add(hub, "lab-faults", &format!("http://{}", proxy.address()), &lab.api_key).await?;
    for key in ["chat", "toolagent", "af2agent", "af2llm", "iteration"] {
        let run = start(lab, hub, "lab-faults", key, json!({"text": "hi [tokens=30] [delay=60] [steps=2]"}))
            .await?;
        let first = under_way(hub, &run).await?;
        proxy.cut();
        let began = Instant::now();
        let mut back = None;
        let rest = hub.follow(&run, last_seq(&first), |event| {
            if matches!(&event.body, EventBody::Link(link) if link.state == LinkState::Recovered) {
                back.get_or_insert_with(|| began.elapsed());
            }
            false
        });
        let rest = tokio::time::timeout(Duration::from_secs(90), rest).await??;
        let events: Vec<StreamEvent> = first.into_iter().chain(rest).collect();
        let result = judge(lab, hub, key, &run, &events, true).await.map_err(|error| error.to_string());
        let result =
            result.and_then(|said| back.map(|_| said).ok_or_else(|| "no recovery was reported".to_owned()));
        report.check(&format!("cut {key}"), result);
    }
    proxy.shutdown().await;
    Ok(())
}

/// Ends the hub with SIGKILL in the middle of a run and while one waits for a person, and starts it again.
pub(super) async fn kill_hub(
    lab: &Lab,
    mut hub: Hub,
    options: &HubOptions,
    report: &mut Report,
) -> TaskResult<Hub> {
    println!("fault: hub killed in mid-run");
    for key in ["chat", "af2agent"] {
        let run =
            start(lab, &hub, "lab", key, json!({"text": "hi [tokens=40] [delay=60] [steps=2]"})).await?;
        let first = under_way(&hub, &run).await?;
        hub.kill()?;
        let began = Instant::now();
        hub = Hub::start(options).await?;
        report.time(
            &format!("hub ready again after kill -9 ({key})"),
            began.elapsed(),
            Duration::from_secs(5),
        );
        let rest =
            tokio::time::timeout(Duration::from_secs(90), hub.follow(&run, last_seq(&first), |_| false))
                .await??;
        let events: Vec<StreamEvent> = first.into_iter().chain(rest).collect();
        let result = judge(lab, &hub, key, &run, &events, true).await.map_err(|error| error.to_string());
        report.check(&format!("hub killed in mid-run, {key}"), result);
    }
    let run = start(lab, &hub, "lab", "human", json!({"text": "draft"})).await?;
    let mut events = hub.follow(&run, 0, |event| matches!(event.body, EventBody::InputRequired(_))).await?;
    let Some(EventBody::InputRequired(question)) = events.last().map(|event| event.body.clone()) else {
        return Err("the run never waited".into());
    };
    hub.kill()?;
    hub = Hub::start(options).await?;
    let answer = json!({"request_id": question.request_id, "answer": {"choice": "proceed"}});
    // The hub takes the run up again before it can be answered.
    let until = Instant::now() + Duration::from_secs(20);
    while let Err(error) = hub.post(&format!("runs/{run}/input"), answer.clone()).await {
        if Instant::now() > until {
            return Err(error);
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let rest = tokio::time::timeout(Duration::from_secs(60), hub.follow(&run, last_seq(&events), |_| false))
        .await??;
    events.extend(rest);
    let result = judge(lab, &hub, "human", &run, &events, true).await.map_err(|error| error.to_string());
    report.check("hub killed while a run waits for a person", result);
    Ok(hub)
}

/// Restarts Flowise in the middle of runs: it loses them, and what was lost is said.
pub(super) async fn restart_peer(lab: &Lab, hub: &Hub, report: &mut Report) -> TaskResult {
    println!("restart: Flowise in mid-run");
    for (key, at_once, expected) in [
        ("af2llm", false, Outcome::Failed),
        ("af2llm", true, Outcome::Failed),
        ("chat", true, Outcome::Unknown),
    ] {
        let run = start(lab, hub, "lab", key, json!({"text": "hi [tokens=60] [delay=100]"})).await?;
        let first = under_way(hub, &run).await?;
        lab.down(at_once)?;
        lab.start_again()?;
        let rest =
            tokio::time::timeout(Duration::from_secs(120), hub.follow(&run, last_seq(&first), |_| false))
                .await??;
        let events: Vec<StreamEvent> = first.into_iter().chain(rest).collect();
        let executions = lab.executions(&run).await?.len();
        let messages = lab.messages(lab.flow(key)?, &run).await?.len();
        let fine =
            outcome(&events) == Some(expected) && messages == 0 && executions == usize::from(key != "chat");
        let how = if at_once { "killed" } else { "stopped" };
        let words = format!("{:?}, {executions} executions, {messages} messages", outcome(&events));
        report.check(&format!("Flowise {how} in mid-run, {key}"), if fine { Ok(words) } else { Err(words) });
    }
    Ok(())
}
