//! The websocket of a chat in mode "response nodes": the only way to answer such a chat, and the only way to let it
//! pass a node that just says something (recording i06; n8n 2.41.1 and 1.123.81, `dist/chat/chat-service.js`).

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use jackfield_protocol::error::Failure;
use serde_json::json;
use tokio::time::timeout;
use tokio_tungstenite::{WebSocketStream, tungstenite::Message};

use super::{
    answer::rejected,
    api::{Api, encode},
    config::join,
    execution::Execution,
};
use crate::transport::Wire;

/// Longest talk for one message. n8n looks for something to say only every three seconds.
const TALK: Duration = Duration::from_secs(10);
const HEARTBEAT: &str = "n8n|heartbeat";
const CONTINUE: &str = "n8n|continue";

type Socket = WebSocketStream<Box<dyn Wire>>;

/// What n8n says next on the socket.
enum Said {
    /// The workflow goes on.
    Continue,
    /// What the waiting node has to say.
    Message,
    /// The socket is closed: there is nothing more to say.
    Closed,
}

/// Gives a text to the node that waits for one.
pub(crate) async fn answer(
    api: &Api,
    execution: &Execution,
    session: &str,
    text: &str,
) -> Result<(), Failure> {
    let message = json!({"sessionId": session, "action": "sendMessage", "chatInput": text}).to_string();
    let talk = async {
        let mut socket = open(api, execution, session).await?;
        // The question comes first: n8n takes an answer only from who has heard it.
        match next(&mut socket).await {
            Said::Message => {}
            Said::Continue | Said::Closed => {
                return Err(rejected("n8n closed the chat socket before it asked."));
            }
        }
        let sent = socket.send(Message::text(message)).await;
        sent.map_err(|_| rejected("n8n's chat socket broke."))?;
        // Hangs up once n8n has gone on: whoever hangs up earlier may lose the message.
        next(&mut socket).await;
        Ok(())
    };
    timeout(TALK, talk).await.map_err(|_| rejected("n8n's chat did not take the answer in time."))?
}

/// Listens to a node that says something and waits for no reply, so that the workflow goes on.
pub(crate) async fn listen(api: &Api, execution: &Execution, session: &str) -> Result<(), Failure> {
    let talk = async {
        let mut socket = open(api, execution, session).await?;
        while let Said::Message = next(&mut socket).await {}
        Ok(())
    };
    timeout(TALK, talk).await.map_err(|_| rejected("n8n's chat did not go on in time."))?
}

async fn open(api: &Api, execution: &Execution, session: &str) -> Result<Socket, Failure> {
    let token = execution.resume_token().unwrap_or_default();
    let path = format!(
        "chat?sessionId={}&executionId={}&isPublic=true&token={}",
        encode(session),
        execution.id(),
        encode(token)
    );
    api.transport.websocket(&join(&api.config.webhook_base, &path)).await
}

async fn next(socket: &mut Socket) -> Said {
    while let Some(Ok(frame)) = socket.next().await {
        let Message::Text(said) = frame else { continue };
        match said.as_str() {
            HEARTBEAT => {
                if socket.send(Message::text(format!("{HEARTBEAT}-ack"))).await.is_err() {
                    break;
                }
            }
            CONTINUE => return Said::Continue,
            _ => return Said::Message,
        }
    }
    Said::Closed
}
