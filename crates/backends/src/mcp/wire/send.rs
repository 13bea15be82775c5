//! Whether a request was sent: known at the end of sending it, and never guessed before.

use jackfield_protocol::error::{ErrorCode, Failure};
use tokio::sync::oneshot;

use super::{Exchange, Reply, Wire};
use crate::transport::SendFault;

impl Wire {
    /// Whether a request must not be sent twice: it goes on a connection of its own, so that what was not sent is known.
    pub(crate) fn is_once(&self, id: i64) -> bool {
        self.books().open.get(&id).and_then(|open| open.exchange.as_ref()).is_some_and(Exchange::is_once)
    }

    /// A request goes out: from here on it may reach the server. Lost when the connection is gone already.
    pub(crate) fn mark_sent(&self, id: i64) {
        let books = self.books();
        if let Some(exchange) = books.open.get(&id).and_then(|open| open.exchange.as_ref()) {
            exchange.mark_sent();
            if let Some(why) = &books.loss {
                exchange.complete(Reply::Lost(why.clone()));
            }
        }
    }

    /// Sends something that came out of [`Wire::outbound`]. What must not be sent twice is sent to its end, even when the SDK gives the
    /// connection up meanwhile: only the end tells whether it was sent. It is dropped when nobody waits for its answer any more.
    pub(crate) async fn send<T: Send + 'static>(
        &self,
        id: Option<i64>,
        sending: impl Future<Output = Result<T, SendFault>> + Send + 'static,
    ) -> Result<T, SendFault> {
        let Some(id) = id else { return sending.await };
        let exchange = self.books().open.get(&id).and_then(|open| open.exchange.clone());
        let Some(exchange) = exchange.filter(Exchange::is_once) else {
            self.mark_sent(id);
            return sending.await;
        };
        let going = exchange.going();
        let (tell, told) = oneshot::channel();
        let wire = self.clone();
        tokio::spawn(async move {
            let sent = tokio::select! {
                sent = sending => sent,
                () = exchange.forgotten() => return,
            };
            match (&sent, wire.loss()) {
                (Err(SendFault::NotSent(failure)), _) => exchange.complete(Reply::NotSent(failure.clone())),
                (Err(SendFault::MaybeSent(failure)), _) => exchange.complete(Reply::Lost(failure.clone())),
                // The connection that the answer was to come by is gone meanwhile.
                (Ok(_), Some(why)) => exchange.complete(Reply::Lost(why)),
                (Ok(_), None) => {}
            }
            if tell.send(sent).is_err() {
                exchange.complete(Reply::Lost(given_up()));
                wire.close(id);
            }
            drop(going);
        });
        told.await.unwrap_or_else(|_| Err(SendFault::MaybeSent(given_up())))
    }
}

fn given_up() -> Failure {
    let message = "The connection was closed while the request was on its way.";
    Failure::new(ErrorCode::PeerConnectionLost, message).hint("The hub connects again by itself.")
}

#[cfg(test)]
mod tests {
    use jackfield_protocol::error::{ErrorCode, Failure};
    use rmcp::model::{ClientJsonRpcMessage, ClientRequest, CustomRequest, NumberOrString, RequestId};
    use serde_json::json;
    use tokio::sync::oneshot;

    use super::*;
    use crate::mcp::journal::Journal;

    fn failure(message: &str) -> Failure {
        Failure::new(ErrorCode::PeerConnectionLost, message)
    }

    struct Setting {
        wire: Wire,
        exchange: Exchange,
        reply: oneshot::Receiver<Reply>,
        /// Ends the sending.
        end: oneshot::Sender<Result<(), SendFault>>,
        task: tokio::task::JoinHandle<Result<(), SendFault>>,
    }

    /// A call that must not be sent twice, on its way.
    async fn on_its_way() -> Setting {
        let wire = Wire::new(Journal::default(), std::sync::Arc::new(|_| {}));
        let (exchange, reply, _notices) = Exchange::new(true);
        let mut request = CustomRequest::new("tools/call", Some(json!({"name": "pay"})));
        request.extensions.insert(exchange.clone());
        let id: RequestId = NumberOrString::Number(7);
        let message = ClientJsonRpcMessage::request(ClientRequest::CustomRequest(request), id);
        let (_, id) = wire.outbound(&message).expect("it can be written");
        let (end, ended) = oneshot::channel();
        let (begun, begins) = oneshot::channel();
        let sending = async move {
            begun.send(()).expect("the test waits");
            ended.await.expect("the test ends it")
        };
        let sender = wire.clone();
        let task = tokio::spawn(async move { sender.send(id, sending).await });
        begins.await.expect("it is sent");
        Setting { wire, exchange, reply, end, task }
    }

    #[tokio::test]
    async fn a_connection_lost_on_the_way_leaves_the_last_word_to_the_sending() {
        let setting = on_its_way().await;
        setting.wire.lose_all(&failure("the stream broke"));
        setting.end.send(Err(SendFault::NotSent(failure("refused")))).expect("it is on its way");
        let reply = setting.reply.await.expect("a reply");
        assert!(matches!(reply, Reply::NotSent(ref why) if why.message == "refused"), "{reply:?}");
    }

    #[tokio::test]
    async fn what_was_taken_while_the_connection_broke_is_lost_and_not_unsent() {
        let setting = on_its_way().await;
        setting.wire.lose_all(&failure("the stream broke"));
        setting.end.send(Ok(())).expect("it is on its way");
        let reply = setting.reply.await.expect("a reply");
        assert!(matches!(reply, Reply::Lost(ref why) if why.message == "the stream broke"), "{reply:?}");
    }

    #[tokio::test]
    async fn the_sdk_giving_up_does_not_hide_that_it_was_not_sent() {
        let mut setting = on_its_way().await;
        setting.task.abort();
        assert!(setting.task.await.expect_err("it was given up").is_cancelled());
        assert!(setting.reply.try_recv().is_err(), "nothing is known yet");
        setting.end.send(Err(SendFault::NotSent(failure("refused")))).expect("it is still on its way");
        setting.exchange.settled().await;
        let reply = setting.reply.try_recv().expect("a reply by now");
        assert!(matches!(reply, Reply::NotSent(_)), "{reply:?}");
    }

    #[tokio::test]
    async fn what_was_taken_after_the_sdk_gave_up_is_lost() {
        let setting = on_its_way().await;
        setting.task.abort();
        assert!(setting.task.await.expect_err("it was given up").is_cancelled());
        setting.end.send(Ok(())).expect("it is still on its way");
        assert!(matches!(setting.reply.await.expect("a reply"), Reply::Lost(_)));
    }

    #[tokio::test]
    async fn nothing_goes_on_when_nobody_waits_any_more() {
        let mut setting = on_its_way().await;
        setting.wire.forget(&setting.exchange);
        setting.end.closed().await;
        setting.exchange.settled().await;
    }
}
