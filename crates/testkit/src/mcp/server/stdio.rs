//! Over stdin and stdout.

use std::{io, sync::Arc};

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader};

use super::{
    Heard, Revision, Script,
    session::Session,
    stream::{Item, Stream},
    world::World,
};

/// Serves one client until its input ends; gives the exit code.
///
/// # Errors
/// When a recording cannot be read, or the client cannot be read or written.
pub async fn serve_stdio(
    script: Script,
    input: impl AsyncRead + Unpin,
    output: impl AsyncWrite + Unpin,
) -> io::Result<u8> {
    serve_world(&Arc::new(World::new(script)?), input, output).await
}

pub(super) async fn serve_world(
    world: &Arc<World>,
    input: impl AsyncRead + Unpin,
    output: impl AsyncWrite + Unpin,
) -> io::Result<u8> {
    let session = world.open_session();
    let mut died = world.died.subscribe();
    let end = tokio::select! {
        end = listen(world, &session, input) => end,
        end = speak(&session.general, output) => end,
        died = died.wait_for(Option::is_some) => Ok(died.ok().and_then(|code| *code).unwrap_or_default()),
    };
    world.crash();
    end
}

async fn listen(world: &Arc<World>, session: &Arc<Session>, input: impl AsyncRead + Unpin) -> io::Result<u8> {
    let mut lines = BufReader::new(input);
    let mut line = Vec::new();
    while lines.read_until(b'\n', &mut line).await? > 0 {
        match serde_json::from_slice::<Value>(&line) {
            Ok(message) => {
                world.hear(Heard::line(message.clone()));
                take(world, session, message);
            }
            Err(_) if line.trim_ascii().is_empty() => {}
            Err(_) => session.general.say(
                json!({"jsonrpc": "2.0", "id": null, "error": {"code": -32700, "message": "Parse error"}}),
            ),
        }
        line.clear();
    }
    Ok(0)
}

fn take(world: &Arc<World>, session: &Arc<Session>, message: Value) {
    match message {
        Value::Array(batch) => {
            let known = session.known().revision;
            if known.is_some_and(|revision| revision <= Revision::V2025_03_26) {
                for message in batch {
                    world.take(session, message, &session.general, false);
                }
            } else {
                session.general.say(
                    json!({"jsonrpc": "2.0", "id": null, "error": {"code": -32600, "message": "Invalid Request"}}),
                );
            }
        }
        message => {
            world.take(session, message, &session.general, false);
        }
    }
}

async fn speak(stream: &Stream, mut output: impl AsyncWrite + Unpin) -> io::Result<u8> {
    let mut place = 0;
    while let Some(item) = stream.at(place).await {
        match item {
            Item::Message(_, message) => {
                output.write_all(format!("{message}\n").as_bytes()).await?;
                output.flush().await?;
            }
            Item::Priming(_) => {}
            // The only way to break a pipe is to leave.
            Item::Cut => return Ok(0),
        }
        place += 1;
    }
    Ok(0)
}
