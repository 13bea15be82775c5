//! News of the hub: a bell for pages that show more than one run.

use futures_util::{StreamExt as _, stream, stream::BoxStream};
use jackfield_protocol::{api::HubNews, model::Run};
use tokio::sync::broadcast::{self, error::RecvError};

use crate::{Engine, Inner};

/// How many news a slow reader may be behind before it is told to look again.
pub(crate) const BOUND: usize = 1024;

impl Engine {
    /// News from now on. Ends when the hub stops.
    #[must_use]
    pub fn news(&self) -> BoxStream<'static, HubNews> {
        let start = (self.inner.news.subscribe(), self.inner.hard.clone());
        stream::unfold(start, |(mut receiver, hard)| async move {
            let news = tokio::select! {
                () = hard.cancelled() => return None,
                news = receiver.recv() => news,
            };
            match news {
                Ok(news) => Some((news, (receiver, hard))),
                Err(RecvError::Lagged(_)) => Some((HubNews::Missed, (receiver, hard))),
                Err(RecvError::Closed) => None,
            }
        })
        .boxed()
    }
}

impl Inner {
    pub(crate) fn tell(&self, news: HubNews) {
        // Nobody listening is fine.
        let _ = self.news.send(news);
    }

    pub(crate) fn tell_run(&self, run: &Run) {
        if self.news.receiver_count() > 0 {
            self.tell(HubNews::Run(run.clone()));
        }
    }
}

/// The sending end.
pub(crate) fn channel() -> broadcast::Sender<HubNews> {
    broadcast::Sender::new(BOUND)
}
