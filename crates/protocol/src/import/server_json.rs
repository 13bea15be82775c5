//! A registry's `server.json` (schema 2025-12-11): remote addresses, and packages that a runner such as `npx` downloads
//! and starts. One server, several ways to it; each becomes an entry of its own.

use serde_json::{Map, Value};

use super::{
    draft::{Draft, Named, Peer, VALUES, wrong},
    packages,
    server_inputs::Inputs,
    variables::{Asked, Variables},
};
use crate::{
    api::ImportTransport,
    error::{ErrorCode, Failure},
};

/// Most ways of one server that are looked at.
const WAYS: usize = 20;
/// Longest texts that are shown, in characters.
const SHOWN: usize = 500;

/// The ways to a server, remote ones first: they run no code on the hub's machine.
pub(super) fn drafts(server: &Value, variables: &Variables<'_>) -> Vec<Draft> {
    let list = |name: &str| server.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let mut drafts = Vec::new();
    let mut kinds: Vec<String> = Vec::new();
    let remotes = list("remotes").iter().map(|value| (value, true));
    let packages = list("packages").iter().map(|value| (value, false));
    for (value, is_remote) in remotes.chain(packages).take(WAYS) {
        let kind = if is_remote {
            "remote"
        } else {
            value.get("registryType").and_then(Value::as_str).unwrap_or("package")
        };
        let kind: String = kind.chars().filter(char::is_ascii_alphanumeric).take(20).collect();
        kinds.push(kind.clone());
        let same = kinds.iter().filter(|known| **known == kind).count();
        let mut draft = named(server);
        draft.way = Some(if same > 1 { format!("{kind}-{same}") } else { kind });
        let asked = std::mem::take(&mut draft.asked);
        let inputs = Inputs { variables, asked: &asked };
        let read = if is_remote {
            remote(&mut draft, value, &inputs)
        } else {
            packages::package(&mut draft, value, &inputs)
        };
        if let Err(failure) = read {
            draft.problem = Some(failure);
        }
        draft.asked = asked;
        drafts.push(draft);
    }
    if drafts.is_empty() {
        let mut draft = named(server);
        draft.problem = Some(wrong("It names neither a package nor a remote address."));
        drafts.push(draft);
    }
    drafts
}

fn named(server: &Value) -> Draft {
    let text = |name: &str| {
        server.get(name).and_then(Value::as_str).map(|text| text.chars().take(SHOWN).collect::<String>())
    };
    let name = text("name").unwrap_or_default();
    let short = name.rsplit('/').next().unwrap_or_default().to_owned();
    Draft {
        original_name: name,
        wanted_name: Some(short),
        title: text("title"),
        description: text("description"),
        asked: Asked::default(),
        ..Draft::default()
    }
}

fn remote(draft: &mut Draft, value: &Value, inputs: &Inputs<'_>) -> Result<(), Failure> {
    let transport = match value.get("type").and_then(Value::as_str).unwrap_or_default() {
        "streamable-http" => ImportTransport::StreamableHttp,
        "sse" => ImportTransport::HttpSse,
        other => {
            let shown: String = other.chars().take(40).collect();
            return Err(wrong(format!("Its type '{shown}' is no transport that the hub speaks.")));
        }
    };
    let Some(url) = value.get("url").and_then(Value::as_str) else {
        return Err(wrong("Its remote address is missing."));
    };
    let no_variables = Map::new();
    let variables = value.get("variables").and_then(Value::as_object).unwrap_or(&no_variables);
    let url = inputs.template(url, variables, false, true)?.unwrap_or_default();
    let headers = key_values(value.get("headers"), inputs, "header")?;
    draft.peer = Peer::Remote { transport, url, headers };
    Ok(())
}

/// Headers or environment variables.
pub(super) fn key_values(
    list: Option<&Value>,
    inputs: &Inputs<'_>,
    what: &str,
) -> Result<Vec<Named>, Failure> {
    let list = list.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    if list.len() > VALUES {
        return Err(Failure::new(
            ErrorCode::TooLarge,
            format!("It has {} entries of {what}; at most {VALUES} are taken.", list.len()),
        ));
    }
    let mut all = Vec::new();
    for value in list {
        let Some(fields) = value.as_object() else {
            return Err(wrong(format!("A {what} of it is no object.")));
        };
        let Some(name) = fields.get("name").and_then(Value::as_str) else {
            return Err(wrong(format!("A {what} of it has no name.")));
        };
        if let Some(value) = inputs.input(name, fields)? {
            all.push(Named {
                name: name.to_owned(),
                value,
                sealed: fields.get("isSecret") == Some(&Value::Bool(true)),
            });
        }
    }
    Ok(all)
}
