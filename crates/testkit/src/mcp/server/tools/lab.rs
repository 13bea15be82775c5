//! The tools of the lab's server (`lab/mcp/lab_server.py`).

use serde_json::{Value, json};

use super::PIXEL;
use crate::mcp::server::{
    call::{Ending, Reply},
    catalogue::Tool,
};

pub(super) fn tool(name: &str, definition: &Value) -> Option<Tool> {
    let definition = definition.clone();
    Some(match name {
        "add" => Tool::new(definition, |call| async move {
            let sum = call.arguments["a"].as_i64().zip(call.arguments["b"].as_i64());
            match sum.and_then(|(a, b)| a.checked_add(b)) {
                Some(sum) => Ok(Reply::structured(json!({ "sum": sum }))),
                None => Ok(Reply::error("Error calling tool 'add': two integers are needed")),
            }
        }),
        "slow" => Tool::new(definition, |call| async move {
            let (steps, delay) = (call.number("steps", 5).min(10_000), call.number("delay_ms", 100));
            for step in 1..=steps {
                call.sleep(delay).await?;
                let message = format!("step {step} of {steps}");
                call.progress(json!(step as f64), json!(steps as f64), Some(&message)).await;
                call.log("info", json!({"msg": format!("did step {step}"), "extra": null}));
            }
            call.pace().await;
            Ok(Reply::wrapped(format!("done after {steps} steps")))
        }),
        "ask_name" => Tool::new(definition, |call| async move {
            let name = json!({"type": "string", "title": "Name", "minLength": 1});
            let properties = json!({"name": name, "colour": {"type": "string", "enum": ["red", "green"], "default": "green"}});
            let params = if call.revision().is_modern() {
                let schema = json!({"properties": properties, "required": ["name"], "type": "object"});
                json!({"message": "Who are you?", "mode": "form", "requestedSchema": schema})
            } else {
                let schema = json!({"type": "object", "properties": properties, "required": ["name"]});
                json!({"mode": "form", "message": "Who are you?", "requestedSchema": schema})
            };
            let answer = call.ask("who", "elicitation/create", Some(params)).await?;
            Ok(Reply::wrapped(format!(
                "{}: {}",
                answer["action"].as_str().unwrap_or_default(),
                answer["content"]
            )))
        }),
        "big" => Tool::new(definition, |call| async move {
            let kilobytes = call.number("kilobytes", 256).min(128 * 1024);
            Ok(Reply::wrapped("x".repeat(usize::try_from(kilobytes).unwrap_or_default() * 1024)))
        }),
        "picture" => Tool::new(definition, |_| async {
            Ok(Reply::items(vec![json!({"type": "image", "data": PIXEL, "mimeType": "image/png"})]))
        }),
        "fail" => Tool::new(definition, |call| async move {
            Ok(Reply::error(format!("Error calling tool 'fail': {}", call.text("message", "boom"))))
        }),
        "grow" => Tool::new(definition, |call| async move {
            let name = call.text("name", "extra");
            call.grow(&name);
            Ok(Reply::wrapped(format!("added {name}")))
        }),
        "die" => Tool::new(definition, |_| async { Err(Ending::Dies(7)) }),
        _ => return None,
    })
}
