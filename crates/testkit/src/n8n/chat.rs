//! The websocket of a hosted chat.

use std::{io, time::Duration};

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::json;
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{Message, handshake::derive_accept_key, protocol::Role},
};

use super::world::{World, labels};
use crate::http::{Flow, Request, Wire};

const HEARTBEAT: &str = "n8n|heartbeat";
/// Between the last word and the end of the socket.
const LINGER: Duration = Duration::from_millis(200);

pub(super) async fn serve(world: &World, request: &Request, wire: &mut Wire) -> io::Result<Flow> {
    let Some(key) = request.header("sec-websocket-key") else {
        return wire.json(404, &labels(), &json!({ "message": "not found" })).await;
    };
    let accept = derive_accept_key(key.as_bytes());
    let head = format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\nX-Jackfield-Simulated: true\r\n\r\n"
    );
    wire.raw(head.as_bytes()).await?;
    let socket = WebSocketStream::from_raw_socket(wire.stream(), Role::Server, None).await;
    talk(world, request, socket).await.map_err(io::Error::other)?;
    Ok(Flow::Close)
}

async fn talk(
    world: &World,
    request: &Request,
    mut socket: WebSocketStream<&mut tokio::net::TcpStream>,
) -> Result<(), tokio_tungstenite::tungstenite::Error> {
    let id = request.query("executionId").unwrap_or_default();
    let run = world.runs().into_iter().find(|run| run.id.to_string() == id && run.is_kept());
    let token = request.query("token").unwrap_or_default();
    let Some(run) = run.filter(|run| world.is_old() || run.resume_token == token) else {
        return socket.close(None).await;
    };
    socket.send(Message::Text(HEARTBEAT.into())).await?;
    let mut changes = run.changes();
    let mut said = 0;
    let mut segment = run.live().segment;
    loop {
        // A run that waits for a chat goes on once somebody is there to be told.
        let next = run.live().segment + 1;
        let chat_next = run.case.segments.get(next).is_some_and(|segment| segment.what == "chat");
        if chat_next && run.live().rests && run.live().broken.is_none() {
            world.go_on(&run, next);
        }
        let (texts, closed) = {
            let live = run.live();
            if live.segment != segment {
                (segment, said) = (live.segment, 0);
            }
            (live.said.get(said..).unwrap_or_default().to_vec(), live.closed && live.rests)
        };
        let marks = run.marks();
        for text in texts {
            said += 1;
            if text != HEARTBEAT {
                socket.send(Message::Text(marks.render(&text).into())).await?;
            }
        }
        let more = run.case.segments.len() > run.live().segment + 1;
        if closed && !more {
            // n8n closes when it next looks, up to 3 s later: what the page says meanwhile is read and does nothing.
            let deaf = async { while socket.next().await.is_some_and(|message| message.is_ok()) {} };
            let _ = tokio::time::timeout(LINGER, deaf).await;
            return socket.close(None).await;
        }
        tokio::select! {
            changed = changes.changed() => if changed.is_err() { return Ok(()) },
            message = socket.next() => match message {
                Some(Ok(Message::Text(text))) if text.as_str() == "n8n|heartbeat-ack" => {}
                Some(Ok(Message::Text(_))) => {
                    let ear = run.live().ear.clone();
                    if let Some(ear) = ear {
                        let _ = ear.send(()).await;
                    }
                }
                Some(Ok(Message::Close(_)) | Err(_)) | None => return Ok(()),
                Some(Ok(_)) => {}
            },
        }
    }
}
