//! A server as it was read, and what becomes of it: a backend with its secrets apart, and an entry that says so.

use std::{collections::BTreeMap, fmt, ops::Range};

use serde_json::{Map, Value, json};
use url::Url;

use super::{
    command_line::command_line,
    fill::secret_reference,
    risks,
    settle::identity,
    smell::{in_argument, in_url, is_placeholder, is_secret},
    variables::{Asked, Filled},
};
use crate::{
    api::{ImportEntry, ImportStatus, ImportTransport, ImportValue, NewBackend},
    error::{ErrorCode, Failure},
    model::Platform,
};

/// In place of an address: a program on the hub's machine.
pub const STDIO: &str = "stdio:";
/// Longest command line, in bytes: what every system takes.
const COMMAND_LINE: usize = 128 * 1024;
/// Most arguments, variables or headers of one server.
pub(super) const VALUES: usize = 1_000;

/// A server as a document has it, with its variables filled in.
#[derive(Default)]
pub(super) struct Draft {
    pub(super) original_name: String,
    /// What to make the backend's name from, where that is not the original name.
    pub(super) wanted_name: Option<String>,
    pub(super) title: Option<String>,
    pub(super) description: Option<String>,
    pub(super) way: Option<String>,
    pub(super) peer: Peer,
    pub(super) disabled: bool,
    pub(super) start_timeout_ms: Option<u64>,
    pub(super) call_timeout_ms: Option<u64>,
    pub(super) notes: Vec<String>,
    pub(super) problem: Option<Failure>,
    pub(super) asked: Asked,
}

/// Where the server is.
#[derive(Default)]
pub(super) enum Peer {
    /// It could not be made out.
    #[default]
    Unknown,
    /// A program.
    Program { command: Filled, args: Vec<Filled>, env: Vec<Named>, cwd: Option<String> },
    /// An address.
    Remote { transport: ImportTransport, url: Filled, headers: Vec<Named> },
}

/// An environment variable or header.
pub(super) struct Named {
    pub(super) name: String,
    pub(super) value: Filled,
    /// The document says that it is a secret.
    pub(super) sealed: bool,
}

/// A server of a document: what is shown of it, and the backend that it would be.
#[derive(Clone)]
pub struct Candidate {
    /// What is shown.
    pub entry: ImportEntry,
    /// What is added; absent where something is missing or wrong.
    pub backend: Option<NewBackend>,
    /// What makes it the same as another: the whole command line, or the address.
    pub(super) identity: Option<String>,
}

/// The backend holds secrets.
impl fmt::Debug for Candidate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Candidate").field("entry", &self.entry).finish_non_exhaustive()
    }
}

/// What is put together on the way from a draft to a candidate.
#[derive(Default)]
struct Parts {
    base_url: String,
    options: Map<String, Value>,
    secrets: BTreeMap<String, String>,
    values: Vec<ImportValue>,
    notes: Vec<String>,
    command_line: Option<String>,
    cwd: Option<String>,
    url: Option<String>,
    is_incomplete: bool,
}

/// Takes the secrets apart and builds the backend.
pub(super) fn candidate(draft: Draft) -> Candidate {
    let mut parts = Parts { notes: draft.notes, ..Parts::default() };
    let (transport, built) = match &draft.peer {
        Peer::Unknown => (ImportTransport::Auto, Ok(())),
        Peer::Program { command, args, env, cwd } => {
            (ImportTransport::Stdio, parts.program(command, args, env, cwd.as_deref()))
        }
        Peer::Remote { transport, url, headers } => (*transport, parts.remote(*transport, url, headers)),
    };
    for (name, milliseconds) in
        [("start_timeout_ms", draft.start_timeout_ms), ("call_timeout_ms", draft.call_timeout_ms)]
    {
        if let Some(milliseconds) = milliseconds {
            parts.options.insert(name.to_owned(), milliseconds.into());
        }
    }
    let problem = draft.problem.or(built.err());
    let identity = (!parts.base_url.is_empty()).then(|| identity(&parts.base_url, &parts.options));
    let is_incomplete = parts.is_incomplete || draft.asked.lacks();
    let status = match &problem {
        Some(_) => ImportStatus::Unusable,
        None if is_incomplete => ImportStatus::NeedsVariables,
        None => ImportStatus::Ready,
    };
    let (variables_missing, variables_optional) = draft.asked.into_lists();
    let entry = ImportEntry {
        name: draft.wanted_name.unwrap_or_else(|| draft.original_name.clone()),
        original_name: draft.original_name,
        status,
        transport,
        title: draft.title,
        description: draft.description,
        way: draft.way,
        command_line: parts.command_line,
        cwd: parts.cwd,
        url: parts.url,
        values: parts.values,
        secrets: parts.secrets.keys().cloned().collect(),
        variables_missing,
        variables_optional,
        notes: parts.notes,
        problem,
        disabled: draft.disabled,
        is_duplicate_of: None,
        backend: None,
    };
    let backend = (status == ImportStatus::Ready).then(|| NewBackend {
        name: entry.name.clone(),
        platform: Platform::Mcp,
        base_url: parts.base_url,
        options: Value::Object(parts.options),
        secrets: parts.secrets,
        enabled: !draft.disabled,
    });
    Candidate { entry, backend, identity }
}

impl Parts {
    fn program(
        &mut self,
        command: &Filled,
        args: &[Filled],
        env: &[Named],
        cwd: Option<&str>,
    ) -> Result<(), Failure> {
        STDIO.clone_into(&mut self.base_url);
        let mut shown = vec![command.text.clone()];
        self.is_incomplete |= command.is_incomplete;
        let mut before: Option<&str> = None;
        for (at, arg) in args.iter().enumerate() {
            self.is_incomplete |= arg.is_incomplete;
            let looks = if arg.is_incomplete { None } else { in_argument(before, &arg.text) };
            let name = format!("arg.{at}");
            shown.push(match hull(arg.secrets.iter().cloned().chain(looks)) {
                Some(range) => self.seal(&name, &arg.text, range),
                None => arg.text.clone(),
            });
            before = Some(&arg.text);
        }
        self.command_line = Some(command_line(shown.iter().map(String::as_str)));
        self.cwd = cwd.map(str::to_owned);
        risks::of_program(&command.text, args, env, &mut self.notes);
        let options = &mut self.options;
        let mut words = shown.into_iter();
        options.insert("command".to_owned(), words.next().unwrap_or_default().into());
        options.insert("args".to_owned(), words.collect());
        if let Some(cwd) = cwd {
            options.insert("cwd".to_owned(), cwd.into());
        }
        let plain = self.named("env.", env);
        if !plain.is_empty() {
            self.options.insert("env".to_owned(), Value::Object(plain));
        }
        check_program(command, args, env, cwd)
    }

    fn remote(&mut self, transport: ImportTransport, url: &Filled, headers: &[Named]) -> Result<(), Failure> {
        self.is_incomplete |= url.is_incomplete;
        let looks = if url.is_incomplete { Vec::new() } else { in_url(&url.text) };
        let mut masked = String::new();
        let mut from = 0;
        for (at, range) in apart(url.secrets.iter().cloned().chain(looks)).into_iter().enumerate() {
            let name = format!("url.{}", at + 1);
            masked.push_str(url.text.get(from..range.start).unwrap_or_default());
            masked.push_str(&secret_reference(&name));
            self.keep(name, url.text.get(range.clone()).unwrap_or_default());
            from = range.end;
        }
        masked.push_str(url.text.get(from..).unwrap_or_default());
        let kind = match transport {
            ImportTransport::StreamableHttp => "streamable_http",
            ImportTransport::HttpSse => "http_sse",
            ImportTransport::Auto | ImportTransport::Stdio => "auto",
        };
        self.options.insert("transport".to_owned(), kind.into());
        self.base_url.clone_from(&masked);
        self.url = Some(masked);
        let plain = self.named("header.", headers);
        if !plain.is_empty() {
            self.options.insert("headers".to_owned(), Value::Object(plain));
        }
        check_remote(url, headers)
    }

    /// Sorts values into plain ones, which are given back, and secrets.
    fn named(&mut self, kind: &str, all: &[Named]) -> Map<String, Value> {
        let mut plain = Map::new();
        for Named { name, value, sealed } in all {
            self.is_incomplete |= value.is_incomplete;
            let is_header = kind == "header.";
            let always = is_header && is_credential_header(name);
            let secret = *sealed || always || !value.secrets.is_empty() || is_secret(name, &value.text);
            let shown = (!secret).then(|| value.text.clone());
            self.values.push(ImportValue { name: name.clone(), value: shown, secret });
            if value.is_incomplete {
                continue;
            }
            if !secret {
                plain.insert(name.clone(), json!(value.text));
                continue;
            }
            let bearer = value.text.get(..7).filter(|start| start.eq_ignore_ascii_case("bearer "));
            match bearer.and(value.text.get(7..)) {
                Some(token) if is_header && name.eq_ignore_ascii_case("authorization") => {
                    self.keep("bearer_token".to_owned(), token.trim());
                }
                _ => self.keep(format!("{kind}{name}"), &value.text),
            }
        }
        plain
    }

    /// Puts a reference in place of a part of a text, and keeps that part.
    fn seal(&mut self, name: &str, text: &str, range: Range<usize>) -> String {
        let mut shown = text.get(..range.start).unwrap_or_default().to_owned();
        shown.push_str(&secret_reference(name));
        shown.push_str(text.get(range.end..).unwrap_or_default());
        self.keep(name.to_owned(), text.get(range).unwrap_or_default());
        shown
    }

    fn keep(&mut self, name: String, secret: &str) {
        if is_placeholder(secret) {
            self.notes.push(format!(
                "{name} looks like what a manual prints in place of a key: enter the key itself."
            ));
        }
        self.secrets.insert(name, secret.to_owned());
    }
}

/// Headers that are nothing but credentials.
fn is_credential_header(name: &str) -> bool {
    ["authorization", "proxy-authorization", "cookie"].iter().any(|known| name.eq_ignore_ascii_case(known))
}

/// The smallest range that holds all of them.
fn hull(ranges: impl Iterator<Item = Range<usize>>) -> Option<Range<usize>> {
    ranges.reduce(|one, other| one.start.min(other.start)..one.end.max(other.end))
}

/// The ranges in order, overlapping ones made one.
fn apart(ranges: impl Iterator<Item = Range<usize>>) -> Vec<Range<usize>> {
    let mut sorted: Vec<_> = ranges.collect();
    sorted.sort_by_key(|range| range.start);
    let mut apart: Vec<Range<usize>> = Vec::new();
    for range in sorted {
        match apart.last_mut() {
            Some(last) if range.start < last.end => last.end = last.end.max(range.end),
            _ => apart.push(range),
        }
    }
    apart
}

fn check_program(command: &Filled, args: &[Filled], env: &[Named], cwd: Option<&str>) -> Result<(), Failure> {
    if command.text.trim().is_empty() {
        return Err(wrong("It names no command."));
    }
    if !command.secrets.is_empty() {
        return Err(wrong(
            "The name of the command holds a secret, and would stand in every list of processes.",
        )
        .hint("Give secrets in arguments or, better, in the environment."));
    }
    let texts = args.iter().map(|arg| arg.text.as_str()).chain([command.text.as_str()]).chain(cwd);
    let values = env.iter().map(|named| named.value.text.as_str());
    if texts.chain(values).any(|text| text.contains('\0')) {
        return Err(wrong("A NUL character cannot be given to a program."));
    }
    if let Some(named) = env.iter().find(|named| named.name.is_empty() || named.name.contains(['=', '\0'])) {
        let shown: String = named.name.chars().take(40).collect();
        return Err(wrong(format!("'{shown}' cannot be the name of an environment variable.")));
    }
    let length: usize = args.iter().map(|arg| arg.text.len() + 1).sum::<usize>() + command.text.len();
    if length > COMMAND_LINE {
        return Err(wrong(format!("Its command line has {length} bytes; at most {COMMAND_LINE} are taken.")));
    }
    Ok(())
}

fn check_remote(url: &Filled, headers: &[Named]) -> Result<(), Failure> {
    for named in headers {
        let is_token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
        if named.name.is_empty() || !named.name.chars().all(is_token) {
            let shown: String = named.name.chars().take(40).collect();
            return Err(wrong(format!("'{shown}' cannot be the name of a header.")));
        }
        if named.value.text.chars().any(|c| c.is_control() && c != '\t') {
            return Err(wrong(format!(
                "The header {} has a line break or another control character in it.",
                named.name
            )));
        }
    }
    if url.is_incomplete {
        return Ok(());
    }
    // The address may hold secrets: it is not repeated.
    let no_url = |message: &str| {
        Failure::new(ErrorCode::InvalidUrl, message)
            .hint("It begins with http:// or https:// and names a host.")
    };
    let parsed =
        Url::parse(url.text.trim()).map_err(|error| no_url(&format!("Its address is no URL: {error}.")))?;
    match parsed.scheme() {
        "http" | "https" => Ok(()),
        "ws" | "wss" => Err(no_url("It is spoken to over a WebSocket, which is no transport of MCP.")),
        _ => Err(no_url("Its address is not one of HTTP.")),
    }
}

/// An entry that cannot be used.
pub(super) fn wrong(message: impl Into<String>) -> Failure {
    Failure::new(ErrorCode::InvalidConfig, message)
}
