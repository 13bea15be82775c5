//! Discovery: deployed workflows that the key sees, public workflows and deployed chats that the backend was told of.

use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use jackfield_protocol::{
    error::{ErrorCode, Failure},
    model::{EntryPoint, WorkflowInfo},
};
use serde_json::{Map, Value, json};

use super::{
    api::{Api, encode},
    blocks,
    error::{KEY_HINT, refused},
    schema,
};

/// How many workflows are looked at closely at once.
const AT_ONCE: usize = 8;
/// How long all of them may take; the blocks of the others are asked for before their first run.
const ASKING: Duration = Duration::from_secs(10);
/// Said of every workflow: what a key cannot see.
const NOT_LIVE: &str = "Sim shows steps to a key only after the end: while a run goes on there are text, thinking and tool names; steps follow from its log.";

/// Lists what can be run.
pub(crate) async fn workflows(api: &Api) -> Result<Vec<WorkflowInfo>, Failure> {
    let options = &api.config.options;
    if !api.config.has_key() && options.workflows.is_empty() && options.chats.is_empty() {
        return Err(Failure::new(ErrorCode::PeerUnauthorized, "Without an API key Sim lists nothing.")
            .hint(format!("{KEY_HINT} Or name public workflows or deployed chats in the options.")));
    }
    let mut all = Vec::new();
    if api.config.has_key() {
        let until = tokio::time::Instant::now() + ASKING;
        let rows = api.workflows().await?;
        // Only a better default hangs on it.
        let long = api.long_runners().await.unwrap_or_default();
        let long = &long;
        let mut described: Vec<(usize, WorkflowInfo)> = stream::iter(rows.into_iter().enumerate())
            .map(|(at, row)| async move {
                let id = row["id"].as_str()?.to_owned();
                let both = async { tokio::join!(api.detail(&id), api.export(&id)) };
                let (detail, state) = match tokio::time::timeout_at(until, both).await {
                    Ok((detail, state)) => (detail.ok(), state.ok()),
                    Err(_) => (None, None),
                };
                let is_long = long.contains(&id);
                Some((at, describe(api, &id, &row, detail.as_ref(), state.as_ref(), is_long)))
            })
            .buffer_unordered(AT_ONCE)
            .filter_map(|found| async move { found })
            .collect()
            .await;
        described.sort_by_key(|(at, _)| *at);
        all.extend(described.into_iter().map(|(_, workflow)| workflow));
    }
    for id in &options.workflows {
        if !all.iter().any(|workflow| workflow.external_id == *id) {
            all.push(public(api, id));
        }
    }
    for chat in &options.chats {
        all.push(deployed_chat(api, chat).await?);
    }
    Ok(all)
}

fn describe(
    api: &Api,
    id: &str,
    row: &Value,
    detail: Option<&Value>,
    state: Option<&Value>,
    is_long: bool,
) -> WorkflowInfo {
    let text = |key: &str| row[key].as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    let name = text("name").unwrap_or_else(|| id.to_owned());
    let inputs = detail.map_or(Value::Null, |detail| detail["inputs"].clone());
    let defaults = state.map(blocks::defaults).unwrap_or_default();
    let deployed = row["isDeployed"].as_bool().unwrap_or(true);
    let reason = (!deployed).then(|| "It is not deployed in Sim.".to_owned());
    let mut private = state.map_or_else(|| json!({}), blocks::remembered);
    let files = schema::file_fields(&inputs);
    private["files"] = json!(files);
    private["fields"] = inputs
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|field| field["name"].as_str())
        .collect::<Vec<_>>()
        .into();
    let has_agent = state.is_none_or(|_| !blocks::outputs(&private).is_empty());
    let entry = |mode: &str, title: &str| EntryPoint {
        id: mode.to_owned(),
        kind: "api".to_owned(),
        name: title.to_owned(),
        methods: vec!["POST".to_owned()],
        url: None,
        auth: "api_key".to_owned(),
        authorized: true,
        response_mode: Some(mode.to_owned()),
        streams: Some(mode == "live" && has_agent),
        files: !files.is_empty(),
        input_schema: Some(schema::of_inputs(&inputs, &defaults)),
        runnable: deployed,
        reason: reason.clone(),
    };
    let mut entries = vec![entry("live", "Live"), entry("durable", "Durable")];
    if is_long || api.config.is_durable(id, &name) {
        entries.reverse();
    }
    let mut warnings = vec![NOT_LIVE.to_owned()];
    if detail.is_none() || state.is_none() {
        warnings.push(
            "Its inputs or blocks could not be read; they are asked for before the first run.".to_owned(),
        );
    }
    let workspace = text("workspaceId");
    WorkflowInfo {
        external_id: id.to_owned(),
        name,
        description: text("description"),
        tags: text("folderPath").filter(|path| path != "/").into_iter().collect(),
        active: deployed,
        runnable: deployed,
        reason,
        entries,
        warnings,
        editor_url: workspace.map(|workspace| {
            api.config.url(&format!("workspace/{}/w/{}", encode(&workspace), encode(id))).to_string()
        }),
        version: text("deployedAt"),
        updated_at: text("updatedAt"),
        graph: state.and_then(blocks::graph),
        private,
    }
}

/// A workflow that everybody may run: Sim tells nothing of it without a key.
fn public(api: &Api, id: &str) -> WorkflowInfo {
    let row = json!({"id": id, "name": id, "isDeployed": true});
    let mut workflow = describe(api, id, &row, None, None, false);
    for entry in &mut workflow.entries {
        entry.auth = "none".to_owned();
    }
    workflow.entries.retain(|entry| entry.id == "live" || api.config.has_key());
    workflow.warnings = vec![
        NOT_LIVE.to_owned(),
        "Without an API key nothing can be looked up: no text while it runs, no steps, no recovery."
            .to_owned(),
    ];
    workflow
}

/// A deployed chat: what it streams is fixed by its deployment (recordings `chat-*`).
async fn deployed_chat(api: &Api, identifier: &str) -> Result<WorkflowInfo, Failure> {
    let path = format!("api/chat/{}", encode(identifier));
    let answer = api.get(&path).await?;
    let password = api.config.secrets.get(&format!("chat:{identifier}:password")).is_some();
    let (about, auth) = match answer.status {
        _ if answer.is_success() => {
            let auth = answer.value["authType"].as_str().unwrap_or("public").to_owned();
            (answer.value, auth)
        }
        401 => {
            let words = answer.value.to_string();
            let kind =
                ["password", "email", "sso"].into_iter().find(|kind| words.to_lowercase().contains(kind));
            (Value::Null, kind.unwrap_or("password").to_owned())
        }
        _ => return Err(refused(&answer).at("/options/chats")),
    };
    let reason = match auth.as_str() {
        "public" => None,
        "password" if password => None,
        "password" => {
            Some(format!("It asks for a password: store it as the secret `chat:{identifier}:password`."))
        }
        other => Some(format!("It asks for a sign-in by {other}, which needs a browser.")),
    };
    let title = about["title"].as_str().unwrap_or(identifier).to_owned();
    let entry = EntryPoint {
        id: "chat".to_owned(),
        kind: "chat".to_owned(),
        name: title.clone(),
        methods: vec!["POST".to_owned()],
        url: Some(api.config.url(&path).to_string()),
        authorized: reason.is_none(),
        auth,
        response_mode: Some("live".to_owned()),
        streams: Some(true),
        files: true,
        input_schema: Some(schema::of_inputs(&Value::Null, &Map::new())),
        runnable: reason.is_none(),
        reason: reason.clone(),
    };
    let text = |key: &str| about[key].as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    Ok(WorkflowInfo {
        external_id: format!("chat:{identifier}"),
        name: title,
        description: text("description"),
        tags: vec!["chat".to_owned()],
        active: true,
        runnable: reason.is_none(),
        reason,
        entries: vec![entry],
        warnings: vec![
            "A deployed chat has no run id: a lost answer cannot be recovered, and there are no steps."
                .to_owned(),
        ],
        editor_url: Some(api.config.url(&format!("chat/{}", encode(identifier))).to_string()),
        private: json!({"chat": identifier}),
        ..WorkflowInfo::default()
    })
}
