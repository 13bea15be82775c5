//! Readers are cursors over the log: read what is committed after the cursor, else wait for the head to move.

use std::{collections::VecDeque, sync::Arc};

use futures_util::{StreamExt as _, stream, stream::BoxStream};
use jackfield_protocol::{
    error::{ErrorCode, Failure},
    event::{EventBody, StreamEvent},
    ids::{RunId, Seq},
};

use crate::{Engine, Inner, live::LiveRun, stats::ReaderGuard};

/// How many events are read from the store at once.
const PAGE: u32 = 512;

struct Cursor {
    inner: Arc<Inner>,
    live: Option<Arc<LiveRun>>,
    run_id: RunId,
    after: Seq,
    ready: VecDeque<Arc<StreamEvent>>,
    over: bool,
    _counted: ReaderGuard,
}

impl Engine {
    /// A run's events after a cursor, in order, as they are committed. Ends after `done`, and when the hub stops.
    ///
    /// # Errors
    /// `NotFound`; `SeqOutOfRange` when the cursor lies beyond the log.
    pub async fn follow(
        &self,
        id: RunId,
        after: Seq,
    ) -> Result<BoxStream<'static, Result<Arc<StreamEvent>, Failure>>, Failure> {
        // The live entry is asked for before the row: a run that ends in between is then read from the store.
        let live = self.inner.live(id);
        let run = self.run(id).await?;
        let last = live.as_ref().map_or(run.last_seq, |live| live.head.borrow().seq.max(run.last_seq));
        if after > last {
            let message = format!("The log of run {id} ends at {last}; the cursor is {after}.");
            return Err(Failure::new(ErrorCode::SeqOutOfRange, message)
                .at("after")
                .hint("Start again from the last seq that you have, or from 0."));
        }
        let cursor = Cursor {
            _counted: ReaderGuard::new(&self.inner.stats),
            inner: self.inner.clone(),
            live,
            run_id: id,
            after,
            ready: VecDeque::new(),
            over: false,
        };
        Ok(stream::unfold(
            cursor,
            |mut cursor| async move { cursor.next().await.map(|event| (event, cursor)) },
        )
        .boxed())
    }

    /// A page of a run's events.
    ///
    /// # Errors
    /// `NotFound`, or the store's.
    pub async fn events(&self, id: RunId, after: Seq, limit: u32) -> Result<Vec<StreamEvent>, Failure> {
        self.run(id).await?;
        Ok(self.inner.store.events(id, after, limit).await?)
    }
}

impl Cursor {
    async fn next(&mut self) -> Option<Result<Arc<StreamEvent>, Failure>> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                self.after = event.seq;
                self.over = matches!(event.body, EventBody::Done(_));
                return Some(Ok(event));
            }
            if self.over {
                return None;
            }
            // Noted before reading: what is committed after this moves the head past it.
            let head = self.live.as_ref().map(|live| *live.head.borrow());
            match self.read().await {
                Ok(events) if events.is_empty() => {}
                Ok(events) => {
                    self.ready = events.into();
                    continue;
                }
                Err(failure) => {
                    self.over = true;
                    return Some(Err(failure));
                }
            }
            let (Some(live), Some(head)) = (&self.live, head) else { return None };
            if head.closed {
                return None;
            }
            let after = self.after;
            let mut moved = live.head.subscribe();
            if moved.wait_for(|head| head.seq > after || head.closed).await.is_err() {
                return None;
            }
        }
    }

    async fn read(&self) -> Result<Vec<Arc<StreamEvent>>, Failure> {
        if let Some(live) = &self.live {
            if live.head.borrow().seq <= self.after {
                return Ok(Vec::new());
            }
            if let Some(events) = live.after(self.after) {
                return Ok(events);
            }
        }
        let events = self.inner.store.events(self.run_id, self.after, PAGE).await?;
        Ok(events.into_iter().map(Arc::new).collect())
    }
}
