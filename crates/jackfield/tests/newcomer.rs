//! The whole path of a newcomer, with the real binary: start the demo, look around, run, watch, look back.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test; clippy only knows test functions"
)]

mod support;

use serde_json::{Value, json};
use support::{AGENT, Hub, REVIEW, SLOW, until};

fn named<'a>(backends: &'a Value, name: &str) -> &'a Value {
    backends.as_array().unwrap().iter().find(|backend| backend["name"] == name).unwrap()
}

#[test]
fn from_the_first_start_to_the_trace() {
    let hub = Hub::demo();

    let backends = hub.say(&["backend", "list", "--json"]).ok().json();
    let n8n = named(&backends, "demo-n8n");
    assert_eq!(n8n["simulated"], true, "never mistaken for a real peer");
    assert_eq!(named(&backends, "demo-flowise")["simulated"], true);
    assert!(hub.say(&["backend", "list"]).ok().out.contains("simulated"));

    let workflows = hub.say(&["workflow", "list", "--runnable", "--json"]).ok().json();
    assert!(workflows.as_array().unwrap().len() >= 5);
    let shown = hub.say(&["workflow", "show", AGENT]).ok().out;
    assert!(shown.contains("WAYS IN") && shown.contains("jackfield run"), "{shown}");

    // In a pipe: the answer and nothing else.
    let said = hub.say(&["run", AGENT, "Hello"]).ok();
    assert_eq!(said.err, "");
    assert!(said.out.ends_with('\n') && !said.out.contains('\u{1b}'), "{said:?}");
    let answer = said.out.trim().to_owned();
    assert!(!answer.is_empty());

    // The same as events: one a line, 1 to n, and the text of the deltas is that answer.
    let events = hub.say(&["run", AGENT, "Hello", "--json"]).ok().lines();
    let seqs: Vec<u64> = events.iter().map(|event| event["seq"].as_u64().unwrap()).collect();
    assert_eq!(seqs, (1..=events.len() as u64).collect::<Vec<_>>());
    assert_eq!(events[0]["type"], "start");
    assert_eq!(events[0]["data"]["simulated"], true);
    let done = events.last().unwrap();
    assert_eq!((&done["type"], &done["data"]["outcome"]), (&json!("done"), &json!("succeeded")));
    let text: String = events
        .iter()
        .filter(|event| event["type"] == "delta")
        .filter_map(|event| event["data"]["text"].as_str())
        .collect();
    assert_eq!(text.trim(), answer);
    assert!(events.iter().any(|event| event["type"] == "tool_start"));

    // Looking back.
    let run = done["run_id"].as_str().unwrap();
    let trace = hub.say(&["trace", run, "--json"]).ok().json();
    assert!(trace["steps"].as_array().unwrap().len() > 3);
    let drawn = hub.say(&["trace", run]).ok().out;
    assert!(drawn.contains("└─") && drawn.contains("AI Agent") && drawn.contains('━'), "{drawn}");
    let exported = hub.say(&["export", "run", run]).ok().lines();
    assert_eq!(exported, events, "the log is what was shown");
    let after = (events.len() - 2).to_string();
    let rest = hub.say(&["runs", "follow", run, "--after", &after, "--json"]).ok().lines();
    assert_eq!(rest, events[events.len() - 2..]);
    assert!(hub.say(&["runs", "follow", run]).ok().out.contains(&answer));
    let listed = hub.say(&["runs", "list", "--status", "succeeded", "--json"]).ok().json();
    assert_eq!(listed.as_array().unwrap().len(), 2);
    assert!(hub.say(&["runs", "show", run]).ok().out.contains(&answer));
    let doctor = hub.say(&["doctor", "--json"]).ok().json();
    assert_eq!(doctor["ok"], true, "{doctor}");
}

#[test]
fn the_simulated_flowise_runs_asks_and_goes_on() {
    let hub = Hub::demo();
    let said = hub.say(&["run", "demo-flowise/lab-af2-agent-last", "Hello"]).ok();
    assert_eq!(said.out.trim(), "tok1 tok2 tok3 tok4 tok5 tok6");
    let run = hub.say(&["run", "demo-flowise/lab-af2-human", "Hello", "--detach"]).ok().out.trim().to_owned();
    until("the run waits", || status(&hub, &run) == "waiting");
    hub.say(&["runs", "answer", &run, "--choice", "proceed"]).ok();
    until("the run has ended", || status(&hub, &run) == "succeeded");
    let trace = hub.say(&["trace", &run, "--json"]).ok().json();
    assert_eq!(trace["steps"].as_array().unwrap().len(), 4, "{trace}");
}

#[test]
fn the_simulated_sim_runs_live_and_durably_and_its_steps_follow() {
    let hub = Hub::demo();
    assert_eq!(named(&hub.say(&["backend", "list", "--json"]).ok().json(), "demo-sim")["simulated"], true);
    for entry in ["live", "durable"] {
        let said = hub
            .say(&["run", "demo-sim/Weather agent (Responses API)", "Hello", "--entry", entry, "--json"])
            .ok();
        let run = said.lines()[0]["run_id"].as_str().unwrap().to_owned();
        let trace = hub.say(&["trace", &run, "--json"]).ok().json();
        let names: Vec<&str> =
            trace["steps"].as_array().unwrap().iter().filter_map(|step| step["name"].as_str()).collect();
        assert!(names.contains(&"Agent 1") && names.contains(&"get_weather"), "{entry}: {trace}");
        assert!(said.out.contains("Sim's log"), "it says where the steps come from");
    }
}

fn status(hub: &Hub, run: &str) -> Value {
    hub.say(&["runs", "show", run, "--json"]).ok().json()["status"].clone()
}

#[test]
fn a_question_is_answered_from_another_terminal() {
    let hub = Hub::demo();
    let run = hub.say(&["run", REVIEW, "Hello", "--detach"]).ok().out.trim().to_owned();
    until("the run waits", || status(&hub, &run) == "waiting");
    let shown = hub.say(&["runs", "show", &run]).ok().out;
    assert!(shown.contains("Approve") && shown.contains("jackfield runs answer"), "{shown}");

    let wrong = hub.say(&["runs", "answer", &run, "--choice", "perhaps"]);
    assert_ne!(wrong.code, 0, "{wrong:?}");
    assert_eq!(status(&hub, &run), "waiting", "nothing happened");

    hub.say(&["runs", "answer", &run, "--choice", "Approve"]).ok();
    until("the run has ended", || status(&hub, &run) == "succeeded");
    let late = hub.say(&["runs", "answer", &run, "--choice", "Approve"]);
    assert_eq!(late.code, 1, "{late:?}");
}

#[test]
fn a_run_is_stopped_from_another_terminal() {
    let hub = Hub::demo();
    let run = hub.say(&["run", SLOW, "--detach", "--json"]).ok().json()["id"].as_str().unwrap().to_owned();
    until("the peer has it", || status(&hub, &run) == "running");
    let report = hub.say(&["runs", "cancel", &run, "--json"]);
    assert!(report.json()["effect"].is_string(), "{report:?}");
    until("the run has ended", || {
        !["running", "queued", "recovering"].contains(&status(&hub, &run).as_str().unwrap())
    });
    assert_eq!(status(&hub, &run), "cancelled");
    // Following a run that was stopped says so.
    assert_eq!(hub.say(&["runs", "follow", &run]).code, 1);
}

#[test]
fn backends_move_to_another_hub_without_their_secrets() {
    let hub = Hub::demo();
    let backends = hub.say(&["backend", "list", "--json"]).ok().json();
    let url = named(&backends, "demo-n8n")["base_url"].as_str().unwrap();
    let key = hub.data_dir.join("canary");
    std::fs::write(&key, "canary-of-the-export\n").unwrap();
    let key = key.to_str().unwrap();
    let add = ["backend", "add", "n8n", "--url", url, "--name", "mine", "--force", "--api-key-file", key];
    let added = hub.say(&add);
    assert_eq!(added.code, 4, "the key is wrong, and it was added all the same: {added:?}");

    let exported = hub.say(&["export", "backends"]).ok();
    assert!(!exported.out.contains("canary-of-the-export"));
    assert_eq!(exported.json()["backends"][0]["name"], "mine");
    assert_eq!(
        exported.json()["backends"].as_array().unwrap().len(),
        1,
        "simulated peers stay where they are"
    );

    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("backends.json");
    std::fs::write(&file, &exported.out).unwrap();
    let file = file.to_str().unwrap();
    assert_eq!(hub.say(&["import", file]).code, 1, "the name is taken");
    hub.say(&["import", file, "--skip-existing"]).ok();

    let other = Hub::start(&dir.path().join("data"), &[]);
    let imported = other.say(&["import", file, "--json"]).ok().json();
    assert_eq!(imported["added"][0]["missing_secrets"], json!(["api_key"]));
    assert_eq!(other.say(&["backend", "list", "--json"]).ok().json()[0]["name"], "mine");
    other.say(&["backend", "edit", "mine", "--name", "theirs", "--disable"]).ok();
    assert_eq!(other.say(&["backend", "remove", "theirs"]).code, 2, "nobody can be asked");
    other.say(&["backend", "remove", "theirs", "--yes"]).ok();
    assert_eq!(other.say(&["backend", "list", "--json"]).ok().json(), json!([]));
}
