//! Requests and answers of importing, exporting and installing MCP servers.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::{error::Failure, ids::BackendId};

/// Body of `POST /api/v1/import`: a configuration file that another program wrote.
#[derive(Clone, Deserialize, Serialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ImportRequest {
    /// The text of the file: JSON, with comments and trailing commas where there are any.
    pub document: String,
    /// In place of `document`: a file on the hub's own machine, by its `name` in `GET /api/v1/import/places`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// Where the document comes from, a file's name for example: a hint where the form alone does not tell the program.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Values of variables, by their name in the report. They may be secrets.
    pub variables: BTreeMap<String, String>,
    /// Which entries to add, by `name` or `original_name`; absent: every entry that is `ready`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub choose: Option<Vec<String>>,
    /// Only tells what would be added; so unless it is set to `false`.
    pub dry_run: bool,
}

impl Default for ImportRequest {
    fn default() -> Self {
        Self {
            document: String::new(),
            place: None,
            source: None,
            variables: BTreeMap::new(),
            choose: None,
            dry_run: true,
        }
    }
}

/// The document and the values of the variables may hold secrets.
impl fmt::Debug for ImportRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ImportRequest")
            .field("bytes", &self.document.len())
            .field("place", &self.place)
            .field("variables", &self.variables.keys())
            .field("choose", &self.choose)
            .field("dry_run", &self.dry_run)
            .finish_non_exhaustive()
    }
}

/// What a document holds and what became of it. Holds no secret.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ImportReport {
    /// Which form the document has.
    pub format: ImportFormat,
    /// Nothing was added.
    pub dry_run: bool,
    /// The servers in it, in the document's order.
    pub entries: Vec<ImportEntry>,
    /// What is to be said of the document as a whole.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// The form of a configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ImportFormat {
    /// `claude_desktop_config.json`; also every other file that has nothing but `mcpServers` with commands.
    ClaudeDesktop,
    /// `.mcp.json`, or `~/.claude.json` with its projects.
    ClaudeCode,
    /// `.cursor/mcp.json`.
    Cursor,
    /// `.vscode/mcp.json`: `servers` and `inputs`.
    Vscode,
    /// `mcp-config.json` of Copilot's CLI.
    Copilot,
    /// Cline, Roo and their relatives.
    Cline,
    /// LibreChat's `mcpServers`, as JSON.
    Librechat,
    /// A registry's `server.json`.
    ServerJson,
    /// The manifest of an MCP bundle.
    Mcpb,
}

impl ImportFormat {
    /// The name to show.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::ClaudeDesktop => "Claude Desktop",
            Self::ClaudeCode => "Claude Code",
            Self::Cursor => "Cursor",
            Self::Vscode => "VS Code",
            Self::Copilot => "Copilot CLI",
            Self::Cline => "Cline",
            Self::Librechat => "LibreChat",
            Self::ServerJson => "server.json",
            Self::Mcpb => "MCP bundle",
        }
    }
}

/// One server of a document. Holds no secret.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ImportEntry {
    /// Name of the backend that it becomes: allowed, and not taken by another.
    pub name: String,
    /// Its name in the document.
    pub original_name: String,
    /// Where it stands.
    pub status: ImportStatus,
    /// How it is spoken to.
    pub transport: ImportTransport,
    /// Title to show.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Of a `server.json`, which names several ways to one server: which one this is (`remote`, `npm`, `pypi`, `oci`,
    /// `nuget`, `mcpb` …; a second one of its kind has `-2` behind it). Without `choose` only the first way that is ready is
    /// added.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub way: Option<String>,
    /// The program and every argument as they will run on the hub's machine, quoted as a shell wants it. Secrets stand
    /// there as `${secret:NAME}`, variables without a value as `${NAME}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command_line: Option<String>,
    /// The directory it runs in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cwd: Option<String>,
    /// The address of a remote server, secrets as in `command_line`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The environment that the program gets besides the hub's own, or the headers of a remote server.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<ImportValue>,
    /// Names of the secrets that go to the sealed store.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub secrets: Vec<String>,
    /// What has to be given before it can be added.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub variables_missing: Vec<ImportVariable>,
    /// What may be given: it has a default or can be left out, or has been given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub variables_optional: Vec<ImportVariable>,
    /// What differs from the document, and what a person should look at.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// Why it cannot be added, or was not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<Failure>,
    /// Switched off in the document: the backend is added switched off.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub disabled: bool,
    /// Name of the backend, or of the earlier entry, that has the same command line or address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_duplicate_of: Option<String>,
    /// The backend, once it is added.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backend: Option<BackendId>,
}

/// Where an entry stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ImportStatus {
    /// Can be added as it is.
    Ready,
    /// Variables are missing.
    NeedsVariables,
    /// There is such a backend already; added only when it is named in `choose`.
    Duplicate,
    /// Another way to a server of which one way is ready; added only when it is named in `choose`.
    Alternative,
    /// Cannot be added; `problem` says why.
    Unusable,
    /// Was added: `backend` is its id.
    Added,
    /// Should have been added and was not; `problem` says why.
    Failed,
    /// Was not asked for.
    Skipped,
}

/// How a server is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ImportTransport {
    /// A program on the hub's machine.
    Stdio,
    /// Remote; which of both is found out by trying.
    Auto,
    /// Streamable HTTP.
    StreamableHttp,
    /// HTTP with server-sent events, the transport before it.
    HttpSse,
}

/// An environment variable or a header.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ImportValue {
    /// Its name.
    pub name: String,
    /// Its value; absent for a secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// The value goes to the sealed store.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub secret: bool,
}

/// A variable of a document.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ImportVariable {
    /// The name to give its value under, in `variables`.
    pub name: String,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Its value is a secret: it is not shown while it is typed.
    pub secret: bool,
    /// What is taken when nothing is given; never shown for a secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// An example of what to give.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub placeholder: Option<String>,
    /// The only values that it takes, where they are listed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<String>,
    /// It is the name of a file or directory on the hub's machine.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_path: bool,
    /// It has been given.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_given: bool,
}

/// A file in which another program keeps its MCP servers, on the hub's machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ImportPlace {
    /// The name to ask for it: `claude-desktop`, `claude-code`, `cursor`, `vscode` …
    pub name: String,
    /// Name of the program.
    pub title: String,
    /// Where the file is or would be.
    pub path: String,
    /// Whether there is one.
    pub exists: bool,
}

/// For which program servers are exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExportFormat {
    /// `.mcp.json`: `mcpServers`, variables as `${NAME}`.
    ClaudeCode,
    /// `.cursor/mcp.json`: `mcpServers`, variables as `${env:NAME}`.
    Cursor,
    /// `.vscode/mcp.json`: `servers`, secrets as `inputs` that the editor asks for.
    Vscode,
}

impl ExportFormat {
    /// Every format.
    pub const ALL: &'static [Self] = &[Self::ClaudeCode, Self::Cursor, Self::Vscode];

    /// The name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ClaudeCode => "claude_code",
            Self::Cursor => "cursor",
            Self::Vscode => "vscode",
        }
    }
}

/// Answer of `GET /api/v1/export`: a configuration that another program reads. Holds no secret.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct McpExport {
    /// For which program.
    pub format: ExportFormat,
    /// Where that program looks for it, below a project's folder.
    pub file: String,
    /// The configuration itself.
    #[schema(value_type = Object)]
    pub document: Value,
    /// What the program asks for, or takes from its environment.
    pub variables: Vec<ExportVariable>,
    /// Backends that are not in it, and why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// A variable that stands in an exported configuration in place of a secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ExportVariable {
    /// Its name: of an environment variable, or of an input.
    pub name: String,
    /// Which server needs it.
    pub server: String,
    /// Which secret of the backend it stands for.
    pub secret: String,
}

/// A server in a registry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RegistryServer {
    /// Its name in the registry: `namespace/name`.
    pub name: String,
    /// Title to show.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What it does.
    pub description: String,
    /// This version.
    pub version: String,
    /// `active`, `deprecated` or `deleted`, where the registry says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// Why it has that status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_message: Option<String>,
    /// Whether there is no later version, where the registry says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_latest: Option<bool>,
    /// When it was published, as the registry writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published_at: Option<String>,
    /// When it was last changed, as the registry writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<String>,
    /// Where its source is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repository_url: Option<String>,
    /// Its page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub website_url: Option<String>,
    /// How it can be installed, the first one preferred: remote ones before those that run a program here.
    pub ways: Vec<ImportEntry>,
}

/// Answer of `GET /api/v1/registry/servers`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RegistryPage {
    /// The registry that was asked.
    pub registry: String,
    /// What it has.
    pub servers: Vec<RegistryServer>,
    /// Cursor of the next page; absent on the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// What is to be said of the answer: entries that could not be read, for example.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// Body of `POST /api/v1/registry/install`. The answer is an [`ImportReport`] with an entry for each way.
#[derive(Clone, Deserialize, Serialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct InstallRequest {
    /// Address of the registry; absent: the official one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registry: Option<String>,
    /// Name of the server there: `namespace/name`.
    pub server: String,
    /// Which version; absent: the latest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Which way, as `way` in its entries; absent: the first one that is ready.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub way: Option<String>,
    /// What to call the backend; absent: after the server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Values of variables, by name. They may be secrets.
    pub variables: BTreeMap<String, String>,
    /// Only tells what would be added; so unless it is set to `false`.
    pub dry_run: bool,
}

impl Default for InstallRequest {
    fn default() -> Self {
        Self {
            registry: None,
            server: String::new(),
            version: None,
            way: None,
            name: None,
            variables: BTreeMap::new(),
            dry_run: true,
        }
    }
}

/// The values of the variables may be secrets.
impl fmt::Debug for InstallRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InstallRequest")
            .field("registry", &self.registry)
            .field("server", &self.server)
            .field("version", &self.version)
            .field("way", &self.way)
            .field("variables", &self.variables.keys())
            .field("dry_run", &self.dry_run)
            .finish_non_exhaustive()
    }
}
