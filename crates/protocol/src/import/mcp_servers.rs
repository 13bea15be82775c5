//! One server as the programs of the `mcpServers` family write it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::{
    draft::{Draft, Named, Peer, VALUES, wrong},
    smell::{argument_smells, name_smells},
    variables::{Asked, Filled, Scope, Variables},
};
use crate::{
    api::{ImportFormat, ImportTransport},
    error::Failure,
};

/// Fields that the programs keep there and the hub has no use for.
const UNUSED: &[&str] = &[
    "$schema",
    "icon",
    "iconPath",
    "gallery",
    "version",
    "id",
    "source",
    "registryUrl",
    "chatMenu",
    "name",
    "startup",
    "isActive",
    "installed",
    "fromGalleryId",
    "dev",
    "provider",
    "logoUrl",
    "tags",
    "updatedAt",
];
/// Fields that change what happens, with what the hub does instead.
const NOTED: &[(&[&str], &str)] = &[
    (&["alwaysAllow", "autoApprove", "trust", "trusted"], "which tools may run unasked is not taken over"),
    (
        &[
            "disabledTools",
            "excludeTools",
            "includeTools",
            "enabledTools",
            "tools",
            "deferTools",
            "toolFilter",
        ],
        "which tools are offered is not taken over",
    ),
    (&["envFile", "env_file"], "its file of environment variables is not read: enter the variables it needs"),
    (
        &["headersHelper", "headers_helper"],
        "the command that makes its headers is not run: enter the headers",
    ),
    (
        &["oauth", "requiresOAuth", "auth", "authProviderType", "OAuth"],
        "its sign-in is not taken over: sign in anew",
    ),
    (&["sandbox", "sandboxEnabled"], "its sandbox is not taken over"),
];

/// Longest names and descriptions that are shown, in characters.
const SHOWN: usize = 300;

/// What is known of the document around a server.
pub(super) struct Around<'a> {
    pub(super) format: ImportFormat,
    pub(super) variables: &'a Variables<'a>,
    /// Where the server stands in the document: a JSON pointer.
    pub(super) pointer: String,
    /// The project that it belongs to.
    pub(super) folder: Option<String>,
}

/// Reads one server. What is wrong with it becomes its problem, and stops no other.
pub(super) fn draft(name: &str, value: &Value, around: &Around<'_>) -> Draft {
    let name = name.chars().take(SHOWN).collect();
    let mut draft = Draft { original_name: name, ..Draft::default() };
    let fixed = around.folder.as_deref().map(folder_variables).unwrap_or_default();
    let scope = Scope { fixed, own: own_variables(value) };
    let asked = std::mem::take(&mut draft.asked);
    let reader = Reader { around, scope, asked: &asked };
    if let Err(failure) = reader.read(&mut draft, value) {
        draft.problem = Some(failure);
    }
    draft.asked = asked;
    draft
}

fn folder_variables(folder: &str) -> BTreeMap<String, String> {
    let base = folder.rsplit(['/', '\\']).find(|part| !part.is_empty()).unwrap_or_default();
    [("workspaceFolder", folder), ("workspaceFolderBasename", base), ("cwd", folder)]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
}

/// Variables that the server's own environment sets: `mcp-remote` and its like put them into their arguments themselves,
/// which keeps them out of the list of processes.
fn own_variables(value: &Value) -> BTreeSet<String> {
    let env = value.get("env").and_then(Value::as_object);
    let set = env
        .into_iter()
        .flatten()
        .filter(|(_, value)| value.as_str().is_some_and(|text| !text.contains("${")));
    set.map(|(name, _)| name.clone()).collect()
}

struct Reader<'a> {
    around: &'a Around<'a>,
    scope: Scope,
    asked: &'a Asked,
}

impl Reader<'_> {
    fn read(&self, draft: &mut Draft, value: &Value) -> Result<(), Failure> {
        let Value::Object(outer) = value else {
            return Err(self.expected("", "an object"));
        };
        // Some files have type, url and headers in an object of their own.
        let nested = outer.get("transport").and_then(Value::as_object);
        let mut fields = outer.clone();
        if let Some(nested) = nested {
            fields.remove("transport");
            fields.extend(nested.clone());
        }
        let fields = &fields;
        let shown = |name: &str| text(fields, name).map(|text| text.chars().take(SHOWN).collect());
        draft.title = shown("title");
        draft.description = shown("description");
        draft.disabled = fields.get("disabled") == Some(&Value::Bool(true))
            || fields.get("enabled") == Some(&Value::Bool(false));
        self.times(draft, fields);
        let kind = ["type", "transportType", "transport"].iter().find_map(|name| text(fields, name));
        let urls = [("url", None), ("serverUrl", None), ("httpUrl", Some(ImportTransport::StreamableHttp))];
        let url = urls.iter().find_map(|(name, implied)| Some((text(fields, name)?, *implied)));
        let transport = match kind.as_deref().map(transport) {
            Some(Some(transport)) => transport,
            Some(None) => {
                let shown: String = kind.unwrap_or_default().chars().take(40).collect();
                return Err(wrong(format!("Its type '{shown}' is no transport that the hub speaks."))
                    .hint("It speaks stdio, http (streamable) and sse.")
                    .at(format!("{}/type", self.around.pointer)));
            }
            None if fields.contains_key("command") => ImportTransport::Stdio,
            None => url.as_ref().and_then(|(_, implied)| *implied).unwrap_or(ImportTransport::Auto),
        };
        self.say_what_is_left_out(draft, fields, transport);
        if transport == ImportTransport::Stdio {
            if url.is_some() {
                draft.notes.push("It has a command and an address: the command is taken.".to_owned());
            }
            return self.program(draft, fields);
        }
        let Some((url, _)) = url else {
            let message =
                if kind.is_some() { "It has no url." } else { "It has neither a command nor a url." };
            return Err(wrong(message).at(self.around.pointer.clone()));
        };
        let url = self.fill(url.trim(), false)?;
        let mut headers = self.named(draft, fields, &["headers", "http_headers"])?;
        if let Some(init) = fields.get("requestInit").and_then(Value::as_object) {
            headers.extend(self.named(draft, init, &["headers"])?);
        }
        draft.peer = Peer::Remote { transport, url, headers };
        Ok(())
    }

    fn program(&self, draft: &mut Draft, fields: &Map<String, Value>) -> Result<(), Failure> {
        let mut words = match fields.get("command") {
            Some(Value::String(command)) => vec![command.trim().to_owned()],
            Some(Value::Array(words)) => self.words("/command", words)?,
            Some(_) => return Err(self.expected("/command", "a text")),
            None => return Err(wrong("It names no command.").at(self.around.pointer.clone())),
        };
        match fields.get("args") {
            None | Some(Value::Null) => split_line(&mut words, &mut draft.notes),
            Some(Value::Array(args)) => words.extend(self.words("/args", args)?),
            Some(_) => return Err(self.expected("/args", "a list of texts")),
        }
        let mut args = Vec::with_capacity(words.len());
        let mut before: Option<&str> = None;
        for word in &words {
            // The first word is the command.
            args.push(self.fill(word, before.is_some() && argument_smells(before, word))?);
            before = Some(word);
        }
        let command = if args.is_empty() { Filled::default() } else { args.remove(0) };
        let env = self.named(draft, fields, &["env", "environment"])?;
        let cwd = match text(fields, "cwd").or_else(|| text(fields, "workingDirectory")) {
            Some(cwd) => Some(self.fill(&cwd, false)?.text),
            None => self.around.folder.clone(),
        };
        draft.peer = Peer::Program { command, args, env, cwd };
        Ok(())
    }

    fn words(&self, place: &str, words: &[Value]) -> Result<Vec<String>, Failure> {
        self.bounded(place, words.len())?;
        let word = |(at, word): (usize, &Value)| {
            scalar(word).ok_or_else(|| self.expected(&format!("{place}/{at}"), "a text"))
        };
        words.iter().enumerate().map(word).collect()
    }

    fn named(
        &self,
        draft: &mut Draft,
        fields: &Map<String, Value>,
        names: &[&str],
    ) -> Result<Vec<Named>, Failure> {
        let mut all = Vec::new();
        let given = names.iter().filter_map(|name| Some((*name, fields.get(*name)?)));
        for (place, value) in given.filter(|(_, value)| !value.is_null()) {
            let Value::Object(values) = value else {
                return Err(self.expected(&format!("/{place}"), "an object of texts"));
            };
            self.bounded(place, values.len())?;
            for (name, value) in values {
                if value.is_null() {
                    let name: String = name.chars().take(SHOWN).collect();
                    draft.notes.push(format!("{name} is null and is left out."));
                    continue;
                }
                let Some(value) = scalar(value) else {
                    let pointer = format!("/{place}/{}", name.replace('~', "~0").replace('/', "~1"));
                    return Err(self.expected(&pointer, "a text"));
                };
                let sealed = name_smells(name);
                // A variable that fills a secret place is a secret; the place itself is judged by its value.
                all.push(Named { name: name.clone(), value: self.fill(&value, sealed)?, sealed: false });
            }
        }
        Ok(all)
    }

    fn times(&self, draft: &mut Draft, fields: &Map<String, Value>) {
        let number = |name: &str| fields.get(name).and_then(Value::as_u64).filter(|number| *number > 0);
        // Cline and its relatives count seconds, everybody else milliseconds; nobody means less than half a second.
        let unit = |number: u64| {
            if number < 500 || self.around.format == ImportFormat::Cline {
                number.saturating_mul(1_000)
            } else {
                number
            }
        };
        draft.call_timeout_ms = number("timeout").or_else(|| number("toolTimeout")).map(unit);
        draft.start_timeout_ms =
            ["initTimeout", "startTimeout", "startupTimeout"].iter().find_map(|name| number(name)).map(unit);
    }

    fn say_what_is_left_out(
        &self,
        draft: &mut Draft,
        fields: &Map<String, Value>,
        transport: ImportTransport,
    ) {
        let is_set = |value: &Value| match value {
            Value::Null | Value::Bool(false) => false,
            Value::Array(items) => !items.is_empty() && *items != ["*"],
            _ => true,
        };
        for (names, what) in NOTED {
            if names.iter().any(|name| fields.get(*name).is_some_and(is_set)) {
                draft.notes.push(format!("Left out: {what}."));
            }
        }
        let read: &[&str] = if transport == ImportTransport::Stdio {
            &[
                "command",
                "args",
                "env",
                "environment",
                "cwd",
                "workingDirectory",
                "url",
                "serverUrl",
                "httpUrl",
            ]
        } else {
            &["url", "serverUrl", "httpUrl", "headers", "http_headers", "requestInit"]
        };
        let general = [
            "type",
            "transport",
            "transportType",
            "disabled",
            "enabled",
            "timeout",
            "toolTimeout",
            "initTimeout",
            "startTimeout",
            "startupTimeout",
            "title",
            "description",
            "serverInstructions",
        ];
        let known = |name: &str| {
            read.contains(&name)
                || general.contains(&name)
                || UNUSED.contains(&name)
                || NOTED.iter().any(|(names, _)| names.contains(&name))
        };
        let unknown: Vec<String> = fields
            .iter()
            .filter(|(name, value)| !known(name) && is_set(value))
            .map(|(name, _)| name.chars().take(40).collect())
            .collect();
        if !unknown.is_empty() {
            let shown = unknown.iter().take(8).map(String::as_str).collect::<Vec<_>>().join(", ");
            draft.notes.push(format!("Left out, because the hub does not know it: {shown}."));
        }
    }

    fn fill(&self, text: &str, sealed: bool) -> Result<Filled, Failure> {
        self.around.variables.fill(text, sealed, &self.scope, self.asked)
    }

    fn bounded(&self, place: &str, count: usize) -> Result<(), Failure> {
        if count <= VALUES {
            return Ok(());
        }
        Err(wrong(format!(
            "It has {count} entries in {}; at most {VALUES} are taken.",
            place.trim_start_matches('/')
        ))
        .at(self.around.pointer.clone()))
    }

    fn expected(&self, place: &str, what: &str) -> Failure {
        let pointer = format!("{}{place}", self.around.pointer);
        wrong(format!("{pointer} should be {what}.")).at(pointer)
    }
}

/// The transport of a type; `None`: there is no such one.
fn transport(kind: &str) -> Option<ImportTransport> {
    let plain: String = kind.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
    match plain.as_str() {
        "stdio" | "local" | "command" => Some(ImportTransport::Stdio),
        "http" | "streamablehttp" | "httpstream" | "httpstreamable" => Some(ImportTransport::StreamableHttp),
        "sse" | "httpsse" => Some(ImportTransport::HttpSse),
        "remote" | "auto" | "url" => Some(ImportTransport::Auto),
        _ => None,
    }
}

fn text(fields: &Map<String, Value>, name: &str) -> Option<String> {
    fields.get(name).and_then(Value::as_str).map(str::to_owned)
}

/// Numbers and switches are taken as the text they are written as.
fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(switch) => Some(switch.to_string()),
        _ => None,
    }
}

/// `npx -y server` as a command without arguments is meant as a line; a path with spaces in it is not.
fn split_line(words: &mut Vec<String>, notes: &mut Vec<String>) {
    let [line] = words.as_slice() else { return };
    let first = line.split_whitespace().next().unwrap_or_default();
    if first.len() == line.len()
        || first.contains(['/', '\\'])
        || line.contains(['"', '\'', '\\', '|', '&', ';', '`'])
    {
        return;
    }
    *words = line.split_whitespace().map(str::to_owned).collect();
    notes.push("Its command is a whole line and was split at the spaces.".to_owned());
}
