//! What is stored, for how long, and what the hub is made of.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::hub::Hub;

#[tokio::test]
async fn what_is_stored_is_shown_and_kept_for_as_long_as_is_said() {
    let hub = Hub::new().await;
    hub.run("echo", json!({"text": "hello"})).await;
    let data = hub.get("/api/v1/data").await.value();
    assert_eq!(data["runs"], 1);
    assert!(data["bytes"].as_u64().unwrap() > 0 && data["events"].as_u64().unwrap() > 1, "{data}");
    assert_eq!((&data["retention_days"], &data["removing"]), (&Value::Null, &json!(false)));
    assert!(data.get("removable").is_none());
    let data = hub.get("/api/v1/data?older_than_days=1").await.value();
    assert_eq!(data["removable"], json!({"runs": 0, "conversations": 0}));

    let data = hub.json("PATCH", "/api/v1/data", json!({"retention_days": 30})).await;
    assert_eq!((data.status, &data.value()["retention_days"]), (StatusCode::OK, &json!(30)));
    assert_eq!(hub.get("/api/v1/data").await.value()["retention_days"], 30);
    assert_eq!(hub.get("/api/v1/data").await.value()["runs"], 1, "it is not old");
    let data = hub.json("PATCH", "/api/v1/data", json!({"retention_days": null})).await.value();
    assert_eq!(data["retention_days"], Value::Null);
}

#[tokio::test]
async fn how_long_has_to_be_said_and_within_bounds() {
    let hub = Hub::new().await;
    hub.json("PATCH", "/api/v1/data", json!({})).await.problem("invalid_request");
    for days in [json!(0), json!(3651), json!(-1), json!("30")] {
        let problem = hub.json("PATCH", "/api/v1/data", json!({"retention_days": days})).await;
        assert_eq!(problem.problem("invalid_request")["place"], "/retention_days", "{days}");
    }
    for query in ["older_than_days=0", "older_than_days=soon", "days=3"] {
        hub.get(&format!("/api/v1/data?{query}")).await.problem("invalid_request");
    }
}

#[tokio::test]
async fn the_libraries_in_the_program_are_named_with_their_licences() {
    let hub = Hub::new().await;
    let licences = hub.get("/api/v1/licences").await.value();
    let packages = licences["packages"].as_array().unwrap();
    let tokio = packages.iter().find(|package| package["name"] == "tokio").expect("tokio");
    assert_eq!(tokio["licence"], "MIT");
    let text = usize::try_from(tokio["texts"][0].as_u64().unwrap()).unwrap();
    assert!(licences["texts"][text].as_str().unwrap().contains("Permission is hereby granted"));
    assert!(packages.iter().all(|package| !package["name"].as_str().unwrap().starts_with("jackfield")));
}
