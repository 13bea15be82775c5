//! What servers ask: by request in the middle of a call, or in place of its result; of people, of the hub, of a language model.

use jackfield_protocol::event::InputKind;
use jackfield_testkit::mcp::{
    odd,
    server::{Script, SimulatedMcp, StdioWatch},
};
use serde_json::json;

use crate::support::{Call, brief, client, local, tool};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_form_is_answered_in_both_eras() {
    for script in [Script::legacy(), Script::modern()] {
        let server = SimulatedMcp::start(script).await.unwrap();
        let client = client(&server.url(), json!({}));
        let mut call = Call::new(&client, tool(&client, "ask_name").await, json!({}));
        call.begin();
        let end = call.until(|call| !call.seen.pending.is_empty()).await;
        assert!(end.is_none(), "{end:?} {:#?}", call.events);
        let question = call.seen.pending[0].clone();
        assert_eq!(question.kind, InputKind::Form);
        assert!(question.schema.unwrap()["properties"]["name"].is_object());
        call.answer("accept", json!({"name": "Ada", "colour": "red"})).await;
        assert_eq!(brief(&call.run().await), "succeeded", "{:#?}", call.events);
        assert!(call.text().contains("Ada"), "{}", call.text());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pause_outlives_hub_and_server() {
    let server = SimulatedMcp::start(Script::modern()).await.unwrap();
    let old = client(&server.url(), json!({}));
    let mut call = Call::new(&old, tool(&old, "ask_name").await, json!({}));
    call.begin();
    call.until(|call| !call.seen.pending.is_empty()).await;
    drop(old);
    server.kill();
    server.start_again().await.unwrap();
    call.client = client(&server.url(), json!({}));
    call.again();
    // The same question is still open: it is not asked twice.
    let asked = call.seen.asked.len();
    call.answer("accept", json!({"name": "Grace"})).await;
    assert_eq!(brief(&call.run().await), "succeeded", "{:#?}", call.events);
    assert_eq!(call.seen.asked.len(), asked);
    assert!(call.text().contains("Grace"), "{}", call.text());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_rounds_and_several_questions_come_one_by_one() {
    let server = SimulatedMcp::start(Script::modern()).await.unwrap();
    let client = client(&server.url(), json!({"roots": ["/srv/data"]}));
    for name in ["ask_twice", "ask_stateless"] {
        let mut call = Call::new(&client, tool(&client, name).await, json!({}));
        call.begin();
        let mut rounds = 0;
        let end = loop {
            match call.until(|call| !call.seen.pending.is_empty()).await {
                Some(end) => break end,
                None => {
                    rounds += 1;
                    assert!(rounds < 10, "{name}: {:#?}", call.events);
                    let schema = call.seen.pending[0].schema.clone().unwrap_or_default();
                    let fields = schema["properties"].as_object().cloned().unwrap_or_default();
                    let data = fields.into_iter().map(|(field, schema)| {
                        let value = match schema["type"].as_str() {
                            Some("boolean") => json!(true),
                            Some("integer" | "number") => json!(1),
                            _ => schema["enum"].get(0).cloned().unwrap_or(json!("x")),
                        };
                        (field, value)
                    });
                    let data = serde_json::Value::Object(data.collect());
                    call.answer("accept", data).await;
                }
            }
        };
        assert_eq!(brief(&end), "succeeded", "{name}: {:#?}", call.events);
        assert!(rounds >= 1, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_is_offered_and_a_refusal_is_passed_on() {
    let server = SimulatedMcp::start(Script::modern()).await.unwrap();
    let client = client(&server.url(), json!({}));
    let mut call = Call::new(&client, tool(&client, "ask_url").await, json!({}));
    call.begin();
    call.until(|call| !call.seen.pending.is_empty()).await;
    let question = call.seen.pending[0].clone();
    assert_eq!(question.kind, InputKind::External);
    assert!(question.url.is_some(), "{question:?}");
    call.answer("decline", json!({})).await;
    let end = call.run().await;
    assert!(["succeeded", "failed"].contains(&brief(&end).as_str()), "{end:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn roots_are_told_and_sampling_is_off_until_it_is_allowed() {
    let server = SimulatedMcp::start(Script::everything()).await.unwrap();
    let client = client(&server.url(), json!({"roots": ["/srv/data"]}));
    let mut call = Call::new(&client, tool(&client, "get-roots-list").await, json!({}));
    assert_eq!(brief(&call.run().await), "succeeded", "{:#?}", call.events);
    assert!(call.text().contains("/srv/data"), "{}", call.text());
    let tools = client.discover_tools().await.unwrap();
    if let Some(sampling) = tools.into_iter().find(|tool| tool.name == "trigger-sampling-request") {
        let mut call = Call::new(&client, sampling, json!({"prompt": "hi"}));
        assert_ne!(brief(&call.run().await), "succeeded", "{:#?}", call.events);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_question_goes_to_the_call_that_most_likely_asks_and_outlives_the_others() {
    let watch = StdioWatch::start().await.unwrap();
    let program = odd::program().unwrap();
    let args = watch.arguments(&["--era", "legacy"]);
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let client = local(program.to_str().unwrap(), &args, json!({}));
    let mut older = Call::new(&client, tool(&client, "hold").await, json!({}));
    older.begin();
    let holds = async { watch.until(|watch| watch.calls("hold") == 1).await };
    tokio::select! {
        () = holds => {}
        end = older.run() => panic!("{end:?}"),
    }
    let mut asking = Call::new(&client, tool(&client, "ask_name").await, json!({}));
    asking.begin();
    asking.until(|call| !call.seen.pending.is_empty()).await;
    let prompt = asking.seen.pending[0].prompt.clone();
    assert!(prompt.contains("Other calls of this server are open too"), "{prompt}");
    watch.let_go(1);
    assert_eq!(brief(&older.run().await), "succeeded", "{:#?}", older.events);
    assert!(older.seen.asked.is_empty(), "it asked nothing");
    asking.answer("accept", json!({"name": "Ada"})).await;
    assert_eq!(brief(&asking.run().await), "succeeded", "{:#?}", asking.events);
    assert!(asking.text().contains("Ada"), "{}", asking.text());
}
