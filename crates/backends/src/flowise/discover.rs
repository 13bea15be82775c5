//! Discovery: every flow that the key can see; without a key, the flows that the backend was told of.

use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use jackfield_protocol::{
    error::{ErrorCode, Failure},
    model::WorkflowInfo,
};
use reqwest::Method;
use serde_json::Value;

use super::{
    api::{Api, encode},
    error::{key_hint, not_understood, refused},
    flow::{self, Abilities},
};

/// How many flows are asked for their abilities at once.
const AT_ONCE: usize = 8;
/// How long all of them may take; of the others it is asked before their first run.
const ASKING: Duration = Duration::from_secs(10);

/// Lists flows.
pub(crate) async fn workflows(api: &Api) -> Result<Vec<WorkflowInfo>, Failure> {
    let flows = if api.config.has_key() {
        let listed = api.flows(|flow| flow["id"].is_string().then(|| small(flow))).await?;
        if listed.is_empty() && api.version().await.is_none() {
            return Err(not_understood("list of flows"));
        }
        listed
    } else {
        told(api).await?
    };
    let until = tokio::time::Instant::now() + ASKING;
    let mut described: Vec<(usize, WorkflowInfo)> = stream::iter(flows.into_iter().enumerate())
        .map(|(at, flow)| async move {
            let asked = tokio::time::timeout_at(until, abilities(api, &flow)).await;
            Some((at, flow::describe(&api.config, &flow, &asked.unwrap_or_default())?))
        })
        .buffer_unordered(AT_ONCE)
        .filter_map(|found| async move { found })
        .collect()
        .await;
    described.sort_by_key(|(at, _)| *at);
    Ok(described.into_iter().map(|(_, workflow)| workflow).collect())
}

/// A flow without what is not needed: its definition is kept, secrets of its MCP server and the like are not.
fn small(mut flow: Value) -> Value {
    if let Some(fields) = flow.as_object_mut() {
        let keep = [
            "id",
            "name",
            "type",
            "flowData",
            "deployed",
            "apikeyid",
            "chatbotConfig",
            "category",
            "updatedDate",
        ];
        fields.retain(|name, _| keep.contains(&name.as_str()));
    }
    flow
}

/// Flows whose ids are configured, from what Flowise tells everybody of them.
async fn told(api: &Api) -> Result<Vec<Value>, Failure> {
    let ids = &api.config.options.flows;
    if ids.is_empty() {
        return Err(Failure::new(
            ErrorCode::PeerUnauthorized,
            "Without an API key Flowise does not list its flows.",
        )
        .hint(format!("{} Or give flow ids as the option `flows`.", key_hint())));
    }
    let mut flows = Vec::new();
    for id in ids {
        let answer = api.json(Method::GET, &format!("public-chatbotConfig/{}", encode(id)), false).await?;
        let mut flow = match answer.status {
            _ if answer.is_success() && answer.value.is_object() => answer.value,
            404 | 500 => {
                let message = format!("Flowise does not have the flow {id}.");
                return Err(Failure::new(ErrorCode::PeerEntryNotFound, message)
                    .status(answer.status)
                    .hint("Copy the id from the address of the flow's canvas."));
            }
            _ if answer.is_success() => return Err(not_understood("configuration of the flow")),
            _ => return Err(refused(&answer, "")),
        };
        let starters = flow["starterPrompts"].take();
        flow["chatbotConfig"] = serde_json::json!({"starterPrompts": starters});
        flow["id"] = Value::String(id.clone());
        flows.push(small(flow));
    }
    Ok(flows)
}

/// What only Flowise itself can say of a flow; what cannot be had is left open.
async fn abilities(api: &Api, flow: &Value) -> Abilities {
    let Some(id) = flow["id"].as_str() else { return Abilities::default() };
    let path = format!("chatflows-uploads/{}", encode(id));
    let (streams, uploads) = tokio::join!(api.streams(id), api.json(Method::GET, &path, false));
    Abilities {
        streams: streams.ok().flatten(),
        uploads: uploads
            .ok()
            .filter(crate::transport::Answer::is_success)
            .map(|answer| answer.value)
            .unwrap_or_default(),
    }
}
