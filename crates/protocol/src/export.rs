//! Writes the configurations that other programs read for the MCP servers of the hub. Secrets never leave: in their place stand variables of each program's own kind. The other way round is [`crate::import`].

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::{
    api::{ExportFormat, ExportVariable, McpExport},
    error::{ErrorCode, Failure},
    import::STDIO,
    model::{Backend, Platform},
};

/// A configuration with these backends.
///
/// # Errors
/// `InvalidRequest` when a backend is no MCP server.
pub fn export(format: ExportFormat, backends: &[Backend]) -> Result<McpExport, Failure> {
    let mut writer = Writer { format, variables: Vec::new(), names: BTreeMap::new(), inputs: Vec::new() };
    let mut servers = Map::new();
    let mut notes = Vec::new();
    let mut taken = BTreeSet::new();
    for backend in backends {
        if backend.platform != Platform::Mcp {
            let message = format!("'{}' is no MCP server but {}.", backend.name, backend.platform.title());
            return Err(Failure::new(ErrorCode::InvalidRequest, message)
                .at("query:backend")
                .hint("Only MCP servers have a configuration that other programs read."));
        }
        let name = free(&backend.name, &mut taken);
        let server = writer.server(&name, backend);
        servers.insert(name, server);
        if !backend.enabled {
            notes.push(format!("'{}' is switched off in the hub.", backend.name));
        }
    }
    let (file, key) = match format {
        ExportFormat::ClaudeCode => (".mcp.json", "mcpServers"),
        ExportFormat::Cursor => (".cursor/mcp.json", "mcpServers"),
        ExportFormat::Vscode => (".vscode/mcp.json", "servers"),
    };
    let mut document = Map::new();
    if !writer.inputs.is_empty() {
        document.insert("inputs".to_owned(), Value::Array(writer.inputs));
    }
    document.insert(key.to_owned(), Value::Object(servers));
    Ok(McpExport {
        format,
        file: file.to_owned(),
        document: Value::Object(document),
        variables: writer.variables,
        notes,
    })
}

struct Writer {
    format: ExportFormat,
    variables: Vec<ExportVariable>,
    /// Names of variables, with what each stands for.
    names: BTreeMap<String, (String, String)>,
    inputs: Vec<Value>,
}

impl Writer {
    fn server(&mut self, name: &str, backend: &Backend) -> Value {
        let options = &backend.options;
        if backend.base_url == STDIO {
            let mut server = Map::new();
            if self.format != ExportFormat::Cursor {
                server.insert("type".to_owned(), "stdio".into());
            }
            let text = |name: &str| options.get(name).and_then(Value::as_str);
            server.insert("command".to_owned(), text("command").unwrap_or_default().into());
            let args =
                options.get("args").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
            let args: Vec<String> = args.map(|arg| self.referenced(arg, name)).collect();
            server.insert("args".to_owned(), args.into());
            let mut env = plain(options.get("env"));
            for secret in &backend.secrets {
                if let Some(variable) = secret.strip_prefix("env.") {
                    env.insert(variable.to_owned(), self.variable(variable, name, secret).into());
                }
            }
            if !env.is_empty() {
                server.insert("env".to_owned(), Value::Object(env));
            }
            if let Some(cwd) = text("cwd") {
                server.insert("cwd".to_owned(), cwd.into());
            }
            return Value::Object(server);
        }
        let kind = if options.get("transport") == Some(&json!("http_sse")) { "sse" } else { "http" };
        let url = self.referenced(&backend.base_url, name);
        let mut server = self.remote(kind, &url);
        let mut headers = plain(options.get("headers"));
        for secret in &backend.secrets {
            let header = secret.strip_prefix("header.");
            if let Some(header) = header {
                let variable = self.variable(&upper(&[name, header]), name, secret);
                headers.insert(header.to_owned(), variable.into());
            } else if secret == "bearer_token" {
                let variable = self.variable(&upper(&[name, "token"]), name, secret);
                headers.insert("Authorization".to_owned(), format!("Bearer {variable}").into());
            }
        }
        if !headers.is_empty() {
            server.insert("headers".to_owned(), Value::Object(headers));
        }
        Value::Object(server)
    }

    fn remote(&self, kind: &str, url: &str) -> Map<String, Value> {
        let mut server = Map::new();
        // Cursor finds the transport out by itself.
        if self.format != ExportFormat::Cursor {
            server.insert("type".to_owned(), kind.into());
        }
        server.insert("url".to_owned(), url.into());
        server
    }

    /// A text in which variables stand in place of `${secret:NAME}`.
    fn referenced(&mut self, text: &str, server: &str) -> String {
        let mut written = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${secret:") {
            let Some((secret, after)) = after.split_once('}') else { break };
            written.push_str(before);
            written.push_str(&self.variable(&upper(&[server, secret]), server, secret));
            rest = after;
        }
        written.push_str(rest);
        written
    }

    /// A variable that stands for a secret, as the program writes it.
    fn variable(&mut self, wanted: &str, server: &str, secret: &str) -> String {
        let owner = (server.to_owned(), secret.to_owned());
        let is_plain = wanted.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        let wanted = if is_plain { wanted.to_owned() } else { upper(&[wanted]) };
        let longer = upper(&[server, &wanted]);
        let numbered = (2..).map(|number| format!("{longer}_{number}"));
        let shape = |name: String| if self.format == ExportFormat::Vscode { input(&name) } else { name };
        let mut names = [wanted, longer.clone()].into_iter().chain(numbered).map(shape);
        // The numbers never end, so one is always free.
        let name = names.find(|name| self.names.get(name).is_none_or(|of| *of == owner)).unwrap_or_default();
        if self.names.insert(name.clone(), owner).is_none() {
            if self.format == ExportFormat::Vscode {
                let description = format!("{secret} of {server}");
                self.inputs.push(json!({ "type": "promptString", "id": name, "description": description, "password": true }));
            }
            let (server, secret) = (server.to_owned(), secret.to_owned());
            self.variables.push(ExportVariable { name: name.clone(), server, secret });
        }
        match self.format {
            ExportFormat::ClaudeCode => format!("${{{name}}}"),
            ExportFormat::Cursor => format!("${{env:{name}}}"),
            ExportFormat::Vscode => format!("${{input:{name}}}"),
        }
    }
}

fn plain(values: Option<&Value>) -> Map<String, Value> {
    values.and_then(Value::as_object).cloned().unwrap_or_default()
}

/// The words as the name of an environment variable.
fn upper(words: &[&str]) -> String {
    let mut name = String::new();
    for c in words.join("_").chars() {
        if c.is_ascii_alphanumeric() {
            name.push(c.to_ascii_uppercase());
        } else if !name.is_empty() && !name.ends_with('_') {
            name.push('_');
        }
    }
    let name = name.trim_end_matches('_');
    if name.starts_with(|c: char| c.is_ascii_alphabetic()) { name.to_owned() } else { format!("MCP_{name}") }
}

fn input(name: &str) -> String {
    name.to_ascii_lowercase().replace('_', "-")
}

/// Names of servers become parts of the names of tools, which take few signs.
fn free(name: &str, taken: &mut BTreeSet<String>) -> String {
    let plain: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || "-_".contains(c) { c } else { '-' }).collect();
    let plain = plain.trim_matches('-');
    let plain = if plain.is_empty() { "mcp" } else { plain };
    let mut free = plain.to_owned();
    let mut number = 2;
    while !taken.insert(free.clone()) {
        free = format!("{plain}-{number}");
        number += 1;
    }
    free
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        ids::BackendId,
        import::{Setting, fill_secrets, read},
        time::now,
    };

    fn backend(name: &str, base_url: &str, options: Value, secrets: &[&str]) -> Backend {
        Backend {
            id: BackendId::new(),
            name: name.to_owned(),
            kind: Platform::Mcp.backend_type(),
            platform: Platform::Mcp,
            base_url: base_url.to_owned(),
            options,
            secrets: secrets.iter().map(|name| (*name).to_owned()).collect(),
            enabled: name != "off",
            simulated: false,
            created_at: now(),
            updated_at: now(),
        }
    }

    fn samples() -> Vec<Backend> {
        vec![
            backend(
                "my github",
                STDIO,
                json!({"command": "docker", "args": ["run", "-e", "TOKEN", "--key=${secret:arg.3}"], "env": {"MODE": "fast"}, "cwd": "/w"}),
                &["arg.3", "env.TOKEN"],
            ),
            backend("other", STDIO, json!({"command": "npx", "args": ["-y", "x"]}), &["env.TOKEN"]),
            backend(
                "remote",
                "https://x.test/s/${secret:url.1}/mcp",
                json!({"transport": "auto", "headers": {"X-Team": "blue"}}),
                &["bearer_token", "header.X-Api-Key", "url.1"],
            ),
            backend("off", "https://y.test/sse", json!({"transport": "http_sse"}), &[]),
            backend("ü/ü", "https://z.test/mcp", json!({"transport": "streamable_http"}), &[]),
        ]
    }

    #[test]
    fn every_program_gets_its_form() {
        for format in ExportFormat::ALL {
            let exported = export(*format, &samples()).unwrap();
            insta::assert_json_snapshot!(format.as_str(), exported);
        }
    }

    #[test]
    fn what_was_exported_can_be_imported_again() {
        for format in ExportFormat::ALL {
            let exported = export(*format, &samples()).unwrap();
            let value =
                |variable: &ExportVariable| format!("value of {} {}", variable.server, variable.secret);
            let input = |name: &str| {
                if *format == ExportFormat::Vscode { format!("input:{name}") } else { name.to_owned() }
            };
            let variables =
                exported.variables.iter().map(|variable| (input(&variable.name), value(variable))).collect();
            let setting = Setting { variables: &variables, home: None, source: Some(&exported.file) };
            let imported = read(&exported.document.to_string(), &setting).unwrap();
            let back: Vec<_> = imported.candidates.into_iter().map(|one| one.backend.unwrap()).collect();
            for (before, after) in samples().iter().zip(&back) {
                let secrets =
                    after.secrets.iter().map(|(name, value)| (name.clone(), value.clone().into())).collect();
                let url = fill_secrets(&after.base_url, &secrets).unwrap();
                assert_eq!(url, before.base_url.replace("${secret:url.1}", "value of remote url.1"));
                let keys =
                    |value: &Value| value.as_object().unwrap().keys().cloned().collect::<BTreeSet<_>>();
                assert_eq!(keys(&before.options), keys(&after.options), "{format:?}");
            }
            let token = back[0].secrets.get("env.TOKEN").unwrap();
            assert_eq!(token, "value of my-github env.TOKEN");
            assert_eq!(back[1].secrets.get("env.TOKEN").unwrap(), "value of other env.TOKEN");
        }
    }

    #[test]
    fn what_is_no_mcp_server_is_refused() {
        let mut n8n = backend("n8n", "http://x", json!({}), &[]);
        n8n.platform = Platform::N8n;
        assert_eq!(export(ExportFormat::Cursor, &[n8n]).unwrap_err().code, ErrorCode::InvalidRequest);
    }
}
