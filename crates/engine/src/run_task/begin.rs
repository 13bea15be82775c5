//! How a task begins: what an earlier one left is read first.

use std::time::Duration;

use bytes::Bytes;
use jackfield_protocol::{
    error::{ErrorCode, Failure},
    event::{EventBody, LinkState, Start, Transcript},
    model::RunStatus,
    port::{Checkpoint, StoreError, StoreResult},
};

use super::{Answers, Begin, Cancel, Exit, NewTask, RunTask};
use crate::{config::Backoff, live::Questions, recorder::Recorder};

impl NewTask {
    /// Reads what the log holds. `None` when the hub stops before that worked.
    pub(super) async fn load(self) -> Option<RunTask> {
        let mut backoff = Backoff::new(Duration::from_millis(200), Duration::from_secs(5));
        let (transcript, checkpoint) = loop {
            match self.read().await {
                Ok(read) => break read,
                Err(error) => {
                    tracing::error!(run = %self.run.id, %error, "the run's log could not be read; trying again");
                    self.inner.pause(backoff.wait()).await.ok()?;
                }
            }
        };
        let recorder = Recorder::new(self.inner.clone(), self.live.clone(), self.run, transcript, checkpoint);
        Some(RunTask {
            sent: recorder.transcript().start.is_some(),
            inner: self.inner,
            live: self.live,
            recorder,
            request: self.request,
            commands: self.commands,
            cancel: Cancel::default(),
            answers: Answers::default(),
            client: None,
            lost: false,
            heard: false,
            ending: false,
        })
    }

    async fn read(&self) -> StoreResult<(Transcript, Option<Checkpoint>)> {
        if self.run.last_seq == 0 {
            return Ok((Transcript::new(), None));
        }
        let (mut transcript, mut questions) = (Transcript::new(), Questions::default());
        self.inner
            .read_log(self.run.id, |event| {
                transcript.apply(event);
                questions.apply(event);
            })
            .await?;
        self.live.set_questions(questions);
        let checkpoint = match self.inner.store.checkpoint(self.run.id).await {
            Ok(checkpoint) => checkpoint,
            Err(StoreError::SecretUnreadable(why)) => {
                tracing::error!(run = %self.run.id, %why, "the checkpoint cannot be opened; the peer is searched without it");
                None
            }
            Err(error) => return Err(error),
        };
        Ok((transcript, checkpoint))
    }
}

impl RunTask {
    pub(super) async fn begin(&mut self, begin: Begin) -> Result<(), Exit> {
        let warned = self.recorder.run().status == RunStatus::Recovering;
        self.next_attempt().await?;
        match begin {
            Begin::Send(start) => {
                self.start(start).await?;
                self.send().await
            }
            Begin::SendLater(start) => {
                self.start(start).await?;
                match self.files().await? {
                    Ok(files) => self.request.files = files,
                    Err(failure) => return self.refuse(failure).await,
                }
                self.send().await
            }
            Begin::Refuse(start, failure) => {
                self.start(start).await?;
                self.refuse(failure).await
            }
            Begin::Resume => {
                self.recorder.set_recovering(true);
                if !warned {
                    self.recorder.link(LinkState::Lost, Some("The hub ended without warning.".to_owned()));
                }
                self.lost = true;
                self.recorder.link(LinkState::Reconnecting, Some("The hub was started again.".to_owned()));
                self.flush().await?;
                let turn = self.resume(None).await?;
                self.see_to_its_end(turn).await
            }
        }
    }

    /// From the commit of `start` on the run counts as one that may have reached its peer.
    async fn start(&mut self, start: Start) -> Result<(), Exit> {
        self.hub_says(EventBody::Start(start));
        self.flush().await
    }

    /// The bytes of the run's files.
    async fn files(&mut self) -> Result<Result<Vec<Bytes>, Failure>, Exit> {
        let mut backoff = Backoff::new(Duration::from_millis(200), Duration::from_secs(5));
        loop {
            match self.inner.files(&self.request.input).await {
                Err(failure) if failure.code == ErrorCode::Storage => {
                    self.inner.pause(backoff.wait()).await.map_err(|_| Exit::HubStops)?;
                }
                result => return Ok(result),
            }
        }
    }
}
