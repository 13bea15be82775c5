//! The stand-in answers as the real one was recorded answering.

use std::time::Duration;

use serde_json::{Value, json};

use super::{Face, SimulatedSim};
use crate::replay::Pacing;

struct Caller {
    sim: SimulatedSim,
    http: reqwest::Client,
}

impl Caller {
    async fn new(face: Face) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(20)).build().unwrap();
        Self { sim: SimulatedSim::start(face, Pacing::None).await.unwrap(), http }
    }

    fn call(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        self.http
            .request(method, format!("{}{path}", self.sim.base_url()))
            .header("x-api-key", self.sim.api_key())
    }

    async fn said(&self, request: reqwest::RequestBuilder) -> (u16, String) {
        let answer = request.send().await.unwrap();
        assert_eq!(answer.headers()["x-jackfield-simulated"], "true");
        (answer.status().as_u16(), answer.text().await.unwrap())
    }
}

/// Every recorded stream is given again, frame by frame, to a caller that selects the blocks that spoke.
#[tokio::test]
async fn every_recorded_stream_is_played_as_it_was() {
    let caller = Caller::new(Face::Legacy).await;
    for case in caller.sim.cases().to_vec() {
        caller.sim.choose(&case.name);
        let body = json!({"input": case.input, "stream": true, "selectedOutputs": case.speakers()});
        let (status, text) = caller
            .said(caller.call("POST", &format!("/api/workflows/{}/execute", case.workflow)).json(&body))
            .await;
        let recorded: String = case.parts[0].iter().map(|(_, text)| text.as_str()).collect();
        assert_eq!((status, text), (200, recorded), "{}", case.name);
    }
}

#[tokio::test]
async fn without_selected_outputs_only_the_end_is_told() {
    let caller = Caller::new(Face::Legacy).await;
    let case = caller.sim.cases()[2].clone();
    let body = json!({"input": case.input, "stream": true});
    let (_, text) = caller
        .said(caller.call("POST", &format!("/api/workflows/{}/execute", case.workflow)).json(&body))
        .await;
    assert!(
        !text.contains("chunk") && text.contains("final") && text.ends_with("data: \"[DONE]\"\n\n"),
        "{text}"
    );
}

#[tokio::test]
async fn the_second_face_is_off_unless_switched_on() {
    let off = Caller::new(Face::Legacy).await;
    let (status, text) = off.said(off.call("GET", "/api/v2/workspaces")).await;
    assert_eq!((status, text.contains("NOT_FOUND")), (404, true));
    let on = Caller::new(Face::V2).await;
    let (status, text) = on.said(on.call("GET", "/api/v2/workspaces")).await;
    assert_eq!(status, 200, "{text}");
}

#[tokio::test]
async fn an_asynchronous_run_goes_on_and_an_id_is_taken_once() {
    let caller = Caller::new(Face::Legacy).await;
    let case = caller.sim.cases()[2].clone();
    let path = format!("/api/workflows/{}/execute", case.workflow);
    let start = || {
        let request =
            caller.call("POST", &path).header("x-execution-id", "own-1").header("x-execution-mode", "async");
        request.json(&json!({"input": case.input}))
    };
    assert_eq!(caller.said(start()).await.0, 202);
    assert_eq!(caller.said(start()).await.0, 409);
    let status = format!("/api/workflows/{}/executions/own-1?includeOutput=true", case.workflow);
    let record = loop {
        let record: Value = serde_json::from_str(&caller.said(caller.call("GET", &status)).await.1).unwrap();
        if record["status"] != "running" {
            break record;
        }
    };
    assert_eq!(
        (&record["status"], &record["finalOutput"]["content"]),
        (&json!("completed"), &json!("tok1 tok2 tok3 tok4 tok5 tok6 tok7 tok8"))
    );
    assert_eq!(
        caller
            .said(caller.call("POST", &format!("/api/workflows/{}/executions/own-1/cancel", case.workflow)))
            .await
            .0,
        409
    );
}
