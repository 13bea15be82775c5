//! The hub's HTTP API as the commands use it.

mod import;
mod offers;
mod transport;

use std::time::Duration;

use bytes::Bytes;
use jackfield_protocol::{
    api::{
        AnswerInput, BackendChange, BackendView, CreatedToken, DataChange, DataView, DiscoveryReport,
        NewBackend, NewToken, Page, SignInLink, StartRun, Trace,
    },
    error::{ErrorCode, Failure},
    event::StreamEvent,
    ids::{BackendId, BlobId, RunId, Seq, TokenId},
    model::{CancelReport, ConnectionReport, Run, Workflow},
    port::{ApiToken, PlatformInfo},
};
use reqwest::{
    Method, Response, StatusCode, header,
    multipart::{Form, Part},
};
use secrecy::SecretString;
use serde_json::Value;
use url::Url;

use self::transport::content_type;
pub(crate) use self::transport::is_loopback;

/// The hub is near: longer than this it takes only when it is not there.
const CONNECT: Duration = Duration::from_secs(5);
/// Longest wait for what the hub answers from memory.
const SHORT: Duration = Duration::from_secs(10);

/// What a hub says of itself.
#[derive(Debug, Clone)]
pub(crate) struct About {
    /// Its version.
    pub(crate) version: Option<String>,
    /// Seconds that its clock is ahead of ours.
    pub(crate) clock_skew: Option<i64>,
}

/// A file that goes into a run.
#[derive(Debug, Clone)]
pub(crate) struct Upload {
    /// Form field.
    pub(crate) field: String,
    /// File name.
    pub(crate) name: String,
    /// Media type.
    pub(crate) media_type: String,
    /// Its bytes.
    pub(crate) bytes: Vec<u8>,
}

/// A connection to one hub.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    http: reqwest::Client,
    base: Url,
    token: Option<SecretString>,
}

impl Client {
    /// For a hub at this address.
    ///
    /// # Errors
    /// `Internal` when TLS cannot be set up.
    pub(crate) fn new(mut base: Url, token: Option<SecretString>) -> Result<Self, Failure> {
        if !base.path().ends_with('/') {
            base.set_path(&format!("{}/", base.path()));
        }
        let mut builder = reqwest::Client::builder()
            .connect_timeout(CONNECT)
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(concat!("jackfield/", env!("CARGO_PKG_VERSION")));
        if is_loopback(&base) {
            // A proxy for the outside has no business between two processes of one machine.
            builder = builder.no_proxy();
        }
        let http = builder
            .build()
            .map_err(|error| Failure::internal(format!("The HTTP client cannot be set up: {error}.")))?;
        Ok(Self { http, base, token })
    }

    /// Where the hub is.
    pub(crate) fn base(&self) -> &Url {
        &self.base
    }

    /// All backends.
    pub(crate) async fn backends(&self) -> Result<Vec<BackendView>, Failure> {
        self.all(&["backends"], &[]).await
    }

    /// One backend, by name or id.
    pub(crate) async fn backend(&self, name_or_id: &str) -> Result<BackendView, Failure> {
        let mut known = self.backends().await?;
        let at = known
            .iter()
            .position(|view| view.backend.name == name_or_id)
            .or_else(|| known.iter().position(|view| view.backend.id.to_string() == name_or_id));
        match at {
            Some(at) => Ok(known.swap_remove(at)),
            None => Err(Failure::new(ErrorCode::NotFound, format!("There is no backend '{name_or_id}'."))
                .hint(known_names(
                    "backends",
                    "jackfield backend add",
                    known.iter().map(|view| &view.backend.name),
                ))),
        }
    }

    /// What the hub can connect to.
    pub(crate) async fn platforms(&self) -> Result<Vec<PlatformInfo>, Failure> {
        self.all(&["platforms"], &[]).await
    }

    /// Adds a backend.
    pub(crate) async fn add_backend(&self, new: &NewBackend) -> Result<BackendView, Failure> {
        self.send(Method::POST, &["backends"], new).await
    }

    /// Changes a backend.
    pub(crate) async fn change_backend(
        &self,
        id: BackendId,
        change: &BackendChange,
    ) -> Result<BackendView, Failure> {
        self.send(Method::PATCH, &["backends", &id.to_string()], change).await
    }

    /// Removes a backend with everything that belongs to it.
    pub(crate) async fn remove_backend(&self, id: BackendId) -> Result<(), Failure> {
        self.empty(self.request(Method::DELETE, &["backends", &id.to_string()])?).await
    }

    /// Tests a connection without saving anything.
    pub(crate) async fn test_new(&self, new: &NewBackend) -> Result<ConnectionReport, Failure> {
        self.send(Method::POST, &["backends", "test"], new).await
    }

    /// Tests a backend.
    pub(crate) async fn test_backend(&self, id: BackendId) -> Result<ConnectionReport, Failure> {
        self.post(&["backends", &id.to_string(), "test"]).await
    }

    /// Reads again what a backend offers.
    pub(crate) async fn discover(&self, id: BackendId) -> Result<DiscoveryReport, Failure> {
        self.post(&["backends", &id.to_string(), "discover"]).await
    }

    /// Workflows of one backend or of all.
    pub(crate) async fn workflows(&self, backend: Option<BackendId>) -> Result<Vec<Workflow>, Failure> {
        self.all(&["workflows"], &backend_query(backend)).await
    }

    /// The bytes of a file that a run made.
    pub(crate) async fn blob(&self, id: BlobId) -> Result<Bytes, Failure> {
        let response = self.answer(self.request(Method::GET, &["blobs", &id.to_string()])?).await?;
        response.bytes().await.map_err(|error| self.broken(&error))
    }

    /// Starts a run, with the bytes of its files.
    pub(crate) async fn start_run(&self, start: &StartRun, files: Vec<Upload>) -> Result<Run, Failure> {
        if files.is_empty() {
            return self.send(Method::POST, &["runs"], start).await;
        }
        let text = serde_json::to_string(start).map_err(|error| Failure::internal(error.to_string()))?;
        let mut form = Form::new().text("run", text);
        for file in files {
            let part =
                Part::bytes(file.bytes).file_name(file.name).mime_str(&file.media_type).map_err(|_| {
                    Failure::new(
                        ErrorCode::InvalidRequest,
                        format!("'{}' is not a media type.", file.media_type),
                    )
                    .at("--file")
                })?;
            form = form.part(file.field, part);
        }
        self.json(self.request(Method::POST, &["runs"])?.multipart(form)).await
    }

    /// One run.
    pub(crate) async fn run(&self, id: RunId) -> Result<Run, Failure> {
        self.json(self.request(Method::GET, &["runs", &id.to_string()])?).await
    }

    /// One page of runs, newest first.
    pub(crate) async fn runs(&self, query: &[(&str, String)]) -> Result<Page<Run>, Failure> {
        self.json(self.request(Method::GET, &["runs"])?.query(query)).await
    }

    /// The trace of a run.
    pub(crate) async fn trace(&self, id: RunId) -> Result<Trace, Failure> {
        self.json(self.request(Method::GET, &["runs", &id.to_string(), "trace"])?).await
    }

    /// Asks the peer to stop a run.
    pub(crate) async fn cancel(&self, id: RunId) -> Result<CancelReport, Failure> {
        self.post(&["runs", &id.to_string(), "cancel"]).await
    }

    /// Answers a question.
    pub(crate) async fn answer_input(&self, id: RunId, body: &AnswerInput) -> Result<Run, Failure> {
        self.send(Method::POST, &["runs", &id.to_string(), "input"], body).await
    }

    /// Every event of a run that is in its log now.
    pub(crate) async fn events(&self, id: RunId) -> Result<Vec<StreamEvent>, Failure> {
        let mut all: Vec<StreamEvent> = Vec::new();
        loop {
            let after = all.last().map_or(0, |event| event.seq);
            let request = self
                .request(Method::GET, &["runs", &id.to_string(), "events"])?
                .header(header::ACCEPT, "application/json")
                .query(&[("after", after)]);
            let page: Page<StreamEvent> = self.json(request).await?;
            let more = page.next.is_some();
            let before = all.len();
            all.extend(page.items.into_iter().filter(|event| event.seq > after));
            if !more || all.len() == before {
                return Ok(all);
            }
        }
    }

    /// Opens the event stream of a run after `after`; `None`: the run has ended, and `after` is its last event.
    pub(crate) async fn open_events(&self, id: RunId, after: Seq) -> Result<Option<Response>, Failure> {
        let mut request = self
            .request(Method::GET, &["runs", &id.to_string(), "events"])?
            .header(header::ACCEPT, "text/event-stream");
        if after > 0 {
            request = request.header("Last-Event-ID", after.to_string());
        }
        let response = self.answer(request).await?;
        if response.status() == StatusCode::NO_CONTENT {
            return Ok(None);
        }
        if content_type(&response).starts_with("text/event-stream") {
            return Ok(Some(response));
        }
        Err(self.not_a_hub(&response))
    }

    /// A one-time link that signs a browser in.
    pub(crate) async fn sign_in_link(&self) -> Result<SignInLink, Failure> {
        self.post(&["sign-in"]).await
    }

    /// All tokens.
    pub(crate) async fn tokens(&self) -> Result<Vec<ApiToken>, Failure> {
        self.all(&["tokens"], &[]).await
    }

    /// Makes a token; the answer holds its text, once.
    pub(crate) async fn create_token(&self, name: &str) -> Result<CreatedToken, Failure> {
        self.send(Method::POST, &["tokens"], &NewToken { name: name.to_owned() }).await
    }

    /// Removes a token.
    pub(crate) async fn delete_token(&self, id: TokenId) -> Result<(), Failure> {
        self.empty(self.request(Method::DELETE, &["tokens", &id.to_string()])?).await
    }

    /// What is stored; with days, also what is older than that.
    pub(crate) async fn data(&self, older_than_days: Option<u32>) -> Result<DataView, Failure> {
        let mut request = self.request(Method::GET, &["data"])?;
        if let Some(days) = older_than_days {
            request = request.query(&[("older_than_days", days)]);
        }
        self.json(request).await
    }

    /// Keeps data for so many days, or for ever.
    pub(crate) async fn keep(&self, retention_days: Option<u32>) -> Result<DataView, Failure> {
        self.send(Method::PATCH, &["data"], &DataChange { retention_days }).await
    }

    /// What the hub says of itself; without a token.
    pub(crate) async fn about(&self) -> Result<About, Failure> {
        let response = self.answer(self.request(Method::GET, &["openapi.json"])?.timeout(SHORT)).await?;
        let date =
            response.headers().get(header::DATE).and_then(|date| date.to_str().ok()).map(str::to_owned);
        let now = jackfield_protocol::time::now().as_second();
        let clock_skew = date
            .and_then(|date| jiff::fmt::rfc2822::parse(&date).ok())
            .map(|date| date.timestamp().as_second() - now);
        let document: Value = match response.bytes().await {
            Ok(bytes) => serde_json::from_slice(&bytes).unwrap_or_default(),
            Err(error) => return Err(self.broken(&error)),
        };
        let version = document.pointer("/info/version").and_then(Value::as_str).map(str::to_owned);
        Ok(About { version, clock_skew })
    }

    /// Whether the hub is ready; without a token.
    pub(crate) async fn ready(&self) -> Result<(), Failure> {
        let url = self.base.join("readyz").map_err(|error| Failure::internal(error.to_string()))?;
        self.empty(self.http.get(url).timeout(SHORT)).await
    }
}

/// A hint with names that there are, as many as can be taken in at a glance.
pub(crate) fn known_names<'a>(what: &str, else_do: &str, names: impl Iterator<Item = &'a String>) -> String {
    let names: Vec<&String> = names.collect();
    if names.is_empty() {
        return format!("There are no {what} yet: {else_do}.");
    }
    let shown: Vec<String> = names.iter().take(6).map(|name| format!("'{name}'")).collect();
    let more = if names.len() > shown.len() {
        format!(" and {} more", names.len() - shown.len())
    } else {
        String::new()
    };
    format!("Known {what}: {}{more}.", shown.join(", "))
}

fn backend_query(backend: Option<BackendId>) -> Vec<(&'static str, String)> {
    backend.map(|id| ("backend", id.to_string())).into_iter().collect()
}
