//! What the server of `--demo` offers: what is worth looking at, without what only tests need.

use serde_json::json;

use super::media;
use crate::mcp::server::{call::Reply, catalogue::Tool};

/// Names, in the order in which they are shown.
const SHOWN: &[&str] = &[
    "plan_trip",
    "draw_chart",
    "get-structured-content",
    "trigger-long-running-operation",
    "simulate-research-query",
    "trigger-elicitation-request",
    "ask_name",
    "ask_url",
    "everything_at_once",
    "get-annotated-message",
    "get-resource-links",
    "get-resource-reference",
    "echo",
    "add",
    "slow",
    "sound",
    "structured_wrong",
    "fail",
    "grow",
    "change_itself",
];

/// The tools of the demo, out of all.
pub(in super::super) fn shown(mut all: Vec<Tool>) -> Vec<Tool> {
    all.push(draw_chart());
    all.retain(|tool| SHOWN.contains(&tool.name()));
    all.sort_by_key(|tool| SHOWN.iter().position(|name| *name == tool.name()));
    all
}

fn draw_chart() -> Tool {
    let definition = json!({
        "name": "draw_chart",
        "title": "Draw a chart",
        "description": "Draws a bar for each value.",
        "inputSchema": {
            "type": "object",
            "required": ["values"],
            "properties": {
                "values": {"type": "array", "title": "Values", "items": {"type": "number", "minimum": 0}, "minItems": 1, "maxItems": 40,
                    "default": [3, 7, 4, 9, 6]},
            },
        },
        "outputSchema": {
            "type": "object", "required": ["bars", "largest"],
            "properties": {"bars": {"type": "integer"}, "largest": {"type": "number"}},
        },
        "annotations": {"readOnlyHint": true, "idempotentHint": true},
    });
    Tool::new(definition, |call| async move {
        let values: Vec<f64> = call.arguments["values"]
            .as_array()
            .into_iter()
            .flatten()
            .take(40)
            .filter_map(|value| value.as_f64())
            .collect();
        let largest = values.iter().copied().fold(0.0, f64::max);
        let image = json!({"type": "image", "data": media::chart(&values), "mimeType": "image/png"});
        let words =
            json!({"type": "text", "text": format!("{} bars; the largest is {largest}.", values.len())});
        Ok(Reply {
            structured: Some(json!({"bars": values.len(), "largest": largest})),
            ..Reply::items(vec![words, image])
        })
    })
}
