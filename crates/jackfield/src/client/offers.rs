//! Tools, what MCP servers offer beside them, and signing in there.

use jackfield_protocol::{
    api::{BackendView, BeginSignIn, CallTool, GetPrompt, PendingSignIn, ReadResource},
    error::Failure,
    ids::{BackendId, ToolRowId},
    model::{
        Offered, PromptInfo, PromptResult, ResourceContents, ResourceInfo, ResourceTemplateInfo, Run,
        ToolView,
    },
    port::{JournalLine, SignInAnswer},
};
use reqwest::Method;
use serde::{Serialize, de::DeserializeOwned};

use super::{Client, backend_query};

impl Client {
    /// Tools that fit a query.
    pub(crate) async fn tools(&self, query: &[(&str, String)]) -> Result<Vec<ToolView>, Failure> {
        self.all(&["tools"], query).await
    }

    /// One tool, by any of its names.
    pub(crate) async fn tool(&self, name: &str) -> Result<ToolView, Failure> {
        self.json(self.request(Method::GET, &["tools", name])?).await
    }

    /// Calls a tool: the call is a run.
    pub(crate) async fn call_tool(&self, id: ToolRowId, call: &CallTool) -> Result<Run, Failure> {
        self.send(Method::POST, &["tools", &id.to_string(), "call"], call).await
    }

    /// Accepts the present definition of a tool.
    pub(crate) async fn accept_tool(&self, id: ToolRowId) -> Result<ToolView, Failure> {
        self.post(&["tools", &id.to_string(), "accept"]).await
    }

    /// What can be read, of one backend or of all.
    pub(crate) async fn resources(
        &self,
        backend: Option<BackendId>,
    ) -> Result<Vec<Offered<ResourceInfo>>, Failure> {
        self.all(&["resources"], &backend_query(backend)).await
    }

    /// What can be read once its variables are filled in.
    pub(crate) async fn resource_templates(
        &self,
        backend: Option<BackendId>,
    ) -> Result<Vec<Offered<ResourceTemplateInfo>>, Failure> {
        self.all(&["resource-templates"], &backend_query(backend)).await
    }

    /// Prompts, of one backend or of all.
    pub(crate) async fn prompts(
        &self,
        backend: Option<BackendId>,
    ) -> Result<Vec<Offered<PromptInfo>>, Failure> {
        self.all(&["prompts"], &backend_query(backend)).await
    }

    /// Reads a resource.
    pub(crate) async fn read_resource(&self, id: BackendId, uri: &str) -> Result<ResourceContents, Failure> {
        let body = ReadResource { uri: uri.to_owned() };
        self.of_backend(id, &["resources", "read"], &body).await
    }

    /// Fills in a prompt.
    pub(crate) async fn get_prompt(&self, id: BackendId, body: &GetPrompt) -> Result<PromptResult, Failure> {
        self.of_backend(id, &["prompts", "get"], body).await
    }

    /// The last lines of a backend's own program and connection.
    pub(crate) async fn journal(&self, id: BackendId) -> Result<Vec<JournalLine>, Failure> {
        self.all(&["backends", &id.to_string(), "journal"], &[]).await
    }

    /// Begins a sign-in whose browser comes back to `redirect_uri`.
    pub(crate) async fn begin_sign_in(
        &self,
        id: BackendId,
        redirect_uri: String,
    ) -> Result<PendingSignIn, Failure> {
        self.of_backend(id, &["sign-in"], &BeginSignIn { redirect_uri: Some(redirect_uri) }).await
    }

    /// Ends a sign-in.
    pub(crate) async fn finish_sign_in(
        &self,
        id: BackendId,
        answer: &SignInAnswer,
    ) -> Result<BackendView, Failure> {
        self.of_backend(id, &["sign-in", "finish"], answer).await
    }

    /// Forgets a sign-in.
    pub(crate) async fn sign_out(&self, id: BackendId) -> Result<BackendView, Failure> {
        self.json(self.request(Method::DELETE, &["backends", &id.to_string(), "sign-in"])?).await
    }

    async fn of_backend<T: DeserializeOwned>(
        &self,
        id: BackendId,
        path: &[&str],
        body: &impl Serialize,
    ) -> Result<T, Failure> {
        let id = id.to_string();
        let path: Vec<&str> = ["backends", &id].into_iter().chain(path.iter().copied()).collect();
        self.send(Method::POST, &path, body).await
    }
}
