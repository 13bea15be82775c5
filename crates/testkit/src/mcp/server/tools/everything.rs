//! The tools of server-everything. Those that read the environment or files, and those that switch on noise, are left out.

use serde_json::{Value, json};

use super::PIXEL;
use crate::mcp::server::{
    call::{Call, Ending, Reply},
    catalogue::Tool,
    envelope::Fault,
};

#[expect(clippy::too_many_lines, reason = "a list, one short entry for each tool")]
pub(super) fn tool(name: &str, definition: &Value) -> Option<Tool> {
    let definition = definition.clone();
    Some(match name {
        "echo" => Tool::new(definition, |call| async move {
            Ok(Reply::text(format!("Echo: {}", call.text("message", ""))))
        }),
        "get-sum" => Tool::new(definition, |call| async move {
            let (a, b) = (&call.arguments["a"], &call.arguments["b"]);
            let sum = a.as_f64().unwrap_or_default() + b.as_f64().unwrap_or_default();
            Ok(Reply::text(format!("The sum of {a} and {b} is {sum}.")))
        }),
        "get-tiny-image" => Tool::new(definition, |_| async {
            Ok(Reply::items(vec![
                json!({"type": "text", "text": "Here's the image you requested:"}),
                json!({"type": "image", "data": PIXEL, "mimeType": "image/png"}),
                json!({"type": "text", "text": "The image above is the MCP logo."}),
            ]))
        }),
        "get-structured-content" => Tool::new(definition, |call| async move {
            let weather = match call.text("location", "").as_str() {
                "New York" => json!({"temperature": 33, "conditions": "Cloudy", "humidity": 82}),
                "Chicago" => json!({"temperature": 36, "conditions": "Light rain / drizzle", "humidity": 82}),
                _ => json!({"temperature": 73, "conditions": "Sunny / Clear", "humidity": 48}),
            };
            Ok(Reply::structured(weather))
        }),
        "get-annotated-message" => Tool::new(definition, |call| async move {
            let (text, audience, priority) = match call.text("messageType", "").as_str() {
                "error" => ("Error: Operation failed", json!(["user", "assistant"]), json!(1)),
                "success" => ("Operation completed successfully", json!(["user"]), json!(0.7)),
                _ => ("Debug: Cache hit ratio 0.95, latency 150ms", json!(["assistant"]), json!(0.3)),
            };
            let mut items = vec![
                json!({"type": "text", "text": text, "annotations": {"audience": audience, "priority": priority}}),
            ];
            if call.arguments["includeImage"] == true {
                items.push(json!({"type": "image", "data": PIXEL, "mimeType": "image/png",
                    "annotations": {"audience": ["user"], "priority": 0.5}}));
            }
            Ok(Reply::items(items))
        }),
        "get-resource-links" => Tool::new(definition, |call| async move {
            let count = call.number("count", 3).clamp(1, 10);
            let mut items = vec![json!({"type": "text",
                "text": format!("Here are {count} resource links to resources available in this server:")})];
            items.extend((1..=count).map(|n| {
                let kind = if n % 2 == 1 { "Blob" } else { "Text" };
                json!({
                    "name": format!("{kind} Resource {n}"), "uri": format!("demo://resource/dynamic/{}/{n}", kind.to_lowercase()),
                    "description": format!("Resource {n}: plaintext resource"), "mimeType": "text/plain", "type": "resource_link",
                })
            }));
            Ok(Reply::items(items))
        }),
        "get-resource-reference" => Tool::new(definition, |call| async move {
            let n = call.number("resourceId", 1);
            let uri = format!("demo://resource/dynamic/text/{n}");
            Ok(Reply::items(vec![
                json!({"type": "text", "text": format!("Returning resource reference for Resource {n}:")}),
                json!({"type": "resource", "resource": {"uri": uri, "mimeType": "text/plain", "text": format!("Resource {n}")}}),
                json!({"type": "text", "text": format!("You can access this resource using the URI: {uri}")}),
            ]))
        }),
        "trigger-long-running-operation" => Tool::new(definition, |call| async move {
            let (steps, duration) = (
                call.number("steps", 5).clamp(1, 10_000),
                call.arguments["duration"].as_f64().unwrap_or(10.0),
            );
            let pause = duration * 1000.0 / steps as f64;
            for step in 1..=steps {
                call.sleep(pause.clamp(0.0, 600_000.0) as u64).await?;
                call.progress(json!(step), json!(steps), None).await;
            }
            call.pace().await;
            Ok(Reply::text(format!(
                "Long running operation completed. Duration: {duration} seconds, Steps: {steps}."
            )))
        }),
        "trigger-elicitation-request" => Tool::new(definition, |call| async move {
            call.needs("/elicitation")?;
            let answer = call.ask("form", "elicitation/create", Some(call.recorded_form())).await?;
            Ok(filled_in(&answer))
        }),
        "trigger-url-elicitation" => Tool::new(definition, url),
        "trigger-sampling-request" => Tool::new(definition, |call| async move {
            call.needs("/sampling")?;
            let words = format!("Resource trigger-sampling-request context: {}", call.text("prompt", ""));
            let params = json!({
                "messages": [{"role": "user", "content": {"type": "text", "text": words}}],
                "systemPrompt": "You are a helpful test server.", "maxTokens": call.number("maxTokens", 100), "temperature": 0.7,
            });
            let answer = call.ask("sample", "sampling/createMessage", Some(params)).await?;
            Ok(Reply::text(format!("LLM sampling result: \n{answer:#}")))
        }),
        "get-roots-list" => Tool::new(definition, |call| async move {
            call.needs("/roots")?;
            let answer = call.ask("roots", "roots/list", None).await?;
            Ok(Reply::text(format!(
                "Current MCP Roots ({} total):\n{}",
                answer["roots"].as_array().map_or(0, Vec::len),
                answer["roots"]
            )))
        }),
        "simulate-research-query" => {
            let mut tool = Tool::new(definition, super::extras::research);
            tool.long = true;
            tool
        }
        _ => return None,
    })
}

fn filled_in(answer: &Value) -> Reply {
    let text = |text: String| json!({"type": "text", "text": text});
    let raw = text(format!("\nRaw result: {answer:#}"));
    match answer["action"].as_str() {
        Some("accept") => Reply::items(vec![
            text("✅ User provided the requested information!".to_owned()),
            text(format!("User inputs:\n- Name: {}", answer["content"]["name"].as_str().unwrap_or("-"))),
            raw,
        ]),
        Some("decline") => {
            Reply::items(vec![text("❌ User declined to provide the requested information.".to_owned()), raw])
        }
        _ => Reply::items(vec![text("⚠️ User cancelled the elicitation dialog.".to_owned()), raw]),
    }
}

async fn url(call: Call) -> Result<Reply, Ending> {
    call.needs("/elicitation/url")?;
    let id = call.text("elicitationId", "elicitation-1");
    let mut params = json!({
        "mode": "url", "message": call.text("message", "Please open the link to complete this action."),
        "url": call.text("url", "https://example.com/"), "elicitationId": id,
    });
    if call.revision().is_modern() {
        if let Some(params) = params.as_object_mut() {
            params.shift_remove("elicitationId");
        }
    } else if call.arguments["errorPath"] == true && call.first_time(&format!("url-elicitation {id}")) {
        let data = json!({ "elicitations": [params] });
        return Err(Fault::new(-32042, "This request requires more information.").with(data).into());
    }
    let answer = call.ask("url", "elicitation/create", Some(params)).await?;
    Ok(Reply::text(format!("URL elicitation: {}", answer["action"].as_str().unwrap_or_default())))
}
