//! The manifest of an MCP bundle (0.3, 0.4). The bundle itself is never unpacked: its folder is a variable that has to be
//! given.

use serde_json::{Map, Value};

use super::{
    draft::Draft,
    mcp_servers::{self, Around},
    smell::name_smells,
    variables::Variables,
};
use crate::{
    api::{ImportFormat, ImportVariable},
    error::{ErrorCode, Failure},
};

/// Most entries of `user_config`.
const CONFIG: usize = 200;

/// Declares what the manifest asks of its user.
pub(super) fn declare(manifest: &Value, variables: &mut Variables<'_>) {
    variables.declare(ImportVariable {
        name: "__dirname".to_owned(),
        description: Some("The folder that the bundle was unpacked into".to_owned()),
        is_path: true,
        ..ImportVariable::default()
    });
    let config = manifest.get("user_config").and_then(Value::as_object);
    for (name, value) in config.into_iter().flatten().take(CONFIG) {
        if let Value::Object(fields) = value {
            variables.declare(variable(name, fields));
        }
    }
}

fn variable(name: &str, fields: &Map<String, Value>) -> ImportVariable {
    let text = |name: &str| fields.get(name).and_then(Value::as_str).map(str::to_owned);
    let kind = text("type").unwrap_or_default();
    let default = match fields.get("default") {
        Some(Value::String(text)) => Some(text.clone()),
        Some(Value::Number(number)) => Some(number.to_string()),
        Some(Value::Bool(switch)) => Some(switch.to_string()),
        _ => None,
    };
    let required = fields.get("required") == Some(&Value::Bool(true));
    ImportVariable {
        name: format!("user_config.{name}"),
        description: text("description").or_else(|| text("title")),
        secret: fields.get("sensitive") == Some(&Value::Bool(true)) || name_smells(name),
        // What is not required is empty unless it is given.
        default: default.or_else(|| (!required).then(String::new)),
        is_path: kind == "directory" || kind == "file",
        ..ImportVariable::default()
    }
}

/// The server that the manifest describes.
pub(super) fn draft(manifest: &Value, variables: &Variables<'_>) -> Draft {
    let text = |name: &str| manifest.get(name).and_then(Value::as_str).map(str::to_owned);
    let name = text("name").unwrap_or_default();
    let around = Around {
        format: ImportFormat::Mcpb,
        variables,
        pointer: "/server/mcp_config".to_owned(),
        folder: None,
    };
    let config = manifest.get("server").and_then(|server| server.get("mcp_config"));
    let mut draft = match config {
        Some(config) => mcp_servers::draft(&name, &spread(config, manifest, variables), &around),
        None => Draft {
            original_name: name,
            problem: Some(
                Failure::new(
                    ErrorCode::InvalidConfig,
                    "Its manifest has no server.mcp_config: the command to start it is not known.",
                )
                .at("/server/mcp_config"),
            ),
            ..Draft::default()
        },
    };
    draft.title = text("display_name");
    draft.description = text("description");
    draft.notes.insert(
        0,
        "A bundle is not unpacked here: unpack it yourself and give its folder as __dirname.".to_owned(),
    );
    draft
}

/// Settings that take several values stand for as many arguments: they are put in as a list.
fn spread(config: &Value, manifest: &Value, variables: &Variables<'_>) -> Value {
    let mut config = config.clone();
    let Some(Value::Array(args)) = config.get_mut("args") else { return config };
    let several = |arg: &Value| {
        let name = arg.as_str()?.strip_prefix("${user_config.")?.strip_suffix('}')?;
        let fields = manifest.get("user_config")?.get(name)?;
        if fields.get("multiple") != Some(&Value::Bool(true)) {
            return None;
        }
        let given = variables
            .given(&format!("user_config.{name}"))
            .and_then(|given| serde_json::from_str(given).ok());
        let values = given.or_else(|| fields.get("default")?.as_array().cloned());
        let is_required = fields.get("required") == Some(&Value::Bool(true));
        values.or_else(|| (!is_required).then(Vec::new))
    };
    *args = args.iter().flat_map(|arg| several(arg).unwrap_or_else(|| vec![arg.clone()])).collect();
    config
}
