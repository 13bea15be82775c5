//! The websocket of a hosted chat, recorded message by message.

use std::time::{Duration, Instant};

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio_tungstenite::{connect_async, tungstenite::Message};

/// n8n looks for something to say every 3 s; silence for longer than this ends the recording.
const SILENCE: Duration = Duration::from_secs(12);

/// Opens the chat, says `answer` after the first message (nothing when it is empty), and stays until n8n closes.
pub(super) fn converse(url: &str, answer: &str) -> Result<Value, String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| format!("runtime: {error}"))?;
    runtime.block_on(async {
        let begin = Instant::now();
        let t_ms = || u64::try_from(begin.elapsed().as_millis()).unwrap_or(u64::MAX);
        let (mut socket, _) = connect_async(url).await.map_err(|error| format!("chat: {error}"))?;
        let mut messages = vec![json!({ "t_ms": t_ms(), "what": "open" })];
        let mut left = (!answer.is_empty()).then(|| answer.to_owned());
        while let Ok(Some(Ok(message))) = tokio::time::timeout(SILENCE, socket.next()).await {
            let Message::Text(text) = message else {
                if matches!(message, Message::Close(_)) {
                    break;
                }
                continue;
            };
            messages.push(json!({ "t_ms": t_ms(), "what": "in", "data": text.as_str() }));
            let reply = match text.as_str() {
                "n8n|heartbeat" => Some("n8n|heartbeat-ack".to_owned()),
                "n8n|continue" => None,
                _ => left.take(),
            };
            if let Some(reply) = reply {
                messages.push(json!({ "t_ms": t_ms(), "what": "out", "data": reply }));
                socket.send(Message::Text(reply.into())).await.map_err(|error| format!("chat: {error}"))?;
            }
        }
        messages.push(json!({ "t_ms": t_ms(), "what": "close" }));
        Ok(json!({ "websocket": messages, "path": url.find("/chat?").map(|at| &url[at..]) }))
    })
}
