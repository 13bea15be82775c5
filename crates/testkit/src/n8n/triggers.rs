//! Which workflow a path leads to.

use serde_json::Value;

use super::Corpus;

/// A trigger that listens.
#[derive(Debug, Clone)]
pub(super) struct Trigger {
    pub(super) workflow_id: String,
    /// Path behind `/webhook/`, `:param` for parts that may be anything.
    pub(super) path: String,
    pub(super) methods: Vec<String>,
    pub(super) chat: bool,
    /// A chat that is not public does not listen.
    pub(super) public: bool,
    /// `none`, `basicAuth`, `headerAuth`, `jwtAuth`, `n8nUserAuth`.
    pub(super) authentication: String,
}

/// Where a path leads.
pub(super) enum Found<'a> {
    Trigger(&'a Trigger),
    /// It listens for this method only.
    OtherMethod(&'a str),
    Nothing,
}

pub(super) fn triggers(corpus: &Corpus) -> Vec<Trigger> {
    let mut found = Vec::new();
    for workflow in corpus.workflows.iter().filter(|workflow| workflow["active"] == true) {
        let live = &workflow["activeVersion"]["nodes"];
        let nodes = if live.is_array() { live } else { &workflow["nodes"] };
        for node in nodes.as_array().into_iter().flatten().filter(|node| node["disabled"] != true) {
            found.extend(trigger(workflow, node));
        }
    }
    found
}

fn trigger(workflow: &Value, node: &Value) -> Option<Trigger> {
    let kind = node["type"].as_str()?;
    let parameters = &node["parameters"];
    let hook = node["webhookId"].as_str().unwrap_or_default();
    let (path, methods, chat) = match kind {
        "n8n-nodes-base.webhook" => {
            let path = parameters["path"].as_str()?;
            let path = if path.contains(':') { format!("{hook}/{path}") } else { path.to_owned() };
            let methods = match &parameters["httpMethod"] {
                Value::Array(all) => all.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
                Value::String(one) => vec![one.clone()],
                _ => vec!["GET".to_owned()],
            };
            (path, methods, false)
        }
        "@n8n/n8n-nodes-langchain.chatTrigger" => (format!("{hook}/chat"), vec!["POST".to_owned()], true),
        _ => return None,
    };
    Some(Trigger {
        workflow_id: workflow["id"].as_str()?.to_owned(),
        path,
        methods,
        chat,
        public: !chat || parameters["public"] == true,
        authentication: parameters["authentication"].as_str().unwrap_or("none").to_owned(),
    })
}

/// Finds the trigger for a path behind `/webhook/`.
pub(super) fn find<'a>(triggers: &'a [Trigger], method: &str, path: &str) -> Found<'a> {
    let mut other = None;
    for trigger in triggers.iter().filter(|trigger| fits(&trigger.path, path)) {
        if trigger.methods.iter().any(|known| known == method) {
            return Found::Trigger(trigger);
        }
        other = trigger.methods.first();
    }
    other.map_or(Found::Nothing, |method| Found::OtherMethod(method))
}

fn fits(pattern: &str, path: &str) -> bool {
    let (pattern, path): (Vec<_>, Vec<_>) = (pattern.split('/').collect(), path.split('/').collect());
    pattern.len() == path.len()
        && pattern.iter().zip(&path).all(|(wanted, given)| wanted.starts_with(':') || wanted == given)
}
