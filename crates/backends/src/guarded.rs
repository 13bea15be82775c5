//! A client whose secrets never come out: a peer may repeat the key that it refuses, in whatever words.

use std::{collections::BTreeMap, sync::Arc};

use async_trait::async_trait;
use futures_util::StreamExt as _;
use jackfield_protocol::{
    error::{ErrorCode, Failure},
    event::{EventBody, InputRequired, Usage},
    ids::BackendId,
    model::{
        BackendType, CancelReport, Completion, CompletionRequest, ConnectionReport, InputAnswer, Offers,
        PromptResult, ResourceContents, RunInput, ToolInfo, WorkflowInfo,
    },
    port::{
        AttemptEnd, BackendClient, JournalLine, Progress, ProgressStream, ResumeRequest, RunRequest, Secrets,
        SignIn, SignInAnswer, Signals,
    },
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::secrecy::Secrecy;

/// Takes the secrets out of everything that this client says of failures. What a peer says in a run is the client's own to clean, frame by
/// frame.
pub(crate) fn guarded(client: impl BackendClient + 'static, secrets: &Secrets) -> Arc<dyn BackendClient> {
    Arc::new(Guarded { client, secrecy: Secrecy::of(secrets), is_whole: false })
}

/// As [`guarded`], with what the client itself uses: secrets that it learns later are taken out too, and out of all that the peer says.
pub(crate) fn guarded_by(client: impl BackendClient + 'static, secrecy: Secrecy) -> Arc<dyn BackendClient> {
    Arc::new(Guarded { client, secrecy, is_whole: true })
}

struct Guarded<C> {
    client: C,
    secrecy: Secrecy,
    /// Events are looked through as a whole.
    is_whole: bool,
}

impl Secrecy {
    /// A failure without secrets.
    pub(crate) fn failure(&self, mut failure: Failure) -> Failure {
        failure.message = self.text(failure.message);
        failure.hint = failure.hint.map(|hint| self.text(hint));
        failure.place = failure.place.map(|place| self.text(place));
        for fault in &mut failure.faults {
            fault.message = self.text(std::mem::take(&mut fault.message));
        }
        failure
    }

    /// Anything without secrets, in whatever field; `None` where it cannot be had without them.
    fn whole<T: Serialize + DeserializeOwned>(&self, said: T) -> Option<T> {
        if self.is_empty() {
            return Some(said);
        }
        let text = serde_json::to_string(&said).ok()?;
        match self.in_json(&text) {
            Some(clean) => serde_json::from_str(&clean).ok(),
            None => Some(said),
        }
    }

    /// An event without secrets.
    fn body(&self, body: &mut EventBody) {
        let said = std::mem::replace(body, EventBody::Usage(Usage::default()));
        *body = self.whole(said).unwrap_or_else(|| {
            let message = "Something that the peer said held a secret of the backend, and is not shown.";
            Failure::new(ErrorCode::PeerBadAnswer, message).into_event(false, false)
        });
    }

    fn progress(&self, mut progress: Progress, is_whole: bool) -> Progress {
        match &mut progress {
            Progress::Draft(draft) if is_whole => self.body(&mut draft.body),
            Progress::Draft(draft) => {
                if let EventBody::Error(error) = &mut draft.body {
                    error.message = self.text(std::mem::take(&mut error.message));
                    error.hint = error.hint.take().map(|hint| self.text(hint));
                }
            }
            Progress::End(AttemptEnd::Done(done)) => {
                done.reason = done.reason.take().map(|reason| self.text(reason));
            }
            Progress::End(AttemptEnd::NotSent(failure) | AttemptEnd::Lost(failure)) => {
                *failure = self.failure(failure.clone());
            }
            Progress::Checkpoint(_) => {}
        }
        progress
    }

    fn stream(&self, stream: ProgressStream, is_whole: bool) -> ProgressStream {
        let secrecy = self.clone();
        Box::pin(stream.map(move |progress| secrecy.progress(progress, is_whole)))
    }
}

impl<C> Guarded<C> {
    fn shown<T: Serialize + DeserializeOwned>(&self, said: T) -> Result<T, Failure> {
        self.secrecy.whole(said).ok_or_else(|| {
            let message = "What the server says holds a secret of the backend, and is not shown.";
            Failure::new(ErrorCode::PeerBadAnswer, message)
        })
    }
}

#[async_trait]
impl<C: BackendClient> BackendClient for Guarded<C> {
    fn id(&self) -> BackendId {
        self.client.id()
    }

    fn kind(&self) -> BackendType {
        self.client.kind()
    }

    async fn test_connection(&self) -> ConnectionReport {
        let mut report = self.client.test_connection().await;
        report.version = report.version.map(|version| self.secrecy.text(version));
        for check in &mut report.checks {
            check.message = self.secrecy.text(std::mem::take(&mut check.message));
            check.failure = check.failure.take().map(|failure| self.secrecy.failure(failure));
        }
        report
    }

    async fn discover_workflows(&self) -> Result<Vec<WorkflowInfo>, Failure> {
        self.client.discover_workflows().await.map_err(|failure| self.secrecy.failure(failure))
    }

    async fn discover_tools(&self) -> Result<Vec<ToolInfo>, Failure> {
        self.client.discover_tools().await.map_err(|failure| self.secrecy.failure(failure))
    }

    fn forget_cached(&self) {
        self.client.forget_cached();
    }

    async fn discover_offers(&self) -> Result<Option<Offers>, Failure> {
        self.client.discover_offers().await.map_err(|failure| self.secrecy.failure(failure))
    }

    fn check_arguments(&self, tool: &ToolInfo, arguments: &Value) -> Result<(), Failure> {
        self.client.check_arguments(tool, arguments)
    }

    async fn read_resource(&self, uri: &str) -> Result<ResourceContents, Failure> {
        let read = self.client.read_resource(uri).await;
        read.map_err(|failure| self.secrecy.failure(failure)).and_then(|read| self.shown(read))
    }

    async fn get_prompt(
        &self,
        name: &str,
        arguments: &BTreeMap<String, String>,
    ) -> Result<PromptResult, Failure> {
        let filled = self.client.get_prompt(name, arguments).await;
        filled.map_err(|failure| self.secrecy.failure(failure)).and_then(|filled| self.shown(filled))
    }

    async fn complete(&self, request: &CompletionRequest) -> Result<Completion, Failure> {
        self.client.complete(request).await.map_err(|failure| self.secrecy.failure(failure))
    }

    async fn begin_sign_in(&self, redirect_uri: &str) -> Result<SignIn, Failure> {
        self.client.begin_sign_in(redirect_uri).await.map_err(|failure| self.secrecy.failure(failure))
    }

    async fn finish_sign_in(&self, answer: &SignInAnswer) -> Result<(), Failure> {
        self.client.finish_sign_in(answer).await.map_err(|failure| self.secrecy.failure(failure))
    }

    async fn sign_out(&self) -> Result<(), Failure> {
        self.client.sign_out().await.map_err(|failure| self.secrecy.failure(failure))
    }

    fn journal(&self) -> Vec<JournalLine> {
        let mut lines = self.client.journal();
        for line in &mut lines {
            line.text = self.secrecy.text(std::mem::take(&mut line.text));
        }
        lines
    }

    fn check_input(
        &self,
        workflow: &WorkflowInfo,
        entry: Option<&str>,
        input: &RunInput,
    ) -> Result<(), Failure> {
        self.client.check_input(workflow, entry, input)
    }

    fn stream_completion(&self, request: RunRequest, signals: Signals) -> ProgressStream {
        self.secrecy.stream(self.client.stream_completion(request, signals), self.is_whole)
    }

    fn resume(&self, request: ResumeRequest, signals: Signals) -> ProgressStream {
        self.secrecy.stream(self.client.resume(request, signals), self.is_whole)
    }

    async fn cancel(&self, request: &ResumeRequest) -> Result<CancelReport, Failure> {
        self.client.cancel(request).await.map_err(|failure| self.secrecy.failure(failure))
    }

    async fn answer_input(
        &self,
        request: &ResumeRequest,
        question: &InputRequired,
        answer: &InputAnswer,
    ) -> Result<(), Failure> {
        let answered = self.client.answer_input(request, question, answer).await;
        answered.map_err(|failure| self.secrecy.failure(failure))
    }
}
