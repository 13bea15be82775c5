//! A client whose secrets never come out: a peer may repeat the key that it refuses, in whatever words.

use std::sync::Arc;

use async_trait::async_trait;
use futures_util::StreamExt as _;
use jackfield_protocol::{
    error::Failure,
    event::{EventBody, InputRequired},
    ids::BackendId,
    model::{BackendType, CancelReport, ConnectionReport, InputAnswer, RunInput, ToolInfo, WorkflowInfo},
    port::{
        AttemptEnd, BackendClient, Progress, ProgressStream, ResumeRequest, RunRequest, Secrets, Signals,
    },
};

use crate::secrecy::Secrecy;

/// Takes the secrets out of everything that this client says of failures. What a peer says in a run is the client's own to clean, frame by
/// frame.
pub(crate) fn guarded(client: impl BackendClient + 'static, secrets: &Secrets) -> Arc<dyn BackendClient> {
    let secrecy = Secrecy::new(secrets.iter().map(|(_, secret)| secret.trim().to_owned()));
    Arc::new(Guarded { client, secrecy })
}

struct Guarded<C> {
    client: C,
    secrecy: Secrecy,
}

impl Secrecy {
    fn failure(&self, mut failure: Failure) -> Failure {
        failure.message = self.text(failure.message);
        failure.hint = failure.hint.map(|hint| self.text(hint));
        failure.place = failure.place.map(|place| self.text(place));
        failure
    }

    fn progress(&self, mut progress: Progress) -> Progress {
        match &mut progress {
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

    fn stream(&self, stream: ProgressStream) -> ProgressStream {
        let secrecy = self.clone();
        Box::pin(stream.map(move |progress| secrecy.progress(progress)))
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

    fn check_input(
        &self,
        workflow: &WorkflowInfo,
        entry: Option<&str>,
        input: &RunInput,
    ) -> Result<(), Failure> {
        self.client.check_input(workflow, entry, input)
    }

    fn stream_completion(&self, request: RunRequest, signals: Signals) -> ProgressStream {
        self.secrecy.stream(self.client.stream_completion(request, signals))
    }

    fn resume(&self, request: ResumeRequest, signals: Signals) -> ProgressStream {
        self.secrecy.stream(self.client.resume(request, signals))
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
